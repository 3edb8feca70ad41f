package tensorio

// DType is an element type, named as in the safetensors specification. Elements are little-endian.
type DType uint8

// The element types that this package reads and writes. A BOOL is one byte, 0 or 1.
const (
	F32 DType = iota + 1
	F64
	I32
	I64
	U32
	U64
	U8
	Bool
)

// dtypes maps a DType to its name in files and its size in bytes; entry 0 is no type.
var dtypes = [...]struct {
	name string
	size int
}{F32: {"F32", 4}, F64: {"F64", 8}, I32: {"I32", 4}, I64: {"I64", 8}, U32: {"U32", 4}, U64: {"U64", 8}, U8: {"U8", 1}, Bool: {"BOOL", 1}}

// String returns the name used in files, such as "F32".
func (d DType) String() string {
	if d == 0 || int(d) >= len(dtypes) {
		return "invalid"
	}
	return dtypes[d].name
}

// Size returns the bytes of one element, 0 for what is no element type.
func (d DType) Size() int {
	if int(d) >= len(dtypes) {
		return 0
	}
	return dtypes[d].size
}

// dtypeOf returns the type of a name in a file, 0 when there is none.
func dtypeOf(name string) DType {
	for d := F32; d <= Bool; d++ {
		if dtypes[d].name == name {
			return d
		}
	}
	return 0
}

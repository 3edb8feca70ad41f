package tensorio

import (
	"encoding/binary"
	"math"
)

// Tensor is a named array on its way into a file. Make one with Float32s, Float64s, Int32s, Int64s,
// Uint32s, Uint64s, Bytes or Bools; it refers to the data and does not copy them.
type Tensor struct {
	Name  string
	Shape []int // row-major; no dimensions: a scalar
	data  values
}

// DType returns the element type, 0 for a Tensor that holds no data.
func (t Tensor) DType() DType {
	if t.data == nil {
		return 0
	}
	return t.data.dtype()
}

// Float32s names data [shape] as a tensor of type F32.
func Float32s(name string, shape []int, data []float32) Tensor {
	return Tensor{name, shape, f32s(data)}
}

// Float64s names data [shape] as a tensor of type F64.
func Float64s(name string, shape []int, data []float64) Tensor {
	return Tensor{name, shape, f64s(data)}
}

// Int32s names data [shape] as a tensor of type I32.
func Int32s(name string, shape []int, data []int32) Tensor { return Tensor{name, shape, i32s(data)} }

// Int64s names data [shape] as a tensor of type I64.
func Int64s(name string, shape []int, data []int64) Tensor { return Tensor{name, shape, i64s(data)} }

// Uint32s names data [shape] as a tensor of type U32.
func Uint32s(name string, shape []int, data []uint32) Tensor { return Tensor{name, shape, u32s(data)} }

// Uint64s names data [shape] as a tensor of type U64.
func Uint64s(name string, shape []int, data []uint64) Tensor { return Tensor{name, shape, u64s(data)} }

// Bytes names data [shape] as a tensor of type U8.
func Bytes(name string, shape []int, data []byte) Tensor { return Tensor{name, shape, u8s(data)} }

// Bools names data [shape] as a tensor of type BOOL.
func Bools(name string, shape []int, data []bool) Tensor { return Tensor{name, shape, bools(data)} }

// values is a typed array that writes itself in little-endian order, piece by piece.
type values interface {
	dtype() DType
	count() int
	appendTo(dst []byte, from, to int) []byte // appends elements from..to-1
}

type (
	f32s  []float32
	f64s  []float64
	i32s  []int32
	i64s  []int64
	u32s  []uint32
	u64s  []uint64
	u8s   []byte
	bools []bool
)

func (f32s) dtype() DType  { return F32 }
func (f64s) dtype() DType  { return F64 }
func (i32s) dtype() DType  { return I32 }
func (i64s) dtype() DType  { return I64 }
func (u32s) dtype() DType  { return U32 }
func (u64s) dtype() DType  { return U64 }
func (u8s) dtype() DType   { return U8 }
func (bools) dtype() DType { return Bool }

func (v f32s) count() int  { return len(v) }
func (v f64s) count() int  { return len(v) }
func (v i32s) count() int  { return len(v) }
func (v i64s) count() int  { return len(v) }
func (v u32s) count() int  { return len(v) }
func (v u64s) count() int  { return len(v) }
func (v u8s) count() int   { return len(v) }
func (v bools) count() int { return len(v) }

func (v f32s) appendTo(dst []byte, from, to int) []byte {
	for _, x := range v[from:to] {
		dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(x))
	}
	return dst
}

func (v f64s) appendTo(dst []byte, from, to int) []byte {
	for _, x := range v[from:to] {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(x))
	}
	return dst
}

func (v i32s) appendTo(dst []byte, from, to int) []byte {
	for _, x := range v[from:to] {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(x))
	}
	return dst
}

func (v i64s) appendTo(dst []byte, from, to int) []byte {
	for _, x := range v[from:to] {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(x))
	}
	return dst
}

func (v u32s) appendTo(dst []byte, from, to int) []byte {
	for _, x := range v[from:to] {
		dst = binary.LittleEndian.AppendUint32(dst, x)
	}
	return dst
}

func (v u64s) appendTo(dst []byte, from, to int) []byte {
	for _, x := range v[from:to] {
		dst = binary.LittleEndian.AppendUint64(dst, x)
	}
	return dst
}

func (v u8s) appendTo(dst []byte, from, to int) []byte { return append(dst, v[from:to]...) }

func (v bools) appendTo(dst []byte, from, to int) []byte {
	for _, x := range v[from:to] {
		b := byte(0)
		if x {
			b = 1
		}
		dst = append(dst, b)
	}
	return dst
}

// Float32 returns the data of a tensor of type F32, nil for another type. It does not copy.
func (t Tensor) Float32() []float32 {
	v, _ := t.data.(f32s)
	return v
}

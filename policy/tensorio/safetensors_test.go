package tensorio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// file puts a header and data together as the format lays them out, without any check.
func file(header string, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

// sample is a file with every element type, metadata that needs escapes, a scalar and an empty tensor.
func sample(t testing.TB) []byte {
	t.Helper()
	var w bytes.Buffer
	err := WriteSafetensors(&w, []Tensor{
		Bytes("bytes", []int{3}, []byte{1, 2, 255}),
		Float32s("layer0.weight", []int{2, 3}, []float32{1, -2, 3.5, 0, float32(math.Copysign(0, -1)), math.SmallestNonzeroFloat32}),
		Float64s("scalar", nil, []float64{math.Pi}),
		raw("i32", I32, []int{2}, 0, 0, 0, 128, 7, 0, 0, 0),
		raw("i64", I64, []int{1}, 7, 0, 0, 0, 0, 0, 0, 128),
		raw("u32", U32, []int{1}, 255, 255, 255, 255),
		raw("u64", U64, []int{1, 1}, 255, 255, 255, 255, 255, 255, 255, 255),
		raw("bools", Bool, []int{2}, 1, 0),
		Float32s("empty", []int{0, 4}, nil),
	}, map[string]string{"task": "pendulum", "note": "a \"quoted\" \\ text\nwith ünïcode \u2028 \x01", "": ""})
	require.NoError(t, err)
	return w.Bytes()
}

func TestRoundTrip(t *testing.T) {
	f, err := ReadSafetensors(sample(t))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"task": "pendulum", "note": "a \"quoted\" \\ text\nwith ünïcode \u2028 \x01", "": ""}, f.Metadata)

	f32, err := f.Float32("layer0.weight", 2, 3)
	require.NoError(t, err)
	want := []float32{1, -2, 3.5, 0, float32(math.Copysign(0, -1)), math.SmallestNonzeroFloat32}
	for i := range want {
		assert.Equal(t, math.Float32bits(want[i]), math.Float32bits(f32[i]), "bits of element %d", i)
	}
	f64, err := f.Float64("scalar")
	require.NoError(t, err)
	assert.Equal(t, []float64{math.Pi}, f64)
	u8, err := f.Bytes("bytes", 3)
	require.NoError(t, err)
	assert.Equal(t, []byte{1, 2, 255}, u8)
	for name, want := range map[string]Info{
		"i32": {DType: I32, Shape: []int{2}}, "i64": {DType: I64, Shape: []int{1}}, "u32": {DType: U32, Shape: []int{1}},
		"u64": {DType: U64, Shape: []int{1, 1}}, "bools": {DType: Bool, Shape: []int{2}},
	} {
		info, ok := f.Lookup(name)
		assert.True(t, ok, name)
		assert.Equal(t, want.DType, info.DType, name)
		assert.Equal(t, want.Shape, info.Shape, name)
	}
	last, _ := f.Lookup("i32")
	assert.Equal(t, []byte{0, 0, 0, 128, 7, 0, 0, 0}, f.data[last.begin:last.end])
	empty, err := f.Float32("empty", 0, 4)
	require.NoError(t, err)
	assert.Empty(t, empty)
	assert.Len(t, f.Tensors(), 9)
}

func TestElementsAreAligned(t *testing.T) {
	b := sample(t)
	f, err := ReadSafetensors(b)
	require.NoError(t, err)
	start := len(b) - len(f.data)
	for _, info := range f.Tensors() {
		assert.Zero(t, (start+info.begin)%info.DType.Size(), "tensor %s", info.Name)
	}
}

// The bytes follow from the format's description, by hand.
func TestGoldenBytes(t *testing.T) {
	// the sha256sum of the file with zeros in place of the digits
	const header = `{"__metadata__":{"a":"1","b":"2","sha256.file":"d86869ce394828f1f52f616300f19a301e4b4e60dd95f7e3d475ec0ba1205c08"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"U8","shape":[],"data_offsets":[8,9]}}`
	pad := strings.Repeat(" ", (8-len(header)%8)%8)
	want := file(header+pad, 0, 0, 128, 63, 0, 0, 0, 192, 9) // 1 = 0x3f800000, -2 = 0xc0000000
	var w bytes.Buffer
	require.NoError(t, WriteSafetensors(&w, []Tensor{
		Bytes("y", nil, []byte{9}), Float32s("x", []int{2}, []float32{1, -2}),
	}, map[string]string{"b": "2", "a": "1"}))
	assert.Equal(t, string(want), w.String())

	w.Reset()
	require.NoError(t, WriteSafetensors(&w, nil, nil))
	assert.Equal(t, string(file(`{"__metadata__":{"sha256.file":"c4d374044d2c74a174522f51dbeda792072578c8c55ca42c9ba7ef9f4f50ebce"}}     `)), w.String())
	_, err := ReadSafetensors(w.Bytes())
	assert.NoError(t, err)
}

// What other writers may do: white space in the header, escapes, fields in another order, no padding.
func TestReadsOtherWriters(t *testing.T) {
	f, err := ReadSafetensors(file(" "))
	require.Error(t, err)
	require.Nil(t, f)
	f, err = ReadSafetensors(file("{ \"b\" : {\"data_offsets\": [4 , 8],\n\"shape\":[ ],\t\"dtype\":\"F32\"}, \"\\u0061\\ud83d\\ude00\\/\\n\":"+
		"{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]}}   ", 0, 0, 128, 63, 0, 0, 0, 192))
	require.NoError(t, err)
	assert.Equal(t, "a\U0001F600/\n", f.Tensors()[0].Name)
	v, err := f.Float32("b")
	require.NoError(t, err)
	assert.Equal(t, []float32{-2}, v)
}

// Every prefix of a file, and a file with a byte too many, is refused; the prefixes that end within the
// header say so.
func TestTruncation(t *testing.T) {
	b := sample(t)
	headerEnd := 8 + int(binary.LittleEndian.Uint64(b))
	for n := range b {
		_, err := ReadSafetensors(b[:n])
		require.ErrorIs(t, err, ErrSafetensors, "first %d bytes", n)
		switch {
		case n == 0:
			assert.ErrorContains(t, err, "empty file")
		case n < 8:
			assert.ErrorContains(t, err, "ends inside the header's length")
		case n < headerEnd:
			assert.ErrorContains(t, err, "ends inside the header:")
		default:
			assert.ErrorContains(t, err, "ends inside tensor")
		}
	}
	_, err := ReadSafetensors(append(append([]byte(nil), b...), 0))
	assert.ErrorContains(t, err, "1 bytes follow the last tensor")
}

// The JSON cut at each byte, with the length made to fit, must be refused as JSON.
func TestTruncatedJSON(t *testing.T) {
	b := sample(t)
	n := int(binary.LittleEndian.Uint64(b))
	header := strings.TrimRight(string(b[8:8+n]), " ")
	for i := range header {
		_, err := ReadSafetensors(file(header[:i], b[8+n:]...))
		require.ErrorIs(t, err, ErrSafetensors, "header %s", header[:i])
	}
}

func TestHostileHeaders(t *testing.T) {
	const ok = `"dtype":"F32","shape":[1],"data_offsets":[0,4]`
	one := []byte{0, 0, 0, 0}
	deep := strings.Repeat("[", 500_000)
	cases := []struct{ name, header, want string }{
		{"deep array", `{"a":{"dtype":"F32","shape":` + deep, `tensor "a"`},
		{"deep object", strings.Repeat(`{"a":`, 100_000), `unknown field "a"`},
		{"deep metadata", `{"__metadata__":{"a":` + deep, `metadata "a"`},
		{"duplicate tensor", `{"a":{` + ok + `},"a":{` + ok + `}}`, `names tensor "a" twice`},
		{"duplicate by escape", `{"a":{` + ok + `},"\u0061":{` + ok + `}}`, `names tensor "a" twice`},
		{"duplicate field", `{"a":{"dtype":"F32",` + ok + `}}`, "has dtype twice"},
		{"duplicate metadata", `{"__metadata__":{},"__metadata__":{}}`, "__metadata__ twice"},
		{"duplicate metadata key", `{"__metadata__":{"a":"","a":""}}`, `metadata has "a" twice`},
		{"metadata not text", `{"__metadata__":{"a":1}}`, `metadata "a"`},
		{"unknown field", `{"a":{"stride":[1],` + ok + `}}`, `unknown field "stride"`},
		{"no dtype", `{"a":{"shape":[1],"data_offsets":[0,4]}}`, "dtype is missing"},
		{"no shape", `{"a":{"dtype":"F32","data_offsets":[0,4]}}`, "shape is missing"},
		{"no offsets", `{"a":{"dtype":"F32","shape":[1]}}`, "data_offsets is missing"},
		{"foreign dtype", `{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}`, `element type "BF16"`},
		{"negative dimension", `{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, "non-negative integer"},
		{"fractional dimension", `{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}`, `has '.'`},
		{"exponent", `{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}`, `has 'e'`},
		{"leading zero", `{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}`, "non-negative integer"},
		{"absurd dimension", `{"a":{"dtype":"F32","shape":[4294967296],"data_offsets":[0,4]}}`, "dimension 0 of the shape"},
		{"overflowing integer", `{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}`, "overflows"},
		{"overflowing shape", `{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,4]}}`, "overflows"},
		{"shape that wraps to 4 bytes", `{"a":{"dtype":"F32","shape":[65536,65536,65536,65536,1],"data_offsets":[0,4]}}`, "overflows"},
		{"overflow hidden by zero", `{"a":{"dtype":"F32","shape":[0,2147483647,2147483647,2147483647],"data_offsets":[0,0]}}`, "overflows"},
		{"too many dimensions", `{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}`, "more than 8 numbers"},
		{"size against shape", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, "needs 8"},
		{"dtype against offsets", `{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,4]}}`, "needs 8"},
		{"offsets backwards", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, "end before they begin"},
		{"three offsets", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}`, "more than 2 numbers"},
		{"one offset", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}`, "has 1 numbers, not 2"},
		{"beyond the file", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, `the file ends inside tensor "a"`},
		{"begins with a hole", `{"a":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}`, "leaves a hole"},
		{"hole", `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}`, `"b" leaves a hole`},
		{"overlap", `{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}`, `"b" overlaps`},
		{"same bytes twice", `{"a":{` + ok + `},"b":{` + ok + `}}`, `"b" overlaps`},
		{"empty tensor within another", `{"a":{` + ok + `},"b":{"dtype":"F32","shape":[0],"data_offsets":[2,2]}}`, `"b" overlaps`},
		{"bytes left over", `{}`, "4 bytes follow the last tensor"},
		{"two values", `{"a":{` + ok + `}}{}`, "goes on after its closing brace"},
		{"newline padding", `{"a":{` + ok + `}}` + "\n", "goes on after its closing brace"},
		{"trailing comma", `{"a":{` + ok + `},}`, `has '}' where '"'`},
		{"not an object", `["a"]`, "does not begin with '{'"},
		{"not UTF-8", "{\"\xff\":{" + ok + "}}", "not UTF-8"},
		{"half surrogate", `{"\ud800":{` + ok + `}}`, "half an escape"},
		{"two high surrogates", `{"\ud800\ud800":{` + ok + `}}`, "half a surrogate pair"},
		{"control character", "{\"\n\":{" + ok + "}}", "control character"},
		{"unknown escape", `{"\x":{` + ok + `}}`, "unknown escape"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f, err := ReadSafetensors(file(c.header, one...))
			require.ErrorIs(t, err, ErrSafetensors)
			assert.Nil(t, f)
			assert.ErrorContains(t, err, c.want)
			assert.Less(t, len(err.Error()), 400, "a message, not the file")
		})
	}
}

func TestForeignFiles(t *testing.T) {
	tail := strings.Repeat("\x00", 64)
	for want, b := range map[string]string{
		"empty file":      "",
		"PNG":             "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + tail,
		"zip":             "PK\x03\x04\x14\x00\x00\x00\x08\x00" + tail,
		"gzip":            "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + tail,
		"JSON text":       `{"policy": [1, 2, 3]}`,
		"HTML":            "<!doctype html><html></html>",
		"begin with '{'":  "\x08\x00\x00\x00\x00\x00\x00\x00onnx....",
		"would have":      strings.Repeat("\xff", 64),
		"header's length": "abc",
	} {
		_, err := ReadSafetensors([]byte(b))
		assert.ErrorIs(t, err, ErrSafetensors)
		assert.ErrorContains(t, err, want)
	}
}

// A header whose length's low byte is that of '{' or '<' is no JSON or HTML.
func TestLengthThatLooksForeign(t *testing.T) {
	for _, n := range []int{'{', '<'} {
		header := "{}" + strings.Repeat(" ", n-2)
		_, err := ReadSafetensors(file(header))
		assert.NoError(t, err)
	}
}

func TestDecodingErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(-1)
	var w bytes.Buffer
	require.NoError(t, WriteSafetensors(&w, []Tensor{
		Float32s("good", []int{2, 2}, []float32{1, 2, 3, math.MaxFloat32}),
		Float32s("nan", []int{3}, []float32{1, float32(nan), 3}),
		Float64s("inf", []int{2}, []float64{math.MaxFloat64, inf}),
		Bytes("u8", []int{1}, []byte{1}),
	}, nil))
	b := w.Bytes()
	f, err := ReadSafetensors(b)
	require.NoError(t, err)

	_, err = f.Float32("none", 1)
	assert.EqualError(t, err, `tensorio: tensor "none" is missing`)
	_, err = f.Float64("good", 2, 2)
	assert.EqualError(t, err, `tensorio: tensor "good" has element type F32, not F64`)
	_, err = f.Float32("good", 4)
	assert.EqualError(t, err, `tensorio: tensor "good" has shape [2, 2], not [4]`)
	_, err = f.Float32("good", 3, AnyDim)
	assert.EqualError(t, err, `tensorio: tensor "good" has shape [2, 2], not [3, *]`)
	_, err = f.Float32("nan", 3)
	assert.EqualError(t, err, `tensorio: tensor "nan" has the value NaN at index 1`)
	_, err = f.Float64("inf", 2)
	assert.EqualError(t, err, `tensorio: tensor "inf" has the value -Inf at index 1`)
	assert.Error(t, f.Finite())

	dst := []float32{7, 7, 7}
	assert.Error(t, f.Float32Into(dst, "nan", 3))
	assert.Error(t, f.Float32Into(dst, "good", 2, 2), "four elements into three")
	assert.Equal(t, []float32{7, 7, 7}, dst, "an error changes nothing")
	four := make([]float32, 4)
	require.NoError(t, f.Float32Into(four, "good", 2, 2))
	assert.Equal(t, []float32{1, 2, 3, math.MaxFloat32}, four)

	any64, err := f.AnyFloat64("inf", 2)
	require.NoError(t, err)
	assert.Equal(t, inf, any64[1])

	f, err = ReadSafetensors(file(`{"b":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}`, 1, 2))
	require.NoError(t, err)
	assert.NoError(t, f.Finite())
}

func TestWriterRefuses(t *testing.T) {
	x := []float32{1}
	many := make([]Tensor, MaxTensors+1)
	for name, c := range map[string]struct {
		tensors  []Tensor
		metadata map[string]string
		want     string
	}{
		"shape":            {[]Tensor{Float32s("a", []int{2}, x)}, nil, "does not hold 1 elements"},
		"negative":         {[]Tensor{Float32s("a", []int{-1}, x)}, nil, "dimension 0"},
		"overflow":         {[]Tensor{Float32s("a", []int{MaxDim, MaxDim, MaxDim}, x)}, nil, "overflows"},
		"rank":             {[]Tensor{Float32s("a", make([]int, 9), nil)}, nil, "9 dimensions"},
		"twice":            {[]Tensor{Float32s("a", nil, x), Float32s("a", nil, x)}, nil, "taken"},
		"reserved":         {[]Tensor{Float32s(metadataKey, nil, x)}, nil, "reserved"},
		"not UTF-8":        {[]Tensor{Float32s("\xff", nil, x)}, nil, "not UTF-8"},
		"zero Tensor":      {[]Tensor{{Name: "a"}}, nil, "no data"},
		"too many":         {many, nil, "more than 4096"},
		"metadata":         {nil, map[string]string{"a": "\xff"}, "not UTF-8"},
		"too much":         {nil, map[string]string{"a": strings.Repeat("x", MaxHeader)}, "header of"},
		"too many entries": {nil, manyEntries(MaxMetadata + 1), "entries of metadata"},
	} {
		var w bytes.Buffer
		err := WriteSafetensors(&w, c.tensors, c.metadata)
		assert.ErrorContains(t, err, c.want, name)
		assert.Zero(t, w.Len(), "%s: nothing is written", name)
	}
}

func manyEntries(n int) map[string]string {
	m := make(map[string]string, n)
	for i := range n {
		m[strings.Repeat("k", i%7)+string(rune('a'+i%26))+strings.Repeat("i", i/26)] = ""
	}
	return m
}

// errWriter fails once n bytes have gone through.
type errWriter struct{ n int }

func (w *errWriter) Write(p []byte) (int, error) {
	if w.n -= len(p); w.n < 0 {
		return 0, errors.New("the disk is full")
	}
	return len(p), nil
}

func TestWriterReportsTheWritersError(t *testing.T) {
	size := len(sample(t))
	for _, n := range []int{0, 8, size - 1} {
		err := WriteSafetensors(&errWriter{n}, []Tensor{Bytes("a", []int{size}, make([]byte, size))}, nil)
		assert.ErrorContains(t, err, "the disk is full")
	}
}

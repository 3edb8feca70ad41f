package tensorio

import (
	"encoding/binary"
	"math"
)

// Tensor is a named array on its way into a file. Make one with Float32s, Float64s or Bytes; it refers to the data and does
// not copy them.
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

// Bytes names data [shape] as a tensor of type U8.
func Bytes(name string, shape []int, data []byte) Tensor { return Tensor{name, shape, u8s(data)} }

// values is a typed array that writes itself in little-endian order, piece by piece.
type values interface {
	dtype() DType
	count() int
	appendTo(dst []byte, from, to int) []byte // appends elements from..to-1
}

type (
	f32s []float32
	f64s []float64
	u8s  []byte
)

func (f32s) dtype() DType { return F32 }
func (f64s) dtype() DType { return F64 }
func (u8s) dtype() DType  { return U8 }

func (v f32s) count() int { return len(v) }
func (v f64s) count() int { return len(v) }
func (v u8s) count() int  { return len(v) }

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

func (v u8s) appendTo(dst []byte, from, to int) []byte { return append(dst, v[from:to]...) }

// Float32 returns the data of a tensor of type F32, nil for another type. It does not copy.
func (t Tensor) Float32() []float32 {
	v, _ := t.data.(f32s)
	return v
}

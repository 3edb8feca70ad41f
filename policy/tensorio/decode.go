package tensorio

import (
	"encoding/binary"
	"fmt"
	"math"

	"onestep/engine/quote"
)

// AnyDim, as a wanted dimension, accepts every size.
const AnyDim = -1

// raw finds a tensor, checks its type and shape and returns its bytes within the file.
func (f *File) raw(name string, d DType, shape []int) ([]byte, error) {
	t, ok := f.Lookup(name)
	if !ok {
		return nil, fmt.Errorf("tensorio: tensor %s is missing", quote.Text(name))
	}
	if t.DType != d {
		return nil, fmt.Errorf("tensorio: tensor %s has element type %s, not %s", quote.Text(name), t.DType, d)
	}
	same := len(shape) == len(t.Shape)
	for i := 0; same && i < len(shape); i++ {
		same = shape[i] == t.Shape[i] || shape[i] == AnyDim
	}
	if !same {
		return nil, fmt.Errorf("tensorio: tensor %s has shape %s, not %s", quote.Text(name), shapeText(t.Shape), shapeText(shape))
	}
	return f.data[t.begin:t.end], nil
}

// finite32 looks for the first number in b, little-endian float32, that is NaN or infinite.
func finite32(name string, b []byte) error {
	for i := 0; i+4 <= len(b); i += 4 {
		if u := binary.LittleEndian.Uint32(b[i:]); u&0x7f800000 == 0x7f800000 { // all bits of the exponent set
			return notFinite(name, i/4, float64(math.Float32frombits(u)))
		}
	}
	return nil
}

// finite64 is finite32 for float64.
func finite64(name string, b []byte) error {
	for i := 0; i+8 <= len(b); i += 8 {
		if u := binary.LittleEndian.Uint64(b[i:]); u&0x7ff0000000000000 == 0x7ff0000000000000 {
			return notFinite(name, i/8, math.Float64frombits(u))
		}
	}
	return nil
}

func notFinite(name string, index int, x float64) error {
	return fmt.Errorf("tensorio: tensor %s has the value %v at index %d", quote.Text(name), x, index)
}

// Finite checks every F32 and F64 tensor of the file and names the first value that is NaN or infinite.
func (f *File) Finite() error {
	for _, t := range f.infos {
		var err error
		switch b := f.data[t.begin:t.end]; t.DType {
		case F32:
			err = finite32(t.Name, b)
		case F64:
			err = finite64(t.Name, b)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Float32 returns a copy of an F32 tensor of the wanted shape (dimensions may be AnyDim). A missing tensor,
// another type or shape, NaN and infinities are errors that name the tensor.
func (f *File) Float32(name string, shape ...int) ([]float32, error) {
	b, err := f.raw(name, F32, shape)
	if err != nil {
		return nil, err
	}
	if err := finite32(name, b); err != nil {
		return nil, err
	}
	dst := make([]float32, len(b)/4)
	decode32(dst, b)
	return dst, nil
}

// Float32Into is Float32 into dst, which must have as many elements as the tensor. On an error dst is as it was.
func (f *File) Float32Into(dst []float32, name string, shape ...int) error {
	b, err := f.raw(name, F32, shape)
	if err != nil {
		return err
	}
	if len(dst) != len(b)/4 {
		return fmt.Errorf("tensorio: tensor %s has %d elements, not %d", quote.Text(name), len(b)/4, len(dst))
	}
	if err := finite32(name, b); err != nil {
		return err
	}
	decode32(dst, b)
	return nil
}

func decode32(dst []float32, b []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
}

// Float64 is Float32 for F64 tensors.
func (f *File) Float64(name string, shape ...int) ([]float64, error) {
	b, err := f.raw(name, F64, shape)
	if err != nil {
		return nil, err
	}
	if err := finite64(name, b); err != nil {
		return nil, err
	}
	dst := make([]float64, len(b)/8)
	for i := range dst {
		dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return dst, nil
}

// AnyFloat64 is Float64 without the refusal of NaN and infinities.
func (f *File) AnyFloat64(name string, shape ...int) ([]float64, error) {
	b, err := f.raw(name, F64, shape)
	if err != nil {
		return nil, err
	}
	dst := make([]float64, len(b)/8)
	for i := range dst {
		dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return dst, nil
}

// Bytes returns a copy of a U8 tensor of the wanted shape.
func (f *File) Bytes(name string, shape ...int) ([]byte, error) {
	b, err := f.raw(name, U8, shape)
	if err != nil {
		return nil, err
	}
	return append(make([]byte, 0, len(b)), b...), nil
}

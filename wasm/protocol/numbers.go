package protocol

import "encoding/binary"

// Numbers cross as little-endian bytes; these read and write them.

// Float64s reads b.
func Float64s(b []byte) []float64 { return read[float64](b, 8) }

// Float32s reads b.
func Float32s(b []byte) []float32 { return read[float32](b, 4) }

func read[T float32 | float64](b []byte, size int) []T {
	x := make([]T, len(b)/size)
	if _, err := binary.Decode(b, binary.LittleEndian, x); err != nil {
		panic("protocol: " + err.Error())
	}
	return x
}

// Bytes appends x to dst.
func Bytes[T float32 | float64](dst []byte, x []T) []byte {
	dst, err := binary.Append(dst, binary.LittleEndian, x)
	if err != nil {
		panic("protocol: " + err.Error())
	}
	return dst
}

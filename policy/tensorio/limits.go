package tensorio

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Limits of a safetensors file, on reading and on writing. They bound what reading a file can allocate:
// MaxHeader bytes of names and texts and at most MaxTensors+MaxMetadata small entries.
const (
	MaxHeader   = 1 << 20        // bytes of the JSON header
	MaxTensors  = 4096           // tensors in a file
	MaxMetadata = 4096           // entries of the metadata
	MaxRank     = 8              // dimensions of a tensor
	MaxDim      = math.MaxInt32  // size of one dimension
	metadataKey = "__metadata__" // the header's entry that is no tensor
)

// byteSize returns the bytes of an array of shape, or an error that says why there is no such array. A
// zero dimension makes the size zero, but never hides an overflow of the others.
func byteSize(shape []int, d DType) (int, error) {
	if len(shape) > MaxRank {
		return 0, fmt.Errorf("shape has %d dimensions, more than %d", len(shape), MaxRank)
	}
	size, empty := uint64(d.Size()), false
	for i, n := range shape {
		if n < 0 || n > MaxDim {
			return 0, fmt.Errorf("dimension %d of the shape is %d, outside 0..%d", i, n, MaxDim)
		}
		if n == 0 {
			empty = true
			continue
		}
		hi, lo := bits.Mul64(size, uint64(n))
		if hi != 0 || lo > math.MaxInt64 {
			return 0, fmt.Errorf("shape %s overflows", shapeText(shape))
		}
		size = lo
	}
	if empty {
		return 0, nil
	}
	return int(size), nil
}

// shapeText writes a shape as [2, 3].
func shapeText(shape []int) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, n := range shape {
		if i > 0 {
			b.WriteString(", ")
		}
		if n == AnyDim {
			b.WriteByte('*')
		} else {
			b.WriteString(strconv.Itoa(n))
		}
	}
	b.WriteByte(']')
	return b.String()
}

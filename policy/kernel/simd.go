//go:build goexperiment.simd && go1.27

package kernel

import (
	"simd"
	"unsafe"
)

//go:generate go run ./generate

// lanes is how many float32 a vector holds; 1 where package simd would only imitate vectors.
var lanes = func() int {
	if simd.Emulated() {
		return 1
	}
	return simd.VectorBitSize() / 32
}()

// maxLanes is the longest vector that package simd knows, in float32.
const maxLanes = 16

// vectors reports whether T's kernels run on vectors.
func vectors[T Float]() bool { return isSingle[T]() && lanes > 1 }

// single returns a slice of 4-byte elements as what it is.
func single[T Float](x []T) []float32 { return *(*[]float32)(unsafe.Pointer(&x)) }

// floats returns the memory at p+offset for a vector to be loaded from or stored to, of which it uses lanes
// elements.
//
//go:nocheckptr
func floats(p unsafe.Pointer, offset int) []float32 {
	return (*[maxLanes]float32)(address(p, offset))[:]
}

// pointer returns where x begins.
func pointer(x []float32) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(x)) }

// The compiler orders what a block computes by where it stands: code of the function itself first, then what it
// took in from the functions called, level by level. Vector loads come from the second level, arithmetic on vectors
// from the first. Scalar loads, addresses and steps are put on the second level too, by a function within a
// function; otherwise all of an unrolled loop's would be moved to its top, and registers run out.

// float returns the element at p+offset.
func float(p unsafe.Pointer, offset int) float32 { return load(p, offset) }

// next returns an offset after a step.
func next(offset, step int) int { return sum(offset, step) }

// below returns the pointer to the row below p.
func below(p unsafe.Pointer, row int) unsafe.Pointer { return address(p, row) }

//go:nocheckptr
func load(p unsafe.Pointer, offset int) float32 { return *(*float32)(unsafe.Add(p, offset)) }

func sum(a, b int) int { return a + b }

//go:nocheckptr
func address(p unsafe.Pointer, offset int) unsafe.Pointer { return unsafe.Add(p, offset) }

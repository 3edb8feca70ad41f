//go:build !(goexperiment.simd && go1.27)

package kernel

// Without vectors the plain Go code is all there is.

const lanes = 1

func matMulVector[T Float](dst, start, a, b Mat[T], transposeA bool, scratch []T) bool { return false }

func matMulTVector[T Float](dst, a, b Mat[T], scratch []T) bool { return false }

//go:build !(goexperiment.simd && go1.27)

package kernel

// Without vectors the plain Go code is all there is: nothing below computes anything.

const lanes = 1

func matMulVector[T Float](dst, start, a, b Mat[T], transposeA bool, scratch []T) bool { return false }

func matMulTVector[T Float](dst, a, b Mat[T], scratch []T) bool { return false }

func expWhole[T Float](dst, x []T) (done int) { return 0 }

func activateWhole[T Float](f Activation, dst, z []T) (done int) { return 0 }

func activateJVPWhole[T Float](f Activation, dst, dTan, z, zTan []T) (done int) { return 0 }

func activateVJPWhole[T Float](f Activation, dZ, dOut, z []T) (done int) { return 0 }

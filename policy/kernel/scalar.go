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

func adamWhole[T Float](params, m, v, grad []T, oneMinusBeta1, oneMinusBeta2, c1, c2, lr, eps T) (done int) {
	return 0
}

func lerpWhole[T Float](dst, src []T, tau T) (done int) { return 0 }

func belowWhole[T Float](x []T, limit T) bool { return false }

func spreadWhole[T Float](dst, start Mat[T]) (done int) { return 0 }

func addRowsWhole[T Float](dst, a, b Mat[T], aEvery, bEvery int) (done int) { return 0 }

func sumRowsWhole[T Float](dst, a Mat[T], every int) (done int) { return 0 }

func wavesWhole[T Float](dst Mat[T], t, f []T, quarters []int32, scale T) (done int) { return 0 }

func matVecVector[T Float](dst, start, a Mat[T], b []T, step int, scratch []T) bool { return false }

func matMulPairVector[T Float](dst, start, a, dstTan, startTan, aTan, b Mat[T], scratch []T) bool {
	return false
}

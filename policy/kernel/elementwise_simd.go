//go:build goexperiment.simd && go1.27

package kernel

// whole returns how many of n elements fill vectors where T's kernels run on them; the plain code does the rest.
func whole[T Float](n int) int {
	if !vectors[T]() {
		return 0
	}
	return n - n%lanes
}

func expWhole[T Float](dst, x []T) (done int) {
	if done = whole[T](len(x)); done > 0 {
		expVector(pointer(single(dst)), pointer(single(x)), done)
	}
	return done
}

func activateWhole[T Float](f Activation, dst, z []T) (done int) {
	if done = whole[T](len(z)); done == 0 {
		return 0
	}
	d, x := pointer(single(dst)), pointer(single(z))
	switch f {
	case Mish:
		mishVector(d, x, done)
	case SiLU:
		siluVector(d, x, done)
	}
	return done
}

func activateJVPWhole[T Float](f Activation, dst, dTan, z, zTan []T) (done int) {
	if done = whole[T](len(z)); done == 0 {
		return 0
	}
	d, dt, x, xt := pointer(single(dst)), pointer(single(dTan)), pointer(single(z)), pointer(single(zTan))
	switch f {
	case Mish:
		mishJVPVector(d, dt, x, xt, done)
	case SiLU:
		siluJVPVector(d, dt, x, xt, done)
	}
	return done
}

func activateVJPWhole[T Float](f Activation, dZ, dOut, z []T) (done int) {
	if done = whole[T](len(z)); done == 0 {
		return 0
	}
	d, out, x := pointer(single(dZ)), pointer(single(dOut)), pointer(single(z))
	switch f {
	case Mish:
		mishVJPVector(d, out, x, done)
	case SiLU:
		siluVJPVector(d, out, x, done)
	}
	return done
}

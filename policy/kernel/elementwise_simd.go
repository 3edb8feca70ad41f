//go:build goexperiment.simd && go1.27

package kernel

import (
	"math"
	"simd"
	"unsafe"
)

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

func adamWhole[T Float](params, m, v, grad []T, oneMinusBeta1, oneMinusBeta2, c1, c2, lr, eps T) (done int) {
	if done = whole[T](len(grad)); done > 0 {
		adamVector(pointer(single(params)), pointer(single(m)), pointer(single(v)), pointer(single(grad)), done,
			float32(oneMinusBeta1), float32(oneMinusBeta2), float32(c1), float32(c2), float32(lr), float32(eps))
	}
	return done
}

// adamVector is Adam for n elements, a multiple of the lanes.
//
//go:nocheckptr
func adamVector(params, m, v, grad unsafe.Pointer, n int, oneMinusBeta1, oneMinusBeta2, c1, c2, lr, eps float32) {
	rate1, rate2 := simd.BroadcastFloat32s(oneMinusBeta1), simd.BroadcastFloat32s(oneMinusBeta2)
	correct1, correct2 := simd.BroadcastFloat32s(c1), simd.BroadcastFloat32s(c2)
	step, least := simd.BroadcastFloat32s(lr), simd.BroadcastFloat32s(eps)
	size := step.Len() * floatSize
	for i := 0; i < n*floatSize; i += size {
		g, mi, vi := simd.LoadFloat32s(floats(grad, i)), simd.LoadFloat32s(floats(m, i)), simd.LoadFloat32s(floats(v, i))
		mi = rate1.Mul(g.Sub(mi)).Add(mi)
		vi = rate2.Mul(g.Mul(g).Sub(vi)).Add(vi)
		mi.Store(floats(m, i))
		vi.Store(floats(v, i))
		change := step.Mul(mi.Mul(correct1)).Div(vi.Mul(correct2).Sqrt().Add(least))
		simd.LoadFloat32s(floats(params, i)).Sub(change).Store(floats(params, i))
	}
}

func lerpWhole[T Float](dst, src []T, tau T) (done int) {
	if done = whole[T](len(src)); done > 0 {
		lerpVector(pointer(single(dst)), pointer(single(src)), done, float32(tau))
	}
	return done
}

// lerpVector is Lerp for n elements, a multiple of the lanes.
//
//go:nocheckptr
func lerpVector(dst, src unsafe.Pointer, n int, tau float32) {
	rate := simd.BroadcastFloat32s(tau)
	size := rate.Len() * floatSize
	for i := 0; i < n*floatSize; i += size {
		d := simd.LoadFloat32s(floats(dst, i))
		rate.Mul(simd.LoadFloat32s(floats(src, i)).Sub(d)).Add(d).Store(floats(dst, i))
	}
}

// belowWhole reports that all of |x| lies below limit; where it does not, the plain code looks.
func belowWhole[T Float](x []T, limit T) bool {
	done := whole[T](len(x))
	if done == 0 {
		return false
	}
	for _, v := range x[done:] {
		if !(max(v, -v) < limit) {
			return false
		}
	}
	return belowVector(pointer(single(x)), done, math.Float32bits(float32(limit)))
}

// belowVector reports whether the bits of the magnitudes of n elements, a multiple of the lanes, are all below those of a
// limit: floats are ordered as their bits are, and NaN is above infinity.
//
//go:nocheckptr
func belowVector(x unsafe.Pointer, n int, limit uint32) bool {
	magnitude, largest := simd.BroadcastUint32s(math.MaxInt32), simd.BroadcastUint32s(0)
	size := largest.Len() * floatSize
	for i := 0; i < n*floatSize; i += size {
		largest = largest.Max(simd.LoadFloat32s(floats(x, i)).ToBits().And(magnitude))
	}
	var each [maxLanes]uint32
	largest.Store(each[:])
	for _, v := range each {
		if v >= limit {
			return false
		}
	}
	return true
}

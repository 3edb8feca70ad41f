package kernel

import (
	"math"

	"onestep/engine/num"
)

// The float32 exponential: e^x = 2^n e^r with n = round(x log2 e), rounded by adding and subtracting 1.5 2^23, and
//
//	e^r = 1 + (r + r^2 q(r)), |r| <= ln(2)/2,
//
// q of degree 4 interpolating (e^r - 1 - r)/r^2 at Chebyshev nodes: relative error 1.1e-8 before rounding.
const (
	expMin = -87 // arguments are clamped to [expMin, expMax]: the result is a normal float32
	expMax = 88

	expMagic   = 1.5 * (1 << 23)
	expLn2Hi   = 0.693359375 // 10 bits: n expLn2Hi is exact
	expLn2Lo   = math.Ln2 - expLn2Hi
	expQ0      = 0.5
	expQ1      = 0.1666657685
	expQ2      = 0.04166655444
	expQ3      = 0.008363202972
	expQ4      = 0.001392621347
	expBitsPos = 23 // position of the exponent in a float32
)

// exp32 is e^x for x in [expMin, expMax]. Vector code repeats these operations in this order.
func exp32(x float32) float32 {
	z := float32(x*math.Log2E) + expMagic
	n := z - expMagic
	r := x - float32(n*expLn2Hi)
	r -= float32(n * expLn2Lo)
	q := float32(expQ4*r) + expQ3
	q = float32(q*r) + expQ2
	q = float32(q*r) + expQ1
	q = float32(q*r) + expQ0
	y := (float32(q*float32(r*r)) + r) + 1
	return math.Float32frombits(math.Float32bits(y) + math.Float32bits(z)<<expBitsPos)
}

// exp is e^x for x in [expMin, expMax].
func exp[T Float](x T) T {
	if isSingle[T]() {
		return T(exp32(float32(x)))
	}
	return T(num.Exp(float64(x)))
}

func clamp[T Float](x, lo, hi T) T {
	if x > hi {
		x = hi
	}
	if x < lo {
		x = lo
	}
	return x
}

// Exp writes dst = e^x with x clamped to [-87, 88], so that the result is finite and not 0 in float32.
// dst may be x.
func Exp[T Float](dst, x []T) {
	mustMatch(len(dst), len(x))
	done := expWhole(dst, x)
	dst, x = dst[done:], x[done:]
	for i, v := range x {
		dst[i] = exp(clamp(v, expMin, expMax))
	}
}

func mustMatch(a, b int) {
	if a != b {
		panic("kernel: slices of different lengths")
	}
}

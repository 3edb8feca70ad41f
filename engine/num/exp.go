package num

import "math"

const (
	// ln 2 in two parts: the first has 33 significant bits, so that k ln2Hi is exact for |k| < 2^20.
	ln2Hi = 0x1.62e42feep-1
	ln2Lo = math.Ln2 - ln2Hi

	expOverflow  = 709.782712893384  // exp is +Inf above
	expUnderflow = -745.133219101941 // exp rounds to 0 below
)

// Exp returns e^x. Exp(NaN) = NaN, Exp(+Inf) = +Inf, Exp(-Inf) = 0.
func Exp(x float64) float64 { return expSum(x, 0) }

// expSum returns e^(hi+lo) for |lo| at most about an ulp of hi.
func expSum(hi, lo float64) float64 {
	switch {
	case math.IsNaN(hi):
		return hi
	case hi > expOverflow:
		return math.Inf(1)
	case hi < expUnderflow:
		return 0
	}
	k, r, c := reduce(hi, lo)
	// e^(r+c) = 1 + r + c + (e^r - 1 - r), the small parts first
	return scale(1+(r+(c+expTail(r))), k)
}

// reduce writes hi+lo = k ln 2 + r + c with |r| <= ln(2)/2 and |c| at most half an ulp of r.
func reduce(hi, lo float64) (k int, r, c float64) {
	n := math.Floor(float64(hi*math.Log2E) + 0.5)
	a := hi - float64(n*ln2Hi) // exact
	b := lo - float64(n*ln2Lo)
	r = a + b
	return int(n), r, (a - r) + b
}

// expTail returns e^r - 1 - r for |r| <= 0.36: the Taylor series to r^14, whose next term is below 2e-19.
func expTail(r float64) float64 {
	p := 1.0 / 87178291200
	p = float64(p*r) + 1.0/6227020800
	p = float64(p*r) + 1.0/479001600
	p = float64(p*r) + 1.0/39916800
	p = float64(p*r) + 1.0/3628800
	p = float64(p*r) + 1.0/362880
	p = float64(p*r) + 1.0/40320
	p = float64(p*r) + 1.0/5040
	p = float64(p*r) + 1.0/720
	p = float64(p*r) + 1.0/120
	p = float64(p*r) + 1.0/24
	p = float64(p*r) + 1.0/6
	p = float64(p*r) + 0.5
	return float64(p * float64(r*r))
}

// scale returns y 2^k for y in [1/2, 2], rounding once where the result is subnormal.
func scale(y float64, k int) float64 {
	switch {
	case k > 1022:
		return float64(y*power2(k-1)) * 2
	case k < -1021:
		return float64(y*power2(k+128)) * 0x1p-128
	}
	return y * power2(k)
}

// power2 returns 2^k for a normal result.
func power2(k int) float64 { return math.Float64frombits(uint64(k+1023) << 52) }

// Expm1 returns e^x - 1 without cancellation near 0.
func Expm1(x float64) float64 {
	switch {
	case math.IsNaN(x) || x == 0:
		return x
	case x > 40: // the 1 is below half an ulp
		return Exp(x)
	case x < -40:
		return -1
	}
	k, r, c := reduce(x, 0)
	e := r + (c + expTail(r)) // e^r - 1
	if k == 0 {
		return e
	}
	// 2^k (e + 1) - 1 = 2^k (e + (1 - 2^-k))
	return power2(k) * (e + (1 - power2(-k)))
}

// Log1p returns log(1+x) without cancellation near 0 (W. Kahan's correction of the rounding of 1+x).
// Log1p(-1) = -Inf, Log1p(x < -1) = NaN, Log1p(+Inf) = +Inf.
func Log1p(x float64) float64 {
	u := 1 + x
	switch {
	case u == 1:
		return x
	case x <= -1 || math.IsNaN(x) || math.IsInf(x, 1):
		return Log(u)
	}
	return Log(u) * float64(x/(u-1))
}

// Tanh returns the hyperbolic tangent, odd in x to the bit.
func Tanh(x float64) float64 {
	a := math.Abs(x)
	var y float64
	switch {
	case math.IsNaN(x) || x == 0:
		return x
	case a > 22: // 1 - 2 e^(-44) rounds to 1
		y = 1
	case a >= 0.5:
		y = 1 - 2/(Expm1(2*a)+2)
	default: // tanh a = -q/(q+2), q = e^(-2a) - 1
		q := Expm1(-2 * a)
		y = -q / (q + 2)
	}
	return math.Copysign(y, x)
}

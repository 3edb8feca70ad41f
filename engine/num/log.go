package num

import "math"

// Log returns the natural logarithm by fdlibm's e_log.c, as package math does in WebAssembly, with its bits:
//
//	x = 2^k (1+f), sqrt(1/2) <= 1+f < sqrt(2);  s = f/(2+f)
//	log(1+f) = f - f^2/2 + s (f^2/2 + R(s^2)),  R minimax
//
// Log(NaN) = NaN, Log(+Inf) = +Inf, Log(0) = -Inf, Log(x < 0) = NaN.
func Log(x float64) float64 {
	const (
		hi = 6.93147180369123816490e-01 // ln 2 in two parts: k hi is exact
		lo = 1.90821492927058770002e-10
	)
	switch {
	case math.IsNaN(x) || math.IsInf(x, 1):
		return x
	case x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	}
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	f, k := m-1, float64(e)
	s := f / (2 + f)
	z := float64(s * s)
	w := float64(z * z)
	odd := float64(w*1.479819860511658591e-01) + 1.818357216161805012e-01
	odd = float64(w*odd) + 2.857142874366239149e-01
	odd = float64(w*odd) + 6.666666666666735130e-01
	even := float64(w*1.531383769920937332e-01) + 2.222219843214978396e-01
	even = float64(w*even) + 3.999999999940941908e-01
	r := float64(z*odd) + float64(w*even)
	half := float64(0.5 * f * f)
	return float64(k*hi) - ((half - (float64(s*(half+r)) + float64(k*lo))) - f)
}

// Hypot returns sqrt(p^2 + q^2) without overflow of the squares: a sqrt(1 + (b/a)^2), a the larger of |p| and |q|.
// An infinity gives +Inf, otherwise NaN gives NaN.
func Hypot(p, q float64) float64 {
	p, q = math.Abs(p), math.Abs(q)
	switch {
	case math.IsInf(p, 1) || math.IsInf(q, 1):
		return math.Inf(1)
	case p == 0 && q == 0:
		return 0
	}
	a, b := max(p, q), min(p, q)
	r := b / a
	return float64(a * math.Sqrt(1+float64(r*r)))
}

package num

import "math"

// Pow returns x^y with the special cases of math.Pow. The logarithm and its product with y are carried in
// pairs of float64 (T. J. Dekker, Numerische Mathematik 18, 1971), so that large powers keep their bits.
func Pow(x, y float64) float64 {
	switch {
	case y == 0 || x == 1:
		return 1
	case math.IsNaN(x) || math.IsNaN(y):
		return math.NaN()
	case y == 1:
		return x
	case x == 0 || math.IsInf(x, 0) || math.IsInf(y, 0):
		return powLimit(x, y)
	}
	sign := 1.0
	if x < 0 {
		if y != math.Floor(y) {
			return math.NaN()
		}
		if isOdd(y) {
			sign = -1
		}
		x = -x
	}
	if math.Abs(y) > 0x1p64 { // |log x| >= 2^-53 unless x = 1: over- or underflow
		return sign * powLimit(x, math.Copysign(math.Inf(1), y))
	}
	hi, lo := logPair(x)
	hi, lo = mulPair(hi, lo, y, 0)
	return sign * expSum(hi, lo)
}

// powLimit is Pow where an argument is 0 or infinite.
func powLimit(x, y float64) float64 {
	a := math.Abs(x)
	if math.IsInf(y, 0) {
		switch {
		case a == 1:
			return 1
		case (a > 1) == (y > 0):
			return math.Inf(1)
		}
		return 0
	}
	var v float64
	if (a > 1) == (y > 0) {
		v = math.Inf(1)
	}
	if isOdd(y) {
		v = math.Copysign(v, x)
	}
	return v
}

func isOdd(y float64) bool {
	return math.Abs(y) < 0x1p53 && y == math.Floor(y) && int64(y)&1 == 1
}

// logPair returns log x = hi + lo, 0 < x < Inf, with a relative error near 2^-65:
//
//	x = 2^e m, sqrt(1/2) <= m < sqrt(2);  s = (m-1)/(m+1)
//	log x = e ln 2 + 2 (s + s^3/3 + s^5/5 + ...)
func logPair(x float64) (hi, lo float64) {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	sHi, sLo := quotient(m-1, m+1, 1-((m+1)-m))
	zHi, zLo := mulPair(sHi, sLo, sHi, sLo)
	p := 0.0
	for n := 27; n >= 5; n -= 2 {
		p = float64(p*zHi) + 1/float64(n)
	}
	// 1/3 + z (1/5 + z/7 + ...)
	const third = 1.0 / 3
	tHi, tLo := twoSum(third, float64(p*zHi))
	tLo += (1.0/3 - 0x1.5555555555555p-2) + float64(p*zLo)
	tHi, tLo = mulPair(zHi, zLo, tHi, tLo)
	tHi, tLo = mulPair(sHi, sLo, tHi, tLo)
	hi, lo = addPair(sHi, sLo, tHi, tLo)
	k := float64(e)
	return addPair(float64(k*ln2Hi), float64(k*ln2Lo), 2*hi, 2*lo)
}

// quotient returns f / (dHi + dLo) as a pair.
func quotient(f, dHi, dLo float64) (hi, lo float64) {
	q := f / dHi
	p, e := twoProduct(q, dHi)
	return fastTwoSum(q, ((f-p)-e-float64(q*dLo))/dHi)
}

func addPair(aHi, aLo, bHi, bLo float64) (hi, lo float64) {
	s, e := twoSum(aHi, bHi)
	return fastTwoSum(s, e+(aLo+bLo))
}

func mulPair(aHi, aLo, bHi, bLo float64) (hi, lo float64) {
	p, e := twoProduct(aHi, bHi)
	return fastTwoSum(p, e+(float64(aHi*bLo)+float64(aLo*bHi)))
}

// twoSum returns a+b and its rounding error, exactly (D. E. Knuth).
func twoSum(a, b float64) (s, e float64) {
	s = a + b
	v := s - a
	return s, (a - (s - v)) + (b - v)
}

// fastTwoSum is twoSum for |a| >= |b| or a = 0.
func fastTwoSum(a, b float64) (s, e float64) {
	s = a + b
	return s, b - (s - a)
}

// twoProduct returns a*b and its rounding error by splitting both into halves of 26 bits.
func twoProduct(a, b float64) (p, e float64) {
	p = float64(a * b)
	aHi, aLo := split(a)
	bHi, bLo := split(b)
	e = float64(aHi*bHi) - p
	e += float64(aHi * bLo)
	e += float64(aLo * bHi)
	return p, e + float64(aLo*bLo)
}

func split(a float64) (hi, lo float64) {
	c := float64(0x8000001 * a)
	hi = c - (c - a)
	return hi, a - hi
}

package num

import (
	"math"
	"math/big"
)

// Sin, Cos and Sincos follow S. L. Moshier's Cephes (sin.c), as package math does on amd64 and in WebAssembly, with its
// bits: |x| = j pi/4 + z, j even, |z| <= pi/4, and minimax polynomials of z.

// Sin returns the sine of x rad. Sin(+-0) = +-0; NaN and infinities give NaN.
func Sin(x float64) float64 {
	s, _ := Sincos(x)
	return s
}

// Cos returns the cosine of x rad; NaN and infinities give NaN.
func Cos(x float64) float64 {
	_, c := Sincos(x)
	return c
}

// Sincos returns Sin(x) and Cos(x).
func Sincos(x float64) (sin, cos float64) {
	switch {
	case x == 0:
		return x, 1
	case math.IsNaN(x) || math.IsInf(x, 0):
		return math.NaN(), math.NaN()
	}
	j, z := octant(math.Abs(x))
	sin, cos = sinSeries(z), cosSeries(z)
	if j&2 != 0 { // a quarter of a turn
		sin, cos = cos, sin
	}
	if j&4 != 0 {
		sin = -sin
	}
	if j == 2 || j == 4 {
		cos = -cos
	}
	if x < 0 {
		sin = -sin
	}
	return sin, cos
}

// octant returns j in {0, 2, 4, 6} and z with x = (j + 8n) pi/4 + z, for x > 0.
func octant(x float64) (j uint64, z float64) {
	const (
		a = 7.85398125648498535156e-1  // pi/4 in three parts, of which the first two have 30 zero bits at the end
		b = 3.77489470793079817668e-8  //
		c = 2.69515142907905952645e-15 //
	)
	if x >= 1<<29 { // where products with the parts are rounded
		return hugeOctant(x)
	}
	j = uint64(x * (4 / math.Pi))
	j += j & 1
	y := float64(j)
	return j & 7, ((x - float64(y*a)) - float64(y*b)) - float64(y*c)
}

// fourOverPi is 4/pi 2^1216, rounded down.
var fourOverPi, _ = new(big.Int).SetString("145f306dc9c882a53f84eafa3ea69bb81b6c52b3278872083fca2c757bd778ac36e48dc74849ba5c00c925dd413a32439"+
	"fc3bd63962534e7dd1046bea5d768909d338e04d68befc827323ac7306a673e93908bf177bf250763ff12fffbc0b301fde5e2316b414da3eda6cfd9e4f96136e"+
	"9e8c7ecd3cbfd45aea4f758fd7cbe2f67a0e73ef14a525d4d7f6bf623f1aba10ac06608df8f6d757", 16)

// hugeOctant is octant by exact arithmetic: x = m 2^e with an integer m of 53 bits.
func hugeOctant(x float64) (j uint64, z float64) {
	m, e := math.Frexp(x)
	n := big.NewInt(int64(m * 0x1p53))
	n.Mul(n, fourOverPi)
	fraction := uint(1216 + 53 - e) // bits of n after the point
	whole := new(big.Int).Rsh(n, fraction)
	j = new(big.Int).And(whole, big.NewInt(7)).Uint64()
	n.Sub(n, whole.Lsh(whole, fraction))
	f := new(big.Float).SetPrec(53).SetMode(big.ToZero).SetInt(n)
	z, _ = f.SetMantExp(f, -int(fraction)).Float64()
	if j&1 == 1 {
		j, z = (j+1)&7, z-1
	}
	return j, float64(z * (math.Pi / 4))
}

func sinSeries(z float64) float64 {
	q := float64(z * z)
	p := float64(1.58962301576546568060e-10*q) - 2.50507477628578072866e-8
	p = float64(p*q) + 2.75573136213857245213e-6
	p = float64(p*q) - 1.98412698295895385996e-4
	p = float64(p*q) + 8.33333333332211858878e-3
	p = float64(p*q) - 1.66666666666666307295e-1
	return z + float64(z*q*p)
}

func cosSeries(z float64) float64 {
	q := float64(z * z)
	p := float64(-1.13585365213876817300e-11*q) + 2.08757008419747316778e-9
	p = float64(p*q) - 2.75573141792967388112e-7
	p = float64(p*q) + 2.48015872888517045348e-5
	p = float64(p*q) - 1.38888888888730564116e-3
	p = float64(p*q) + 4.16666666666665929218e-2
	return 1 - float64(0.5*q) + float64(q*q*p)
}

// Atan2 returns the angle of (x, y) in [-pi, pi], with the special cases of math.Atan2 (Cephes, atan.c).
func Atan2(y, x float64) float64 {
	if y == 0 || x == 0 || math.IsNaN(x) || math.IsNaN(y) || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return math.Atan2(y, x) // a constant
	}
	q := math.Copysign(atan(math.Abs(y/x)), y/x)
	switch {
	case x > 0:
		return q
	case q <= 0:
		return q + math.Pi
	}
	return q - math.Pi
}

// atan is the arctangent of x >= 0, whose thirds [0, 0.66], (0.66, tan 3pi/8], beyond, are brought to the first.
func atan(x float64) float64 {
	const (
		tan3Pi8 = 2.41421356237309504880
		more    = 6.123233995736765886130e-17 // pi/2 - its float64
	)
	switch {
	case x <= 0.66:
		return atanSeries(x)
	case x > tan3Pi8:
		return math.Pi/2 - atanSeries(1/x) + more
	}
	return math.Pi/4 + atanSeries((x-1)/(x+1)) + 0.5*more
}

func atanSeries(x float64) float64 {
	z := float64(x * x)
	p := float64(-8.750608600031904122785e-01*z) - 1.615753718733365076637e+01
	p = float64(p*z) - 7.500855792314704667340e+01
	p = float64(p*z) - 1.228866684490136173410e+02
	p = float64(p*z) - 6.485021904942025371773e+01
	q := z + 2.485846490142306297962e+01
	q = float64(q*z) + 1.650270098316988542046e+02
	q = float64(q*z) + 4.328810604912902668951e+02
	q = float64(q*z) + 4.853903996359136964868e+02
	q = float64(q*z) + 1.945506571482613964425e+02
	return float64(x*(z*p/q)) + x
}

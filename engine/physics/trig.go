package physics

import (
	"math"

	"onestep/engine/num"
)

// Limit of the angles that sincos reduces itself, rad.
const maxAngle = 1e5

// sincos returns sine and cosine, within an ulp or so, with the same bits on amd64 and wasm. The angle is reduced by the nearest
// multiple of pi/2, of which three parts of 33 bits each make the products exact for angles up to 1e5 rad; the rest
// of at most pi/4 goes through the minimax polynomials of fdlibm (k_sin.c, k_cos.c: coefficients S1..S6, C1..C6).
// Its parts are apart so that loops can have them without a call.
func sincos(x float64) (sin, cos float64) {
	if !(math.Abs(x) < maxAngle) {
		return num.Sincos(x)
	}
	r, quadrant := reduce(x)
	return rotate(sinPart(r), cosPart(r), quadrant)
}

// turn sets the sines and cosines of the bodies' angles.
func turn(bodies []bodyState) {
	for i := range bodies {
		b := &bodies[i]
		if !(math.Abs(b.angle) < maxAngle) {
			b.s, b.c = num.Sincos(b.angle)
			continue
		}
		r, quadrant := reduce(b.angle)
		b.s, b.c = rotate(sinPart(r), cosPart(r), quadrant)
	}
}

// reduce returns x - n pi/2 and n, modulo 4 in its last bits.
func reduce(x float64) (r float64, n uint64) {
	const (
		shift = 0x1.8p52 // adding it rounds to the nearest integer
		p1    = 1.57079632673412561417e+00
		p2    = 6.07710050630396597660e-11
		p3    = 2.02226624871116645580e-21
	)
	k := float64(x*(2/math.Pi)) + shift
	m := k - shift
	return x - float64(m*p1) - float64(m*p2) - float64(m*p3), math.Float64bits(k)
}

func sinPart(r float64) float64 {
	z := r * r
	return r + float64(r*z*(-1.66666666666666324348e-01+float64(z*(8.33333333332248946124e-03+float64(z*(-1.98412698298579493134e-04+
		float64(z*(2.75573137070700676789e-06+float64(z*(-2.50507602534068634195e-08+float64(z*1.58969099521155010221e-10)))))))))))
}

func cosPart(r float64) float64 {
	z := r * r
	h := float64(0.5 * z)
	w := 1 - h
	return w + ((1 - w - h) + float64(z*z*(4.16666666666666019037e-02+float64(z*(-1.38888888888741095749e-03+float64(z*(2.48015872894767294178e-05+
		float64(z*(-2.75573143513906633035e-07+float64(z*(2.08757232129817482790e-09-float64(z*1.13596475577881948265e-11))))))))))))
}

// rotate turns (cos, sin) by n quarters: exchanged where n is odd, the signs those of the quadrant.
func rotate(s, c float64, n uint64) (sin, cos float64) {
	a, b := math.Float64bits(s), math.Float64bits(c)
	swap := (a ^ b) & -(n & 1)
	return math.Float64frombits(a ^ swap ^ n>>1<<63), math.Float64frombits(b ^ swap ^ (n^n>>1)<<63)
}

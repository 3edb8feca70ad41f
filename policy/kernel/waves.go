package kernel

import (
	"math"

	"onestep/engine/num"
)

// The float32 sine: with n = round(2 x/pi), rounded by adding and subtracting 1.5 2^23, r = x - n pi/2 is taken off
// in three parts of which the first two have so few bits that their products with n are exact (W. J. Cody, W. Waite,
// "Software Manual for the Elementary Functions", 1980), and the Taylor series to r^9 and r^10 have relative errors
// below 2e-9 for |r| <= pi/4.
const (
	twoOverPi = 2 / math.Pi
	halfPi1   = 1.5703125              // 8 bits
	halfPi2   = 0.00048351287841796875 // 9 bits
	halfPi3   = math.Pi/2 - halfPi1 - halfPi2

	sin3 = -1. / 6
	sin5 = 1. / 120
	sin7 = -1. / 5040
	sin9 = 1. / 362880

	cos2  = -1. / 2
	cos4  = 1. / 24
	cos6  = -1. / 720
	cos8  = 1. / 40320
	cos10 = -1. / 3628800
)

// Waves writes scaled sines with a phase in quarters of a turn,
//
//	dst_ij = scale sin(t_i f_j + quarters_j pi/2),   dst [m,n], t [m] or [1], f and quarters [n]
//
// quarter 1 is a cosine. In float32 |t f| may reach 10^4.
func Waves[T Float](dst Mat[T], t, f []T, quarters []int32, scale T) {
	mustMatch(len(f), dst.Cols)
	mustMatch(len(quarters), dst.Cols)
	if len(t) != 1 {
		mustMatch(len(t), dst.Rows)
	}
	done := wavesWhole(dst, t, f, quarters, scale)
	if done == dst.Cols {
		return
	}
	for i := range dst.Rows {
		at, row := t[min(i, len(t)-1)], dst.Row(i)
		for j := done; j < len(row); j++ {
			row[j] = T(scale * wave(T(at*f[j]), quarters[j]))
		}
	}
}

// wave is sin(x + quarter pi/2).
func wave[T Float](x T, quarter int32) T {
	if isSingle[T]() {
		return T(wave32(float32(x), quarter))
	}
	sin, cos := num.Sincos(float64(x))
	if quarter&1 == 1 {
		sin = cos
	}
	if quarter&2 == 2 {
		sin = -sin
	}
	return T(sin)
}

// wave32 is wave for |x| up to 10^4. Vector code repeats these operations in this order.
func wave32(x float32, quarter int32) float32 {
	z := float32(x*twoOverPi) + expMagic
	k := math.Float32bits(z) + uint32(quarter) // the last two bits count quarters
	n := z - expMagic
	r := x - float32(n*halfPi1)
	r -= float32(n * halfPi2)
	r -= float32(n * halfPi3)
	u := r * r
	var y float32
	if k&1 == 0 {
		y = float32(sin9*u) + sin7
		y = float32(y*u) + sin5
		y = float32(y*u) + sin3
		y = float32(y*float32(u*r)) + r
	} else {
		y = float32(cos10*u) + cos8
		y = float32(y*u) + cos6
		y = float32(y*u) + cos4
		y = float32(y*u) + cos2
		y = float32(y*u) + 1
	}
	return math.Float32frombits(math.Float32bits(y) ^ k<<30&(1<<31))
}

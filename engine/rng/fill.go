package rng

import (
	"math"
	"unsafe"

	"onestep/engine/num"
)

// Float is what the fills write.
type Float interface{ ~float32 | ~float64 }

// UniformFill writes independent uniform numbers in [0, 1), one draw of 64 bits each: multiples of 2^-24 in
// float32 and of 2^-53 in float64.
func UniformFill[T Float](s *Stream, dst []T) {
	single := unsafe.Sizeof(T(0)) == 4
	for i := range dst {
		u := s.Uint64()
		if single {
			dst[i] = T(float32(u>>40) * 0x1p-24)
		} else {
			dst[i] = T(float64(u>>11) * 0x1p-53)
		}
	}
}

// NormalFill writes independent draws of Normal, rounded to T: the same draws for float32 and float64.
func NormalFill[T Float](s *Stream, dst []T) {
	for i := range dst {
		dst[i] = T(s.Normal())
	}
}

// FillNormal is NormalFill for float32.
func (s *Stream) FillNormal(dst []float32) { NormalFill(s, dst) }

// The ziggurat (G. Marsaglia, W. W. Tsang, Journal of Statistical Software 5(8), 2000): the density
// f(x) = exp(-x^2/2), x > 0, is covered by 256 layers of one area, numbered from the bottom; layer 0 is the
// rectangle [0, r] x [0, f(r)] and the tail beyond r.
const (
	layers   = 256
	tailFrom = 3.6541528853610088 // r
)

var (
	// edge[i] is the width of layer i, edge[1] = r > edge[2] > ... > edge[layers] = 0; edge[0] = area/f(r).
	edge [layers + 1]float64
	// height[i] = f(edge[i]); height[0] is not used.
	height [layers + 1]float64
)

func init() {
	const area = 0.00492867323399 // of one layer
	f := num.Exp(-0.5 * float64(tailFrom*tailFrom))
	edge[0], edge[1], height[1] = area/f, tailFrom, f
	for i := 2; i < layers; i++ {
		height[i] = height[i-1] + area/edge[i-1]
		edge[i] = math.Sqrt(-2 * num.Log(height[i]))
	}
	height[layers] = 1
}

// Normal returns a draw of N(0, 1).
func (s *Stream) Normal() float64 {
	for {
		u := s.Uint64()
		i := u & (layers - 1)
		// The remaining bits above the layer and the sign: uniform in (-1, 1), 53 bits.
		x := (float64(float64(u>>11)*0x1p-52) - 1 + 0x1p-53) * edge[i]
		a := math.Abs(x)
		switch {
		case a < edge[i+1]: // wholly below the density
			return x
		case i == 0:
			return math.Copysign(s.tail(), x)
		case height[i]+float64(s.Float64()*(height[i+1]-height[i])) < num.Exp(-0.5*float64(x*x)):
			return x
		}
	}
}

// tail returns a draw of the normal law beyond r (G. Marsaglia, Technometrics 6, 1964).
func (s *Stream) tail() float64 {
	for {
		x := -num.Log(1-s.Float64()) / tailFrom
		y := -num.Log(1 - s.Float64())
		if 2*y > float64(x*x) {
			return tailFrom + x
		}
	}
}

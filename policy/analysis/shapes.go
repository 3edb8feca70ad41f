package analysis

import (
	"math"

	"onestep/engine/num"
)

// Components of the shapes in the plane; a curve of Gaussians whose spacing is less than their width is smooth.
const (
	ringComponents = 48
	moonComponents = 24 // each
)

// Ring is a ring of radius 1 and thickness s: Gaussians in even spacing.
func Ring(s float64) *Mixture { return around(ringComponents, s) }

// EightGaussians are eight Gaussians of standard deviation s on a circle of radius 1.
func EightGaussians(s float64) *Mixture { return around(8, s) }

func around(n int, s float64) *Mixture {
	var points []float64
	for i := range n {
		sin, cos := num.Sincos(2 * math.Pi * float64(i) / float64(n))
		points = append(points, cos, sin)
	}
	return Drawn(points, s)
}

// Moons are two half circles of radius 0.8 and thickness s that reach into each other.
func Moons(s float64) *Mixture {
	var points []float64
	const radius = 0.8
	for i := range moonComponents {
		sin, cos := num.Sincos(math.Pi * (float64(i) + 0.5) / moonComponents)
		points = append(points,
			float64(radius*cos)-radius/2, float64(radius*sin)-radius/4,
			radius/2-float64(radius*cos), radius/4-float64(radius*sin))
	}
	return Drawn(points, s)
}

// Drawn has a Gaussian of standard deviation s and equal weight at each of n points [n*2] in the plane: a stroke
// of the pointer.
func Drawn(points []float64, s float64) *Mixture {
	weight, std := make([]float64, len(points)/2), make([]float64, len(points)/2)
	for i := range weight {
		weight[i], std[i] = 1, s
	}
	return NewMixture(2, weight, points, std)
}

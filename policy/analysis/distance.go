package analysis

import (
	"math"
	"slices"

	"onestep/engine/num"
)

// slices2D is the number of directions of the sliced distance in the plane, evenly over half a turn: a pure shift
// then has exactly its length.
const slices2D = 32

// Distance measures samples against samples. It holds the workspace for clouds of n points in d dimensions,
// d = 1 or 2, and allocates nothing after NewDistance.
type Distance struct {
	n, dim int
	a, b   []float64 // [n] projections
}

// NewDistance prepares distances between clouds of n points in dim = 1 or 2 dimensions.
func NewDistance(n, dim int) *Distance {
	if n < 2 || dim < 1 || dim > 2 {
		panic("analysis: distances are between clouds of at least 2 points on the line or in the plane")
	}
	return &Distance{n: n, dim: dim, a: make([]float64, n), b: make([]float64, n)}
}

// W2 is the Wasserstein-2 distance between the clouds x and y [n*dim]. On the line it is exact: both sorted, the
// root of the mean squared difference. In the plane it is the sliced distance times sqrt(2), a lower bound of W2
// that equals it for a shift and where one cloud has collapsed to a point.
func (d *Distance) W2(x, y []float64) float64 {
	if d.dim == 1 {
		copy(d.a, x)
		copy(d.b, y)
		return math.Sqrt(sortedSquare(d.a, d.b))
	}
	var sum float64
	for k := range slices2D {
		sin, cos := num.Sincos(math.Pi * (float64(k) + 0.5) / slices2D)
		for i := range d.n {
			d.a[i] = float64(cos*x[2*i]) + float64(sin*x[2*i+1])
			d.b[i] = float64(cos*y[2*i]) + float64(sin*y[2*i+1])
		}
		sum += sortedSquare(d.a, d.b)
	}
	return math.Sqrt(2 * sum / slices2D)
}

// sortedSquare sorts a and b [n] and returns the mean squared difference of their entries, the squared W2 of
// samples on the line.
func sortedSquare(a, b []float64) float64 {
	slices.Sort(a)
	slices.Sort(b)
	var sum float64
	for i := range a {
		sum += float64((a[i] - b[i]) * (a[i] - b[i]))
	}
	return sum / float64(len(a))
}

// energyPoints bounds the points of the energy distance in the plane, whose pairs are all visited.
const energyPoints = 512

// Energy is the energy distance of the clouds x and y [n*dim] (G. J. Szekely, M. L. Rizzo, 2013):
//
//	sqrt(2 E|X - Y| - E|X - X'| - E|Y - Y'|)
//
// with the means over all pairs of samples, a point with itself included, so that it is never negative. On the
// line it is taken from the sorted samples; in the plane from at most the first 512 points of each.
func (d *Distance) Energy(x, y []float64) float64 {
	if d.dim == 1 {
		return d.energyOnLine(x, y)
	}
	n := min(d.n, energyPoints)
	x, y = x[:2*n], y[:2*n]
	return math.Sqrt(max(float64(2*meanPair(x, y))-meanPair(x, x)-meanPair(y, y), 0))
}

func meanPair(x, y []float64) float64 {
	var sum float64
	for i := 0; i < len(x); i += 2 {
		for j := 0; j < len(y); j += 2 {
			u, v := x[i]-y[j], x[i+1]-y[j+1]
			sum += math.Sqrt(float64(u*u) + float64(v*v))
		}
	}
	return sum / float64(len(x)/2) / float64(len(y)/2)
}

// energyOnLine is sqrt(2 times the integral of (F - G)^2) of the two empirical distribution functions, which is
// the same number.
func (d *Distance) energyOnLine(x, y []float64) float64 {
	copy(d.a, x)
	copy(d.b, y)
	slices.Sort(d.a)
	slices.Sort(d.b)
	var sum float64
	i, j, last := 0, 0, math.Min(d.a[0], d.b[0])
	for i < d.n || j < d.n {
		next := math.Inf(1)
		if i < d.n {
			next = d.a[i]
		}
		if j < d.n {
			next = min(next, d.b[j])
		}
		e := float64(i-j) / float64(d.n)
		sum += float64(e * e * (next - last))
		for i < d.n && d.a[i] == next {
			i++
		}
		for j < d.n && d.b[j] == next {
			j++
		}
		last = next
	}
	return math.Sqrt(2 * sum)
}

// Shift is the distance between the means of the clouds x and y [n*dim]: what of W2 is a shift.
func (d *Distance) Shift(x, y []float64) float64 {
	var sum float64
	for j := range d.dim {
		a, _ := d.moments(x, j)
		b, _ := d.moments(y, j)
		sum += float64((a - b) * (a - b))
	}
	return math.Sqrt(sum)
}

// Spread is the root of the trace of the covariance of the cloud x [n*dim]: how much of a target's width is left.
func (d *Distance) Spread(x []float64) float64 {
	var sum float64
	for j := range d.dim {
		_, variance := d.moments(x, j)
		sum += variance
	}
	return math.Sqrt(sum)
}

// moments returns mean and variance of component j of x.
func (d *Distance) moments(x []float64, j int) (mean, variance float64) {
	for i := range d.n {
		mean += x[i*d.dim+j]
	}
	mean /= float64(d.n)
	for i := range d.n {
		e := x[i*d.dim+j] - mean
		variance += float64(e * e)
	}
	return mean, variance / float64(d.n)
}

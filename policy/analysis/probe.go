package analysis

import (
	"fmt"
	"math"

	"onestep/engine/rng"
	"onestep/policy/flow"
)

// Probe compares one-step with K-step actions of a policy at given states. It holds the workspace and
// allocates nothing after NewProbe.
type Probe struct {
	Samples int // actions per state
	Steps   int // K of the many-step actions

	sampler   *flow.Sampler[float32]
	dim       int
	noise     []float32 // [Samples*dim], the same for every state
	one, many []float32 // [Samples*dim]
	a, b      []float64 // [Samples] projections
	frames    int       // orthonormal ones
	direction []float64 // [frames*dim*dim] unit vectors
}

// Point is the outcome at one state. The actions are not clipped.
//
// W2 between the clouds of one-step and K-step actions lies between Lower and Upper. In one dimension both are W2 itself. In
// d > 1 Lower is sqrt(d) times the sliced W2, and Upper the root mean square over pairs with the same noise, the cost of one
// coupling.
type Point struct {
	Variance float64 `json:"variance"` // trace of the covariance of the K-step actions
	Lower    float64 `json:"lower"`    // lower bound of W2 between one-step and K-step actions
	Upper    float64 `json:"upper"`    // upper bound
	Shift    float64 `json:"shift"`    // norm of the difference of their means; W2^2 >= Shift^2
}

// Unknown is the outcome where nothing was probed: NaN throughout.
func Unknown() Point {
	nan := math.NaN()
	return Point{Variance: nan, Lower: nan, Upper: nan, Shift: nan}
}

// Spread is the lower end of what is left of W2 without the shift of the means, sqrt(Lower^2 - Shift^2), at least 0: W2^2
// is the squared shift plus the squared W2 of the centred clouds.
func (p Point) Spread() float64 {
	return math.Sqrt(max(float64(p.Lower*p.Lower)-float64(p.Shift*p.Shift), 0))
}

// numDirections is the least number of projections of the sliced distance in more than one dimension.
const numDirections = 32

// NewProbe prepares a probe of policies that share p's network. The noise is that of seed, with the standard deviation
// source. The bound of the paper holds for the source that the field was trained with (c = TrainSourceStd, 1 everywhere
// here); another one, such as the 0.5 that a policy acts with, leaves an error of its own and shrinks the variance.
func NewProbe(p *flow.Policy[float32], source float32, samples, steps int, seed uint64) *Probe {
	if samples < 2 || steps < 1 {
		panic(fmt.Sprintf("analysis: a probe of %d samples and %d steps", samples, steps))
	}
	d := p.ActDim()
	src := rng.New(seed)
	q := &Probe{
		Samples: samples, Steps: steps, sampler: flow.NewSampler(p, samples), dim: d,
		noise: make([]float32, samples*d), one: make([]float32, samples*d), many: make([]float32, samples*d),
		a: make([]float64, samples), b: make([]float64, samples),
	}
	for i := range q.noise {
		q.noise[i] = float32(source * float32(src.Normal()))
	}
	if d > 1 {
		q.frames = (numDirections + d - 1) / d
		q.direction = directions(src.Split(1), q.frames, d)
	}
	return q
}

// directions draws orthonormal frames by the method of Gram and Schmidt, [frames*d*d]. Over a frame the squares of any
// vector's projections add up to its own: that is why the sliced distance over frames is a lower bound for any samples, and
// no smaller than the shift of their means.
func directions(src *rng.Stream, frames, d int) []float64 {
	u := make([]float64, frames*d*d)
	for k := range frames * d {
		v := u[k*d : (k+1)*d]
		for i := range v {
			v[i] = src.Normal()
		}
		for range 2 { // the second time takes what rounding left of the others
			for j := k / d * d; j < k; j++ {
				w := u[j*d : (j+1)*d]
				share := inner(v, w)
				for i := range v {
					v[i] -= float64(share * w[i])
				}
			}
		}
		length := math.Sqrt(inner(v, v))
		for i := range v {
			v[i] /= length
		}
	}
	return u
}

func inner(v, w []float64) float64 {
	var sum float64
	for i := range v {
		sum += float64(v[i] * w[i])
	}
	return sum
}

// At probes policy p in state obs [ObsDim].
//
// In one dimension W2 is exact for the samples: both sorted, root of the mean squared difference. In d > 1 its lower end
// is sqrt(d) times the sliced W2 over the directions of fixed orthonormal frames, at least 32 of them, which equals |m| for a
// pure shift by m.
func (q *Probe) At(p *flow.Policy[float32], obs []float32) Point {
	q.sampler.Sample(q.one, p, obs, q.Samples, q.noise, 1)
	q.sampler.Sample(q.many, p, obs, q.Samples, q.noise, q.Steps)
	return q.measure()
}

// Compare is At for actions that were sampled elsewhere: one-step and many-step actions [Samples*dim] each.
func (q *Probe) Compare(one, many []float32) Point {
	copy(q.one, one)
	copy(q.many, many)
	return q.measure()
}

func (q *Probe) measure() Point {
	var point Point
	var shift float64
	for j := range q.dim {
		meanOne, _ := q.moments(q.one, j)
		meanMany, variance := q.moments(q.many, j)
		point.Variance += variance
		shift += float64((meanOne - meanMany) * (meanOne - meanMany))
	}
	point.Shift = math.Sqrt(shift)
	point.Lower = q.distance()
	if point.Upper = point.Lower; q.dim == 1 {
		return point
	}
	var square float64
	for i, x := range q.one {
		e := float64(x) - float64(q.many[i])
		square += float64(e * e)
	}
	point.Upper = math.Sqrt(square / float64(q.Samples))
	return point
}

// moments returns mean and sample variance of component j of actions x [Samples*dim].
func (q *Probe) moments(x []float32, j int) (mean, variance float64) {
	for i := range q.Samples {
		mean += float64(x[i*q.dim+j])
	}
	mean /= float64(q.Samples)
	for i := range q.Samples {
		e := float64(x[i*q.dim+j]) - mean
		variance += float64(e * e)
	}
	return mean, variance / float64(q.Samples-1)
}

func (q *Probe) distance() float64 {
	if q.dim == 1 {
		for i := range q.Samples {
			q.a[i], q.b[i] = float64(q.one[i]), float64(q.many[i])
		}
		return math.Sqrt(sortedSquare(q.a, q.b))
	}
	var sum float64
	for k := range q.frames * q.dim {
		u := q.direction[k*q.dim : (k+1)*q.dim]
		for i := range q.Samples {
			q.a[i], q.b[i] = dot(u, q.one[i*q.dim:]), dot(u, q.many[i*q.dim:])
		}
		sum += sortedSquare(q.a, q.b)
	}
	return math.Sqrt(sum / float64(q.frames))
}

func dot(u []float64, x []float32) float64 {
	var sum float64
	for i, v := range u {
		sum += float64(v * float64(x[i]))
	}
	return sum
}

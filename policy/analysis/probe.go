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
	direction []float64 // [numDirections*dim]
}

// Point is the outcome at one state. The actions are not clipped.
type Point struct {
	Variance float64 // trace of the covariance of the K-step actions
	Error    float64 // W2 between one-step and K-step actions
	Shift    float64 // norm of the difference of their means; Error^2 >= Shift^2
}

// numDirections is the number of projections of the sliced distance in more than one dimension.
const numDirections = 32

// NewProbe prepares a probe of policies that share p's network. The noise is that of seed and of the
// policy's source.
func NewProbe(p *flow.Policy[float32], samples, steps int, seed uint64) *Probe {
	if samples < 2 || steps < 1 {
		panic(fmt.Sprintf("analysis: a probe of %d samples and %d steps", samples, steps))
	}
	d := p.ActDim()
	src := rng.New(seed)
	q := &Probe{
		Samples: samples, Steps: steps, sampler: flow.NewSampler(p.Net, samples), dim: d,
		noise: make([]float32, samples*d), one: make([]float32, samples*d), many: make([]float32, samples*d),
		a: make([]float64, samples), b: make([]float64, samples),
	}
	for i := range q.noise {
		q.noise[i] = float32(p.SourceStd * float32(src.Normal()))
	}
	if d > 1 {
		q.direction = directions(src.Split(1), d)
	}
	return q
}

// directions draws unit vectors, [numDirections*d].
func directions(src *rng.Stream, d int) []float64 {
	u := make([]float64, numDirections*d)
	for k := range numDirections {
		v := u[k*d : (k+1)*d]
		var square float64
		for i := range v {
			v[i] = src.Normal()
			square += float64(v[i] * v[i])
		}
		for i := range v {
			v[i] /= math.Sqrt(square)
		}
	}
	return u
}

// At probes policy p in state obs [ObsDim].
//
// In one dimension W2 is exact for the samples: both sorted, root of the mean squared difference. In d > 1 it
// is sqrt(d) times the sliced W2 over 32 fixed directions, which equals |m| for a pure shift by m as the
// number of directions grows.
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
	point.Error = q.distance()
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
	for k := range numDirections {
		u := q.direction[k*q.dim : (k+1)*q.dim]
		for i := range q.Samples {
			q.a[i], q.b[i] = dot(u, q.one[i*q.dim:]), dot(u, q.many[i*q.dim:])
		}
		sum += sortedSquare(q.a, q.b)
	}
	return math.Sqrt(sum / numDirections * float64(q.dim))
}

func dot(u []float64, x []float32) float64 {
	var sum float64
	for i, v := range u {
		sum += float64(v * float64(x[i]))
	}
	return sum
}

package analysis

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Law is what is known of the law of K Euler steps.
type Law struct {
	W2   float64 // Wasserstein-2 distance to the target
	Mean float64
	Std  float64
}

// EulerLaw computes the exact law of K uniform Euler steps along the exact field of a target on the line from
// the source N(0, c^2).
//
// Each step's map x -> E[X_{t+h} | X_t = x] is increasing, and so is the map M from the target to the law that
// goes through equal quantiles of the source, M(x) = T(c z), Phi(z) = P(X1 <= x), T the K steps. An increasing
// map is the optimal coupling, hence W2^2 = E[(X1 - M(X1))^2], integrated with the target's own nodes; mean
// and standard deviation of the law are those of M(X1).
//
// Where modes of different widths stand apart M rises steeply between them; the spacing of the nodes is halved until
// W2 stands still.
type EulerLaw struct {
	// Tolerance is the change of W2 by a last halving, relative to 1 + W2, at which the nodes are fine enough; the
	// error is smaller still.
	Tolerance float64

	target Line
	c      float64
	levels []quadrature // made as they are needed
}

// quadrature is one level of the nodes of a target.
type quadrature struct {
	node, weight []float64
	start        []float64 // c z, the noise that belongs to each node
	x, v         []float64 // scratch
}

// finest is the last level of the nodes, whatever the tolerance.
const finest = 9

// NewEulerLaw prepares the laws of target for a source of standard deviation c, to a tolerance of 1e-8.
func NewEulerLaw(target Line, c float64) *EulerLaw {
	return &EulerLaw{target: target, c: c, Tolerance: 1e-8}
}

// level returns the quadrature of a level, or nil where keepOn says no.
func (l *EulerLaw) level(level int, keepOn func() bool) *quadrature {
	if level < len(l.levels) {
		return &l.levels[level]
	}
	var q quadrature
	q.node, q.weight = l.target.Nodes(level)
	q.start, q.x, q.v = make([]float64, len(q.node)), make([]float64, len(q.node)), make([]float64, len(q.node))
	for i, x := range q.node {
		if i%block == 0 && keepOn != nil && !keepOn() {
			return nil
		}
		q.start[i] = l.c * normalQuantile(l.target.CDF(x))
	}
	l.levels = append(l.levels, q)
	return &l.levels[level]
}

// After returns the law of K = k steps. keepOn is asked again and again whether to go on, nil is always; where
// it says no, ok is false.
func (l *EulerLaw) After(k int, keepOn func() bool) (law Law, ok bool) {
	if k == 1 { // one step lands on the mean: no quadrature is needed
		var mean [1]float64
		l.target.Mean(mean[:])
		return Law{W2: math.Sqrt(l.target.Variance()), Mean: mean[0]}, true
	}
	for level := range finest + 1 {
		q := l.level(level, keepOn)
		if q == nil {
			return Law{}, false
		}
		copy(q.x, q.start)
		if !Steps(l.target, l.c, q.x, q.v, k, keepOn) {
			return Law{}, false
		}
		before := law.W2
		law = q.law()
		if level > 0 && math.Abs(law.W2-before) <= l.Tolerance*(1+law.W2) {
			break
		}
	}
	return law, true
}

// law sums up what x is.
func (q *quadrature) law() (law Law) {
	var error, spread float64 // squared
	for i, w := range q.weight {
		e := q.node[i] - q.x[i]
		error += float64(w * e * e)
		law.Mean += float64(w * q.x[i])
	}
	for i, w := range q.weight {
		e := q.x[i] - law.Mean
		spread += float64(w * e * e)
	}
	law.W2, law.Std = math.Sqrt(error), math.Sqrt(spread)
	return law
}

// block is how many points a long loop handles between two questions whether to go on.
const block = 512

// Steps carries points x [n*d] through k uniform Euler steps along the exact field of a target; v [n*d] is
// scratch. keepOn is as in EulerLaw.After.
func Steps(target Target, c float64, x, v []float64, k int, keepOn func() bool) (ok bool) {
	size := block * target.Dim()
	for i := range k {
		for at := 0; at < len(x); at += size {
			if keepOn != nil && !keepOn() {
				return false
			}
			end := min(at+size, len(x))
			target.Velocity(v[at:end], x[at:end], float64(i)/float64(k), c)
			for j := at; j < end; j++ {
				x[j] += v[j] / float64(k)
			}
		}
	}
	return true
}

// normalQuantile is the z with P(Z <= z) = below and P(Z > z) = above for Z ~ N(0, 1); the smaller of the two
// decides, so that both tails are accurate.
func normalQuantile(below, above float64) float64 {
	if below <= above {
		return mathext.NormalQuantile(max(below, math.SmallestNonzeroFloat64))
	}
	return -mathext.NormalQuantile(max(above, math.SmallestNonzeroFloat64))
}

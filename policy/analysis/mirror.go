package analysis

import (
	"math"

	"onestep/engine/num"
	"onestep/engine/rng"
)

// Mirror is a policy on the path of mirror descent in one state, after k steps of
// pi_new proportional to pi_old exp(Q/lambda) from pi_0 = N(0, 1):
//
//	p(x) = N(x; 0, 1) exp(k Q(x)/lambda) / Z,   Q(x) = -((x/m)^2 - 1)^2 + (delta/2) x/m
//
// The value Q has two wells turned over, near +-m, of values +-delta/2: with delta = 0 none of them ever wins. It
// implements Line by quadrature. It is not safe for concurrent use of Velocity.
type Mirror struct {
	wells, delta, scale float64 // scale = k/lambda

	width   float64 // standard deviation of the narrowest well
	logZ    float64
	node    []float64 // [n] ascending, equally spaced
	weight  []float64 // [n] sum 1
	below   []float64 // [n] P(X1 <= node), summed up from the left
	above   []float64 // [n] P(X1 > node), summed up from the right
	mean    float64
	square  float64 // variance
	scratch []float64
}

const (
	mirrorSpan = 9.0 // the prior's standard deviations to either side
	// Nodes per width of the narrowest well. The trapezoidal rule converges exponentially: for a Gaussian of that
	// width the error is exp(-2 pi^2 9) relative, and a kernel as narrow as the well still leaves exp(-2 pi^2 4.5).
	mirrorNodes = 3
	negligible  = 60 // e-folds below the largest density at which a node is dropped
)

// NewMirror makes the law after k steps with temperature lambda > 0, wells at +-m, m > 0, whose values differ by
// delta.
func NewMirror(m, delta, lambda float64, k int) *Mirror {
	if !(m > 0) || !(lambda > 0) || k < 0 {
		panic("analysis: a mirror-descent path has m > 0, lambda > 0 and k >= 0")
	}
	p := &Mirror{wells: m, delta: delta, scale: float64(k) / lambda}
	p.width = 1 / math.Sqrt(1+8*p.scale/(m*m)) // from the curvature of -log p at the wells
	p.layNodes()
	p.sumUp()
	return p
}

// Q is the value of action x.
func (p *Mirror) Q(x float64) float64 { return DoubleWell(p.wells, p.delta, x) }

// DoubleWell is the value -((x/m)^2 - 1)^2 + (delta/2) x/m of action x.
func DoubleWell(m, delta, x float64) float64 {
	y := x / m
	w := float64(y*y) - 1
	return float64(-w*w) + float64(delta/2*y)
}

// log is log p(x) + log Z.
func (p *Mirror) log(x float64) float64 { return float64(-x*x/2) + float64(p.scale*p.Q(x)) }

// layNodes keeps the equally spaced nodes between the outermost that weigh anything.
func (p *Mirror) layNodes() {
	h := p.width / mirrorNodes
	n := int(math.Ceil(mirrorSpan / h))
	largest := math.Inf(-1)
	for i := -n; i <= n; i++ {
		largest = max(largest, p.log(float64(i)*h))
	}
	first, last := -n, n
	for p.log(float64(first)*h) < largest-negligible {
		first++
	}
	for p.log(float64(last)*h) < largest-negligible {
		last--
	}
	var sum float64
	for i := first; i <= last; i++ {
		x := float64(i) * h
		w := num.Exp(p.log(x) - largest)
		p.node, p.weight = append(p.node, x), append(p.weight, w)
		sum += w
	}
	p.logZ = largest + num.Log(sum*h)
	for i := range p.weight {
		p.weight[i] /= sum
	}
	p.scratch = make([]float64, len(p.node))
}

// sumUp sets the moments and the distribution function at the nodes, from the left and from the right.
func (p *Mirror) sumUp() {
	for i, w := range p.weight {
		p.mean += float64(w * p.node[i])
	}
	for i, w := range p.weight {
		e := p.node[i] - p.mean
		p.square += float64(w * e * e)
	}
	n := len(p.node)
	p.below, p.above = make([]float64, n), make([]float64, n)
	for i := 1; i < n; i++ {
		p.below[i] = p.below[i-1] + p.cell(p.node[i-1], p.node[i])
		j := n - 1 - i
		p.above[j] = p.above[j+1] + p.cell(p.node[j], p.node[j+1])
	}
}

// Abscissas and weights of the Gauss-Legendre rule of five points on [-1, 1].
var (
	legendreNode   = [5]float64{-0.9061798459386640, -0.5384693101056831, 0, 0.5384693101056831, 0.9061798459386640}
	legendreWeight = [5]float64{0.2369268850561891, 0.4786286704993665, 0.5688888888888889, 0.4786286704993665, 0.2369268850561891}
)

// cell is the mass between a and b, at most one spacing of the nodes apart; the rule's error there is 1e-12 of it.
func (p *Mirror) cell(a, b float64) float64 {
	var sum float64
	half, middle := (b-a)/2, float64((a+b)/2)
	for i, y := range legendreNode {
		sum += float64(legendreWeight[i] * p.Density(middle+float64(half*y)))
	}
	return half * sum
}

// Dim implements Target.
func (p *Mirror) Dim() int { return 1 }

// Mean implements Target.
func (p *Mirror) Mean(dst []float64) { dst[0] = p.mean }

// Variance implements Target.
func (p *Mirror) Variance() float64 { return p.square }

// Density implements Line.
func (p *Mirror) Density(x float64) float64 { return num.Exp(p.log(x) - p.logZ) }

// Nodes implements Line.
func (p *Mirror) Nodes(level int) (node, weight []float64) {
	last := len(p.node) - 1
	n := last << level
	h := (p.node[last] - p.node[0]) / float64(n)
	for i := range n + 1 {
		x := p.node[0] + float64(float64(i)*h)
		node, weight = append(node, x), append(weight, h*p.Density(x))
	}
	return node, weight
}

// CDF implements Line.
func (p *Mirror) CDF(x float64) (below, above float64) {
	n := len(p.node)
	h := p.node[1] - p.node[0]
	switch i := int(math.Floor((x - p.node[0]) / h)); {
	case x <= p.node[0]:
		return 0, 1
	case x >= p.node[n-1]:
		return 1, 0
	case i >= n-1:
		return p.below[n-1], p.above[n-1]
	default:
		return p.below[i] + p.cell(p.node[i], x), p.cell(x, p.node[i+1]) + p.above[i+1]
	}
}

// Quantile implements Line: the cell by bisection, then Newton's method within it, kept inside by bisection.
func (p *Mirror) Quantile(u float64) float64 {
	low, high := 0, len(p.node)-1
	for high-low > 1 {
		if middle := (low + high) / 2; p.below[middle] < u {
			low = middle
		} else {
			high = middle
		}
	}
	a, b := p.node[low], p.node[high]
	x := a + float64((b-a)/2)
	for range 60 {
		e := p.below[low] + p.cell(p.node[low], x) - u
		if e < 0 {
			a = x
		} else {
			b = x
		}
		next := x - e/p.Density(x)
		if !(next > a && next < b) {
			next = a + float64((b-a)/2)
		}
		if math.Abs(next-x) <= 1e-14*p.width {
			return next
		}
		x = next
	}
	return x
}

// Sample implements Target.
func (p *Mirror) Sample(dst []float64, r *rng.Stream) {
	for i := range dst {
		dst[i] = p.Quantile((float64(r.Uint64()>>11) + 0.5) * 0x1p-53)
	}
}

// Velocity implements Target: v* = (E[X1 | X_t = x] - x)/(1 - t), where
//
//	E[X1 | X_t = x] = integral y p(y) N(x; t y, u^2) dy / integral p(y) N(x; t y, u^2) dy,   u = (1-t) c
//
// Where the kernel, of width u/t in y, is wider than a well the target's nodes resolve both; where it is narrower
// the nodes are laid around x/t instead.
func (p *Mirror) Velocity(dst, x []float64, t, c float64) {
	u := (1 - t) * c
	for i, at := range x {
		var mean float64
		if u >= t*p.width {
			mean = p.posterior(at, t, u)
		} else {
			mean = p.localPosterior(at/t, u/t)
		}
		dst[i] = (mean - at) / (1 - t)
	}
}

// posterior sums over the target's nodes.
func (p *Mirror) posterior(x, t, u float64) float64 {
	largest := math.Inf(-1)
	for j, y := range p.node {
		e := (x - float64(t*y)) / u
		p.scratch[j] = -e * e / 2
		largest = max(largest, p.scratch[j])
	}
	var sum, mean float64
	for j, y := range p.node {
		w := float64(p.weight[j] * num.Exp(p.scratch[j]-largest))
		sum += w
		mean += float64(w * y)
	}
	if sum == 0 { // x is so far out that all of the posterior's weight lies beyond the weights' range
		return p.localPosterior(x/t, u/t)
	}
	return mean / sum
}

// localPosterior sums over nodes around y0, spaced by less than the kernel's width.
func (p *Mirror) localPosterior(y0, width float64) float64 {
	const span, step = 14.0, 0.5 // kernel widths; the posterior is no wider than the kernel and, where p is smooth, near it
	var logs, ys [2*int(span/step) + 1]float64
	largest := math.Inf(-1)
	for j := range logs {
		z := -span + float64(step*float64(j))
		ys[j] = y0 + float64(width*z)
		logs[j] = p.log(ys[j]) - float64(z*z/2)
		largest = max(largest, logs[j])
	}
	var sum, mean float64
	for j, y := range ys {
		w := num.Exp(logs[j] - largest)
		sum += w
		mean += float64(w * y)
	}
	return mean / sum
}

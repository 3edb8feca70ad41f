package flow

import (
	"onestep/engine/rng"
	"onestep/policy/kernel"
	"onestep/policy/nn"
)

// MeanFlow is the family of average velocity networks u(x, r, t | s) (arXiv 2505.13447), FPMD-M's:
//
//	L = mean_b w_b || u(XR, r, t | s) - stopgrad(V + (t - r) du/dr) ||^2,   V = X1 - X0,   (r, t) sorted uniforms
//	x += u(x, k/K, (k+1)/K) / K,   k = 0..K-1
//
// du/dr is the total derivative along the flow, one forward-mode JVP of u at (XR, r, t) along (V, 1, 0).
type MeanFlow[T kernel.Float] struct{ straight[T] }

// String implements Family.
func (MeanFlow[T]) String() string { return "meanflow" }

// Net implements Family.
func (MeanFlow[T]) Net(obsDim, actDim int, hidden []int, act nn.Activation) *nn.Net[T] {
	return newNet[T](obsDim, actDim, 2, hidden, act)
}

// Step implements Family: an average velocity has one rule.
func (MeanFlow[T]) Step(w *Work[T], x []T, k, steps int) int {
	n := len(x)
	return step[T](w, Euler, x, w.Output[:n], w.Middle[:n], k, steps)
}

// NewLoss implements Fitted.
func (f MeanFlow[T]) NewLoss(net *nn.Net[T], maxBatch int, o LossOptions) Loss[T] {
	return NewMatching[T](f, net, maxBatch, o)
}

// Times implements Path: a sorted pair (r, t) of uniforms, of which the share FractionEqual has r = t and the share
// FractionOneStep (0, 1).
func (MeanFlow[T]) Times(m *Matching[T], b int, src *rng.Stream) {
	t, r := src.Float64(), src.Float64()
	if r > t {
		r, t = t, r
	}
	if m.FractionEqual > 0 && src.Float64() < m.FractionEqual {
		r = t
	}
	m.R[b], m.T[b] = T(r), T(t)
	if m.OneStep(src) {
		m.R[b], m.T[b] = 0, 1
	}
}

// Interpolate implements Path: XR at r, the start of the interval.
func (MeanFlow[T]) Interpolate(m *Matching[T], x1 []T, batch int) { m.straight(m.R, x1, batch) }

// Evaluate implements Path. One pass gives u and du/dr = J u . (V, 1, 0); u_target = V + (t - r) du/dr.
func (MeanFlow[T]) Evaluate(m *Matching[T], params []T, in nn.Input[T]) {
	n := in.Batch * m.dim
	m.tangents[0] = m.ones[:in.Batch] // the end of the interval stays
	m.Net.JVP(m.Out[:n], m.tangent[:n], params, in, nn.Tangent[T]{X: m.Target[:n], Times: m.tangents[:]}, m.ws)
	for b := range in.Batch {
		span := m.T[b] - m.R[b]
		for i := b * m.dim; i < (b+1)*m.dim; i++ {
			m.Target[i] += T(span * m.tangent[i])
		}
	}
}

// Sampler implements Exporter.
func (MeanFlow[T]) Sampler(m Method, steps int) (name string, nfe int, ok bool) {
	return "euler", steps, m == Euler
}

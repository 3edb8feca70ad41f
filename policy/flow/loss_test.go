package flow_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
	"onestep/policy/flow"
	"onestep/policy/nn"
)

const (
	testObs   = 2
	testAct   = 3
	testBatch = 5
)

// problem is a small random batch in float64.
type problem struct {
	net                 *nn.Net[float64]
	loss                *flow.Matching[float64]
	params, cond, x1, w []float64
}

// matching is the loss of a family that fits by matching.
func matching(kind flow.Fitted[float64], net *nn.Net[float64], batch int, o flow.LossOptions) *flow.Matching[float64] {
	return kind.NewLoss(net, batch, o).(*flow.Matching[float64])
}

func newProblem(kind flow.Fitted[float64]) *problem {
	r := rng.New(17)
	p := &problem{net: kind.Net(testObs, testAct, []int{7, 6}, nn.Mish)}
	p.loss = matching(kind, p.net, testBatch, flow.LossOptions{})
	p.params = make([]float64, p.net.NumParams())
	p.net.Init(p.params, r.Split(1))
	p.cond, p.x1, p.w = make([]float64, testBatch*testObs), make([]float64, testBatch*testAct), make([]float64, testBatch)
	rng.NormalFill(r, p.cond)
	rng.NormalFill(r, p.x1)
	rng.UniformFill(r, p.w)
	p.loss.Draw(r, testBatch, 1)
	return p
}

func (p *problem) gradient() (loss float64, grad []float64) {
	grad = make([]float64, len(p.params))
	loss = p.loss.Gradient(grad, p.params, p.cond, p.x1, p.w)
	return loss, grad
}

// Central differences with h = 1e-5 leave errors of about h^2 and eps/h, both near 1e-10 for values of order 1.
const (
	fdStep = 1e-5
	fdTol  = 2e-8
)

func TestRectifiedGradientIsTheDerivativeOfTheLoss(t *testing.T) {
	p := newProblem(flow.Rectified[float64]{})
	_, grad := p.gradient()
	scratch := make([]float64, len(p.params))
	for i := 0; i < len(p.params); i += 3 {
		keep := p.params[i]
		p.params[i] = keep + fdStep
		up := p.loss.Gradient(scratch, p.params, p.cond, p.x1, p.w)
		p.params[i] = keep - fdStep
		down := p.loss.Gradient(scratch, p.params, p.cond, p.x1, p.w)
		p.params[i] = keep
		require.InDelta(t, (up-down)/(2*fdStep), grad[i], fdTol, "parameter %d", i)
	}
}

// The MeanFlow target does not move with the parameters: the test holds it at its value and differentiates
// the squared distance to it, with the target itself built from a central difference of u along the flow.
func TestMeanFlowGradientTreatsTheTargetAsConstant(t *testing.T) {
	p := newProblem(flow.MeanFlow[float64]{})
	_, grad := p.gradient()
	target := p.meanFlowTarget()
	for i := 0; i < len(p.params); i += 3 {
		keep := p.params[i]
		p.params[i] = keep + fdStep
		up := p.distance(target)
		p.params[i] = keep - fdStep
		down := p.distance(target)
		p.params[i] = keep
		require.InDelta(t, (up-down)/(2*fdStep), grad[i], fdTol, "parameter %d", i)
	}
}

// eval is u at XR + shift V, r + shift.
func (p *problem) eval(shift float64) []float64 {
	x, r := make([]float64, testBatch*testAct), make([]float64, testBatch)
	for b := range testBatch {
		r[b] = p.loss.R[b] + shift
		for j := range testAct {
			i := b*testAct + j
			x[i] = r[b]*p.x1[i] + (1-r[b])*p.loss.X0[i]
		}
	}
	out := make([]float64, len(x))
	in := nn.Input[float64]{Batch: testBatch, Cond: p.cond, X: x, Times: [][]float64{r, p.loss.T[:testBatch]}}
	p.net.Forward(out, p.params, in, p.net.NewWorkspace(testBatch))
	return out
}

// meanFlowTarget is V + (t - r) du/dr with du/dr by central differences along the straight path, which is
// the direction (V, 1, 0).
func (p *problem) meanFlowTarget() []float64 {
	up, down := p.eval(fdStep), p.eval(-fdStep)
	target := make([]float64, len(up))
	for i := range target {
		b := i / testAct
		target[i] = p.x1[i] - p.loss.X0[i] + (p.loss.T[b]-p.loss.R[b])*(up[i]-down[i])/(2*fdStep)
	}
	return target
}

func (p *problem) distance(target []float64) (loss float64) {
	for i, u := range p.eval(0) {
		loss += p.w[i/testAct] * (u - target[i]) * (u - target[i]) / testBatch
	}
	return loss
}

func TestMeanFlowLossUsesTheJVP(t *testing.T) {
	p := newProblem(flow.MeanFlow[float64]{})
	loss, _ := p.gradient()
	require.InDelta(t, p.distance(p.meanFlowTarget()), loss, fdTol)
}

func TestWithEqualTimesMeanFlowIsFlowMatching(t *testing.T) {
	p := newProblem(flow.MeanFlow[float64]{})
	copy(p.loss.R, p.loss.T)
	loss, _ := p.gradient()
	target := make([]float64, len(p.x1))
	for i := range target {
		target[i] = p.x1[i] - p.loss.X0[i]
	}
	require.InDelta(t, p.distance(target), loss, 1e-12, "rounding alone")
}

func TestDrawSortsTheTimesAndHonoursTheFraction(t *testing.T) {
	const n = 4000
	net := flow.MeanFlow[float64]{}.Net(1, 1, []int{4}, nn.Mish)
	l := matching(flow.MeanFlow[float64]{}, net, n, flow.LossOptions{FractionEqual: 0.25})
	l.Draw(rng.New(5), n, 2)
	equal, square := 0, 0.0
	for b := range n {
		require.LessOrEqual(t, l.R[b], l.T[b])
		if l.R[b] == l.T[b] {
			equal++
		}
		square += l.X0[b] * l.X0[b] / n
	}
	require.InDelta(t, 0.25, float64(equal)/n, 0.03, "four standard deviations of a binomial share")
	require.InDelta(t, 4, square, 0.4, "source std 2; four standard deviations of a mean square")
}

// A share of the batch lies where one step of sampling evaluates the network, and only there; the rest is as ever.
func TestDrawHonoursTheShareOfOneStep(t *testing.T) {
	const n = 4000
	for _, kind := range []flow.Fitted[float64]{flow.Rectified[float64]{}, flow.MeanFlow[float64]{}} {
		l := matching(kind, kind.Net(1, 1, []int{4}, nn.Mish), n, flow.LossOptions{FractionOneStep: 0.25})
		l.Draw(rng.New(6), n, 1)
		whole := 0
		for b := range n {
			switch {
			case kind == flow.Fitted[float64](flow.Rectified[float64]{}) && l.T[b] == 0, kind == flow.Fitted[float64](flow.MeanFlow[float64]{}) && l.R[b] == 0 && l.T[b] == 1:
				whole++
			default:
				require.Greater(t, l.T[b], 0.0, "a uniform time")
				require.Less(t, l.T[b], 1.0, "a uniform time")
			}
		}
		require.InDelta(t, 0.25, float64(whole)/n, 0.03, "four standard deviations of a binomial share")
	}
}

func TestLossAllocatesNothing(t *testing.T) {
	for _, kind := range []flow.Fitted[float64]{flow.Rectified[float64]{}, flow.MeanFlow[float64]{}} {
		p := newProblem(kind)
		grad, src := make([]float64, len(p.params)), rng.New(1)
		require.Zero(t, testing.AllocsPerRun(10, func() {
			p.loss.Draw(src, testBatch, 1)
			p.loss.Gradient(grad, p.params, p.cond, p.x1, p.w)
		}), kind.String())
	}
}

func TestNaNIsFound(t *testing.T) {
	i, ok := flow.Finite([]float64{0, 1, math.NaN(), 2})
	require.False(t, ok)
	require.Equal(t, 2, i)
	_, ok = flow.Finite([]float32{0, 1})
	require.True(t, ok)
}

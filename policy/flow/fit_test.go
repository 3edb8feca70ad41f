package flow_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
	"onestep/policy/analysis"
	"onestep/policy/flow"
	"onestep/policy/nn"
	"onestep/policy/optim"
)

// fitGaussian fits a network of the kind to N(0, s^2) from the source N(0, 1) and returns a policy.
func fitGaussian(kind flow.Fitted[float32], s float64, updates int) *flow.Policy[float32] {
	const batch = 256
	r := rng.New(3)
	net := kind.Net(1, 1, []int{24, 24}, nn.Mish)
	p := &flow.Policy[float32]{Family: kind, Net: net, Params: make([]float32, net.NumParams()), SourceStd: 1}
	net.Init(p.Params, r.Split(1))
	average := append([]float32(nil), p.Params...)
	loss, adam := kind.NewLoss(net, batch, flow.LossOptions{}), optim.NewAdam[float32](net.NumParams())
	grad, cond, x1, w := make([]float32, net.NumParams()), make([]float32, batch), make([]float32, batch), make([]float32, batch)
	for i := range w {
		w[i] = 1
	}
	for u := range updates {
		for i := range x1 {
			x1[i] = float32(s * r.Normal())
		}
		loss.Draw(r, batch, 1)
		clear(grad)
		loss.Gradient(grad, p.Params, cond, x1, w)
		adam.Update(p.Params, grad, float32(3e-3*(1-float64(u)/float64(updates))))
		optim.Polyak(average, p.Params, 0.01)
	}
	p.Params = average
	return p
}

// sampleStd is the standard deviation of n samples with K steps.
func sampleStd(p *flow.Policy[float32], steps int) float64 {
	const n = 20000
	x, cond := make([]float32, n), make([]float32, n)
	rng.New(99).FillNormal(x)
	flow.NewSampler(p, n).Sample(x, p, cond, 1, x, steps)
	var mean, square float64
	for _, v := range x {
		mean += float64(v) / n
		square += float64(v) * float64(v) / n
	}
	return math.Sqrt(square - mean*mean)
}

// A MeanFlow fitted to N(0, 0.5^2) keeps its width in one step; with the convention of the JVP mixed up it
// would collapse to a point. 5 % is the bar; the estimate's own error is 0.5 %.
func TestOneMeanFlowStepKeepsTheWidth(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds; make test runs it")
	}
	p := fitGaussian(flow.MeanFlow[float32]{}, 0.5, 4000)
	require.InEpsilon(t, 0.5, sampleStd(p, 1), 0.05)
	require.InEpsilon(t, 0.5, sampleStd(p, 2), 0.05)
}

// One step of a rectified flow collapses to the mean; K steps have the closed-form width rho_K. The law is
// linear in the noise, so the bars are errors of its slope: 5 % of the target's width for K > 1, and 5 % of
// the source's for K = 1, where all rests on the network's edge at t = 0 (seen: 2.6 to 3.7 % over widths
// 24 to 64 and two learning rates; the theory for the exact field leaves this bias out).
func TestRectifiedStepsFollowTheClosedForm(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds; make test runs it")
	}
	p := fitGaussian(flow.Rectified[float32]{}, 0.5, 4000)
	require.Less(t, sampleStd(p, 1), 0.05)
	for _, k := range []int{2, 4, 8, 20} {
		require.InDelta(t, analysis.GaussianStd(0.5, 1, k), sampleStd(p, k), 0.025, "K = %d", k)
	}
}

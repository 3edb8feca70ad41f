package gaussian_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
	"onestep/policy/flow"
	"onestep/policy/gaussian"
	"onestep/policy/nn"
	"onestep/policy/optim"
)

// likelihoodProblem is a random batch of five states and actions, some of them beyond the bounds.
func likelihoodProblem() (net *nn.Net[float64], params, cond, x1, w []float64) {
	r := rng.New(21)
	net = gaussian.Family[float64]{}.Net(2, 3, []int{7, 6}, nn.Mish)
	params, cond, x1, w = make([]float64, net.NumParams()), make([]float64, 10), make([]float64, 15), make([]float64, 5)
	net.Init(params, r)
	rng.NormalFill(r, cond)
	rng.NormalFill(r, x1)
	rng.UniformFill(r, w)
	return net, params, cond, x1, w
}

// The loss is the definition: -mean w log pi, with the density of tanh(mu + sigma e) written as that of a change of
// variables.
func TestTheLikelihoodIsThatOfTheSquashedGaussian(t *testing.T) {
	net, params, cond, x1, w := likelihoodProblem()
	head := make([]float64, 5*6)
	net.Forward(head, params, nn.Input[float64]{Batch: 5, Cond: cond}, net.NewWorkspace(5))
	want := 0.0
	for b := range 5 {
		for j := range 3 {
			a, mu, sigma := min(max(x1[b*3+j], -0.99), 0.99), head[b*6+j], math.Exp(head[b*6+3+j])
			e := (math.Atanh(a) - mu) / sigma
			density := math.Exp(-e*e/2) / (sigma * math.Sqrt(2*math.Pi)) / (1 - a*a)
			want -= w[b] * math.Log(density) / 5
		}
	}
	got := gaussian.NewLikelihood(net, 5, 0).Gradient(make([]float64, len(params)), params, cond, x1, w)
	require.InDelta(t, want, got, 1e-12, "rounding")
	require.InDelta(t, want/2, gaussian.NewLikelihood(net, 5, 10).Gradient(make([]float64, len(params)), params, cond, x1, w), 1e-12)
}

// Central differences with h = 1e-5 leave errors of about h^2 and eps/h, both near 1e-10 for values of order 1.
func TestTheLikelihoodsGradient(t *testing.T) {
	net, params, cond, x1, w := likelihoodProblem()
	l := gaussian.Family[float64]{}.NewLoss(net, 5, flow.LossOptions{})
	grad, scratch := make([]float64, len(params)), make([]float64, len(params))
	l.Gradient(grad, params, cond, x1, w)
	for i := range params {
		keep := params[i]
		params[i] = keep + 1e-5
		up := l.Gradient(scratch, params, cond, x1, w)
		params[i] = keep - 1e-5
		down := l.Gradient(scratch, params, cond, x1, w)
		params[i] = keep
		require.InDelta(t, (up-down)/2e-5, grad[i], 2e-8, "parameter %d", i)
	}
	require.Zero(t, testing.AllocsPerRun(5, func() { l.Gradient(scratch, params, cond, x1, w) }))
	require.Panics(t, func() { l.Gradient(scratch, params, cond, x1[1:], w) })
}

// Fitted to actions tanh(N(0.4, 0.2^2)) it finds mean and width: 2 %, of which the estimate of 256 x 400 draws takes little.
func TestTheLikelihoodFindsMeanAndWidth(t *testing.T) {
	r := rng.New(5)
	net := gaussian.Family[float64]{}.Net(1, 1, []int{8}, nn.Mish)
	params, grad := make([]float64, net.NumParams()), make([]float64, net.NumParams())
	net.Init(params, r)
	l, adam := gaussian.NewLikelihood(net, 256, 0), optim.NewAdam[float64](len(params))
	cond, x1, w := make([]float64, 256), make([]float64, 256), make([]float64, 256)
	for i := range w {
		w[i] = 1
	}
	for step := range 400 {
		for i := range x1 {
			x1[i] = math.Tanh(0.4 + 0.2*r.Normal())
		}
		clear(grad)
		l.Gradient(grad, params, cond, x1, w)
		adam.Update(params, grad, 0.03*(1-float64(step)/400))
	}
	head := make([]float64, 2)
	net.Forward(head, params, nn.Input[float64]{Batch: 1, Cond: []float64{0}}, net.NewWorkspace(1))
	require.InEpsilon(t, 0.4, head[0], 0.02)
	require.InEpsilon(t, 0.2, math.Exp(head[1]), 0.02)
}

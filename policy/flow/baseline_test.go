package flow_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
	"onestep/policy/diffusion"
	"onestep/policy/flow"
	"onestep/policy/gaussian"
	"onestep/policy/nn"
)

// diffusionLoss is the loss from its definition: mean_b w_b || eps(sqrt(abar) X1 + sqrt(1-abar) X0, i) - X0 ||^2.
func (p *problem) diffusionLoss() (loss float64) {
	x, out := make([]float64, testBatch*testAct), make([]float64, testBatch*testAct)
	for i := range x {
		abar := diffusion.AlphaBar(p.loss.T[i/testAct] + 1)
		x[i] = math.Sqrt(abar)*p.x1[i] + math.Sqrt(1-abar)*p.loss.X0[i]
	}
	in := nn.Input[float64]{Batch: testBatch, Cond: p.cond, X: x, Times: [][]float64{p.loss.T[:testBatch]}}
	p.net.Forward(out, p.params, in, p.net.NewWorkspace(testBatch))
	for i, eps := range out {
		loss += p.w[i/testAct] * (eps - p.loss.X0[i]) * (eps - p.loss.X0[i]) / testBatch
	}
	return loss
}

func TestDiffusionLossAndItsGradient(t *testing.T) {
	p := newProblem(diffusion.Family[float64]{})
	loss, grad := p.gradient()
	require.InDelta(t, p.diffusionLoss(), loss, 1e-13, "rounding")
	for i := 0; i < len(p.params); i += 3 {
		keep := p.params[i]
		p.params[i] = keep + fdStep
		up := p.diffusionLoss()
		p.params[i] = keep - fdStep
		down := p.diffusionLoss()
		p.params[i] = keep
		require.InDelta(t, (up-down)/(2*fdStep), grad[i], fdTol, "parameter %d", i)
	}
}

func TestDiffusionLevelsAreDrawnUniformly(t *testing.T) {
	const n = 20_000
	net := diffusion.Family[float64]{}.Net(1, 1, []int{2}, nn.Mish)
	l := matching(diffusion.Family[float64]{}, net, n, flow.LossOptions{})
	l.Draw(rng.New(3), n, 1)
	var counts [diffusion.Levels]int
	for _, i := range l.T {
		counts[int(i)]++
	}
	for i, c := range counts {
		require.InDelta(t, n/diffusion.Levels, c, 125, "level %d: four standard deviations of a binomial count", i)
	}
}

// exactStd is the width that K = 20 steps have with the exact denoiser of N(0, s^2), which is linear:
//
//	E[X1|x] = sqrt(abar) s^2/(abar s^2 + 1 - abar) x,   var' = (Clean E[X1|x]/x + Keep)^2 var + Std^2
func exactStd(s float64, ancestral bool) float64 {
	variance := 1.0
	for l := float64(diffusion.Levels); l > 0; l-- {
		a, c := diffusion.AlphaBar(l), diffusion.NewStep(l, l-1, ancestral)
		slope := c.Clean*math.Sqrt(a)*s*s/(a*s*s+1-a) + c.Keep
		variance = slope*slope*variance + c.Std*c.Std
	}
	return math.Sqrt(variance)
}

// A diffusion fitted to N(0, 0.3^2) has the width of the exact denoiser's recursion, ancestral and deterministic. The
// small network, fitted for a second, leaves 10 %.
func TestADiffusionFitsAGaussian(t *testing.T) {
	p := fitGaussian(diffusion.Family[float32]{}, 0.3, 1200)
	const n = 4000
	for _, ancestral := range []bool{true, false} {
		x, src := make([]float32, n), rng.New(6)
		src.FillNormal(x)
		s := flow.NewSampler(p, n)
		if ancestral {
			s.Noise = src
		}
		require.Equal(t, 20, s.Sample(x, p, []float32{0}, n, x, diffusion.Levels))
		var sum, square float64
		for _, v := range x {
			require.LessOrEqual(t, math.Abs(float64(v)), 1.0)
			sum += float64(v)
			square += float64(v) * float64(v)
		}
		require.InDelta(t, 0, sum/n, 0.05, "ancestral: %v", ancestral)
		require.InEpsilon(t, exactStd(0.3, ancestral), math.Sqrt(square/n), 0.1, "ancestral: %v", ancestral)
	}
}

// policies returns a policy of every family with random weights.
func policies() []*flow.Policy[float32] {
	var list []*flow.Policy[float32]
	for _, family := range []flow.Family[float32]{flow.Rectified[float32]{}, flow.MeanFlow[float32]{}, diffusion.Family[float32]{}, gaussian.Family[float32]{}} {
		p := flow.NewPolicy(family, 3, 2, []int{9, 8}, nn.Mish, 0.5)
		p.Net.Init(p.Params, rng.New(5))
		list = append(list, &p)
	}
	return list
}

// Every family: a trajectory starts at the noise, ends at the sample, costs as much, and shared states give the bits of
// repeated ones.
func TestTrajectoriesEndAtTheSample(t *testing.T) {
	const rows, d = 6, 2
	for _, p := range policies() {
		require.Equal(t, []int{3, d}, []int{p.ObsDim(), p.ActDim()}, p.Family.String())
		x0, cond := make([]float32, rows*d), make([]float32, 2*3)
		rng.New(1).FillNormal(x0)
		rng.New(2).FillNormal(cond)
		s := flow.NewSampler(p, rows)
		for _, k := range []int{1, 4, 20, 32} {
			end, path := make([]float32, rows*d), make([]float32, (k+1)*rows*d)
			nfe := s.Sample(end, p, cond, 3, x0, k)
			want := k
			if p.Family == flow.Family[float32](gaussian.Family[float32]{}) {
				want = 1
			}
			require.Equal(t, want, nfe, "%s, K = %d", p.Family, k)
			require.Equal(t, nfe, s.Trajectory(path, p, cond, 3, x0, k))
			require.Equal(t, x0, path[:rows*d])
			require.Equal(t, end, path[k*rows*d:], "%s, K = %d", p.Family, k)
			repeated := make([]float32, 0, rows*3)
			for i := range rows {
				repeated = append(repeated, cond[i/3*3:i/3*3+3]...)
			}
			again := make([]float32, rows*d)
			s.Sample(again, p, repeated, 1, x0, k)
			require.Equal(t, end, again, "%s, K = %d", p.Family, k)
		}
		require.Zero(t, testing.AllocsPerRun(5, func() { s.Sample(x0, p, cond, 3, x0, 4) }), p.Family.String())
	}
}

func TestAGaussiansDeterministicActionIsItsMean(t *testing.T) {
	p := policies()[3]
	require.Zero(t, p.SingleStd())
	head, obs, x := make([]float32, 4), []float32{1, -1, 0.5}, make([]float32, 2)
	p.Net.Forward(head, p.Params, nn.Input[float32]{Batch: 1, Cond: obs}, p.Net.NewWorkspace(1))
	flow.NewSampler(p, 1).Sample(x, p, obs, 1, x, 1)
	for j := range x {
		require.InDelta(t, math.Tanh(float64(head[j])), float64(x[j]), 1e-7)
	}
	require.Equal(t, float32(0.5), policies()[0].SingleStd())
}

// The velocity of a diffusion is the slope of its deterministic path.
func TestVelocityOfTheBaselines(t *testing.T) {
	p := policies()[2]
	s := flow.NewSampler(p, 1)
	obs, x, v := []float32{1, -1, 0.5}, []float32{0.4, -0.2}, make([]float32, 2)
	path := make([]float32, 1001*2)
	s.Trajectory(path, p, obs, 1, x, 1000)
	s.Velocity(v, p, obs, 1, path[2*500:2*501], 0.5)
	for j := range v {
		require.InDelta(t, 1000*(path[2*501+j]-path[2*500+j]), v[j], 1e-4)
	}
}

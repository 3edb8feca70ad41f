package fpmd_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
	"onestep/policy/agents"
	"onestep/policy/fpmd"
	"onestep/policy/nn"
	"onestep/policy/replay"
)

// released is the authors' update in float64, written down again from what their code does, step by step and without
// anything of package fpmd. Networks and their derivatives are package nn's, which its own tests check.
type released struct {
	cfg             fpmd.Rule
	steps           int  // of the sampler
	meanFlow        bool // in place of a rectified flow
	obsDim, actDim  int
	policyNet, qNet *nn.Net[float64]

	policy, ema      []float64
	q, target        [2][]float64
	policyAdam       adam64
	qAdam            [2]adam64
	logAlpha         float64
	alphaAdam        adam64
	runMean, runStd  float64
	step             int
	candidate, noise *rng.Stream
}

// adam64 is Adam as optax has it: beta 0.9 and 0.999, eps 1e-8 outside of the root.
type adam64 struct {
	m, v []float64
	t    int
}

func (a *adam64) update(params, grad []float64, lr float64) {
	if a.m == nil {
		a.m, a.v = make([]float64, len(params)), make([]float64, len(params))
	}
	a.t++
	for i, g := range grad {
		a.m[i] = 0.9*a.m[i] + 0.1*g
		a.v[i] = 0.999*a.v[i] + 0.001*g*g
		m, v := a.m[i]/(1-math.Pow(0.9, float64(a.t))), a.v[i]/(1-math.Pow(0.999, float64(a.t)))
		params[i] -= lr * m / (math.Sqrt(v) + 1e-8)
	}
}

func wide(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

func sameStream(t *testing.T, s *rng.Stream) *rng.Stream {
	b, err := s.MarshalBinary()
	require.NoError(t, err)
	c := rng.New(0)
	require.NoError(t, c.UnmarshalBinary(b))
	return c
}

func newReleased(t *testing.T, a *fpmd.Learner, meanFlow bool) *released {
	r := &released{
		cfg: a.Config, steps: a.Fit.Steps, meanFlow: meanFlow, obsDim: a.ObsDim, actDim: a.ActDim,
		policyNet: nn.New[float64](a.Policy.Net.Config()), qNet: nn.New[float64](a.Critics.Net.Config()),
		policy: wide(a.Policy.Params), ema: wide(a.EMA.Params), logAlpha: math.Log(5), runStd: 1,
		candidate: sameStream(t, a.Streams.Candidate), noise: sameStream(t, a.Streams.Loss),
	}
	for i := range 2 {
		r.q[i], r.target[i] = wide(a.Critics.Online[i]), wide(a.Critics.Target[i])
	}
	return r
}

func (r *released) values(params *[2][]float64, states, actions []float64) []float64 {
	n := len(actions) / r.actDim
	in := nn.Input[float64]{Batch: n, Cond: states, X: actions}
	a, b := make([]float64, n), make([]float64, n)
	r.qNet.Forward(a, params[0], in, r.qNet.NewWorkspace(n))
	r.qNet.Forward(b, params[1], in, r.qNet.NewWorkspace(n))
	for i := range a {
		a[i] = min(a[i], b[i])
	}
	return a
}

// field is v(x, t) or u(x, r, t) for rows at one time.
func (r *released) field(params, states, x []float64, times ...float64) []float64 {
	n := len(x) / r.actDim
	in := nn.Input[float64]{Batch: n, Cond: states, X: x}
	for _, t := range times[:r.policyNet.Config().NumTimes] {
		in.Times = append(in.Times, []float64{t})
	}
	out := make([]float64, len(x))
	r.policyNet.Forward(out, params, in, r.policyNet.NewWorkspace(n))
	return out
}

// action is getAction(s'): the best of N samples by the online critics, clipped, plus 0.1 alpha noise.
func (r *released) action(states []float64) []float64 {
	n, d, particles := len(states)/r.obsDim, r.actDim, r.cfg.Particles
	var wideStates []float64
	x := make([]float64, n*particles*d)
	for i := range x {
		x[i] = 0.5 * r.candidate.Normal()
	}
	for s := range n {
		for range particles {
			wideStates = append(wideStates, states[s*r.obsDim:(s+1)*r.obsDim]...)
		}
	}
	steps := r.steps
	for k := range steps {
		for i, v := range r.field(r.policy, wideStates, x, float64(k)/float64(steps), float64(k+1)/float64(steps)) {
			x[i] += v / float64(steps)
		}
	}
	q := r.values(&r.q, wideStates, x)
	out := make([]float64, 0, n*d)
	for s := range n {
		best := s * particles
		for i := best; i < (s+1)*particles; i++ {
			if q[i] > q[best] {
				best = i
			}
		}
		for j := range d {
			out = append(out, math.Max(-1, math.Min(1, x[best*d+j]))+0.1*math.Exp(r.logAlpha)*r.candidate.Normal())
		}
	}
	return out
}

func (r *released) update(b *replay.Batch) {
	obs, act, next := wide(b.Obs), wide(b.Act), wide(b.NextObs)
	n := len(b.Reward)
	action := r.action(next)
	y := r.values(&r.target, next, action)
	for i := range y {
		y[i] = 0.2*float64(b.Reward[i]) + (1-float64(b.Done[i]))*0.99*y[i]
	}
	var qGrad [2][]float64
	for i := range 2 {
		ws, q, dOut := r.qNet.NewWorkspace(n), make([]float64, n), make([]float64, n)
		in := nn.Input[float64]{Batch: n, Cond: obs, X: act}
		r.qNet.Forward(q, r.q[i], in, ws)
		for j := range q {
			dOut[j] = 2 * (q[j] - y[j]) / float64(n)
		}
		qGrad[i] = make([]float64, r.qNet.NumParams())
		r.qNet.VJP(qGrad[i], nil, r.q[i], dOut, in, ws)
	}
	for i := range 2 { // the first of two steps
		r.qAdam[i].update(r.q[i], qGrad[i], r.cfg.CriticLR)
	}
	qMin := r.values(&r.q, next, action)
	alpha := math.Exp(r.logAlpha)
	w := make([]float64, n)
	for i, q := range qMin {
		scaled := q - r.runMean/r.runStd // no parentheses
		w[i] = math.Exp(math.Max(-3, math.Min(3, scaled)) / alpha)
	}
	for i := range 2 { // the second, with the same gradient
		r.qAdam[i].update(r.q[i], qGrad[i], r.cfg.CriticLR)
	}
	if r.step%2 == 0 {
		count := float64(r.policyAdam.t)
		decayed := math.Max(0, math.Min(1, (count-float64(r.cfg.PolicyLRHold))/float64(r.cfg.PolicyLRDone-r.cfg.PolicyLRHold)))
		r.policyAdam.update(r.policy, r.policyGradient(next, action, w), r.cfg.PolicyLR+(0.1*r.cfg.PolicyLR-r.cfg.PolicyLR)*decayed)
		polyak := func(target, online []float64) {
			for i := range target {
				target[i] = 0.005*online[i] + 0.995*target[i]
			}
		}
		polyak(r.ema, r.policy)
		polyak(r.target[0], r.q[0])
		polyak(r.target[1], r.q[1])
	}
	if r.step%250 == 0 {
		d := float64(r.actDim)
		entropy := 0.5 * d * math.Log(2*math.Pi*math.E*math.Pow(0.1*math.Exp(r.logAlpha), 2))
		la := []float64{r.logAlpha}
		r.alphaAdam.update(la, []float64{entropy + 1.5*d}, r.cfg.TemperatureLR)
		r.logAlpha = la[0]
	}
	var mean, square float64
	for _, q := range qMin {
		mean += q / float64(n)
	}
	for _, q := range qMin {
		square += (q - mean) * (q - mean) / float64(n)
	}
	r.runMean += 0.001 * (mean - r.runMean)
	r.runStd += 0.001 * (math.Sqrt(square) - r.runStd)
	r.step++
}

// policyGradient is that of mean_b w_b ||out - target||^2 with source std 1.
func (r *released) policyGradient(states, x1, w []float64) []float64 {
	n, d := len(w), r.actDim
	x0, v, at := make([]float64, n*d), make([]float64, n*d), make([]float64, n*d)
	from, to, one := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range x0 {
		x0[i] = r.noise.Normal()
	}
	for b := range n {
		to[b], one[b] = r.noise.Float64(), 1
		if r.meanFlow {
			other := r.noise.Float64()
			from[b], to[b] = math.Min(to[b], other), math.Max(to[b], other)
		}
	}
	start := to
	times := [][]float64{to}
	if r.meanFlow {
		start, times = from, [][]float64{from, to}
	}
	for i := range x0 {
		t := start[i/d]
		at[i], v[i] = t*x1[i]+(1-t)*x0[i], x1[i]-x0[i]
	}
	in := nn.Input[float64]{Batch: n, Cond: states, X: at, Times: times}
	ws, out, target := r.policyNet.NewWorkspace(n), make([]float64, n*d), append([]float64(nil), v...)
	if r.meanFlow {
		slope := make([]float64, n*d)
		r.policyNet.JVP(out, slope, r.policy, in, nn.Tangent[float64]{X: v, Times: [][]float64{one, make([]float64, n)}}, ws)
		for i := range target {
			target[i] += (to[i/d] - from[i/d]) * slope[i]
		}
	} else {
		r.policyNet.Forward(out, r.policy, in, ws)
	}
	dOut, grad := make([]float64, n*d), make([]float64, r.policyNet.NumParams())
	for i := range out {
		dOut[i] = 2 * w[i/d] * (out[i] - target[i]) / float64(n)
	}
	r.policyNet.VJP(grad, nil, r.policy, dOut, in, ws)
	return grad
}

// fixedBatch holds the tensors of the comparison.
func fixedBatch(n int) *replay.Batch {
	b := replay.New(3, 2, n).NewBatch(n)
	r := rng.New(77)
	for _, x := range [][]float32{b.Obs, b.Act, b.Reward, b.NextObs} {
		r.FillNormal(x)
	}
	b.Reward[0], b.Done[1] = 40, 1 // a value that the clipped weights notice, and an end
	return b
}

// Every update of the preset, from fixed tensors, ends where the float64 repetition of the authors' code ends: the
// policy steps of updates 0, 2 and 4, the falling learning rate, the step of alpha in update 0, the running statistics.
// Each of five Adam steps moves a parameter by up to 1e-3; float32 gradients are good to about 1e-5 of that, but for those
// that nearly vanish, so that 2e-5 separates agreement from any slip (half a step is 5e-4).
func TestTheReleasedUpdateIsTheAuthors(t *testing.T) {
	for alg, steps := range map[string]int{"fpmd-m": 1, "fpmd-r": 3} {
		t.Run(alg, func(t *testing.T) {
			c, _, err := agents.Settings("as-released", "half_cheetah", alg, nil)
			require.NoError(t, err)
			cfg := c.(interface{ Mirror() *fpmd.Config }).Mirror()
			cfg.Hidden, cfg.Batch, cfg.Particles, cfg.TrainSteps = []int{6, 5}, 8, 3, steps
			cfg.CriticLR, cfg.PolicyLR, cfg.PolicyLRHold, cfg.PolicyLRDone = 1e-3, 1e-3, 1, 3
			row, err := agents.Find(alg)
			require.NoError(t, err)
			l, err := row.New(c, 3, 2, 1000, 9)
			require.NoError(t, err)
			agent := l.(*fpmd.Learner)
			want, batch := newReleased(t, agent, alg == "fpmd-m"), fixedBatch(cfg.Batch)
			const tolerance = 2e-5
			for u := range 5 {
				require.NoError(t, agent.Update(batch))
				want.update(batch)
				require.InDeltaSlice(t, want.policy, wide(agent.Policy.Params), tolerance, "policy, update %d", u)
				require.InDeltaSlice(t, want.ema, wide(agent.EMA.Params), tolerance, "EMA, update %d", u)
				for i := range 2 {
					require.InDeltaSlice(t, want.q[i], wide(agent.Critics.Online[i]), tolerance, "critic %d, update %d", i, u)
					require.InDeltaSlice(t, want.target[i], wide(agent.Critics.Target[i]), tolerance, "target %d, update %d", i, u)
				}
				require.InDelta(t, want.logAlpha, agent.LogTemperature, 1e-12)
				require.InDelta(t, want.runMean, agent.Stats.RunMean, 1e-6)
				require.InDelta(t, want.runStd, agent.Stats.RunStd, 1e-6)
			}
			require.Equal(t, []int{3, 10, 1}, []int{agent.Adam.Step, agent.Critics.Adam[0].Step, agent.TemperatureAdam.Step})
		})
	}
}

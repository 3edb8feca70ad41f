package fpmd

import (
	"onestep/engine/rng"
	"onestep/policy/actor"
	"onestep/policy/critic"
	"onestep/policy/flow"
	"onestep/policy/nn"
	"onestep/policy/replay"
)

// share is the memory for the mirror descent update of a batch, or of a share of it.
type share struct {
	acts   *actor.Actor       // its Q are the values of the candidates x_i
	values *critic.Values     //
	loss   flow.Loss[float32] // of the mirror descent agents
	next   []float32          // [rows*act] a'
	y      []float32          // [rows]
	qNext  []float32          // [rows] min(Q1,Q2)(s', a') with the online critics
	w      []float32          // [rows]
}

// newShare has room for so many rows and candidates of all of them. judge has a single candidate evaluated too.
func (a *Agent) newShare(rows, candidates int, judge bool) share {
	s := share{
		acts: actor.New(&a.Policy, a.Critics.Net, candidates), values: critic.NewValues(a.Critics.Net, rows),
		next: make([]float32, rows*a.ActDim), y: make([]float32, rows), qNext: make([]float32, rows), w: make([]float32, rows),
	}
	s.acts.Judge = judge
	return s
}

func newLoss(cfg *Config, family flow.Fitted[float32], net *nn.Net[float32], rows int) flow.Loss[float32] {
	return family.NewLoss(net, rows, flow.LossOptions{FractionEqual: cfg.FractionEqual, FractionOneStep: cfg.FractionOneStep, Of: cfg.Batch})
}

// choose writes to dst [states*ActDim], for each of n states, the best of so many samples of policy p by the
// online critics, clipped to [-1,1], plus the noise of the present temperature.
func (s *share) choose(a *Agent, dst []float32, p *flow.Policy[float32], states []float32, n, particles int, src *rng.Stream) {
	d := a.ActDim
	src.FillNormal(s.acts.Noise[:n*particles*d])
	s.acts.Sampler.Noise = src // DPMD samples by DDPM
	s.acts.Explore(p, &a.Critics.Online, states, a.Config.TrainSteps, particles, p.SourceStd)
	noise := float32(a.NoiseStd())
	for b := range n {
		for j, v := range s.acts.Action(b) {
			dst[b*d+j] = min(max(v, -1), 1) + float32(noise*float32(src.Normal()))
		}
	}
}

// targets writes y = RewardScale r + gamma (1 - terminated) min(TargetQ1,TargetQ2)(s', a') for actions next
// [rows*ActDim].
func (s *share) targets(a *Agent, batch *replay.Batch, next []float32) {
	s.values.Targets(s.y, &a.Critics.Target, batch.NextObs, next, batch.Reward, batch.Done, a.Config.Gamma, a.Config.RewardScale)
}

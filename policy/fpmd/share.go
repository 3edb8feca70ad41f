package fpmd

import (
	"onestep/engine/rng"
	"onestep/policy/flow"
	"onestep/policy/nn"
	"onestep/policy/replay"
)

// share is the memory for the mirror descent update of a batch, or of a share of it.
type share struct {
	sampler *flow.Sampler[float32]
	loss    *flow.Loss[float32] // of the mirror descent agents
	x       []float32           // [rows*N*act] candidates
	q       []float32           // [rows*N] their values
	next    []float32           // [rows*act] a'
	y       []float32           // [rows]
	qNext   []float32           // [rows] min(Q1,Q2)(s', a') with the online critics
	mean    []float32           // [rows] mean of q over a state's candidates
	w       []float32           // [rows]
}

// newShare has room for so many rows and candidates of all of them.
func newShare(net *nn.Net[float32], rows, candidates, actDim int) share {
	return share{
		sampler: flow.NewSampler(net, candidates), x: make([]float32, candidates*actDim), q: make([]float32, candidates),
		next: make([]float32, rows*actDim), y: make([]float32, rows), qNext: make([]float32, rows), mean: make([]float32, rows), w: make([]float32, rows),
	}
}

func newLoss(cfg *Config, kind flow.Kind, net *nn.Net[float32], rows int) *flow.Loss[float32] {
	l := flow.NewLoss(kind, net, rows)
	l.FractionEqual, l.FractionOneStep, l.Of = cfg.FractionEqual, cfg.FractionOneStep, cfg.Batch
	return l
}

// choose writes to dst [states*ActDim], for each of n states, the best of so many samples of policy p by the
// online critics, clipped to [-1,1], plus the noise of the present temperature. It leaves the candidates'
// values in q and, for a batch of states, their mean over each state in mean.
func (s *share) choose(a *Agent, values *Values, dst []float32, p *flow.Policy[float32], states []float32, n, particles int, src *rng.Stream) {
	d := a.ActDim
	rows := n * particles
	x, q := s.x[:rows*d], s.q[:rows]
	for i := range x {
		x[i] = float32(p.SourceStd * float32(src.Normal()))
	}
	if p.Kind == flow.Diffusion {
		s.sampler.Noise = src // DPMD samples by DDPM
	}
	s.sampler.Sample(x, p, states, particles, x, a.Config.TrainSteps)
	if particles > 1 || a.soft == nil {
		values.Min(q, &a.Critics.Online, states, particles, x)
	}
	noise := float32(a.NoiseStd())
	for b := range n {
		best := b * particles
		var sum float32
		for i := b * particles; i < (b+1)*particles; i++ {
			if q[i] > q[best] {
				best = i
			}
			sum += q[i]
		}
		s.mean[b] = sum / float32(particles)
		for j := range d {
			dst[b*d+j] = min(max(x[best*d+j], -1), 1) + float32(noise*float32(src.Normal()))
		}
	}
}

// targets writes y = RewardScale r + gamma (1 - terminated) min(TargetQ1,TargetQ2)(s', a') for actions next
// [rows*ActDim].
func (s *share) targets(a *Agent, values *Values, batch *replay.Batch, next []float32) {
	values.Min(s.y, &a.Critics.Target, batch.NextObs, 1, next)
	gamma, scale := float32(a.Config.Gamma), float32(a.Config.RewardScale)
	for b := range s.y {
		s.y[b] = float32(scale*batch.Reward[b]) + float32(float32(gamma*(1-batch.Done[b]))*s.y[b])
	}
}

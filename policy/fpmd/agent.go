// Package fpmd is the agent of "One-Step Flow Policy Mirror Descent" (Chen, Ma, Li, Wang, Dai,
// arXiv 2507.23675), in both variants: FPMD-R (rectified flow) and FPMD-M (MeanFlow).
//
// Policy mirror descent asks for
//
//	pi_new(a|s)  proportional to  pi_old(a|s) exp(Q(s,a)/lambda)
//
// and fits it by flow matching on actions of the old policy, weighted by exp(Q/lambda). One update on a
// batch (s, a, r, s', terminated), in the names of the paper:
//
//	x_i  ~ pi(.|s'), i = 1..N           N candidates by the sampler, source std c
//	q_i  = min(Q1,Q2)(s', x_i)          a' = clip(x_best, -1, 1) + alpha NoiseScale N(0, I)
//	y    = r + gamma (1 - terminated) min(TargetQ1,TargetQ2)(s', a')
//	critics: mean squared error to y
//	w    = exp(n/lambda)                n the normalised advantage of a' (Weighting)
//	policy: flow matching on X1 = a' at states s' with weights w
//	alpha: Adam on log alpha with gradient H - H*,  H = d/2 ln(2 pi e (NoiseScale alpha)^2)
//
// The environment is acted in with the EMA policy, the targets use the online one.
//
// Two baselines share critics, replay, particles, evaluation and files with it. DPMD (Ma et al., ICML 2025) is
// the same update with a diffusion in place of the flow. SAC (Haarnoja et al., arXiv 1812.05905) has an update of
// its own, in sac.go.
//
// [code] marks what was read in the authors' released code.
package fpmd

import (
	"fmt"

	"onestep/engine/num"
	"onestep/engine/rng"
	"onestep/policy/critic"
	"onestep/policy/diffusion"
	"onestep/policy/flow"
	"onestep/policy/gaussian"
	"onestep/policy/kernel"
	"onestep/policy/nn"
	"onestep/policy/optim"
)

// Agent learns a flow policy and its critics. It allocates nothing after New and is not safe for
// concurrent use.
type Agent struct {
	Config       Config
	Algorithm    Algorithm
	ObsDim       int
	ActDim       int
	TotalUpdates int // length of the run in updates, to which the schedules scale

	Policy  flow.Policy[float32] // online weights
	EMA     flow.Policy[float32] // their moving average, for SAC a copy; same network
	Critics *critic.Twin
	Adam    *optim.Adam[float32] // the policy's

	LogAlpha  float64
	AlphaAdam *optim.Adam[float64] // [1]

	Stats   RunningStats
	Updates int     // taken so far
	Last    Metrics // of the last update

	Streams Streams

	Shards []*Shard // of an agent whose batches have shares; none where a batch is one
	Crew   Crew     // computes their gradients; nil: Update does, one after the other

	share                              // the whole batch; with shards, what acting needs
	soft       *gaussian.Loss[float32] // of SAC
	grad       []float32               // [policy parameters]
	criticGrad [2][]float32
	sum        Gradient // of the shards
	one        [1]float64
	oneGrad    [1]float64
}

// Streams are the agent's sources of randomness, one for each purpose, so that a change in one does not
// shift the others.
type Streams struct {
	Act       *rng.Stream // exploration
	Candidate *rng.Stream // candidates and noise of TD targets
	Loss      *rng.Stream // X0 and times
}

// RunningStats are the statistics of Q that the weightings use, as bias-corrected moving averages.
type RunningStats struct {
	Mean, Square float64 // of q(s', a'), before correction
	Weight       float64 // 1 - (1-rate)^n
	Within       float64 // mean square of q_i - mean_i q_i within a state, before correction
	WithinWeight float64

	RunMean, RunStd float64 // of the released code: they start at (0, 1) and are not corrected
}

// Metrics describe one update; each is defined where it is computed.
type Metrics struct {
	CriticLoss, PolicyLoss float64
	QMean                  float64 // mean of min(Q1,Q2)(s', a')
	ESS                    float64 // (sum w)^2 / (batch sum w^2)
	WeightMax              float64
}

// New builds an agent for observations [obsDim] and actions [actDim]. totalUpdates is the length of the
// run, to which the schedules scale. The configuration must be valid.
func New(cfg Config, alg Algorithm, obsDim, actDim, totalUpdates int, seed uint64) (*Agent, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	family, err := FamilyOf(alg)
	if err != nil {
		return nil, err
	}
	fitted, matches := family.(flow.Fitted[float32])
	if !matches && cfg.NumShards() > 1 {
		return nil, fmt.Errorf("shards must be 1, not %d, with %s: its policy's gradient looks at critics after their step", cfg.Shards, alg)
	}
	root := rng.New(seed)
	policy := flow.NewPolicy(family, obsDim, actDim, cfg.Hidden, nn.Mish, float32(cfg.SourceStd))
	ema, net := policy, policy.Net
	ema.Params = make([]float32, net.NumParams())
	batch := cfg.Batch
	if cfg.NumShards() > 1 {
		batch = 1 // the agent itself only acts
	}
	rows := max(batch*cfg.Particles, cfg.ActParticles)
	a := &Agent{
		Config: cfg, Algorithm: alg, ObsDim: obsDim, ActDim: actDim, TotalUpdates: max(totalUpdates, 1),
		Policy: policy, EMA: ema,
		Critics:   critic.NewTwin(cfg.Hidden, obsDim, actDim, root.Split(streamCritics)),
		Adam:      optim.NewAdam[float32](net.NumParams()),
		LogAlpha:  num.Log(cfg.AlphaInit),
		AlphaAdam: optim.NewAdam[float64](1),
		Stats:     RunningStats{RunStd: 1},
		Streams: Streams{
			Act: root.Split(streamAct), Candidate: root.Split(streamCandidate), Loss: root.Split(streamLoss),
		},
		grad: make([]float32, net.NumParams()),
	}
	a.share = a.newShare(batch, rows, matches)
	if matches {
		a.loss = newLoss(&cfg, fitted, net, batch)
	} else {
		a.soft = gaussian.NewLoss(net, a.Critics.Net, batch)
	}
	for i := range 2 {
		a.criticGrad[i] = make([]float32, a.Critics.Net.NumParams())
	}
	if cfg.NumShards() > 1 {
		a.addShards(fitted)
	}
	net.Init(a.Policy.Params, root.Split(streamPolicy))
	copy(a.EMA.Params, a.Policy.Params)
	return a, nil
}

// Labels of the streams that are split off the seed.
const (
	streamPolicy = iota
	streamCritics
	streamAct
	streamCandidate
	streamLoss
)

// FamilyOf is the family of an algorithm's policy.
func FamilyOf(alg Algorithm) (flow.Family[float32], error) {
	switch alg {
	case FPMDR:
		return flow.Rectified[float32]{}, nil
	case FPMDM:
		return flow.MeanFlow[float32]{}, nil
	case DPMD:
		return diffusion.Family[float32]{}, nil
	case SAC:
		return gaussian.Family[float32]{}, nil
	}
	return nil, fmt.Errorf("no algorithm is named %q; there are %s", alg, join(Algorithms))
}

// Lanes is the number of float32 lanes of the kernels that this program runs with; 1 is scalar.
func Lanes() int { return kernel.Lanes() }

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
	"math"

	"onestep/engine/num"
	"onestep/engine/rng"
	"onestep/policy/flow"
	"onestep/policy/gaussian"
	"onestep/policy/kernel"
	"onestep/policy/nn"
	"onestep/policy/optim"
	"onestep/policy/replay"
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
	Critics *Critics
	Adam    *optim.Adam[float32] // the policy's

	LogAlpha  float64
	AlphaAdam *optim.Adam[float64] // [1]

	Stats   RunningStats
	Updates int     // taken so far
	Last    Metrics // of the last update

	Streams Streams

	sampler *flow.Sampler[float32]
	loss    *flow.Loss[float32]     // of the mirror descent agents
	soft    *gaussian.Loss[float32] // of SAC
	grad    []float32               // [policy parameters]
	x       []float32               // [batch*N*act] candidates
	q       []float32               // [batch*N] their values
	next    []float32               // [batch*act] a'
	y       []float32               // [batch]
	qNext   []float32               // [batch] min(Q1,Q2)(s', a') with the online critics
	mean    []float32               // [batch] mean of q over a state's candidates
	w       []float32               // [batch]
	one     [1]float64
	oneGrad [1]float64
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
	kind, err := KindOf(alg)
	if err != nil {
		return nil, err
	}
	root := rng.New(seed)
	net := flow.NewNet[float32](kind, obsDim, actDim, cfg.Hidden, nn.Mish)
	rows := max(cfg.Batch*cfg.Particles, cfg.ActParticles)
	a := &Agent{
		Config: cfg, Algorithm: alg, ObsDim: obsDim, ActDim: actDim, TotalUpdates: max(totalUpdates, 1),
		Policy:    flow.Policy[float32]{Kind: kind, Net: net, Params: make([]float32, net.NumParams()), SourceStd: float32(cfg.SourceStd)},
		EMA:       flow.Policy[float32]{Kind: kind, Net: net, Params: make([]float32, net.NumParams()), SourceStd: float32(cfg.SourceStd)},
		Critics:   newCritics(&cfg, obsDim, actDim, rows, root.Split(streamCritics)),
		Adam:      optim.NewAdam[float32](net.NumParams()),
		LogAlpha:  math.Log(cfg.AlphaInit),
		AlphaAdam: optim.NewAdam[float64](1),
		Stats:     RunningStats{RunStd: 1},
		Streams: Streams{
			Act: root.Split(streamAct), Candidate: root.Split(streamCandidate), Loss: root.Split(streamLoss),
		},
		sampler: flow.NewSampler(net, rows), grad: make([]float32, net.NumParams()),
		x: make([]float32, rows*actDim), q: make([]float32, rows), next: make([]float32, cfg.Batch*actDim),
		y: make([]float32, cfg.Batch), qNext: make([]float32, cfg.Batch), mean: make([]float32, cfg.Batch), w: make([]float32, cfg.Batch),
	}
	if kind == flow.Gaussian {
		a.soft = gaussian.NewLoss(net, a.Critics.Net, cfg.Batch)
	} else {
		a.loss = flow.NewLoss(kind, net, cfg.Batch)
		a.loss.FractionEqual = cfg.FractionEqual
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

// KindOf is the family of an algorithm's policy.
func KindOf(alg Algorithm) (flow.Kind, error) {
	switch alg {
	case FPMDR:
		return flow.Rectified, nil
	case FPMDM:
		return flow.MeanFlow, nil
	case DPMD:
		return flow.Diffusion, nil
	case SAC:
		return flow.Gaussian, nil
	}
	return 0, fmt.Errorf("no algorithm is named %q; there are %s", alg, join(Algorithms))
}

// Alpha is the temperature.
func (a *Agent) Alpha() float64 { return num.Exp(a.LogAlpha) }

// Lambda is the temperature of the mirror descent step: alpha but for its floor, or FixedLambda.
func (a *Agent) Lambda() float64 {
	if a.Config.FixedLambda > 0 {
		return a.Config.FixedLambda
	}
	return max(a.Alpha(), a.Config.LambdaFloor)
}

// NoiseStd is the standard deviation of the noise on a chosen action: NoiseScale alpha, or FixedNoise.
func (a *Agent) NoiseStd() float64 {
	if a.Config.FixedNoise > 0 {
		return a.Config.FixedNoise
	}
	return a.Config.NoiseScale * a.Alpha()
}

// Explore writes the action [ActDim] for the training environment in state obs [ObsDim]: the best of N
// samples of the EMA policy, clipped, plus noise. It is not clipped again.
func (a *Agent) Explore(dst, obs []float32) {
	n := a.Config.Particles
	if a.Config.ActParticles > 0 {
		n = a.Config.ActParticles
	}
	a.choose(dst, &a.EMA, obs, 1, n, a.Streams.Act)
}

// Update takes one update on a batch. An error names the tensor that was not finite; the weights are then
// those before the step that failed.
//
// With Config.Released it repeats the order of the authors' code [code], whose quirks are: each critic takes a
// second Adam step with the same gradient, after the weights were computed with the critics after the first; the running
// mean and std of Q are uncorrected averages that every update moves; delays count from the first update, which
// takes a policy step and a step of alpha; together with AsReleased and no floor, alpha is both lambda and noise.
// (That code averages the policy's loss over components too, which Adam does not notice.)
func (a *Agent) Update(batch *replay.Batch) error {
	if a.soft != nil {
		return a.updateSoft(batch)
	}
	cfg := &a.Config
	a.choose(a.next, &a.Policy, batch.NextObs, cfg.Batch, cfg.Particles, a.Streams.Candidate)
	a.targets(batch, a.next)
	if cfg.Weighting == PerState { // compare like with like: q_i came from these same critics
		a.Critics.Min(a.qNext, &a.Critics.Online, batch.NextObs, 1, a.next)
	}
	loss, err := a.Critics.fit(batch.Obs, batch.Act, a.y, float32(cfg.CriticLR))
	a.Last.CriticLoss = float64(loss)
	if err != nil {
		return err
	}
	if cfg.Weighting != PerState { // the released code weighs with critics that have just moved
		a.Critics.Min(a.qNext, &a.Critics.Online, batch.NextObs, 1, a.next)
	}
	if cfg.Released {
		a.Critics.repeat(float32(cfg.CriticLR))
	}
	if a.due(cfg.PolicyDelay) {
		if err := a.improve(batch.NextObs); err != nil {
			return err
		}
	}
	if cfg.Released {
		a.Stats.observeReleased(a.qNext, cfg.StatRate)
	}
	if a.due(a.alphaDelay()) {
		a.cool(a.noiseEntropy())
	}
	a.Updates++
	return nil
}

// due reports whether the present update is the one in delay that takes a step: the last, in the released code
// the first.
func (a *Agent) due(delay int) bool {
	if a.Config.Released {
		return a.Updates%delay == 0
	}
	return (a.Updates+1)%delay == 0
}

// choose writes to dst [states*ActDim], for each of n states, the best of so many samples of policy p by the
// online critics, clipped to [-1,1], plus the noise of the present temperature. It leaves the candidates'
// values in q and, for a batch of states, their mean over each state in mean.
func (a *Agent) choose(dst []float32, p *flow.Policy[float32], states []float32, n, particles int, src *rng.Stream) {
	d := a.ActDim
	rows := n * particles
	x, q := a.x[:rows*d], a.q[:rows]
	for i := range x {
		x[i] = float32(p.SourceStd * float32(src.Normal()))
	}
	if p.Kind == flow.Diffusion {
		a.sampler.Noise = src // DPMD samples by DDPM
	}
	a.sampler.Sample(x, p, states, particles, x, a.Config.TrainSteps)
	if particles > 1 || a.soft == nil {
		a.Critics.Min(q, &a.Critics.Online, states, particles, x)
	}
	noise := float32(a.NoiseStd())
	for s := range n {
		best := s * particles
		var sum float32
		for i := s * particles; i < (s+1)*particles; i++ {
			if q[i] > q[best] {
				best = i
			}
			sum += q[i]
		}
		a.mean[s] = sum / float32(particles)
		for j := range d {
			dst[s*d+j] = min(max(x[best*d+j], -1), 1) + float32(noise*float32(src.Normal()))
		}
	}
}

// targets writes y = RewardScale r + gamma (1 - terminated) min(TargetQ1,TargetQ2)(s', a') for actions next
// [batch*ActDim].
func (a *Agent) targets(batch *replay.Batch, next []float32) {
	a.Critics.Min(a.y, &a.Critics.Target, batch.NextObs, 1, next)
	gamma, scale := float32(a.Config.Gamma), float32(a.Config.RewardScale)
	for b := range a.y {
		a.y[b] = float32(scale*batch.Reward[b]) + float32(float32(gamma*(1-batch.Done[b]))*a.y[b])
	}
}

// improve takes one weighted flow matching step of the policy, and lets targets and EMA follow.
func (a *Agent) improve(states []float32) error {
	cfg := &a.Config
	a.weigh()
	a.loss.Draw(a.Streams.Loss, cfg.Batch, float32(cfg.TrainSourceStd))
	clear(a.grad)
	loss := a.loss.Gradient(a.grad, a.Policy.Params, states, a.next, a.w)
	a.Last.PolicyLoss = float64(loss)
	if err := checkFinite("policy", a.Policy.Net, loss, a.grad); err != nil {
		return err
	}
	a.Adam.Update(a.Policy.Params, a.grad, float32(a.policyLR()))
	optim.Polyak(a.EMA.Params, a.Policy.Params, float32(cfg.Tau))
	a.Critics.follow(float32(cfg.Tau))
	return nil
}

// policyLR is held and then falls linearly to PolicyLREnd of it: between the policy steps PolicyLRHold and
// PolicyLRDone, or from 25 % to 75 % of the run's updates.
func (a *Agent) policyLR() float64 {
	cfg := &a.Config
	fall, progress := 0.9, 0.0
	if cfg.PolicyLREnd > 0 {
		fall = 1 - cfg.PolicyLREnd
	}
	if cfg.PolicyLRDone > 0 {
		progress = float64(a.Adam.Step-cfg.PolicyLRHold) / float64(cfg.PolicyLRDone-cfg.PolicyLRHold)
	} else {
		progress = (float64(a.Updates)/float64(a.TotalUpdates) - 0.25) / 0.5
	}
	return cfg.PolicyLR * (1 - float64(fall*min(max(progress, 0), 1)))
}

func (a *Agent) alphaDelay() int {
	if a.Config.AlphaDelay > 0 {
		return a.Config.AlphaDelay
	}
	return (a.TotalUpdates + 999) / 1000
}

// cool takes one Adam step on log alpha with gradient H - H*: an entropy less its target.
func (a *Agent) cool(entropy float64) {
	if a.Config.AlphaLR == 0 {
		return
	}
	a.one[0], a.oneGrad[0] = a.LogAlpha, entropy-float64(float64(a.ActDim)*a.Config.EntropyPerDim)
	a.AlphaAdam.Update(a.one[:], a.oneGrad[:], a.Config.AlphaLR)
	a.LogAlpha = a.one[0]
}

// noiseEntropy is that of the exploration noise, H = d/2 ln(2 pi e (NoiseScale alpha)^2). Without noise it is at
// its target.
func (a *Agent) noiseEntropy() float64 {
	d := float64(a.ActDim)
	if a.Config.NoiseScale == 0 {
		return d * a.Config.EntropyPerDim
	}
	return d * (float64(0.5*math.Log(2*math.Pi*math.E)) + math.Log(a.Config.NoiseScale) + a.LogAlpha)
}

// NotFinite says which tensor of which network stopped a training.
type NotFinite struct {
	Network string
	Tensor  string // "loss" or the name of a parameter whose gradient it was
}

func (e *NotFinite) Error() string {
	return fmt.Sprintf("the %s's %s is not finite", e.Network, e.Tensor)
}

// checkFinite reports a loss or a gradient with NaN or infinity in it.
func checkFinite(network string, net *nn.Net[float32], loss float32, grad []float32) error {
	if _, ok := flow.Finite([]float32{loss}); !ok {
		return &NotFinite{Network: network, Tensor: "loss"}
	}
	i, ok := flow.Finite(grad)
	if ok {
		return nil
	}
	for _, t := range net.Tensors() {
		size := 1
		for _, s := range t.Shape {
			size *= s
		}
		if i >= t.Offset && i < t.Offset+size {
			return &NotFinite{Network: network, Tensor: "gradient of " + t.Name}
		}
	}
	return &NotFinite{Network: network, Tensor: "gradient"}
}

// Lanes is the number of float32 lanes of the kernels that this program runs with; 1 is scalar.
func Lanes() int { return kernel.Lanes() }

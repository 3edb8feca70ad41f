package learner

import (
	"math"

	"onestep/engine/num"
	"onestep/engine/rng"
	"onestep/policy/actor"
	"onestep/policy/critic"
	"onestep/policy/flow"
	"onestep/policy/nn"
	"onestep/policy/optim"
)

// State is what every agent learns, and what it learns by.
type State struct {
	Settings     *Common
	ObsDim       int
	ActDim       int
	TotalUpdates int // length of the run in updates, to which the schedules scale

	Policy  flow.Policy[float32] // online weights
	EMA     flow.Policy[float32] // what acts: their moving average or a copy; same network
	Old     []float32            // weights of an earlier policy that the rule compares with, same network; nil: it has none
	Critics *critic.Twin
	Adam    *optim.Adam[float32] // the policy's

	LogTemperature  float64              // of the temperature
	TemperatureAdam *optim.Adam[float64] // [1]

	Updates int     // taken so far
	Last    Metrics // of the last update

	Streams Streams

	one, oneGrad [1]float64
}

// Streams are the agent's sources of randomness, one for each purpose, so that a change in one does not
// shift the others.
type Streams struct {
	Act       *rng.Stream // exploration
	Candidate *rng.Stream // candidates and noise of TD targets
	Loss      *rng.Stream // noise and times of the policy's loss
}

// Metrics describe one update. w are the weights of the policy's loss, 1 where the rule has none.
type Metrics struct {
	CriticLoss float64 // mean over both critics and the batch of (Q(s,a) - y)^2
	PolicyLoss float64 // of the last policy step, as its loss defines it
	QMean      float64 // mean of min(Q1,Q2)(s', a')
	ESS        float64 // (sum w)^2 / (batch sum w^2)
	WeightMax  float64 // the largest w
}

// Labels of the streams that are split off the seed.
const (
	streamPolicy = iota
	streamCritics
	streamAct
	streamCandidate
	streamLoss
)

// NewState returns the state before the first update.
func NewState(c *Common, f flow.Family[float32], obsDim, actDim, totalUpdates int, seed uint64) *State {
	root := rng.New(seed)
	policy := flow.NewPolicy(f, obsDim, actDim, c.Hidden, nn.Mish, float32(c.SourceStd))
	policy.Net.Init(policy.Params, root.Split(streamPolicy))
	ema := policy
	ema.Params = append([]float32(nil), policy.Params...)
	return &State{
		Settings: c, ObsDim: obsDim, ActDim: actDim, TotalUpdates: max(totalUpdates, 1),
		Policy: policy, EMA: ema,
		Critics:         critic.NewTwin(c.Hidden, obsDim, actDim, root.Split(streamCritics)),
		Adam:            optim.NewAdam[float32](len(policy.Params)),
		LogTemperature:  num.Log(c.TemperatureInit),
		TemperatureAdam: optim.NewAdam[float64](1),
		Streams: Streams{
			Act: root.Split(streamAct), Candidate: root.Split(streamCandidate), Loss: root.Split(streamLoss),
		},
	}
}

// Learned implements Learner.
func (s *State) Learned() *State { return s }

// Choose writes to dst [states*ActDim], for each state, the best of n samples of policy p in K steps by the online critics,
// clipped to [-1,1], plus the noise of the present temperature. It is not clipped again.
func (s *State) Choose(a *actor.Actor, dst []float32, p *flow.Policy[float32], states []float32, k, n int, src *rng.Stream) {
	rows := len(states) / s.ObsDim * n
	src.FillNormal(a.Noise[:rows*s.ActDim])
	a.Sampler.Noise = src // a diffusion samples by DDPM
	a.Explore(p, &s.Critics.Online, states, k, n, p.SourceStd)
	noise := float32(s.NoiseStd())
	for b := range rows / n {
		for j, v := range a.Action(b) {
			dst[b*s.ActDim+j] = min(max(v, -1), 1) + float32(noise*float32(src.Normal()))
		}
	}
}

// ActCandidates is the number of candidates when exploring.
func (s *State) ActCandidates() int {
	if s.Settings.ActParticles > 0 {
		return s.Settings.ActParticles
	}
	return s.Settings.Particles
}

// Due reports whether the present update is the one in delay that takes a step: the last.
func (s *State) Due(delay int) bool { return (s.Updates+1)%delay == 0 }

// PolicyLR is held and then falls linearly to PolicyLREnd of it: between the policy steps PolicyLRHold and
// PolicyLRDone, or from 25 % to 75 % of the run's updates.
func (s *State) PolicyLR() float64 {
	fall := 0.9
	if s.Settings.PolicyLREnd > 0 {
		fall = 1 - s.Settings.PolicyLREnd
	}
	return s.Settings.PolicyLR * (1 - float64(fall*s.decay()))
}

// CriticLR falls in step with PolicyLR where CriticLREnd says so: critics that stand still let the policy settle.
func (s *State) CriticLR() float64 {
	if s.Settings.CriticLREnd == 0 {
		return s.Settings.CriticLR
	}
	return s.Settings.CriticLR * (1 - float64((1-s.Settings.CriticLREnd)*s.decay()))
}

// decay is how far the learning rates have come from their start (0) to their end (1).
func (s *State) decay() float64 {
	c, progress := s.Settings, 0.0
	if c.PolicyLRDone > 0 {
		progress = float64(s.Adam.Step-c.PolicyLRHold) / float64(c.PolicyLRDone-c.PolicyLRHold)
	} else {
		progress = (float64(s.Updates)/float64(s.TotalUpdates) - 0.25) / 0.5
	}
	return min(max(progress, 0), 1)
}

// Temperature is alpha of the formulas.
func (s *State) Temperature() float64 { return num.Exp(s.LogTemperature) }

// NoiseStd is the standard deviation of the noise on a chosen action: NoiseScale alpha, or FixedNoise.
func (s *State) NoiseStd() float64 {
	if s.Settings.FixedNoise > 0 {
		return s.Settings.FixedNoise
	}
	return s.Settings.NoiseScale * s.Temperature()
}

// TemperatureDelay is the number of updates between two steps of the temperature.
func (s *State) TemperatureDelay() int {
	if s.Settings.TemperatureDelay > 0 {
		return s.Settings.TemperatureDelay
	}
	return (s.TotalUpdates + 999) / 1000
}

// StepTemperature takes one Adam step on log alpha with gradient H - H*: an entropy less its target.
func (s *State) StepTemperature(entropy float64) {
	if s.Settings.TemperatureLR == 0 {
		return
	}
	s.one[0], s.oneGrad[0] = s.LogTemperature, entropy-float64(float64(s.ActDim)*s.Settings.EntropyPerDim)
	s.TemperatureAdam.Update(s.one[:], s.oneGrad[:], s.Settings.TemperatureLR)
	s.LogTemperature = s.one[0]
}

// NoiseEntropy is that of the exploration noise, H = d/2 ln(2 pi e (NoiseScale alpha)^2). Without noise it is at its
// target.
func (s *State) NoiseEntropy() float64 {
	d := float64(s.ActDim)
	if s.Settings.NoiseScale == 0 {
		return d * s.Settings.EntropyPerDim
	}
	return d * (float64(0.5*num.Log(2*math.Pi*math.E)) + num.Log(s.Settings.NoiseScale) + s.LogTemperature)
}

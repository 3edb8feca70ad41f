// Package sac is Soft Actor-Critic (Haarnoja et al., "Soft Actor-Critic Algorithms and Applications", arXiv 1812.05905,
// algorithm 1 with twin critics): a squashed Gaussian (package gaussian) that is improved through the critics' gradient. One
// update on a batch (s, a, r, s', terminated):
//
//	a' ~ pi(.|s')
//	y  = r + gamma (1 - terminated) [ min(TargetQ1,TargetQ2)(s', a') - alpha log pi(a'|s') ]
//	critics: mean squared error to y
//	policy: L = mean [ alpha log pi(a|s) - min(Q1,Q2)(s, a) ],  a ~ pi(.|s) reparameterised
//	alpha: Adam on log alpha with gradient H - H*,  H = -mean log pi(a|s)
//
// Best-of-N is for acting alone: the targets and the policy's loss take one sample, as SAC does. What acts is the policy
// itself: SAC keeps no average of it.
package sac

import (
	"onestep/policy/actor"
	"onestep/policy/critic"
	"onestep/policy/gaussian"
	"onestep/policy/learner"
	"onestep/policy/replay"
)

// Config is SAC's settings.
type Config struct{ learner.Common }

// Validate implements learner.Config.
func (c *Config) Validate() error { return learner.Check(c) }

// FitStd implements learner.Config: the noise of the policy's own samples.
func (c *Config) FitStd() float64 { return 1 }

// RestingLambda implements learner.Config: SAC has no weights; pictures of exp(Q/lambda) take 1.
func (c *Config) RestingLambda() (lambda float64, alike bool) { return 1, false }

// Agent is SAC.
var Agent = learner.Agent{
	Name: "sac", Title: "SAC", Steps: 1,
	Text:   "Soft actor-critic, the usual baseline: one Gaussian, no steps.",
	Family: gaussian.Family[float32]{},
	Config: func() learner.Config { return new(Config) },
	New: func(c learner.Config, obsDim, actDim, totalUpdates int, seed uint64) (learner.Learner, error) {
		return New(c.(*Config), obsDim, actDim, totalUpdates, seed), nil
	},
	Browser: func(s learner.Size) learner.Config {
		c := &Config{s.Browser()}
		c.own(s.LR)
		c.TemperatureInit = 0.2 // near where it settles: a short run has no time to come down from 1
		return c
	},
	Paper: func() learner.Config {
		c := &Config{learner.Paper()}
		c.own(3e-4)
		c.TemperatureInit, c.PolicyLREnd, c.PolicyDelay = 1, 1, 1 // alpha from 1, constant rates, a policy step with every update
		return c
	},
}

// own sets what is SAC's (their appendix D): noise from the policy itself, no best-of-N, the temperature learned at the
// given rate with every update to the target entropy -d.
func (c *Config) own(rate float64) {
	c.Particles, c.NoiseScale, c.SourceStd = 1, 0, 1
	c.TemperatureLR, c.TemperatureDelay, c.EntropyPerDim = rate, 1, -1
}

// Learner is SAC at work. An agent that is built on it changes its Loss and its order.
type Learner struct {
	*learner.State
	Config      Config
	Loss        *gaussian.Loss[float32] // of the policy
	PolicyFirst bool                    // the policy takes its step before the critics

	act        *actor.Actor
	values     *critic.Values
	y, q       []float32    // [batch]
	criticGrad [2][]float32 // [critic parameters]
	grad       []float32    // [policy parameters]
}

// New returns SAC before its first update. The configuration is valid.
func New(cfg *Config, obsDim, actDim, totalUpdates int, seed uint64) *Learner {
	l := &Learner{Config: *cfg}
	l.State = learner.NewState(&l.Config.Common, gaussian.Family[float32]{}, obsDim, actDim, totalUpdates, seed)
	net := l.Critics.Net
	l.act, l.values = actor.New(&l.EMA, net, l.ActCandidates()), critic.NewValues(net, cfg.Batch)
	l.Loss = gaussian.NewLoss(l.Policy.Net, net, cfg.Batch)
	l.y, l.q = make([]float32, cfg.Batch), make([]float32, cfg.Batch)
	l.criticGrad = [2][]float32{make([]float32, net.NumParams()), make([]float32, net.NumParams())}
	l.grad = make([]float32, l.Policy.Net.NumParams())
	return l
}

// Statistics implements learner.Learner: there are none.
func (l *Learner) Statistics() learner.Statistics { return nil }

// Explore implements learner.Learner: the best of N samples, plus noise where the settings ask for it.
func (l *Learner) Explore(dst, obs []float32) {
	l.Choose(l.act, dst, &l.EMA, obs, 1, l.ActCandidates(), l.Streams.Act)
}

// Update implements learner.Learner.
func (l *Learner) Update(batch *replay.Batch) error {
	last := l.Last
	if err := l.update(batch); err != nil {
		l.Last = last // what is not finite has no place in them, nor in a file
		return err
	}
	return nil
}

func (l *Learner) update(batch *replay.Batch) error {
	cfg, alpha := &l.Config, float32(l.Temperature())
	if l.PolicyFirst {
		if err := l.improve(batch.Obs, alpha); err != nil {
			return err
		}
	}
	// a' ~ pi(.|s')
	l.Loss.Draw(l.Streams.Candidate, cfg.Batch)
	l.Loss.Act(l.Policy.Params, batch.NextObs, cfg.Batch)
	// y = r + gamma (1 - terminated) [ min(TargetQ1,TargetQ2)(s', a') - alpha log pi(a'|s') ]
	l.values.Targets(l.y, &l.Critics.Target, batch.NextObs, l.Loss.Action, batch.Reward, batch.Done, cfg.Gamma, cfg.RewardScale)
	for b := range l.y {
		l.y[b] -= float32(float32(float32(cfg.Gamma)*(1-batch.Done[b])) * float32(alpha*l.Loss.LogProb[b]))
	}
	l.values.Min(l.q, &l.Critics.Online, batch.NextObs, 1, l.Loss.Action)
	// critics: mean (Q - y)^2
	if err := l.fit(batch); err != nil {
		return err
	}
	if !l.PolicyFirst {
		if err := l.improve(batch.Obs, alpha); err != nil {
			return err
		}
	}
	if l.Due(l.TemperatureDelay()) {
		l.StepTemperature(-mean(l.Loss.LogProb))
	}
	l.Last.ESS, l.Last.QMean, l.Last.WeightMax = 1, mean(l.q), 1 // there are no weights
	l.Updates++
	return nil
}

// fit takes a step of the critics on the mean squared error to y.
func (l *Learner) fit(batch *replay.Batch) error {
	clear(l.criticGrad[0])
	clear(l.criticGrad[1])
	squares := l.values.SquaredErrors(l.criticGrad, &l.Critics.Online, batch.Obs, batch.Act, l.y, len(l.y))
	if err := l.Critics.CheckFinite(squares, l.criticGrad); err != nil {
		return err
	}
	l.Last.CriticLoss = (squares[0] + squares[1]) / float64(2*len(l.y))
	l.Critics.Step(l.criticGrad, l.CriticLR())
	return nil
}

// improve takes one step of the policy at states [batch*ObsDim] where one is due, and moves the target critics.
func (l *Learner) improve(states []float32, alpha float32) error {
	if !l.Due(l.Config.PolicyDelay) {
		return nil
	}
	l.Loss.Draw(l.Streams.Loss, l.Config.Batch)
	clear(l.grad)
	loss := l.Loss.Gradient(l.grad, l.Policy.Params, states, &l.Critics.Online, alpha, l.Config.Batch)
	l.Last.PolicyLoss = float64(loss)
	if err := l.Policy.Net.CheckFinite("policy", loss, l.grad); err != nil {
		return err
	}
	l.Adam.Update(l.Policy.Params, l.grad, float32(l.PolicyLR()))
	copy(l.EMA.Params, l.Policy.Params)
	l.Critics.Polyak(l.Config.Tau)
	return nil
}

func mean(x []float32) float64 {
	var sum float64
	for _, v := range x {
		sum += float64(v)
	}
	return sum / float64(len(x))
}

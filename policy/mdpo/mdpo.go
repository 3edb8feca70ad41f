// Package mdpo is Mirror Descent Policy Optimization off policy (Tomar, Shani, Efroni, Ghavamzadeh, arXiv 2005.09814,
// algorithm 2): SAC (package sac) whose policy is held near a copy of itself that is M of its steps old,
//
//	policy: L = mean [ alpha log pi(a|s) - min(Q1,Q2)(s, a) ] + Prox mean KL(pi(.|s), pi_old(.|s)),   a ~ pi(.|s)
//
// so that Prox = 1/eta is the inverse step of mirror descent, in units of scaled reward. The authors write kappa log pi +
// (alpha - kappa) log pi_old - Q with kappa = alpha + Prox, whose mean is the same. Prox 0 is SAC.
//
// With Released it repeats what their code [code] does otherwise: Q1 alone improves the policy; the divergence is estimated
// at the loss's action; the copy's log std has no floor; a term of 1e-3 (mean mu^2 + mean log^2 sigma); after the random
// steps the policy acts by its mean, without noise; its step comes before the critics'. Two things stay SAC's, with the same
// expectation or without weight: targets take the target critics at a fresh action where that code fits a value network to
// it, and networks have this program's activations.
package mdpo

import (
	"onestep/policy/gaussian"
	"onestep/policy/learner"
	"onestep/policy/replay"
	"onestep/policy/sac"
)

// Config is MDPO's settings.
type Config struct {
	sac.Config
	Prox     float64 `json:"prox" range:"0..100" label:"Proximal weight 1/η" group:"Candidates and weights" help:"Weight of the divergence from the earlier policy in the policy's loss, in units of scaled reward; 0 is SAC."`
	M        int     `json:"m" range:"1..1000000" label:"Steps per copy m" group:"Candidates and weights" help:"Policy steps after which the earlier policy is copied anew."`
	Released bool    `json:"released" label:"As released" group:"Candidates and weights" help:"The order of the authors' released code, quirks included."`
}

// Validate implements learner.Config.
func (c *Config) Validate() error { return learner.Check(c) }

// minOldLogStd is the floor under the copy's log std, measured: sigma = 0.22. Without it a copy that is 250 steps old, or a
// Prox of 1, freezes the policy's mean on Pendulum in one seed of three.
const minOldLogStd = -1.5

// releasedDecay is the weight of the released code's term in the head [code].
const releasedDecay = 1e-3

// Agent is MDPO.
var Agent = learner.Agent{
	Name: "mdpo", Title: "MDPO", Steps: 1,
	Text:   "Soft actor-critic held near its own earlier policy: the proximal step of mirror descent with a Gaussian, no steps.",
	Family: gaussian.Family[float32]{},
	Config: func() learner.Config { return new(Config) },
	New: func(c learner.Config, obsDim, actDim, totalUpdates int, seed uint64) (learner.Learner, error) {
		return New(c.(*Config), obsDim, actDim, totalUpdates, seed), nil
	},
	// A Prox of 0.1 costs nothing on Pendulum and a fifth of SAC's return on HalfCheetah after 60,000 steps, 0.02 a ninth,
	// measured (web/docs/records/mdpo-trial.json).
	Browser: func(s learner.Size) learner.Config {
		return &Config{Config: *sac.Agent.Browser(s).(*sac.Config), Prox: 0.02, M: 50}
	},
	// The released constants [code]: kappa 1, lambda 0.2 fixed, a copy every 1,000 updates.
	Paper: func() learner.Config {
		c := &Config{Config: *sac.Agent.Paper().(*sac.Config), Prox: 0.8, M: 1000}
		c.Hidden, c.WarmUp, c.UpdatesPerStep, c.RewardScale = []int{256, 256}, 10_000, 1, 1
		c.TemperatureInit, c.TemperatureLR = 0.2, 0
		return c
	},
}

// Learner is MDPO at work.
type Learner struct {
	*sac.Learner
	Config Config
}

// New returns MDPO before its first update. The configuration is valid.
func New(cfg *Config, obsDim, actDim, totalUpdates int, seed uint64) *Learner {
	l := &Learner{sac.New(&cfg.Config, obsDim, actDim, totalUpdates, seed), *cfg}
	l.Old = append([]float32(nil), l.Policy.Params...)
	if cfg.Prox > 0 {
		l.Loss.Proximal = gaussian.Proximal[float32]{Params: l.Old, Weight: float32(cfg.Prox), Floor: minOldLogStd}
	}
	if cfg.Released {
		l.Loss.Proximal.Sampled, l.Loss.Proximal.Floor = true, gaussian.MinLogStd
		l.Loss.First, l.Loss.Decay, l.PolicyFirst = true, releasedDecay, true
	}
	return l
}

// Update implements learner.Learner.
func (l *Learner) Update(batch *replay.Batch) error {
	if l.Adam.Step%l.Config.M == 0 {
		copy(l.Old, l.Policy.Params)
	}
	return l.Learner.Update(batch)
}

// Explore implements learner.Learner: SAC's, or the mean where it acts as released.
func (l *Learner) Explore(dst, obs []float32) {
	if l.Config.Released {
		defer func(std float32) { l.EMA.SourceStd = std }(l.EMA.SourceStd)
		l.EMA.SourceStd = 0
	}
	l.Learner.Explore(dst, obs)
}

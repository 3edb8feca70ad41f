// Package dpmd is the agent of Ma et al., "Efficient Online Reinforcement Learning for Diffusion Policy" (ICML 2025): mirror
// descent (package fpmd) with a diffusion (package diffusion) in place of the flow.
package dpmd

import (
	"onestep/policy/diffusion"
	"onestep/policy/flow"
	"onestep/policy/fpmd"
	"onestep/policy/learner"
)

// Agent is DPMD.
var Agent = learner.Agent{
	Name: "dpmd", Title: "DPMD", Steps: diffusion.Levels,
	Text:   "The diffusion policy that flows are compared with: it removes noise in 20 steps.",
	Family: diffusion.Family[float32]{},
	Config: func() learner.Config { return new(fpmd.Config) },
	New: func(c learner.Config, obsDim, actDim, totalUpdates int, seed uint64) (learner.Learner, error) {
		cfg := c.(*fpmd.Config)
		return fpmd.New(&cfg.Rule, diffusion.Family[float32]{}, cfg.Fit(flow.LossOptions{}), obsDim, actDim, totalUpdates, seed), nil
	},
	Browser: func(s learner.Size) learner.Config { c := fpmd.Browser(s, diffusion.Levels); return &c },
	Paper:   func() learner.Config { c := fpmd.Paper(diffusion.Levels); return &c },
}

// Package gpmd is mirror descent (package fpmd) with a squashed Gaussian (package gaussian) in place of the flow, fitted by
// weighted regression on exp(Q/lambda): what if the flow were a Gaussian. Candidates, choice, targets, weights and
// temperature are FPMD's; the policy's loss is the weighted likelihood.
package gpmd

import (
	"onestep/policy/fpmd"
	"onestep/policy/gaussian"
	"onestep/policy/learner"
)

// Config is the settings: those of mirror descent, without what belongs to steps from noise to action.
type Config struct{ fpmd.Rule }

// Validate implements learner.Config.
func (c *Config) Validate() error { return c.Check(c) }

// FitStd implements learner.Config: the noise of the policy's own samples.
func (c *Config) FitStd() float64 { return 1 }

// Agent is Gaussian mirror descent.
var Agent = learner.Agent{
	Name: "gpmd", Title: "GPMD", Steps: 1,
	Text:   "FPMD with a Gaussian in place of the flow: the same candidates and weights, fitted by weighted regression.",
	Family: gaussian.Family[float32]{},
	Config: func() learner.Config { return new(Config) },
	New: func(c learner.Config, obsDim, actDim, totalUpdates int, seed uint64) (learner.Learner, error) {
		return fpmd.New(&c.(*Config).Rule, gaussian.Family[float32]{}, fpmd.Fit{Steps: 1, SourceStd: 1}, obsDim, actDim, totalUpdates, seed), nil
	},
	Browser: func(s learner.Size) learner.Config { return config(fpmd.BrowserRule(s)) },
	Paper:   func() learner.Config { return config(fpmd.PaperRule()) },
}

// config has samples of the whole Gaussian as candidates.
func config(r fpmd.Rule) *Config {
	r.SourceStd = 1
	return &Config{r}
}

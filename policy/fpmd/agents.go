package fpmd

import (
	"cmp"

	"onestep/policy/flow"
	"onestep/policy/learner"
)

// R is FPMD-R.
var R = learner.Agent{
	Name: "fpmd-r", Title: "FPMD-R", Steps: 1,
	Text:   "Rectified-flow policy: it learns the velocity at each time; one step is exact only where all noise goes to one action.",
	Family: flow.Rectified[float32]{},
	Config: func() learner.Config { return new(FlowConfig) },
	New: func(c learner.Config, obsDim, actDim, totalUpdates int, seed uint64) (learner.Learner, error) {
		cfg := c.(*FlowConfig)
		return New(&cfg.Rule, flow.Rectified[float32]{}, cfg.Fit(flow.LossOptions{FractionOneStep: cfg.FractionOneStep}), obsDim, actDim, totalUpdates, seed), nil
	},
	Browser: func(s learner.Size) learner.Config {
		// One step puts all candidates on E[X1], so that nothing is left to choose from: 4, measured.
		return &FlowConfig{Config: Browser(s, cmp.Or(s.TrainSteps, 4)), FractionOneStep: s.FractionOneStep}
	},
	Paper: func() learner.Config { return &FlowConfig{Config: Paper(20)} }, // Euler(20) [code]
}

// M is FPMD-M.
var M = learner.Agent{
	Name: "fpmd-m", Title: "FPMD-M", Steps: 1,
	Text:   "MeanFlow policy: it learns the average velocity between two times, so that one step is what it is trained for.",
	Family: flow.MeanFlow[float32]{},
	Config: func() learner.Config { return new(MeanFlowConfig) },
	New: func(c learner.Config, obsDim, actDim, totalUpdates int, seed uint64) (learner.Learner, error) {
		cfg := c.(*MeanFlowConfig)
		o := flow.LossOptions{FractionEqual: cfg.FractionEqual, FractionOneStep: cfg.FractionOneStep}
		return New(&cfg.Rule, flow.MeanFlow[float32]{}, cfg.Fit(o), obsDim, actDim, totalUpdates, seed), nil
	},
	// FPMD-M trains with one step: the released sampler lacks the factor 1/K, so that K = 1 is what it means [code]. A comment
	// of that code says 0.75 for FractionEqual; it has 0.
	Browser: func(s learner.Size) learner.Config {
		return &MeanFlowConfig{FlowConfig{Config: Browser(s, cmp.Or(s.TrainSteps, 1))}, s.FractionEqual}
	},
	Paper: func() learner.Config { return &MeanFlowConfig{FlowConfig{Config: Paper(1)}, 0} },
}

// Fit is that of the configuration, with a loss of the given switches.
func (c *Config) Fit(o flow.LossOptions) Fit {
	return Fit{Steps: c.TrainSteps, SourceStd: c.TrainSourceStd, LossOptions: o}
}

// BrowserRule is the settings of mirror descent in a tab. A floor of 1 on lambda costs no speed and halves R's one-step
// error, measured; the running statistics are faster than the released 0.001, for shorter runs.
func BrowserRule(s learner.Size) Rule {
	r := Rule{Common: s.Browser(), Weighting: PerState, LambdaFloor: 1, StatRate: 0.005, PerStateRate: 0.01}
	r.FixedLambda, r.FixedNoise = s.FixedLambda, s.FixedNoise
	if s.LambdaFloor > 0 {
		r.LambdaFloor = s.LambdaFloor
	}
	return r
}

// PaperRule is the released code's settings [code] but for the weights: per-state, with a floor under lambda, which is this
// program's own, measured (RATIONALE.md). StatRate is that of the running mean and std of Q.
func PaperRule() Rule {
	return Rule{Common: learner.Paper(), Weighting: PerState, LambdaFloor: 1, StatRate: 0.001, PerStateRate: 0.01}
}

// Browser is BrowserRule with so many sampler steps in training.
func Browser(s learner.Size, trainSteps int) Config {
	return Config{Rule: BrowserRule(s), TrainSteps: trainSteps, TrainSourceStd: 1} // [code]
}

// Paper is PaperRule with so many sampler steps in training; the noise is 0.5 when sampling and 1 in the loss [code].
func Paper(trainSteps int) Config {
	return Config{Rule: PaperRule(), TrainSteps: trainSteps, TrainSourceStd: 1}
}

package fpmd

import (
	"errors"
	"fmt"
	"math"

	"onestep/engine/num"
	"onestep/policy/learner"
)

// Weighting says how exp(Q/lambda) becomes the weight of an action in the policy's loss.
type Weighting string

// The weightings. q is min(Q1,Q2) at the action, lambda the temperature, n clipped to [-3, 3], w = exp(n/lambda).
const (
	// PerState compares an action with the other candidates of its own state, as Z(s) does in
	// pi_old exp(Q/lambda)/Z(s): n = (q - mean_i q_i) / RMS of the within-state deviations. The default.
	PerState Weighting = "per-state"
	// Global uses one running mean and std over all states: n = (q - mean)/std.
	Global Weighting = "global"
	// AsReleased repeats the authors' code, which has no parentheses: n = q - mean/std [code].
	AsReleased Weighting = "as-released"
	// Constant gives every action the weight 1: best-of-N alone improves the policy.
	Constant Weighting = "constant"
)

// Weightings lists them.
var Weightings = []Weighting{PerState, Global, AsReleased, Constant}

// Rule is the settings of mirror descent, whatever the family.
type Rule struct {
	learner.Common
	Shards       int       `json:"shards,omitzero" range:"1..8" label:"Workers" group:"The run" help:"Shards of a batch that as many workers compute. The result depends on it, but not on how many workers there are."`
	Weighting    Weighting `json:"weighting" values:"per-state,global,as-released,constant" label:"Weights exp(Q/λ)" group:"Candidates and weights" help:"How exp(Q/lambda) is normalised into the weight of an action."`
	LambdaFloor  float64   `json:"lambdaFloor" range:"0..100" label:"Least λ" group:"Candidates and weights" help:"Smallest lambda in exp(Q/lambda)."`
	FixedLambda  float64   `json:"fixedLambda" range:"0..100" label:"Fixed λ" group:"Candidates and weights" help:"Lambda itself; 0 lets it follow the temperature."`
	Released     bool      `json:"released" label:"As released" group:"Candidates and weights" help:"The order of the authors' released code, quirks included."`
	StatRate     float64   `json:"statRate" range:"1e-6..1" label:"Rate of Q’s statistics" group:"More" help:"Rate of the running mean and std of Q."`
	StatEvery    bool      `json:"statEvery,omitzero" label:"Q’s statistics always" group:"More" help:"Update the running mean and std of Q with every update, as the authors do, and not with the policy's steps alone."`
	PerStateRate float64   `json:"perStateRate" range:"1e-6..1" label:"Rate of Q’s spread" group:"More" help:"Rate of the running spread of Q within a state."`
}

// Config is the settings of an agent whose family has steps from noise to action.
type Config struct {
	Rule
	TrainSteps     int     `json:"trainSteps" range:"1..64" label:"Steps in training" group:"Candidates and weights" help:"Sampler steps per candidate while training (K_train)."`
	TrainSourceStd float64 `json:"trainSourceStd" range:"1e-3..10" label:"Noise in the loss" group:"Temperature and noise" help:"Standard deviation of the noise in the loss."`
}

// FlowConfig is those of FPMD-R.
type FlowConfig struct {
	Config
	FractionOneStep float64 `json:"fractionOneStep" range:"0..1" label:"Share at one step" group:"Candidates and weights" help:"Share of the policy's batch at the one place where one step evaluates the network."`
}

// MeanFlowConfig is those of FPMD-M.
type MeanFlowConfig struct {
	FlowConfig
	FractionEqual float64 `json:"fractionEqual" range:"0..1" label:"Share of r = t" group:"Candidates and weights" help:"Share of the MeanFlow batch with r = t."`
}

// Mirror returns the settings that all agents of this kind have.
func (c *Config) Mirror() *Config { return c }

// FitStd implements learner.Config.
func (c *Config) FitStd() float64 { return c.TrainSourceStd }

// RestingLambda implements learner.Config: the fixed lambda, or that at which the entropy of the action noise meets its
// target, H = 1/2 ln(2 pi e (NoiseScale alpha)^2) = EntropyPerDim, but not below the floor.
func (c *Rule) RestingLambda() (lambda float64, alike bool) {
	alike = c.Weighting == Constant
	if c.FixedLambda > 0 {
		return c.FixedLambda, alike
	}
	alpha := 0.0
	if c.NoiseScale > 0 {
		alpha = num.Exp(c.EntropyPerDim-float64(0.5*num.Log(2*math.Pi*math.E))) / c.NoiseScale
	}
	if l := max(alpha, c.LambdaFloor); l > 0 {
		return l, alike
	}
	return 1, alike
}

// NumShards is the number of shards of a batch.
func (c *Rule) NumShards() int { return max(c.Shards, 1) }

// Validate implements learner.Config.
func (c *Config) Validate() error { return c.Check(c) }

// Validate implements learner.Config.
func (c *FlowConfig) Validate() error { return c.Check(c) }

// Validate implements learner.Config.
func (c *MeanFlowConfig) Validate() error { return c.Check(c) }

// Check validates a configuration that c belongs to.
func (c *Rule) Check(whole learner.Config) error {
	return errors.Join(learner.Check(whole), c.checkShards())
}

// checkShards refuses what would need a second exchange in every update: weights by critics that have just moved.
func (c *Rule) checkShards() error {
	switch {
	case c.NumShards() == 1:
		return nil
	case c.Released || c.Weighting == Global || c.Weighting == AsReleased:
		return fmt.Errorf("shards must be 1, not %d, with the weights %s and as released: these look at critics after their step", c.Shards, Global)
	case c.Shards > c.Batch:
		return fmt.Errorf("shards must be at most the batch of %d, not %d", c.Batch, c.Shards)
	}
	return nil
}

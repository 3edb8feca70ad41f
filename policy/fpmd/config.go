package fpmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onestep/policy/settings"
)

// Algorithm names an agent as files and URLs do.
type Algorithm string

// The algorithms.
const (
	FPMDR Algorithm = "fpmd-r" // rectified flow
	FPMDM Algorithm = "fpmd-m" // MeanFlow
	DPMD  Algorithm = "dpmd"   // diffusion, the baseline of the paper
	SAC   Algorithm = "sac"    // squashed Gaussian, the baseline of most papers
)

// Algorithms lists them in the order of the page.
var Algorithms = []Algorithm{FPMDM, FPMDR, DPMD, SAC}

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

// Config is every constant of an agent and its training; it never changes during a run. Its tags are those of package
// settings. The values and their sources stand at the presets. A switch is off where it is zero.
type Config struct {
	WarmUp          int       `json:"warmUp" range:"1..10000000" label:"Warm-up steps" group:"The run" help:"Random steps before learning starts."`
	UpdatesPerStep  float64   `json:"updatesPerStep" range:"0.01..32" label:"Updates per step" group:"The run" help:"Updates per environment step."`
	Batch           int       `json:"batch" range:"1..4096" label:"Batch" group:"The run" help:"Transitions per update."`
	ReplayCapacity  int       `json:"replayCapacity" range:"1..1000000" label:"Replay size" group:"The run" help:"Transitions that the replay keeps."`
	Shards          int       `json:"shards,omitzero" range:"1..8" label:"Workers" group:"The run" help:"Shares of a batch that as many workers compute. The result depends on it, but not on how many workers there are."`
	Hidden          []int     `json:"hidden" range:"1..1024" items:"1..6" label:"Hidden layers" group:"Learning" help:"Widths of the hidden layers of every network."`
	CriticLR        float64   `json:"criticLR" range:"1e-7..0.1" label:"Critic learning rate" group:"Learning" help:"Learning rate of the critics (Adam)."`
	PolicyLR        float64   `json:"policyLR" range:"1e-7..0.1" label:"Policy learning rate" group:"Learning" help:"Learning rate of the policy (Adam), decayed late in the run."`
	Gamma           float64   `json:"gamma" range:"0..0.9999" label:"Discount γ" group:"Learning" help:"Discount of later rewards."`
	Tau             float64   `json:"tau" range:"1e-5..1" label:"Polyak rate τ" group:"Learning" help:"Polyak rate of the target critics and of the averaged policy, per update."`
	RewardScale     float64   `json:"rewardScale" range:"1e-4..1e3" label:"Reward scale" group:"Learning" help:"Multiplies every reward inside the agent."`
	PolicyDelay     int       `json:"policyDelay" range:"1..64" label:"Policy delay" group:"Learning" help:"Updates between two policy steps."`
	Particles       int       `json:"particles" range:"1..256" label:"Candidates N" group:"Candidates and weights" help:"Candidates per state, of which the critics choose the best (N)."`
	ActParticles    int       `json:"actParticles" range:"0..256" label:"Candidates acting" group:"Candidates and weights" help:"Candidates when acting in the training environment (best-of-N); 0 takes particles."`
	TrainSteps      int       `json:"trainSteps" range:"1..64" label:"Steps in training" group:"Candidates and weights" help:"Sampler steps per candidate while training (K_train)."`
	Weighting       Weighting `json:"weighting" values:"per-state,global,as-released,constant" label:"Weights exp(Q/λ)" group:"Candidates and weights" help:"How exp(Q/lambda) is normalised into the weight of an action."`
	LambdaFloor     float64   `json:"lambdaFloor" range:"0..100" label:"Least λ" group:"Candidates and weights" help:"Smallest lambda in exp(Q/lambda)."`
	FixedLambda     float64   `json:"fixedLambda" range:"0..100" label:"Fixed λ" group:"Candidates and weights" help:"Lambda itself; 0 lets it follow the temperature."`
	FractionEqual   float64   `json:"fractionEqual" range:"0..1" label:"Share of r = t" group:"Candidates and weights" help:"Share of the MeanFlow batch with r = t."`
	FractionOneStep float64   `json:"fractionOneStep" range:"0..1" label:"Share at one step" group:"Candidates and weights" help:"Share of the policy's batch at the one place where one step evaluates the network."`
	Released        bool      `json:"released" label:"As released" group:"Candidates and weights" help:"The order of the authors' released code, quirks included."`
	AlphaInit       float64   `json:"alphaInit" range:"0.01..100" label:"First temperature α" group:"Temperature and noise" help:"Temperature at the start."`
	AlphaLR         float64   `json:"alphaLR" range:"0..1" label:"Rate of α" group:"Temperature and noise" help:"Learning rate of the temperature (Adam on its logarithm)."`
	AlphaDelay      int       `json:"alphaDelay" range:"0..1000000" label:"Delay of α" group:"Temperature and noise" help:"Updates between two steps of the temperature; 0 scales with the run."`
	EntropyPerDim   float64   `json:"entropyPerDim" range:"-10..10" label:"Target entropy" group:"Temperature and noise" unit:"nats" help:"Entropy per action dimension at which the temperature settles."`
	NoiseScale      float64   `json:"noiseScale" range:"0..10" label:"Noise per α" group:"Temperature and noise" help:"Exploration noise per unit of temperature."`
	FixedNoise      float64   `json:"fixedNoise" range:"0..10" label:"Fixed noise" group:"Temperature and noise" help:"Std of the exploration noise itself; 0 lets it follow the temperature."`
	SourceStd       float64   `json:"sourceStd" range:"0..10" label:"Noise when sampling" group:"Temperature and noise" help:"Standard deviation of the noise that a sample starts from."`
	TrainSourceStd  float64   `json:"trainSourceStd" range:"1e-3..10" label:"Noise in the loss" group:"Temperature and noise" help:"Standard deviation of the noise in the loss."`
	PolicyLRHold    int       `json:"policyLRHold" range:"0..100000000" label:"Policy rate: hold" group:"More" help:"Policy steps before its learning rate falls; only with policyLRDone."`
	PolicyLRDone    int       `json:"policyLRDone" range:"0..100000000" label:"Policy rate: done" group:"More" help:"Policy steps after which its learning rate has fallen; 0 scales with the run."`
	PolicyLREnd     float64   `json:"policyLREnd" range:"0..1" label:"Policy rate: end" group:"More" help:"Share of the policy's learning rate that is left at the end; 0 is 0.1, 1 keeps it constant."`
	CriticLREnd     float64   `json:"criticLREnd" range:"0..1" label:"Critic rate: end" group:"More" help:"Share of the critics' learning rate that is left at the end; 0 keeps it constant."`
	StatRate        float64   `json:"statRate" range:"1e-6..1" label:"Rate of Q’s statistics" group:"More" help:"Rate of the running mean and std of Q."`
	PerStateRate    float64   `json:"perStateRate" range:"1e-6..1" label:"Rate of Q’s spread" group:"More" help:"Rate of the running spread of Q within a state."`
}

// unused names the fields that an algorithm has no use for, so that a form can leave them out.
var unused = map[Algorithm][]string{
	FPMDR: {"fractionEqual"},
	DPMD:  {"fractionEqual", "fractionOneStep"},
	SAC: {
		"trainSteps", "weighting", "released", "lambdaFloor", "fixedLambda", "trainSourceStd", "fractionEqual", "fractionOneStep", "statRate", "perStateRate", "shards",
	},
}

// Uses reports whether an algorithm looks at a field (JSON name) of its configuration.
func Uses(alg Algorithm, field string) bool { return !slices.Contains(unused[alg], field) }

// NumShards is the number of shares of a batch.
func (c *Config) NumShards() int {
	if c.Shards == 0 {
		return 1
	}
	return c.Shards
}

// Bounds of the memory that a configuration may ask for.
const (
	// maxActivations bounds the floats that one pass over all candidates keeps, those of time embeddings included: a file
	// can ask for no more memory than that and a few multiples of it.
	maxActivations = 1 << 24
	timeWidth      = 2 * 2 * 96 // two times, values and tangents of 16 + 32 + 32 + 16 each
)

// Validate reports every field that is out of its range, with the range, and what does not go together.
func (c *Config) Validate() error {
	errs := []error{settings.Validate(c)}
	width := 0
	for _, w := range c.Hidden {
		width += w
	}
	if n := c.Batch * c.Particles * (width + timeWidth); errs[0] == nil && n > maxActivations {
		errs = append(errs, fmt.Errorf("batch times particles times (%d + the widths of hidden) must be at most %d, not %d", timeWidth, maxActivations, n))
	}
	if c.PolicyLRDone > 0 && c.PolicyLRDone <= c.PolicyLRHold {
		errs = append(errs, fmt.Errorf("policyLRDone must be 0 or above policyLRHold = %d, not %d", c.PolicyLRHold, c.PolicyLRDone))
	}
	if c.NumShards() > 1 {
		errs = append(errs, c.checkShards())
	}
	return errors.Join(errs...)
}

// checkShards refuses what would need a second exchange in every update: weights by critics that have just moved.
func (c *Config) checkShards() error {
	switch {
	case c.Released || c.Weighting == Global || c.Weighting == AsReleased:
		return fmt.Errorf("shards must be 1, not %d, with the weights %s and as released: these look at critics after their step", c.Shards, Global)
	case c.Shards > c.Batch:
		return fmt.Errorf("shards must be at most the batch of %d, not %d", c.Batch, c.Shards)
	}
	return nil
}

// Merge sets the fields that overrides names (JSON names) and validates the result; an unknown name is an
// error. c itself is not changed.
func (c Config) Merge(overrides map[string]any) (Config, error) {
	merged := c
	merged.Hidden = slices.Clone(c.Hidden)
	if err := settings.Set(&merged, overrides); err != nil {
		return c, err
	}
	if err := merged.Validate(); err != nil {
		return c, err
	}
	return merged, nil
}

// Map returns the configuration as JSON names and values.
func (c Config) Map() map[string]any { return settings.Map(c) }

func join[S ~string](names []S) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = string(n)
	}
	return strings.Join(parts, ", ")
}

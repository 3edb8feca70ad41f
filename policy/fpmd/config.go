package fpmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
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

// Config is every constant of an agent and its training; it never changes during a run. The values and
// their sources stand at the presets. A switch is off where it is zero.
type Config struct {
	Hidden          []int     `json:"hidden"`          // widths of the hidden layers of every network
	Batch           int       `json:"batch"`           // transitions per update
	Particles       int       `json:"particles"`       // N, candidates per state when acting in training and for TD targets
	TrainSteps      int       `json:"trainSteps"`      // K_train, sampler steps for those candidates
	Gamma           float64   `json:"gamma"`           // discount
	Tau             float64   `json:"tau"`             // Polyak rate of target critics and EMA policy
	RewardScale     float64   `json:"rewardScale"`     // multiplies rewards in TD targets
	CriticLR        float64   `json:"criticLR"`        // Adam, twin critics
	PolicyLR        float64   `json:"policyLR"`        // Adam, policy; held, then linear to PolicyLREnd of it
	PolicyLRHold    int       `json:"policyLRHold"`    // policy steps for which it is held; where PolicyLRDone is 0: 25 % of the run's updates
	PolicyLRDone    int       `json:"policyLRDone"`    // policy steps after which the end is reached; 0: 75 % of the run's updates
	PolicyLREnd     float64   `json:"policyLREnd"`     // share of the rate that is left at the end; 0: 0.1
	CriticLREnd     float64   `json:"criticLREnd"`     // the critics' rate falls as the policy's does, to this share; 0: 1, it is constant [code]
	PolicyDelay     int       `json:"policyDelay"`     // policy step and Polyak every so many updates
	Weighting       Weighting `json:"weighting"`       // how exp(Q/lambda) is normalised
	Released        bool      `json:"released"`        // the order of the authors' code, quirks included; see Agent.Update
	LambdaFloor     float64   `json:"lambdaFloor"`     // lambda = max(alpha, LambdaFloor)
	FixedLambda     float64   `json:"fixedLambda"`     // lambda itself; 0: it follows alpha
	AlphaInit       float64   `json:"alphaInit"`       // temperature at the start
	AlphaLR         float64   `json:"alphaLR"`         // Adam on log alpha
	AlphaDelay      int       `json:"alphaDelay"`      // updates between steps of alpha; 0: ceil(updates of the run / 1000)
	EntropyPerDim   float64   `json:"entropyPerDim"`   // target entropy per action dimension, nats
	NoiseScale      float64   `json:"noiseScale"`      // std of the action noise is NoiseScale * alpha
	FixedNoise      float64   `json:"fixedNoise"`      // std of the action noise itself; 0: it follows alpha
	ActParticles    int       `json:"actParticles"`    // candidates when acting in training; 0: Particles
	SourceStd       float64   `json:"sourceStd"`       // c when sampling
	TrainSourceStd  float64   `json:"trainSourceStd"`  // c in the loss
	FractionEqual   float64   `json:"fractionEqual"`   // share of r = t in the MeanFlow loss
	FractionOneStep float64   `json:"fractionOneStep"` // share of the policy's batch at the times of one-step sampling
	WarmUp          int       `json:"warmUp"`          // environment steps of uniformly random actions before the first update
	UpdatesPerStep  float64   `json:"updatesPerStep"`  // updates per environment step afterwards
	ReplayCapacity  int       `json:"replayCapacity"`  // transitions
	StatRate        float64   `json:"statRate"`        // rate of the running statistics of Q (bias-corrected EMA)
	PerStateRate    float64   `json:"perStateRate"`    // the same for the within-state deviations
	Shards          int       `json:"shards,omitzero"` // shares of a batch whose gradients are computed apart; 0: 1, the whole
}

// field describes the allowed range of one number of Config.
type field struct {
	value    func(*Config) float64
	Min, Max float64
	Integer  bool
	Help     string
}

// fields is the one place where ranges stand; a form and the validation read it.
var fields = map[string]field{
	"batch":           {func(c *Config) float64 { return float64(c.Batch) }, 1, 4096, true, "Transitions per update."},
	"particles":       {func(c *Config) float64 { return float64(c.Particles) }, 1, 256, true, "Candidates per state, of which the critics choose the best (N)."},
	"trainSteps":      {func(c *Config) float64 { return float64(c.TrainSteps) }, 1, 64, true, "Sampler steps per candidate while training (K_train)."},
	"gamma":           {func(c *Config) float64 { return c.Gamma }, 0, 0.9999, false, "Discount of later rewards."},
	"tau":             {func(c *Config) float64 { return c.Tau }, 1e-5, 1, false, "How fast target networks follow, per update."},
	"rewardScale":     {func(c *Config) float64 { return c.RewardScale }, 1e-4, 1e3, false, "Multiplies every reward inside the agent."},
	"criticLR":        {func(c *Config) float64 { return c.CriticLR }, 1e-7, 0.1, false, "Learning rate of the critics (Adam)."},
	"policyLR":        {func(c *Config) float64 { return c.PolicyLR }, 1e-7, 0.1, false, "Learning rate of the policy (Adam), decayed late in the run."},
	"policyLRHold":    {func(c *Config) float64 { return float64(c.PolicyLRHold) }, 0, 1e8, true, "Policy steps before its learning rate falls; only with policyLRDone."},
	"policyLRDone":    {func(c *Config) float64 { return float64(c.PolicyLRDone) }, 0, 1e8, true, "Policy steps after which its learning rate has fallen; 0 scales with the run."},
	"policyLREnd":     {func(c *Config) float64 { return c.PolicyLREnd }, 0, 1, false, "Share of the policy's learning rate that is left at the end; 0 is 0.1, 1 keeps it constant."},
	"criticLREnd":     {func(c *Config) float64 { return c.CriticLREnd }, 0, 1, false, "Share of the critics' learning rate that is left at the end; 0 keeps it constant."},
	"policyDelay":     {func(c *Config) float64 { return float64(c.PolicyDelay) }, 1, 64, true, "Updates between two policy steps."},
	"lambdaFloor":     {func(c *Config) float64 { return c.LambdaFloor }, 0, 100, false, "Smallest lambda in exp(Q/lambda)."},
	"fixedLambda":     {func(c *Config) float64 { return c.FixedLambda }, 0, 100, false, "Lambda itself; 0 lets it follow the temperature."},
	"fixedNoise":      {func(c *Config) float64 { return c.FixedNoise }, 0, 10, false, "Std of the exploration noise itself; 0 lets it follow the temperature."},
	"actParticles":    {func(c *Config) float64 { return float64(c.ActParticles) }, 0, 256, true, "Candidates when acting in the training environment (best-of-N); 0 takes particles."},
	"alphaInit":       {func(c *Config) float64 { return c.AlphaInit }, 0.01, 100, false, "Temperature at the start."},
	"alphaLR":         {func(c *Config) float64 { return c.AlphaLR }, 0, 1, false, "Learning rate of the temperature."},
	"alphaDelay":      {func(c *Config) float64 { return float64(c.AlphaDelay) }, 0, 1e6, true, "Updates between two steps of the temperature; 0 scales with the run."},
	"entropyPerDim":   {func(c *Config) float64 { return c.EntropyPerDim }, -10, 10, false, "Entropy per action dimension at which the temperature settles, nats."},
	"noiseScale":      {func(c *Config) float64 { return c.NoiseScale }, 0, 10, false, "Exploration noise per unit of temperature."},
	"sourceStd":       {func(c *Config) float64 { return c.SourceStd }, 0, 10, false, "Standard deviation of the noise that a sample starts from."},
	"trainSourceStd":  {func(c *Config) float64 { return c.TrainSourceStd }, 1e-3, 10, false, "Standard deviation of the noise in the loss."},
	"fractionEqual":   {func(c *Config) float64 { return c.FractionEqual }, 0, 1, false, "Share of the MeanFlow batch with r = t."},
	"fractionOneStep": {func(c *Config) float64 { return c.FractionOneStep }, 0, 1, false, "Share of the policy's batch at the one place where one step evaluates the network."},
	"warmUp":          {func(c *Config) float64 { return float64(c.WarmUp) }, 1, 1e7, true, "Random steps before learning starts."},
	"updatesPerStep":  {func(c *Config) float64 { return c.UpdatesPerStep }, 0.01, 32, false, "Updates per environment step."},
	"replayCapacity":  {func(c *Config) float64 { return float64(c.ReplayCapacity) }, 1, 1e6, true, "Transitions that the replay keeps."},
	"statRate":        {func(c *Config) float64 { return c.StatRate }, 1e-6, 1, false, "Rate of the running mean and std of Q."},
	"perStateRate":    {func(c *Config) float64 { return c.PerStateRate }, 1e-6, 1, false, "Rate of the running spread of Q within a state."},
	"shards":          {func(c *Config) float64 { return float64(c.NumShards()) }, 1, MaxShards, true, "Shares of a batch that as many workers compute. The result depends on it, but not on how many workers there are."},
}

// FieldInfo is the allowed range of a field of Config, for forms.
type FieldInfo struct {
	Min, Max float64
	Integer  bool
	Help     string
}

// Fields returns the ranges of the numeric fields by their JSON names.
func Fields() map[string]FieldInfo {
	m := make(map[string]FieldInfo, len(fields))
	for name, f := range fields {
		m[name] = FieldInfo{Min: f.Min, Max: f.Max, Integer: f.Integer, Help: f.Help}
	}
	return m
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

// MaxShards bounds the shares of a batch: smaller ones are not worth their exchange.
const MaxShards = 8

// NumShards is the number of shares of a batch.
func (c *Config) NumShards() int {
	if c.Shards == 0 {
		return 1
	}
	return c.Shards
}

// Limits of the networks that a configuration may ask for.
const (
	MaxHiddenLayers = 6
	MaxHiddenWidth  = 1024
	// maxActivations bounds the floats that one pass over all candidates keeps, those of time embeddings included: a file
	// can ask for no more memory than that and a few multiples of it.
	maxActivations = 1 << 24
	timeWidth      = 2 * 2 * 96 // two times, values and tangents of 16 + 32 + 32 + 16 each
)

// Validate reports every field that is out of its range, with the range.
func (c *Config) Validate() error {
	var errs []error
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		f := fields[name]
		if v := f.value(c); math.IsNaN(v) || v < f.Min || v > f.Max {
			errs = append(errs, fmt.Errorf("%s must lie in %g..%g, not %g", name, f.Min, f.Max, v))
		}
	}
	if len(c.Hidden) < 1 || len(c.Hidden) > MaxHiddenLayers {
		errs = append(errs, fmt.Errorf("hidden must name 1..%d layers, not %d", MaxHiddenLayers, len(c.Hidden)))
	}
	width := 0
	for _, w := range c.Hidden {
		width += w
		if w < 1 || w > MaxHiddenWidth {
			errs = append(errs, fmt.Errorf("a hidden layer must be 1..%d wide, not %d", MaxHiddenWidth, w))
		}
	}
	if n := c.Batch * c.Particles * (width + timeWidth); len(errs) == 0 && n > maxActivations {
		errs = append(errs, fmt.Errorf("batch times particles times (%d + the widths of hidden) must be at most %d, not %d", timeWidth, maxActivations, n))
	}
	if c.PolicyLRDone > 0 && c.PolicyLRDone <= c.PolicyLRHold {
		errs = append(errs, fmt.Errorf("policyLRDone must be 0 or above policyLRHold = %d, not %d", c.PolicyLRHold, c.PolicyLRDone))
	}
	if c.NumShards() > 1 {
		errs = append(errs, c.checkShards())
	}
	if !slices.Contains(Weightings, c.Weighting) {
		errs = append(errs, fmt.Errorf("weighting must be one of %s, not %q", join(Weightings), c.Weighting))
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
	if len(overrides) > 0 {
		b, err := json.Marshal(overrides)
		if err != nil {
			return c, fmt.Errorf("the settings cannot be written as JSON: %w", err)
		}
		d := json.NewDecoder(strings.NewReader(string(b)))
		d.DisallowUnknownFields()
		if err := d.Decode(&merged); err != nil {
			return c, fmt.Errorf("a setting is wrong: %w", err)
		}
	}
	if err := merged.Validate(); err != nil {
		return c, err
	}
	return merged, nil
}

// Map returns the configuration as JSON names and values.
func (c Config) Map() map[string]any {
	b, err := json.Marshal(c)
	if err != nil {
		panic("fpmd: a configuration that JSON cannot hold: " + err.Error())
	}
	m := map[string]any{}
	if err := json.Unmarshal(b, &m); err != nil {
		panic("fpmd: " + err.Error())
	}
	return m
}

func join[S ~string](names []S) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = string(n)
	}
	return strings.Join(parts, ", ")
}

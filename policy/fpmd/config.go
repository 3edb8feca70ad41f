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
)

// Algorithms lists them in the order of the page.
var Algorithms = []Algorithm{FPMDM, FPMDR}

// Weighting says how exp(Q/lambda) becomes the weight of an action in the policy's loss.
type Weighting string

// The weightings. q is min(Q1,Q2) at the action, lambda the temperature, n clipped to [-3, 3], w = exp(n/lambda).
const (
	// PerState compares an action with the other candidates of its own state, as Z(s) does in
	// pi_old exp(Q/lambda)/Z(s): n = (q - mean_i q_i) / RMS of the within-state deviations. The default.
	PerState Weighting = "per-state"
	// Global uses one running mean and std over all states: n = (q - mean)/std.
	Global Weighting = "global"
	// AsReleased repeats the authors' code, which has no parentheses: n = q - mean/std.
	AsReleased Weighting = "as-released"
	// Constant gives every action the weight 1: best-of-N alone improves the policy.
	Constant Weighting = "constant"
)

// Weightings lists them.
var Weightings = []Weighting{PerState, Global, AsReleased, Constant}

// Config is every constant of an agent and its training; it never changes during a run. The defaults and
// their sources stand at DefaultConfig.
type Config struct {
	Hidden         []int     `json:"hidden"`         // widths of the hidden layers of every network
	Batch          int       `json:"batch"`          // transitions per update
	Particles      int       `json:"particles"`      // N, candidates per state when acting in training and for TD targets
	TrainSteps     int       `json:"trainSteps"`     // K_train, sampler steps for those candidates
	Gamma          float64   `json:"gamma"`          // discount
	Tau            float64   `json:"tau"`            // Polyak rate of target critics and EMA policy
	RewardScale    float64   `json:"rewardScale"`    // multiplies rewards in TD targets
	CriticLR       float64   `json:"criticLR"`       // Adam, twin critics
	PolicyLR       float64   `json:"policyLR"`       // Adam, policy; held for 25 % of the updates, then linear to 10 % over the next 50 %
	PolicyDelay    int       `json:"policyDelay"`    // policy step and Polyak every so many updates
	Weighting      Weighting `json:"weighting"`      // how exp(Q/lambda) is normalised
	LambdaFloor    float64   `json:"lambdaFloor"`    // lambda = max(alpha, LambdaFloor)
	AlphaInit      float64   `json:"alphaInit"`      // temperature at the start
	AlphaLR        float64   `json:"alphaLR"`        // Adam on log alpha
	AlphaDelay     int       `json:"alphaDelay"`     // updates between steps of alpha; 0: ceil(updates of the run / 1000)
	EntropyPerDim  float64   `json:"entropyPerDim"`  // target entropy per action dimension, nats
	NoiseScale     float64   `json:"noiseScale"`     // std of the action noise is NoiseScale * alpha
	SourceStd      float64   `json:"sourceStd"`      // c when sampling
	TrainSourceStd float64   `json:"trainSourceStd"` // c in the loss
	FractionEqual  float64   `json:"fractionEqual"`  // share of r = t in the MeanFlow loss
	WarmUp         int       `json:"warmUp"`         // environment steps of uniformly random actions before the first update
	UpdatesPerStep float64   `json:"updatesPerStep"` // updates per environment step afterwards
	ReplayCapacity int       `json:"replayCapacity"` // transitions
	StatRate       float64   `json:"statRate"`       // rate of the running statistics of Q (bias-corrected EMA)
	PerStateRate   float64   `json:"perStateRate"`   // the same for the within-state deviations
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
	"batch":          {func(c *Config) float64 { return float64(c.Batch) }, 1, 4096, true, "Transitions per update."},
	"particles":      {func(c *Config) float64 { return float64(c.Particles) }, 1, 256, true, "Candidates per state, of which the critics choose the best (N)."},
	"trainSteps":     {func(c *Config) float64 { return float64(c.TrainSteps) }, 1, 64, true, "Sampler steps per candidate while training (K_train)."},
	"gamma":          {func(c *Config) float64 { return c.Gamma }, 0, 0.9999, false, "Discount of later rewards."},
	"tau":            {func(c *Config) float64 { return c.Tau }, 1e-5, 1, false, "How fast target networks follow, per update."},
	"rewardScale":    {func(c *Config) float64 { return c.RewardScale }, 1e-4, 1e3, false, "Multiplies every reward inside the agent."},
	"criticLR":       {func(c *Config) float64 { return c.CriticLR }, 1e-7, 0.1, false, "Learning rate of the critics (Adam)."},
	"policyLR":       {func(c *Config) float64 { return c.PolicyLR }, 1e-7, 0.1, false, "Learning rate of the policy (Adam), decayed late in the run."},
	"policyDelay":    {func(c *Config) float64 { return float64(c.PolicyDelay) }, 1, 64, true, "Updates between two policy steps."},
	"lambdaFloor":    {func(c *Config) float64 { return c.LambdaFloor }, 0, 100, false, "Smallest lambda in exp(Q/lambda)."},
	"alphaInit":      {func(c *Config) float64 { return c.AlphaInit }, 0.01, 100, false, "Temperature at the start."},
	"alphaLR":        {func(c *Config) float64 { return c.AlphaLR }, 0, 1, false, "Learning rate of the temperature."},
	"alphaDelay":     {func(c *Config) float64 { return float64(c.AlphaDelay) }, 0, 1e6, true, "Updates between two steps of the temperature; 0 scales with the run."},
	"entropyPerDim":  {func(c *Config) float64 { return c.EntropyPerDim }, -10, 10, false, "Entropy per action dimension at which the temperature settles, nats."},
	"noiseScale":     {func(c *Config) float64 { return c.NoiseScale }, 0, 10, false, "Exploration noise per unit of temperature."},
	"sourceStd":      {func(c *Config) float64 { return c.SourceStd }, 0, 10, false, "Standard deviation of the noise that a sample starts from."},
	"trainSourceStd": {func(c *Config) float64 { return c.TrainSourceStd }, 1e-3, 10, false, "Standard deviation of the noise in the loss."},
	"fractionEqual":  {func(c *Config) float64 { return c.FractionEqual }, 0, 1, false, "Share of the MeanFlow batch with r = t."},
	"warmUp":         {func(c *Config) float64 { return float64(c.WarmUp) }, 1, 1e7, true, "Random steps before learning starts."},
	"updatesPerStep": {func(c *Config) float64 { return c.UpdatesPerStep }, 0.01, 32, false, "Updates per environment step."},
	"replayCapacity": {func(c *Config) float64 { return float64(c.ReplayCapacity) }, 1, 1e6, true, "Transitions that the replay keeps."},
	"statRate":       {func(c *Config) float64 { return c.StatRate }, 1e-6, 1, false, "Rate of the running mean and std of Q."},
	"perStateRate":   {func(c *Config) float64 { return c.PerStateRate }, 1e-6, 1, false, "Rate of the running spread of Q within a state."},
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

// limits of the networks that a configuration may ask for.
const (
	maxHiddenLayers = 6
	maxHiddenWidth  = 1024
	maxActivations  = 1 << 23 // floats in the hidden activations of one pass over all candidates; a file may ask for no more memory
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
	if len(c.Hidden) < 1 || len(c.Hidden) > maxHiddenLayers {
		errs = append(errs, fmt.Errorf("hidden must name 1..%d layers, not %d", maxHiddenLayers, len(c.Hidden)))
	}
	width := 0
	for _, w := range c.Hidden {
		width += w
		if w < 1 || w > maxHiddenWidth {
			errs = append(errs, fmt.Errorf("a hidden layer must be 1..%d wide, not %d", maxHiddenWidth, w))
		}
	}
	if len(errs) == 0 && c.Batch*c.Particles*width > maxActivations {
		errs = append(errs, fmt.Errorf("batch times particles times the widths of hidden must be at most %d, not %d", maxActivations, c.Batch*c.Particles*width))
	}
	if !slices.Contains(Weightings, c.Weighting) {
		errs = append(errs, fmt.Errorf("weighting must be one of %s, not %q", join(Weightings), c.Weighting))
	}
	return errors.Join(errs...)
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

// DefaultConfig returns the constants for a task and the number of environment steps that a run takes by
// default. The general ones are the paper's and its released code's (arXiv 2507.23675); sizes, learning
// rates, Polyak rate and warm-up are this program's, measured at browser size (RATIONALE.md).
func DefaultConfig(task string, alg Algorithm) (Config, int, error) {
	if !slices.Contains(Algorithms, alg) {
		return Config{}, 0, fmt.Errorf("no algorithm is named %q; there are %s", alg, join(Algorithms))
	}
	c := Config{
		Hidden: []int{64, 64}, Batch: 64, Particles: 8, TrainSteps: 1, Gamma: 0.99, Tau: 0.02, RewardScale: 0.2,
		CriticLR: 3e-3, PolicyLR: 3e-3, PolicyDelay: 1, Weighting: PerState, LambdaFloor: 1,
		AlphaInit: 5, AlphaLR: 7e-3, EntropyPerDim: -1.5, NoiseScale: 0.1, SourceStd: 0.5, TrainSourceStd: 1,
		WarmUp: 500, UpdatesPerStep: 1, ReplayCapacity: 200_000, StatRate: 0.005, PerStateRate: 0.01,
	}
	if alg == FPMDR {
		c.TrainSteps = 4 // one step puts all candidates on E[X1], so that nothing is left to choose from
	}
	steps := 6000
	switch task {
	case "pendulum":
		c.Gamma, c.RewardScale = 0.98, 0.1
	default:
		return Config{}, 0, fmt.Errorf("no settings are known for the task %q", task)
	}
	return c, steps, nil
}

package learner

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"onestep/policy/settings"
)

// Config is an agent's configuration: a pointer to a struct whose settings are those that the agent looks at (package
// settings), Common among them. It never changes during a run.
type Config interface {
	// Shared are the settings that every agent has.
	Shared() *Common
	// Validate reports every setting that is out of its range, with the range, and what does not go together.
	Validate() error
	// FitStd is the standard deviation of the noise that the policy is fitted with.
	FitStd() float64
	// RestingLambda is the lambda of the weights exp(Q/lambda) where the schedule comes to rest, and whether all actions
	// weigh alike instead.
	RestingLambda() (lambda float64, alike bool)
}

// Common is the settings that every agent has. The values and their sources stand at the presets. A switch is off where it
// is zero.
type Common struct {
	WarmUp           int     `json:"warmUp" range:"1..10000000" label:"Warm-up steps" group:"The run" help:"Random steps before learning starts."`
	UpdatesPerStep   float64 `json:"updatesPerStep" range:"0.01..32" label:"Updates per step" group:"The run" help:"Updates per environment step."`
	Batch            int     `json:"batch" range:"1..4096" label:"Batch" group:"The run" help:"Transitions per update."`
	ReplayCapacity   int     `json:"replayCapacity" range:"1..1000000" label:"Replay size" group:"The run" help:"Transitions that the replay keeps."`
	Hidden           []int   `json:"hidden" range:"1..1024" items:"1..6" label:"Hidden layers" group:"Learning" help:"Widths of the hidden layers of every network."`
	CriticLR         float64 `json:"criticLR" range:"1e-7..0.1" label:"Critic learning rate" group:"Learning" help:"Learning rate of the critics (Adam)."`
	PolicyLR         float64 `json:"policyLR" range:"1e-7..0.1" label:"Policy learning rate" group:"Learning" help:"Learning rate of the policy (Adam), decayed late in the run."`
	Gamma            float64 `json:"gamma" range:"0..0.9999" label:"Discount γ" group:"Learning" help:"Discount of later rewards."`
	Tau              float64 `json:"tau" range:"1e-5..1" label:"Polyak rate τ" group:"Learning" help:"Polyak rate of the target critics and of the averaged policy, per update."`
	RewardScale      float64 `json:"rewardScale" range:"1e-4..1e3" label:"Reward scale" group:"Learning" help:"Multiplies every reward inside the agent."`
	PolicyDelay      int     `json:"policyDelay" range:"1..64" label:"Policy delay" group:"Learning" help:"Updates between two policy steps."`
	Particles        int     `json:"particles" range:"1..256" label:"Candidates N" group:"Candidates and weights" help:"Candidates per state, of which the critics choose the best (N)."`
	ActParticles     int     `json:"actParticles" range:"0..256" label:"Candidates acting" group:"Candidates and weights" help:"Candidates when acting in the training environment (best-of-N); 0 takes particles."`
	TemperatureInit  float64 `json:"temperatureInit" aliases:"alphaInit" range:"0.01..100" label:"First temperature" group:"Temperature and noise" help:"Temperature at the start."`
	TemperatureLR    float64 `json:"temperatureLR" aliases:"alphaLR" range:"0..1" label:"Temperature rate" group:"Temperature and noise" help:"Learning rate of the temperature (Adam on its logarithm)."`
	TemperatureDelay int     `json:"temperatureDelay" aliases:"alphaDelay" range:"0..1000000" label:"Temperature delay" group:"Temperature and noise" help:"Updates between two steps of the temperature; 0 scales with the run."`
	EntropyPerDim    float64 `json:"entropyPerDim" range:"-10..10" label:"Target entropy" group:"Temperature and noise" unit:"nats" help:"Entropy per action dimension at which the temperature settles."`
	NoiseScale       float64 `json:"noiseScale" range:"0..10" label:"Noise per temperature" group:"Temperature and noise" help:"Exploration noise per unit of temperature."`
	FixedNoise       float64 `json:"fixedNoise" range:"0..10" label:"Fixed noise" group:"Temperature and noise" help:"Std of the exploration noise itself; 0 lets it follow the temperature."`
	SourceStd        float64 `json:"sourceStd" range:"0..10" label:"Noise when sampling" group:"Temperature and noise" help:"Standard deviation of the noise that a sample starts from."`
	PolicyLRHold     int     `json:"policyLRHold" range:"0..100000000" label:"Policy rate: hold" group:"More" help:"Policy steps before its learning rate falls; only with policyLRDone."`
	PolicyLRDone     int     `json:"policyLRDone" range:"0..100000000" label:"Policy rate: done" group:"More" help:"Policy steps after which its learning rate has fallen; 0 scales with the run."`
	PolicyLREnd      float64 `json:"policyLREnd" range:"0..1" label:"Policy rate: end" group:"More" help:"Share of the policy's learning rate that is left at the end; 0 is 0.1, 1 keeps it constant."`
	UnclippedCost    bool    `json:"unclippedCost,omitzero" label:"Effort unclipped" group:"More" help:"Charge the effort of an action as the policy gives it, as Gymnasium does, and not of what the motors get."`
	CriticLREnd      float64 `json:"criticLREnd" range:"0..1" label:"Critic rate: end" group:"More" help:"Share of the critics' learning rate that is left at the end; 0 keeps it constant."`
}

// Shared implements Config.
func (c *Common) Shared() *Common { return c }

// Bounds of the memory that a configuration may ask for.
const (
	// maxActivations bounds the floats that one pass over all candidates keeps, those of time embeddings included: a file
	// can ask for no more memory than that and a few multiples of it.
	maxActivations = 1 << 24
	timeWidth      = 2 * 2 * 96 // two times, values and tangents of 16 + 32 + 32 + 16 each
)

// Check validates a configuration by its tags, and what of Common does not go together.
func Check(c Config) error {
	errs := []error{settings.Validate(c)}
	s := c.Shared()
	width := 0
	for _, w := range s.Hidden {
		width += w
	}
	if n := s.Batch * s.Particles * (width + timeWidth); errs[0] == nil && n > maxActivations {
		errs = append(errs, fmt.Errorf("batch times particles times (%d + the widths of hidden) must be at most %d, not %d", timeWidth, maxActivations, n))
	}
	if s.PolicyLRDone > 0 && s.PolicyLRDone <= s.PolicyLRHold {
		errs = append(errs, fmt.Errorf("policyLRDone must be 0 or above policyLRHold = %d, not %d", s.PolicyLRHold, s.PolicyLRDone))
	}
	return errors.Join(errs...)
}

// Clone copies a configuration.
func Clone(c Config) Config {
	v := reflect.New(reflect.TypeOf(c).Elem())
	v.Elem().Set(reflect.ValueOf(c).Elem())
	d := v.Interface().(Config)
	d.Shared().Hidden = slices.Clone(d.Shared().Hidden)
	return d
}

// Merge returns c with the settings that overrides names, validated; an unknown name is an error. c itself is not changed.
func Merge(c Config, overrides map[string]any) (Config, error) {
	merged := Clone(c)
	if err := settings.Set(merged, overrides); err != nil {
		return nil, err
	}
	if err := merged.Validate(); err != nil {
		return nil, err
	}
	return merged, nil
}

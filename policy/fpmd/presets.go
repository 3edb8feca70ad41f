package fpmd

import (
	"fmt"
	"slices"

	"onestep/engine/env"
	"onestep/policy/diffusion"
)

// Preset names a set of constants.
type Preset string

// The presets.
const (
	// Browser is sized for a task and a browser tab, with per-state weights: what a run takes unless told otherwise.
	Browser Preset = "browser"
	// Default has the paper's sizes with this program's per-state weights.
	Default Preset = "default"
	// GlobalWeights is Default with one running mean and std of Q over all states.
	GlobalWeights Preset = "global"
	// ReleasedCode is the authors' code to the letter, with its quirks.
	ReleasedCode Preset = "as-released"
)

// Presets lists them.
var Presets = []Preset{Browser, Default, GlobalWeights, ReleasedCode}

// DefaultConfig returns the Browser preset of a task and an algorithm, and the number of environment steps
// that a run takes by default.
func DefaultConfig(task string, alg Algorithm) (Config, int, error) {
	return PresetConfig(Browser, task, alg)
}

// PresetConfig returns a preset's constants for a task and an algorithm, and the number of environment steps
// that a run takes by default. An unknown name is an error that lists the known ones.
func PresetConfig(preset Preset, task string, alg Algorithm) (Config, int, error) {
	if !slices.Contains(Algorithms, alg) {
		return Config{}, 0, fmt.Errorf("no algorithm is named %q; there are %s", alg, join(Algorithms))
	}
	base := task
	if t, err := env.Find(task); err == nil {
		base = t.Base // versions of a task differ in observation and reward, not in size
	}
	size, ok := browserSizes[base]
	if !ok {
		return Config{}, 0, fmt.Errorf("no settings are known for the task %q", task)
	}
	switch preset {
	case Browser:
		return size.config(alg), size.steps, nil
	case Default:
		return fullSize(alg), fullSteps, nil
	case GlobalWeights:
		c := fullSize(alg)
		c.Weighting = Global
		return c, fullSteps, nil
	case ReleasedCode:
		c := fullSize(alg)
		if alg != SAC { // whose code has none of these quirks
			c.Weighting, c.Released, c.LambdaFloor = AsReleased, true, 0
		}
		return c, fullSteps, nil
	}
	return Config{}, 0, fmt.Errorf("no preset is named %q; there are %s", preset, join(Presets))
}

// trainSteps are the sampler steps of candidates while training.
func trainSteps(alg Algorithm, rectified int) int {
	switch alg {
	case FPMDR:
		return rectified // one step puts all candidates on E[X1], so that nothing is left to choose from
	case DPMD:
		return diffusion.Levels // DPMD's 20 denoising steps
	}
	return 1 // FPMD-M trains with one: the released sampler lacks the factor 1/K, so that K = 1 is what it means [code]
}

// fullSteps is the length of the paper's runs in environment steps.
const fullSteps = 1_000_000

// fullSize has the constants of the released code of FPMD [code] (arXiv 2507.23675, appendix; DPMD's, ICML 2025, are
// the same), but for the weights: per-state, with a floor under lambda, which is this program's own.
func fullSize(alg Algorithm) Config {
	c := Config{
		Hidden: []int{256, 256, 256}, Batch: 256, // networks and batch
		Particles: 32, TrainSteps: trainSteps(alg, 20), // N, and Euler(20) for R
		Gamma: 0.99, Tau: 0.005, RewardScale: 0.2,
		CriticLR: 3e-4, PolicyLR: 3e-4, PolicyLRHold: 25_000, PolicyLRDone: 75_000, PolicyLREnd: 0.1, // linear to 3e-5
		PolicyDelay: 2,                                            // policy, targets and EMA every second update
		Weighting:   PerState, PerStateRate: 0.01, LambdaFloor: 1, // measured here (RATIONALE.md)
		AlphaInit: 5, AlphaLR: 7e-3, AlphaDelay: 250, EntropyPerDim: -1.5, NoiseScale: 0.1,
		SourceStd: 0.5, TrainSourceStd: 1, // when sampling and in the loss
		FractionEqual: 0,                           // though a comment of the released code says 0.75
		WarmUp:        30_000, UpdatesPerStep: 0.2, // one update for each step of 5 environments
		ReplayCapacity: 1_000_000, StatRate: 0.001, // of the running mean and std of Q
	}
	if alg == SAC {
		c.soft(3e-4)
		c.AlphaInit, c.PolicyLREnd, c.PolicyDelay = 1, 1, 1 // SAC's own: alpha from 1, constant rates, a policy step with every update
	}
	return c
}

// soft makes a configuration SAC's (Haarnoja et al., arXiv 1812.05905, appendix D): noise from the policy itself,
// no best-of-N, the temperature learned at the given rate with every update to the target entropy -d.
func (c *Config) soft(rate float64) {
	c.Particles, c.NoiseScale, c.SourceStd = 1, 0, 1
	c.AlphaLR, c.AlphaDelay, c.EntropyPerDim = rate, 1, -1
	c.LambdaFloor = 0
}

// browserSize is what a task changes about the constants of a tab.
type browserSize struct {
	hidden             []int
	batch              int
	gamma, rewardScale float64
	rate, tau          float64 // of critics and policy; of targets
	updatesPerStep     float64
	steps, warmUp      int
	alpha              float64         // temperature at the start; 0: 5 [code]
	change             func(c *Config) // what else differs, or nil
	oneStep            float64         // FractionOneStep of FPMD-R
}

// browserSizes: Pendulum's are measured (RATIONALE.md): 616 runs of a prototype on learning rates 3e-4..3e-3, tau,
// hidden layers, particles, weights. In the other rows discount and reward scale follow the length and the size of the
// task's rewards, and larger networks learn more slowly. InvertedPendulum's episodes end at an angle of 0.2 while one
// explores: with one update a step FPMD-M reached 1000 within 15,000 steps in one of four tries (alpha from 0.8 and 1.5, two
// seeds each), with two updates a step and alpha from 1.5 by step 7,500 (M) and 5,000 (R), seed 1.
var browserSizes = map[string]browserSize{
	"pendulum":                 {[]int{64, 64}, 64, 0.98, 0.1, 3e-3, 0.02, 1, 6_000, 500, 0, nil, 0},
	"inverted_pendulum":        {[]int{64, 64}, 64, 0.99, 0.2, 2e-3, 0.02, 2, 12_000, 500, 1.5, nil, 0},
	"inverted_double_pendulum": {[]int{64, 64}, 64, 0.99, 0.05, 2e-3, 0.02, 1, 30_000, 1_500, 0, settling, 0},
	"reacher":                  {[]int{64, 64}, 64, 0.97, 1, 2e-3, 0.02, 1, 150_000, 1_500, 0, aiming, 0.5},
	"swimmer":                  {[]int{64, 64}, 64, 0.998, 1, 2e-3, 0.02, 1, 100_000, 5_000, 0, nil, 0},
	"hopper":                   {[]int{128, 128}, 128, 0.99, 0.2, 5e-4, 0.02, 0.2, 1_000_000, 10_000, 3, falling, 0.5},
	"half_cheetah":             {[]int{128, 128}, 128, 0.99, 0.2, 1e-3, 0.01, 0.5, 250_000, 7_500, 0, settling, 0},
	"walker2d":                 {[]int{128, 128}, 128, 0.99, 0.2, 5e-4, 0.02, 0.2, 1_000_000, 10_000, 3, falling, 0},
}

// settling lets the critics' rate fall with the policy's: with a constant one the policy of a run's end still jumps.
// InvertedDoublePendulum, FPMD-R, trial seed 13: without it an evaluation after the first 9359 fell to 8466.
func settling(c *Config) { c.CriticLREnd = 0.1 }

// aiming is for Reacher, where what is left to gain is precision: less noise at the end (std 0.02), stronger weights and more
// steps. FPMD-M on 40 starts that no result uses, seed 11 (`fpmd train -trial -episodes 40`): -4.78 after 60,000 steps, -4.32
// after 150,000. Half of FPMD-R's batch lies at t = 0: RATIONALE.md.
func aiming(c *Config) {
	settling(c)
	c.EntropyPerDim, c.LambdaFloor = -2.5, 0.5
}

// falling is for bodies that fall: fewer updates on more steps, as the released code has, fewer candidates, faster targets and
// noise of at least 0.1. RATIONALE.md has what was tried. Hopper's FPMD-R, whose one step stays behind its 20 otherwise, has
// half of the policy's batch at t = 0 (1905 against 3091, seed 1, without).
func falling(c *Config) {
	settling(c)
	c.Particles, c.EntropyPerDim, c.ReplayCapacity = 4, -0.9, 300_000
}

// config has the released code's constants where nothing else is said, at a tab's sizes.
func (s browserSize) config(alg Algorithm) Config {
	c := Config{
		Hidden: slices.Clone(s.hidden), Batch: s.batch, Particles: 8, TrainSteps: trainSteps(alg, 4), // N and K_train, measured
		Gamma: s.gamma, Tau: s.tau, RewardScale: s.rewardScale, CriticLR: s.rate, PolicyLR: s.rate, PolicyDelay: 1,
		Weighting: PerState, LambdaFloor: 1, // a floor of 1 costs no speed and halves R's one-step error, measured
		AlphaInit: 5, AlphaLR: 7e-3, EntropyPerDim: -1.5, NoiseScale: 0.1, SourceStd: 0.5, TrainSourceStd: 1, // [code]
		WarmUp: s.warmUp, UpdatesPerStep: s.updatesPerStep, ReplayCapacity: 200_000,
		StatRate: 0.005, PerStateRate: 0.01, // faster than the released 0.001, for shorter runs
	}
	if s.alpha > 0 {
		c.AlphaInit = s.alpha
	}
	if s.change != nil {
		s.change(&c)
	}
	if alg == FPMDR {
		c.FractionOneStep = s.oneStep
	}
	if alg == SAC {
		c.soft(s.rate)
		c.AlphaInit = 0.2 // near where it settles: a short run has no time to come down from 1
	}
	return c
}

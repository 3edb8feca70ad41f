package learner

import "onestep/engine/env"

// Size is what a task changes about the settings that trainings in a tab begin with. What is zero stays as Browser has it.
type Size struct {
	Hidden          []int
	Batch           int
	Gamma           float64
	RewardScale     float64
	LR              float64 // of critics and policy
	CriticLREnd     float64
	Tau             float64
	UpdatesPerStep  float64
	Steps           int // environment steps of the run
	WarmUp          int
	TemperatureInit float64
	EntropyPerDim   float64
	Particles       int
	ReplayCapacity  int
	SourceStd       float64
	// Of mirror descent alone.
	LambdaFloor     float64
	FixedLambda     float64
	FixedNoise      float64
	FractionOneStep float64 // of FPMD-R
	FractionEqual   float64 // of FPMD-M
	TrainSteps      int     // of both
}

// sizes: Pendulum's are measured (RATIONALE.md): 616 runs of a prototype on learning rates 3e-4..3e-3, tau,
// hidden layers, particles, weights. In the other rows discount and reward scale follow the length and the size of the
// task's rewards, and larger networks learn more slowly.
//
// InvertedPendulum's episodes end at an angle of 0.2 while one explores: with one update a step FPMD-M reached 1000 within
// 15,000 steps in one of four tries (alpha from 0.8 and 1.5, two seeds each), with two updates a step and alpha from 1.5 by
// step 7,500 (M) and 5,000 (R), seed 1.
//
// CriticLREnd lets the critics' rate fall with the policy's: with a constant one the policy of a run's end still jumps.
// InvertedDoublePendulum, FPMD-R, trial seed 13: without it an evaluation after the first 9359 fell to 8466.
//
// In Reacher what is left to gain is precision: less noise at the end (std 0.02), stronger weights and more steps. FPMD-M on
// 40 starts that no result uses, seed 11 (`fpmd train -trial -episodes 40`): -4.78 after 60,000 steps, -4.32 after 150,000.
// Half of FPMD-R's batch lies at t = 0: RATIONALE.md.
//
// Random actions reach MountainCar's flag in one episode of 200, and noise that falls with the temperature never does. Constant
// noise of 1, most of which is full throttle, and a constant lambda: of trial seeds 11 to 14 FPMD-M learned it with two within
// 27,000 steps (a mean return of 92; 13 and 14 had not reached the flag after 30,000), FPMD-R with one of 11 and 12 (94), DPMD with
// one of these (91): four of these eight runs. SAC and GPMD fail.
//
// Bodies that fall have fewer updates on more steps, as the released code has, fewer candidates, faster targets and noise of
// at least 0.1. RATIONALE.md has what was tried. Hopper's FPMD-R, whose one step stays behind its 20 otherwise, has half of
// the policy's batch at t = 0 (1905 against 3091, seed 1, without).
// Posts has two right answers in every state, and its policy is to keep both. Two candidates and a fixed lambda choose little
// between them, constant noise carries actions from one to the other, and large batches with several steps let the networks
// fit two modes: with eight candidates, a batch of 64 or noise below 0.1 every run ended with one answer. Returns of one step
// and of 20, trial seeds 11 to 13: FPMD-M 4.0 and 4.5, 3.4 and 4.2, 3.8 and 4.4; FPMD-R, seeds 11 and 12, 0.1 and 3.4, 0.1
// and 4.1. FPMD-M without the share of r = t stayed with one broad mode (1.2 and 1.0).
var sizes = map[string]Size{
	"pendulum": {
		Hidden: []int{64, 64}, Batch: 64, Gamma: 0.98, RewardScale: 0.1, LR: 3e-3, Tau: 0.02, UpdatesPerStep: 1, Steps: 6_000, WarmUp: 500,
	},
	"mountain_car": {
		Hidden: []int{64, 64}, Batch: 64, Gamma: 0.99, RewardScale: 0.1, LR: 1e-3, Tau: 0.02, UpdatesPerStep: 1, Steps: 45_000, WarmUp: 1_000,
		FixedLambda: 0.3, FixedNoise: 1,
	},
	"inverted_pendulum": {
		Hidden: []int{64, 64}, Batch: 64, Gamma: 0.99, RewardScale: 0.2, LR: 2e-3, Tau: 0.02, UpdatesPerStep: 2, Steps: 12_000, WarmUp: 500,
		TemperatureInit: 1.5,
	},
	"inverted_double_pendulum": {
		Hidden: []int{64, 64}, Batch: 64, Gamma: 0.99, RewardScale: 0.05, LR: 2e-3, CriticLREnd: 0.1, Tau: 0.02, UpdatesPerStep: 1, Steps: 30_000, WarmUp: 1_500,
	},
	"reacher": {
		Hidden: []int{64, 64}, Batch: 64, Gamma: 0.97, RewardScale: 1, LR: 2e-3, CriticLREnd: 0.1, Tau: 0.02, UpdatesPerStep: 1, Steps: 150_000, WarmUp: 1_500,
		EntropyPerDim: -2.5, LambdaFloor: 0.5, FractionOneStep: 0.5,
	},
	"swimmer": {
		Hidden: []int{64, 64}, Batch: 64, Gamma: 0.998, RewardScale: 1, LR: 2e-3, Tau: 0.02, UpdatesPerStep: 1, Steps: 100_000, WarmUp: 5_000,
	},
	"hopper": {
		Hidden: []int{128, 128}, Batch: 128, Gamma: 0.99, RewardScale: 0.2, LR: 5e-4, CriticLREnd: 0.1, Tau: 0.02, UpdatesPerStep: 0.2, Steps: 1_000_000, WarmUp: 10_000,
		TemperatureInit: 3, EntropyPerDim: -0.9, Particles: 4, ReplayCapacity: 300_000, FractionOneStep: 0.5,
	},
	"posts": {
		Hidden: []int{64, 64}, Batch: 256, Gamma: 0.95, RewardScale: 1, LR: 2e-3, Tau: 0.02, UpdatesPerStep: 1, Steps: 10_000, WarmUp: 500,
		Particles: 2, SourceStd: 1, FixedLambda: 0.3, FixedNoise: 0.4, FractionEqual: 0.5, TrainSteps: 8,
	},
	"half_cheetah": {
		Hidden: []int{128, 128}, Batch: 128, Gamma: 0.99, RewardScale: 0.2, LR: 1e-3, CriticLREnd: 0.1, Tau: 0.01, UpdatesPerStep: 0.5, Steps: 250_000, WarmUp: 7_500,
	},
	"walker2d": {
		Hidden: []int{128, 128}, Batch: 128, Gamma: 0.99, RewardScale: 0.2, LR: 5e-4, CriticLREnd: 0.1, Tau: 0.02, UpdatesPerStep: 0.2, Steps: 1_000_000, WarmUp: 10_000,
		TemperatureInit: 3, EntropyPerDim: -0.9, Particles: 4, ReplayCapacity: 300_000,
	},
}

// SizeOf returns the size of a task; its versions differ in observation and reward, not in size.
func SizeOf(task string) (Size, bool) {
	t, err := env.Find(task)
	switch {
	case err != nil:
		return Size{}, false
	case t.Family == env.DeepMindControl:
		return controlSize(t), true
	}
	s, ok := sizes[t.Base]
	return s, ok
}

// controlSize is the size of a task of the DeepMind Control suite, whose rewards lie in 0..1 and whose episodes have 1000
// steps, by the body's own size. Where most rewards are 0, random actions go on for longer.
func controlSize(t *env.Task) Size {
	s := Size{Hidden: []int{64, 64}, Batch: 64, Gamma: 0.99, RewardScale: 0.5, LR: 1e-3, CriticLREnd: 0.1, Tau: 0.02, UpdatesPerStep: 1, Steps: 60_000, WarmUp: 5_000}
	if t.ActDim > 2 {
		s.Hidden, s.Batch, s.UpdatesPerStep, s.Steps, s.WarmUp = []int{128, 128}, 128, 0.5, 250_000, 7_500
	}
	return s
}

// Browser is the common settings of a training in a tab: the released code's constants where nothing else is said.
func (s Size) Browser() Common {
	return Common{
		WarmUp: s.WarmUp, UpdatesPerStep: s.UpdatesPerStep, Batch: s.Batch, ReplayCapacity: or(s.ReplayCapacity, 200_000),
		Hidden: append([]int(nil), s.Hidden...), CriticLR: s.LR, PolicyLR: s.LR, CriticLREnd: s.CriticLREnd,
		Gamma: s.Gamma, Tau: s.Tau, RewardScale: s.RewardScale, PolicyDelay: 1,
		Particles:       or(s.Particles, 8),                                                                                                                        // measured
		TemperatureInit: or(s.TemperatureInit, 5), TemperatureLR: 7e-3, EntropyPerDim: or(s.EntropyPerDim, -1.5), NoiseScale: 0.1, SourceStd: or(s.SourceStd, 0.5), // [code]
	}
}

func or[T int | float64](x, otherwise T) T {
	if x == 0 {
		return otherwise
	}
	return x
}

// PaperSteps is the length of the paper's runs in environment steps.
const PaperSteps = 1_000_000

// Paper is the common settings of the released code of FPMD [code] (arXiv 2507.23675, appendix; DPMD's, ICML 2025, are the
// same).
func Paper() Common {
	return Common{
		Hidden: []int{256, 256, 256}, Batch: 256, Particles: 32,
		Gamma: 0.99, Tau: 0.005, RewardScale: 0.2,
		CriticLR: 3e-4, PolicyLR: 3e-4, PolicyLRHold: 25_000, PolicyLRDone: 75_000, PolicyLREnd: 0.1, // linear to 3e-5
		PolicyDelay:     2, // policy, targets and EMA every second update
		TemperatureInit: 5, TemperatureLR: 7e-3, TemperatureDelay: 250, EntropyPerDim: -1.5, NoiseScale: 0.1, SourceStd: 0.5,
		WarmUp: 30_000, UpdatesPerStep: 0.2, // one update for each step of 5 environments
		ReplayCapacity: 1_000_000,
	}
}

package train

import (
	"math"

	"onestep/engine/env"
	"onestep/engine/rng"
	"onestep/policy/flow"
)

// Evaluation is the outcome of the same weights, starts and noise under two samplers.
type Evaluation struct {
	EnvSteps  int     `json:"envSteps"`
	Updates   int     `json:"updates"`
	Seconds   float64 `json:"seconds"`  // wall time of training, as the caller measured it
	OneStep   Returns `json:"oneStep"`  // one particle, one step, no action noise: NFE 1
	ManySteps int     `json:"k"`        // K
	Many      Returns `json:"manyStep"` // one particle, K steps; zero Episodes where it was left out
}

// Returns summarises undiscounted episode returns.
type Returns struct {
	Episodes int     `json:"episodes"`
	Mean     float64 `json:"mean"`
	Std      float64 `json:"std"` // sample standard deviation over episodes
	Min      float64 `json:"min"`
	Max      float64 `json:"max"`
}

// EvaluationSeed is the first of the seeds that evaluations start from; training never uses them.
const EvaluationSeed = 1 << 40

// Evaluator plays fixed-seed episodes side by side. Episode i starts from the same state and draws the
// same noise whatever the sampler and the weights, so that two evaluations are paired.
type Evaluator struct {
	envs    []env.Env
	noise   []*rng.Stream
	sampler *flow.Sampler[float32]
	obs64   []float64
	obs     []float32 // [episodes*ObsDim]
	x       []float32 // [episodes*ActDim]
	action  []float64
	returns []float64
	ended   []bool
}

// NewEvaluator prepares episodes of a task for policies of the given network.
func NewEvaluator(task string, episodes int, p *flow.Policy[float32]) (*Evaluator, error) {
	e := &Evaluator{
		envs: make([]env.Env, episodes), noise: make([]*rng.Stream, episodes), sampler: flow.NewSampler(p.Net, episodes),
		returns: make([]float64, episodes), ended: make([]bool, episodes),
	}
	for i := range e.envs {
		one, err := env.New(task)
		if err != nil {
			return nil, err
		}
		e.envs[i] = one
	}
	spec := e.envs[0].Spec()
	e.obs64, e.obs = make([]float64, spec.ObsDim), make([]float32, episodes*spec.ObsDim)
	e.x, e.action = make([]float32, episodes*spec.ActDim), make([]float64, spec.ActDim)
	return e, nil
}

// Evaluate returns the undiscounted returns of all episodes under policy p with one particle, K = steps
// sampler steps and no action noise. The slice is valid until the next call. pause, where not nil, is
// called once per control step, so that a caller can let others run; returning false abandons the
// evaluation with a nil result.
func (e *Evaluator) Evaluate(p *flow.Policy[float32], steps int, pause func() bool) []float64 {
	spec := e.envs[0].Spec()
	for i, one := range e.envs {
		one.Reset(EvaluationSeed + uint64(i))
		e.noise[i] = rng.New(EvaluationSeed + uint64(i)).Split(1)
		e.returns[i], e.ended[i] = 0, false
	}
	for running := len(e.envs); running > 0; {
		if pause != nil && !pause() {
			return nil
		}
		for i, one := range e.envs {
			one.Observe(e.obs64)
			narrow(e.obs[i*spec.ObsDim:(i+1)*spec.ObsDim], e.obs64)
			for j := range spec.ActDim {
				e.x[i*spec.ActDim+j] = float32(p.SourceStd * float32(e.noise[i].Normal()))
			}
		}
		e.sampler.Sample(e.x, p, e.obs, 1, e.x, steps)
		for i, one := range e.envs {
			if e.ended[i] {
				continue
			}
			for j := range e.action {
				e.action[j] = float64(e.x[i*spec.ActDim+j])
			}
			result := one.Step(e.action)
			e.returns[i] += result.Reward
			if result.Terminated || result.Truncated {
				e.ended[i] = true
				running--
			}
		}
	}
	return e.returns
}

// Summarise computes mean, sample standard deviation and range.
func Summarise(returns []float64) Returns {
	r := Returns{Episodes: len(returns)}
	if len(returns) == 0 {
		return r
	}
	r.Min, r.Max = returns[0], returns[0]
	for _, v := range returns {
		r.Mean += v
		r.Min, r.Max = min(r.Min, v), max(r.Max, v)
	}
	r.Mean /= float64(len(returns))
	for _, v := range returns {
		r.Std += float64((v - r.Mean) * (v - r.Mean))
	}
	if len(returns) > 1 {
		r.Std = math.Sqrt(r.Std / float64(len(returns)-1))
	}
	return r
}

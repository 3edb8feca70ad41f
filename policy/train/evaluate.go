package train

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"

	"onestep/engine/env"
	"onestep/engine/num"
	"onestep/engine/rng"
	"onestep/engine/strict"
	"onestep/policy/actor"
	"onestep/policy/analysis"
	"onestep/policy/flow"
	"onestep/policy/nn"
)

// Evaluation is the outcome of the same weights, starts and noise under two samplers.
type Evaluation struct {
	EnvSteps  int     `json:"envSteps"`
	Updates   int     `json:"updates"`
	Seconds   float64 `json:"seconds"`         // wall time of training, as the caller measured it
	OneStep   Returns `json:"oneStep"`         // one particle, one step, no action noise: NFE 1; SAC's mean
	ManySteps int     `json:"k"`               // K
	Many      Returns `json:"manyStep"`        // one particle, K steps; zero Episodes where it was left out
	BestOf    int     `json:"bestOf,omitzero"` // N, where the best of N candidates was evaluated too
	Best      Returns `json:"best,omitzero"`   // K steps, best of N by the critics: N K + 2 N evaluations per action

	Probe *analysis.Point `json:"probe,omitempty"` // mean over visited states, where they were probed
}

// Returns summarises undiscounted episode returns.
type Returns struct {
	Episodes int     `json:"episodes"`
	Mean     float64 `json:"mean"`
	Std      float64 `json:"std"` // sample standard deviation over episodes
	Min      float64 `json:"min"`
	Max      float64 `json:"max"`
}

// plainReturns is Returns as JSON has it.
type plainReturns struct {
	Episodes int       `json:"episodes"`
	Mean     num.Float `json:"mean"`
	Std      num.Float `json:"std"`
	Min      num.Float `json:"min"`
	Max      num.Float `json:"max"`
}

// MarshalJSON implements json.Marshaler: the returns of a policy that diverged are not finite.
func (r Returns) MarshalJSON() ([]byte, error) {
	return json.Marshal(plainReturns{r.Episodes, num.Float(r.Mean), num.Float(r.Std), num.Float(r.Min), num.Float(r.Max)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *Returns) UnmarshalJSON(b []byte) error {
	var p plainReturns
	if err := strict.Known(b, &p); err != nil {
		return err
	}
	*r = Returns{p.Episodes, float64(p.Mean), float64(p.Std), float64(p.Min), float64(p.Max)}
	return nil
}

// First seeds of the episodes of an evaluation; training never uses them.
const (
	EvaluationSeed = 1 << 40 // of results
	TrialSeed      = 1 << 41 // of trials, by which settings are chosen: a result is played from other starts
)

// Evaluator plays fixed-seed episodes side by side. Episode i starts from the same state and draws the
// same noise whatever the sampler and the weights, so that two evaluations are paired.
type Evaluator struct {
	First uint64 // seed of the first episode, EvaluationSeed unless it is set
	// Latency is the simulated time that one evaluation of the policy's network takes, s: see actor.Late. The critics'
	// evaluations are not counted.
	Latency float64
	// Ancestral has a diffusion take steps with noise (DDPM) in place of deterministic ones (DDIM).
	Ancestral bool

	envs    *env.Vector
	noise   []*rng.Stream
	actor   *actor.Actor
	foreign Acting        // acts in place of actor, where not nil
	room    []float32     // [2*ActDim] its action and noise
	bestOf  int           // candidates per action; 1 is no choice
	critics *[2][]float32 // whose choice it is, or nil
	obs64   []float64     // [episodes*ObsDim]
	obs     []float32     // the same
	late    *actor.Late   // [episodes*ActDim]
	results []env.Result
	returns []float64

	diverged *Divergence // of the last evaluation
	burst    *Divergence // likewise: the first episode that its body or its reward ended by leaving the finite numbers
}

// Divergence says which episode of an evaluation left the finite numbers, when and where: weights may be finite and yet
// so large that an action is not. The episode's return is not finite then.
type Divergence struct {
	Episode int // from 1
	Step    int // environment step of the episode, from 1
	What    string
}

func (d *Divergence) Error() string {
	return fmt.Sprintf("episode %d diverged at step %d: %s", d.Episode, d.Step, d.What)
}

// NewEvaluator prepares episodes of a task (with its model, where it is a person's own, otherwise nil) for policies of
// the given network: one particle per action.
func NewEvaluator(task string, model *env.Model, episodes int, p *flow.Policy[float32]) (*Evaluator, error) {
	return newEvaluator(task, model, episodes, p, 1, nil, nil)
}

// NewBestOfEvaluator prepares episodes in which each action is the one that twin critics with the given
// weights value most among so many candidates (best-of-N). An action then costs bestOf times the sampler's
// evaluations and 2 bestOf evaluations of critics.
func NewBestOfEvaluator(task string, model *env.Model, episodes int, p *flow.Policy[float32], bestOf int, net *nn.Net[float32], critics *[2][]float32) (*Evaluator, error) {
	return newEvaluator(task, model, episodes, p, bestOf, net, critics)
}

func newEvaluator(task string, model *env.Model, episodes int, p *flow.Policy[float32], bestOf int, net *nn.Net[float32], critics *[2][]float32) (*Evaluator, error) {
	if episodes < 1 || bestOf < 1 {
		return nil, fmt.Errorf("an evaluation needs episodes and candidates, not %d and %d", episodes, bestOf)
	}
	envs := make([]env.Env, episodes)
	for i := range envs {
		var err error
		if envs[i], err = env.Make(task, model); err != nil {
			return nil, err
		}
	}
	spec := envs[0].Spec()
	e := &Evaluator{
		First: EvaluationSeed,
		envs:  env.NewVector(envs...), noise: make([]*rng.Stream, episodes), bestOf: bestOf, critics: critics,
		obs64: make([]float64, episodes*spec.ObsDim), obs: make([]float32, episodes*spec.ObsDim),
		late: actor.NewLate(0, spec.ControlPeriod, env.Timesteps(envs[0]), episodes*spec.ActDim), results: make([]env.Result, episodes), returns: make([]float64, episodes), room: make([]float32, 2*spec.ActDim),
	}
	if p != nil {
		e.actor = actor.New(p, net, episodes*bestOf)
	}
	return e, nil
}

// Acting is a policy of another kind, which acts in one state after the other.
type Acting interface {
	// Act writes the action [ActDim] for an observation [ObsDim] and standard normal noise [ActDim].
	Act(dst, obs, noise []float32)
}

// NewActingEvaluator prepares episodes for a policy of another kind, whose starts and noise are those of NewEvaluator.
// Evaluate then takes nil for the policy, and one evaluation of the network for an action. Actions beyond [-1, 1] are taken as
// their bounds.
func NewActingEvaluator(task string, model *env.Model, episodes int, a Acting) (*Evaluator, error) {
	e, err := newEvaluator(task, model, episodes, nil, 1, nil, nil)
	if err == nil {
		e.foreign = a
	}
	return e, err
}

// ChargeUnclipped says what effort the rewards charge, as the configuration of the policy does.
func (e *Evaluator) ChargeUnclipped(on bool) { e.envs.ChargeUnclipped(on) }

// Evaluate returns the undiscounted returns of all episodes under policy p with K = steps sampler steps and no
// action noise. The slice is valid until the next call. pause, where not nil, is called once per control step,
// so that a caller can let others run; returning false abandons the evaluation with a nil result.
func (e *Evaluator) Evaluate(p *flow.Policy[float32], steps int, pause func() bool) []float64 {
	nfe := 1
	if e.foreign == nil {
		nfe = p.NFE(steps) * e.bestOf
		e.actor.Sampler.Noise = nil
		if e.Ancestral {
			e.actor.Sampler.Noise = rng.New(e.First).Split(2)
		}
	}
	e.late.Take(e.Latency*float64(nfe), e.envs.Spec().ControlPeriod)
	e.late.Reset()
	for i := range e.returns {
		e.envs.Reset(i, e.First+uint64(i))
		e.noise[i] = rng.New(e.First + uint64(i)).Split(1)
		e.returns[i] = 0
	}
	e.diverged, e.burst = nil, nil
	for step, running := 1, len(e.returns); running > 0; step++ {
		if pause != nil && !pause() {
			return nil
		}
		if e.late.Deciding() {
			e.act(p, steps)
		}
		actions, timesteps := e.late.Next()
		e.watch(step, actions)
		e.envs.Delay(e.late.Force, timesteps)
		running = e.envs.Step(e.results, actions)
		e.late.Passed()
		for i, result := range e.results {
			e.returns[i] += result.Reward
			if result.Terminated && e.burst == nil {
				if err := e.envs.Diverged(i); err != nil {
					e.burst = &Divergence{Episode: i + 1, Step: step, What: err.Error()}
				}
			}
			if v := result.Reward; e.diverged == nil && v-v != 0 {
				e.diverged = &Divergence{Episode: i + 1, Step: step, What: fmt.Sprintf("the reward is %v", v)}
			}
		}
	}
	return e.returns
}

// watch notes the first action of a running episode that is not finite.
func (e *Evaluator) watch(step int, actions []float64) {
	d := e.envs.Spec().ActDim
	for j, v := range actions {
		if i := j / d; e.diverged == nil && v-v != 0 && !e.envs.Ended(i) {
			e.diverged = &Divergence{Episode: i + 1, Step: step, What: fmt.Sprintf("action %d is %v", j%d, v)}
		}
	}
}

// After is the divergence where so many episodes were played before.
func (d Divergence) After(episodes int) *Divergence {
	d.Episode += episodes
	return &d
}

// Diverged is the first divergence of the last evaluation, by step and then by episode, or nil.
func (e *Evaluator) Diverged() *Divergence { return e.diverged }

// Burst is the first episode of the last evaluation that ended since its body or its reward left the finite numbers, or nil. Its
// return is finite, and no more than what was paid before.
func (e *Evaluator) Burst() *Divergence { return e.burst }

// Diverged is that of all of them, by step and then by episode.
func (list Evaluators) Diverged() *Divergence {
	return list.first((*Evaluator).Diverged)
}

// Burst is that of all of them, likewise.
func (list Evaluators) Burst() *Divergence {
	return list.first((*Evaluator).Burst)
}

func (list Evaluators) first(of func(*Evaluator) *Divergence) (first *Divergence) {
	before := 0
	for _, e := range list {
		if d := of(e); d != nil && (first == nil || d.Step < first.Step) {
			first = d.After(before)
		}
		before += len(e.returns)
	}
	return first
}

// Evaluators share the episodes of an evaluation among as many goroutines. Each episode is the same by itself, so the
// returns are those of one Evaluator.
type Evaluators []*Evaluator

// NewEvaluators divides episodes among at most so many evaluators, which build makes.
func NewEvaluators(episodes, parts int, build func(episodes int) (*Evaluator, error)) (Evaluators, error) {
	parts = max(min(parts, episodes), 1)
	list := make(Evaluators, parts)
	for i := range list {
		var err error
		if list[i], err = build((i+1)*episodes/parts - i*episodes/parts); err != nil {
			return nil, err
		}
	}
	list.Start(EvaluationSeed)
	return list, nil
}

// Start sets the seed of the first episode.
func (list Evaluators) Start(first uint64) {
	for _, e := range list {
		e.First = first
		first += uint64(len(e.returns))
	}
}

// ChargeUnclipped is Evaluator.ChargeUnclipped of all.
func (list Evaluators) ChargeUnclipped(on bool) {
	for _, e := range list {
		e.ChargeUnclipped(on)
	}
}

// Late sets the simulated time of one evaluation of the network, s.
func (list Evaluators) Late(latency float64) {
	for _, e := range list {
		e.Latency = latency
	}
}

// Ancestral sets the kind of a diffusion's steps.
func (list Evaluators) Ancestral(on bool) {
	for _, e := range list {
		e.Ancestral = on
	}
}

// Evaluate is Evaluator.Evaluate of all episodes. pause is called by several goroutines.
func (list Evaluators) Evaluate(p *flow.Policy[float32], steps int, pause func() bool) []float64 {
	var done sync.WaitGroup
	parts := make([][]float64, len(list))
	for i, e := range list {
		done.Go(func() { parts[i] = e.Evaluate(p, steps, pause) })
	}
	done.Wait()
	for _, part := range parts {
		if part == nil {
			return nil
		}
	}
	return slices.Concat(parts...)
}

// act chooses the actions of all episodes, each from its own noise; a resting one ignores its own.
func (e *Evaluator) act(p *flow.Policy[float32], steps int) {
	d := e.envs.Spec().ActDim
	e.envs.Observe(e.obs64)
	narrow(e.obs, e.obs64)
	if e.foreign != nil {
		e.actForeign(d)
		return
	}
	for i, noise := range e.noise {
		noise.FillNormal(e.actor.Noise[i*e.bestOf*d : (i+1)*e.bestOf*d])
	}
	e.actor.Act(p, e.critics, e.obs, steps, e.bestOf)
	for i := range e.returns {
		for j, v := range e.actor.Action(i) {
			e.late.Coming[i*d+j] = float64(v)
		}
	}
}

// actForeign acts in one state after the other.
func (e *Evaluator) actForeign(d int) {
	n := len(e.obs) / len(e.returns)
	action, noise := e.room[:d], e.room[d:]
	for i := range e.returns {
		e.noise[i].FillNormal(noise)
		e.foreign.Act(action, e.obs[i*n:(i+1)*n], noise)
		for j, v := range action {
			e.late.Coming[i*d+j] = float64(min(max(v, -1), 1))
		}
	}
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

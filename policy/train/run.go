// Package train runs an agent in an environment: the training loop, evaluation, and the figures that
// describe a run. It knows no clock, no file and no page: whoever calls Step decides when.
package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"onestep/engine/env"
	"onestep/engine/quote"
	"onestep/engine/rng"
	"onestep/engine/strict"
	"onestep/policy/agents"
	"onestep/policy/learner"
	"onestep/policy/replay"
)

// Options say what is trained. The same options give the same bits on every machine.
type Options struct {
	Task      string         `json:"task"`
	Model     *env.Model     `json:"model,omitempty"` // the body of the task "custom", and a person's own reward and end of any
	Algorithm string         `json:"algorithm"`       // name of the agent
	Seed      uint64         `json:"seed"`
	Steps     int            `json:"steps" range:"1..100000000" label:"Env steps" group:"The run" help:"Environment steps of the run."`
	Config    learner.Config `json:"config"` // of the agent's type
}

// MaxSteps bounds the length of a run.
const MaxSteps = 100_000_000

// UnmarshalJSON reads options as records have them; settings of other agents are passed over, for older ones have them all.
func (o *Options) UnmarshalJSON(b []byte) error {
	type plain Options
	text := struct {
		*plain
		Config json.RawMessage `json:"config"`
	}{plain: (*plain)(o)}
	if err := strict.Unmarshal(b, &text); err != nil {
		return err
	}
	var err error
	o.Config, err = agents.Read(o.Algorithm, text.Config)
	return err
}

// NewOptions merges overrides (names of settings) over the Browser preset of task and algorithm; steps 0
// takes the default length.
func NewOptions(task, alg string, seed uint64, steps int, overrides map[string]any) (Options, error) {
	return NewPresetOptions(agents.Browser, task, alg, seed, steps, overrides)
}

// NewPresetOptions is NewOptions over another preset.
func NewPresetOptions(preset, task, alg string, seed uint64, steps int, overrides map[string]any) (Options, error) {
	cfg, defaultSteps, err := agents.Settings(preset, like(task), alg, overrides)
	if err != nil {
		return Options{}, err
	}
	if steps == 0 {
		steps = defaultSteps
	}
	if steps < 1 || steps > MaxSteps {
		return Options{}, fmt.Errorf("steps must lie in 1..%d, not %d", MaxSteps, steps)
	}
	return Options{Task: task, Algorithm: alg, Seed: seed, Steps: steps, Config: cfg}, nil
}

// like names the task whose settings a task takes. Of a person's own body nothing is known: it gets a runner's.
func like(task string) string {
	if task == env.CustomName {
		return "half_cheetah"
	}
	return task
}

// Updates is the number of agent updates of the whole run.
func (o Options) Updates() int {
	c := o.Config.Shared()
	return int(math.Floor(float64(max(o.Steps-c.WarmUp, 0)) * c.UpdatesPerStep))
}

// Learns refuses a run without an update.
func (o Options) Learns() error {
	c := o.Config.Shared()
	switch {
	case o.Updates() > 0:
		return nil
	case o.Steps <= c.WarmUp:
		return fmt.Errorf("a run of %s steps with a warm-up of %s learns nothing", quote.Grouped(o.Steps), quote.Grouped(c.WarmUp))
	}
	return fmt.Errorf("a run of %s steps, %s of them warm-up, with %g updates a step learns nothing", quote.Grouped(o.Steps), quote.Grouped(c.WarmUp), c.UpdatesPerStep)
}

// Run is a training in progress. Its exported fields are its whole state, beside the environment's.
type Run struct {
	Options Options
	Learner learner.Learner
	Agent   *learner.State // what it has learned
	Replay  *replay.Buffer
	Env     env.Env

	EnvSteps      int     // taken so far
	Owed          float64 // updates due but not taken yet, in [0, 1) between steps
	EpisodeReturn float64 // of the running episode
	LastReturn    float64 // of the last finished one; valid when Episodes > 0
	Burst         *Burst  // the body's last divergence, which ended an episode; not in files
	Episodes      int     // finished
	CriticLoss    float64 // moving averages, rate 0.01
	PolicyLoss    float64
	Curve         []Evaluation // evaluations so far

	Streams Streams

	batch         *replay.Batch
	observation   []float64 // [ObsDim] of Env as it stands
	obs, nextObs  []float32
	action        []float32
	physicalInput []float64 // [ActDim] action as the environment takes it
}

// Streams are the loop's own sources of randomness.
type Streams struct {
	Episode *rng.Stream // seeds of episodes
	WarmUp  *rng.Stream // actions before learning starts
	Replay  *rng.Stream // which transitions make a batch
}

// Labels of the streams that are split off the seed; the agent's are below 16.
const (
	streamAgent = 16 + iota
	streamEpisode
	streamWarmUp
	streamReplay
)

// NewRun builds the environment and the agent and starts the first episode.
func NewRun(o Options) (*Run, error) {
	r, err := newRun(o)
	if err != nil {
		return nil, err
	}
	r.Env.Reset(r.Streams.Episode.Uint64())
	r.Env.Observe(r.observation)
	return r, nil
}

func newRun(o Options) (*Run, error) {
	e, err := env.Make(o.Task, o.Model)
	if err != nil {
		return nil, err
	}
	if o.Steps < 1 || o.Steps > MaxSteps {
		return nil, fmt.Errorf("steps must lie in 1..%d, not %d", MaxSteps, o.Steps)
	}
	spec := e.Spec()
	root := rng.New(o.Seed)
	agent, err := agents.Find(o.Algorithm)
	if err != nil {
		return nil, err
	}
	if err := o.Config.Validate(); err != nil {
		return nil, err
	}
	cfg := o.Config.Shared()
	env.ChargeUnclipped(e, cfg.UnclippedCost)
	l, err := agent.New(o.Config, spec.ObsDim, spec.ActDim, o.Updates(), root.Split(streamAgent).Uint64())
	if err != nil {
		return nil, err
	}
	r := &Run{
		Options: o, Learner: l, Agent: l.Learned(), Env: e,
		Replay: replay.New(spec.ObsDim, spec.ActDim, cfg.ReplayCapacity),
		Streams: Streams{
			Episode: root.Split(streamEpisode), WarmUp: root.Split(streamWarmUp), Replay: root.Split(streamReplay),
		},
		observation: make([]float64, spec.ObsDim), obs: make([]float32, spec.ObsDim), nextObs: make([]float32, spec.ObsDim),
		action: make([]float32, spec.ActDim), physicalInput: make([]float64, spec.ActDim),
	}
	r.batch = r.Replay.NewBatch(cfg.Batch)
	return r, nil
}

// Reopen builds a run whose state the caller fills in (from a file) and then starts with Observe.
func Reopen(o Options) (*Run, error) { return newRun(o) }

// Observe reads the environment again after its state was restored.
func (r *Run) Observe() { r.Env.Observe(r.observation) }

// Done reports that the run's steps are spent.
func (r *Run) Done() bool { return r.EnvSteps >= r.Options.Steps }

// ErrDone is returned by Step after the last one.
var ErrDone = errors.New("the run has taken all of its steps")

// Step takes one environment step and the updates that are then due. An error means that learning cannot
// go on; the weights are those of the last good update.
func (r *Run) Step() error {
	if r.Done() {
		return ErrDone
	}
	r.act()
	if i, ok := finite(r.action); !ok {
		return &Diverged{Step: r.EnvSteps, What: fmt.Sprintf("action %d is not finite", i)}
	}
	for i, a := range r.action {
		r.physicalInput[i] = float64(a)
	}
	result := r.Env.Step(r.physicalInput)
	if err := env.Diverged(r.Env); err != nil {
		r.Burst = &Burst{EnvStep: r.EnvSteps + 1, Cause: err}
	}
	r.Env.Observe(r.observation)
	narrow(r.nextObs, r.observation)
	if i, ok := finite(r.nextObs); !ok {
		return &Diverged{Step: r.EnvSteps, What: fmt.Sprintf("observation %d is not finite", i)}
	}
	if reward := float32(result.Reward); reward-reward != 0 {
		return &Diverged{Step: r.EnvSteps, What: fmt.Sprintf("the reward %v is not a finite float32", result.Reward)}
	}
	r.Replay.Add(r.obs, r.action, float32(result.Reward), r.nextObs, result.Terminated)
	r.EnvSteps++
	r.EpisodeReturn += result.Reward
	if result.Terminated || result.Truncated {
		r.endEpisode()
	}
	return r.learn()
}

// act chooses the action in r.action for the present observation.
func (r *Run) act() {
	narrow(r.obs, r.observation)
	if r.EnvSteps < r.Options.Config.Shared().WarmUp {
		for i := range r.action {
			r.action[i] = float32(float64(2*r.Streams.WarmUp.Float64()) - 1)
		}
		return
	}
	r.Learner.Explore(r.action, r.obs)
}

func (r *Run) endEpisode() {
	r.LastReturn, r.EpisodeReturn = r.EpisodeReturn, 0
	r.Episodes++
	r.Env.Reset(r.Streams.Episode.Uint64())
	r.Env.Observe(r.observation)
}

func (r *Run) learn() error {
	if r.EnvSteps <= r.Options.Config.Shared().WarmUp {
		return nil
	}
	r.Owed += r.Options.Config.Shared().UpdatesPerStep
	for ; r.Owed >= 1; r.Owed-- {
		r.Replay.Sample(r.batch, r.Streams.Replay)
		if err := r.Learner.Update(r.batch); err != nil {
			return &Diverged{Step: r.EnvSteps, What: err.Error(), Cause: err}
		}
		rate := max(lossRate, 1/float64(r.Agent.Updates))
		r.CriticLoss += float64(rate * (r.Agent.Last.CriticLoss - r.CriticLoss))
		r.PolicyLoss += float64(rate * (r.Agent.Last.PolicyLoss - r.PolicyLoss))
	}
	return nil
}

// Burst says that the simulated body left the finite world: the episode ended in its last finite state, and training
// went on with the next.
type Burst struct {
	EnvStep int
	Cause   error
}

func (b *Burst) Error() string {
	return fmt.Sprintf("the body diverged at environment step %d (%v); training goes on with a new episode", b.EnvStep, b.Cause)
}

func (b *Burst) Unwrap() error { return b.Cause }

// lossRate is the rate of the moving averages of the losses.
const lossRate = 0.01

// Diverged says at which environment step what was not finite.
type Diverged struct {
	Step  int
	What  string
	Cause error
}

func (e *Diverged) Error() string {
	return fmt.Sprintf("training stopped at environment step %d: %s", e.Step, e.What)
}

func (e *Diverged) Unwrap() error { return e.Cause }

func narrow(dst []float32, src []float64) {
	for i, v := range src {
		dst[i] = float32(v)
	}
}

func finite(x []float32) (int, bool) {
	for i, v := range x {
		if v-v != 0 {
			return i, false
		}
	}
	return -1, true
}

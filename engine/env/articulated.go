package env

import (
	"fmt"
	"math"
	"sync"

	"onestep/assets"
	"onestep/engine/modelfile"
	"onestep/engine/physics"
	"onestep/engine/rng"
)

// Version chooses between Gymnasium's revisions of a MuJoCo task.
type Version int

// The revisions. V5 pays for being alive only while alive, drops constants from observations, and levels the
// friction of Walker2d's feet.
const (
	V4 Version = 4
	V5 Version = 5
)

// rules are what an articulated task does in its steps.
type rules struct {
	frameSkip int
	memory    int       // numbers that remember keeps
	place     int       // the last of them that are where the task's target is: its place in the plane, if any, comes first
	center    []float64 // [ActDim] control for an action of 0; nil: 0

	reset   func(a *Articulated, r *rng.Stream)
	observe func(a *Articulated, dst []float64)
	// remember, if any, keeps in a.memory what observation or reward read from the derived fields.
	remember func(a *Articulated)
	// judge returns reward and termination after a step; a.x0 and a.memory0 are those before it.
	judge func(a *Articulated) (reward float64, terminated bool)
}

// Articulated is a task on a body of engine/physics, after Gymnasium's MuJoCo environments (gymnasium/envs/mujoco,
// v4 and v5). Where an environment reads derived quantities, they are those that MuJoCo leaves after a step: of
// the fourth RK4 stage of the last substep.
type Articulated struct {
	task  *Task
	rules *rules
	data  *physics.Data
	steps int
	ended bool

	control []float64 // [ActDim] the physical action, clipped
	charged []float64 // [ActDim] the one whose effort is charged: control, or the same before it was clipped
	before  []float64 // [ActDim] the one that goes on meanwhile
	whole   bool      // charged is not clipped
	late    int       // timesteps of the next Step after which control takes its place
	memory  []float64
	memory0 []float64
	x0      float64 // qpos[0] before the step
	period  float64 // s between two actions

	hands  hands
	pushed int     // the body that a push hits
	size   float64 // m
	notes  []string

	own    *judge // a person's own reward and end, or nil
	broken error  // why it ended the episode
}

var bodies struct {
	sync.Mutex
	models map[string]*physics.Model
}

// model compiles an embedded body once; models are constant and shared.
func model(file string) *physics.Model {
	bodies.Lock()
	defer bodies.Unlock()
	if m := bodies.models[file]; m != nil {
		return m
	}
	f, err := modelfile.Load(assets.Bodies, "bodies/"+file, modelfile.Options{})
	if err != nil {
		panic(fmt.Sprintf("env: embedded body %s: %v", file, err))
	}
	if bodies.models == nil {
		bodies.models = map[string]*physics.Model{}
	}
	bodies.models[file] = f.Model
	return f.Model
}

// articulated are the entries of a task of Gymnasium's on an embedded body: v4 under the name itself, v5 with "_v5" behind
// it. describe leaves out of the task what the body tells, and of its actions everything but the names.
func articulated(base string, describe func(v Version) (Task, rules, []string)) []entry {
	entries := make([]entry, 2)
	for i, v := range []Version{V4, V5} {
		name := base
		if v == V5 {
			name += "_v5"
		}
		entries[i] = entry{name, sync.OnceValue(func() *Task {
			t, r, actions := describe(v)
			t.Name, t.Base, t.Family, t.Version = name, base, Gymnasium, int(v)
			t.Title = fmt.Sprintf("%s-v%d", t.Title, v)
			m := model(t.Body)
			r.center = t.drive(m, r.frameSkip, actions)
			t.count()
			t.New = func() Env { return onModel(&t, &r, m) }
			return &t
		})}
	}
	return entries
}

// onModel sets a task on a compiled body.
func onModel(t *Task, r *rules, m *physics.Model) *Articulated {
	a := &Articulated{task: t, rules: r, data: physics.NewData(m), ended: true, period: t.ControlPeriod,
		control: make([]float64, m.NU), charged: make([]float64, m.NU), before: make([]float64, m.NU), memory: make([]float64, r.memory), memory0: make([]float64, r.memory)}
	a.size, a.pushed = bodySize(a.data.Shapes(nil)), pushedBody(m)
	return a
}

// Spec implements Env.
func (a *Articulated) Spec() *Task { return a.task }

// Physics is the simulated body, for pushing, inspecting and drawing it; its derived fields are those that the
// task reads.
func (a *Articulated) Physics() *physics.Data { return a.data }

// FrameSkip is the number of physics steps in a control period.
func (a *Articulated) FrameSkip() int { return a.rules.frameSkip }

// Divergence is the event that ended the episode, or nil.
func (a *Articulated) Divergence() *physics.Divergence {
	if a.data.Divergence.Step == 0 {
		return nil
	}
	return &a.data.Divergence
}

// Reset implements Env.
func (a *Articulated) Reset(seed uint64) {
	a.Release()
	a.data.Reset()
	a.rules.reset(a, rng.New(seed))
	a.start()
}

// SetState starts an episode at the given qpos [NQ] and qvel [NV].
func (a *Articulated) SetState(qpos, qvel []float64) error {
	if len(qpos) != a.data.Model.NQ || len(qvel) != a.data.Model.NV {
		return fmt.Errorf("env: %s has %d coordinates", a.task.Name, a.data.Model.NQ)
	}
	if err := finite(qpos); err != nil {
		return err
	}
	if err := finite(qvel); err != nil {
		return err
	}
	a.data.SetState(qpos, qvel)
	a.start()
	return nil
}

// start evaluates the first state.
func (a *Articulated) start() {
	a.data.Forward()
	a.steps, a.ended, a.broken = 0, false, nil
	a.remember()
}

func (a *Articulated) remember() {
	if a.rules.remember != nil {
		a.rules.remember(a)
	}
}

// Observe implements Env.
func (a *Articulated) Observe(dst []float64) { a.rules.observe(a, dst) }

// Step implements Env. Where the body diverges, the episode ends in the last finite state.
func (a *Articulated) Step(action []float64) Result {
	if a.ended {
		panic("env: Step after the end of an episode; call Reset first")
	}
	a.physical(a.control, action)
	copy(a.charged, a.control)
	if a.whole {
		for i, s := range a.task.ActionScale {
			a.charged[i] = s * action[i]
		}
	}
	copy(a.data.Ctrl, a.control)
	if a.late > 0 {
		copy(a.data.Ctrl, a.before)
	}
	copy(a.memory0, a.memory)
	a.x0 = a.data.QPos[0]
	finite := true
	for i := 0; i < a.rules.frameSkip && finite; i++ {
		if i == a.late {
			copy(a.data.Ctrl, a.control)
		}
		a.disturb()
		finite = a.data.Step()
	}
	a.late = 0
	a.disturbed()
	if finite { // otherwise derived fields are those of the step that failed
		a.remember()
	}
	a.steps++
	reward, terminated := a.rules.judge(a)
	if a.own != nil {
		reward, terminated, a.broken = a.own.of(reward, terminated)
	}
	terminated = terminated || !finite
	truncated := !terminated && a.steps >= a.task.MaxSteps
	a.ended = terminated || truncated
	return Result{Reward: reward, Terminated: terminated, Truncated: truncated}
}

// physical turns an action [ActDim] into what the motors get.
func (a *Articulated) physical(dst, action []float64) {
	for i, s := range a.task.ActionScale {
		dst[i] = s * clip(action[i], -1, 1)
	}
	for i, c := range a.rules.center {
		dst[i] += c
	}
}

// ChargeUnclipped implements Charged.
func (a *Articulated) ChargeUnclipped(on bool) { a.whole = on }

// Delay implements Delayed.
func (a *Articulated) Delay(before []float64, timesteps int) {
	a.physical(a.before, before)
	a.late = timesteps
}

// State implements Env: the body's state, the memory, the steps, 1 if the episode has ended.
func (a *Articulated) State(dst []float64) []float64 {
	dst = a.data.State(dst)
	dst = append(dst, a.memory...)
	return append(dst, float64(a.steps), flag(a.ended))
}

// Restore implements Env.
func (a *Articulated) Restore(state []float64) error {
	n := a.data.StateSize()
	if want := n + len(a.memory) + 2; len(state) != want {
		return fmt.Errorf("env: a state of %s has %d numbers, not %d", a.task.Name, want, len(state))
	}
	if err := finite(state); err != nil {
		return err
	}
	steps := state[len(state)-2]
	if steps < 0 || steps > float64(a.task.MaxSteps) || steps != math.Trunc(steps) {
		return fmt.Errorf("env: %s: the step count is a whole number in 0..%d, not %g", a.task.Name, a.task.MaxSteps, steps)
	}
	if err := a.data.Restore(state[:n]); err != nil {
		return err
	}
	a.Release()
	a.broken = nil
	copy(a.memory, state[n:])
	a.steps, a.ended = int(steps), state[len(state)-1] != 0
	return nil
}

// Shapes implements Env.
func (a *Articulated) Shapes(dst []physics.Shape) []physics.Shape {
	first := len(dst)
	dst = a.data.Shapes(dst)
	if a.rules.place < 2 {
		return dst
	}
	place := a.memory[len(a.memory)-a.rules.place:]
	for i := range dst[first:] {
		if s := &dst[first+i]; s.Body == a.task.Target {
			s.A, s.B = [2]float64{place[0], place[1]}, [2]float64{place[0], place[1]}
		}
	}
	return dst
}

// jitter sets qpos and qvel to the reference plus uniform noise of +-q and, for qvel, +-v.
func (a *Articulated) jitter(r *rng.Stream, q, v float64) {
	d := a.data
	for i, x := range d.Model.QPos0 {
		d.QPos[i] = x + uniform(r, q)
	}
	for i := range d.QVel {
		d.QVel[i] = uniform(r, v)
	}
}

func uniform(r *rng.Stream, bound float64) float64 {
	return float64(bound * (float64(2*r.Float64()) - 1))
}

// controlCost is the sum of squares of the physical action, in Gymnasium before the motors' limits clip it.
func (a *Articulated) controlCost() float64 {
	s := 0.0
	for _, u := range a.charged {
		s += float64(u * u)
	}
	return s
}

// speed is the mean velocity of qpos[0] over the step, m/s.
func (a *Articulated) speed() float64 { return (a.data.QPos[0] - a.x0) / a.period }

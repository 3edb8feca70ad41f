package env

import (
	"cmp"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"onestep/engine/modelfile"
	"onestep/engine/physics"
	"onestep/engine/rng"
)

// CustomName is the task of a person's own body.
const CustomName = "custom"

// Custom is what is known of that task before there is a body.
var Custom = Task{
	Name: CustomName, Base: CustomName, Title: "your own body", Label: "Your own", Group: "Yours",
	Does:     "moves this body",
	Text:     "Your own body, from the MJCF file that you dropped. Drive its joints by hand, or train on it with the reward that is chosen beside Train.",
	MaxSteps: customSteps,
}

// Model is a body of a person's own with the reward that it is trained on. Without files it changes what a task pays and
// where it ends; what is empty then stays the task's own.
type Model struct {
	Name   string            `json:"name"`           // the file to begin with; empty: the one that no other includes
	Files  map[string]string `json:"files"`          // its text and those that it includes, by their names
	Reward string            `json:"reward"`         // one of Rewards, or an expression of the body's quantities
	Done   string            `json:"done,omitempty"` // condition that ends an episode; "": nothing does
}

// The generic rewards, with a the action in [-1,1]^d, |a|^2/d the mean of its squares, and the centre of the moving
// mass at (x, z), x0 and z0 its place before the step and at the start, L the largest distance of two points of the body:
//
//	move: (x - x0)/period - 0.05 |a|^2/d
//	up:   1 + clip((z - z0)/L, -1, 0) - 0.05 |a|^2/d
const (
	RewardMove = "move"
	RewardUp   = "up"
)

// Rewards lists them.
var Rewards = []string{RewardMove, RewardUp}

// Constants of custom tasks.
const (
	customPeriod   = 0.04 // s that a control period comes near
	customCost     = 0.05
	customSteps    = 1000
	customSkip     = 100 // timesteps that a control period has at most, so that no step takes long
	customTimestep = 1.0 // s, the longest
	customTurn     = 30  // rad/s^2 that a joint's own torque gives, where a model has no actuators
	customSlide    = 20  // m/s^2, likewise
	maxCustomBytes = 512 << 10
	maxCustomDofs  = 48
)

// Make builds the task of that name; the custom one needs its model's files, and no other takes any.
func Make(name string, m *Model) (Env, error) {
	files := m != nil && len(m.Files) > 0
	switch {
	case name == CustomName && !files:
		return nil, fmt.Errorf("the task %q needs its model", name)
	case name == CustomName:
		return NewCustom(m)
	case files:
		return nil, fmt.Errorf("the task %q has a body already; a model is for %q", name, CustomName)
	}
	e, err := New(name)
	if err != nil || m == nil {
		return e, err
	}
	return judgedBy(e, m.Reward, m.Done)
}

// NewCustom builds a task on a person's own MJCF.
//
// Actions: one for each actuator, [-1,1] mapped on its ctrlrange (on +-1 where it has none). A model without actuators
// is driven at its joints, by the torque that turns the joint at rest with 30 rad/s^2 (moves it with 20 m/s^2); the
// joints that let a whole body float are left out where there are others. Observation: qpos, without the slide in x that
// the first body begins with, if it does; qvel clipped to +-10. Reset: the reference configuration, +-0.01 uniform.
// Nothing terminates an episode but divergence; it is truncated after 1000 steps. The control period is the whole
// number of timesteps, up to 100, that comes nearest to 0.04 s.
//
// An error names the file, element and line of what cannot be represented, or what is wrong in an expression.
func NewCustom(m *Model) (*Articulated, error) {
	if m.Reward == "" {
		return nil, fmt.Errorf("a body without a reward: there are %s, and expressions", strings.Join(Rewards, ", "))
	}
	files, size := modelfile.Files{}, 0
	for name, text := range m.Files {
		files[name] = []byte(text)
		size += len(text)
	}
	if size > maxCustomBytes {
		return nil, fmt.Errorf("the model's files have %d KiB; at most %d are read", size>>10, maxCustomBytes>>10)
	}
	name := m.Name
	if name == "" {
		var err error
		if name, err = files.Main(); err != nil {
			return nil, err
		}
	}
	f, err := modelfile.Load(files, name, modelfile.Options{})
	if err != nil {
		return nil, err
	}
	body, err := drivable(f.Model)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	t, r := customTask(name, m.Reward, body)
	a := onModel(t, r, body)
	a.notes = f.Notes
	reward := m.Reward
	if slices.Contains(Rewards, reward) {
		reward = ""
	}
	return a, a.judgeBy(reward, m.Done)
}

// Notes are what the reader of a custom body's files left out that a person may miss.
func (a *Articulated) Notes() []string { return a.notes }

// drivable gives a model without actuators one motor for each joint.
func drivable(m *physics.Model) (*physics.Model, error) {
	switch {
	case m.NV == 0:
		return nil, fmt.Errorf("the model has no joint: nothing can move")
	case m.NV > maxCustomDofs || m.NU > maxCustomDofs:
		return nil, fmt.Errorf("the model has %d joints and %d actuators; at most %d of each are simulated here", m.NV, m.NU, maxCustomDofs)
	case m.Option.Timestep > customTimestep:
		return nil, fmt.Errorf("option: the timestep is %g s; at most %g s are simulated here", m.Option.Timestep, customTimestep)
	case m.NU > 0:
		return m, nil
	}
	spec := m.Spec
	for _, floating := range []bool{false, true} {
		for k, j := range m.Joints {
			if m.Floats(j.Body) != floating {
				continue
			}
			gear := customTurn / m.DofInvWeight[k]
			if j.Type == physics.Slide {
				gear = customSlide / m.DofInvWeight[k]
			}
			spec.Actuators = append(spec.Actuators, physics.Actuator{
				Name: j.Name, Joint: k, Gear: gear, CtrlLimited: true, CtrlRange: [2]float64{-1, 1}, Gain: 1,
			})
		}
		if len(spec.Actuators) > 0 {
			break
		}
	}
	return physics.NewModel(spec)
}

// customTask describes the task on a model from the file of that name.
func customTask(file, reward string, body *physics.Model) (*Task, *rules) {
	t, r := Custom, rules{memory: 2}
	t.Title = title(file, body)
	r.frameSkip = int(math.Max(1, math.Min(customSkip, math.Round(customPeriod/body.Option.Timestep))))
	var actions []string
	for i, a := range body.Actuators {
		actions = append(actions, cmp.Or(a.Name, fmt.Sprintf("actuator %d", i+1)))
	}
	r.center = t.drive(body, r.frameSkip, actions)
	// One reward a step, or a mean speed of 1 m/s, is what this program calls learned.
	t.Solved = customSteps
	if reward == RewardUp {
		t.Solved = customSteps * 0.95
	}
	skip := 0
	if root := body.Joints[0]; root.Type == physics.Slide && body.Bodies[root.Body].Parent == 0 && math.Abs(root.Axis[0]) > 0.999 {
		skip = 1
	}
	for _, kind := range [2]struct{ name, hinge, slide string }{{"position", "rad", "m"}, {"rate", "rad/s", "m/s"}} {
		for k, j := range body.Joints {
			if k == 0 && skip == 1 && kind.name == "position" {
				continue
			}
			unit := kind.hinge
			if j.Type == physics.Slide {
				unit = kind.slide
			}
			t.Observations = append(t.Observations, measure(cmp.Or(j.Name, fmt.Sprintf("joint %d", k+1))+" "+kind.name, unit, k))
		}
	}
	t.count()
	r.reset = func(a *Articulated, r *rng.Stream) { a.jitter(r, 0.01, 0.01) }
	r.observe = func(a *Articulated, dst []float64) {
		n := copy(dst, a.data.QPos[skip:])
		for i, v := range a.data.QVel {
			dst[n+i] = clip(v, -10, 10)
		}
	}
	r.remember = func(a *Articulated) { a.memory[0], a.memory[1] = a.data.CenterOfMass() }
	start, size := physics.NewData(body), bodySize(physics.NewData(body).Shapes(nil))
	_, z0 := start.CenterOfMass()
	r.judge = func(a *Articulated) (float64, bool) {
		cost := 0.0
		for i, u := range a.control {
			if scale := t.ActionScale[i]; scale > 0 {
				if r.center != nil {
					u -= r.center[i]
				}
				x := u / scale
				cost += float64(x * x)
			}
		}
		score := -customCost * cost / float64(len(a.control))
		if reward == RewardMove {
			return score + (a.memory[0]-a.memory0[0])/a.period, false
		}
		return score + 1 + clip((a.memory[1]-z0)/size, -1, 0), false
	}
	return &t, &r
}

// title is the model's own name, or its file's.
func title(file string, body *physics.Model) string {
	name := body.Name
	if name == "" {
		name = strings.TrimSuffix(file, path.Ext(file))
	}
	if len(name) > 40 {
		name = strings.ToValidUTF8(name[:40], "") + "…"
	}
	return name
}

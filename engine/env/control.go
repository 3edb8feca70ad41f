package env

import (
	"fmt"
	"math"
	"sync"

	"onestep/engine/num"
	"onestep/engine/physics"
	"onestep/engine/rng"
)

// DeepMindControl is the family of the DeepMind Control suite's planar tasks (Tassa et al., "DeepMind Control Suite",
// arXiv:1801.00690; dm_control/suite): every reward lies in [0, 1], every episode has 1000 steps and nothing ends it, so that
// returns lie in 0..1000.
const DeepMindControl = "DeepMind Control"

// controlSteps is the length of an episode.
const controlSteps = 1000

// control describes a task of the family.
type control struct {
	task      Task
	actions   []string // names
	frameSkip int
	touch     []int   // sites of touch sensors, whose forces are the first extras
	radius    float64 // of these sites, m
	extras    int     // further numbers that the reward reads beside the observation
	places    int     // numbers that an episode keeps: where its target is

	prepare func(spec *physics.Spec) // changes the body, if any
	// reset sets qpos, qvel and place [places]; the body stands in its reference configuration, at rest.
	reset func(a *Articulated, r *rng.Stream, place []float64)
	// sense reads the observation and the extras at the present state.
	sense func(a *Articulated, obs, extra, place []float64)
	// reward is that of the present state and of the action [ActDim] in [-1,1] that led to it.
	reward func(a *Articulated, obs, extra []float64) float64
}

// controlled is the entry of a task of the family. Its memory is the observation, the extras and the place, in this order.
// Positions and velocities are those of the present state, touch is that of the last substep, as the suite's own loop
// leaves them.
func controlled(name string, describe func() control) entry {
	return entry{name, sync.OnceValue(func() *Task {
		c := describe()
		t := &c.task
		t.Name, t.Base, t.Family, t.MaxSteps = name, name, DeepMindControl, controlSteps
		m := model(t.Body)
		if c.prepare != nil {
			m = changed(m, c.prepare)
		}
		t.count()
		n, k := t.ObsDim, t.ObsDim+len(c.touch)+c.extras
		r := &rules{
			frameSkip: c.frameSkip, memory: k + c.places, place: c.places,
			reset: func(a *Articulated, r *rng.Stream) { c.reset(a, r, a.memory[k:]) },
			remember: func(a *Articulated) {
				for i, site := range c.touch {
					a.memory[n+i] = a.data.Touch(site, c.radius)
				}
				a.data.Kinematics()
				c.sense(a, a.memory[:n], a.memory[n:k], a.memory[k:])
			},
			observe: func(a *Articulated, dst []float64) { copy(dst, a.memory[:n]) },
			judge:   func(a *Articulated) (float64, bool) { return c.reward(a, a.memory[:n], a.memory[n:k]), false },
		}
		r.center = t.drive(m, r.frameSkip, c.actions)
		t.count()
		t.New = func() Env { return onModel(t, r, m) }
		return t
	})}
}

// changed is a model with a changed specification.
func changed(m *physics.Model, change func(*physics.Spec)) *physics.Model {
	spec := m.Spec
	spec.Joints = append([]physics.Joint(nil), m.Joints...)
	spec.Geoms = append([]physics.Geom(nil), m.Geoms...)
	change(&spec)
	changed, err := physics.NewModel(spec)
	if err != nil {
		panic(fmt.Sprintf("env: %s: %v", m.Name, err))
	}
	return changed
}

// fall is how a tolerance falls from 1 at distance 0 to a value at distance 1.
type fall func(x, valueAt1 float64) float64

// The falls of the suite's tolerances (dm_control/utils/rewards.py).
func gaussian(x, valueAt1 float64) float64 {
	scale := math.Sqrt(-2 * num.Log(valueAt1))
	return num.Exp(-0.5 * float64(x*scale) * float64(x*scale))
}

func linear(x, valueAt1 float64) float64 {
	if d := math.Abs(x * (1 - valueAt1)); d < 1 {
		return 1 - d
	}
	return 0
}

func quadratic(x, valueAt1 float64) float64 {
	if d := x * math.Sqrt(1-valueAt1); math.Abs(d) < 1 {
		return 1 - float64(d*d)
	}
	return 0
}

func longTail(x, valueAt1 float64) float64 {
	d := x * math.Sqrt(1/valueAt1-1)
	return 1 / (float64(d*d) + 1)
}

// tolerance is 1 for x in [lo, hi] and falls with the distance from there in units of margin, to valueAtMargin at 1; where
// margin is 0, it is 0 outside.
func tolerance(x, lo, hi, margin, valueAtMargin float64, f fall) float64 {
	switch {
	case lo <= x && x <= hi:
		return 1
	case margin == 0:
		return 0
	case x < lo:
		return f((lo-x)/margin, valueAtMargin)
	}
	return f((x-hi)/margin, valueAtMargin)
}

// within is a tolerance without a margin.
func within(x, lo, hi float64) float64 { return tolerance(x, lo, hi, 0, 0, nil) }

// smallControl is (4 + the mean of 1 - u^2)/5 over the actions.
func (a *Articulated) smallControl() float64 {
	sum := 0.0
	for i, u := range a.control {
		sum += tolerance(u/a.task.ActionScale[i], 0, 0, 1, 0, quadratic)
	}
	return (sum/float64(len(a.control)) + 4) / 5
}

// scatter draws every limited joint within its range and every other hinge in -pi..pi; other slides stay.
func (a *Articulated) scatter(r *rng.Stream) {
	for k := range a.data.Model.Joints {
		switch j := &a.data.Model.Joints[k]; {
		case j.Limited:
			a.data.QPos[k] = between(r, j.Range[0], j.Range[1])
		case j.Type == physics.Hinge:
			a.data.QPos[k] = between(r, -math.Pi, math.Pi)
		}
	}
}

func between(r *rng.Stream, lo, hi float64) float64 {
	return lo + float64((hi-lo)*r.Float64())
}

// apart draws until nothing touches, at most 1000 times.
func (a *Articulated) apart(draw func()) {
	for range 1000 {
		draw()
		a.data.Forward()
		if len(a.data.Contacts) == 0 {
			return
		}
	}
}

// upright returns the body's axis z in a plane xz: the parts along z (1 where it stands upright) and along x.
func (a *Articulated) upright(body int) (zz, xz float64) {
	_, _, angle := a.data.BodyPose(body)
	return num.Cos(angle), -num.Sin(angle)
}

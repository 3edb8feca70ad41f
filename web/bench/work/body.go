package work

import (
	"math"
	"reflect"

	"onestep/assets"
	"onestep/engine/env"
	"onestep/engine/modelfile"
	"onestep/engine/physics"
)

// Body is a MuJoCo task that is driven along one fixed rollout, over and over: from Start for Horizon environment
// steps with the controls of Ctrl, whether or not the task would have ended there.
type Body struct {
	Task      string    `json:"task"`
	Model     string    `json:"model"` // file in assets/bodies
	FrameSkip int       `json:"frameSkip"`
	Timestep  float64   `json:"timestep"` // s
	RK4       bool      `json:"rk4"`
	NQ        int       `json:"nq"`
	NV        int       `json:"nv"`
	NU        int       `json:"nu"`
	Masses    []float64 `json:"masses"` // kg, by body, 0 the world
	QPos      []float64 `json:"qpos"`   // [NQ] at the start
	QVel      []float64 `json:"qvel"`   // [NV]
	Ctrl      []float64 `json:"ctrl"`   // [Horizon*NU]

	env   *env.Articulated
	data  *physics.Data
	loops *physics.Data // of the same model without code written out
	t     int           // environment steps since the start
	tl    int           // those of loops
	obs   []float64
}

// Horizon is the length of a rollout in environment steps.
const Horizon = 200

// startSeed gives the start of every rollout, by the task's own reset.
const startSeed = 1

// Bodies builds a task for each model file, the first in the order of lists whose physics is the file's. Others on the same
// body would measure the same steps again, and a task that changes its body (finger_spin's damping) is not what MuJoCo compiles.
func Bodies() []*Body {
	var bodies []*Body
	seen := map[string]bool{}
	for _, task := range env.Listed() {
		if a, ok := task.New().(*env.Articulated); ok && !seen[task.Body] && asItsFile(task, a) {
			seen[task.Body] = true
			bodies = append(bodies, newBody(task, a))
		}
	}
	return bodies
}

// asItsFile tells whether a task's model is that of its file.
func asItsFile(task *env.Task, a *env.Articulated) bool {
	file, err := modelfile.Load(assets.Bodies, "bodies/"+task.Body, modelfile.Options{})
	must(err)
	return reflect.DeepEqual(file.Model.Spec, a.Physics().Model.Spec)
}

func newBody(task *env.Task, a *env.Articulated) *Body {
	a.Reset(startSeed)
	d := a.Physics()
	m := d.Model
	b := &Body{
		Task: task.Name, Model: task.Body, FrameSkip: a.FrameSkip(), Timestep: m.Option.Timestep, RK4: m.Option.Integrator == physics.RK4,
		NQ: m.NQ, NV: m.NV, NU: m.NU,
		QPos: append([]float64(nil), d.QPos...), QVel: append([]float64(nil), d.QVel...), Ctrl: make([]float64, Horizon*m.NU),
		env: a, data: d, loops: physics.NewData(m.ByLoops()), obs: make([]float64, a.Spec().ObsDim),
	}
	for _, body := range m.Bodies {
		b.Masses = append(b.Masses, body.Mass)
	}
	for t := range Horizon {
		for i := range m.NU {
			b.Ctrl[t*m.NU+i] = 0.7 * math.Sin(float64(0.13*float64(t)*float64(i+1))+float64(i))
		}
	}
	b.rewind()
	return b
}

// rewind goes back to the start.
func (b *Body) rewind() {
	b.t, b.tl = 0, 0
	must(b.env.SetState(b.QPos, b.QVel))
	b.loops.SetState(b.QPos, b.QVel)
}

// Step takes n environment steps of the physics alone: controls, then FrameSkip steps.
func (b *Body) Step(n int) { b.drive(b.data, &b.t, n) }

// Loop is Step by the loops that serve a body which nobody wrote code for.
func (b *Body) Loop(n int) { b.drive(b.loops, &b.tl, n) }

func (b *Body) drive(d *physics.Data, t *int, n int) {
	for range n {
		if *t == Horizon {
			*t = 0
			d.SetState(b.QPos, b.QVel)
		}
		copy(d.Ctrl, b.Ctrl[*t*b.NU:])
		for range b.FrameSkip {
			if !d.Step() {
				panic("work: " + d.Divergence.Error())
			}
		}
		*t++
	}
}

// Play takes n steps of the task from the start: action, physics, reward, observation, and back where it ends.
func (b *Body) Play(n int) {
	b.rewind() // Step has left the body anywhere
	for range n {
		r := b.env.Step(b.Ctrl[b.t*b.NU:][:b.NU])
		b.env.Observe(b.obs)
		b.t++
		if r.Terminated || r.Truncated || b.t == Horizon {
			b.rewind()
		}
	}
}

// Rollout returns qpos after n environment steps from the start, at most Horizon. The slice is the body's own.
func (b *Body) Rollout(n int) []float64 {
	b.rewind()
	b.Step(n)
	return b.data.QPos
}

// LoopRollout is Rollout by the loops.
func (b *Body) LoopRollout(n int) []float64 {
	b.rewind()
	b.Loop(n)
	return b.loops.QPos
}

// ByLoops is what the item of Loop has after its task.
const ByLoops = " by loops"

// Items are the body's three pieces of work.
func (b *Body) Items() []*Item {
	return []*Item{
		{Name: b.Task, Unit: "environment step", Run: b.Step},
		{Name: b.Task + ByLoops, Unit: "environment step", Run: b.Loop},
		{Name: b.Task + " task", Unit: "environment step", Run: b.Play},
	}
}

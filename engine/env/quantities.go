package env

import (
	"cmp"
	"fmt"
	"slices"

	"onestep/engine/formula"
	"onestep/engine/physics"
)

// quantities are what a person's reward and end read.
type quantities interface {
	// refresh makes the quantities those after the last step.
	refresh()
}

// Meanings of the quantities, by their names; axes are those of the plane of motion.
var meanings = map[string]string{
	"obs": "the observation, by number or name", "action": "the action in -1..1, by number or name", "a": "the action", "time": "s since the episode's start",
	"qpos": "positions of the joints, m or rad, by number or name", "qvel": "their rates, m/s or rad/s",
	"x": "centre of the moving mass, m", "y": "centre of the moving mass, m", "z": "centre of the moving mass, m", "vx": "its velocity, m/s", "vy": "its velocity, m/s", "vz": "its velocity, m/s",
	"angle": "turn of the first body that moves, rad, counter-clockwise", "rate": "its turn rate, rad/s",
	"body": "the bodies by name: place and velocity of the centre of mass along the axes, as body.torso.x and body.torso.vx, with angle, rate and touch, the sum of normal forces on it, N",
	"site": "the sites by name: their places", "contacts": "number of contacts",
}

// Quantities lists the quantities of an environment with what they are.
func Quantities(e Env) [][2]string {
	var scope formula.Scope
	switch e := e.(type) {
	case *Articulated:
		scope = newBodyQuantities(e).scope()
	case *judged:
		scope = e.scope()
	default:
		scope = (&judged{Env: e, task: e.Spec()}).scope()
	}
	var list [][2]string
	for _, name := range scope.Names() {
		text := meanings[name]
		if names := slices.DeleteFunc(slices.Clone(scope[name].Names), func(s string) bool { return s == "" }); len(names) > 0 {
			text += fmt.Sprintf(" (%s)", joined(names))
		}
		list = append(list, [2]string{name, text})
	}
	return list
}

// Functions lists the functions of expressions with what they take.
func Functions() [][2]string { return formula.Functions() }

func joined(names []string) string {
	text := ""
	for i, name := range names {
		if i > 0 {
			text += ", "
		}
		text += name
	}
	return text
}

// common are the quantities of every environment.
func common(t *Task, obs, action func() []float64, steps *int) formula.Scope {
	names := func(list []Quantity) []string {
		out := make([]string, len(list))
		for i, q := range list {
			out[i] = q.Name
		}
		return out
	}
	a := formula.Value{List: action, Length: t.ActDim, Names: names(t.Actions)}
	period := t.ControlPeriod
	return formula.Scope{
		"obs": {List: obs, Length: t.ObsDim, Names: names(t.Observations)}, "action": a, "a": a,
		"time": {Number: func() float64 { return float64(float64(*steps) * period) }},
	}
}

// scope are the quantities of an environment in closed form.
func (j *judged) scope() formula.Scope {
	return common(j.task, func() []float64 { return j.obs }, func() []float64 { return j.action }, &j.steps)
}

func (j *judged) refresh() { j.Observe(j.obs) }

// bodyQuantities are those of a body. What an expression reads is computed when it reads it first after a step.
type bodyQuantities struct {
	a           *Articulated
	obs, action []float64
	observed    bool
	acted       bool
	posed       bool
	com         [4]float64   // place and velocity of the centre of the moving mass
	bodies      [][6]float64 // per body place and velocity of the centre of mass, angle, rate
	sites       [][2]float64
	read        func(d *physics.Data)

	centred bool  // the expressions read com
	named   []int // the bodies that they read
}

func newBodyQuantities(a *Articulated) *bodyQuantities {
	m := a.data.Model
	q := &bodyQuantities{a: a, obs: make([]float64, a.task.ObsDim), action: make([]float64, a.task.ActDim),
		bodies: make([][6]float64, m.NBody), sites: make([][2]float64, len(m.Sites))}
	q.read = func(d *physics.Data) {
		for _, b := range q.named {
			u, v := d.BodyCOM(b)
			vu, vv := d.COMVelocityOf(b)
			_, _, angle := d.BodyPose(b)
			_, _, rate := d.BodyVelocity(b)
			q.bodies[b] = [6]float64{u, v, vu, vv, angle, rate}
		}
		for i := range q.sites {
			q.sites[i][0], q.sites[i][1] = d.Site(i)
		}
		if q.centred {
			q.com[0], q.com[1] = d.COM()
			q.com[2], q.com[3] = d.COMVelocity()
		}
	}
	return q
}

func (q *bodyQuantities) refresh() { q.observed, q.acted, q.posed = false, false, false }

func (q *bodyQuantities) observation() []float64 {
	if !q.observed {
		q.observed = true
		q.a.rules.observe(q.a, q.obs)
	}
	return q.obs
}

func (q *bodyQuantities) actions() []float64 {
	if !q.acted {
		q.acted = true
		for i, u := range q.a.control {
			if q.a.rules.center != nil {
				u -= q.a.rules.center[i]
			}
			q.action[i] = 0
			if scale := q.a.task.ActionScale[i]; scale > 0 {
				q.action[i] = u / scale
			}
		}
	}
	return q.action
}

func (q *bodyQuantities) pose() {
	if !q.posed {
		q.posed = true
		q.a.data.Presently(q.read)
	}
}

func (q *bodyQuantities) scope() formula.Scope {
	d, m := q.a.data, q.a.data.Model
	s := common(q.a.task, q.observation, q.actions, &q.a.steps)
	joints := make([]string, m.NV)
	for k, j := range m.Joints {
		joints[k] = j.Name
	}
	s["qpos"] = formula.Value{List: func() []float64 { return d.QPos }, Length: m.NQ, Names: joints}
	s["qvel"] = formula.Value{List: func() []float64 { return d.QVel }, Length: m.NV, Names: joints}
	s["contacts"] = formula.Value{Number: func() float64 { return float64(len(d.Contacts)) }}
	axes := map[physics.PlaneAxes][2]string{physics.XZ: {"x", "z"}, physics.XY: {"x", "y"}, physics.YZ: {"y", "z"}}[m.Plane]
	first := 0
	for _, j := range m.Joints {
		if first == 0 || j.Body < first {
			first = j.Body
		}
	}
	centred := func() { q.centred = true }
	for i, axis := range axes {
		s[axis] = formula.Value{Number: func() float64 { q.pose(); return q.com[i] }, Use: centred}
		s["v"+axis] = formula.Value{Number: func() float64 { q.pose(); return q.com[2+i] }, Use: centred}
	}
	s["angle"], _ = q.body(first, axes)("angle")
	s["rate"], _ = q.body(first, axes)("rate")
	members := []string{axes[0], axes[1], "v" + axes[0], "v" + axes[1], "angle", "rate", "touch"}
	names := make([]string, m.NBody)
	for b := range names {
		names[b] = cmp.Or(m.Bodies[b].Name, fmt.Sprintf("body %d", b))
	}
	s["body"] = group(names, func(b int) formula.Value { return formula.Value{Names: members, Member: q.body(b, axes)} })
	var sites []string
	for i, site := range m.Sites {
		sites = append(sites, cmp.Or(site.Name, fmt.Sprintf("site %d", i)))
	}
	if len(sites) > 0 {
		s["site"] = group(sites, func(i int) formula.Value {
			return group(axes[:], func(axis int) formula.Value {
				return formula.Value{Number: func() float64 { q.pose(); return q.sites[i][axis] }}
			})
		})
	}
	return s
}

// name has a body read.
func (q *bodyQuantities) name(b int) {
	if !slices.Contains(q.named, b) {
		q.named = append(q.named, b)
	}
}

// group is a value with members of these names.
func group(names []string, member func(i int) formula.Value) formula.Value {
	return formula.Value{Names: names, Member: func(name string) (formula.Value, bool) {
		i := slices.Index(names, name)
		if i < 0 {
			return formula.Value{}, false
		}
		return member(i), true
	}}
}

// body is the members of a body.
func (q *bodyQuantities) body(b int, axes [2]string) func(name string) (formula.Value, bool) {
	at := []string{axes[0], axes[1], "v" + axes[0], "v" + axes[1], "angle", "rate"}
	return func(name string) (formula.Value, bool) {
		if name == "touch" {
			return formula.Value{Number: func() float64 { return q.a.data.BodyTouch(b) }}, true
		}
		i := slices.Index(at, name)
		return formula.Value{Number: func() float64 { q.pose(); return q.bodies[b][i] }, Use: func() { q.name(b) }}, i >= 0
	}
}

package env

import (
	"math"

	"onestep/engine/num"
	"onestep/engine/physics"
)

// Handled is an Env whose body a person can disturb: grab a limb and pull it, or push. Both act on steps to come, are
// ended by Reset and Restore, and are no part of State: an episode that was disturbed is no function of its seed.
type Handled interface {
	// Grab takes hold of the point of a body that is at this place of the world now, m.
	Grab(body int, at [2]float64)
	// Drag moves the place, m, to which what was grabbed is pulled by a spring and a damper.
	Drag(to [2]float64)
	// Release lets go.
	Release()
	// Push gives the body a blow within the next step, to the right (direction 1) or to the left (-1).
	Push(direction float64)
}

// Jointed is an Env that tells where its joints are, for drawing.
type Jointed interface {
	Joints(dst []physics.JointMark) []physics.JointMark
}

// Diverged returns the event with which e's body or reward left the finite world in its last step, or nil.
func Diverged(e Env) error {
	if j, ok := e.(*judged); ok && j.broken != nil {
		return j.broken
	}
	if a, ok := e.(*Articulated); ok {
		if a.broken != nil {
			return a.broken
		}
		if d := a.Divergence(); d != nil {
			event := *d // the next Reset clears the body's own
			return &event
		}
	}
	return nil
}

// hands is what a person does to a body.
type hands struct {
	grab physics.Grab
	push float64 // m/s that the next step is to give, to the right
}

// pushSpeed is the speed that a push gives a body of one metre, m/s.
const pushSpeed = 1.5

// Grab implements Handled. What cannot move is not grabbed.
func (a *Articulated) Grab(body int, at [2]float64) {
	if body > 0 && body < a.data.Model.NBody {
		a.hands.grab = a.data.NewGrab(body, at[0], at[1])
	}
}

// Drag implements Handled.
func (a *Articulated) Drag(to [2]float64) { a.hands.grab.Target = to }

// Release implements Handled.
func (a *Articulated) Release() {
	a.hands = hands{}
	a.data.ClearForces()
}

// Push implements Handled: a body that floats is pushed as a whole, another at its last limb.
func (a *Articulated) Push(direction float64) {
	a.hands.push = direction * pushSpeed * math.Min(1, a.size)
}

// disturb applies, before a physics step, what a person does.
func (a *Articulated) disturb() {
	h, d := &a.hands, a.data
	if h.grab.Body == 0 && h.push == 0 {
		return
	}
	d.ClearForces()
	if h.grab.Body != 0 {
		d.Pull(&h.grab)
	}
	if h.push != 0 {
		fu, fv := d.Model.Impulse(a.pushed, h.push, 0, a.period)
		d.ApplyWrench(a.pushed, fu, fv, 0)
	}
}

// disturbed ends what lasts for one step.
func (a *Articulated) disturbed() {
	if a.hands.push != 0 {
		a.hands.push = 0
		a.data.ClearForces()
	}
}

// pushedBody is the first body that moves where it floats, otherwise the last one that it carries.
func pushedBody(m *physics.Model) int {
	first := 0
	for _, j := range m.Joints {
		if first == 0 || j.Body < first {
			first = j.Body
		}
	}
	if first == 0 {
		return 0
	}
	if m.Floats(first) {
		return first
	}
	last := first
	for b := first + 1; b < m.NBody; b++ {
		for up := b; up > 0; up = m.Bodies[up].Parent {
			if up == first && m.Bodies[b].Mass > 0 {
				last = b
			}
		}
	}
	return last
}

// bodySize is the largest distance of two points of the shapes that move, m; 1 where nothing has a size.
func bodySize(shapes []physics.Shape) float64 {
	size := 0.0
	for i := range shapes {
		for j := range i + 1 {
			s, r := &shapes[i], &shapes[j]
			if s.Kind == physics.ShapePlane || r.Kind == physics.ShapePlane || s.Body == 0 || r.Body == 0 {
				continue
			}
			for _, p := range [2][2]float64{s.A, s.B} {
				for _, q := range [2][2]float64{r.A, r.B} {
					size = math.Max(size, num.Hypot(p[0]-q[0], p[1]-q[1])+s.Radius+r.Radius)
				}
			}
		}
	}
	if size == 0 {
		return 1
	}
	return size
}

// Joints implements Jointed.
func (a *Articulated) Joints(dst []physics.JointMark) []physics.JointMark { return a.data.Joints(dst) }

// The pendulum's rod is grabbed along its length.

// pullStiffness and pullDamping of the grabbed rod suit its mass of 1 kg, as physics.Data.NewGrab would choose them,
// N/m and N s/m.
const (
	pullStiffness = 60
	pullDamping   = 6
)

// Grab implements Handled.
func (p *Pendulum) Grab(_ int, at [2]float64) {
	reach := num.Hypot(at[0], at[1])
	p.grabbed, p.target = clip(reach, 0.1, pendulumLength), at
}

// Drag implements Handled.
func (p *Pendulum) Drag(to [2]float64) { p.target = to }

// Release implements Handled.
func (p *Pendulum) Release() { p.grabbed, p.push = 0, 0 }

// Push implements Handled.
func (p *Pendulum) Push(direction float64) { p.push = direction }

// handTorque is what a person turns the rod with, N m: for the point at distance r, with n the direction in which it
// moves when the angle grows,
//
//	r (n . k (target - p) - c r rate)
func (p *Pendulum) handTorque() float64 {
	sin, cos := num.Sin(p.angle), num.Cos(p.angle)
	if p.grabbed == 0 && p.push == 0 {
		return 0
	}
	r := p.grabbed
	dx, dy := p.target[0]+float64(r*sin), p.target[1]-float64(r*cos)
	along := float64(-cos*dx) - float64(sin*dy)
	torque := float64(r * (float64(pullStiffness*along) - float64(pullDamping*float64(r*p.rate))))
	if p.grabbed == 0 {
		torque = 0
	}
	// A push gives the tip 3 m/s to its side: rate change 3, by 3 u dt.
	torque -= float64(p.push * 3 / (pendulumInertia * pendulumTimestep) * cos)
	p.push = 0
	return torque
}

// Joints implements Jointed.
func (p *Pendulum) Joints(dst []physics.JointMark) []physics.JointMark {
	return append(dst, physics.JointMark{Body: 1, Hinge: true, Force: p.torque})
}

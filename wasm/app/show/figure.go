package show

import (
	"math"

	"onestep/engine/env"
	"onestep/engine/physics"
	"onestep/engine/scene"
)

// figure is the body as it is drawn: between its last two states.
type figure struct {
	scene.Figure
	joints [2][]physics.JointMark // before and now
	forces [2][]contactForce
	late   bool // forces of now are drawn, not those before
	data   *physics.Data
	fluid  bool
	weight float64   // of all that moves, N; what forces are measured by
	full   []float64 // by joint: the largest force of its actuators, N or N m
}

// contactForce is the force of a contact on the body, N, at a point of the world, m.
type contactForce struct{ u, v, fu, fv float64 }

// init learns what never changes about the body of e.
func (f *figure) init(e env.Env) {
	*f = figure{}
	f.Target = e.Spec().Target
	a, ok := e.(interface{ Physics() *physics.Data })
	if !ok {
		for _, q := range e.Spec().Actions {
			f.full = append(f.full, make([]float64, max(0, q.Joint+1-len(f.full)))...)
			if q.Joint >= 0 {
				f.full[q.Joint] = math.Max(f.full[q.Joint], q.Scale)
			}
		}
		return
	}
	f.data = a.Physics()
	m := f.data.Model
	f.weight = m.MovingMass() * math.Max(1, math.Hypot(m.Option.Gravity[0], m.Option.Gravity[1]))
	f.fluid = m.Option.Density > 0 || m.Option.Viscosity > 0
	f.full = make([]float64, m.NV)
	for _, act := range m.Actuators {
		most := 1.0
		if act.CtrlLimited {
			most = math.Max(math.Abs(act.CtrlRange[0]), math.Abs(act.CtrlRange[1]))
		}
		f.full[act.Joint] = math.Max(f.full[act.Joint], math.Abs(act.Gear*act.Gain)*most)
	}
	f.Far = farSide(m)
}

// farSide marks the later one of two limbs that hang on the same place of one body, and all that it carries.
func farSide(m *physics.Model) []bool {
	far := make([]bool, m.NBody)
	for b := 1; b < m.NBody; b++ {
		up := m.Bodies[b].Parent
		far[b] = far[up]
		for c := 1; c < b && up > 0; c++ {
			if m.Bodies[c].Parent == up && m.Bodies[c].Pos == m.Bodies[b].Pos {
				far[b] = true
			}
		}
	}
	return far
}

// arrive takes in joints and contacts of the state that the body has come to.
func (f *figure) arrive(e env.Env, jump bool) {
	f.joints[0], f.joints[1] = f.joints[1], f.joints[0][:0]
	f.forces[0], f.forces[1] = f.forces[1], f.forces[0][:0]
	if j, ok := e.(env.Jointed); ok {
		f.joints[1] = j.Joints(f.joints[1])
	}
	if f.data != nil {
		for i := range f.data.Contacts {
			c := &f.data.Contacts[i]
			f.forces[1] = append(f.forces[1], contactForce{
				c.Pos[0], c.Pos[1], c.NormalForce*c.Normal[0] + c.TangentForce*c.Tangent[0], c.NormalForce*c.Normal[1] + c.TangentForce*c.Tangent[1],
			})
		}
	}
	if jump || len(f.joints[0]) != len(f.joints[1]) {
		f.joints[0] = append(f.joints[0][:0], f.joints[1]...)
		f.forces[0] = append(f.forces[0][:0], f.forces[1]...)
	}
}

// blend places the joints between the last two states; a = 1 is the last one.
func (f *figure) blend(a float64) {
	f.late = a >= 0.5
	f.Joints = append(f.Joints[:0], f.joints[1]...)
	if a >= 1 || len(f.joints[0]) != len(f.Joints) {
		return
	}
	for i := range f.Joints {
		p, q := &f.joints[0][i], &f.joints[1][i]
		for k := range 2 {
			f.Joints[i].Pos[k] = p.Pos[k] + a*(q.Pos[k]-p.Pos[k])
		}
	}
}

// drawForces draws an arrow for each contact; its length tells the force, a body's weight being two fifths of its reach.
func (s *Session) drawForces(l *scene.List) {
	f := &s.figure
	list := f.forces[0]
	if f.late {
		list = f.forces[1]
	}
	full := 0.8 * s.camera.Extent().Reach * s.camera.Scale
	for i := range list {
		c := &list[i]
		size := math.Hypot(c.fu, c.fv)
		if !(size > 0) {
			continue
		}
		x, y := s.camera.Point(c.u, c.v)
		length := full * size / (size + f.weight)
		scene.Force(l, x, y, c.fu/size*length, -c.fv/size*length, s.pixel, s.palette().Many)
	}
}

// drawTorques draws an arc about each driven hinge, and an arrow along each driven slide.
func (s *Session) drawTorques(l *scene.List) {
	f := &s.figure
	pal := s.palette()
	radius := math.Max(s.px(12), math.Min(0.16*s.camera.Extent().Reach*s.camera.Scale, s.px(34)))
	for i := range f.Joints {
		j := &f.Joints[i]
		if i >= len(f.full) || f.full[i] == 0 {
			continue
		}
		x, y := s.camera.Point(j.Pos[0], j.Pos[1])
		share := math.Max(-1, math.Min(1, j.Force/f.full[i]))
		if j.Hinge {
			scene.Torque(l, x, y, radius, share, s.pixel, pal.Ramp.End)
		} else {
			scene.Force(l, x, y, 2.4*radius*share*j.Axis[0], -2.4*radius*share*j.Axis[1], s.pixel, pal.Ramp.End)
		}
	}
}

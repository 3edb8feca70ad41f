package sim

import (
	"math"

	"onestep/engine/env"
	"onestep/engine/physics"
	"onestep/engine/scene"
)

// Figure is the body as it is drawn: between its last two states.
type Figure struct {
	scene.Figure
	Fluid  bool      // it swims
	Weight float64   // of all that moves, N; what forces are measured by
	Full   []float64 // by joint: the largest force of its actuators, N or N m

	before, now []physics.Shape
	joints      [2][]physics.JointMark // before and now
	forces      [2][]ContactForce
	late        bool // the forces of now are shown, not those before
	data        *physics.Data
}

// ContactForce is the force of a contact on the body, N, at a point of the world, m.
type ContactForce struct{ U, V, FU, FV float64 }

// Forces are those of the contacts in the nearer of the two states.
func (f *Figure) Forces() []ContactForce {
	if f.late {
		return f.forces[1]
	}
	return f.forces[0]
}

// init learns what never changes about the body of e.
func (f *Figure) init(e env.Env) {
	*f = Figure{}
	f.Target = e.Spec().Target
	a, ok := e.(interface{ Physics() *physics.Data })
	if !ok {
		for _, q := range e.Spec().Actions {
			f.Full = append(f.Full, make([]float64, max(0, q.Joint+1-len(f.Full)))...)
			if q.Joint >= 0 {
				f.Full[q.Joint] = math.Max(f.Full[q.Joint], q.Scale)
			}
		}
		return
	}
	f.data = a.Physics()
	m := f.data.Model
	f.Weight = m.MovingMass() * math.Max(1, math.Hypot(m.Option.Gravity[0], m.Option.Gravity[1]))
	f.Fluid = m.Option.Density > 0 || m.Option.Viscosity > 0
	f.Full = make([]float64, m.NV)
	for _, act := range m.Actuators {
		most := 1.0
		if act.CtrlLimited {
			most = math.Max(math.Abs(act.CtrlRange[0]), math.Abs(act.CtrlRange[1]))
		}
		f.Full[act.Joint] = math.Max(f.Full[act.Joint], math.Abs(act.Gear*act.Gain)*most)
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

// arrive takes in shapes, joints and contacts of the state that the body has come to; jump tells that it was put there.
// It returns whether the figure stands there at once.
func (f *Figure) arrive(e env.Env, jump bool) bool {
	f.before, f.now = f.now, e.Shapes(f.before[:0])
	if jump || len(f.before) != len(f.now) {
		f.before = append(f.before[:0], f.now...)
		jump = true
	}
	f.joints[0], f.joints[1] = f.joints[1], f.joints[0][:0]
	f.forces[0], f.forces[1] = f.forces[1], f.forces[0][:0]
	if j, ok := e.(env.Jointed); ok {
		f.joints[1] = j.Joints(f.joints[1])
	}
	if f.data != nil {
		for i := range f.data.Contacts {
			c := &f.data.Contacts[i]
			f.forces[1] = append(f.forces[1], ContactForce{
				c.Pos[0], c.Pos[1], c.NormalForce*c.Normal[0] + c.TangentForce*c.Tangent[0], c.NormalForce*c.Normal[1] + c.TangentForce*c.Tangent[1],
			})
		}
	}
	if jump || len(f.joints[0]) != len(f.joints[1]) {
		f.joints[0] = append(f.joints[0][:0], f.joints[1]...)
		f.forces[0] = append(f.forces[0][:0], f.forces[1]...)
	}
	return jump
}

// blend places shapes and joints between the last two states; a = 1 is the last one.
func (f *Figure) blend(a float64) {
	f.Shapes = append(f.Shapes[:0], f.now...)
	if a < 1 && len(f.before) == len(f.now) {
		for i := range f.Shapes {
			f.Shapes[i] = between(&f.before[i], &f.now[i], a)
		}
	}
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

// between turns and moves a shape from p (a = 0) to q (a = 1): end A linearly, the axis by angle and
// length, so that a turning limb keeps its length.
func between(p, q *physics.Shape, a float64) physics.Shape {
	r := *q
	px, py, qx, qy := p.B[0]-p.A[0], p.B[1]-p.A[1], q.B[0]-q.A[0], q.B[1]-q.A[1]
	r.A = [2]float64{p.A[0] + a*(q.A[0]-p.A[0]), p.A[1] + a*(q.A[1]-p.A[1])}
	if q.Kind == physics.ShapePlane {
		return *q
	}
	lp, lq := math.Hypot(px, py), math.Hypot(qx, qy)
	if lp == 0 || lq == 0 {
		r.B = r.A
		return r
	}
	from := math.Atan2(py, px)
	turn := math.Remainder(math.Atan2(qy, qx)-from, 2*math.Pi)
	length, angle := lp+a*(lq-lp), from+a*turn
	r.B = [2]float64{r.A[0] + length*math.Cos(angle), r.A[1] + length*math.Sin(angle)}
	return r
}

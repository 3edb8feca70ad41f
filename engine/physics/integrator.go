package physics

import (
	"fmt"
	"math"
)

// Limit of the finite world: a coordinate or speed beyond it counts as divergence, as in MuJoCo.
const maxValue = 1e10

// Divergence says that a step left the finite world, and where. The zero value means that none did.
type Divergence struct {
	Step     int    // number of the step since Reset, from 1; 0: no divergence
	Quantity string // "qpos" or "qvel"
	Index    int    // of the coordinate
	Joint    string // its joint
	Value    float64
}

// Error describes the event.
func (e *Divergence) Error() string {
	return fmt.Sprintf("physics: step %d: %s[%d] (joint %q) became %g", e.Step, e.Quantity, e.Index, e.Joint, e.Value)
}

// Step advances the state by one timestep and reports whether it stayed finite. Where it did not, Divergence
// says why, and the state is the one before the step; further steps do nothing until Reset or SetState.
func (d *Data) Step() bool {
	if d.Divergence.Step != 0 {
		return false
	}
	copy(d.save, d.state)
	switch d.Model.Option.Integrator {
	case RK4:
		d.rungeKutta()
	case ImplicitFast, Implicit:
		d.implicit()
	default:
		d.euler()
	}
	if !d.check() {
		copy(d.state, d.save)
		return false
	}
	d.Steps++
	d.Time += d.Model.Option.Timestep
	return true
}

// check looks for coordinates that are not finite or beyond maxValue.
func (d *Data) check() bool {
	// The sum of absolute values is finite and small just where every term is.
	s := 0.0
	for _, x := range d.state[:2*d.Model.NV] {
		s += math.Abs(x)
	}
	if s < maxValue {
		return true
	}
	for k := range d.QPos {
		if d.diverged("qpos", k, d.QPos[k]) || d.diverged("qvel", k, d.QVel[k]) {
			return false
		}
	}
	return true
}

func (d *Data) diverged(quantity string, k int, x float64) bool {
	if math.Abs(x) <= maxValue {
		return false
	}
	d.Divergence = Divergence{Step: d.Steps + 1, Quantity: quantity, Index: k, Joint: d.Model.Joints[k].Name, Value: x}
	return true
}

// euler is the semi-implicit method, with the joint damping taken at the end of the step:
//
//	(M + h diag(damping)) a' = QFrcSmooth + QFrcConstraint;   v += h a';   q += h v
func (d *Data) euler() {
	m := d.Model
	h := m.Option.Timestep
	d.evaluate()
	a := d.QAcc
	if !m.damped || m.Option.DisableEulerDamp {
		d.accelerate()
	} else {
		if d.rows.count > 0 {
			d.accelerate()
		} else {
			clear(d.QFrcConstraint)
		}
		a = d.rows.x
		copy(d.H, d.M)
		for i := range m.springs {
			s := &m.springs[i]
			d.H[s.diagonal] += float64(h * s.damping)
		}
		smooth, pull := d.QFrcSmooth[:len(a)], d.QFrcConstraint[:len(a)]
		for k := range a {
			a[k] = smooth[k] + pull[k]
		}
		d.solveWith(d.H, a)
		if d.rows.count == 0 {
			copy(d.QAcc, a)
		}
	}
	q, v := d.QPos[:len(a)], d.QVel[:len(a)]
	for k := range a {
		v[k] += float64(h * a[k])
		q[k] += float64(h * v[k])
	}
}

// rk4 is the sum over the stages so far.
type rk4 struct {
	v, a []float64 // [NV] weighted velocities and accelerations
}

func newRK4(nv int) rk4 { return rk4{v: make([]float64, nv), a: make([]float64, nv)} }

// rungeKutta is the classic method of order four with the controls held; every stage detects contacts and solves anew.
//
//	k1 = f(x);  k2 = f(x + h/2 k1);  k3 = f(x + h/2 k2);  k4 = f(x + h k3);  x += h (k1 + 2 k2 + 2 k3 + k4)/6
func (d *Data) rungeKutta() {
	n, h := d.Model.NV, d.Model.Option.Timestep
	weight := [3]float64{1.0 / 6, 1.0 / 3, 1.0 / 3}
	reach := [3]float64{h / 2, h / 2, h}
	q, v, a := d.QPos[:n], d.QVel[:n], d.QAcc[:n]
	q0, v0 := d.save[:n], d.save[n:][:n]
	sv, sa := d.rk.v[:n], d.rk.a[:n]
	d.actuation()
	for stage, w := range weight {
		if stage > 0 && d.Model.affine {
			d.actuation()
		}
		d.evaluateHeld()
		d.accelerate()
		t := reach[stage]
		if stage == 0 {
			for k := range q {
				sv[k], sa[k] = 0, 0
			}
		}
		for k := range q {
			sv[k] += float64(w * v[k])
			sa[k] += float64(w * a[k])
			q[k], v[k] = q0[k]+float64(t*v[k]), v0[k]+float64(t*a[k])
		}
	}
	if d.Model.affine {
		d.actuation()
	}
	d.evaluateHeld()
	d.accelerate()
	const last = 1.0 / 6
	for k := range q {
		q[k], v[k] = q0[k]+float64(h*(sv[k]+float64(last*v[k]))), v0[k]+float64(h*(sa[k]+float64(last*a[k])))
	}
}

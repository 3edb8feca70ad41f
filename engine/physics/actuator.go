package physics

// actuation computes QFrcActuator, the joint forces of the actuators.
func (d *Data) actuation() {
	m := d.Model
	force := d.QFrcActuator
	for k := range force {
		force[k] = 0
	}
	for i := range m.acts {
		a := &m.acts[i]
		u := d.Ctrl[i]
		if a.clamp {
			if u < a.lo {
				u = a.lo
			} else if u > a.hi {
				u = a.hi
			}
		}
		f := float64(a.gain * u)
		if a.affine {
			l, v := a.gear*d.QPos[a.dof], a.gear*d.QVel[a.dof]
			if a.wraps != nil {
				l, v = 0, 0
				for _, w := range a.wraps {
					l += float64(a.gear * w.Coef * d.QPos[w.Joint])
					v += float64(a.gear * w.Coef * d.QVel[w.Joint])
				}
			}
			f += a.bias0 + float64(a.bias1*l) + float64(a.bias2*v) + float64((float64(a.gain1*l)+float64(a.gain2*v))*u)
		}
		if a.shared {
			d.shared[i] = f
			continue
		}
		if a.clampForce {
			if f < a.forceLo {
				f = a.forceLo
			} else if f > a.forceHi {
				f = a.forceHi
			}
		}
		if a.site != nil {
			d.thrusts[a.site.index] = f
			continue
		}
		if a.wraps == nil {
			force[a.dof] += float64(a.gear * f)
			continue
		}
		for _, w := range a.wraps {
			force[w.Joint] += float64(a.gear * w.Coef * f)
		}
	}
	for i := range m.shares {
		d.share(&m.shares[i])
	}
	for _, l := range m.forceLimits {
		force[l.dof] = min(max(force[l.dof], l.lo), l.hi)
	}
}

// share scales the forces of a tendon's actuators so that their sum stays in its range, before each is clamped to its own.
func (d *Data) share(s *share) {
	sum, scale := 0.0, 1.0
	for _, i := range s.acts {
		sum += d.shared[i]
	}
	switch {
	case sum < s.lo:
		scale = s.lo / sum
	case sum > s.hi:
		scale = s.hi / sum
	}
	for _, i := range s.acts {
		a, f := &d.Model.acts[i], float64(scale*d.shared[i])
		if a.clampForce {
			f = min(max(f, a.forceLo), a.forceHi)
		}
		for _, w := range a.wraps {
			d.QFrcActuator[w.Joint] += float64(a.gear * w.Coef * f)
		}
	}
}

// thrust is a push at a site: its number among them, where it is, and what a force of 1 is in the body's frame.
type thrust struct {
	index, body    int
	x, y           float64
	fx, fy, torque float64
}

// thrustForces adds the actuators' pushes at sites, as the bodies stand, to QFrcSmooth (MuJoCo's site transmission without a
// reference site, engine_core_smooth, mj_transmission: its length is 0).
func (d *Data) thrustForces() {
	for i := range d.Model.acts {
		t := d.Model.acts[i].site
		if t == nil {
			continue
		}
		f := d.thrusts[t.index]
		x, y := d.bodyPoint(t.body, t.x, t.y)
		fx, fy := d.bodyAxis(t.body, t.fx, t.fy)
		d.addForce(d.QFrcSmooth, t.body, x, y, float64(f*fx), float64(f*fy), float64(f*t.torque))
	}
}

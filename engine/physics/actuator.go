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
			f += a.bias0 + float64(a.bias1*a.gear*d.QPos[a.dof]) + float64(a.bias2*a.gear*d.QVel[a.dof])
		}
		if a.clampForce {
			if f < a.forceLo {
				f = a.forceLo
			} else if f > a.forceHi {
				f = a.forceHi
			}
		}
		force[a.dof] += float64(a.gear * f)
	}
}

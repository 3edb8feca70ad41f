package physics

// Energy returns the kinetic and potential energy at the last evaluation, J: v'Mv/2 (with armature), weight against
// the world's origin, and springs.
func (d *Data) Energy() (kinetic, potential float64) {
	m := d.Model
	d.MulM(d.rows.mp, d.QVel)
	for k, v := range d.QVel {
		kinetic += float64(0.5 * v * d.rows.mp[k])
	}
	for b := range m.bodies {
		c := &m.bodies[b]
		x, y := d.bodyPoint(b, c.comX, c.comY)
		potential -= float64(c.mass * (float64(m.Option.Gravity[0]*x) + float64(m.Option.Gravity[1]*y)))
	}
	for i := range m.springs {
		s := &m.springs[i]
		x := d.QPos[s.dof] - s.springRef
		potential += float64(0.5 * s.stiffness * x * x)
	}
	return kinetic, potential
}

// Momentum returns the linear momentum of the moving bodies, kg m/s, and the angular momentum about the world's
// origin, kg m^2/s, at the last evaluation, without armature.
func (d *Data) Momentum() (pu, pv, l float64) {
	m := d.Model
	for b := m.firstBody; b < len(m.bodies); b++ {
		c := &m.bodies[b]
		if !c.moving {
			continue
		}
		x, y := d.bodyPoint(b, c.comX, c.comY)
		vx, vy := d.pointVelocity(b, x, y)
		pu += float64(c.mass * vx)
		pv += float64(c.mass * vy)
		l += float64(c.inertia*d.bodies[b].w) + float64(c.mass*(float64(x*vy)-float64(y*vx)))
	}
	return pu, pv, l
}

package physics

import "math"

// passive computes QFrcPassive = -stiffness (q - springref) - damping v + fluid + applied forces, and sums up
// QFrcSmooth.
func (d *Data) passive() {
	m := d.Model
	clear(d.QFrcPassive)
	for i := range m.springs {
		s := &m.springs[i]
		d.QFrcPassive[s.dof] = float64(-s.stiffness*(d.QPos[s.dof]-s.springRef)) - float64(s.damping*d.QVel[s.dof])
	}
	if len(m.fluid) > 0 {
		d.fluids()
	}
	for k := range d.QFrcSmooth {
		d.QFrcSmooth[k] = d.QFrcPassive[k] - d.QFrcBias[k] + d.QFrcActuator[k]
	}
	if d.pushed {
		d.push()
	}
}

// fluids adds the forces of the fluid, which add up from the leaves to the root.
func (d *Data) fluids() {
	m := d.Model
	for b := range d.bodies {
		s := &d.bodies[b]
		s.torque, s.fx, s.fy = 0, 0, 0
	}
	next := len(m.fluid) - 1
	for b := len(m.bodies) - 1; b > 0; b-- {
		c, s := &m.bodies[b], &d.bodies[b]
		if !c.moving {
			continue
		}
		if next >= 0 && m.fluid[next].body == b {
			t, fx, fy := d.fluid(&m.fluid[next])
			s.torque, s.fx, s.fy = s.torque+t, s.fx+fx, s.fy+fy
			next--
		}
		for k := c.dof0; k < c.dof1; k++ {
			mo := &d.dofs[k]
			d.QFrcPassive[k] += float64(mo.w*s.torque) + float64(mo.vx*s.fx) + float64(mo.vy*s.fy)
		}
		if c.parentMoves {
			up := &d.bodies[c.parent]
			up.torque, up.fx, up.fy = up.torque+s.torque, up.fx+s.fx, up.fy+s.fy
		}
	}
}

// fluid returns the torque about the origin and the force of the fluid on one body, along each axis i of its box at its
// centre of mass:
//
//	f_i   = -3 pi D visc v_i - 1/2 rho box_j box_k |v_i| v_i
//	tau_i = -pi D^3 visc w_i - rho box_i (box_j^4 + box_k^4) |w_i| w_i / 64
//
// What acts across the plane, the plane holds. MuJoCo documentation, Computation, passive forces, inertia model.
func (d *Data) fluid(f *fluidConst) (torque, fx, fy float64) {
	s, c := &d.bodies[f.body], &d.Model.bodies[f.body]
	cs, sn, w := s.c, s.s, s.w
	rx, ry := s.x-d.ox+float64(cs*c.comX)-float64(sn*c.comY), s.y-d.oy+float64(sn*c.comX)+float64(cs*c.comY)
	vx, vy := s.vx-float64(w*ry), s.vy+float64(w*rx)
	vx, vy = float64(cs*vx)+float64(sn*vy), float64(cs*vy)-float64(sn*vx) // in the body frame
	fx, fy, torque = float64(-f.viscous*vx), float64(-f.viscous*vy), float64(-f.viscousRotation*w)
	if f.planar {
		for i := range f.edge {
			ex, ey := f.edge[i][0], f.edge[i][1]
			v := float64(ex*vx) + float64(ey*vy)
			drag := f.edgeDrag[i] * math.Abs(v) * v
			fx -= float64(ex * drag)
			fy -= float64(ey * drag)
		}
		torque -= float64(f.spinDrag * math.Abs(w) * w)
		fx, fy = float64(cs*fx)-float64(sn*fy), float64(sn*fx)+float64(cs*fy)
		return torque + float64(rx*fy) - float64(ry*fx), fx, fy
	}
	for i := range f.axes {
		a := &f.axes[i]
		v := float64(a[0]*vx) + float64(a[1]*vy)
		drag := f.drag[i] * math.Abs(v) * v
		fx -= float64(a[0] * drag)
		fy -= float64(a[1] * drag)
		wi := a[2] * w
		torque -= float64(a[2] * f.dragRotation[i] * math.Abs(wi) * wi)
	}
	fx, fy = float64(cs*fx)-float64(sn*fy), float64(sn*fx)+float64(cs*fy)
	return torque + float64(rx*fy) - float64(ry*fx), fx, fy
}

// addForce adds to dst [NV] the joint forces of a force (fx, fy) at the world point (px, py) of body b and a torque.
func (d *Data) addForce(dst []float64, b int, px, py, fx, fy, torque float64) {
	m := d.Model
	leaf := m.bodies[b].lastDof
	if leaf < 0 {
		return
	}
	t := torque + float64((px-d.ox)*fy) - float64((py-d.oy)*fx)
	for k := leaf; k >= 0; k = m.dofs[k].before {
		mo := &d.dofs[k]
		dst[k] += float64(mo.w*t) + float64(mo.vx*fx) + float64(mo.vy*fy)
	}
}

// lift adds the forces that take weight off bodies to QFrcPassive and QFrcSmooth.
func (d *Data) lift() {
	for _, l := range d.Model.lifts {
		c := &d.Model.bodies[l.body]
		x, y := d.bodyPoint(l.body, c.comX, c.comY)
		d.addForce(d.QFrcPassive, l.body, x, y, l.fx, l.fy, 0)
		d.addForce(d.QFrcSmooth, l.body, x, y, l.fx, l.fy, 0)
	}
}

// ApplyForce adds a force (fu, fv), N, at a point of the world, m, that moves with body b from now on as the body's
// centre of mass does, that is, its torque about the centre of mass is kept. It acts until ClearForces.
func (d *Data) ApplyForce(b int, u, v, fu, fv float64) {
	c := &d.Model.bodies[b]
	cx, cy := d.bodyPoint(b, c.comX, c.comY)
	d.ApplyWrench(b, fu, fv, float64((u-cx)*fv)-float64((v-cy)*fu))
}

// ApplyWrench adds a force (fu, fv), N, at the centre of mass of body b and a torque, N m, until ClearForces.
func (d *Data) ApplyWrench(b int, fu, fv, torque float64) {
	a := d.applied[3*b : 3*b+3]
	a[0] += torque
	a[1] += fu
	a[2] += fv
	d.pushed = true
}

// ClearForces removes all external forces.
func (d *Data) ClearForces() {
	if d.pushed {
		clear(d.applied)
		d.pushed = false
	}
}

// push adds the external forces to QFrcSmooth.
func (d *Data) push() {
	m := d.Model
	for b := m.firstBody; b < len(m.bodies); b++ {
		a := d.applied[3*b : 3*b+3]
		if a[0] == 0 && a[1] == 0 && a[2] == 0 {
			continue
		}
		px, py := d.bodyPoint(b, m.bodies[b].comX, m.bodies[b].comY)
		d.addForce(d.QFrcSmooth, b, px, py, a[1], a[2], a[0])
	}
}

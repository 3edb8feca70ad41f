package physics

// bias goes from the leaves to the root. It computes QFrcBias, the joint forces of weight and of the velocity products, by Newton
// and Euler, and the momenta of which inertia makes M.
//
// With no joint accelerations no body has angular acceleration (all axes are parallel), so that about the origin,
// with a the acceleration there and c the first moment, a body needs
//
//	f = m a - w^2 c,   torque = c x a
//
// What dof k carries, with mass m, first moment c and second moment I, has for unit speed of k
//
//	p = m v_k + w_k perp(c),   L = I w_k + c x v_k
func (d *Data) bias() {
	m := d.Model
	for b := len(m.bodies) - 1; b >= m.firstBody && b > 0; b-- {
		c := &m.bodies[b]
		if !c.moving {
			continue
		}
		s := &d.bodies[b]
		mass, mx, my, in, t, fx, fy := s.mass, s.mx, s.my, s.in, s.torque, s.fx, s.fy
		if c.massive {
			cx := c.mass * (s.x - d.ox + s.c*c.comX - s.s*c.comY)
			cy := c.mass * (s.y - d.oy + s.s*c.comX + s.c*c.comY)
			w2 := s.w * s.w
			mass += c.mass
			mx += cx
			my += cy
			in += c.inertia + (cx*cx+cy*cy)*c.invMass
			t += cx*s.ay - cy*s.ax
			fx += c.mass*s.ax - w2*cx
			fy += c.mass*s.ay - w2*cy
		}
		for k := c.dof0; k < c.dof1; k++ {
			mo := &d.dofs[k]
			w, vx, vy := mo.w, mo.vx, mo.vy
			d.QFrcBias[k] = w*t + vx*fx + vy*fy
			mo.l, mo.px, mo.py = in*w+mx*vy-my*vx, mass*vx-w*my, mass*vy+w*mx
		}
		if c.parentMoves {
			up := &d.bodies[c.parent]
			up.mass += mass
			up.mx += mx
			up.my += my
			up.in += in
			up.torque += t
			up.fx += fx
			up.fy += fy
		}
	}
}

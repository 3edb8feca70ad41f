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
			cx := float64(c.mass * (s.x - d.ox + float64(s.c*c.comX) - float64(s.s*c.comY)))
			cy := float64(c.mass * (s.y - d.oy + float64(s.s*c.comX) + float64(s.c*c.comY)))
			w2 := s.w * s.w
			mass += c.mass
			mx += cx
			my += cy
			in += c.inertia + float64((float64(cx*cx)+float64(cy*cy))*c.invMass)
			t += float64(cx*s.ay) - float64(cy*s.ax)
			fx += float64(c.mass*s.ax) - float64(w2*cx)
			fy += float64(c.mass*s.ay) - float64(w2*cy)
		}
		for k := c.dof0; k < c.dof1; k++ {
			mo := &d.dofs[k]
			w, vx, vy := mo.w, mo.vx, mo.vy
			d.QFrcBias[k] = float64(w*t) + float64(vx*fx) + float64(vy*fy)
			mo.l, mo.px, mo.py = float64(in*w)+float64(mx*vy)-float64(my*vx), float64(mass*vx)-float64(w*my), float64(mass*vy)+float64(w*mx)
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

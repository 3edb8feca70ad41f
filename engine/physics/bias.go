package physics

// bias computes QFrcBias, the joint forces of weight and of the velocity products, by Newton and Euler:
// body inertias about the origin and the force that each body needs; summed towards the root;
// projected on the motions. With no joint accelerations no body has angular acceleration (all axes are
// parallel), so that about the origin, with a its acceleration there and c the first moment,
//
//	f = m a - w^2 c,   torque = c x a
func (d *Data) bias() {
	m := d.Model
	if m.firstBody == 0 {
		return
	}
	d.bodyWrenches()
	wr := d.wrench
	for b := len(m.bodies) - 1; b >= m.firstBody; b-- {
		c := &m.bodies[b]
		if !c.moving {
			continue
		}
		t, fx, fy := wr[3*b], wr[3*b+1], wr[3*b+2]
		for k := c.dof0; k < c.dof1; k++ {
			mo := d.motion[3*k : 3*k+3]
			d.QFrcBias[k] = mo[0]*t + mo[1]*fx + mo[2]*fy
		}
		up := wr[3*c.parent : 3*c.parent+3]
		up[0] += t
		up[1] += fx
		up[2] += fy
	}
}

func (d *Data) bodyWrenches() {
	m := d.Model
	for b := m.firstBody; b < len(m.bodies); b++ {
		c := &m.bodies[b]
		wr, sp := d.wrench[3*b:3*b+3], d.spatial[4*b:4*b+4]
		if !c.massive || !c.moving {
			wr[0], wr[1], wr[2] = 0, 0, 0
			sp[0], sp[1], sp[2], sp[3] = 0, 0, 0, 0
			continue
		}
		cs, sn := d.XRot[2*b], d.XRot[2*b+1]
		rx := d.XPos[2*b] - d.ox + cs*c.comX - sn*c.comY
		ry := d.XPos[2*b+1] - d.oy + sn*c.comX + cs*c.comY
		mx, my := c.mass*rx, c.mass*ry
		sp[0], sp[1], sp[2], sp[3] = c.mass, mx, my, c.inertia+mx*rx+my*ry
		w, ax, ay := d.velocity[3*b], d.accel[2*b], d.accel[2*b+1]
		wr[0] = mx*ay - my*ax
		wr[1] = c.mass*ax - w*w*mx
		wr[2] = c.mass*ay - w*w*my
	}
}

package physics

import "onestep/engine/num"

// bodyState is what an evaluation finds of a body. Velocities and first and second moments are about the origin of motions.
type bodyState struct {
	x, y, c, s, angle float64 // the frame's origin in the world, m; cosine, sine and angle of its turn
	w, vx, vy         float64 // turn rate, velocity of the body's point at the origin
	ax, ay            float64 // velocity-product acceleration there, less gravity

	// of the body and all that it carries, summed on the way back to the root
	mass, mx, my, in float64 // mass, first moment, second moment
	torque, fx, fy   float64 // wrench that the motion without joint accelerations needs
}

// dofState is the motion of a dof with unit speed and the momentum that it gives to what the dof carries.
type dofState struct {
	w, vx, vy float64 // turn rate, velocity of the point at the origin
	l, px, py float64 // angular momentum about the origin, linear momentum
}

// placeFixed computes the poses of the bodies that never move.
func (d *Data) placeFixed() {
	d.bodies[0] = bodyState{c: 1}
	for b := 1; b < d.Model.NBody; b++ {
		c := &d.Model.bodies[b]
		if c.moving {
			continue
		}
		p, s := &d.bodies[c.parent], &d.bodies[b]
		*s = bodyState{x: p.x + float64(p.c*c.x) - float64(p.s*c.y), y: p.y + float64(p.s*c.x) + float64(p.c*c.y), angle: p.angle + c.angle}
		s.s, s.c = num.Sincos(s.angle)
	}
	for b := range d.bodies {
		s := &d.bodies[b]
		s.ax, s.ay = -d.Model.Option.Gravity[0], -d.Model.Option.Gravity[1]
	}
}

// kinematics computes, from the root outwards, poses, motions, velocities and the accelerations that remain when all joint
// accelerations are zero.
//
// A body's frame is its parent's, moved by its own offset and then by its joints in turn: a slide adds (q - ref) axis, a hinge
// adds sign (q - ref) to the angle and leaves its anchor where it was. With o the origin of motions,
//
//	hinge at A: v_k = sign perp(o - A);    slide along u: v_k = u
//	v += v_k qd;   a += qd (2 w + w_k qd) perp(v_k);   w += w_k qd
//
// The middle line is the change of w^2 (centripetal) for a hinge and Coriolis' 2 w qd for a slide. The acceleration starts
// as minus gravity, so that the bias forces contain weight.
func (d *Data) kinematics() {
	m := d.Model
	if m.firstBody == 0 {
		return
	}
	for b := m.firstBody; b < len(m.bodies); b++ {
		c := &m.bodies[b]
		if !c.moving {
			continue
		}
		p, s := &d.bodies[c.parent], &d.bodies[b]
		d.place(c, p, s)
		if b == m.firstBody {
			d.ox, d.oy = s.x, s.y
		}
		w, vx, vy, ax, ay := p.w, p.vx, p.vy, p.ax, p.ay
		for k := c.dof0; k < c.dof1; k++ {
			mo := &d.dofs[k]
			ux, uy := mo.vx, mo.vy
			if mo.w != 0 {
				ux, uy = mo.w*(uy-d.oy), mo.w*(d.ox-ux)
				mo.vx, mo.vy = ux, uy
			}
			qd := d.QVel[k]
			t := qd * (float64(2*w) + float64(mo.w*qd))
			ax -= float64(t * uy)
			ay += float64(t * ux)
			vx += float64(ux * qd)
			vy += float64(uy * qd)
			w += float64(mo.w * qd)
		}
		s.w, s.vx, s.vy, s.ax, s.ay = w, vx, vy, ax, ay
		s.mass, s.mx, s.my, s.in, s.torque, s.fx, s.fy = 0, 0, 0, 0, 0, 0, 0
	}
}

// place computes the frame of a body, and for kinematics the turn rate of its joints and their anchor or axis in the world.
func (d *Data) place(c *bodyConst, p, s *bodyState) {
	m := d.Model
	cs, sn, ang := p.c, p.s, p.angle
	x := p.x + float64(cs*c.x) - float64(sn*c.y)
	y := p.y + float64(sn*c.x) + float64(cs*c.y)
	if c.turned {
		ang += c.angle
		sn, cs = sincos(ang)
	}
	for k := c.dof0; k < c.dof1; k++ {
		j, mo := &m.dofs[k], &d.dofs[k]
		q := d.QPos[k] - j.ref
		if j.slide {
			ux, uy := float64(cs*j.ax)-float64(sn*j.ay), float64(sn*j.ax)+float64(cs*j.ay)
			x += float64(ux * q)
			y += float64(uy * q)
			mo.w, mo.vx, mo.vy = 0, ux, uy
			continue
		}
		ang += float64(j.sign * q)
		mo.w = j.sign
		if !j.offCentre {
			mo.vx, mo.vy = x, y
			sn, cs = sincos(ang)
			continue
		}
		ax, ay := x+float64(cs*j.ax)-float64(sn*j.ay), y+float64(sn*j.ax)+float64(cs*j.ay)
		mo.vx, mo.vy = ax, ay
		sn, cs = sincos(ang)
		x, y = ax-(float64(cs*j.ax)-float64(sn*j.ay)), ay-(float64(sn*j.ax)+float64(cs*j.ay))
	}
	s.x, s.y, s.c, s.s, s.angle = x, y, cs, sn, ang
}

// bodyPoint returns where a point of a body's frame is in the world.
func (d *Data) bodyPoint(b int, x, y float64) (px, py float64) {
	s := &d.bodies[b]
	return s.x + float64(s.c*x) - float64(s.s*y), s.y + float64(s.s*x) + float64(s.c*y)
}

// dofVelocity returns the velocity of the world point (px, py) for unit speed of dof k.
func (d *Data) dofVelocity(k int, px, py float64) (vx, vy float64) {
	mo := &d.dofs[k]
	return mo.vx - float64(mo.w*(py-d.oy)), mo.vy + float64(mo.w*(px-d.ox))
}

// pointVelocity returns the velocity of the world point (px, py) moving with body b, m/s.
func (d *Data) pointVelocity(b int, px, py float64) (vx, vy float64) {
	s := &d.bodies[b]
	return s.vx - float64(s.w*(py-d.oy)), s.vy + float64(s.w*(px-d.ox))
}

// BodyPose returns the origin of a body's frame in the world, m, and its angle, as of the last evaluation.
func (d *Data) BodyPose(b int) (u, v, angle float64) {
	s := &d.bodies[b]
	return s.x, s.y, s.angle
}

// Kinematics evaluates poses and velocities at the present state; forces and contacts stay those of the last evaluation.
func (d *Data) Kinematics() { d.kinematics() }

// BodyCOM returns a body's centre of mass in the world as of the last evaluation, m.
func (d *Data) BodyCOM(b int) (u, v float64) {
	c := &d.Model.bodies[b]
	return d.bodyPoint(b, c.comX, c.comY)
}

// BodyVelocity returns the velocity of the origin of a body's frame, m/s, and its turn rate, rad/s counter-clockwise, as of
// the last evaluation.
func (d *Data) BodyVelocity(b int) (u, v, w float64) {
	s := &d.bodies[b]
	u, v = d.pointVelocity(b, s.x, s.y)
	return u, v, s.w
}

// COMVelocityOf returns the velocity of a body's centre of mass as of the last evaluation, m/s.
func (d *Data) COMVelocityOf(b int) (u, v float64) {
	x, y := d.BodyCOM(b)
	return d.pointVelocity(b, x, y)
}

// COMVelocity returns the velocity of the centre of all moving mass as of the last evaluation, m/s.
func (d *Data) COMVelocity() (u, v float64) {
	pu, pv, _ := d.Momentum()
	mass := 0.0
	for b := range d.Model.bodies {
		if c := &d.Model.bodies[b]; c.moving {
			mass += c.mass
		}
	}
	if mass == 0 {
		return 0, 0
	}
	return pu / mass, pv / mass
}

// Site returns the position of a site in the world as of the last evaluation, m.
func (d *Data) Site(i int) (u, v float64) {
	s := &d.Model.Sites[i]
	return d.bodyPoint(s.Body, s.Pos[0], s.Pos[1])
}

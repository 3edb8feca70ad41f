package physics

import "math"

// placeFixed computes the poses of the bodies that never move.
func (d *Data) placeFixed() {
	d.XRot[0], d.XRot[1] = 1, 0
	for b := 1; b < d.Model.NBody; b++ {
		c := &d.Model.bodies[b]
		if c.moving {
			continue
		}
		p := c.parent
		cs, sn := d.XRot[2*p], d.XRot[2*p+1]
		d.XPos[2*b] = d.XPos[2*p] + cs*c.x - sn*c.y
		d.XPos[2*b+1] = d.XPos[2*p+1] + sn*c.x + cs*c.y
		d.XAngle[b] = d.XAngle[p] + c.angle
		d.XRot[2*b+1], d.XRot[2*b] = math.Sincos(d.XAngle[b])
	}
}

// kinematics computes, from the root outwards, body poses and the motions of the joints; then velocities and
// the accelerations that remain when all joint accelerations are zero.
func (d *Data) kinematics() {
	if d.Model.firstBody == 0 {
		return
	}
	d.positions()
	d.velocities()
}

// positions: a body frame is its parent's, moved by its own offset and then by its joints in turn. A slide adds
// (q - ref) axis; a hinge adds sign (q - ref) to the angle and leaves its anchor where it was. The anchor
// or axis in the world goes to motion for velocities to pick up.
func (d *Data) positions() {
	m := d.Model
	xpos, xrot, xang := d.XPos, d.XRot, d.XAngle
	for b := m.firstBody; b < len(m.bodies); b++ {
		c := &m.bodies[b]
		if !c.moving {
			continue
		}
		p := c.parent
		cs, sn, ang := xrot[2*p], xrot[2*p+1], xang[p]
		x := xpos[2*p] + cs*c.x - sn*c.y
		y := xpos[2*p+1] + sn*c.x + cs*c.y
		if c.turned {
			ang += c.angle
			sn, cs = math.Sincos(ang)
		}
		for k := c.dof0; k < c.dof1; k++ {
			j := &m.dofs[k]
			mo := d.motion[3*k : 3*k+3]
			if j.slide {
				ux, uy := cs*j.ax-sn*j.ay, sn*j.ax+cs*j.ay
				q := d.QPos[k] - j.ref
				x += ux * q
				y += uy * q
				mo[0], mo[1], mo[2] = 0, ux, uy
				continue
			}
			ang += j.sign * (d.QPos[k] - j.ref)
			if !j.offCentre {
				mo[1], mo[2] = x, y
				sn, cs = math.Sincos(ang)
			} else {
				ax, ay := x+cs*j.ax-sn*j.ay, y+sn*j.ax+cs*j.ay
				mo[1], mo[2] = ax, ay
				sn, cs = math.Sincos(ang)
				x, y = ax-(cs*j.ax-sn*j.ay), ay-(sn*j.ax+cs*j.ay)
			}
			mo[0] = j.sign
		}
		xpos[2*b], xpos[2*b+1] = x, y
		xrot[2*b], xrot[2*b+1] = cs, sn
		xang[b] = ang
	}
}

// velocities carries (w, v at the origin) and the acceleration at the origin from the root outwards:
//
//	hinge at A: v_k = sign perp(o - A);    slide along u: v_k = u
//	v += v_k qd;   a += qd (2 w + w_k qd) perp(v_k);   w += w_k qd
//
// The middle line is the change of w^2 (centripetal) for a hinge and Coriolis' 2 w qd for a slide. The
// acceleration starts as minus gravity, so that the bias forces contain weight.
func (d *Data) velocities() {
	m := d.Model
	ox, oy := d.XPos[2*m.firstBody], d.XPos[2*m.firstBody+1]
	d.ox, d.oy = ox, oy
	vel, acc := d.velocity, d.accel
	acc[0], acc[1] = -m.Option.Gravity[0], -m.Option.Gravity[1]
	for b := m.firstBody; b < len(m.bodies); b++ {
		c := &m.bodies[b]
		p := c.parent
		if !c.moving {
			acc[2*b], acc[2*b+1] = acc[0], acc[1]
			continue
		}
		w, vx, vy := vel[3*p], vel[3*p+1], vel[3*p+2]
		ax, ay := acc[2*p], acc[2*p+1]
		for k := c.dof0; k < c.dof1; k++ {
			mo := d.motion[3*k : 3*k+3]
			wk, ux, uy := mo[0], mo[1], mo[2]
			if wk != 0 {
				ux, uy = wk*(uy-oy), wk*(ox-ux)
				mo[1], mo[2] = ux, uy
			}
			qd := d.QVel[k]
			t := qd * (2*w + wk*qd)
			ax -= t * uy
			ay += t * ux
			vx += ux * qd
			vy += uy * qd
			w += wk * qd
		}
		vel[3*b], vel[3*b+1], vel[3*b+2] = w, vx, vy
		acc[2*b], acc[2*b+1] = ax, ay
	}
}

// bodyPoint returns where a point of a body's frame is in the world.
func (d *Data) bodyPoint(b int, x, y float64) (px, py float64) {
	c, s := d.XRot[2*b], d.XRot[2*b+1]
	return d.XPos[2*b] + c*x - s*y, d.XPos[2*b+1] + s*x + c*y
}

// dofVelocity returns the velocity of the world point (px, py) for unit speed of dof k.
func (d *Data) dofVelocity(k int, px, py float64) (vx, vy float64) {
	mo := d.motion[3*k : 3*k+3]
	return mo[1] - mo[0]*(py-d.oy), mo[2] + mo[0]*(px-d.ox)
}

// pointVelocity returns the velocity of the world point (px, py) moving with body b, m/s.
func (d *Data) pointVelocity(b int, px, py float64) (vx, vy float64) {
	v := d.velocity[3*b : 3*b+3]
	return v[1] - v[0]*(py-d.oy), v[2] + v[0]*(px-d.ox)
}

// Site returns the position of a site in the world as of the last evaluation, m.
func (d *Data) Site(i int) (u, v float64) {
	s := &d.Model.Sites[i]
	return d.bodyPoint(s.Body, s.Pos[0], s.Pos[1])
}

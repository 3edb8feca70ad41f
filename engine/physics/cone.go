package physics

import (
	"fmt"
	"math"

	"onestep/engine/num"
)

// zone is the piece of an elliptic cone's cost that a contact is on.
type zone int

// The zones. In the plane the tangent has one direction, so that the cost of the middle zone, which is that of a round cone
// in space, is a quadratic for each sign of the slip; turn is for the others.
const (
	zoneTop    zone = iota // no force
	zonePlus               // on the cone, slipping towards the tangent
	zoneMinus              // on the cone, slipping against it
	zoneBottom             // inside the cone: the contact sticks
)

// checkCones refuses what elliptic cones cannot be combined with.
func (m *Model) checkCones() error {
	if m.Option.Elliptic && m.Option.NoslipIterations > 0 {
		return fmt.Errorf("noslip_iterations with elliptic cones cannot be represented")
	}
	return nil
}

// cone appends a contact's rows of an elliptic cone, condim 3: the normal row Jn, with aref and D as in a pyramid, and the
// tangent row, which has no stiffness and D impratio; the one across the plane is 0. With N = mu (Jn a - aref_n),
// U = f (Jt a - aref_t), f the friction and mu = f/sqrt(impratio), the cost is
//
//	N >= mu |U|: 0;   mu N + |U| <= 0: 1/2 D (..)^2 of both rows;   between: 1/2 D/(mu^2 (1 + mu^2)) (N - mu |U|)^2
//
// (engine_solver, mj_constraintUpdate).
func (d *Data) cone(i int, imp, weight float64) {
	c, p := &d.Contacts[i], &d.Model.contacts[d.Contacts[i].Pair]
	if c.Out == 0 {
		d.coneUnit(i, imp, weight, c.Tangent)
		return
	}
	t1, t2 := d.tangents(c)
	d.coneUnit(i, imp, weight, t1)
	d.coneUnit(i, imp, weight, t2)
	n := len(d.rows.units)
	u, across := &d.rows.units[n-2], &d.rows.units[n-1]
	u.across, across.isAcross = across, true
	u.near += float64(tieTolerance * math.Abs(across.refT))
	clear(across.jac[:p.entries])
}

// coneUnit appends the normal row and the row of one tangent.
func (d *Data) coneUnit(i int, imp, weight float64, tangent [2]float64) {
	p := &d.Model.contacts[d.Contacts[i].Pair]
	d.unit(i, imp, weight, 0, tangent[0], tangent[1])
	u := &d.rows.units[len(d.rows.units)-1]
	ratio := d.Model.Option.ImpRatio
	u.cone, u.pairs, u.zone = true, 0, zoneTop
	u.mu = p.mu / math.Sqrt(ratio)
	u.dt = weight * ratio / (p.mu * p.mu)
	u.dm = weight / (1 + float64(u.mu*u.mu))
	u.refT = -float64(p.sol.b * u.velT)
	u.near = tieTolerance * (math.Abs(float64(u.mu*u.refN)) + math.Abs(u.refT))
}

// turn is place for a cone whose friction has two directions in the plane of motion: its normal leaves the plane. Its cost
// in the middle zone is not quadratic, but homogeneous of degree two in the residuals, so that its second-order model there is
//
//	1/2 dm (n - s)^2 + 1/2 dm (T - n)/T p^2,
//
// s the residual along the slip, of length T, and p that across it, 0 at present. The two tangent rows are therefore turned
// to lie along and across the slip, which makes of the first a cone of the plane; Newton's method ends when they stay.
func (u *unit) turn(t, across float64) bool {
	a := u.across
	slip := num.Hypot(t, across)
	changed := u.place(u.resN, slip)
	if u.zone != zonePlus {
		a.k = 0
		if u.zone == zoneBottom {
			a.k = u.dt
		}
		u.resT, a.resT = t, across
		return changed
	}
	if !changed && math.Abs(across) <= u.near+float64(tieTolerance*slip) {
		u.resT, a.resT = t, across
		return false
	}
	if slip < minVal {
		slip, t, across = minVal, minVal, 0
	}
	c, s := t/slip, across/slip
	n := u.p.entries
	one, two := u.jac[n:], a.jac[n:]
	for e, x := range one {
		y := two[e]
		one[e], two[e] = float64(c*x)+float64(s*y), float64(c*y)-float64(s*x)
	}
	u.refT, a.refT = float64(c*u.refT)+float64(s*a.refT), float64(c*a.refT)-float64(s*u.refT)
	u.velT, a.velT = float64(c*u.velT)+float64(s*a.velT), float64(c*a.velT)-float64(s*u.velT)
	u.resT, a.resT = slip, 0
	a.k = u.dm * (slip - u.resN) / slip
	return true
}

// place puts a contact on the zone of the residuals n = Jn a - aref_n and t = f (Jt a - aref_t) and reports whether it was in
// another. On an edge, to rounding, it stays.
func (u *unit) place(n, t float64) bool {
	normal, slip := float64(u.mu*n), math.Abs(t)
	next := zonePlus
	switch {
	case normal >= float64(u.mu*slip):
		next = zoneTop
	case float64(u.mu*normal)+slip <= 0:
		next = zoneBottom
	case t < 0:
		next = zoneMinus
	}
	if next == u.zone {
		return false
	}
	edge := math.Min(math.Abs(normal-float64(u.mu*slip)), math.Abs(float64(u.mu*normal)+slip))
	if u.across == nil {
		edge = math.Min(edge, slip)
	}
	if edge <= u.near && u.zone != zoneTop {
		return false
	}
	u.zone = next
	return true
}

// sign is that of the slip on the cone.
func (z zone) sign() float64 {
	if z == zoneMinus {
		return -1
	}
	return 1
}

// conePiece sets the weights of the zone: those of Jn'Jn, Jn'Jt and Jt'Jt, and of the references; on the cone, those of the
// one row Jn -+ Jt.
func (u *unit) conePiece(w *weights) {
	if u.isAcross {
		*w = weights{tt: u.k, t: float64(u.k * u.refT)}
		return
	}
	switch u.zone {
	case zoneTop:
		*w = weights{}
	case zoneBottom:
		w.nn, w.nt, w.tt = u.d, 0, u.dt
		w.n, w.t = float64(u.d*u.refN), float64(u.dt*u.refT)
	default:
		s := u.zone.sign()
		w.nn, w.nt, w.tt = u.dm, -float64(s*u.dm), u.dm
		w.n = float64(u.dm * (u.refN - float64(s*u.refT)))
		w.t = -float64(s * w.n)
	}
}

// coneForces are the forces along Jn and f Jt for the residuals.
func (u *unit) coneForces(n, t float64) (normal, tangent float64) {
	if u.isAcross {
		return 0, -float64(u.k * t)
	}
	switch u.zone {
	case zoneTop:
		return 0, 0
	case zoneBottom:
		return -float64(u.d * n), -float64(u.dt * t)
	}
	s := u.zone.sign()
	normal = -float64(u.dm * (n - float64(s*t)))
	return normal, -float64(s * normal)
}

// coneSlopes returns the cost's first and second derivative along a line at the residuals n along the normal, t and, where
// the normal leaves the plane, q along the tangents; they change by dn, dt and dq.
func (u *unit) coneSlopes(n, t, q, dn, dt, dq float64) (g, h float64) {
	normal, slip := float64(u.mu*n), math.Abs(t)
	if q != 0 {
		slip = num.Hypot(t, q)
	}
	switch {
	case normal >= float64(u.mu*slip):
		return 0, 0
	case float64(u.mu*normal)+slip <= 0:
		return float64(u.d*n*dn) + float64(u.dt*(float64(t*dt)+float64(q*dq))),
			float64(u.d*dn*dn) + float64(u.dt*(float64(dt*dt)+float64(dq*dq)))
	case u.across == nil:
		x, dx := n-t, dn-dt
		if t < 0 {
			x, dx = n+t, dn+dt
		}
		return float64(u.dm * x * dx), float64(u.dm * dx * dx)
	}
	rate := (float64(t*dt) + float64(q*dq)) / slip
	x, dx := n-slip, dn-rate
	bend := (float64(dt*dt) + float64(dq*dq) - float64(rate*rate)) / slip
	return float64(u.dm * x * dx), float64(u.dm * (float64(dx*dx) - float64(x*bend)))
}

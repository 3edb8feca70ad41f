package physics

import (
	"fmt"
	"math"
)

// zone is the piece of an elliptic cone's cost that a contact is on.
type zone int

// The zones. In the plane the tangent has one direction, so that the cost of the middle zone, which is that of a round cone
// in space, is a quadratic for each sign of the slip.
const (
	zoneTop    zone = iota // no force
	zonePlus               // on the cone, slipping towards the tangent
	zoneMinus              // on the cone, slipping against it
	zoneBottom             // inside the cone: the contact sticks
)

// checkCones refuses elliptic cones where a contact's friction has two directions: beside the plane of motion, and at a wall.
func (m *Model) checkCones() error {
	if !m.Option.Elliptic {
		return nil
	}
	if m.Option.NoslipIterations > 0 {
		return fmt.Errorf("noslip_iterations with elliptic cones cannot be represented")
	}
	for i := range m.contacts {
		p := &m.Pairs[i]
		g1, g2 := &m.Geoms[p.G1], &m.Geoms[p.G2]
		if p.CondIm == 3 && (m.contacts[i].kind == wall || g1.Type != Plane && math.Abs(g1.Offset-g2.Offset) > 1e-9) {
			return fmt.Errorf("geoms %q and %q touch beside the plane of motion, which elliptic cones cannot represent; cone=\"pyramidal\" can", g1.Name, g2.Name)
		}
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
	d.unit(i, imp, weight, 0, c.Tangent[0], c.Tangent[1])
	u := &d.rows.units[len(d.rows.units)-1]
	ratio := d.Model.Option.ImpRatio
	u.cone, u.pairs, u.zone = true, 0, zoneTop
	u.mu = p.mu / math.Sqrt(ratio)
	u.dt = weight * ratio / (p.mu * p.mu)
	u.dm = weight / (1 + float64(u.mu*u.mu))
	u.refT = -float64(p.sol.b * u.velT)
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
	near := tieTolerance * (math.Abs(float64(u.mu*u.refN)) + math.Abs(u.refT))
	edge := math.Min(math.Abs(normal-float64(u.mu*slip)), math.Min(math.Abs(float64(u.mu*normal)+slip), slip))
	if edge <= near && u.zone != zoneTop {
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

// coneSlopes returns the cost's first and second derivative along a line at the residuals n and t, which change by dn and dt.
func (u *unit) coneSlopes(n, t, dn, dt float64) (g, h float64) {
	normal, slip := float64(u.mu*n), math.Abs(t)
	switch {
	case normal >= float64(u.mu*slip):
		return 0, 0
	case float64(u.mu*normal)+slip <= 0:
		return float64(u.d*n*dn) + float64(u.dt*t*dt), float64(u.d*dn*dn) + float64(u.dt*dt*dt)
	}
	x, dx := n-t, dn-dt
	if t < 0 {
		x, dx = n+t, dn+dt
	}
	return float64(u.dm * x * dx), float64(u.dm * dx * dx)
}

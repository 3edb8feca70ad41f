package physics

import "math"

// Inertial is the mass of a body and how it is spread.
type Inertial struct {
	Mass    float64    // kg
	COM     [2]float64 // centre of mass in the body frame, m
	Inertia float64    // about the normal of the plane through COM, kg m^2
	// PlaneInertia is Iuu, Ivv, Iuv about COM along the body's axes, kg m^2: only the fluid model needs it.
	PlaneInertia [3]float64
}

// CapsuleInertia returns the mass, transverse and axial inertia about the centre of a capsule of radius r and
// cylinder length l, m, filled with density rho, kg/m^3: a cylinder and two half spheres, whose centroids lie
// 3r/8 beyond its ends.
func CapsuleInertia(r, l, rho float64) (mass, transverse, axial float64) {
	mass = rho * math.Pi * (r*r*l + 4*r*r*r/3)
	ms := mass * 4 * r / (4*r + 3*l)
	mc := mass - ms
	transverse = mc*(3*r*r+l*l)/12 + 2*ms*r*r/5 + ms*l*(3*r+2*l)/8
	axial = mc*r*r/2 + 2*ms*r*r/5
	return mass, transverse, axial
}

// SphereInertia returns the mass and inertia of a ball.
func SphereInertia(r, rho float64) (mass, inertia float64) {
	mass = rho * 4 * math.Pi * r * r * r / 3
	return mass, 2 * mass * r * r / 5
}

// CylinderInertia returns the mass, transverse and axial inertia of a cylinder of length l.
func CylinderInertia(r, l, rho float64) (mass, transverse, axial float64) {
	mass = rho * math.Pi * r * r * l
	return mass, mass * (3*r*r + l*l) / 12, mass * r * r / 2
}

// BoxInertia returns the mass and the three inertias of a box of edges a, b, c about the axes along them.
func BoxInertia(a, b, c, rho float64) (mass, ia, ib, ic float64) {
	mass = rho * a * b * c
	return mass, mass * (b*b + c*c) / 12, mass * (a*a + c*c) / 12, mass * (a*a + b*b) / 12
}

// principal returns the inertias along the principal axes 1 and 2 in the plane and the direction (c, s) of axis 1.
func (in *Inertial) principal() (i1, i2, c, s float64) {
	uu, vv, uv := in.PlaneInertia[0], in.PlaneInertia[1], in.PlaneInertia[2]
	if math.Abs(uv) <= 1e-12*(math.Abs(uu)+math.Abs(vv)) {
		return uu, vv, 1, 0
	}
	// Iuu = i1 c^2 + i2 s^2, Ivv = i1 s^2 + i2 c^2, Iuv = (i1 - i2) c s
	half := math.Hypot((uu-vv)/2, uv)
	mean := (uu + vv) / 2
	i1, i2 = mean+half, mean-half
	c, s = uv, i1-uu
	if math.Abs(i1-vv) > math.Abs(s) {
		c, s = i1-vv, uv
	}
	n := math.Hypot(c, s)
	return i1, i2, c / n, s / n
}

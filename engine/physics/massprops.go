package physics

import "math"

// Inertial is the mass of a body and how it is spread.
type Inertial struct {
	Mass    float64    // kg
	COM     [2]float64 // centre of mass in the body frame, m
	Inertia float64    // about the normal of the plane through COM, kg m^2
	// Principal are the principal moments in space about COM, kg m^2, and Axes the unit vectors that they are about:
	// components along the body's u and v and across the plane. Only the fluid model needs them.
	Principal [3]float64
	Axes      [3][3]float64
}

// CapsuleInertia returns the mass, transverse and axial inertia about the centre of a capsule of radius r and
// cylinder length l, m, filled with density rho, kg/m^3: a cylinder and two half spheres, whose centroids lie
// 3r/8 beyond its ends.
func CapsuleInertia(r, l, rho float64) (mass, transverse, axial float64) {
	mass = float64(rho * math.Pi * (float64(r*r*l) + 4*r*r*r/3))
	ms := mass * 4 * r / (float64(4*r) + float64(3*l))
	mc := mass - ms
	transverse = mc*(float64(3*r*r)+float64(l*l))/12 + 2*ms*r*r/5 + float64(ms*l*(float64(3*r)+float64(2*l))/8)
	axial = float64(mc*r*r/2) + 2*ms*r*r/5
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
	return mass, mass * (float64(3*r*r) + float64(l*l)) / 12, mass * r * r / 2
}

// BoxInertia returns the mass and the three inertias of a box of edges a, b, c about the axes along them.
func BoxInertia(a, b, c, rho float64) (mass, ia, ib, ic float64) {
	mass = rho * a * b * c
	return mass, mass * (float64(b*b) + float64(c*c)) / 12, mass * (float64(a*a) + float64(c*c)) / 12, mass * (float64(a*a) + float64(b*b)) / 12
}

// EllipsoidInertia returns the mass and the three inertias of an ellipsoid of half axes a, b, c about them.
func EllipsoidInertia(a, b, c, rho float64) (mass, ia, ib, ic float64) {
	mass = rho * 4 * math.Pi * a * b * c / 3
	return mass, mass * (float64(b*b) + float64(c*c)) / 5, mass * (float64(a*a) + float64(c*c)) / 5, mass * (float64(a*a) + float64(b*b)) / 5
}

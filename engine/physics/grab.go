package physics

import "math"

// Grab ties a point of a body to a point of the world by a spring and a damper, as a hand that pulls a limb:
//
//	f = Stiffness (Target - p) - Damping v,   p and v those of the point at the last evaluation
//
// Pull applies it for one step; whoever holds the limb pulls anew before each.
type Grab struct {
	Body      int
	Local     [2]float64 // the point in the body's frame, m
	Target    [2]float64 // m
	Stiffness float64    // N/m
	Damping   float64    // N s/m
}

// hang is how far a grabbed body as a whole hangs below the pointer, m.
const hang = 0.1

// NewGrab holds the point (u, v) of the world, which moves with body b from now on. Stiffness and damping suit the
// body: its whole weight hangs 0.1 m below the target, a light limb is damped critically, and both stay where an
// explicit step is stable, with m the mass that a force on the limb sees and h the timestep:
//
//	Stiffness = min(max(9.81 M / 0.1, 100 m), m / (4 h^2)),   Damping = min(2 sqrt(Stiffness m), m / (2 h))
func (d *Data) NewGrab(b int, u, v float64) Grab {
	const slow = 100 // 1/s^2: a point mass alone oscillates with 10 rad/s
	m := d.Model
	mass := m.effectiveMass(b)
	h := m.Option.Timestep
	k := math.Min(math.Max(9.81*m.MovingMass()/hang, slow*mass), mass/(4*h*h))
	g := Grab{Body: b, Target: [2]float64{u, v}, Stiffness: k, Damping: math.Min(2*math.Sqrt(k*mass), mass/(2*h))}
	ox, oy := d.present()
	at := &d.bodies[b]
	x, y := u-at.x, v-at.y
	g.Local = [2]float64{float64(at.c*x) + float64(at.s*y), float64(at.c*y) - float64(at.s*x)}
	d.absent(ox, oy)
	return g
}

// effectiveMass is the mass that a force on the body's centre of mass sees in the reference configuration, the mean
// over the two directions, kg.
func (m *Model) effectiveMass(b int) float64 {
	if w := 1.5 * m.BodyInvWeight[b]; w > 0 {
		return 1 / w
	}
	return m.Bodies[b].Mass
}

// MovingMass is the mass of all bodies that can move, kg.
func (m *Model) MovingMass() float64 {
	sum := 0.0
	for b := range m.bodies {
		if m.bodies[b].moving {
			sum += m.bodies[b].mass
		}
	}
	return sum
}

// Pull applies the force of g for the steps until ClearForces.
func (d *Data) Pull(g *Grab) {
	px, py := d.bodyPoint(g.Body, g.Local[0], g.Local[1])
	vx, vy := d.pointVelocity(g.Body, px, py)
	fx := float64(g.Stiffness*(g.Target[0]-px)) - float64(g.Damping*vx)
	fy := float64(g.Stiffness*(g.Target[1]-py)) - float64(g.Damping*vy)
	d.ApplyForce(g.Body, px, py, fx, fy)
}

// Impulse is the constant force on a body that gives the speed (u, v), m/s, to the mass that it sees within span
// seconds.
func (m *Model) Impulse(b int, u, v, span float64) (fu, fv float64) {
	mass := m.effectiveMass(b)
	if m.Floats(b) {
		mass = m.MovingMass()
	}
	return mass * u / span, mass * v / span
}

package scene

import (
	"math"

	"onestep/engine/physics"
)

// Camera maps the world to a rectangle of the screen: (U, V) lies in its middle and Scale pixels are one
// metre. It follows a target by exponential easing, so that its motion does not depend on the frame rate.
type Camera struct {
	View  Rect
	U, V  float64 // m
	Scale float64 // px/m

	fit   Extent
	ready bool
	left  float64 // px that it has still to go
}

// Extent is what the camera has learned of a body: whether it stands on a ground, and the farthest that
// it reached from its root, m.
type Extent struct {
	Ground  bool
	GroundV float64 // height of the ground
	Reach   float64
	Top     float64 // highest point ever seen above the ground
	U, V    float64 // the root now
}

// Point maps a point of the world to the screen.
func (c *Camera) Point(u, v float64) (x, y float64) {
	return c.View.X + c.View.W/2 + (u-c.U)*c.Scale, c.View.Y + c.View.H/2 - (v-c.V)*c.Scale
}

// World is the inverse of Point.
func (c *Camera) World(x, y float64) (u, v float64) {
	return c.U + (x-c.View.X-c.View.W/2)/c.Scale, c.V - (y-c.View.Y-c.View.H/2)/c.Scale
}

// Forget drops what was learned of the last body; the next Follow jumps.
func (c *Camera) Forget() { c.fit, c.ready = Extent{}, false }

// Extent is what the camera knows of the body.
func (c *Camera) Extent() Extent { return c.fit }

// Look takes the body's present shapes into account. The first shape that is not a plane is the root, its
// end A the point that is followed.
func (c *Camera) Look(shapes []physics.Shape) {
	root := true
	for i := range shapes {
		s := &shapes[i]
		if s.Kind == physics.ShapePlane {
			c.fit.Ground, c.fit.GroundV = true, s.A[1]
			continue
		}
		if root {
			c.fit.U, c.fit.V, root = s.A[0], s.A[1], false
		}
		for _, p := range [2][2]float64{s.A, s.B} {
			reach := math.Hypot(p[0]-c.fit.U, p[1]-c.fit.V) + s.Radius
			c.fit.Reach = math.Max(c.fit.Reach, reach)
			c.fit.Top = math.Max(c.fit.Top, p[1]+s.Radius-c.fit.GroundV)
		}
	}
}

// Follow moves the camera towards the body for dt seconds; it jumps the first time and where dt is
// negative.
func (c *Camera) Follow(dt float64) {
	const rate = 5 // 1/s
	reach := math.Max(c.fit.Reach, 1e-3)
	u, v := c.fit.U, c.fit.V
	scale := math.Min(c.View.W, c.View.H) / (2 * 1.2 * reach)
	if c.fit.Ground {
		// The ground a fifth above the lower edge, the highest point ever seen below the upper one.
		height := math.Max(1.5*c.fit.Top, 1.6*reach)
		scale = math.Min(c.View.H/height, c.View.W/(2.4*reach))
		v = c.fit.GroundV + 0.3*c.View.H/scale
	}
	a := 1.0
	if c.ready && dt >= 0 {
		a = 1 - math.Exp(-rate*dt)
	}
	if c.Scale <= 0 {
		c.Scale = scale
	}
	c.U += (u - c.U) * a
	c.V += (v - c.V) * a
	c.Scale += (scale - c.Scale) * a
	c.left = math.Max(math.Hypot(u-c.U, v-c.V)*c.Scale, math.Abs(scale-c.Scale)*reach)
	c.ready = true
}

// Settled tells whether the camera has arrived, to a quarter of a pixel.
func (c *Camera) Settled() bool { return c.ready && c.left < 0.25 }

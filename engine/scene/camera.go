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
	Free  bool    // the body floats: it is followed, whatever the world carries

	fit   Extent
	ready bool
	left  float64 // px that it has still to go
}

// Extent is what the camera has learned of a body: whether it stands on a ground or hangs on something fixed, and the
// farthest that it reached, m.
type Extent struct {
	Ground  bool
	GroundV float64 // height of the ground
	Fixed   bool    // the world carries something to look at: a pivot, a rail, walls
	Pivot   bool    // it is a pivot
	Reach   float64 // from the root
	Wide    float64 // Fixed: from the middle of what is fixed, to the sides
	Lo, Hi  float64 // Fixed: the lowest and highest point
	Top     float64 // highest point ever seen above the ground
	Begins  float64 // Top when the body was first seen
	U, V    float64 // the root, or the middle of what is fixed, now
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

// highest bounds the height that the view holds, in reaches of the body, unless the body begins higher: a cup that hangs.
const highest = 2.2

// Look takes the body's present shapes into account. What is followed is the first shape that moves, its
// end A, or the middle of all that moves where the body floats; where the world carries shapes that are no planes, and the body does not
// float, the view stands still on them.
func (c *Camera) Look(shapes []physics.Shape) {
	f := &c.fit
	var fixed box
	for i := range shapes {
		s := &shapes[i]
		switch {
		case s.Kind == physics.ShapePlane:
			if math.Abs(s.B[0]) > 0.7 { // a wall is no ground
				f.Ground, f.GroundV = true, s.A[1]
			}
		case s.Body == 0:
			fixed.add(s)
		}
	}
	f.Fixed = fixed.some && !c.Free
	middle := (fixed.u0 + fixed.u1) / 2
	root := true
	var u, v float64
	for i := range shapes {
		s := &shapes[i]
		if s.Kind == physics.ShapePlane || s.Body == 0 {
			continue
		}
		if root {
			u, v, root = s.A[0], s.A[1], false
			if c.Free {
				u, v = centroid(shapes)
			}
			if f.Fixed && fixed.size() < 0.5*(math.Hypot(s.B[0]-s.A[0], s.B[1]-s.A[1])+s.Radius) {
				f.Pivot = true
			}
			if f.Fixed && f.Pivot {
				u, v = middle, (fixed.v0+fixed.v1)/2
			}
		}
		fixed.add(s)
		for _, p := range [2][2]float64{s.A, s.B} {
			f.Reach = math.Max(f.Reach, math.Hypot(p[0]-u, p[1]-v)+s.Radius)
			f.Top = math.Max(f.Top, p[1]+s.Radius-f.GroundV)
		}
	}
	if f.Begins == 0 {
		f.Begins = f.Top
	}
	f.Top = math.Min(f.Top, math.Max(f.Begins, highest*f.Reach)) // what is thrown higher leaves the view, and comes down again
	f.U, f.V = u, v
	if !f.Fixed || f.Pivot || !fixed.some {
		return
	}
	if f.Wide == 0 {
		f.Lo, f.Hi = fixed.v0, fixed.v1
	}
	f.U = middle
	f.Wide = math.Max(f.Wide, math.Max(middle-fixed.u0, fixed.u1-middle))
	f.Lo, f.Hi = math.Min(f.Lo, fixed.v0), math.Max(f.Hi, fixed.v1)
	f.V = (f.Lo + f.Hi) / 2
}

// Share gives two cameras of equal views one scale: each takes in how far the other's body reached. Call it between Look and
// Follow.
func (c *Camera) Share(o *Camera) {
	f, g := &c.fit, &o.fit
	f.Reach, f.Top, f.Begins, f.Wide = math.Max(f.Reach, g.Reach), math.Max(f.Top, g.Top), math.Max(f.Begins, g.Begins), math.Max(f.Wide, g.Wide)
	f.Lo, f.Hi = math.Min(f.Lo, g.Lo), math.Max(f.Hi, g.Hi)
	g.Reach, g.Top, g.Begins, g.Wide, g.Lo, g.Hi = f.Reach, f.Top, f.Begins, f.Wide, f.Lo, f.Hi
}

// centroid is the middle of the moving shapes, weighed by their lengths, m.
func centroid(shapes []physics.Shape) (u, v float64) {
	sum := 0.0
	for i := range shapes {
		s := &shapes[i]
		if s.Kind == physics.ShapePlane || s.Body == 0 {
			continue
		}
		w := math.Hypot(s.B[0]-s.A[0], s.B[1]-s.A[1]) + 2*s.Radius
		u += w * (s.A[0] + s.B[0]) / 2
		v += w * (s.A[1] + s.B[1]) / 2
		sum += w
	}
	if sum > 0 {
		u, v = u/sum, v/sum
	}
	return u, v
}

// box is the bounding box of some shapes, m.
type box struct {
	some           bool
	u0, v0, u1, v1 float64
}

func (b *box) add(s *physics.Shape) {
	for _, p := range [2][2]float64{s.A, s.B} {
		if !b.some {
			*b = box{true, p[0], p[1], p[0], p[1]}
		}
		b.u0, b.u1 = math.Min(b.u0, p[0]-s.Radius), math.Max(b.u1, p[0]+s.Radius)
		b.v0, b.v1 = math.Min(b.v0, p[1]-s.Radius), math.Max(b.v1, p[1]+s.Radius)
	}
}

func (b *box) size() float64 { return math.Max(b.u1-b.u0, b.v1-b.v0) }

// Follow moves the camera towards the body for dt seconds; it jumps the first time, where dt is negative, and after a view
// without room.
func (c *Camera) Follow(dt float64) {
	if c.empty() {
		c.ready = false
		return
	}
	const rate = 8 // 1/s; a runner at 6 m/s stays 0.75 m ahead of the middle
	reach := math.Max(c.fit.Reach, 1e-3)
	u, v := c.fit.U, c.fit.V
	scale := math.Min(c.View.W, c.View.H) / (2 * 1.2 * reach)
	switch {
	case c.fit.Fixed && !c.fit.Pivot:
		scale = math.Min(c.View.W/(2*1.08*c.fit.Wide), c.View.H/(1.15*math.Max(c.fit.Hi-c.fit.Lo, 1e-3)))
	case c.fit.Ground:
		// The ground a seventh above the lower edge, the highest point ever seen below the upper one.
		height := math.Max(1.35*c.fit.Top, 1.35*reach)
		scale = math.Min(c.View.H/height, c.View.W/(2.4*reach))
		v = c.fit.GroundV + 0.36*c.View.H/scale
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

// empty tells whether nothing can be shown.
func (c *Camera) empty() bool { return !(c.View.W > 0 && c.View.H > 0) }

// Settled tells whether the camera has arrived, to a quarter of a pixel.
func (c *Camera) Settled() bool { return c.empty() || c.ready && c.left < 0.25 }

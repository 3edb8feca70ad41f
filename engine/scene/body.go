package scene

import (
	"math"

	"onestep/engine/physics"
)

// BodyStyle is how a body looks.
type BodyStyle struct {
	Limb, Edge   Color // fill and outline of a limb
	Joint, Hub   Color // disc of a joint and its middle
	Ground, Mark Color // the ground's surface and its marks
	Shadow       Color
	Back         Color   // fill of a limb on the far side
	Target       Color   // what is to be reached
	Water        Color   // marks in a fluid
	Pixel        float64 // device pixels to a CSS pixel
}

// Ground draws every plane among the shapes: its surface, what lies below, and marks that stand at whole
// distances in the world and therefore scroll with the camera.
func Ground(l *List, cam *Camera, shapes []physics.Shape, st *BodyStyle) {
	for i := range shapes {
		s := &shapes[i]
		if s.Kind != physics.ShapePlane {
			continue
		}
		_, y := cam.Point(0, s.A[1])
		bottom := cam.View.Y + cam.View.H
		if y >= bottom || cam.Scale <= 0 {
			continue
		}
		l.Fill(Rect{cam.View.X, y, cam.View.W, bottom - y}, st.Ground.Alpha(0.5), st.Ground.Alpha(0))
		l.Line(cam.View.X, y, cam.View.X+cam.View.W, y, 1.5*st.Pixel, st.Mark)
		spacing := markSpacing(cam.Scale, 64*st.Pixel)
		left, _ := cam.World(cam.View.X, 0)
		right, _ := cam.World(cam.View.X+cam.View.W, 0)
		for k := math.Floor(left / spacing); k*spacing <= right; k++ {
			x, _ := cam.Point(k*spacing, 0)
			long := 7.0
			if math.Mod(k, 5) == 0 {
				long = 14
			}
			l.Line(x, y+3*st.Pixel, x-long*0.6*st.Pixel, y+(3+long)*st.Pixel, 1.25*st.Pixel, st.Mark.Alpha(0.7))
		}
	}
}

// markSpacing is the 1-2-5 step in metres that comes nearest above want px.
func markSpacing(scale, want float64) float64 {
	step := math.Pow(10, math.Floor(math.Log10(want/scale)))
	for _, f := range [4]float64{1, 2, 5, 10} {
		if f*step*scale >= want {
			return f * step
		}
	}
	return 10 * step
}

// Figure is a body as it stands.
type Figure struct {
	Shapes []physics.Shape
	Joints []physics.JointMark
	Far    []bool // by body: on the far side, where two limbs hang on one joint
	Target int    // the body that is no limb but a target; 0 for none
}

func (f *Figure) far(body int) bool { return body < len(f.Far) && f.Far[body] }

// Body draws what the world carries, the limbs of a body and its joints: a soft shadow under each, the outline, the
// fill; limbs of the far side first.
func Body(l *List, cam *Camera, f *Figure, st *BodyStyle) {
	for i := range f.Shapes {
		if s := &f.Shapes[i]; s.Kind != physics.ShapePlane && s.Body == 0 {
			fixture(l, cam, s, st)
		}
	}
	for i := range f.Shapes {
		if s := &f.Shapes[i]; s.Kind != physics.ShapePlane && s.Body != 0 && s.Body != f.Target {
			x0, y0, x1, y1, r := limb(cam, s, st)
			l.CapsuleGlow(x0, y0+3*st.Pixel, x1, y1+3*st.Pixel, r, 14*st.Pixel, st.Shadow)
		}
	}
	for _, far := range [2]bool{true, false} {
		for i := range f.Shapes {
			s := &f.Shapes[i]
			switch {
			case s.Kind == physics.ShapePlane || s.Body == 0 || f.far(s.Body) != far:
			case s.Body == f.Target:
				target(l, cam, s, st)
			case far:
				drawLimb(l, cam, s, st, st.Back)
			default:
				drawLimb(l, cam, s, st, st.Limb)
			}
		}
		for i := range f.Joints {
			if j := &f.Joints[i]; j.Hinge && !j.Root && f.far(j.Body) == far {
				x, y := cam.Point(j.Pos[0], j.Pos[1])
				r := f.thickness(j.Body) * cam.Scale
				l.Dot(x, y, math.Max(0.62*r, 2*st.Pixel), st.Joint)
				l.Dot(x, y, math.Max(0.3*r, st.Pixel), st.Hub)
			}
		}
	}
}

// thickness is the least radius of a body's shapes, m.
func (f *Figure) thickness(body int) float64 {
	r := math.Inf(1)
	for i := range f.Shapes {
		if s := &f.Shapes[i]; s.Body == body && s.Kind != physics.ShapePlane {
			r = math.Min(r, s.Radius)
		}
	}
	if math.IsInf(r, 1) {
		return 0
	}
	return r
}

// fixture draws what the world carries: a pivot, a rail, a wall.
func fixture(l *List, cam *Camera, s *physics.Shape, st *BodyStyle) {
	x0, y0, x1, y1, r := limb(cam, s, st)
	if s.Kind == physics.ShapeSphere {
		l.Capsule(x0, y0, x1, y1, r, st.Edge, st.Edge)
		l.Capsule(x0, y0, x1, y1, 0.45*r, st.Hub, st.Hub)
		return
	}
	l.Capsule(x0, y0, x1, y1, r+1.25*st.Pixel, st.Mark, st.Mark)
	l.Capsule(x0, y0, x1, y1, r, st.Ground, st.Ground)
}

// drawLimb draws one limb with its outline and a lighter core that gives it its roundness.
func drawLimb(l *List, cam *Camera, s *physics.Shape, st *BodyStyle, fill Color) {
	x0, y0, x1, y1, r := limb(cam, s, st)
	if s.Kind == physics.ShapeBox {
		h := math.Hypot(x1-x0, y1-y0) / 2
		ux, uy := 1.0, 0.0
		if h > 0 {
			ux, uy = (x1-x0)/2/h, (y1-y0)/2/h
		}
		corner := math.Min(2*st.Pixel, math.Min(h, r)/2)
		cx, cy := (x0+x1)/2, (y0+y1)/2
		edge := 1.25 * st.Pixel
		l.quad(cx, cy, ux, uy, math.Max(0, h-corner+edge), r-corner+edge, corner, 0, st.Edge, st.Edge)
		l.quad(cx, cy, ux, uy, math.Max(0, h-corner), r-corner, corner, 0, fill, fill)
		return
	}
	l.Capsule(x0, y0, x1, y1, r+1.25*st.Pixel, st.Edge, st.Edge)
	l.Capsule(x0, y0, x1, y1, r, fill, fill)
	l.CapsuleGlow(x0, y0-0.25*r, x1, y1-0.25*r, 0.4*r, 0.9*r, Color{1, 1, 1, 0.16 * fill[3]})
}

// target draws what is to be reached: rings about a dot.
func target(l *List, cam *Camera, s *physics.Shape, st *BodyStyle) {
	x, y, _, _, r := limb(cam, s, st)
	r = math.Max(r, 5*st.Pixel)
	l.Glow(x, y, r, 1.6*r, st.Target.Alpha(0.35))
	l.Ring(x, y, 1.9*r, 1.5*st.Pixel, st.Target)
	l.Dot(x, y, r, st.Target)
	l.Dot(x, y, 0.4*r, st.Hub)
}

// Fluid tints the view and draws small waves that stand in the world and therefore scroll with the camera.
func Fluid(l *List, cam *Camera, st *BodyStyle) {
	l.Fill(cam.View, st.Water.Alpha(0.10), st.Water.Alpha(0.20))
	if cam.Scale <= 0 {
		return
	}
	spacing := markSpacing(cam.Scale, 44*st.Pixel)
	left, top := cam.World(cam.View.X, cam.View.Y)
	right, bottom := cam.World(cam.View.X+cam.View.W, cam.View.Y+cam.View.H)
	c := st.Water.Alpha(0.45)
	const points = 10
	stroke := Stroke{List: l, Width: 1.2 * st.Pixel}
	reach := 0.26 * spacing * cam.Scale
	for j := math.Ceil(bottom/spacing + 0.1); j*spacing <= top; j++ {
		shift := 0.5 * math.Mod(math.Abs(j), 2)
		for i := math.Floor(left/spacing) - 1; (i+shift)*spacing <= right; i++ {
			x, y := cam.Point((i+shift)*spacing, j*spacing)
			for k := range points + 1 {
				a := 2*float64(k)/points - 1
				px, py := x+a*reach, y+0.14*reach*math.Sin(math.Pi*a*1.5)
				if k == 0 {
					stroke.Move(px, py, c)
				} else {
					stroke.To(px, py, c)
				}
			}
			stroke.End()
		}
	}
}

// Force draws an arrow from (x, y) along (dx, dy), px; shorter ones than can be seen are left out.
func Force(l *List, x, y, dx, dy, pixel float64, c Color) {
	length := math.Hypot(dx, dy)
	if !(length > 3*pixel) {
		return
	}
	ux, uy := dx/length, dy/length
	head := math.Min(8*pixel, 0.5*length)
	l.Line(x, y, x+dx-0.5*head*ux, y+dy-0.5*head*uy, 2.2*pixel, c)
	l.Arrowhead(x+dx, y+dy, ux, uy, head, 2.2*pixel, c)
}

// Rubber draws the band between a grabbed point and the pointer, thinner the longer it is.
func Rubber(l *List, x0, y0, x1, y1, pixel float64, c Color) {
	length := math.Hypot(x1-x0, y1-y0)
	width := (1.2 + 3.3/(1+length/(60*pixel))) * pixel
	l.Line(x0, y0, x1, y1, width+2*pixel, c.Alpha(0.25))
	l.Line(x0, y0, x1, y1, width, c)
	l.Dot(x0, y0, 5*pixel, c)
	l.Ring(x1, y1, 8*pixel, 2*pixel, c)
}

// limb is a shape on the screen, px; no thinner than can be seen.
func limb(cam *Camera, s *physics.Shape, st *BodyStyle) (x0, y0, x1, y1, r float64) {
	x0, y0 = cam.Point(s.A[0], s.A[1])
	x1, y1 = cam.Point(s.B[0], s.B[1])
	return x0, y0, x1, y1, math.Max(s.Radius*cam.Scale, 2*st.Pixel)
}

// Trail draws the way of a point, oldest first, [2*n] world coordinates, fading towards the past.
func Trail(l *List, cam *Camera, uv []float64, width float64, c Color) {
	s := Stroke{List: l, Width: width}
	n := len(uv) / 2
	for i := range n {
		x, y := cam.Point(uv[2*i], uv[2*i+1])
		fade := c.Alpha(float32(i) / float32(max(1, n-1)))
		if i == 0 {
			s.Move(x, y, fade)
		} else {
			s.To(x, y, fade)
		}
	}
	s.End()
}

// Torque draws an action at a joint as an arrow that turns: its sweep is proportional to action in
// [-1,1], anticlockwise where it is positive.
func Torque(l *List, x, y, radius, action, pixel float64, c Color) {
	const full = 1.9 // rad at |action| = 1
	a := math.Max(-1, math.Min(1, action)) * full
	if math.Abs(a) < 0.06 || math.IsNaN(a) {
		return
	}
	// Centred below the joint; on the screen an anticlockwise turn has falling angles.
	from, to := math.Pi/2+a/2, math.Pi/2-a/2
	width := (2.5 + 1.5*math.Abs(action)) * pixel
	l.Arc(x, y, radius, from, to, width, c.Alpha(0.25), c)
	dir := -1.0
	if a < 0 {
		dir = 1
	}
	ex, ey := x+radius*math.Cos(to), y+radius*math.Sin(to)
	size := math.Min(9*pixel, 0.6*radius*math.Abs(a)+2*pixel)
	l.Arrowhead(ex, ey, -math.Sin(to)*dir, math.Cos(to)*dir, size, width, c)
}

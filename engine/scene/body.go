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

// Body draws the limbs of a body and its joints: a soft shadow under each, the outline, the fill.
func Body(l *List, cam *Camera, shapes []physics.Shape, st *BodyStyle) {
	for i := range shapes {
		if s := &shapes[i]; s.Kind != physics.ShapePlane {
			x0, y0, x1, y1, r := limb(cam, s, st)
			l.CapsuleGlow(x0, y0+3*st.Pixel, x1, y1+3*st.Pixel, r, 14*st.Pixel, st.Shadow)
		}
	}
	for i := range shapes {
		s := &shapes[i]
		if s.Kind == physics.ShapePlane {
			continue
		}
		x0, y0, x1, y1, r := limb(cam, s, st)
		if s.Body == 0 {
			// What the world carries, as the pivot of a pendulum.
			l.Capsule(x0, y0, x1, y1, r, st.Edge, st.Edge)
			l.Capsule(x0, y0, x1, y1, 0.45*r, st.Hub, st.Hub)
			continue
		}
		l.Capsule(x0, y0, x1, y1, r+1.25*st.Pixel, st.Edge, st.Edge)
		l.Capsule(x0, y0, x1, y1, r, st.Limb, st.Limb)
		// A lighter core gives the limb its roundness.
		l.CapsuleGlow(x0, y0-0.25*r, x1, y1-0.25*r, 0.4*r, 0.9*r, Color{1, 1, 1, 0.16 * st.Limb[3]})
	}
	for i := range shapes {
		s := &shapes[i]
		if s.Kind != physics.ShapeCapsule || s.Body == 0 {
			continue
		}
		x, y, _, _, r := limb(cam, s, st)
		l.Dot(x, y, 0.62*r, st.Joint)
		l.Dot(x, y, 0.3*r, st.Hub)
	}
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

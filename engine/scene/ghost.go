package scene

import (
	"math"

	"onestep/engine/physics"
)

// Ghost draws the limbs of a figure faintly, as rims in one colour: a second body beside the one that acts.
func Ghost(l *List, cam *Camera, f *Figure, st *BodyStyle, c Color) {
	for i := range f.Shapes {
		s := &f.Shapes[i]
		if s.Kind == physics.ShapePlane || s.Body == 0 || s.Body == f.Target {
			continue
		}
		x0, y0, x1, y1, r := limb(cam, s, st)
		h, g, w := math.Hypot(x1-x0, y1-y0)/2, 0.0, r
		ux, uy := 1.0, 0.0
		if h > 0 {
			ux, uy = (x1-x0)/2/h, (y1-y0)/2/h
		}
		if s.Kind == physics.ShapeBox {
			w = math.Min(2*st.Pixel, math.Min(h, r)/2)
			h, g = math.Max(0, h-w), r-w
		}
		cx, cy := (x0+x1)/2, (y0+y1)/2
		l.quad(cx, cy, ux, uy, h, g, w, 0, c.Alpha(0.16), c.Alpha(0.16))
		l.quad(cx, cy, ux, uy, h, g, w, 1.5*st.Pixel, c.Alpha(0.85), c.Alpha(0.85))
	}
}

// Beyond draws a chevron at the side of the view beyond which the point (u, v) lies, m, and tells whether it does.
func Beyond(l *List, cam *Camera, u, v float64, pixel float64, c Color) bool {
	x, y := cam.Point(u, v)
	r := cam.View
	if x >= r.X && x <= r.X+r.W {
		return false
	}
	y = math.Max(r.Y+24*pixel, math.Min(r.Y+r.H-24*pixel, y))
	side, at := 1.0, r.X+r.W-12*pixel
	if x < r.X {
		side, at = -1, r.X+12*pixel
	}
	for k := range 2 {
		l.Arrowhead(at-side*float64(k)*7*pixel, y, side, 0, 11*pixel, 2.4*pixel, c.Alpha(1-0.4*float32(k)))
	}
	return true
}

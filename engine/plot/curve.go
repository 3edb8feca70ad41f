package plot

import (
	"math"

	"onestep/engine/scene"
)

// Curve is a line through points with a spread at each: y +- spread.
type Curve struct {
	X, Y, Spread []float64 // [n]; Spread may be nil

	px, lo, hi []float64
}

// Reset drops the points.
func (c *Curve) Reset() { c.X, c.Y, c.Spread = c.X[:0], c.Y[:0], c.Spread[:0] }

// Append adds a point; one that is not finite is left out.
func (c *Curve) Append(x, y, spread float64) {
	if finite(x) && finite(y) {
		if !finite(spread) {
			spread = 0
		}
		c.X, c.Y, c.Spread = append(c.X, x), append(c.Y, y), append(c.Spread, spread)
	}
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// Band fills the area within the spread.
func (c *Curve) Band(l *scene.List, a *Axes, col scene.Color) {
	c.px, c.lo, c.hi = c.px[:0], c.lo[:0], c.hi[:0]
	for i := range c.X {
		x, lo := a.Point(c.X[i], c.Y[i]-c.Spread[i])
		_, hi := a.Point(c.X[i], c.Y[i]+c.Spread[i])
		c.px, c.lo, c.hi = append(c.px, x), append(c.lo, lo), append(c.hi, hi)
	}
	l.Band(c.px, c.lo, c.hi, col)
}

// Line strokes the curve.
func (c *Curve) Line(l *scene.List, a *Axes, width float64, col scene.Color) {
	s := scene.Stroke{List: l, Width: width}
	for i := range c.X {
		x, y := a.Point(c.X[i], c.Y[i])
		if i == 0 {
			s.Move(x, y, col)
		} else {
			s.To(x, y, col)
		}
	}
	s.End()
}

// DashedLine strokes the curve in dashes whose pattern goes on around its corners.
func (c *Curve) DashedLine(l *scene.List, a *Axes, width, on, off float64, col scene.Color) {
	left, drawing := on, true
	for i := 1; i < len(c.X); i++ {
		x0, y0 := a.Point(c.X[i-1], c.Y[i-1])
		x1, y1 := a.Point(c.X[i], c.Y[i])
		length := math.Hypot(x1-x0, y1-y0)
		for s := 0.0; s < length; {
			e := math.Min(length, s+left)
			if drawing {
				l.Line(x0+(x1-x0)*s/length, y0+(y1-y0)*s/length, x0+(x1-x0)*e/length, y0+(y1-y0)*e/length, width, col)
			}
			left -= e - s
			if left <= 1e-9 {
				drawing = !drawing
				left = off
				if drawing {
					left = on
				}
			}
			s = e
			if e == length {
				break
			}
		}
	}
}

// Points marks each point.
func (c *Curve) Points(l *scene.List, a *Axes, radius float64, col scene.Color) {
	for i := range c.X {
		x, y := a.Point(c.X[i], c.Y[i])
		l.Dot(x, y, radius, col)
	}
}

// Nearest is the index of the point whose x lies closest to px on the screen, -1 where there is none.
func (c *Curve) Nearest(a *Axes, px float64) int {
	best, index := math.Inf(1), -1
	for i := range c.X {
		x, _ := a.Point(c.X[i], c.Y[i])
		if r := math.Abs(x - px); r < best {
			best, index = r, i
		}
	}
	return index
}

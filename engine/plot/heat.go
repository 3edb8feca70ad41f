package plot

import (
	"math"

	"onestep/engine/scene"
)

// Diverging colours the way from -1 through nothing at 0 to 1: the two ends differ in hue, and their strength tells how far
// a value lies from the middle.
type Diverging struct{ Low, High scene.Color }

// At is the colour at z, which is clipped to [-1,1]; clear at 0 and where z is no number.
func (d *Diverging) At(z float64) scene.Color {
	if !(math.Abs(z) > 0) {
		return d.High.Alpha(0)
	}
	c := &d.High
	if z < 0 {
		c = &d.Low
	}
	return c.Alpha(float32(math.Sqrt(math.Min(1, math.Abs(z)))))
}

// Heat is a function on a grid over [Lo,Hi] in y and, where NX > 1, in x: V[j*NX+i] at the corner (i, j). With NX = 1 it
// does not depend on x, and the picture of it grows from nothing at the left end of the axis.
type Heat struct {
	NX, NY int
	Lo, Hi float64
	V      []float32 // [NY*NX]
	Middle float64   // the value without colour
	Scale  float64   // the deviation from it with full colour, > 0
}

// Place is the coordinate of column or row i of n.
func (h *Heat) Place(i, n int) float64 { return h.Lo + (h.Hi-h.Lo)*float64(i)/float64(n-1) }

// Fit sets the scale to the largest deviation from middle.
func (h *Heat) Fit(middle float64) {
	h.Middle, h.Scale = middle, 0
	for _, v := range h.V {
		h.Scale = math.Max(h.Scale, math.Abs(float64(v)-middle))
	}
}

// Draw appends the surface. Where a value is no number, or all are equal, nothing is drawn.
func (h *Heat) Draw(l *scene.List, a *Axes, d *Diverging) {
	if h.NY < 2 || len(h.V) < h.NX*h.NY || !(h.Scale > 0) || math.IsInf(h.Scale, 0) || math.IsNaN(h.Middle) {
		return
	}
	for j := range h.NY {
		y := h.Place(j, h.NY)
		if h.NX == 1 {
			c := d.At((float64(h.V[j]) - h.Middle) / h.Scale)
			x0, py := a.Point(a.X.Lo, y)
			x1, _ := a.Point(a.X.Hi, y)
			l.Corner(x0, py, c.Alpha(0))
			l.Corner(x1, py, c)
			continue
		}
		for i := range h.NX {
			x, py := a.Point(h.Place(i, h.NX), y)
			l.Corner(x, py, d.At((float64(h.V[j*h.NX+i])-h.Middle)/h.Scale))
		}
	}
	l.Mesh(max(h.NX, 2), h.NY)
}

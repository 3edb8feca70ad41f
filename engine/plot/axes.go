package plot

import (
	"math"

	"onestep/engine/scene"
)

// Align says which point of a label stands at its place.
type Align int

// The places of a label's anchor.
const (
	Center Align = iota // the middle
	Left                // the middle of the left edge
	Right               // the middle of the right edge
	Above               // the middle of the lower edge
	Below               // the middle of the upper edge
)

// Label is a text for the page to show over the canvas.
type Label struct {
	Text   string
	Class  string  // what it is: title, tick, axis, legend, note, value
	X, Y   float64 // px
	Align  Align
	Turned bool   // written upwards
	Color  string // of a legend's key: noise, action, one, many; empty for none
}

// Axes is a rectangle with a scale along each side.
type Axes struct {
	Frame scene.Rect
	X, Y  Scale

	xTicks, yTicks []Tick
	XWant, YWant   int // about how many labelled ticks; 0 takes 5
}

// Style is what axes look like.
type Style struct {
	Grid, Axis, Zero scene.Color
	Pixel            float64 // device pixels to a CSS pixel
}

// Point maps data to the screen.
func (a *Axes) Point(x, y float64) (px, py float64) {
	return a.Frame.X + a.X.At(x)*a.Frame.W, a.Frame.Y + (1-a.Y.At(y))*a.Frame.H
}

// Data is the inverse of Point.
func (a *Axes) Data(px, py float64) (x, y float64) {
	return a.X.Value((px - a.Frame.X) / a.Frame.W), a.Y.Value(1 - (py-a.Frame.Y)/a.Frame.H)
}

// Prepare computes the ticks. Call it when the frame or a scale has changed.
func (a *Axes) Prepare() {
	xw, yw := a.XWant, a.YWant
	if xw == 0 {
		xw = 5
	}
	if yw == 0 {
		yw = 5
	}
	a.xTicks = a.X.Ticks(a.xTicks[:0], xw)
	a.yTicks = a.Y.Ticks(a.yTicks[:0], yw)
}

// Draw appends the grid and the two axes.
func (a *Axes) Draw(l *scene.List, st *Style) {
	f, one := a.Frame, math.Max(1, math.Round(st.Pixel))
	for _, t := range a.xTicks {
		x, _ := a.Point(t.Value, a.Y.Lo)
		l.Fill(hair(x, f.Y, one, f.H), fade(st.Grid, t), fade(st.Grid, t))
	}
	for _, t := range a.yTicks {
		_, y := a.Point(a.X.Lo, t.Value)
		c := fade(st.Grid, t)
		if t.Value == 0 && !a.Y.Log {
			c = st.Zero
		}
		l.Fill(hair(f.X, y, f.W, one), c, c)
	}
	l.Fill(hair(f.X, f.Y, one, f.H+one), st.Axis, st.Axis)
	l.Fill(hair(f.X, f.Y+f.H, f.W, one), st.Axis, st.Axis)
}

// fade makes minor grid lines weaker.
func fade(c scene.Color, t Tick) scene.Color {
	if t.Text == "" {
		return c.Alpha(0.45)
	}
	return c
}

// hair is a rectangle snapped to whole pixels, so that a hairline is crisp.
func hair(x, y, w, h float64) scene.Rect {
	return scene.Rect{X: math.Floor(x), Y: math.Floor(y), W: math.Max(1, math.Round(w)), H: math.Max(1, math.Round(h))}
}

// Labels appends the tick labels; gap is their distance from the axis, px.
func (a *Axes) Labels(dst []Label, gap float64) []Label {
	for _, t := range a.xTicks {
		if t.Text != "" {
			x, _ := a.Point(t.Value, a.Y.Lo)
			dst = append(dst, Label{Text: t.Text, Class: "tick", X: x, Y: a.Frame.Y + a.Frame.H + gap, Align: Below})
		}
	}
	for _, t := range a.yTicks {
		if t.Text != "" {
			_, y := a.Point(a.X.Lo, t.Value)
			dst = append(dst, Label{Text: t.Text, Class: "tick", X: a.Frame.X - gap, Y: y, Align: Right})
		}
	}
	return dst
}

package show

import (
	"math"

	"onestep/engine/plot"
	"onestep/engine/scene"
)

// dotsUI is the geometry of the scatter.
type dotsUI struct {
	axes  plot.Axes
	lo    float64 // both axes begin here, a power of ten
	hover int     // slot under the pointer, -1 for none
}

// layoutDots places the axes and writes the labels.
func (s *Session) layoutDots() {
	p, ui := &s.panels[Scatter], &s.dotsUI
	if p.Rect.W <= 0 || s.visited.dots == nil {
		return
	}
	ui.lo = s.visited.decade()
	a, before := &ui.axes, ui.axes
	// The longest number of the vertical axis stands beside its name; 0.01 needs no more than the usual room.
	more := math.Ceil(math.Max(0, plot.TextWidth("tick", plot.Number(ui.lo, ui.lo))-plot.TextWidth("tick", "0.01")))
	a.Frame = p.Rect.Inset(s.px(56+more), s.px(36), s.px(16), s.px(44))
	a.X = plot.Scale{Lo: ui.lo, Hi: 3, Log: true}
	a.Y = a.X
	if a.Frame != before.Frame || a.X != before.X {
		a.Prepare()
		p.resized = true
	}
	p.Clip = a.Frame.Inset(-s.px(8), -s.px(8), -s.px(8), -s.px(8))
	p.stale = true
	s.dotsLabels()
}

// decade is the power of ten from which every dot can be shown, at most 0.01.
func (v *visited) decade() float64 {
	lo := 1e-2
	for i := range v.dots.Len() {
		lo = math.Min(lo, math.Min(v.dots.X[i], v.dots.Y[i]))
	}
	return math.Max(math.Pow(10, math.Floor(math.Log10(lo)+1e-9)), smallest)
}

// dotsAdded shows new dots; the axes change only where they must.
func (s *Session) dotsAdded() {
	s.panels[Scatter].stale = true
	if s.visited.dots.Len() == 1 || s.visited.decade() != s.dotsUI.lo {
		s.layoutDots()
	}
}

func (s *Session) dotsLabels() {
	p, ui, set := &s.panels[Scatter], &s.dotsUI, &s.labels[LabelsScatter]
	f := ui.axes.Frame
	l := s.dotsHeading(set.edit())
	l = ui.axes.Labels(l, s.px(6))
	yName := "one-step error  W₂"
	if s.spec.ActDim > 1 {
		yName = "error  W₂ (sliced)"
	}
	l = append(l,
		plot.Label{Text: s.spreadName(), Class: "axis", X: f.X + f.W/2, Y: f.Y + f.H + s.px(24), Align: plot.Below},
		plot.Label{Text: yName, Class: "axis", X: p.Rect.X + s.px(13), Y: f.Y + f.H/2, Turned: true},
		plot.Label{Text: "bound: W₂ = √tr Var", Class: "line", X: f.X + 0.97*f.W, Y: f.Y + s.px(12), Align: plot.Right})
	set.done(l)
}

// dotsHeading is the title and what to press. Both share a row; in a narrow panel that is high enough for dots to leave
// the plot's corner free, the latter stands there.
func (s *Session) dotsHeading(l []plot.Label) []plot.Label {
	p, f := &s.panels[Scatter], s.dotsUI.axes.Frame
	title := "Spread against one-step error"
	hint := plot.Label{Text: s.dotsHint(), Class: "hint", X: p.Rect.X + p.Rect.W - s.px(14), Y: p.Rect.Y + s.px(18), Align: plot.Right}
	switch {
	case p.Rect.W >= s.px(400):
	case p.Rect.H >= s.px(220):
		hint.X, hint.Y = f.X+0.97*f.W, f.Y+f.H-s.px(14)
	default:
		title = plot.Fitting("title", s.beside(p, "hint", hint.Text), title, "Spread, one-step error", "Spread and error")
	}
	return append(s.title(l, p, title), hint)
}

// dotsHint says what a dot is for.
func (s *Session) dotsHint() string {
	switch {
	case s.policy.pathless() && s.selected < 0:
		return "no steps: its error is 0"
	case s.visited.dots.Len() == 0:
		return "one dot for each visited state"
	case s.selected >= 0:
		return "click elsewhere to go on"
	}
	return "click a dot to go back to it"
}

func (s *Session) drawDots(p *panel, resized bool) {
	ui, pal := &s.dotsUI, s.palette()
	if resized {
		back, st := s.surface(p), s.axesStyle()
		s.boundArea(back)
		ui.axes.Draw(back, &st)
		x0, y0 := ui.axes.Point(ui.lo, ui.lo)
		x1, y1 := ui.axes.Point(ui.axes.X.Hi, ui.axes.Y.Hi)
		back.Line(x0, y0, x1, y1, s.px(1.5), pal.Solved)
	}
	in := &p.Inside
	in.Reset()
	s.visited.dots.Draw(in, &ui.axes, s.px(2.6), pal.One, pal.One.Mix(pal.Muted, 0.85).Alpha(0.4))
	if ui.hover >= 0 && ui.hover < s.visited.dots.Len() {
		s.visited.dots.Mark(in, &ui.axes, ui.hover, s.px(6.5), s.px(1.6), pal.Ink)
	}
	if s.selected >= 0 {
		s.visited.dots.Mark(in, &ui.axes, s.selected, s.px(8), s.px(2.4), pal.Ramp.End)
	} else {
		s.liveDot(in)
	}
}

// liveDot shows where the body's present state stands, as far as it is known.
func (s *Session) liveDot(l *scene.List) {
	pic, pal := s.probe.shown, s.palette()
	if !pic.ready || !allFinite([]float64{pic.variance, pic.err}) {
		return
	}
	f := s.dotsUI.axes.Frame
	x, y := s.dotsUI.axes.Point(math.Max(smallest, math.Sqrt(pic.variance)), math.Max(smallest, pic.err))
	x, y = math.Max(f.X, math.Min(f.X+f.W, x)), math.Max(f.Y, math.Min(f.Y+f.H, y))
	l.Dot(x, y, s.px(4), pal.One)
	l.Ring(x, y, s.px(6.5), s.px(1.4), pal.Ink)
}

// boundArea shades where the theory for the exact field allows no state.
func (s *Session) boundArea(l *scene.List) {
	f := s.dotsUI.axes.Frame
	c := s.palette().Muted.Alpha(0.07)
	l.Triangle(f.X, f.Y+f.H, f.X, f.Y, f.X+f.W, f.Y, c)
}

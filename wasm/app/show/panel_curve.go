package show

import (
	"fmt"
	"math"

	"onestep/engine/plot"
)

// evalUI is the geometry of the learning curve.
type evalUI struct {
	axes  plot.Axes
	hover int // row under the pointer, -1 for none
}

// layoutCurve fits the axes to the rows and writes the labels.
func (s *Session) layoutCurve() {
	p, ui, c := &s.panels[Curve], &s.evalUI, s.learning()
	if p.Rect.W <= 0 {
		return
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	right := float64(c.total)
	for _, line := range [2]*plot.Curve{&c.one, &c.many} {
		for i := range line.X {
			lo, hi = math.Min(lo, line.Y[i]-line.Spread[i]), math.Max(hi, line.Y[i]+line.Spread[i])
			right = math.Max(right, line.X[i])
		}
	}
	if !c.empty() {
		lo, hi = math.Min(lo, c.solved), math.Max(hi, c.solved)
	}
	if !(hi > lo) {
		lo, hi = s.spec.Solved*4, s.spec.Solved/4
		lo, hi = math.Min(lo, hi), math.Max(lo, hi)
	}
	lo, hi = plot.Nice(lo, hi, 5)
	if right <= 0 {
		right = 1000
	}
	a, before := &ui.axes, ui.axes
	a.Frame = p.Rect.Inset(s.px(66), s.px(58), s.px(18), s.px(44))
	a.X, a.Y = plot.Scale{Lo: 0, Hi: right}, plot.Scale{Lo: lo, Hi: hi}
	a.XWant, a.YWant = 5, 4
	if a.Frame != before.Frame || a.X != before.X || a.Y != before.Y {
		a.Prepare()
		p.resized = true
	}
	p.Clip = a.Frame.Inset(-s.px(1), -s.px(4), -s.px(5), -s.px(1))
	p.stale = true
	s.curveLabels()
}

func (s *Session) curveLabels() {
	p, ui, set, c := &s.panels[Curve], &s.evalUI, &s.labels[LabelsCurve], s.learning()
	f := ui.axes.Frame
	l := s.title(set.edit(), p, "Learning")
	if c.empty() {
		set.done(s.note(l, p, "Press Train and the return appears here"))
		return
	}
	if c == &s.past {
		l = append(l, plot.Label{Text: "how this policy was trained", Class: "hint", X: p.Rect.X + p.Rect.W - s.px(14), Y: p.Rect.Y + s.px(18), Align: plot.Right})
	}
	l = ui.axes.Labels(l, s.px(6))
	l = append(l,
		plot.Label{Text: "environment steps", Class: "axis", X: f.X + f.W/2, Y: f.Y + f.H + s.px(24), Align: plot.Below},
		plot.Label{Text: s.upright(p, f, "return of an episode", "return"), Class: "axis", X: p.Rect.X + s.px(13), Y: f.Y + f.H/2, Turned: true})
	if _, y := ui.axes.Point(0, c.solved); y >= f.Y && y <= f.Y+f.H {
		l = append(l, plot.Label{Text: "solved " + plot.Number(c.solved, 1), Class: "line", X: f.X + s.px(8), Y: y - s.px(3), Align: plot.Left})
	}
	k := c.steps
	if k < 2 {
		k = float64(s.sampler.ManySteps)
	}
	l = s.legend(l, p, [2]string{"one", "one step"}, [2]string{"many dashed", fmt.Sprintf("%.0f steps", k)})
	set.done(l)
}

func (s *Session) drawCurve(p *panel, resized bool) {
	ui, pal, c := &s.evalUI, s.palette(), s.learning()
	empty := c.empty()
	if resized {
		back, st := s.surface(p), s.axesStyle()
		if !empty {
			ui.axes.Draw(back, &st)
			f := ui.axes.Frame
			if _, y := ui.axes.Point(0, c.solved); y >= f.Y && y <= f.Y+f.H {
				back.Dashes(f.X, y, f.X+f.W, y, s.px(1.25), s.px(2), s.px(4), pal.Solved)
			}
		}
	}
	in := &p.Inside
	in.Reset()
	p.Front.Reset()
	if empty {
		return
	}
	c.many.Band(in, &ui.axes, pal.Many.Alpha(0.1))
	c.one.Band(in, &ui.axes, pal.One.Alpha(0.12))
	c.many.DashedLine(in, &ui.axes, s.px(2), s.px(7), s.px(5), pal.Many)
	c.one.Line(in, &ui.axes, s.px(2.2), pal.One)
	c.one.Points(in, &ui.axes, s.px(2.6), pal.One)
	if i := ui.hover; i >= 0 && i < len(c.one.X) {
		f := ui.axes.Frame
		x, y := ui.axes.Point(c.one.X[i], c.one.Y[i])
		p.Front.Line(x, f.Y, x, f.Y+f.H, s.px(1), pal.Muted.Alpha(0.6))
		s.bead(&p.Front, x, y, 4, pal.One)
		if i < len(c.many.X) {
			x, y = ui.axes.Point(c.many.X[i], c.many.Y[i])
			s.bead(&p.Front, x, y, 4, pal.Many)
		}
	}
}

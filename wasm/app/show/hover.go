package show

import (
	"fmt"
	"math"

	"onestep/engine/plot"
)

// hover finds what lies under the pointer and writes its numbers beside it.
func (s *Session) hover() {
	set, m := &s.labels[LabelsHover], &s.mouse
	l := set.edit()
	dot, row := -1, -1
	if m.inside {
		switch {
		case s.panels[Scatter].Rect.Contains(m.x, m.y):
			if dot = s.visited.dots.Nearest(&s.dotsUI.axes, m.x, m.y, grab*s.pixel); dot >= 0 {
				l = s.tip(l, s.dotText(dot))
			}
		case s.panels[Curve].Rect.Contains(m.x, m.y):
			if row = s.learning().one.Nearest(&s.evalUI.axes, m.x); row >= 0 {
				l = s.tip(l, s.rowText(row))
			}
		}
	}
	if dot != s.dotsUI.hover {
		s.dotsUI.hover, s.panels[Scatter].stale = dot, true
	}
	if row != s.evalUI.hover {
		s.evalUI.hover, s.panels[Curve].stale = row, true
	}
	set.done(l)
}

// tip is a text beside the pointer, on the side that has room.
func (s *Session) tip(dst []plot.Label, text string) []plot.Label {
	m, l := &s.mouse, plot.Label{Text: text, Class: "tip", Align: plot.Left, Y: s.mouse.y - s.px(18)}
	right := 0.0
	for i := range s.panels {
		right = math.Max(right, s.panels[i].Rect.X+s.panels[i].Rect.W)
	}
	l.X = m.x + s.px(12)
	if m.x > right/2 {
		l.X, l.Align = m.x-s.px(12), plot.Right
	}
	return append(dst, l)
}

func (s *Session) dotText(slot int) string {
	v := &s.visited
	return fmt.Sprintf("spread %.3f · W₂ %.3f · of it mean shift %.3f", math.Sqrt(v.variance[slot]), v.err[slot], v.shift[slot])
}

func (s *Session) rowText(i int) string {
	c := s.learning()
	text := fmt.Sprintf("%.0f steps · one step %s", c.one.X[i], plot.Number(c.one.Y[i], 1))
	if i < len(c.many.Y) {
		text += fmt.Sprintf(" · %.0f steps %s", c.steps, plot.Number(c.many.Y[i], 1))
	}
	return text
}

// valueLabels writes the numbers that follow the body, about five times a second.
func (s *Session) valueLabels() {
	set := &s.labels[LabelsValues]
	l := set.edit()
	if pic := s.probe.shown; pic.ready && s.policy != nil && s.spec.ActDim == 1 {
		r := s.panels[Flow].Rect
		l = append(l, plot.Label{Text: fmt.Sprintf("t = %.2f", s.t), Class: "value", X: r.X + r.W - s.px(14), Y: r.Y + s.px(40), Align: plot.Right})
	}
	if s.decision.valid && len(s.bodyUI.gauges) == 1 {
		g := s.bodyUI.gauges[0]
		q := s.spec.Actions[0]
		a := math.Max(-1, math.Min(1, s.decision.action[0])) * q.Scale
		l = append(l, plot.Label{Text: q.Name + " " + inUnit(a, q.Scale/200, q.Unit), Class: "value", X: g.X + g.W/2, Y: g.Y + g.H + s.px(5), Align: plot.Below})
	}
	set.done(l)
}

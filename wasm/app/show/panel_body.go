package show

import (
	"math"
	"strings"

	"onestep/engine/plot"
	"onestep/engine/scene"
)

// bodyUI is the geometry of the body panel.
type bodyUI struct {
	style  scene.BodyStyle
	gauges []scene.Rect // one bar for each action, px
	names  bool         // they stand beside the bars
	wide   bool         // there is room for the largest value beside them
}

// layoutBody places the camera's view and the bars of the actions.
func (s *Session) layoutBody() {
	p, ui := &s.panels[Body], &s.bodyUI
	r := p.Rect
	ui.style = s.palette().Body
	ui.style.Pixel = s.pixel
	bars := s.spec.ActDim
	rows, columns := bars, 1
	if bars > 2 {
		rows, columns = (bars+1)/2, 2
	}
	rowHeight := s.px(18)
	if bars > 1 {
		rowHeight = math.Min(s.px(14), 0.3*r.H/float64(rows))
	}
	ui.names, ui.wide = bars > 1 && rowHeight >= s.px(11), columns == 1
	foot := s.px(26) + rowHeight*float64(rows)
	if columns == 2 {
		foot -= s.px(8)
	}
	head := s.px(34)
	if s.view.Ghost { // what is said of it stands there
		head = s.px(52)
	}
	s.camera.View = r.Inset(0, head, 0, foot)
	p.Clip = r.Inset(s.px(1), s.px(30), s.px(1), foot-s.px(4))
	ui.gauges = ui.gauges[:0]
	width, middle := math.Min(s.px(260), r.W-s.px(170)), r.X+r.W/2
	switch {
	case columns == 2:
		width = math.Min(s.px(150), r.W/2-s.px(104))
	case ui.names:
		width = math.Min(s.px(240), r.W-s.px(230))
	}
	height := math.Min(s.px(7), 0.6*rowHeight)
	for i := range bars {
		y := r.Y + r.H - foot + s.px(8) + float64(i%rows)*rowHeight
		x := middle - width/2
		if columns == 2 {
			x = r.X + s.px(92) + float64(i/rows)*(r.W/2-s.px(4))
		}
		ui.gauges = append(ui.gauges, scene.Rect{X: x, Y: y, W: width, H: height})
	}
	p.resized = true
	s.bodyLabels()
}

func (s *Session) bodyLabels() {
	p, set := &s.panels[Body], &s.labels[LabelsBody]
	l := s.title(set.edit(), p, s.spec.Title)
	switch {
	case s.drive.Mode != drivePolicy:
		l = append(l, plot.Label{Text: s.driverName(), Class: "chip", Color: "noise", X: p.Rect.X + p.Rect.W - s.px(14), Y: p.Rect.Y + s.px(18), Align: plot.Right})
	case s.policy == nil:
		l = append(l, plot.Label{Text: "waiting for a policy", Class: "hint", X: p.Rect.X + p.Rect.W - s.px(14), Y: p.Rect.Y + s.px(18), Align: plot.Right})
	default:
		color, text := s.chip(s.beside(p, "title", s.spec.Title))
		l = append(l, plot.Label{Text: text, Class: "chip", Color: color, X: p.Rect.X + p.Rect.W - s.px(14), Y: p.Rect.Y + s.px(18), Align: plot.Right})
	}
	l = s.gaugeLabels(l)
	set.done(l)
}

// gaugeLabels names the bars and says how far they reach.
func (s *Session) gaugeLabels(l []plot.Label) []plot.Label {
	if s.spec.ActDim > 1 && !s.bodyUI.names {
		return l
	}
	for i, g := range s.bodyUI.gauges {
		q := s.spec.Actions[i]
		y := g.Y + g.H/2
		step := 0.1
		if q.Scale >= 10 {
			step = 1
		}
		left := plot.Number(-q.Scale, step)
		if s.bodyUI.names {
			left = q.Name
			if short := strings.TrimPrefix(strings.TrimSuffix(left, " torque"), "torque of "); short != "" {
				left = short
			}
			if len(left) > 16 {
				left = strings.ToValidUTF8(left[:14], "") + "…"
			}
		}
		l = append(l, plot.Label{Text: left, Class: "tick", X: g.X - s.px(8), Y: y, Align: plot.Right})
		if s.bodyUI.wide {
			l = append(l, plot.Label{Text: inUnit(q.Scale, step, q.Unit), Class: "tick", X: g.X + g.W + s.px(8), Y: y, Align: plot.Left})
		}
	}
	return l
}

// inUnit is a number, to the given step, with its unit, which stays on its line.
func inUnit(x, step float64, unit string) string {
	return strings.TrimSpace(plot.Number(x, step) + " " + strings.ReplaceAll(unit, " ", "\u202f"))
}

// drawBody draws the body as it stands.
func (s *Session) drawBody(p *panel, resized bool) {
	ui, pal := &s.bodyUI, s.palette()
	if resized {
		s.bodyBack(s.surface(p))
	}
	in := &p.Inside
	in.Reset()
	fit := s.camera.Extent()
	if s.figure.fluid {
		scene.Fluid(in, &s.camera, &ui.style)
	}
	if fit.Pivot && s.spec.ActDim == 1 {
		s.dial(in, fit)
	}
	scene.Ground(in, &s.camera, s.figure.Shapes, &ui.style)
	scene.Trail(in, &s.camera, s.trail, s.px(3), pal.Muted.Alpha(0.5))
	s.drawGhost(in)
	scene.Body(in, &s.camera, &s.figure.Figure, &ui.style)
	if s.view.Contacts {
		s.drawForces(in)
	}
	switch {
	case fit.Pivot && s.spec.ActDim == 1 && s.decision.valid:
		x, y := s.camera.Point(fit.U, fit.V)
		scene.Torque(in, x, y, 0.34*fit.Reach*s.camera.Scale, s.decision.action[0], s.pixel, pal.Ramp.End)
	case s.view.Torques:
		s.drawTorques(in)
	}
	s.drawHand(in)
	s.drawGauges(&p.Front)
}

// dial draws a circle of ticks around a body that turns about a fixed root, zero upwards.
func (s *Session) dial(l *scene.List, fit scene.Extent) {
	pal := s.palette()
	x, y := s.camera.Point(fit.U, fit.V)
	radius := 1.1 * fit.Reach * s.camera.Scale
	mark := pal.Muted.Alpha(0.45)
	l.Ring(x, y, radius, math.Max(1, s.px(1)), mark.Alpha(0.6))
	for k := range 24 {
		a := float64(k) * math.Pi / 12
		length := s.px(4)
		if k%6 == 0 {
			length = s.px(9)
		}
		sin, cos := math.Sin(a), math.Cos(a)
		l.Line(x+sin*(radius-length), y-cos*(radius-length), x+sin*radius, y-cos*radius, s.px(1.25), mark)
	}
	// Upright: where it is to stand.
	top := y - radius - s.px(4)
	l.Triangle(x-s.px(5), top-s.px(7), x+s.px(5), top-s.px(7), x, top, pal.Muted)
}

func (s *Session) bodyBack(l *scene.List) {
	pal := s.palette()
	for _, g := range s.bodyUI.gauges {
		l.Box(g, g.H/2, pal.Grid)
		x := g.X + g.W/2
		l.Line(x, g.Y-s.px(3), x, g.Y+g.H+s.px(3), s.px(1.25), pal.Muted)
	}
}

// drawGauges draws the actions as bars from the middle, clipped as the environment clips them.
func (s *Session) drawGauges(l *scene.List) {
	l.Reset()
	if !s.decision.valid {
		return
	}
	pal := s.palette()
	for i, g := range s.bodyUI.gauges {
		a := math.Max(-1, math.Min(1, s.decision.action[i]))
		mid, y := g.X+g.W/2, g.Y+g.H/2
		end := mid + a*(g.W/2-g.H/2)
		l.Capsule(mid, y, end, y, g.H/2, pal.Ramp.End.Alpha(0.55), pal.Ramp.End)
		l.Dot(end, y, g.H*0.8, pal.Ramp.End)
		l.Dot(end, y, g.H*0.35, pal.Surface)
	}
}

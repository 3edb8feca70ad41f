package show

import (
	"math"

	"onestep/engine/plot"
	"onestep/engine/scene"
	"onestep/engine/view"
)

// The panels.
const (
	Body = iota
	Flow
	Scatter
	Curve
)

// spacing is the least distance of two texts in a row, CSS px.
const spacing = 8

// panel is a view.Panel with the knowledge of what must be made anew: stale its moving part, resized all.
type panel struct {
	view.Panel
	stale   bool
	resized bool
}

func (s *Session) initPanels() {
	s.flowUI.init()
	s.dotsUI.hover, s.evalUI.hover = -1, -1
	for i := range s.panels {
		s.panels[i].resized = true
	}
}

// Panels are the four panels for the view.
func (s *Session) Panels() []*view.Panel {
	return []*view.Panel{&s.panels[Body].Panel, &s.panels[Flow].Panel, &s.panels[Scatter].Panel, &s.panels[Curve].Panel}
}

// Rects are the panels' places in device pixels, in the order Body, Flow, Scatter, Curve.
func (s *Session) Rects() (r [4]scene.Rect) {
	for i := range r {
		r[i] = s.panels[i].Rect
	}
	return r
}

// Resize lays everything out for a stage of that many device pixels.
func (s *Session) Resize(width, height, pixel float64) {
	s.pixel = pixel
	// A frame of fractional size shows less than its last pixel.
	edge := math.Ceil(pixel)
	l := view.Arrange(width-edge, height-edge, pixel)
	for i, r := range [4]scene.Rect{l.Body, l.Flow, l.Scatter, l.Curve} {
		s.panels[i].Rect = r
	}
	s.restyle()
}

// restyle makes everything anew, after a change of size or theme.
func (s *Session) restyle() {
	for i := range s.panels {
		s.panels[i].resized = true
	}
	if s.panels[Body].Rect.W > 0 {
		s.layoutBody()
		s.layoutFlow()
		s.layoutDots()
		s.layoutCurve()
	}
}

// relabel writes the titles and legends anew.
func (s *Session) relabel() {
	if s.panels[Body].Rect.W > 0 {
		s.layoutBody()
		s.layoutFlow()
		s.layoutDots()
		s.layoutCurve()
	}
}

func (s *Session) palette() *view.Palette {
	if s.appearance.Dark {
		return &view.Dark
	}
	return &view.Light
}

func (s *Session) axesStyle() plot.Style {
	p := s.palette()
	return plot.Style{Grid: p.Grid, Axis: p.Border, Zero: p.Border, Pixel: s.pixel}
}

// px is x CSS pixels, in device pixels.
func (s *Session) px(x float64) float64 { return x * s.pixel }

// surface begins a panel's background: its card.
func (s *Session) surface(p *panel) *scene.List {
	l, pal := &p.Back, s.palette()
	l.Reset()
	r := p.Rect
	l.Box(r.Inset(0, 0, 0, 0), s.px(10), pal.Surface)
	l.Frame(r, s.px(10), math.Max(1, s.px(1)), pal.Border)
	return l
}

// title is a panel's heading.
func (s *Session) title(dst []plot.Label, p *panel, text string) []plot.Label {
	return append(dst, plot.Label{Text: text, Class: "title", X: p.Rect.X + s.px(14), Y: p.Rect.Y + s.px(18), Align: plot.Left})
}

// beside is how much of a panel's heading is left for a text at its other end, CSS px.
func (s *Session) beside(p *panel, class, text string) float64 {
	return p.Rect.W/s.pixel - 2*14 - spacing - plot.TextWidth(class, text)
}

// upright is the first of the names that fits along the left side of f and stays clear of the legend above it, the last
// where none does.
func (s *Session) upright(p *panel, f scene.Rect, names ...string) string {
	const legendEnds = 48 // of the panel's height, CSS px
	return plot.Fitting("axis", 2*(f.Y+f.H/2-p.Rect.Y)/s.pixel-2*legendEnds, names...)
}

// note is a sentence in the middle of an empty panel.
func (s *Session) note(dst []plot.Label, p *panel, text string) []plot.Label {
	return append(dst, plot.Label{Text: text, Class: "note", X: p.Rect.X + p.Rect.W/2, Y: p.Rect.Y + p.Rect.H/2, Align: plot.Center})
}

// legend is one label that holds all keys of a panel: "color:text|color:text"; the page sets them in a row.
func (s *Session) legend(dst []plot.Label, p *panel, keys ...[2]string) []plot.Label {
	text := ""
	for i, k := range keys {
		if i > 0 {
			text += "|"
		}
		text += k[0] + ":" + k[1]
	}
	return append(dst, plot.Label{Text: text, Class: "legend", X: p.Rect.X + s.px(14), Y: p.Rect.Y + s.px(40), Align: plot.Left})
}

// draw makes the lists of the panels that have changed.
func (s *Session) draw() {
	if s.panels[Body].Rect.W <= 0 {
		return
	}
	for i := range s.panels {
		p := &s.panels[i]
		if !p.stale && !p.resized {
			continue
		}
		p.stale, p.Dirty = false, true
		resized := p.resized
		p.resized = false
		switch i {
		case Body:
			s.drawBody(p, resized)
		case Flow:
			s.drawFlow(p, resized)
		case Scatter:
			s.drawDots(p, resized)
		case Curve:
			s.drawCurve(p, resized)
		}
	}
}

package panel

import (
	"bytes"
	"fmt"
	"math"

	"onestep/engine/plot"
	"onestep/engine/scene"
	"onestep/policy/analysis"
	"onestep/wasm/app/change"
	"onestep/wasm/app/lang"
	"onestep/wasm/app/probe"
	"onestep/wasm/protocol"
)

// Scatter shows the spread of the actions in each visited state against the error of one step there.
type Scatter struct {
	*Stage
	Axes plot.Axes

	rect  scene.Rect
	hint  string // as it was written
	hover int    // slot under the pointer, -1 for none
}

// NewScatter returns the panel.
func NewScatter(s *Stage) *Scatter { return &Scatter{Stage: s, hover: -1} }

// About implements Panel.
func (p *Scatter) About() protocol.PanelInfo {
	return protocol.PanelInfo{Name: "scatter", Title: lang.Text("Spread and error"), Numbers: true}
}

// Changed implements Panel.
func (p *Scatter) Changed(c change.Set) (layout, draw bool) {
	layout = c.Has(relabeled) || p.Visited.Decade() != p.Axes.X.Lo || p.pressHint() != p.hint
	return layout, c.Has(change.Picture | change.Dots | change.Pointer)
}

// Layout places the axes, which begin at a power of ten.
func (p *Scatter) Layout(r scene.Rect) (clip scene.Rect) {
	p.rect, p.hint = r, p.pressHint()
	a, lo := &p.Axes, p.Visited.Decade()
	// The longest number of the vertical axis stands beside its name; 0.01 needs no more than the usual room.
	more := math.Ceil(math.Max(0, plot.TextWidth("tick", plot.Number(lo, lo))-plot.TextWidth("tick", "0.01")))
	a.Frame = r.Inset(p.px(56+more), p.px(36), p.px(16), p.px(44))
	a.X = plot.Scale{Lo: lo, Hi: 3, Log: true}
	a.Y = a.X
	a.Prepare()
	return a.Frame.Inset(-p.px(8), -p.px(8), -p.px(8), -p.px(8))
}

// Title is shorter in a narrow panel that is too low to have its hint elsewhere.
func (p *Scatter) Title(room float64) string {
	title := lang.Text("Spread against one-step error")
	if p.rect.W >= p.px(400) || p.rect.H >= p.px(220) {
		return title
	}
	return plot.Fitting("title", room, title, lang.Text("Spread, one-step error"), lang.Text("Spread and error"))
}

// Labels name the axes and the bound, and say what to press.
func (p *Scatter) Labels(l []plot.Label) []plot.Label {
	f := p.Axes.Frame
	yName := lang.Text("one-step error  W₂")
	if !p.flat() {
		yName = lang.Text("W₂, lower to upper bound")
	}
	source := fmt.Sprintf(", c = %g", p.source())
	hint := p.corner(p.rect, "hint", "", p.hint)
	if p.rect.W < p.px(400) && p.rect.H >= p.px(220) { // dots leave the plot's corner free
		hint.X, hint.Y = f.X+0.97*f.W, f.Y+f.H-p.px(14)
	}
	l = p.Axes.Labels(append(l, hint), p.px(6))
	spread := p.words().Spread
	return append(l, p.under(f, plot.Fitting("axis", f.W/p.Pixel, spread+source, "√tr Var"+source)), p.upright(p.rect, f, yName, "W₂"),
		plot.Label{Text: lang.Text("bound: W₂ = √tr Var"), Class: "line", X: f.X + 0.97*f.W, Y: f.Y + p.px(12), Align: plot.Right},
		plot.Label{Text: plot.Fitting("hint", 0.6*f.W/p.Pixel, lang.Text("above: the network’s bias at t = 0, mostly shift"), lang.Text("above: bias at t = 0"), ""), Class: "hint", X: f.X + p.px(8), Y: f.Y + p.px(32), Align: plot.Left})
}

// source is c, the standard deviation of the noise behind spread and error.
func (p *Scatter) source() float32 {
	if p.Now.Policy == nil || p.Now.Policy.Foreign() {
		return 1
	}
	return p.Now.Policy.Source(p.View.Acting)
}

// pressHint says what a dot is for.
func (p *Scatter) pressHint() string {
	switch {
	case p.Now.Policy.Foreign():
		return lang.Text("no flow: no spread, no error")
	case p.Now.Policy.Pathless() && p.Selected < 0:
		return lang.Text("no steps: its error is 0")
	case p.Visited.Dots.Len() == 0:
		return lang.Text("one dot for each visited state")
	case p.Selected >= 0:
		return lang.Text("click elsewhere to go on")
	}
	return lang.Text("click a dot to go back to it")
}

// Values implements Panel.
func (p *Scatter) Values(l []plot.Label) []plot.Label { return l }

// Draw draws the dots, newest last, and the bound, beyond which the theory for the exact field allows no state.
func (p *Scatter) Draw(l Lists) {
	a, pal, dots := &p.Axes, p.palette(), p.Visited.Dots
	if l.Back != nil {
		st, f := p.axesStyle(), a.Frame
		l.Back.Triangle(f.X, f.Y+f.H, f.X, f.Y, f.X+f.W, f.Y, pal.Muted.Alpha(0.07))
		a.Draw(l.Back, &st)
		x0, y0 := a.Point(a.X.Lo, a.Y.Lo)
		x1, y1 := a.Point(a.X.Hi, a.Y.Hi)
		l.Back.Line(x0, y0, x1, y1, p.px(1.5), pal.Solved)
	}
	if !p.flat() {
		p.bars(l.Inside)
	}
	dots.Draw(l.Inside, a, p.px(2.6), pal.One, pal.One.Mix(pal.Muted, 0.85).Alpha(0.4))
	if p.hover >= 0 && p.hover < dots.Len() {
		dots.Mark(l.Inside, a, p.hover, p.px(6.5), p.px(1.6), pal.Ink)
	}
	if p.Selected >= 0 {
		dots.Mark(l.Inside, a, p.Selected, p.px(8), p.px(2.4), pal.Ramp.End)
	} else {
		p.live(l.Inside)
	}
}

// bars reach from each dot, the lower bound of W2, up to the upper bound.
func (p *Scatter) bars(l *scene.List) {
	dots, f, c := p.Visited.Dots, p.Axes.Frame, p.palette().One.Mix(p.palette().Muted, 0.6).Alpha(0.25)
	for i := range dots.Len() {
		x, low := p.Axes.Point(dots.X[i], dots.Y[i])
		_, high := p.Axes.Point(dots.X[i], math.Max(p.Visited.Points[i].Upper, probe.Smallest))
		x = within(x, f.X, f.X+f.W)
		l.Line(x, within(low, f.Y, f.Y+f.H), x, within(high, f.Y, f.Y+f.H), p.px(1), c)
	}
}

// live shows where the body's present state stands, as far as it is known.
func (p *Scatter) live(l *scene.List) {
	pic, pal, f := p.Probe.Shown(), p.palette(), p.Axes.Frame
	if !pic.Ready || !finite(pic.Variance) || !finite(pic.Upper) {
		return
	}
	x, y := p.Axes.Point(math.Max(probe.Smallest, math.Sqrt(pic.Variance)), math.Max(probe.Smallest, pic.Lower))
	x, y = within(x, f.X, f.X+f.W), within(y, f.Y, f.Y+f.H)
	l.Dot(x, y, p.px(4), pal.One)
	l.Ring(x, y, p.px(6.5), p.px(1.4), pal.Ink)
}

// dotReach is how near the pointer must come to a dot, CSS px.
const dotReach = 16

func (p *Scatter) nearest(x, y float64) (slot int) {
	return p.Visited.Dots.Nearest(&p.Axes, x, y, p.px(dotReach))
}

// Press goes back to the state of a dot, or on from there.
func (p *Scatter) Press(x, y float64) Drag {
	if slot := p.nearest(x, y); slot >= 0 {
		p.Act.Choose(slot)
	} else {
		p.Act.Release()
	}
	return nil
}

// Hover tells a dot's numbers.
func (p *Scatter) Hover(x, y float64, here bool) (tip, cursor string) {
	p.hover = -1
	if here {
		p.hover = p.nearest(x, y)
	}
	if p.hover < 0 {
		return "", ""
	}
	q := p.Visited.Points[p.hover]
	return lang.Textf("spread %.3f · W₂ %s · mean shift %.3f", math.Sqrt(q.Variance), p.bounds(q), q.Shift), "pointer"
}

// bounds tells W2 between its bounds, in words.
func (s *Stage) bounds(q analysis.Point) string {
	if s.flat() {
		return fmt.Sprintf("%.3f", q.Lower)
	}
	return lang.Textf("%.3f to %.3f", q.Lower, q.Upper)
}

// Describe implements Panel; the flow's words tell spread and error.
func (p *Scatter) Describe() string { return "" }

// Save writes the visited states, newest first.
func (p *Scatter) Save(b *bytes.Buffer) error {
	v := p.Visited
	b.WriteString("age (0 is newest),std c of the noise,variance tr Var of actions in -1..1,W2 of one step lower bound,W2 upper bound,shift of the mean,W2 without shift lower bound")
	for _, q := range p.Now.Spec.Observations {
		b.WriteString("," + column(q.String()))
	}
	b.WriteByte('\n')
	for age := range v.Dots.Len() {
		slot := v.Dots.Slot(age)
		q := v.Points[slot]
		line := []float64{float64(age), float64(p.source()), q.Variance, q.Lower, q.Upper, q.Shift, q.Spread()}
		for _, x := range v.Obs[slot*v.ObsDim : (slot+1)*v.ObsDim] {
			line = append(line, float64(x))
		}
		row(b, line...)
	}
	return nil
}

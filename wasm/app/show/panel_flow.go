package show

import (
	"fmt"
	"math"

	"onestep/engine/plot"
	"onestep/engine/scene"
	"onestep/policy/flow"
	"onestep/wasm/protocol"
)

// flowUI is the flow panel: its axes and what it has counted.
type flowUI struct {
	axes                plot.Axes
	half                float64 // the action axis shows [-half, half]
	left, right         scene.Rect
	noise, action, ends *plot.Histogram
	next                *plot.Histogram // the actions by their weights: what the next policy is fitted to
	peak                float64
	paths               plot.Paths // as they are drawn
	ready               bool       // there was a picture when the background was drawn
	dx, dy              int        // shown coordinates of more than one action
	spread              []float64  // [d] moving means of the actions' variances, for choosing them
}

const bins = 48

func (u *flowUI) init() {
	u.noise, u.action, u.ends = plot.NewHistogram(bins), plot.NewHistogram(bins), plot.NewHistogram(bins)
	u.next = plot.NewHistogram(bins)
	u.half, u.dx, u.dy = 2, 0, 1
	u.spread = u.spread[:0]
}

// reach is the half width of the action axis that suits a picture: half a unit above what it holds, and
// no change for small ones.
func (u *flowUI) reach(p *picture) float64 {
	need := 2.0
	for d := range p.paths.Dim {
		lo, hi := p.paths.Range(d)
		need = math.Max(need, math.Max(-lo, hi)*1.04)
	}
	if math.IsInf(need, 0) || math.IsNaN(need) || need > 100 {
		need = 100
	}
	want := math.Ceil(2*need) / 2
	if want > u.half || want < 0.7*u.half {
		u.half = want
	}
	return u.half
}

// fill counts a picture's noise and actions.
func (u *flowUI) fill(p *picture) {
	if p.paths.Dim != 1 {
		return
	}
	half := u.half
	u.noise.Fill(p.paths.Starts(), -half, half)
	u.action.Fill(p.paths.Ends(), -half, half)
	u.ends.Fill(p.ends, -half, half)
	u.next.Fill(nil, -half, half)
	if len(p.paths.Weights) == p.paths.N {
		u.next.FillWeighted(p.paths.Ends(), p.paths.Weights, -half, half)
	}
}

// choose sets the two axes: those that were chosen by hand, and otherwise the coordinates in which the actions spread
// most. A moving mean over the pictures and a lead of a half keep them from changing back and forth.
func (u *flowUI) choose(p *picture, v protocol.View, dim int) {
	if dim < 2 {
		return
	}
	if p.paths.Dim == dim && len(p.paths.X) > 0 {
		u.learn(p.paths.Ends(), dim)
	}
	dx, dy := u.dx, u.dy
	if v.AxisX >= 0 && v.AxisX < dim {
		dx = v.AxisX
	} else {
		dx = u.widest(dx, v.AxisY)
	}
	if v.AxisY >= 0 && v.AxisY < dim && v.AxisY != dx {
		dy = v.AxisY
	} else {
		if dy == dx || dy >= dim {
			dy = (dx + 1) % dim
		}
		dy = u.widest(dy, dx)
	}
	u.dx, u.dy = dx, dy
}

// learn adds the variances of x [n*dim] to their moving means.
func (u *flowUI) learn(x []float32, dim int) {
	const rate = 0.15
	first := len(u.spread) != dim
	if first {
		u.spread = make([]float64, dim)
	}
	n := float64(len(x) / dim)
	for d := range dim {
		sum, sq := 0.0, 0.0
		for i := d; i < len(x); i += dim {
			sum += float64(x[i])
			sq += float64(x[i]) * float64(x[i])
		}
		v := sq/n - sum/n*sum/n
		if first {
			u.spread[d] = v
		} else {
			u.spread[d] += rate * (v - u.spread[d])
		}
	}
}

// widest is the coordinate that spreads most, apart from one that is taken; present stays unless another leads clearly.
func (u *flowUI) widest(present, taken int) int {
	best := present
	if best == taken || best >= len(u.spread) {
		best = -1
	}
	lead := 1.5
	for d, v := range u.spread {
		switch {
		case d == taken:
		case best < 0:
			best, lead = d, 1
		case v > lead*u.spread[best]:
			best = d
		}
	}
	return max(best, 0)
}

// layoutFlow places axes and marginals and writes the labels.
func (s *Session) layoutFlow() {
	p, ui := &s.panels[Flow], &s.flowUI
	r := p.Rect
	inner := r.Inset(s.px(44), s.px(58), s.px(14), s.px(44))
	strip := math.Round(math.Min(s.px(64), 0.15*inner.W))
	a := &ui.axes
	before := *a
	if s.spec.ActDim == 1 {
		ui.left = scene.Rect{X: inner.X, Y: inner.Y, W: strip, H: inner.H}
		ui.right = scene.Rect{X: inner.X + inner.W - strip, Y: inner.Y, W: strip, H: inner.H}
		a.Frame = inner.Inset(strip, 0, strip, 0)
		a.X, a.Y = plot.Scale{Lo: 0, Hi: 1}, plot.Scale{Lo: -ui.half, Hi: ui.half}
	} else {
		a.Frame = inner
		a.X, a.Y = plot.Scale{Lo: -ui.half, Hi: ui.half}, plot.Scale{Lo: -ui.half, Hi: ui.half}
	}
	a.XWant, a.YWant = 4, 6
	if a.Frame != before.Frame || a.X != before.X || a.Y != before.Y {
		a.Prepare()
		p.resized = true
	}
	p.Clip = inner.Inset(-s.px(1), -s.px(1), -s.px(1), -s.px(1))
	s.flowLabels()
}

func (s *Session) flowLabels() {
	p, ui, set := &s.panels[Flow], &s.flowUI, &s.labels[LabelsFlow]
	where := ", here and now"
	if s.selected >= 0 {
		where = ", chosen state"
	}
	words := s.flowWords()
	switch narrow := p.Rect.W < s.px(420); {
	case narrow && s.selected >= 0:
		words.Title, where = "Chosen state", ""
	case narrow:
		where = ""
	}
	l := s.title(set.edit(), p, words.Title+where)
	if !s.probe.shown.ready {
		if s.policy == nil {
			l = s.note(l, p, "No policy yet")
		}
		set.done(l)
		return
	}
	l = s.flowKeys(s.layerKeys(l, p), words)
	if s.spec.ActDim > 1 {
		f := ui.axes.Frame
		l = ui.axes.Labels(l, s.px(6))
		l = append(l, plot.Label{Text: s.spec.Actions[ui.dx].String(), Class: "axis", X: f.X + f.W/2, Y: f.Y + f.H + s.px(20), Align: plot.Below},
			plot.Label{Text: s.upright(p, f, s.spec.Actions[ui.dy].String(), s.spec.Actions[ui.dy].Name), Class: "axis", X: f.X - s.px(32), Y: f.Y + f.H/2, Turned: true})
		set.done(l)
		return
	}
	f := ui.axes.Frame
	for _, t := range ui.axes.Labels(nil, s.px(6)) {
		if t.Align == plot.Right {
			t.X = ui.left.X - s.px(6)
		}
		l = append(l, t)
	}
	l = append(l,
		plot.Label{Text: words.Time, Class: "axis", X: f.X + f.W/2, Y: f.Y + f.H + s.px(24), Align: plot.Below},
		plot.Label{Text: "action", Class: "axis", X: p.Rect.X + s.px(13), Y: f.Y + f.H/2, Turned: true},
		plot.Label{Text: "noise", Class: "mark", Color: "noise", X: ui.left.X + ui.left.W/2, Y: f.Y + f.H + s.px(24), Align: plot.Below},
		plot.Label{Text: "actions", Class: "mark", Color: "action", X: ui.right.X + ui.right.W/2, Y: f.Y + f.H + s.px(24), Align: plot.Below})
	set.done(l)
}

// flowKeys are the legend, in few words where it would leave the panel or reach the number at the end of its row.
func (s *Session) flowKeys(l []plot.Label, words flow.Words) []plot.Label {
	p, most := &s.panels[Flow], s.panels[Flow].Rect.W/s.pixel-2*14
	if s.spec.ActDim == 1 {
		most = s.beside(p, "value", "t = 0.00")
	}
	l = s.legend(l, p, s.flowKeysIn(words, "candidates", "with ")...)
	if last := &l[len(l)-1]; plot.TextWidth("legend", last.Text) > most {
		words.Taken, words.Actions = "taken", "actions"
		l = s.legend(l[:len(l)-1], p, s.flowKeysIn(words, "others", "")...)
	}
	return l
}

// flowKeysIn are the legend's keys; rivals are the candidates that were not taken, with stands before the other sampler.
func (s *Session) flowKeysIn(words flow.Words, rivals, with string) (keys [][2]string) {
	if s.spec.ActDim > 1 {
		keys = append(keys, [2]string{"noise", "noise"}, [2]string{"action", words.Actions})
	}
	keys = append(keys, [2]string{"taken", words.Taken})
	if s.rivals(s.probe.shown) > 0 {
		keys = append(keys, [2]string{"rival", rivals})
	}
	if !s.policy.pathless() {
		keys = append(keys, s.otherKey(with))
	}
	return keys
}

// layerKeys are the words of the layers; pressing one switches its layer.
func (s *Session) layerKeys(l []plot.Label, p *panel) []plot.Label {
	text := ""
	for _, k := range []struct {
		layer, word string
		on          bool
	}{{"value", "value", s.view.Value}, {"field", "field", s.view.Field && !s.policy.pathless()}, {"weights", "weights", s.view.Weights}} {
		if text != "" {
			text += "|"
		}
		text += "switch " + k.layer
		if !k.on {
			text += " off"
		}
		text += ":" + k.word
	}
	return append(l, plot.Label{Text: text, Class: "legend", X: p.Rect.X + p.Rect.W - s.px(14), Y: p.Rect.Y + s.px(18), Align: plot.Right})
}

// otherKey is the legend of what the other sampler would do, after the word with.
func (s *Session) otherKey(with string) [2]string {
	if s.sampler.Steps > 1 {
		return [2]string{"one", with + "one step"}
	}
	return [2]string{"many", with + fmt.Sprintf("%d steps", s.sampler.ManySteps)}
}

// linesFor is how many of the particles' ways are drawn: fewer where each has many segments.
func linesFor(steps int) int { return max(48, min(defaultParticles, 1024/steps)) }

// drawFlow draws the picture of the moment at the present t.
func (s *Session) drawFlow(p *panel, resized bool) {
	ui, pal := &s.flowUI, s.palette()
	if ready := s.probe.shown.ready; resized || ready != ui.ready {
		ui.ready = ready
		back := s.surface(p)
		if ready {
			s.flowBack(back)
		}
	}
	p.Inside.Reset()
	p.Front.Reset()
	pic := s.probe.shown
	if !pic.ready {
		return
	}
	if pic.paths.Dim > 1 {
		s.drawCloud(p, pic)
		return
	}
	in := &p.Inside
	if s.view.Value {
		pic.heat.Draw(in, &ui.axes, &pal.Value)
	}
	if s.view.Field {
		pic.field.Draw(in, &ui.axes, s.pixel, pal.Muted.Alpha(0.42))
	}
	alpha := float32(0.2)
	if !s.appearance.Dark {
		alpha = 0.26
	}
	pic.paths.Lines(in, &ui.axes, 0, linesFor(pic.steps), s.px(1.1), &pal.Ramp, alpha)
	if pic.steps <= 8 {
		pic.paths.Knots(in, &ui.axes, 0, 24, s.px(1.5), &pal.Ramp, 0.8)
	}
	s.marginals(in, pic)
	s.cursor(in, pic)
	s.taken(p, pic)
}

func (s *Session) flowBack(l *scene.List) {
	ui, pal, st := &s.flowUI, s.palette(), s.axesStyle()
	ui.axes.Draw(l, &st)
	if s.spec.ActDim != 1 {
		return
	}
	f := ui.axes.Frame
	for _, y := range [2]float64{-1, 1} {
		_, py := ui.axes.Point(0, y)
		l.Dashes(ui.left.X, py, ui.right.X+ui.right.W, py, s.px(1), s.px(4), s.px(4), pal.Muted.Alpha(0.55))
	}
	l.Fill(scene.Rect{X: f.X - s.px(1), Y: f.Y, W: s.px(2), H: f.H}, pal.Ramp.Start.Alpha(0.8), pal.Ramp.Start.Alpha(0.8))
	l.Fill(scene.Rect{X: f.X + f.W - s.px(1), Y: f.Y, W: s.px(2), H: f.H}, pal.Ramp.End.Alpha(0.8), pal.Ramp.End.Alpha(0.8))
}

// marginals draws the laws of noise and actions beside the axes, those of the other sampler as an outline.
func (s *Session) marginals(l *scene.List, pic *picture) {
	ui, pal := &s.flowUI, s.palette()
	f := ui.axes.Frame
	left, right := ui.noise.Peak(), math.Max(ui.action.Peak(), ui.ends.Peak())
	if s.view.Weights {
		right = math.Max(right, ui.next.Peak())
	}
	ui.noise.Area(l, &ui.axes, f.X-s.px(2), -ui.left.W+s.px(4), left, pal.Ramp.Start.Alpha(0.5))
	ui.action.Area(l, &ui.axes, f.X+f.W+s.px(2), ui.right.W-s.px(6), right, pal.Ramp.End.Alpha(0.55))
	other := pal.Many
	if pic.steps > 1 {
		other = pal.One
	}
	if s.view.Weights {
		ui.next.Outline(l, &ui.axes, f.X+f.W+s.px(2), ui.right.W-s.px(6), right, s.px(1.4), pal.Ink.Alpha(0.75))
	}
	if s.policy.pathless() {
		return // there is no other sampler
	}
	ui.ends.Outline(l, &ui.axes, f.X+f.W+s.px(2), ui.right.W-s.px(6), right, s.px(1.6), other)
}

// cursor draws t and the particles there.
func (s *Session) cursor(l *scene.List, pic *picture) {
	ui, pal := &s.flowUI, s.palette()
	f := ui.axes.Frame
	c := pal.Ramp.At(s.t)
	x, _ := ui.axes.Point(s.t, 0)
	l.Line(x, f.Y, x, f.Y+f.H, s.px(1.5), c.Alpha(0.75))
	s.shown(pic).Particles(l, &ui.axes, 0, s.t, s.dotRadius(pic), c.Alpha(0.6))
	for i := range s.rivals(pic) {
		if i != pic.chosen {
			x, y := ui.axes.Point(s.t, s.clampY(pic.paths.At(s.t, i, 0)))
			l.Ring(x, y, s.px(4.2), s.px(1.3), pal.Ink)
		}
	}
}

// shown are a picture's ways, without the weights where these are switched off.
func (s *Session) shown(pic *picture) *plot.Paths {
	s.flowUI.paths = pic.paths
	if !s.view.Weights {
		s.flowUI.paths.Weights = nil
	}
	return &s.flowUI.paths
}

// rivals is the number of candidates of best-of-N, the first particles; 0 where there is no choice.
func (s *Session) rivals(pic *picture) int {
	if pic.n < 2 {
		return 0
	}
	return pic.n
}

// dotRadius makes the dots of a large cloud smaller, px.
func (s *Session) dotRadius(pic *picture) float64 {
	return s.px(math.Max(1.2, math.Min(2.4, 2.1*math.Sqrt(defaultParticles/float64(pic.paths.N)))))
}

// taken marks the way of the chosen particle and the action that the body takes.
func (s *Session) taken(p *panel, pic *picture) {
	ui, pal, l := &s.flowUI, s.palette(), &p.Front
	one := plot.Paths{Steps: pic.steps, N: pic.paths.N, Dim: 1, X: pic.paths.X}
	st := scene.Stroke{List: l, Width: s.px(2.6)}
	for k := range one.Steps + 1 {
		t := float64(k) / float64(one.Steps)
		x, y := ui.axes.Point(t, s.clampY(float64(one.X[k*one.N+pic.chosen])))
		if k == 0 {
			st.Move(x, y, pal.Ink.Alpha(0.9))
		} else {
			st.To(x, y, pal.Ink.Alpha(0.9))
		}
	}
	st.End()
	x, y := ui.axes.Point(0, s.clampY(float64(one.X[pic.chosen])))
	s.bead(l, x, y, 4.5, pal.Ramp.Start)
	x, y = ui.axes.Point(s.t, s.clampY(one.At(s.t, pic.chosen, 0)))
	s.bead(l, x, y, 4, pal.Ramp.At(s.t))
	x, y = ui.axes.Point(1, s.clampY(float64(pic.action[0])))
	s.bead(l, x, y, 7, pal.Ramp.End)
	hx, _ := ui.axes.Point(s.t, 0)
	f := ui.axes.Frame
	s.bead(l, hx, f.Y+f.H, 5, pal.Ramp.At(s.t))
}

// drawCloud is the picture of more than one action: the field at t, the ways, the cloud at t, where the other sampler's
// actions lie, and the taken one.
func (s *Session) drawCloud(p *panel, pic *picture) {
	ui, pal, in := &s.flowUI, s.palette(), &p.Inside
	a := &ui.axes
	if s.view.Value && pic.dx == ui.dx && pic.dy == ui.dy {
		pic.heat.Draw(in, a, &pal.Value)
	}
	s.actionSquare(in)
	if s.view.Field && pic.dx == ui.dx && pic.dy == ui.dy {
		pic.plane.Draw(in, a, s.t, 2, s.pixel, pal.Muted.Alpha(0.5))
	}
	alpha := float32(0.14)
	if !s.appearance.Dark {
		alpha = 0.2
	}
	other := pal.Many
	if pic.steps > 1 {
		other = pal.One
	}
	d := pic.paths.Dim
	for i := 0; i+d <= len(pic.ends); i += d {
		x, y := a.Point(float64(pic.ends[i+ui.dx]), float64(pic.ends[i+ui.dy]))
		in.Ring(x, y, s.px(3.4), s.px(1.2), other.Alpha(0.8))
	}
	s.shown(pic).Cloud(in, a, ui.dx, ui.dy, linesFor(pic.steps), s.t, s.dotRadius(pic), s.px(1), &pal.Ramp, alpha)
	for i := range s.rivals(pic) {
		if i != pic.chosen {
			x, y := s.inSquare(pic.paths.At(s.t, i, ui.dx), pic.paths.At(s.t, i, ui.dy))
			in.Ring(x, y, s.px(4.2), s.px(1.3), pal.Ink)
		}
	}
	s.takenCloud(p, pic)
}

// actionSquare frames the actions that the body can take, [-1,1] each.
func (s *Session) actionSquare(l *scene.List) {
	a, c := &s.flowUI.axes, s.palette().Muted.Alpha(0.55)
	x0, y0 := a.Point(-1, 1)
	x1, y1 := a.Point(1, -1)
	w, on := s.px(1), s.px(4)
	l.Dashes(x0, y0, x1, y0, w, on, on, c)
	l.Dashes(x0, y1, x1, y1, w, on, on, c)
	l.Dashes(x0, y0, x0, y1, w, on, on, c)
	l.Dashes(x1, y0, x1, y1, w, on, on, c)
}

// takenCloud marks the way of the chosen particle and the action that the body takes.
func (s *Session) takenCloud(p *panel, pic *picture) {
	ui, pal, l := &s.flowUI, s.palette(), &p.Front
	st := scene.Stroke{List: l, Width: s.px(2.2)}
	for k := range pic.steps + 1 {
		t := float64(k) / float64(pic.steps)
		x, y := s.inSquare(pic.paths.At(t, pic.chosen, ui.dx), pic.paths.At(t, pic.chosen, ui.dy))
		if k == 0 {
			st.Move(x, y, pal.Ink.Alpha(0.8))
			continue
		}
		st.To(x, y, pal.Ink.Alpha(0.8))
	}
	st.End()
	x, y := s.inSquare(pic.paths.At(0, pic.chosen, ui.dx), pic.paths.At(0, pic.chosen, ui.dy))
	s.bead(l, x, y, 4, pal.Ramp.Start)
	x, y = s.inSquare(pic.paths.At(s.t, pic.chosen, ui.dx), pic.paths.At(s.t, pic.chosen, ui.dy))
	s.bead(l, x, y, 4, pal.Ramp.At(s.t))
	x, y = s.inSquare(float64(pic.action[ui.dx]), float64(pic.action[ui.dy]))
	s.bead(l, x, y, 7, pal.Ramp.End)
}

// inSquare is a point of the cloud on the screen, kept within the axes.
func (s *Session) inSquare(x, y float64) (px, py float64) {
	return s.flowUI.axes.Point(s.clampY(x), s.clampY(y))
}

// bead is a dot with a rim that stands out from anything.
func (s *Session) bead(l *scene.List, x, y, radius float64, c scene.Color) {
	pal := s.palette()
	l.Dot(x, y, s.px(radius+1.6), pal.Surface)
	l.Dot(x, y, s.px(radius), pal.Ink)
	l.Dot(x, y, s.px(radius-1.4), c)
}

func (s *Session) clampY(y float64) float64 {
	return math.Max(-s.flowUI.half, math.Min(s.flowUI.half, y))
}

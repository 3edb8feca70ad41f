package panel

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"onestep/engine/plot"
	"onestep/engine/scene"
	"onestep/policy/flow"
	"onestep/wasm/app/change"
	"onestep/wasm/app/lang"
	"onestep/wasm/app/probe"
	"onestep/wasm/protocol"
)

// Flow shows how the policy carries noise to actions in the present state: over t where an action has one coordinate, in
// the plane of two of them otherwise.
type Flow struct {
	*Stage
	Axes plot.Axes

	rect                scene.Rect
	inner               scene.Rect // axes and marginals
	left, right         scene.Rect // the marginals of noise and actions
	noise, action, ends *plot.Histogram
	next                *plot.Histogram // the actions by their weights: what the next policy is fitted to
	paths               plot.Paths      // as they are drawn
	named               [2]int          // the actions along the axes, as labelled
	ready               bool            // there was a picture when the axes were placed
}

const bins = 48

// NewFlow returns the panel.
func NewFlow(s *Stage) *Flow {
	return &Flow{Stage: s, noise: plot.NewHistogram(bins), action: plot.NewHistogram(bins), ends: plot.NewHistogram(bins), next: plot.NewHistogram(bins)}
}

// About implements Panel.
func (p *Flow) About() protocol.PanelInfo {
	return protocol.PanelInfo{Name: "flow", Title: lang.Text("Action flow"), Numbers: true}
}

// Changed implements Panel.
func (p *Flow) Changed(c change.Set) (layout, draw bool) {
	if c.Has(change.Picture) {
		p.fill()
	}
	axes := &p.Probe.Axes
	layout = c.Has(relabeled) || p.Probe.Shown().Ready != p.ready || axes.Half != p.Axes.Y.Hi || [2]int{axes.DX, axes.DY} != p.named
	return layout, c.Has(change.Action | change.Time | change.Picture)
}

// fill counts a picture's noise and actions.
func (p *Flow) fill() {
	pic, half := p.Probe.Shown(), p.Probe.Axes.Half
	if pic.Paths.Dim != 1 {
		return
	}
	p.noise.Fill(pic.Paths.Starts(), -half, half)
	p.action.Fill(pic.Paths.Ends(), -half, half)
	p.ends.Fill(pic.Ends, -half, half)
	p.next.Fill(nil, -half, half)
	if len(pic.Paths.Weights) == pic.Paths.N {
		p.next.FillWeighted(pic.Paths.Ends(), pic.Paths.Weights, -half, half)
	}
}

// flat tells whether an action has one coordinate, so that t is an axis.
func (s *Stage) flat() bool { return s.Now.Spec.ActDim == 1 }

// Layout places axes and marginals.
func (p *Flow) Layout(r scene.Rect) (clip scene.Rect) {
	p.rect, p.ready, p.named = r, p.Probe.Shown().Ready, [2]int{p.Probe.Axes.DX, p.Probe.Axes.DY}
	p.inner = r.Inset(p.px(44), p.px(58), p.px(14), p.px(44))
	in, a, half := p.inner, &p.Axes, p.Probe.Axes.Half
	a.Y = plot.Scale{Lo: -half, Hi: half}
	if p.flat() {
		strip := math.Round(math.Min(p.px(64), 0.15*in.W))
		p.left = scene.Rect{X: in.X, Y: in.Y, W: strip, H: in.H}
		p.right = scene.Rect{X: in.X + in.W - strip, Y: in.Y, W: strip, H: in.H}
		a.Frame, a.X = in.Inset(strip, 0, strip, 0), plot.Scale{Lo: 0, Hi: 1}
	} else {
		a.Frame, a.X = in, a.Y
	}
	a.XWant, a.YWant = 4, 6
	a.Prepare()
	return in.Inset(-p.px(1), -p.px(1), -p.px(1), -p.px(1))
}

// words are those of the policy's family for what is shown of noise and actions.
func (s *Stage) words() flow.Words { return wordsOf(s.Now.Policy, s.Now.Decision.N) }

// Title implements Panel.
func (p *Flow) Title(room float64) string {
	title, where, short := p.words().Title, lang.Text(", here and now"), lang.Text("Actions")
	if p.Selected >= 0 {
		where, short = lang.Text(", chosen state"), lang.Text("Chosen state")
	}
	switch narrow := p.rect.W < p.px(420); {
	case narrow && p.Selected >= 0:
		return short
	case narrow:
		return plot.Fitting("title", room, title, short)
	}
	return plot.Fitting("title", room, title+where, title, short)
}

// Labels name layers, colours and axes.
func (p *Flow) Labels(l []plot.Label) []plot.Label {
	if !p.ready {
		switch {
		case p.Now.Policy == nil:
			l = append(l, p.note(p.rect, lang.Text("No policy yet")))
		case p.Now.Policy.Foreign():
			room := p.rect.W/p.Pixel - 2*margin
			l = append(l, p.note(p.rect, plot.Fitting("note", room, lang.Text("No flow: this graph maps an observation to one action"), lang.Text("No flow: one action"))))
		}
		return l
	}
	words := p.words()
	l = append(l, p.layers(), p.keys(&words))
	ticks := p.Axes.Labels(nil, p.px(6))
	f := p.Axes.Frame
	if !p.flat() {
		actions := p.Now.Spec.Actions
		x, y := actions[p.Probe.Axes.DX], actions[p.Probe.Axes.DY]
		below, beside := p.under(f, named(x).String()), p.upright(p.rect, f, named(y).String(), named(y).Name)
		below.Y, beside.X = f.Y+f.H+p.px(20), f.X-p.px(32)
		return append(append(l, ticks...), below, beside)
	}
	for _, t := range ticks {
		if t.Align == plot.Right {
			t.X = p.left.X - p.px(6)
		}
		l = append(l, t)
	}
	mark := func(text, color string, r scene.Rect) plot.Label {
		m := p.under(f, text)
		m.Class, m.Color, m.X = "mark", color, r.X+r.W/2
		return m
	}
	action := p.upright(p.rect, f, lang.Text("action"))
	short, _, _ := strings.Cut(words.Time, ":")
	room := (f.W+p.left.W)/p.Pixel - plot.TextWidth("mark", lang.Text("actions")) - 2*spacing
	return append(l, p.under(f, plot.Fitting("axis", room, words.Time, short)), action, mark(lang.Text("noise"), "noise", p.left), mark(lang.Text("actions"), "action", p.right))
}

// layers are the words of the layers; pressing one switches its layer.
func (p *Flow) layers() plot.Label {
	text := ""
	for _, k := range []struct {
		layer, name string
		on          bool
	}{
		{"value", lang.Text("value"), p.View.Value},
		{"field", lang.Text("field"), p.View.Field && !p.Now.Policy.Pathless()},
		{"weights", lang.Text("weights"), p.View.Weights},
	} {
		if text != "" {
			text += "|"
		}
		text += "switch " + k.layer
		if !k.on {
			text += " off"
		}
		text += ":" + k.name
	}
	return p.corner(p.rect, "legend", "", text)
}

// keys are the legend, in few words where it would leave the panel or reach the number at the end of its row.
func (p *Flow) keys(words *flow.Words) plot.Label {
	most := p.rect.W/p.Pixel - 2*margin
	if p.flat() {
		most = p.beside(p.rect, "value", "t = 0.00")
	}
	l := p.legend(p.rect, p.keysIn(words, lang.Text("candidates"), lang.Text("with "))...)
	if plot.TextWidth("legend", l.Text) > most {
		words.Taken, words.Actions = lang.Text("taken"), lang.Text("actions")
		l = p.legend(p.rect, p.keysIn(words, lang.Text("others"), "")...)
	}
	return l
}

// keysIn are the legend's keys; rivals are the candidates that were not taken, with stands before the other sampler.
func (p *Flow) keysIn(words *flow.Words, rivals, with string) (keys [][2]string) {
	if !p.flat() {
		keys = append(keys, [2]string{"noise", lang.Text("noise")}, [2]string{"action", words.Actions})
	}
	keys = append(keys, [2]string{"taken", words.Taken})
	if candidates(p.Probe.Shown()) > 0 {
		keys = append(keys, [2]string{"rival", rivals})
	}
	switch {
	case p.Now.Policy.Pathless(): // which has no other sampler
	case p.Now.Sampler.Steps > 1:
		keys = append(keys, [2]string{"one", with + lang.Text("one step")})
	default:
		keys = append(keys, [2]string{"many", with + lang.Textf("%d steps", p.Now.Sampler.ManySteps)})
	}
	return keys
}

// Values is t.
func (p *Flow) Values(l []plot.Label) []plot.Label {
	if !p.Probe.Shown().Ready || p.Now.Policy == nil || !p.flat() {
		return l
	}
	t := p.corner(p.rect, "value", "", fmt.Sprintf("t = %.2f", p.Now.T))
	t.Y = p.rect.Y + p.px(40)
	return append(l, t)
}

// linesFor is how many of the particles' paths are drawn: fewer where each has many segments.
func linesFor(steps int) int { return max(48, min(probe.DefaultParticles, 1024/steps)) }

// Draw draws the picture of the moment at the present t.
func (p *Flow) Draw(l Lists) {
	pic := p.Probe.Shown()
	if l.Back != nil && pic.Ready {
		p.drawBack(l.Back)
	}
	switch {
	case !pic.Ready:
	case pic.Paths.Dim > 1:
		p.drawPlane(l, pic)
	default:
		p.drawLine(l, pic)
	}
}

// drawLine is the picture of one action: field and paths over t, the cursor, and the laws at both ends.
func (p *Flow) drawLine(l Lists, pic *probe.Picture) {
	in, pal := l.Inside, p.palette()
	if p.View.Value {
		pic.Heat.Draw(in, &p.Axes, &pal.Value)
	}
	if p.View.Field {
		pic.Field.Draw(in, &p.Axes, p.Pixel, pal.Muted.Alpha(0.42))
	}
	alpha := float32(0.2)
	if !p.Dark {
		alpha = 0.26
	}
	pic.Paths.Lines(in, &p.Axes, 0, linesFor(pic.Steps), p.px(1.1), &pal.Ramp, alpha)
	if pic.Steps <= 8 {
		pic.Paths.Knots(in, &p.Axes, 0, 24, p.px(1.5), &pal.Ramp, 0.8)
	}
	p.marginals(in, pic)
	p.cursor(in, pic)
	p.taken(l.Front, pic, 2.6, 0.9, func(t float64) (x, y float64) {
		return p.Axes.Point(t, p.clamp(pic.Paths.At(t, pic.Chosen, 0)))
	}, func() (x, y float64) { return p.Axes.Point(1, p.clamp(float64(pic.Action[0]))) }, 4.5)
	f := p.Axes.Frame
	x, _ := p.Axes.Point(p.Now.T, 0)
	p.bead(l.Front, x, f.Y+f.H, 5, pal.Ramp.At(p.Now.T))
}

func (p *Flow) drawBack(l *scene.List) {
	pal, st, f := p.palette(), p.axesStyle(), p.Axes.Frame
	p.Axes.Draw(l, &st)
	if !p.flat() {
		return
	}
	for _, y := range [2]float64{-1, 1} {
		_, py := p.Axes.Point(0, y)
		l.Dashes(p.left.X, py, p.right.X+p.right.W, py, p.px(1), p.px(4), p.px(4), pal.Muted.Alpha(0.55))
	}
	start, end := pal.Ramp.Start.Alpha(0.8), pal.Ramp.End.Alpha(0.8)
	l.Fill(scene.Rect{X: f.X - p.px(1), Y: f.Y, W: p.px(2), H: f.H}, start, start)
	l.Fill(scene.Rect{X: f.X + f.W - p.px(1), Y: f.Y, W: p.px(2), H: f.H}, end, end)
}

// marginals draws the laws of noise and actions beside the axes, those of the other sampler as an outline.
func (p *Flow) marginals(l *scene.List, pic *probe.Picture) {
	pal, f := p.palette(), p.Axes.Frame
	left, right := p.noise.Peak(), math.Max(p.action.Peak(), p.ends.Peak())
	if p.View.Weights {
		right = math.Max(right, p.next.Peak())
	}
	at, width := f.X+f.W+p.px(2), p.right.W-p.px(6)
	p.noise.Area(l, &p.Axes, f.X-p.px(2), -p.left.W+p.px(4), left, pal.Ramp.Start.Alpha(0.5))
	p.action.Area(l, &p.Axes, at, width, right, pal.Ramp.End.Alpha(0.55))
	if p.View.Weights {
		p.next.Outline(l, &p.Axes, at, width, right, p.px(1.4), pal.Ink.Alpha(0.75))
	}
	if len(pic.Ends) > 0 {
		p.ends.Outline(l, &p.Axes, at, width, right, p.px(1.6), p.other(pic.Steps))
	}
}

// cursor draws t and the particles there.
func (p *Flow) cursor(l *scene.List, pic *probe.Picture) {
	pal, f, t := p.palette(), p.Axes.Frame, p.Now.T
	c := pal.Ramp.At(t)
	x, _ := p.Axes.Point(t, 0)
	l.Line(x, f.Y, x, f.Y+f.H, p.px(1.5), c.Alpha(0.75))
	p.weighted(pic).Particles(l, &p.Axes, 0, t, p.dotRadius(pic), c.Alpha(0.6))
	p.rivals(l, pic, func(i int) (x, y float64) { return p.Axes.Point(t, p.clamp(pic.Paths.At(t, i, 0))) })
}

// weighted are a picture's paths, without the weights where these are switched off.
func (p *Flow) weighted(pic *probe.Picture) *plot.Paths {
	p.paths = pic.Paths
	if !p.View.Weights {
		p.paths.Weights = nil
	}
	return &p.paths
}

// candidates is the number of candidates of best-of-N, the first particles; 0 where there is no choice.
func candidates(pic *probe.Picture) int {
	if pic.N < 2 {
		return 0
	}
	return pic.N
}

// rivals rings the candidates that were not taken.
func (p *Flow) rivals(l *scene.List, pic *probe.Picture, place func(i int) (x, y float64)) {
	for i := range candidates(pic) {
		if i != pic.Chosen {
			x, y := place(i)
			l.Ring(x, y, p.px(4.2), p.px(1.3), p.palette().Ink)
		}
	}
}

// dotRadius makes the dots of a large cloud smaller, px.
func (p *Flow) dotRadius(pic *probe.Picture) float64 {
	return p.px(within(2.1*math.Sqrt(probe.DefaultParticles/float64(pic.Paths.N)), 1.2, 2.4))
}

// taken marks the path of the chosen particle, which stands at way(t), and the action that the body takes.
func (p *Flow) taken(l *scene.List, pic *probe.Picture, width float64, alpha float32, way func(t float64) (x, y float64), action func() (x, y float64), start float64) {
	pal := p.palette()
	st := scene.Stroke{List: l, Width: p.px(width)}
	for k := range pic.Steps + 1 {
		x, y := way(float64(k) / float64(pic.Steps))
		if k == 0 {
			st.Move(x, y, pal.Ink.Alpha(alpha))
			continue
		}
		st.To(x, y, pal.Ink.Alpha(alpha))
	}
	st.End()
	x, y := way(0)
	p.bead(l, x, y, start, pal.Ramp.Start)
	x, y = way(p.Now.T)
	p.bead(l, x, y, 4, pal.Ramp.At(p.Now.T))
	x, y = action()
	p.bead(l, x, y, 7, pal.Ramp.End)
}

// drawPlane is the picture of more than one action: the field at t, the paths, the cloud at t, where the other sampler's
// actions lie, and the taken one.
func (p *Flow) drawPlane(l Lists, pic *probe.Picture) {
	pal, in, a, t := p.palette(), l.Inside, &p.Axes, p.Now.T
	dx, dy := p.Probe.Axes.DX, p.Probe.Axes.DY
	same := pic.DX == dx && pic.DY == dy
	if p.View.Value && same {
		pic.Heat.Draw(in, a, &pal.Value)
	}
	p.actionSquare(in)
	if p.View.Field && same {
		pic.Plane.Draw(in, a, t, 2, p.Pixel, pal.Muted.Alpha(0.5))
	}
	alpha := float32(0.14)
	if !p.Dark {
		alpha = 0.2
	}
	d := pic.Paths.Dim
	for i := 0; i+d <= len(pic.Ends); i += d {
		x, y := a.Point(float64(pic.Ends[i+dx]), float64(pic.Ends[i+dy]))
		in.Ring(x, y, p.px(3.4), p.px(1.2), p.other(pic.Steps).Alpha(0.8))
	}
	p.weighted(pic).Cloud(in, a, dx, dy, linesFor(pic.Steps), t, p.dotRadius(pic), p.px(1), &pal.Ramp, alpha)
	p.rivals(in, pic, func(i int) (x, y float64) { return p.inSquare(pic.Paths.At(t, i, dx), pic.Paths.At(t, i, dy)) })
	p.taken(l.Front, pic, 2.2, 0.8, func(t float64) (x, y float64) {
		return p.inSquare(pic.Paths.At(t, pic.Chosen, dx), pic.Paths.At(t, pic.Chosen, dy))
	}, func() (x, y float64) { return p.inSquare(float64(pic.Action[dx]), float64(pic.Action[dy])) }, 4)
}

// actionSquare frames the actions that the body can take, [-1,1] each.
func (p *Flow) actionSquare(l *scene.List) {
	a, c := &p.Axes, p.palette().Muted.Alpha(0.55)
	x0, y0 := a.Point(-1, 1)
	x1, y1 := a.Point(1, -1)
	w, on := p.px(1), p.px(4)
	l.Dashes(x0, y0, x1, y0, w, on, on, c)
	l.Dashes(x0, y1, x1, y1, w, on, on, c)
	l.Dashes(x0, y0, x0, y1, w, on, on, c)
	l.Dashes(x1, y0, x1, y1, w, on, on, c)
}

// inSquare is a point of the plane on the screen, kept within the axes.
func (p *Flow) inSquare(x, y float64) (px, py float64) { return p.Axes.Point(p.clamp(x), p.clamp(y)) }

func (p *Flow) clamp(y float64) float64 { return within(y, p.Axes.Y.Lo, p.Axes.Y.Hi) }

// Press takes hold of t.
func (p *Flow) Press(_, _ float64) Drag {
	if !p.Probe.Shown().Ready || !p.flat() {
		return nil
	}
	return func(x, y float64, end bool) {
		if !end {
			t, _ := p.Axes.Data(x, y)
			p.Act.Scrub(within(t, 0, 1))
		}
	}
}

// Hover shows where t can be dragged.
func (p *Flow) Hover(x, y float64, here bool) (tip, cursor string) {
	if here && p.Probe.Shown().Ready && p.flat() && p.inner.Contains(x, y) {
		return "", "ew-resize"
	}
	return "", ""
}

// Describe says how far the particles spread and how far one step lands from many.
func (p *Flow) Describe() string {
	pic := p.Probe.Shown()
	if p.Now.Policy.Foreign() {
		return lang.Text("No flow: this graph maps an observation to one action") + "."
	}
	if !pic.Ready || pic.Early || p.Now.Policy == nil {
		return ""
	}
	return lang.Textf("The flow has %d particles. From noise of the standard deviation %g the actions spread by %.3f, and one step lands %s from many (W2).",
		pic.Paths.N, pic.Source, math.Sqrt(pic.Variance), p.bounds(pic.Point))
}

// Save writes every particle's path.
func (p *Flow) Save(b *bytes.Buffer) error {
	b.WriteString("particle,t")
	for _, q := range p.Now.Spec.Actions {
		fmt.Fprintf(b, ",%s in -1..1", column(q.Name))
	}
	b.WriteString(",value min(Q1;Q2) at t=1 (scaled return),weight exp(A/lambda) over its mean\n")
	pic := p.Probe.Shown()
	if !pic.Ready {
		return nil
	}
	paths := &pic.Paths
	line := make([]float64, 0, 4+paths.Dim)
	for i := range paths.N {
		for k := range paths.Steps + 1 {
			line = append(line[:0], float64(i), float64(k)/float64(paths.Steps))
			for d := range paths.Dim {
				line = append(line, float64(paths.X[(k*paths.N+i)*paths.Dim+d]))
			}
			value, weight := math.NaN(), math.NaN()
			if k == paths.Steps {
				value = float64(pic.Values[i])
				if len(paths.Weights) == paths.N {
					weight = float64(paths.Weights[i])
				}
			}
			row(b, append(line, value, weight)...)
		}
	}
	return nil
}

package panel

import (
	"bytes"
	"math"
	"slices"
	"strings"

	"onestep/engine/plot"
	"onestep/engine/quote"
	"onestep/engine/scene"
	"onestep/policy/checkpoint"
	"onestep/wasm/app/change"
	"onestep/wasm/app/lang"
	"onestep/wasm/protocol"
)

// Learning shows the return against environment steps, of one step and of many steps of the same weights.
type Learning struct {
	*Stage
	Axes plot.Axes
	Run  Curves // of the training in this tab
	Past Curves // of the policy that acts, from its file

	rect  scene.Rect
	hover int // row under the pointer, -1 for none
}

// NewLearning returns the panel.
func NewLearning(s *Stage) *Learning { return &Learning{Stage: s, hover: -1} }

// Curves are the evaluations of a training.
type Curves struct {
	One, Many plot.Curve
	Of        string  // whose they are
	Total     int     // environment steps of the whole training
	Solved    float64 // return from which the task counts as learned
	ManySteps float64 // K of the last row
}

// Empty tells whether there is neither a row nor a training to come.
func (c *Curves) Empty() bool { return len(c.One.X) == 0 && c.Total == 0 }

func (c *Curves) clear() { c.One.Reset(); c.Many.Reset(); c.Of, c.Total, c.ManySteps = "", 0, 0 }

// recall takes the evaluations of a finished training from its record.
func (c *Curves) recall(r *checkpoint.Record, solved float64) {
	c.clear()
	c.Solved = solved
	if len(r.Curve) == 0 {
		return
	}
	c.Total = r.TotalSteps
	for _, e := range r.Curve {
		steps := float64(e.EnvSteps)
		c.One.Append(steps, e.OneStep.Mean, e.OneStep.Std)
		if e.Many.Episodes > 0 {
			c.Many.Append(steps, e.Many.Mean, e.Many.Std)
			c.ManySteps = float64(e.ManySteps)
		}
	}
}

func (c *Curves) add(rows []float64) {
	for r := range slices.Chunk(rows, protocol.NumEvaluation) {
		c.One.Append(r[protocol.EvalEnvSteps], r[protocol.EvalOneStepMean], r[protocol.EvalOneStepStd])
		c.Many.Append(r[protocol.EvalEnvSteps], r[protocol.EvalManyMean], r[protocol.EvalManyStd])
		c.ManySteps = r[protocol.EvalManySteps]
	}
}

// Hear takes rows of evaluations.
func (p *Learning) Hear(m protocol.Message) (mine bool, c change.Set, err error) {
	if m.Type != protocol.Curve {
		return false, 0, nil
	}
	info, rows, err := evaluations(m)
	if err != nil {
		return true, 0, err
	}
	if info.Reset {
		p.Run.clear()
	}
	p.Run.Of, p.Run.Total, p.Run.Solved = info.Run, info.TotalSteps, info.Solved
	if info.Solved == 0 {
		p.Run.Solved = p.Now.Spec.Solved
	}
	p.Run.add(rows)
	return true, change.Rows, nil
}

// evaluations reads a message of type Curve: rows of protocol.NumEvaluation numbers.
func evaluations(m protocol.Message) (info protocol.CurveInfo, rows []float64, err error) {
	if err := m.Decode(&info); err != nil {
		return info, nil, err
	}
	if len(m.Data) > 1 || len(m.Data) == 1 && len(m.Data[0])%(8*protocol.NumEvaluation) != 0 {
		return info, nil, protocol.Refuse("protocol", "evaluations come as one array of rows of %d numbers", protocol.NumEvaluation)
	}
	if len(m.Data) == 1 {
		rows = protocol.Float64s(m.Data[0])
	}
	return info, rows, nil
}

// Shown are the training of this tab, or before there is one how the acting policy was trained; of a moment its training.
func (p *Learning) Shown() *Curves {
	if p.Now.Policy != nil && (p.Now.Policy.Moment || p.Run.Empty()) {
		return &p.Past
	}
	return &p.Run
}

// moment is where the acting policy stands in its training, px; ok is false where the curve ends there or is another's.
func (p *Learning) moment() (x float64, ok bool) {
	if p.Now.Policy == nil || !p.Now.Policy.Moment {
		return 0, false
	}
	x, _ = p.Axes.Point(float64(p.Now.Info.EnvSteps), 0)
	return x, true
}

// About implements Panel.
func (p *Learning) About() protocol.PanelInfo {
	return protocol.PanelInfo{Name: "curve", Title: lang.Text("Learning"), Numbers: true}
}

// Title implements Panel.
func (p *Learning) Title(room float64) string {
	of := p.Of()
	if of == "" {
		return lang.Text("Learning")
	}
	run := p.Shown().Of
	short, _, _ := strings.Cut(of, ", ") // the seed stands in the page's card too
	return plot.Fitting("title", room, lang.Textf("Learning: %s", of), of, lang.Textf("Learning: %s", run), run, short, lang.Text("Learning"))
}

// Of names the run whose rows are shown.
func (p *Learning) Of() string {
	c := p.Shown()
	switch n := len(c.One.X); {
	case c.Empty():
		return ""
	case n == 0 || c.Of == "" || c.One.X[n-1] == 0: // what has been evaluated before it began has learned since
		return c.Of
	default:
		return c.Of + ", " + stepsName(int(c.One.X[n-1]))
	}
}

// Changed implements Panel.
func (p *Learning) Changed(c change.Set) (layout, draw bool) {
	if c.Has(change.Body) {
		p.Run.clear()
	}
	if c.Has(change.Agent|change.Weights) && p.Now.Policy != nil {
		p.Past.recall(p.Now.Policy.Record(), p.Now.Spec.Solved)
		p.Past.Of = runName(p.Now.Info.Algorithm, p.Now.Spec.Title, p.Now.Info.Seed)
	}
	return c.Has(relabeled | change.Rows), c.Has(change.Pointer)
}

// Layout fits the axes to the rows.
func (p *Learning) Layout(r scene.Rect) (clip scene.Rect) {
	p.rect = r
	c, solved := p.Shown(), p.Now.Spec.Solved
	lo, hi := math.Inf(1), math.Inf(-1)
	right := float64(c.Total)
	for _, line := range [2]*plot.Curve{&c.One, &c.Many} {
		for i := range line.X {
			lo, hi = math.Min(lo, line.Y[i]-line.Spread[i]), math.Max(hi, line.Y[i]+line.Spread[i])
			right = math.Max(right, line.X[i])
		}
	}
	if !c.Empty() {
		lo, hi = math.Min(lo, c.Solved), math.Max(hi, c.Solved)
	}
	if !(hi > lo) {
		lo, hi = math.Min(solved*4, solved/4), math.Max(solved*4, solved/4)
	}
	lo, hi = plot.Nice(lo, hi, 5)
	if right <= 0 {
		right = 1000
	}
	a := &p.Axes
	a.Frame = r.Inset(p.px(66), p.px(58), p.px(18), p.px(44))
	a.X, a.Y = plot.Scale{Lo: 0, Hi: right}, plot.Scale{Lo: lo, Hi: hi}
	a.XWant, a.YWant = 5, 4
	a.Prepare()
	return a.Frame.Inset(-p.px(1), -p.px(4), -p.px(5), -p.px(1))
}

// solvedAt is the height of the line from which the task counts as learned, px, where it lies within the axes.
func (p *Learning) solvedAt(c *Curves) (y float64, ok bool) {
	_, y = p.Axes.Point(0, c.Solved)
	f := p.Axes.Frame
	return y, y >= f.Y && y <= f.Y+f.H
}

// beyond is the height of a text that stands clear of a line at y: above it, and below at the upper end of the axes, px.
func (p *Learning) beyond(y float64) float64 {
	const clear = 9 // CSS px
	if y-p.px(2*clear) < p.Axes.Frame.Y {
		return y + p.px(clear)
	}
	return y - p.px(clear)
}

// Labels name axes and lines.
func (p *Learning) Labels(l []plot.Label) []plot.Label {
	f, c := p.Axes.Frame, p.Shown()
	if c.Empty() {
		return append(l, p.note(p.rect, lang.Text("Press Train and the return appears here")))
	}
	switch x, ok := p.moment(); {
	case ok && x < f.X+f.W/2:
		l = append(l, plot.Label{Text: stepsName(p.Now.Info.EnvSteps), Class: "line", X: x + p.px(6), Y: f.Y + f.H - p.px(26), Align: plot.Left})
	case ok:
		l = append(l, plot.Label{Text: stepsName(p.Now.Info.EnvSteps), Class: "line", X: x - p.px(6), Y: f.Y + f.H - p.px(26), Align: plot.Right})
	case c == &p.Past:
		l = append(l, p.corner(p.rect, "hint", "", lang.Text("how this policy was trained")))
	}
	l = append(p.Axes.Labels(l, p.px(6)), p.under(f, lang.Text("environment steps")), p.upright(p.rect, f, lang.Text("return of an episode"), lang.Text("return")))
	if y, ok := p.solvedAt(c); ok {
		l = append(l, plot.Label{Text: lang.Textf("goal %s", plot.Number(c.Solved, 1)), Class: "line", X: f.X + p.px(8), Y: p.beyond(y), Align: plot.Left})
	}
	k := c.ManySteps
	if k < 2 {
		k = float64(p.Now.Sampler.ManySteps)
	}
	if slices.Max(append([]float64{0}, c.One.Spread...)) > 0 {
		l = append(l, plot.Label{Text: lang.Text("bands: ± std over episodes"), Class: "line", X: f.X + f.W - p.px(6), Y: f.Y + f.H - p.px(10), Align: plot.Right})
	}
	return append(l, p.legend(p.rect, [2]string{"one", lang.Text("one step")}, [2]string{"many dashed", lang.Textf("%.0f steps", k)}))
}

// Values implements Panel.
func (p *Learning) Values(l []plot.Label) []plot.Label { return l }

// Draw draws both lines with their bands.
func (p *Learning) Draw(l Lists) {
	a, pal, c := &p.Axes, p.palette(), p.Shown()
	if c.Empty() {
		return
	}
	if l.Back != nil {
		st := p.axesStyle()
		a.Draw(l.Back, &st)
		if y, ok := p.solvedAt(c); ok {
			l.Back.Dashes(a.Frame.X, y, a.Frame.X+a.Frame.W, y, p.px(1.25), p.px(2), p.px(4), pal.Solved)
		}
	}
	c.Many.Band(l.Inside, a, pal.Many.Alpha(0.1))
	c.One.Band(l.Inside, a, pal.One.Alpha(0.12))
	c.Many.DashedLine(l.Inside, a, p.px(2), p.px(7), p.px(5), pal.Many)
	c.One.Line(l.Inside, a, p.px(2.2), pal.One)
	c.One.Points(l.Inside, a, p.px(2.6), pal.One)
	if x, ok := p.moment(); ok {
		l.Front.Line(x, a.Frame.Y, x, a.Frame.Y+a.Frame.H, p.px(2), pal.Ink)
	}
	i := p.hover
	if i < 0 || i >= len(c.One.X) {
		return
	}
	x, y := a.Point(c.One.X[i], c.One.Y[i])
	l.Front.Line(x, a.Frame.Y, x, a.Frame.Y+a.Frame.H, p.px(1), pal.Muted.Alpha(0.6))
	p.bead(l.Front, x, y, 4, pal.One)
	if i < len(c.Many.X) {
		x, y = a.Point(c.Many.X[i], c.Many.Y[i])
		p.bead(l.Front, x, y, 4, pal.Many)
	}
}

// Press implements Panel; there is nothing to press.
func (p *Learning) Press(_, _ float64) Drag { return nil }

// Hover tells a row's numbers.
func (p *Learning) Hover(x, _ float64, here bool) (tip, cursor string) {
	c := p.Shown()
	p.hover = -1
	if here {
		p.hover = c.One.Nearest(&p.Axes, x)
	}
	i := p.hover
	if i < 0 {
		return "", ""
	}
	tip = lang.Textf("%s steps · one step %s", quote.Grouped(int(c.One.X[i])), plot.Number(c.One.Y[i], 1))
	if i < len(c.Many.Y) {
		tip += lang.Textf(" · %.0f steps %s", c.ManySteps, plot.Number(c.Many.Y[i], 1))
	}
	return tip, ""
}

// Describe tells the last evaluation of the training.
func (p *Learning) Describe() string {
	n := len(p.Run.One.Y)
	if n == 0 {
		return ""
	}
	return lang.Textf("The last evaluation of the training returned %s.", plot.Number(p.Run.One.Y[n-1], 1))
}

// Save writes the rows.
func (p *Learning) Save(b *bytes.Buffer) error {
	b.WriteString("environment steps,return with one step: mean,standard deviation,return with K steps: mean,standard deviation,K\n")
	c := p.Shown()
	for i, x := range c.One.X {
		mean, std := math.NaN(), math.NaN()
		if k := slices.Index(c.Many.X, x); k >= 0 {
			mean, std = c.Many.Y[k], c.Many.Spread[k]
		}
		row(b, x, c.One.Y[i], c.One.Spread[i], mean, std, c.ManySteps)
	}
	return nil
}

package panel

import (
	"bytes"
	"fmt"
	"math"
	"slices"

	"onestep/engine/plot"
	"onestep/engine/quote"
	"onestep/engine/scene"
	"onestep/policy/analysis"
	"onestep/policy/checkpoint"
	"onestep/wasm/app/change"
	"onestep/wasm/app/lang"
	"onestep/wasm/app/probe"
	"onestep/wasm/protocol"
)

// Training shows how the distance of one-step from K-step actions went over a training: at each evaluation the means over
// visited states of both ends of W2, of the mean shift within it and of the spread of the K-step actions, which by the
// paper's bound W2 stays below where the field is exact.
type Training struct {
	*Stage
	Axes plot.Axes
	Run  Probed // of the training in this tab
	Past Probed // of the policy that acts, from its file

	rect  scene.Rect
	hover int // row under the pointer, -1 for none
}

// NewTraining returns the panel.
func NewTraining(s *Stage) *Training { return &Training{Stage: s, hover: -1} }

// Probed are the evaluations of a training at which states were probed.
type Probed struct {
	Steps  []float64 // [n] environment steps
	Points []analysis.Point
	Of     string // whose they are
	Total  int    // environment steps of the whole training
}

func (q *Probed) clear() { q.Steps, q.Points, q.Of, q.Total = q.Steps[:0], q.Points[:0], "", 0 }

// add takes in an evaluation, unless nothing was probed at it.
func (q *Probed) add(steps float64, p analysis.Point) {
	if finite(p.Lower) && finite(p.Upper) && finite(p.Shift) && finite(p.Variance) {
		q.Steps, q.Points = append(q.Steps, steps), append(q.Points, p)
	}
}

// recall takes what a finished training has recorded.
func (q *Probed) recall(r *checkpoint.Record) {
	q.clear()
	q.Total = r.TotalSteps
	for _, e := range r.Curve {
		if e.Probe != nil {
			q.add(float64(e.EnvSteps), *e.Probe)
		}
	}
}

// spread is the root of the mean trace of the covariance.
func spread(p analysis.Point) float64 { return math.Sqrt(p.Variance) }

// About implements Panel.
func (p *Training) About() protocol.PanelInfo {
	return protocol.PanelInfo{
		Name: "training", Title: lang.Text("Error over training"), Numbers: true, OnDemand: true,
		Help: lang.Text("One more panel: W₂ between one-step and K-step actions, the shift of their means and their spread, at each evaluation of the training."),
	}
}

// Hear takes rows of evaluations.
func (p *Training) Hear(m protocol.Message) (mine bool, c change.Set, err error) {
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
	p.Run.Of, p.Run.Total = info.Run, info.TotalSteps
	for r := range slices.Chunk(rows, protocol.NumEvaluation) {
		p.Run.add(r[protocol.EvalEnvSteps], analysis.Point{
			Variance: r[protocol.EvalVariance], Lower: r[protocol.EvalLower], Upper: r[protocol.EvalUpper], Shift: r[protocol.EvalShift],
		})
	}
	return true, change.Rows, nil
}

// Shown are the training of this tab, or before there is one that of the acting policy; of a moment its training.
func (p *Training) Shown() *Probed {
	if p.Now.Policy != nil && (p.Now.Policy.Moment || p.Run.Total == 0) {
		return &p.Past
	}
	return &p.Run
}

// Of names the training whose evaluations are shown.
func (p *Training) Of() string { return p.Shown().Of }

// Title implements Panel.
func (p *Training) Title(room float64) string {
	return plot.Fitting("title", room, lang.Text("One-step error over training"), lang.Text("Error over training"))
}

// Changed implements Panel.
func (p *Training) Changed(c change.Set) (layout, draw bool) {
	if c.Has(change.Body) {
		p.Run.clear()
	}
	if c.Has(change.Agent|change.Weights) && p.Now.Policy != nil {
		p.Past.recall(p.Now.Policy.Record())
		p.Past.Of = runName(p.Now.Info.Algorithm, p.Now.Spec.Title, p.Now.Info.Seed)
	}
	return c.Has(relabeled | change.Rows), c.Has(change.Pointer)
}

// Layout fits the axes to the rows, between powers of ten.
func (p *Training) Layout(r scene.Rect) (clip scene.Rect) {
	p.rect = r
	q := p.Shown()
	right, lo, hi := math.Max(float64(q.Total), 1), 0.1, 1.0
	for i, point := range q.Points {
		right = math.Max(right, q.Steps[i])
		for _, x := range []float64{point.Lower, point.Upper, point.Shift, spread(point)} {
			lo, hi = math.Min(lo, math.Max(x, probe.Smallest)), math.Max(hi, x)
		}
	}
	decade := func(round func(float64) float64, x float64) float64 { return math.Pow(10, round(math.Log10(x))) } // of a power itself it is the same
	a := &p.Axes
	a.Frame = r.Inset(p.px(66), p.px(58), p.px(18), p.px(44))
	a.X, a.Y = plot.Scale{Lo: 0, Hi: right}, plot.Scale{Lo: decade(math.Floor, lo), Hi: decade(math.Ceil, hi), Log: true}
	a.XWant, a.YWant = 5, 4
	a.Prepare()
	return a.Frame.Inset(-p.px(1), -p.px(4), -p.px(5), -p.px(1))
}

// Labels name axes and lines.
func (p *Training) Labels(l []plot.Label) []plot.Label {
	q := p.Shown()
	if len(q.Points) == 0 {
		return append(l, p.note(p.rect, lang.Text("Appears at a training’s first evaluation")))
	}
	l = append(p.Axes.Labels(l, p.px(6)), p.under(p.Axes.Frame, lang.Text("environment steps")), p.upright(p.rect, p.Axes.Frame, lang.Text("distance of actions"), lang.Text("distance")))
	return append(l, p.legend(p.rect, [2]string{"one", "W₂"}, [2]string{"dashed", lang.Text("mean shift")}, [2]string{"many", lang.Text("spread")}))
}

// Values implements Panel.
func (p *Training) Values(l []plot.Label) []plot.Label { return l }

// Draw draws W2 as a band between its ends with a line at the lower one, the mean shift in dashes, and the spread.
func (p *Training) Draw(l Lists) {
	q, a, pal := p.Shown(), &p.Axes, p.palette()
	if len(q.Points) == 0 {
		return
	}
	if l.Back != nil {
		st := p.axesStyle()
		a.Draw(l.Back, &st)
	}
	curve := func(y func(analysis.Point) float64) (c plot.Curve) {
		for i, point := range q.Points {
			c.Append(q.Steps[i], math.Max(y(point), a.Y.Lo), 0)
		}
		return c
	}
	lower, upper := curve(func(p analysis.Point) float64 { return p.Lower }), curve(func(p analysis.Point) float64 { return p.Upper })
	shift, wide := curve(func(p analysis.Point) float64 { return p.Shift }), curve(spread)
	p.between(l.Inside, &lower, &upper, pal.One.Alpha(0.2))
	wide.Line(l.Inside, a, p.px(2), pal.Many)
	lower.Line(l.Inside, a, p.px(2.2), pal.One)
	shift.DashedLine(l.Inside, a, p.px(1.5), p.px(5), p.px(4), pal.Muted)
	if i := p.hover; i >= 0 && i < len(q.Points) {
		x, y := a.Point(lower.X[i], lower.Y[i])
		l.Front.Line(x, a.Frame.Y, x, a.Frame.Y+a.Frame.H, p.px(1), pal.Muted.Alpha(0.6))
		p.bead(l.Front, x, y, 4, pal.One)
	}
}

// between fills the area between two curves with the same steps.
func (p *Training) between(l *scene.List, lower, upper *plot.Curve, c scene.Color) {
	var x, lo, hi []float64
	for i := range lower.X {
		at, low := p.Axes.Point(lower.X[i], lower.Y[i])
		_, high := p.Axes.Point(upper.X[i], upper.Y[i])
		x, lo, hi = append(x, at), append(lo, low), append(hi, high)
	}
	l.Band(x, lo, hi, c)
}

// Press implements Panel; there is nothing to press.
func (p *Training) Press(_, _ float64) Drag { return nil }

// Hover tells an evaluation's numbers.
func (p *Training) Hover(x, _ float64, here bool) (tip, cursor string) {
	q := p.Shown()
	p.hover = -1
	if here {
		p.hover = (&plot.Curve{X: q.Steps, Y: q.Steps}).Nearest(&p.Axes, x)
	}
	if p.hover < 0 {
		return "", ""
	}
	at := q.Points[p.hover]
	return lang.Textf("%s steps · %s · mean shift %.3f · spread %.3f", quote.Grouped(int(q.Steps[p.hover])), ends(at), at.Shift, spread(at)), ""
}

// ends is W2 as far as it is known: a number where both ends agree to the last digit shown.
func ends(p analysis.Point) string {
	lower, upper := fmt.Sprintf("%.3f", p.Lower), fmt.Sprintf("%.3f", p.Upper)
	if lower == upper {
		return "W₂ " + lower
	}
	return lang.Textf("W₂ %s to %s", lower, upper)
}

// Describe tells the last evaluation of the training.
func (p *Training) Describe() string {
	n := len(p.Run.Points)
	if n == 0 {
		return ""
	}
	at := p.Run.Points[n-1]
	return lang.Textf("At the last evaluation the one-step error was %s, its mean shift %.3f, and the spread of the actions %.3f.", ends(at), at.Shift, spread(at))
}

// Save writes the rows.
func (p *Training) Save(b *bytes.Buffer) error {
	b.WriteString("environment steps,W2 of actions in -1..1: lower end,upper end,mean shift,spread sqrt(tr Var)\n")
	q := p.Shown()
	for i, at := range q.Points {
		row(b, q.Steps[i], at.Lower, at.Upper, at.Shift, spread(at))
	}
	return nil
}

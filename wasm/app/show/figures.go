package show

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"onestep/engine/plot"
	"onestep/engine/scene"
	"onestep/wasm/protocol"
)

// panelNames are the panels as messages name them, in their order.
var panelNames = [4]string{Body: "body", Flow: "flow", Scatter: "scatter", Curve: "curve"}

// exportPanel answers with a panel as SVG, or with the numbers behind it as CSV.
func (s *Session) exportPanel(id int, q protocol.PanelRequest) error {
	panel := slices.Index(panelNames[:], q.Panel)
	if panel < 0 {
		return refuse("bad-config", "no panel is named %q", q.Panel)
	}
	var b []byte
	switch {
	case q.Format == "svg":
		if s.panels[panel].Rect.W <= 0 {
			return refuse("bad-config", "the stage has no size yet")
		}
		b = s.svg(panel)
	case q.Format == "csv" && panel == Body:
		return refuse("bad-config", "the body's panel is no plot: it has no numbers to export")
	case q.Format == "csv":
		b = s.csv(panel)
	default:
		return refuse("bad-config", "a panel becomes svg or csv, not %q", q.Format)
	}
	r := s.panels[panel].Rect
	s.out.Post(protocol.New(protocol.PanelExported, id, protocol.PanelFile{
		Name: "onestep-" + s.task + "-" + q.Panel, Width: r.W / s.pixel, Height: r.H / s.pixel,
	}, b))
	return nil
}

func (s *Session) svg(panel int) []byte {
	p, pal := &s.panels[panel], s.palette()
	sets := map[int][]int{Body: {LabelsBody, LabelsGhost}, Flow: {LabelsFlow}, Scatter: {LabelsScatter}, Curve: {LabelsCurve}}[panel]
	var labels []plot.Label
	for _, set := range append(sets, LabelsValues) {
		for _, l := range s.labels[set].List {
			if p.Rect.Contains(l.X, l.Y) && l.Class != "hint" { // a hint says what to press
				labels = append(labels, l)
			}
		}
	}
	f := plot.Picture{
		Frame: p.Rect, Clip: p.Clip, Back: &p.Back, Inside: &p.Inside, Front: &p.Front, Labels: labels, Ink: pal.Ink, Muted: pal.Muted, Pixel: s.pixel,
		Keys: map[string]scene.Color{"noise": pal.Ramp.Start, "action": pal.Ramp.End, "taken": pal.Ramp.End, "one": pal.One, "many": pal.Many, "rival": pal.Ink},
	}
	return f.SVG()
}

// csv writes a header that names the units, and the rows. What is unknown is empty.
func (s *Session) csv(panel int) []byte {
	var b bytes.Buffer
	switch panel {
	case Flow:
		s.flowCSV(&b)
	case Scatter:
		s.dotsCSV(&b)
	case Curve:
		s.curveCSV(&b)
	}
	return b.Bytes()
}

func row(b *bytes.Buffer, numbers ...float64) {
	for i, x := range numbers {
		if i > 0 {
			b.WriteByte(',')
		}
		if !math.IsNaN(x) {
			b.WriteString(strconv.FormatFloat(x, 'g', -1, 64))
		}
	}
	b.WriteByte('\n')
}

// column makes a name fit for a header.
func column(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, ",", ";"), "\"", "'")
}

func (s *Session) flowCSV(b *bytes.Buffer) {
	b.WriteString("particle,t")
	for _, q := range s.spec.Actions {
		fmt.Fprintf(b, ",%s in -1..1", column(q.Name))
	}
	b.WriteString(",value min(Q1;Q2) at t=1 (scaled return),weight exp(A/lambda) over its mean\n")
	pic := s.probe.shown
	if !pic.ready {
		return
	}
	paths := &pic.paths
	line := make([]float64, 0, 4+paths.Dim)
	for i := range paths.N {
		for k := range paths.Steps + 1 {
			line = append(line[:0], float64(i), float64(k)/float64(paths.Steps))
			for d := range paths.Dim {
				line = append(line, float64(paths.X[(k*paths.N+i)*paths.Dim+d]))
			}
			value, weight := math.NaN(), math.NaN()
			if k == paths.Steps {
				value = float64(pic.values[i])
				if len(paths.Weights) == paths.N {
					weight = float64(paths.Weights[i])
				}
			}
			row(b, append(line, value, weight)...)
		}
	}
}

func (s *Session) dotsCSV(b *bytes.Buffer) {
	v := &s.visited
	b.WriteString("age (0 is newest),spread sqrt(tr Var) of actions in -1..1,one-step error W2,of it mean shift")
	for _, q := range s.spec.Observations {
		b.WriteString("," + column(q.String()))
	}
	b.WriteByte('\n')
	for age := range v.dots.Len() {
		slot := v.dots.Slot(age)
		line := []float64{float64(age), math.Sqrt(v.variance[slot]), v.err[slot], v.shift[slot]}
		for _, x := range v.obs[slot*v.obsDim : (slot+1)*v.obsDim] {
			line = append(line, float64(x))
		}
		row(b, line...)
	}
}

func (s *Session) curveCSV(b *bytes.Buffer) {
	b.WriteString("environment steps,return with one step: mean,standard deviation,return with K steps: mean,standard deviation,K\n")
	c := s.learning()
	one, many := &c.one, &c.many
	for i, x := range one.X {
		mean, std := math.NaN(), math.NaN()
		if k := slices.Index(many.X, x); k >= 0 {
			mean, std = many.Y[k], many.Spread[k]
		}
		row(b, x, one.Y[i], one.Spread[i], mean, std, c.steps)
	}
}

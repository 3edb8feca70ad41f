package panel

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"

	"onestep/engine/plot"
	"onestep/engine/scene"
	"onestep/wasm/protocol"
)

// Save writes the panel that a request names as SVG, or the numbers behind it as CSV.
func (b *Board) Save(q protocol.PanelRequest) (file []byte, info protocol.PanelFile, err error) {
	i := slices.IndexFunc(b.frames, func(f *frame) bool { return f.about.Name == q.Panel })
	if i < 0 {
		return nil, info, protocol.Refuse("bad-config", "no panel is named %q", q.Panel)
	}
	f := b.frames[i]
	var buf bytes.Buffer
	switch q.Format {
	case "svg":
		if !f.shown() {
			return nil, info, protocol.Refuse("bad-config", "the panel %q is not shown", q.Panel)
		}
		buf.Write(b.svg(f))
	case "csv":
		if err := f.Save(&buf); err != nil {
			return nil, info, err
		}
	default:
		return nil, info, protocol.Refuse("bad-config", "a panel becomes svg or csv, not %q", q.Format)
	}
	info = protocol.PanelFile{Name: "onestep-" + b.Now.Task + "-" + q.Panel, Width: f.view.Rect.W / b.Pixel, Height: f.view.Rect.H / b.Pixel}
	return buf.Bytes(), info, nil
}

// svg is a panel as a figure.
func (b *Board) svg(f *frame) []byte {
	v, pal := &f.view, b.palette()
	var labels []plot.Label
	for _, l := range slices.Concat(f.labels.List, f.values.List) {
		if l.Class != "hint" { // a hint says what to press
			labels = append(labels, l)
		}
	}
	p := plot.Picture{
		Frame: v.Rect, Clip: v.Clip, Back: &v.Back, Inside: &v.Inside, Front: &v.Front, Labels: labels, Ink: pal.Ink, Muted: pal.Muted, Pixel: b.Pixel,
		Keys: map[string]scene.Color{"noise": pal.Ramp.Start, "action": pal.Ramp.End, "taken": pal.Ramp.End, "one": pal.One, "many": pal.Many, "rival": pal.Ink},
	}
	return p.SVG()
}

// row writes numbers as a line of CSV. What is unknown is empty.
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

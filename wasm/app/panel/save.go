package panel

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"

	"onestep/engine/plot"
	"onestep/engine/scene"
	"onestep/engine/view"
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
		pic, err := b.picture(f, q.AsSeen)
		if err != nil {
			return nil, info, err
		}
		buf.Write(pic.SVG())
		info.Width, info.Height = pic.Frame.W/pic.Pixel, pic.Frame.H/pic.Pixel
	case "csv":
		if err := f.Save(&buf); err != nil {
			return nil, info, err
		}
	default:
		return nil, info, protocol.Refuse("bad-config", "a panel becomes svg or csv, not %q", q.Format)
	}
	info.Name = "onestep-" + b.Now.Task + "-" + q.Panel
	return buf.Bytes(), info, nil
}

// A figure has this size whatever the window has, CSS px: two of them stand side by side on a slide. Its heading stands above.
const (
	figureWidth  = 640
	figureHeight = 400
	headingRoom  = 26
)

// picture is a panel as it is seen, or as a figure of its own: drawn anew in another size, with who was trained on what in its
// heading.
func (b *Board) picture(f *frame, asSeen bool) (*plot.Picture, error) {
	if asSeen {
		if !f.shown() {
			return nil, protocol.Refuse("bad-config", "the panel %q is not shown", f.about.Name)
		}
		return b.pictureOf(&f.view, f.labels.List, f.values.List), nil
	}
	kept := b.Pixel
	b.Pixel = 1
	fig := &frame{Panel: f.Panel, view: view.Panel{Rect: scene.Rect{Y: headingRoom, W: figureWidth, H: figureHeight - headingRoom}}}
	if body, ok := f.Panel.(*Body); ok {
		camera, lanes := body.Camera, body.lanes.clone()
		defer func() { body.Camera, body.lanes = camera, lanes }()
	}
	defer func() { // the panel stands on the stage again
		b.Pixel = kept
		if f.shown() {
			f.layout(b.Stage)
		}
	}()
	fig.layout(b.Stage)
	if body, ok := f.Panel.(*Body); ok {
		if body.lanes != nil {
			body.lanes.move(&body.Camera, &b.Now.Ghost, -1)
		}
		body.Camera.Follow(-1)
	}
	fig.Panel.Draw(Lists{Back: &fig.view.Back, Inside: &fig.view.Inside, Front: &fig.view.Front})
	labels := append([]plot.Label(nil), fig.labels.List...)
	title := labels[0].Text
	if of := f.Panel.Of(); of != "" && of != title {
		title += ": " + of
	}
	labels[0] = plot.Label{Text: title, Class: "title", X: margin, Y: headingRoom - 8, Align: plot.Left}
	fig.view.Rect = scene.Rect{W: figureWidth, H: figureHeight}
	return b.pictureOf(&fig.view, labels, fig.Values(nil)), nil
}

func (b *Board) pictureOf(v *view.Panel, texts ...[]plot.Label) *plot.Picture {
	pal := b.palette()
	var labels []plot.Label
	for _, l := range slices.Concat(texts...) {
		if l.Class != "hint" { // a hint says what to press
			labels = append(labels, l)
		}
	}
	return &plot.Picture{
		Frame: v.Rect, Clip: v.Clip, Back: &v.Back, Inside: &v.Inside, Front: &v.Front, Labels: labels, Ground: pal.Surface, Ink: pal.Ink, Muted: pal.Muted, Pixel: b.Pixel,
		Keys: map[string]scene.Color{"noise": pal.Ramp.Start, "action": pal.Ramp.End, "taken": pal.Ramp.End, "one": pal.One, "many": pal.Many, "rival": pal.Ink},
	}
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

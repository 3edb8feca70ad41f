// Package figure draws the headless program's figures with gonum/plot: learning curves with seeds and bands,
// noise on its way to actions, variance against one-step error. It receives numbers and knows no agent, no
// file and no flow.
package figure

import (
	"bytes"
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// Size of a figure.
const (
	width  = 16 * vg.Centimeter
	height = 10 * vg.Centimeter
)

// Formats lists what Render writes.
var Formats = []string{"svg", "png"}

// Render returns a figure's bytes in one of Formats.
func Render(p *plot.Plot, format string) ([]byte, error) {
	if format != "svg" && format != "png" {
		return nil, fmt.Errorf("figure: no format is named %q; there are svg and png", format)
	}
	w, err := p.WriterTo(width, height, format)
	if err != nil {
		return nil, fmt.Errorf("figure: %w", err)
	}
	var b bytes.Buffer
	if _, err := w.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("figure: %w", err)
	}
	return b.Bytes(), nil
}

// palette holds the colours of series, those of M. Okabe and K. Ito, which colour-blind readers tell apart.
var palette = []color.NRGBA{
	{0, 114, 178, 255}, {213, 94, 0, 255}, {0, 158, 115, 255}, {204, 121, 167, 255}, {230, 159, 0, 255}, {86, 180, 233, 255}, {60, 60, 60, 255},
}

func colour(i int) color.NRGBA { return palette[i%len(palette)] }

// faint is a colour with so much of its opacity.
func faint(c color.NRGBA, opacity float64) color.NRGBA {
	c.A = uint8(255 * opacity)
	return c
}

func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.Padding = vg.Points(4)
	p.Legend.Padding, p.Legend.XOffs, p.Legend.YOffs = vg.Points(3), -vg.Points(6), vg.Points(4)
	return p
}

// pad widens the vertical axis by 5 %, so that nothing lies on the figure's edge.
func pad(p *plot.Plot) {
	margin := 0.05 * (p.Y.Max - p.Y.Min)
	p.Y.Min, p.Y.Max = p.Y.Min-margin, p.Y.Max+margin
}

// Package figure draws the headless program's figures with gonum/plot: learning curves with seeds and bands,
// noise on its way to actions, variance against one-step error. It receives numbers and knows no agent, no
// file and no flow.
package figure

import (
	"bytes"
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Size of a figure, and the space around what is drawn: the last tick's label stands half beyond the axis, and a reader's
// sans-serif may be wider than the one that a figure was measured with.
const (
	width  = 14 * vg.Centimeter
	height = 9 * vg.Centimeter
	margin = 3 * vg.Millimeter
	right  = 6 * vg.Millimeter
)

// The font that gonum/plot measures texts with, and what a reader of an SVG has in its place: Arial and Helvetica have the
// same widths.
const (
	measuredFont = "font-family:Liberation Sans;"
	readersFonts = "font-family:Liberation Sans,Arial,Helvetica,sans-serif;"
)

// Formats lists what Render writes.
var Formats = []string{"svg", "png"}

// Render returns a figure's bytes in one of Formats.
func Render(p *plot.Plot, format string) ([]byte, error) {
	if format != "svg" && format != "png" {
		return nil, fmt.Errorf("figure: no format is named %q; there are svg and png", format)
	}
	w, err := draw.NewFormattedCanvas(width, height, format)
	if err != nil {
		return nil, fmt.Errorf("figure: %w", err)
	}
	whole := draw.New(w)
	whole.SetColor(p.BackgroundColor)
	whole.Fill(whole.Rectangle.Path())
	p.Draw(draw.Crop(whole, margin, -right, margin, -margin))
	var b bytes.Buffer
	if _, err := w.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("figure: %w", err)
	}
	return bytes.ReplaceAll(b.Bytes(), []byte(measuredFont), []byte(readersFonts)), nil
}

// Theme is what a figure is drawn with: the colours of series, those of M. Okabe and K. Ito, which colour-blind readers
// tell apart, and the colours of text, lines and ground, those of the page's cards in either scheme.
type Theme struct {
	ink, muted, grid, ground color.NRGBA
	series                   []color.NRGBA
}

// Light and Dark are the themes.
var (
	Light = &Theme{
		ink: color.NRGBA{26, 34, 48, 255}, muted: color.NRGBA{84, 95, 112, 255}, grid: color.NRGBA{211, 218, 227, 255}, ground: color.NRGBA{255, 255, 255, 255},
		series: []color.NRGBA{{0, 114, 178, 255}, {213, 94, 0, 255}, {0, 158, 115, 255}, {176, 89, 143, 255}, {150, 106, 0, 255}, {86, 180, 233, 255}, {60, 60, 60, 255}},
	}
	Dark = &Theme{
		ink: color.NRGBA{232, 236, 242, 255}, muted: color.NRGBA{158, 171, 188, 255}, grid: color.NRGBA{42, 51, 64, 255}, ground: color.NRGBA{18, 23, 31, 255},
		series: []color.NRGBA{{86, 180, 233, 255}, {255, 150, 70, 255}, {47, 208, 160, 255}, {225, 155, 200, 255}, {230, 159, 0, 255}, {0, 130, 200, 255}, {190, 200, 212, 255}},
	}
)

// Themes finds a theme by its name.
var Themes = map[string]*Theme{"light": Light, "dark": Dark}

func (th *Theme) colour(i int) color.NRGBA { return th.series[i%len(th.series)] }

// faint is a colour with so much of its opacity.
func faint(c color.NRGBA, opacity float64) color.NRGBA {
	c.A = uint8(255 * opacity)
	return c
}

func (th *Theme) newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = th.ground
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.Padding = vg.Points(4)
	p.Legend.Left, p.Legend.Padding, p.Legend.XOffs, p.Legend.YOffs = true, vg.Points(3), vg.Points(8), vg.Points(4)
	th.text(&p.Title.TextStyle, th.ink)
	p.Title.TextStyle.Font.Size = titleSize
	th.text(&p.Legend.TextStyle, th.ink)
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		th.text(&a.Label.TextStyle, th.muted)
		th.text(&a.Tick.Label, th.muted)
		a.Color, a.Tick.Color = th.muted, th.muted
		a.Tick.Marker = plot.TickerFunc(ticks)
	}
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = th.grid, th.grid
	p.Add(grid)
	return p
}

func (th *Theme) text(style *text.Style, c color.Color) {
	style.Color = c
	style.Font.Variant, style.Font.Size = "Sans", textSize
}

// Sizes of texts: in print a figure is as wide as a column, on the page a card.
const (
	titleSize = vg.Length(11) // points
	textSize  = vg.Length(10)
)

// pad widens the vertical axis by 5 %, so that nothing lies on the figure's edge.
func pad(p *plot.Plot) {
	margin := float64(0.05 * (p.Y.Max - p.Y.Min))
	p.Y.Min, p.Y.Max = p.Y.Min-margin, p.Y.Max+margin
}

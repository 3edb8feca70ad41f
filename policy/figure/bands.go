package figure

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Banded is a named line with an interval about each of its points.
type Banded struct {
	Name            string
	X, Y, Low, High []float64
}

// Add appends a point.
func (b *Banded) Add(x, y, low, high float64) {
	b.X, b.Y, b.Low, b.High = append(b.X, x), append(b.Y, y), append(b.Low, low), append(b.High, high)
}

// Bands draws lines with their intervals, on a logarithmic horizontal axis where log says so. Lines without points are left
// out.
func (th *Theme) Bands(title, x, y string, log bool, lines []Banded) (*plot.Plot, error) {
	p := th.newPlot(title, x, y)
	if log {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.TickerFunc(doublings)
	}
	drawn := 0
	for i, l := range lines {
		if len(l.X) == 0 {
			continue
		}
		drawn++
		mean, outline := make(plotter.XYs, len(l.X)), make(plotter.XYs, 2*len(l.X))
		for k := range l.X {
			mean[k] = plotter.XY{X: l.X[k], Y: l.Y[k]}
			outline[k] = plotter.XY{X: l.X[k], Y: l.High[k]}
			outline[2*len(l.X)-1-k] = plotter.XY{X: l.X[k], Y: l.Low[k]}
		}
		if len(l.X) > 1 {
			band, err := plotter.NewPolygon(outline)
			if err != nil {
				return nil, err
			}
			band.Color, band.LineStyle.Width = faint(th.colour(i), 0.15), 0
			p.Add(band)
		}
		if err := th.addLine(p, mean, i, 1.6, 1, l.Name); err != nil {
			return nil, err
		}
		if err := th.addDots(p, mean, i, ""); err != nil {
			return nil, err
		}
	}
	if drawn == 0 {
		return nil, errors.New("figure: no line to draw")
	}
	p.Legend.Add("band: 95 % interval of the mean", th.swatch())
	pad(p)
	return p, nil
}

// AddFront marks points by diamonds, with stairs through them: X ascends, and each is worth its Y from there on.
func (th *Theme) AddFront(p *plot.Plot, points plotter.XYs, name string) error {
	if len(points) == 0 {
		return nil
	}
	stairs, err := plotter.NewLine(append(slices.Clone(points), plotter.XY{X: p.X.Max, Y: points[len(points)-1].Y}))
	if err != nil {
		return err
	}
	stairs.StepStyle, stairs.Color, stairs.Width, stairs.Dashes = plotter.PostStep, th.ink, vg.Points(0.8), []vg.Length{vg.Points(1.5), vg.Points(2)}
	marks, err := plotter.NewScatter(points)
	if err != nil {
		return err
	}
	marks.GlyphStyle = draw.GlyphStyle{Color: th.ink, Radius: vg.Points(5), Shape: diamond{}}
	p.Add(stairs, marks)
	p.Legend.Add(name, marks)
	return nil
}

// diamond is an open glyph about a point.
type diamond struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (diamond) DrawGlyph(c *draw.Canvas, g draw.GlyphStyle, at vg.Point) {
	c.SetLineStyle(draw.LineStyle{Color: g.Color, Width: vg.Points(0.9)})
	var path vg.Path
	path.Move(vg.Point{X: at.X - g.Radius, Y: at.Y})
	path.Line(vg.Point{X: at.X, Y: at.Y + g.Radius})
	path.Line(vg.Point{X: at.X + g.Radius, Y: at.Y})
	path.Line(vg.Point{X: at.X, Y: at.Y - g.Radius})
	path.Close()
	c.Stroke(path)
}

// doublings marks powers of two from one on, every one or so many that about eight are named.
func doublings(least, most float64) (list []plot.Tick) {
	step := 2.0
	for math.Pow(step, 8) < most/least {
		step *= 2
	}
	for v := 1.0; v <= most*(1+1e-9); v *= step {
		if v >= least*(1-1e-9) {
			list = append(list, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'g', -1, 64)})
		}
	}
	return list
}

// Grid2D are numbers over two lists: V[i][j] is at Y[i] and X[j].
type Grid2D struct {
	XName, YName string
	X, Y         []int
	V            [][]float64
}

// Heat draws numbers as cells whose colour goes from the ground at the smallest to full at the largest, each with its number.
func (th *Theme) Heat(title string, g Grid2D) (*plot.Plot, error) {
	if len(g.V) == 0 || len(g.V) != len(g.Y) {
		return nil, errors.New("figure: no cells to draw")
	}
	p := th.newPlot(title, g.XName, g.YName)
	low, high := math.Inf(1), math.Inf(-1)
	for _, row := range g.V {
		if len(row) != len(g.X) {
			return nil, fmt.Errorf("figure: a row of %d cells for %d columns", len(row), len(g.X))
		}
		for _, v := range row {
			low, high = min(low, v), max(high, v)
		}
	}
	var names plotter.XYLabels
	for i, row := range g.V {
		for j, v := range row {
			share := 0.5
			if high > low {
				share = (v - low) / (high - low)
			}
			x, y := float64(j), float64(i)
			box, err := plotter.NewPolygon(plotter.XYs{{X: x - 0.48, Y: y - 0.48}, {X: x + 0.48, Y: y - 0.48}, {X: x + 0.48, Y: y + 0.48}, {X: x - 0.48, Y: y + 0.48}})
			if err != nil {
				return nil, err
			}
			box.Color, box.LineStyle.Width = faint(th.colour(2), 0.08+float64(0.5*share)), 0
			p.Add(box)
			names.XYs, names.Labels = append(names.XYs, plotter.XY{X: x, Y: y}), append(names.Labels, strings.Replace(strconv.FormatFloat(v, 'f', decimals(low, high), 64), "-", "−", 1))
		}
	}
	labels, err := plotter.NewLabels(names)
	if err != nil {
		return nil, err
	}
	for i := range labels.TextStyle {
		th.text(&labels.TextStyle[i], th.ink)
		labels.TextStyle[i].XAlign, labels.TextStyle[i].YAlign = text.XCenter, text.YCenter
	}
	p.Add(labels)
	p.X.Tick.Marker, p.Y.Tick.Marker = named(g.X), named(g.Y)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.5, float64(len(g.X))-0.5, -0.5, float64(len(g.Y))-0.5
	p.X.Tick.Length, p.Y.Tick.Length = 0, 0
	p.X.Color, p.Y.Color = color.Transparent, color.Transparent
	p.X.Padding, p.Y.Padding = vg.Points(2), vg.Points(2)
	return p, nil
}

// decimals is how many tell numbers of a range apart.
func decimals(low, high float64) int {
	if high-low < 10 {
		return 1
	}
	return 0
}

func named(list []int) plot.ConstantTicks {
	ticks := make(plot.ConstantTicks, len(list))
	for i, v := range list {
		ticks[i] = plot.Tick{Value: float64(i), Label: strconv.Itoa(v)}
	}
	return ticks
}

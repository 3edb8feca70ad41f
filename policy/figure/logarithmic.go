package figure

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// Line is a named line through points.
type Line struct {
	Name string
	X, Y []float64
}

// Logarithmic draws lines of positive numbers over a linear axis, with a logarithmic one upwards. Lines without points
// are left out.
func (th *Theme) Logarithmic(title, x, y string, lines []Line) (*plot.Plot, error) {
	p := th.newPlot(title, x, y)
	p.Y.Scale = plot.LogScale{}
	p.Y.Tick.Marker = plot.TickerFunc(decades)
	p.Legend.Top, p.Legend.Left, p.Legend.XOffs, p.Legend.YOffs = true, false, -p.Legend.XOffs, -p.Legend.YOffs
	drawn := 0
	for i, l := range lines {
		xy := make(plotter.XYs, len(l.X))
		for k := range xy {
			if !(l.Y[k] > 0) {
				return nil, fmt.Errorf("figure: %g of %q has no place on a logarithmic axis", l.Y[k], l.Name)
			}
			xy[k] = plotter.XY{X: l.X[k], Y: l.Y[k]}
		}
		if len(xy) == 0 {
			continue
		}
		drawn++
		if err := th.addLine(p, xy, i, 1.5, 1, l.Name); err != nil {
			return nil, err
		}
	}
	if drawn == 0 {
		return nil, errors.New("figure: no line to draw")
	}
	if p.Y.Min == p.Y.Max {
		p.Y.Min, p.Y.Max = p.Y.Min/2, 2*p.Y.Max
	}
	return p, nil
}

// decades marks powers of ten, every one or so many that at most eight are named.
func decades(least, most float64) (list []plot.Tick) {
	from, to := math.Floor(math.Log10(least)), math.Ceil(math.Log10(most))
	step := math.Ceil((to - from) / 8)
	for e := from; e <= to; e += max(1, step) {
		if v := math.Pow(10, e); v >= least*(1-1e-9) && v <= most*(1+1e-9) {
			list = append(list, plot.Tick{Value: v, Label: fmt.Sprintf("1e%d", int(e))})
		}
	}
	if len(list) == 0 {
		list = append(list, plot.Tick{Value: least, Label: fmt.Sprintf("%.2g", least)}, plot.Tick{Value: most, Label: fmt.Sprintf("%.2g", most)})
	}
	return list
}

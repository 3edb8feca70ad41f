package figure

import (
	"errors"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Paths draws one component of samples on their way from noise (t = 0) to actions (t = 1): path[i] holds the
// positions of sample i at equal times.
func (th *Theme) Paths(title, component string, path [][]float64) (*plot.Plot, error) {
	if len(path) == 0 || len(path[0]) < 2 {
		return nil, errors.New("figure: no paths to draw")
	}
	p := th.newPlot(title, "t: noise at 0, action at 1", component)
	ends := make(plotter.XYs, len(path))
	for i, positions := range path {
		xy := make(plotter.XYs, len(positions))
		for k, x := range positions {
			xy[k] = plotter.XY{X: float64(k) / float64(len(positions)-1), Y: x}
		}
		if err := th.addLine(p, xy, 0, 0.7, 0.4, ""); err != nil {
			return nil, err
		}
		ends[i] = xy[len(xy)-1]
	}
	if err := th.addDots(p, ends, 1, ""); err != nil {
		return nil, err
	}
	p.X.Min, p.X.Max = 0, 1
	pad(p)
	return p, nil
}

// Dot is one visited state.
type Dot struct {
	Variance float64 // trace of the covariance of the many-step actions
	Error    float64 // W2 between one-step and many-step actions
	Shift    float64 // the part of it that is a shift of the mean
}

// Variance draws the one-step error and its mean shift of visited states over the variance, and the line
// W2 = sqrt(variance): the bound that holds for the exact velocity field with independent coupling
// (arXiv 2507.23675).
func (th *Theme) Variance(title string, dots []Dot) (*plot.Plot, error) {
	if len(dots) == 0 {
		return nil, errors.New("figure: no states to draw")
	}
	p := th.newPlot(title, "trace of the covariance of many-step actions", "distance, one step from many")
	errorXY, shiftXY := make(plotter.XYs, len(dots)), make(plotter.XYs, len(dots))
	widest := 0.0
	for i, d := range dots {
		errorXY[i], shiftXY[i] = plotter.XY{X: d.Variance, Y: d.Error}, plotter.XY{X: d.Variance, Y: d.Shift}
		widest = max(widest, d.Variance)
	}
	const samples = 100
	bound := make(plotter.XYs, samples+1)
	for i := range bound {
		x := widest * float64(i) / samples
		bound[i] = plotter.XY{X: x, Y: math.Sqrt(x)}
	}
	if err := th.addLine(p, bound, 6, 1, 1, "bound of the exact field"); err != nil {
		return nil, err
	}
	if err := th.addDots(p, shiftXY, 1, "shift of the mean"); err != nil {
		return nil, err
	}
	if err := th.addDots(p, errorXY, 0, "W2"); err != nil {
		return nil, err
	}
	p.Legend.Top, p.Legend.YOffs = true, -p.Legend.YOffs
	pad(p)
	return p, nil
}

func (th *Theme) addDots(p *plot.Plot, xy plotter.XYs, i int, name string) error {
	dots, err := plotter.NewScatter(xy)
	if err != nil {
		return err
	}
	dots.GlyphStyle = draw.GlyphStyle{Color: faint(th.colour(i), 0.8), Radius: vg.Points(2), Shape: draw.CircleGlyph{}}
	p.Add(dots)
	if name != "" {
		p.Legend.Add(name, dots)
	}
	return nil
}

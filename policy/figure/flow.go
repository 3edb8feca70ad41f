package figure

import (
	"errors"
	"fmt"
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
	Lower    float64 // bounds of W2 between one-step and many-step actions, the same where W2 is known
	Upper    float64
	Shift    float64 // the part of it that is a shift of the mean
}

// Variance draws the one-step error of visited states, a bar from its lower to its upper bound, and its mean shift over the
// variance of the k-step actions, and the line W2 = sqrt(variance): the bound that holds for the exact velocity field with
// independent coupling (arXiv 2507.23675). c is the standard deviation of the noise.
func (th *Theme) Variance(title string, k int, c float64, dots []Dot) (*plot.Plot, error) {
	if len(dots) == 0 {
		return nil, errors.New("figure: no states to draw")
	}
	p := th.newPlot(title, fmt.Sprintf("variance tr Var of %d-step actions, from noise of c = %g", k, c), fmt.Sprintf("distance, one step from %d", k))
	lowerXY, shiftXY := make(plotter.XYs, len(dots)), make(plotter.XYs, len(dots))
	widest, open := 0.0, false
	for i, d := range dots {
		lowerXY[i], shiftXY[i] = plotter.XY{X: d.Variance, Y: d.Lower}, plotter.XY{X: d.Variance, Y: d.Shift}
		widest = max(widest, d.Variance)
		open = open || d.Upper > d.Lower
		if err := th.addLine(p, plotter.XYs{lowerXY[i], {X: d.Variance, Y: d.Upper}}, 0, 1, 0.35, ""); err != nil {
			return nil, err
		}
	}
	name := "W2"
	if open {
		name = "W2, lower to upper bound"
	}
	const samples = 100
	bound := make(plotter.XYs, samples+1)
	for i := range bound {
		x := widest * float64(i) / samples
		bound[i] = plotter.XY{X: x, Y: math.Sqrt(x)}
	}
	if err := th.addLine(p, bound, 6, 1, 1, "bound; above it: bias at t = 0, mostly shift"); err != nil {
		return nil, err
	}
	if err := th.addDots(p, shiftXY, 1, "shift of the mean"); err != nil {
		return nil, err
	}
	if err := th.addDots(p, lowerXY, 0, name); err != nil {
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

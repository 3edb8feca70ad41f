package figure

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// Point is a mean return after so many environment steps.
type Point struct{ Steps, Return float64 }

// Series is one setting trained with several seeds.
type Series struct {
	Name  string
	Seeds [][]Point // each in ascending steps
}

// Level is a marked return, such as that from which a task counts as learned.
type Level struct {
	Value float64
	Name  string // in the legend
}

// Curves draws series: a thin line for each seed, a thick one for their mean, and a band from the worst to the
// best seed where there are several. A level, if any, is marked by a dotted line. The legend names all of them.
func (th *Theme) Curves(title string, series []Series, level *Level) (*plot.Plot, error) {
	p := th.newPlot(title, "environment steps", "mean return of an evaluation")
	const band = "line: mean, band: worst to best"
	names := []string{}
	for i, s := range series {
		names = append(names, s.legend())
		if err := th.addSeries(p, i, s); err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	if slices.ContainsFunc(series, func(s Series) bool { return len(s.Seeds) > 1 }) {
		p.Legend.Add(band, th.swatch())
		names = append(names, band)
	}
	if level != nil {
		f := plotter.NewFunction(func(float64) float64 { return level.Value })
		f.Color = th.muted
		f.Dashes = []vg.Length{vg.Points(2), vg.Points(2)}
		p.Add(f)
		p.Legend.Add(level.Name, f)
		names = append(names, level.Name)
		p.Y.Min, p.Y.Max = min(p.Y.Min, level.Value), max(p.Y.Max, level.Value)
	}
	pad(p)
	p.Legend.XOffs = rightmost(p, names)
	return p, nil
}

// rightmost is how far to the right a legend of such names may stand, where curves have risen, and ends within the picture.
// Its words may be a quarter wider than measured: another program has other fonts.
func rightmost(p *plot.Plot, names []string) vg.Length {
	widest := vg.Length(0)
	for _, name := range names {
		widest = max(widest, p.Legend.TextStyle.Width(name))
	}
	const beside = 0.24 * width // the axis at the left and the sample of a line
	return max(0, min(0.55*width, width-beside-vg.Length(1.25*widest)))
}

// swatch is a piece of a band, for the legend.
func (th *Theme) swatch() *plotter.Polygon {
	corners, err := plotter.NewPolygon(plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 1, Y: 1}})
	if err != nil {
		panic("figure: " + err.Error()) // three finite points
	}
	corners.Color, corners.LineStyle.Width = faint(th.muted, 0.3), 0
	return corners
}

func (th *Theme) addSeries(p *plot.Plot, i int, s Series) error {
	grid, err := Grid(s.Seeds)
	if err != nil {
		return err
	}
	mean, low, high := Band(s.Seeds, grid)
	if len(s.Seeds) > 1 {
		outline := make(plotter.XYs, 0, 2*len(grid))
		for k, x := range grid {
			outline = append(outline, plotter.XY{X: x, Y: high[k]})
		}
		for k, x := range slices.Backward(grid) {
			outline = append(outline, plotter.XY{X: x, Y: low[k]})
		}
		band, err := plotter.NewPolygon(outline)
		if err != nil {
			return err
		}
		band.Color, band.LineStyle.Width = faint(th.colour(i), 0.2), 0
		p.Add(band)
		for _, seed := range s.Seeds {
			xy := make(plotter.XYs, len(seed))
			for k, q := range seed {
				xy[k] = plotter.XY{X: q.Steps, Y: q.Return}
			}
			if err := th.addLine(p, xy, i, 0.5, 0.4, ""); err != nil {
				return err
			}
		}
	}
	xy := make(plotter.XYs, len(grid))
	for k, x := range grid {
		xy[k] = plotter.XY{X: x, Y: mean[k]}
	}
	return th.addLine(p, xy, i, 2, 1, s.legend())
}

// legend is a series' name with the number of its seeds.
func (s *Series) legend() string {
	if n := len(s.Seeds); n > 1 {
		return fmt.Sprintf("%s, %d seeds", s.Name, n)
	}
	return s.Name
}

func (th *Theme) addLine(p *plot.Plot, xy plotter.XYs, i int, width, opacity float64, name string) error {
	line, err := plotter.NewLine(xy)
	if err != nil {
		return err
	}
	line.Width, line.Color = vg.Points(width), faint(th.colour(i), opacity)
	p.Add(line)
	if name != "" {
		p.Legend.Add(name, line)
	}
	return nil
}

// Grid returns all steps at which a seed was evaluated, within the range that all seeds cover.
func Grid(seeds [][]Point) ([]float64, error) {
	from, to := math.Inf(-1), math.Inf(1)
	var grid []float64
	for _, seed := range seeds {
		if len(seed) == 0 {
			return nil, errors.New("a run without evaluations")
		}
		from, to = max(from, seed[0].Steps), min(to, seed[len(seed)-1].Steps)
		for _, q := range seed {
			grid = append(grid, q.Steps)
		}
	}
	if len(seeds) == 0 || from > to {
		return nil, errors.New("its runs have no steps in common")
	}
	slices.Sort(grid)
	grid = slices.Compact(grid)
	return slices.DeleteFunc(grid, func(x float64) bool { return x < from || x > to }), nil
}

// Band returns mean, smallest and largest of the seeds at the steps of grid, with straight lines between a
// seed's points.
func Band(seeds [][]Point, grid []float64) (mean, low, high []float64) {
	for _, x := range grid {
		sum, least, most := 0.0, math.Inf(1), math.Inf(-1)
		for _, seed := range seeds {
			y := interpolate(seed, x)
			sum, least, most = sum+y, min(least, y), max(most, y)
		}
		mean, low, high = append(mean, sum/float64(len(seeds))), append(low, least), append(high, most)
	}
	return mean, low, high
}

// interpolate returns a seed's return at x, which lies within its steps.
func interpolate(seed []Point, x float64) float64 {
	i, exact := slices.BinarySearchFunc(seed, x, func(p Point, x float64) int {
		switch {
		case p.Steps < x:
			return -1
		case p.Steps > x:
			return 1
		}
		return 0
	})
	if exact {
		return seed[i].Return
	}
	a, b := seed[i-1], seed[i]
	return a.Return + (b.Return-a.Return)*(x-a.Steps)/(b.Steps-a.Steps)
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"onestep/engine/strict"
	"onestep/policy/checkpoint"
	"onestep/policy/figure"
	"onestep/policy/grid"
)

// grid plays every way.
func (q *evalCommand) grid(s *session, p *checkpoint.Policy) error {
	g := grid.New(p)
	g.Latency = q.Latency.Seconds()
	if denoises(p) {
		g.Sampler = q.Sampler
	}
	for i := range g.Cells {
		c := &g.Cells[i]
		if err := play(s, p, c, acting{c.K, c.BestOf, g.Latency, q.Sampler == "ancestral"}, q.Episodes); err != nil {
			return err
		}
		c.Microseconds = microseconds(p, c.K, c.BestOf)
	}
	if q.JSON {
		return json.NewEncoder(s.stdout).Encode(g)
	}
	return printGrid(s.stdout, g)
}

// play fills a cell, with the episodes shared among all cores.
func play(s *session, p *checkpoint.Policy, c *grid.Cell, w acting, episodes int) error {
	returns, err := evaluate(s, p, w, episodes)
	if err == nil {
		c.Fill(returns)
	}
	return err
}

// microseconds is the time of one action in one state.
func microseconds(p *checkpoint.Policy, k, bestOf int) float64 {
	begun := time.Now()
	return grid.Microseconds(p, k, bestOf, func() float64 { return time.Since(begun).Seconds() })
}

// printGrid writes the grid and the protocols.
func printGrid(w io.Writer, g *grid.Grid) error {
	fmt.Fprintf(w, "%s on %s: mean return of %d episodes from the same starts with the same noise, and its 95 %% interval by the bootstrap over episodes\n\n",
		g.Algorithm, g.Task, len(g.Cells[0].Returns))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "K \\ best of\t")
	for _, n := range grid.Candidates {
		fmt.Fprintf(t, "%d\t", n)
	}
	fmt.Fprintln(t)
	front := g.Front(grid.Evaluations)
	for _, k := range grid.Steps {
		row := ""
		for _, n := range grid.Candidates {
			if c := g.At(k, n); c != nil {
				if slices.Contains(front, c) {
					row += "* "
				}
				row += fmt.Sprintf("%.1f [%.1f, %.1f]\t", c.Mean, c.Interval.Low, c.Interval.High)
			}
		}
		if row != "" {
			fmt.Fprintf(t, "%d\t%s\n", k, row)
		}
	}
	fmt.Fprint(t, "\n")
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprint(w, "* no other way has a higher mean with as many evaluations of the policy's network or fewer\n\n")
	for _, known := range grid.Protocols {
		if c := g.At(known.K, known.BestOf); c != nil {
			fmt.Fprintf(w, "%s (NFE %d and %d of critics, %.1f us per action): %.1f [%.1f, %.1f]\n", known.Name, c.NFE, c.CriticNFE, c.Microseconds, c.Mean, c.Interval.Low, c.Interval.High)
		}
	}
	if g.Sampler != "" {
		fmt.Fprintf(w, "%s steps; %s\n", g.Sampler, oneDenoisingStep)
	}
	return nil
}

// plotGrid draws what eval -grid -json printed.
type plotGrid struct {
	plotOutput
	Grid string `name:"grid" placeholder:"FILE" help:"What fpmd eval -grid -json printed (required)."`
	Of   string `name:"of" default:"front" values:"front,time,map" help:"Return against network evaluations per action, or against microseconds per action on the machine of the file, or the grid as a heat map."`
}

// Run draws.
func (q *plotGrid) Run(s *session) error {
	if q.Grid == "" {
		return wrongUse("-grid names the file")
	}
	if _, err := q.format(); err != nil {
		return err
	}
	b, err := readText(q.Grid)
	if err != nil {
		return err
	}
	var g grid.Grid
	if err := strict.Unmarshal(b, &g); err != nil {
		return fmt.Errorf("%s is not what fpmd eval -grid -json prints: %w", q.Grid, err)
	}
	if len(g.Cells) == 0 {
		return fmt.Errorf("%s has no cells: it is not what fpmd eval -grid -json prints", q.Grid)
	}
	if q.Of == "time" && g.Cells[0].Microseconds == 0 {
		return fmt.Errorf("%s holds no times of actions: an older fpmd has written it", q.Grid)
	}
	rows := [][]string{{"k", "best_of", "nfe", "critic_nfe", "us", "mean", "low", "high", "episodes", "front"}}
	cost := grid.Evaluations
	if q.Of == "time" {
		cost = grid.Time
	}
	best := g.Front(cost)
	for i := range g.Cells {
		c, front := &g.Cells[i], 0.0
		if slices.Contains(best, c) {
			front = 1
		}
		rows = append(rows, cells(float64(c.K), float64(c.BestOf), float64(c.NFE), float64(c.CriticNFE), c.Microseconds, c.Mean, c.Interval.Low, c.Interval.High, float64(len(c.Returns)), front))
	}
	q.read = []string{q.Grid}
	return q.write(s, rows, func(th *figure.Theme) (*plot.Plot, error) {
		title := fmt.Sprintf("%s on %s, %d episodes", g.Algorithm, g.Task, len(g.Cells[0].Returns))
		if q.Of == "map" {
			return heat(th, &g, title)
		}
		return frontPlot(th, &g, title, q.Of == "time", cost)
	})
}

// frontPlot is the return against evaluations of the network, or against the time of an action, a line for each number of
// candidates, with the cells that none beats.
func frontPlot(th *figure.Theme, g *grid.Grid, title string, timed bool, cost func(*grid.Cell) float64) (*plot.Plot, error) {
	var lines []figure.Banded
	for _, n := range grid.Candidates {
		line := figure.Banded{Name: fmt.Sprintf("best of %d", n)}
		if n == 1 {
			line.Name = "one particle"
		}
		for _, k := range grid.Steps {
			if c := g.At(k, n); c != nil {
				line.Add(cost(c), c.Mean, c.Interval.Low, c.Interval.High)
			}
		}
		lines = append(lines, line)
	}
	name := "network evaluations per action"
	if timed {
		name = "microseconds per action"
	}
	p, err := th.Bands(title, name, "mean return", true, lines)
	if err != nil {
		return nil, err
	}
	var best plotter.XYs
	for _, c := range g.Front(cost) {
		best = append(best, plotter.XY{X: cost(c), Y: c.Mean})
	}
	return p, th.AddFront(p, best, "no higher mean at this cost or less")
}

func heat(th *figure.Theme, g *grid.Grid, title string) (*plot.Plot, error) {
	m := figure.Grid2D{X: grid.Candidates, Y: grid.Steps, XName: "best of N", YName: "steps K"}
	for _, k := range grid.Steps {
		var row []float64
		for _, n := range grid.Candidates {
			if c := g.At(k, n); c != nil {
				row = append(row, c.Mean)
			}
		}
		if len(row) == 0 {
			m.Y = m.Y[:len(m.V)]
			break
		}
		m.V = append(m.V, row)
	}
	return th.Heat(title, m)
}

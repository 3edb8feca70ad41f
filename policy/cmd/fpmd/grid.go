package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"

	"onestep/policy/checkpoint"
	"onestep/policy/figure"
	"onestep/policy/stats"
)

// Ways of acting of a grid: sampler steps, and candidates of which the critics choose one.
var (
	gridSteps      = []int{1, 2, 4, 8, 20}
	gridCandidates = []int{1, 2, 8, 32}
)

// protocols are ways of the literature that a grid names.
var protocols = []struct {
	k, bestOf int
	name      string
}{
	{20, 32, "20 x 32: 20 steps, best of 32, as the authors of FPMD and DPMD evaluate"},
	{2, 10, "2 x 10: two steps, best of 10"},
	{1, 1, "1 x 1: one step, one particle"},
}

// cell is one way of acting and what came of it.
type cell struct {
	K         int            `json:"k"`
	BestOf    int            `json:"bestOf"`
	NFE       int            `json:"nfe"`       // evaluations of the policy's network per action
	CriticNFE int            `json:"criticNFE"` // evaluations of critics per action
	Protocol  string         `json:"protocol,omitzero"`
	Returns   []float64      `json:"returns"` // episode i starts from the same state with the same noise in every cell
	Mean      float64        `json:"mean"`
	Interval  stats.Interval `json:"interval"` // of the mean, 95 %, by the bootstrap over episodes; without width for one of them
}

// grid is what eval -grid prints with -json and plot grid reads.
type grid struct {
	Task      string  `json:"task"`
	Algorithm string  `json:"algorithm"`
	Hash      string  `json:"hash"`
	Sampler   string  `json:"sampler,omitzero"`
	Latency   float64 `json:"latency,omitzero"` // s
	Cells     []cell  `json:"cells"`
}

// grid plays every way.
func (q *evalCommand) grid(s *session, p *checkpoint.Policy) error {
	g := grid{Task: p.Task, Algorithm: string(p.Algorithm), Hash: p.Hash(), Latency: q.Latency.Seconds()}
	if diffuses(p) {
		g.Sampler = q.Sampler
	}
	for _, w := range gridWays(p) {
		w.Latency, w.Ancestral = g.Latency, q.Sampler == "ancestral"
		c, err := play(s, p, w, q.Episodes)
		if err != nil {
			return err
		}
		g.Cells = append(g.Cells, c)
	}
	if q.JSON {
		return json.NewEncoder(s.stdout).Encode(g)
	}
	return g.print(s.stdout)
}

// gridWays lists the cells, the protocols of the literature that are no cell last. A policy without steps has one.
func gridWays(p *checkpoint.Policy) (ways []acting) {
	for _, k := range gridSteps {
		if p.Actor.Family.Steps(k) == k {
			for _, n := range gridCandidates {
				ways = append(ways, acting{K: k, BestOf: n})
			}
		}
	}
	if p.Actor.Family.Steps(2) == 2 {
		ways = append(ways, acting{K: 2, BestOf: 10})
	}
	return ways
}

// play plays one way.
func play(ctx context.Context, p *checkpoint.Policy, w acting, episodes int) (c cell, err error) {
	c = cell{K: w.K, BestOf: w.BestOf, NFE: p.Actor.NFE(w.K) * w.BestOf}
	if w.BestOf > 1 {
		c.CriticNFE = 2 * w.BestOf
	}
	for _, known := range protocols {
		if known.k == w.K && known.bestOf == w.BestOf {
			c.Protocol = known.name
		}
	}
	if c.Returns, err = evaluate(ctx, p, w, episodes); err != nil {
		return c, err
	}
	c.Mean, c.Interval = meanOf(c.Returns)
	return c, nil
}

// meanOf is the mean over episodes and its interval.
func meanOf(returns []float64) (float64, stats.Interval) {
	mean := func(scores [][]float64) float64 { return stat.Mean(scores[0], nil) }
	scores := [][]float64{returns}
	if len(returns) < 2 {
		return mean(scores), stats.Interval{Low: mean(scores), High: mean(scores)}
	}
	return mean(scores), stats.Bootstrap(mean, 1, scores)
}

// print writes the grid, the front and the protocols.
func (g *grid) print(w io.Writer) error {
	fmt.Fprintf(w, "%s on %s: mean return of %d episodes from the same starts with the same noise, and its 95 %% interval by the bootstrap over episodes\n\n",
		g.Algorithm, g.Task, len(g.Cells[0].Returns))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "K \\ best of\t")
	for _, n := range gridCandidates {
		fmt.Fprintf(t, "%d\t", n)
	}
	fmt.Fprintln(t)
	for _, k := range gridSteps {
		row := ""
		for _, n := range gridCandidates {
			if c := g.at(k, n); c != nil {
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
	for _, known := range protocols {
		if c := g.at(known.k, known.bestOf); c != nil {
			fmt.Fprintf(w, "%s (NFE %d and %d of critics): %.1f [%.1f, %.1f]\n", known.name, c.NFE, c.CriticNFE, c.Mean, c.Interval.Low, c.Interval.High)
		}
	}
	if g.Sampler != "" {
		fmt.Fprintf(w, "%s steps; %s\n", g.Sampler, oneDenoisingStep)
	}
	return nil
}

// at is a cell, or nil.
func (g *grid) at(k, bestOf int) *cell {
	for i := range g.Cells {
		if c := &g.Cells[i]; c.K == k && c.BestOf == bestOf {
			return c
		}
	}
	return nil
}

// plotGrid draws what eval -grid -json printed.
type plotGrid struct {
	plotOutput
	Grid string `name:"grid" placeholder:"FILE" help:"What fpmd eval -grid -json printed (required)."`
	Of   string `name:"of" default:"front" values:"front,map" help:"Return against network evaluations per action, or the grid as a heat map."`
}

// Run draws.
func (q *plotGrid) Run(s *session) error {
	if q.Grid == "" {
		return wrongUse("-grid names the file")
	}
	if _, err := q.format(); err != nil {
		return err
	}
	b, err := os.ReadFile(q.Grid)
	if err != nil {
		return err
	}
	var g grid
	if err := json.Unmarshal(b, &g); err != nil {
		return fmt.Errorf("%s is not what fpmd eval -grid -json prints: %w", q.Grid, err)
	}
	if len(g.Cells) == 0 {
		return fmt.Errorf("%s has no cells: it is not what fpmd eval -grid -json prints", q.Grid)
	}
	rows := [][]string{{"k", "best_of", "nfe", "critic_nfe", "mean", "low", "high", "episodes"}}
	for _, c := range g.Cells {
		rows = append(rows, cells(float64(c.K), float64(c.BestOf), float64(c.NFE), float64(c.CriticNFE), c.Mean, c.Interval.Low, c.Interval.High, float64(len(c.Returns))))
	}
	return q.write(s, rows, func(th *figure.Theme) (*plot.Plot, error) {
		title := fmt.Sprintf("%s on %s, %d episodes", g.Algorithm, g.Task, len(g.Cells[0].Returns))
		if q.Of == "map" {
			return g.heat(th, title)
		}
		return g.front(th, title)
	})
}

// front is the return against evaluations of the network, a line for each number of candidates.
func (g *grid) front(th *figure.Theme, title string) (*plot.Plot, error) {
	var lines []figure.Banded
	for _, n := range gridCandidates {
		line := figure.Banded{Name: fmt.Sprintf("best of %d", n)}
		if n == 1 {
			line.Name = "one particle"
		}
		for _, k := range gridSteps {
			if c := g.at(k, n); c != nil {
				line.Add(float64(c.NFE), c.Mean, c.Interval.Low, c.Interval.High)
			}
		}
		lines = append(lines, line)
	}
	return th.Bands(title, "network evaluations per action", "mean return", true, lines)
}

func (g *grid) heat(th *figure.Theme, title string) (*plot.Plot, error) {
	m := figure.Grid2D{X: gridCandidates, Y: gridSteps, XName: "best of N", YName: "steps K"}
	for _, k := range gridSteps {
		var row []float64
		for _, n := range gridCandidates {
			if c := g.at(k, n); c != nil {
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

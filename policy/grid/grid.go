// Package grid compares ways of acting with the same weights: K steps of the sampler times the best of N candidates, over
// episodes that start from the same states and draw the same noise in every cell. It names the ways in which published
// returns were obtained. The headless program and the page's worker fill the same cells.
package grid

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/gonum/stat"

	"onestep/engine/rng"
	"onestep/policy/actor"
	"onestep/policy/checkpoint"
	"onestep/policy/flow"
	"onestep/policy/stats"
	"onestep/policy/train"
)

// Ways of acting of a grid.
var (
	Steps      = []int{1, 2, 4, 8, 20} // K
	Candidates = []int{1, 2, 8, 32}    // N, of which the critics choose one
)

// Protocol is a way of the literature.
type Protocol struct {
	K, BestOf int
	Name      string
}

// Protocols are the ways that a grid names.
var Protocols = []Protocol{
	{20, 32, "20 x 32: 20 steps, best of 32, as the authors of FPMD and DPMD evaluate"},
	{2, 10, "2 x 10: two steps, best of 10"},
	{1, 1, "1 x 1: one step, one particle"},
}

// Grid is what fpmd eval -grid prints with -json, what the page exports, and what fpmd plot grid reads.
type Grid struct {
	Task      string  `json:"task"`
	Algorithm string  `json:"algorithm"`
	Hash      string  `json:"hash"`
	Sampler   string  `json:"sampler,omitzero"` // of a diffusion
	Latency   float64 `json:"latency,omitzero"` // simulated time of one evaluation of the network, s
	Cells     []Cell  `json:"cells"`
}

// Cell is one way of acting and what came of it.
type Cell struct {
	K            int            `json:"k"`
	BestOf       int            `json:"bestOf"`
	NFE          int            `json:"nfe"`       // evaluations of the policy's network per action
	CriticNFE    int            `json:"criticNFE"` // evaluations of critics per action
	Protocol     string         `json:"protocol,omitzero"`
	Microseconds float64        `json:"microseconds,omitzero"` // of one action in one state, here
	Returns      []float64      `json:"returns"`               // episode i starts from the same state with the same noise in every cell
	Mean         float64        `json:"mean"`
	Burst        string         `json:"burst,omitzero"` // the first episode played last that ended since its body or its reward left the finite numbers
	Interval     stats.Interval `json:"interval"`       // of the mean, 95 %, by the bootstrap over episodes; without width for one of them
}

// New is the grid of a policy with empty cells: those of Steps times Candidates, and the protocols that are none of them
// last. A family without steps has one row, a policy without critics one column.
func New(p *checkpoint.Policy) *Grid {
	g := &Grid{Task: p.Task, Algorithm: string(p.Algorithm), Hash: p.Hash()}
	add := func(k, n int) {
		if p.Actor.Family.Steps(k) == k && (n == 1 || p.CriticNet != nil) && g.At(k, n) == nil {
			g.Cells = append(g.Cells, Of(&p.Actor, k, n))
		}
	}
	for _, k := range Steps {
		for _, n := range Candidates {
			add(k, n)
		}
	}
	for _, known := range Protocols {
		add(known.K, known.BestOf)
	}
	return g
}

// Of is an empty cell.
func Of(p *flow.Policy[float32], k, bestOf int) Cell {
	c := Cell{K: k, BestOf: bestOf, NFE: p.NFE(k) * bestOf}
	if bestOf > 1 {
		c.CriticNFE = 2 * bestOf
	}
	for _, known := range Protocols {
		if known.K == k && known.BestOf == bestOf {
			c.Protocol = known.Name
		}
	}
	return c
}

// At is a cell, or nil.
func (g *Grid) At(k, bestOf int) *Cell {
	for i := range g.Cells {
		if c := &g.Cells[i]; c.K == k && c.BestOf == bestOf {
			return c
		}
	}
	return nil
}

// Front are the played cells that none beats, the cheapest first: none has a higher mean at the same or a lower cost, and none
// the same mean at a lower one.
func (g *Grid) Front(cost func(*Cell) float64) []*Cell {
	var played, front []*Cell
	for i := range g.Cells {
		if len(g.Cells[i].Returns) > 0 {
			played = append(played, &g.Cells[i])
		}
	}
	slices.SortStableFunc(played, func(a, b *Cell) int { return cmp.Or(cmp.Compare(cost(a), cost(b)), cmp.Compare(b.Mean, a.Mean)) })
	for _, c := range played {
		if len(front) > 0 {
			if last := front[len(front)-1]; c.Mean < last.Mean || c.Mean == last.Mean && cost(c) > cost(last) {
				continue
			}
		}
		front = append(front, c)
	}
	return front
}

// Evaluations is a cell's cost in evaluations of the policy's network per action.
func Evaluations(c *Cell) float64 { return float64(c.NFE) }

// Time is a cell's cost in microseconds per action.
func Time(c *Cell) float64 { return c.Microseconds }

// Fill sets the returns of a cell, their mean and its interval.
func (c *Cell) Fill(returns []float64) {
	mean := func(scores [][]float64) float64 { return stat.Mean(scores[0], nil) }
	scores := [][]float64{returns}
	c.Returns, c.Mean = returns, mean(scores)
	c.Interval = stats.Interval{Low: c.Mean, High: c.Mean}
	if len(returns) > 1 {
		c.Interval = stats.Bootstrap(mean, 1, scores)
	}
}

// Play continues a cell by so many episodes, which are those of every evaluation: all of them act in one batch. latency and
// pause are those of train.Evaluator; where it ends the playing Play returns false and the cell is as before.
func (c *Cell) Play(p *checkpoint.Policy, latency float64, episodes int, pause func() bool) (bool, error) {
	e, err := evaluator(p, c.BestOf, episodes)
	if err != nil {
		return false, err
	}
	e.First += uint64(len(c.Returns))
	e.Latency = latency
	e.ChargeUnclipped(p.Config.Shared().UnclippedCost)
	returns := e.Evaluate(&p.Actor, c.K, pause)
	if returns == nil {
		return false, nil
	}
	if d := e.Diverged(); d != nil {
		return false, fmt.Errorf("with K = %d, %w; the policy's weights are finite and too large to act", c.K, d)
	}
	c.Burst = ""
	if b := e.Burst(); b != nil {
		c.Burst = b.After(len(c.Returns)).Error()
	}
	c.Fill(append(c.Returns, returns...))
	return true, nil
}

func evaluator(p *checkpoint.Policy, bestOf, episodes int) (*train.Evaluator, error) {
	if bestOf == 1 {
		return train.NewEvaluator(p.Task, p.Model, episodes, &p.Actor)
	}
	return train.NewBestOfEvaluator(p.Task, p.Model, episodes, &p.Actor, bestOf, p.CriticNet, &p.Critics)
}

// Microseconds is the time of one action in one state: noise, K steps of the sampler and, among several candidates, the
// critics' choice. It is the median over batches of actions, so that a busy machine shows less. now is a clock in seconds,
// which may be coarse.
func Microseconds(p *checkpoint.Policy, k, bestOf int, now func() float64) float64 {
	const batches, least, actions = 7, 0.006, 4 // s of a batch; between two looks at the clock
	noise, obs := rng.New(1), make([]float32, p.Actor.ObsDim())
	noise.FillNormal(obs)
	a := actor.New(&p.Actor, p.CriticNet, bestOf)
	took := make([]float64, batches)
	for i := range took {
		start, count, at := now(), 0, 0.0
		for at = start; at-start < least; at = now() {
			for range actions {
				noise.FillNormal(a.Noise)
				a.Act(&p.Actor, &p.Critics, obs, k, bestOf)
			}
			count += actions
		}
		took[i] = (at - start) * 1e6 / float64(count)
	}
	slices.Sort(took)
	return took[batches/2]
}

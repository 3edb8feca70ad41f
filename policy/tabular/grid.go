package tabular

import (
	"errors"
	"fmt"
	"strings"
)

// Grid is a world of cells as a person draws it: '.' floor, '#' wall, 'S' start, 'G' goal, 'X' cliff. The actions are
// 0 up, 1 right, 2 down, 3 left. With probability Slip a move turns to one of the two right angles; then, with the
// probability that Wind has for the column where it began, it goes on one cell down, unless it ended in G or X. Walls
// and edges stop it. Every move pays Step, entering G Goal more and entering X 1 less; both end the episode, or with
// Ring put back to a start cell.
type Grid struct {
	Layout []string  `json:"layout"`         // the top row first, all of one length
	Slip   float64   `json:"slip"`           // [0, 1]
	Step   float64   `json:"step"`           // reward of a move
	Goal   float64   `json:"goal,omitempty"` // reward of entering G; 0 stands for 1
	Wind   []float64 `json:"wind,omitempty"` // [columns] probabilities; none where left out
	Gamma  float64   `json:"gamma"`          // discount
	Ring   bool      `json:"ring,omitempty"` // no end: G and X lead back to the start
}

// MaxSide is the largest number of rows or columns of a grid.
const MaxSide = 60

// moves are the rows and columns of the four actions.
var moves = [4][2]int{{-1, 0}, {0, 1}, {1, 0}, {0, -1}}

// check reports what is wrong with a drawing.
func (g *Grid) check() error {
	if len(g.Layout) == 0 || len(g.Layout) > MaxSide || len(g.Layout[0]) == 0 || len(g.Layout[0]) > MaxSide {
		return fmt.Errorf("a grid has 1 to %d rows and columns", MaxSide)
	}
	starts := 0
	for i, line := range g.Layout {
		if len(line) != len(g.Layout[0]) {
			return fmt.Errorf("row %d has %d cells where the first has %d", i, len(line), len(g.Layout[0]))
		}
		if at := strings.IndexFunc(line, func(c rune) bool { return !strings.ContainsRune(".#SGX", c) }); at >= 0 {
			return fmt.Errorf("row %d has the cell %q; cells are . # S G X", i, line[at])
		}
		starts += strings.Count(line, "S")
	}
	if starts == 0 {
		return errors.New("there is no start cell S")
	}
	if !(g.Slip >= 0 && g.Slip <= 1) {
		return fmt.Errorf("slip must be a probability, not %g", g.Slip)
	}
	if len(g.Wind) != 0 && len(g.Wind) != len(g.Layout[0]) {
		return fmt.Errorf("wind has %d probabilities for %d columns", len(g.Wind), len(g.Layout[0]))
	}
	for _, w := range g.Wind {
		if !(w >= 0 && w <= 1) {
			return fmt.Errorf("wind must be a probability, not %g", w)
		}
	}
	return nil
}

// cell is what a cell holds; everything beyond the edges is wall.
func (g *Grid) cell(at [2]int) byte {
	if at[0] < 0 || at[0] >= len(g.Layout) || at[1] < 0 || at[1] >= len(g.Layout[0]) {
		return '#'
	}
	return g.Layout[at[0]][at[1]]
}

// go1 is the cell one move further, or the same before a wall.
func (g *Grid) go1(at [2]int, a int) [2]int {
	next := [2]int{at[0] + moves[a][0], at[1] + moves[a][1]}
	if g.cell(next) == '#' {
		return at
	}
	return next
}

// MDP makes the problem: a state for every cell but walls, G and X, row by row, and the end as the last state unless the
// grid is a ring.
func (g *Grid) MDP(name string) (*MDP, error) {
	if err := g.check(); err != nil {
		return nil, err
	}
	var cells, starts [][2]int
	state := map[[2]int]int{}
	for i, line := range g.Layout {
		for j := range line {
			at := [2]int{i, j}
			if strings.IndexByte(".S", line[j]) < 0 {
				continue
			}
			state[at] = len(cells)
			cells = append(cells, at)
			if line[j] == 'S' {
				starts = append(starts, at)
			}
		}
	}
	states := len(cells)
	if !g.Ring {
		states++
	}
	m := NewMDP(name, g.Gamma, states, len(moves))
	m.Layout, m.Cells = append([]string(nil), g.Layout...), cells
	for _, at := range starts {
		m.Rho[state[at]] = 1 / float64(len(starts))
	}
	for s, at := range cells {
		for a := range moves {
			for _, t := range [3]struct {
				turn int
				p    float64
			}{{0, 1 - g.Slip}, {1, g.Slip / 2}, {3, g.Slip / 2}} {
				g.enter(m, state, s, a, g.go1(at, (a+t.turn)%4), t.p, g.wind(at[1]))
			}
			m.Reward[s*m.Actions+a] += g.Step
		}
	}
	if !g.Ring {
		m.end(states - 1)
	}
	return m, m.Validate()
}

func (g *Grid) wind(column int) float64 {
	if len(g.Wind) == 0 {
		return 0
	}
	return g.Wind[column]
}

// enter adds the move of probability p that ends in a cell, and the wind's after it.
func (g *Grid) enter(m *MDP, state map[[2]int]int, s, a int, at [2]int, p, wind float64) {
	goal := g.Goal
	if goal == 0 {
		goal = 1
	}
	if reward := map[byte]float64{'G': goal, 'X': -1}[g.cell(at)]; reward != 0 {
		m.Reward[s*m.Actions+a] += float64(p * reward)
		if !g.Ring {
			m.add(s, a, m.States-1, p)
			return
		}
		for start, rho := range m.Rho {
			m.add(s, a, start, float64(p*rho))
		}
		return
	}
	if wind > 0 {
		g.enter(m, state, s, a, g.go1(at, 2), p*wind, 0)
	}
	m.add(s, a, state[at], float64(p*(1-wind)))
}

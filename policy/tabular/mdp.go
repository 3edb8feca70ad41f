package tabular

import (
	"fmt"
	"math"
	"slices"
)

// Limits of a problem; the largest grid of the page has 40 x 40 cells.
const (
	MaxStates  = 4096
	MaxActions = 128
)

// Edge is one next state and its probability.
type Edge struct {
	To int
	P  float64
}

// MDP is a finite Markov decision process. It is not changed after Validate.
type MDP struct {
	Name            string
	Gamma           float64 // discount, [0, 1)
	States, Actions int
	Rho             []float64 // [States] law of the first state
	Terminal        []bool    // [States] absorbing, with reward 0
	Next            [][]Edge  // [States*Actions] row-major
	Reward          []float64 // [States*Actions] row-major, expected
	Layout          []string  // of a grid, the top row first; nil otherwise
	Cells           [][2]int  // of a grid: row and column of each state but the end
}

// NewMDP makes a problem of so many states and actions without transitions or rewards.
func NewMDP(name string, gamma float64, states, actions int) *MDP {
	return &MDP{
		Name: name, Gamma: gamma, States: states, Actions: actions,
		Rho: make([]float64, states), Terminal: make([]bool, states),
		Next: make([][]Edge, states*actions), Reward: make([]float64, states*actions),
	}
}

// add puts probability p on the move from s by a to next.
func (m *MDP) add(s, a, next int, p float64) {
	if p == 0 {
		return
	}
	row := &m.Next[s*m.Actions+a]
	for i := range *row {
		if (*row)[i].To == next {
			(*row)[i].P += p
			return
		}
	}
	*row = append(*row, Edge{next, p})
}

// end makes a state terminal: every action stays, with reward 0.
func (m *MDP) end(s int) {
	m.Terminal[s] = true
	for a := range m.Actions {
		m.Next[s*m.Actions+a] = []Edge{{s, 1}}
		m.Reward[s*m.Actions+a] = 0
	}
}

// sumTolerance is how far from 1 the sum of a law in a file may be; files have 12 digits or more.
const sumTolerance = 1e-9

// Validate checks a problem that comes from outside.
func (m *MDP) Validate() error {
	switch {
	case !(m.Gamma >= 0 && m.Gamma < 1):
		return fmt.Errorf("gamma must lie in [0, 1), not %g", m.Gamma)
	case m.States < 1 || m.States > MaxStates:
		return fmt.Errorf("there must be 1 to %d states, not %d", MaxStates, m.States)
	case m.Actions < 1 || m.Actions > MaxActions:
		return fmt.Errorf("there must be 1 to %d actions, not %d", MaxActions, m.Actions)
	case len(m.Rho) != m.States:
		return fmt.Errorf("rho has %d numbers for %d states", len(m.Rho), m.States)
	}
	if err := law(m.Rho); err != nil {
		return fmt.Errorf("rho: %w", err)
	}
	for s := range m.States {
		for a := range m.Actions {
			if err := m.validateMove(s, a); err != nil {
				return fmt.Errorf("state %d, action %d: %w", s, a, err)
			}
		}
	}
	return nil
}

func (m *MDP) validateMove(s, a int) error {
	row, r := m.Next[s*m.Actions+a], m.Reward[s*m.Actions+a]
	if math.IsNaN(r) || math.Abs(r) > 1e100 {
		return fmt.Errorf("the reward %g is out of range", r)
	}
	p := make([]float64, len(row))
	for i, e := range row {
		if e.To < 0 || e.To >= m.States {
			return fmt.Errorf("there is no state %d to move to", e.To)
		}
		p[i] = e.P
		if m.Terminal[s] && e.To != s && e.P != 0 {
			return fmt.Errorf("a terminal state must stay where it is, and this one moves to %d", e.To)
		}
	}
	if m.Terminal[s] && r != 0 {
		return fmt.Errorf("a terminal state has reward 0, not %g", r)
	}
	return law(p)
}

// law reports why p is no probability law.
func law(p []float64) error {
	var sum float64
	for _, v := range p {
		if !(v >= 0 && v <= 1+sumTolerance) {
			return fmt.Errorf("%g is no probability", v)
		}
		sum += v
	}
	if math.Abs(sum-1) > sumTolerance {
		return fmt.Errorf("the probabilities sum to %.12g, not 1", sum)
	}
	return nil
}

// Live lists the states that are not terminal, ascending.
func (m *MDP) Live() (live []int) {
	for s, end := range m.Terminal {
		if !end {
			live = append(live, s)
		}
	}
	return live
}

// Uniform is the uniform policy.
func (m *MDP) Uniform() []float64 {
	return slices.Repeat([]float64{1 / float64(m.Actions)}, m.States*m.Actions)
}

// row is the part of a table [States*Actions] that belongs to s.
func (m *MDP) row(table []float64, s int) []float64 {
	return table[s*m.Actions : (s+1)*m.Actions]
}

// expect is sum_s' P(s'|row) v(s').
func expect(row []Edge, v []float64) (sum float64) {
	for _, e := range row {
		sum += float64(e.P * v[e.To])
	}
	return sum
}

// QTo sets q to r + gamma P v and returns it; a nil q is allocated.
func (m *MDP) QTo(q, v []float64) []float64 {
	if q == nil {
		q = make([]float64, len(m.Next))
	}
	for i, row := range m.Next {
		q[i] = m.Reward[i] + float64(m.Gamma*expect(row, v))
	}
	return q
}

// LookaheadTo sets q to Q_h = r + gamma P T^(h-1) v and returns it, h >= 1.
func (m *MDP) LookaheadTo(q, v []float64, h int) []float64 {
	q = m.QTo(q, v)
	if h == 1 {
		return q
	}
	w := make([]float64, m.States)
	for range h - 1 {
		for s := range w {
			w[s] = slices.Max(m.row(q, s))
		}
		m.QTo(q, w)
	}
	return q
}

// tieTolerance makes the values of two actions equal, relative to the largest in size but at least absolutely. Plain
// argmax would see a terminal state's tied actions as one.
const tieTolerance = 1e-12

// tie is how far below the largest of q an action is still greedy.
func tie(q []float64) float64 {
	size := 1.0
	for _, v := range q {
		size = max(size, math.Abs(v))
	}
	return float64(tieTolerance * size)
}

// Greedy returns the first of the best actions of q, ties included.
func Greedy(q []float64) int {
	best := slices.Max(q) - tie(q)
	return slices.IndexFunc(q, func(v float64) bool { return v >= best })
}

package tabular

import (
	"encoding/json"
	"errors"
	"fmt"

	"onestep/engine/quote"
)

// file is a problem's JSON; its fields are those of the reference data. A grid may stand in place of the tables.
type file struct {
	Name        string      `json:"name"`
	Gamma       *float64    `json:"gamma"`
	States      int         `json:"states"`
	Actions     int         `json:"actions"`
	Rho         []float64   `json:"rho"`
	Terminal    []int       `json:"terminal"`
	Layout      []string    `json:"layout,omitempty"`
	Cells       [][2]int    `json:"cells,omitempty"`
	Transitions [][]edges   `json:"transitions,omitempty"` // [S][A]
	Rewards     [][]float64 `json:"rewards,omitempty"`     // [S][A]
	Grid        *Grid       `json:"grid,omitempty"`
}

// edges is a law of next states: pairs of a state and its probability, or one probability a state.
type edges []Edge

func (e *edges) UnmarshalJSON(b []byte) error {
	var pairs [][2]float64
	if json.Unmarshal(b, &pairs) == nil {
		for _, pair := range pairs {
			to := int(pair[0])
			if float64(to) != pair[0] {
				return fmt.Errorf("%g is no state", pair[0])
			}
			*e = append(*e, Edge{to, pair[1]})
		}
		return nil
	}
	var dense []float64
	if err := json.Unmarshal(b, &dense); err != nil {
		return errors.New("the next states are a list of [state, probability] or of one probability a state")
	}
	for to, p := range dense {
		if p != 0 {
			*e = append(*e, Edge{to, p})
		}
	}
	return nil
}

func (e edges) MarshalJSON() ([]byte, error) {
	pairs := make([][2]float64, len(e))
	for i, edge := range e {
		pairs[i] = [2]float64{float64(edge.To), edge.P}
	}
	return json.Marshal(pairs)
}

// Parse reads a problem from JSON: tables as in the reference data, or {"grid": ...}.
func Parse(b []byte) (*MDP, error) {
	var f file
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("the problem cannot be read: %w", err)
	}
	if f.Grid != nil {
		m, err := f.Grid.MDP(f.Name)
		if err != nil {
			return nil, fmt.Errorf("grid: %w", err)
		}
		return m, nil
	}
	m, err := f.tables()
	if err != nil {
		return nil, fmt.Errorf("problem %s: %w", quote.Text(f.Name), err)
	}
	return m, nil
}

func (f *file) tables() (*MDP, error) {
	switch {
	case f.Gamma == nil:
		return nil, errors.New("gamma is missing")
	case f.States < 1 || f.States > MaxStates || f.Actions < 1 || f.Actions > MaxActions:
		return nil, fmt.Errorf("there must be 1 to %d states and 1 to %d actions, not %d and %d", MaxStates, MaxActions, f.States, f.Actions)
	case len(f.Transitions) != f.States || len(f.Rewards) != f.States:
		return nil, fmt.Errorf("transitions have %d rows and rewards %d for %d states", len(f.Transitions), len(f.Rewards), f.States)
	case len(f.Cells) > f.States:
		return nil, fmt.Errorf("there are %d cells for %d states", len(f.Cells), f.States)
	}
	m := NewMDP(f.Name, *f.Gamma, f.States, f.Actions)
	m.Rho, m.Layout, m.Cells = f.Rho, f.Layout, f.Cells
	for _, s := range f.Terminal {
		if s < 0 || s >= f.States {
			return nil, fmt.Errorf("there is no state %d to be terminal", s)
		}
		m.Terminal[s] = true
	}
	for s := range f.States {
		if len(f.Transitions[s]) != f.Actions || len(f.Rewards[s]) != f.Actions {
			return nil, fmt.Errorf("state %d has %d transitions and %d rewards for %d actions", s, len(f.Transitions[s]), len(f.Rewards[s]), f.Actions)
		}
		copy(m.Reward[s*f.Actions:], f.Rewards[s])
		for a, e := range f.Transitions[s] {
			m.Next[s*f.Actions+a] = e
		}
	}
	return m, m.Validate()
}

// MarshalJSON writes the format that Parse reads.
func (m *MDP) MarshalJSON() ([]byte, error) {
	f := file{
		Name: m.Name, Gamma: &m.Gamma, States: m.States, Actions: m.Actions, Rho: m.Rho, Terminal: []int{}, Layout: m.Layout, Cells: m.Cells,
	}
	for s := range m.States {
		if m.Terminal[s] {
			f.Terminal = append(f.Terminal, s)
		}
		var row []edges
		for a := range m.Actions {
			row = append(row, m.Next[s*m.Actions+a])
		}
		f.Transitions = append(f.Transitions, row)
		f.Rewards = append(f.Rewards, m.row(m.Reward, s))
	}
	return json.Marshal(f)
}

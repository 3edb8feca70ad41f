package tabular

import (
	"encoding/json"
	"errors"
	"fmt"

	"onestep/engine/quote"
	"onestep/engine/strict"
)

// file is a problem's JSON; its fields are those of the reference data. A grid may stand in place of the tables. Numbers
// are pointers so that null, which JSON reads as nothing, is seen.
type file struct {
	Name        string              `json:"name"`
	Gamma       *float64            `json:"gamma"`
	States      int                 `json:"states"`
	Actions     int                 `json:"actions"`
	Rho         []*float64          `json:"rho"`
	Terminal    []int               `json:"terminal"`
	Layout      []string            `json:"layout,omitempty"`
	Cells       [][2]int            `json:"cells,omitempty"`
	Transitions [][]json.RawMessage `json:"transitions,omitempty"` // [S][A] laws of next states
	Rewards     [][]*float64        `json:"rewards,omitempty"`     // [S][A]
	Grid        *Grid               `json:"grid,omitempty"`
}

// Parse reads a problem from JSON: tables as in the reference data, or {"grid": ...}.
func Parse(b []byte) (*MDP, error) {
	var f file
	if err := strict.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("the problem cannot be read: %w", readError(err))
	}
	if f.Grid != nil {
		m, err := f.Grid.MDP(f.Name)
		if err != nil {
			return nil, fmt.Errorf("grid: %w", err)
		}
		return m, nil
	}
	m, err := f.tables()
	if err != nil && f.Name != "" {
		err = fmt.Errorf("problem %s: %w", quote.Text(f.Name), err)
	}
	if err != nil {
		return nil, err
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
	m.Layout, m.Cells = f.Layout, f.Cells
	var err error
	if m.Rho, err = numbers(f.Rho); err != nil {
		return nil, fmt.Errorf("rho: %w", err)
	}
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
		rewards, err := numbers(f.Rewards[s])
		if err != nil {
			return nil, fmt.Errorf("rewards of state %d: %w", s, err)
		}
		copy(m.row(m.Reward, s), rewards)
		for a, text := range f.Transitions[s] {
			if m.Next[s*f.Actions+a], err = readEdges(text, f.States); err != nil {
				return nil, fmt.Errorf("state %d, action %d: %w", s, a, err)
			}
		}
	}
	return m, m.Validate()
}

// readEdges reads a law of next states: pairs of a state and its probability, or one probability a state.
func readEdges(text []byte, states int) (list []Edge, err error) {
	var pairs [][]*float64
	if json.Unmarshal(text, &pairs) == nil {
		for _, p := range pairs {
			pair, err := numbers(p)
			if err != nil || len(pair) != 2 {
				return nil, errors.New("a next state is [state, probability]")
			}
			to := int(pair[0])
			if float64(to) != pair[0] {
				return nil, fmt.Errorf("%g is no state", pair[0])
			}
			list = append(list, Edge{to, pair[1]})
		}
		return list, nil
	}
	var row []*float64
	if json.Unmarshal(text, &row) != nil {
		return nil, errors.New("the next states are a list of [state, probability], or of one probability a state")
	}
	dense, err := numbers(row)
	switch {
	case err != nil:
		return nil, err
	case len(dense) != states:
		return nil, fmt.Errorf("there are %d probabilities of next states for %d states", len(dense), states)
	}
	for to, p := range dense {
		if p != 0 {
			list = append(list, Edge{to, p})
		}
	}
	return list, nil
}

// MarshalJSON writes the format that Parse reads.
func (m *MDP) MarshalJSON() ([]byte, error) {
	f := file{
		Name: m.Name, Gamma: &m.Gamma, States: m.States, Actions: m.Actions, Rho: pointers(m.Rho), Terminal: []int{}, Layout: m.Layout, Cells: m.Cells,
	}
	for s := range m.States {
		if m.Terminal[s] {
			f.Terminal = append(f.Terminal, s)
		}
		var row []json.RawMessage
		for a := range m.Actions {
			pairs := [][2]float64{}
			for _, e := range m.Next[s*m.Actions+a] {
				pairs = append(pairs, [2]float64{float64(e.To), e.P})
			}
			text, err := json.Marshal(pairs)
			if err != nil {
				return nil, err
			}
			row = append(row, text)
		}
		f.Transitions = append(f.Transitions, row)
		f.Rewards = append(f.Rewards, pointers(m.row(m.Reward, s)))
	}
	return json.Marshal(f)
}

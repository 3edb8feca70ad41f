package tabular

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"
	"gonum.org/v1/gonum/mat"
)

// Optimum is the best value and a policy that has it; with an entropy weight tau the policy is softmax(Q/tau).
type Optimum struct {
	Tau        float64
	V, Q       []float64 // [States], [States*Actions]
	Pi         []float64 // [States*Actions]
	Action     []int     // [States] the first of the best actions
	Value      float64   // rho V
	Iterations int       // of policy iteration, the last, which changes nothing, counted

	visits  []float64 // d_rho of Pi, once asked for
	nu      []float64 // stationary law of Pi, once asked for
	nuError error
}

// Optimal finds the optimum: by Howard's policy iteration from action 0 in every state for tau = 0, by soft policy
// iteration from the uniform policy for tau > 0.
func Optimal(m *MDP, tau float64) *Optimum {
	o := &Optimum{Tau: tau, V: make([]float64, m.States), Q: make([]float64, len(m.Next)), Pi: m.Uniform(), Action: make([]int, m.States)}
	if tau > 0 {
		o.soft(m)
	} else {
		o.howard(m)
	}
	o.Value = dot(m.Rho, o.V)
	return o
}

func (o *Optimum) howard(m *MDP) {
	e := NewEvaluation(m, 0)
	for changed := true; changed; o.Iterations++ {
		copy(o.V, e.Of(Deterministic(m, o.Action)))
		m.QTo(o.Q, o.V)
		changed = false
		for s, old := range o.Action {
			if q := m.row(o.Q, s); q[old] < slices.Max(q)-tie(q) { // ties are no reason to change
				o.Action[s], changed = Greedy(q), true
			}
		}
		if o.Iterations > 100*m.States { // Howard's method is far faster on every problem known
			panic("tabular: policy iteration does not end")
		}
	}
	for s := range o.Action {
		o.Action[s] = Greedy(m.row(o.Q, s)) // of tied actions the first is told
	}
	o.Pi = Deterministic(m, o.Action)
}

func (o *Optimum) soft(m *MDP) {
	e := NewEvaluation(m, o.Tau)
	logits := make([]float64, m.Actions)
	best := math.Inf(1)
	for {
		o.Iterations++
		v := e.Of(o.Pi)
		change := floats.Distance(v, o.V, math.Inf(1))
		copy(o.V, v)
		m.QTo(o.Q, o.V)
		for s := range m.States {
			for a, q := range m.row(o.Q, s) {
				logits[a] = q / o.Tau
			}
			softmaxTo(m.row(o.Pi, s), logits)
			o.Action[s] = Greedy(m.row(o.Q, s))
		}
		if o.Iterations > 2 && change >= best || change == 0 { // it falls to the rounding error and stays there
			return
		}
		best = change
	}
}

// Deterministic is the policy that takes action[s] in s.
func Deterministic(m *MDP, action []int) []float64 {
	pi := make([]float64, len(m.Next))
	for s, a := range action {
		pi[s*m.Actions+a] = 1
	}
	return pi
}

// Visits is d_rho of the optimal policy, the d* of the bounds.
func (o *Optimum) Visits(m *MDP) []float64 {
	if o.visits == nil {
		e := NewEvaluation(m, 0)
		e.Of(o.Pi)
		o.visits = e.Visits()
	}
	return o.visits
}

// Stationary is nu*, the stationary law of the optimal policy, or the reason why bounds in it say nothing.
func (o *Optimum) Stationary(m *MDP) ([]float64, error) {
	if o.nu == nil && o.nuError == nil {
		o.nu, o.nuError = stationary(m, o.Pi)
		if o.nuError != nil {
			o.nuError = fmt.Errorf("the stationary law nu* of the optimal policy of %s: %w", m.Name, o.nuError)
		}
	}
	return o.nu, o.nuError
}

// stationary solves nu P_pi = nu, sum nu = 1. It is an error if an absorbing end takes all of it, or if it is not unique.
func stationary(m *MDP, pi []float64) ([]float64, error) {
	closed := recurrent(m, pi)
	if len(closed) != 1 {
		return nil, fmt.Errorf("it is not unique, the chain has %d recurrent classes; an ergodic problem is needed", len(closed))
	}
	if len(closed[0]) == 1 && m.Terminal[closed[0][0]] {
		return nil, errors.New("all of it sits on the terminal state, where every bound says 0 <= 0; an ergodic problem is needed")
	}
	a := mat.NewDense(m.States, m.States, nil) // P^T - I, its last row replaced by the sum
	for s := range m.States {
		a.Set(s, s, a.At(s, s)-1)
		for i, p := range m.row(pi, s) {
			for _, e := range m.Next[s*m.Actions+i] {
				a.Set(e.To, s, a.At(e.To, s)+float64(p*e.P))
			}
		}
	}
	for s := range m.States {
		a.Set(m.States-1, s, 1)
	}
	b := mat.NewVecDense(m.States, nil)
	b.SetVec(m.States-1, 1)
	nu := mat.NewVecDense(m.States, nil)
	if err := nu.SolveVec(a, b); err != nil {
		if _, inexact := err.(mat.Condition); !inexact {
			return nil, err
		}
	}
	for s, v := range nu.RawVector().Data {
		nu.SetVec(s, max(0, v)) // transient states come out as +-1e-17
	}
	return nu.RawVector().Data, nil
}

// recurrent lists the recurrent classes of a policy's chain.
func recurrent(m *MDP, pi []float64) (closed [][]int) {
	g := simple.NewDirectedGraph()
	for s := range m.States {
		if g.Node(int64(s)) == nil {
			g.AddNode(simple.Node(s))
		}
		for a, p := range m.row(pi, s) {
			for _, e := range m.Next[s*m.Actions+a] {
				if p*e.P > 0 && e.To != s {
					g.SetEdge(g.NewEdge(simple.Node(s), simple.Node(e.To)))
				}
			}
		}
	}
	for _, class := range topo.TarjanSCC(g) {
		var states []int
		member := map[int64]bool{}
		for _, n := range class {
			states = append(states, int(n.ID()))
			member[n.ID()] = true
		}
		leaves := slices.ContainsFunc(states, func(s int) bool {
			for to := g.From(int64(s)); to.Next(); {
				if !member[to.Node().ID()] {
					return true
				}
			}
			return false
		})
		if !leaves {
			slices.Sort(states)
			closed = append(closed, states)
		}
	}
	return closed
}

package tabular

import (
	"fmt"
	"slices"
	"strings"

	"onestep/engine/strict"
	"onestep/policy/analysis"
)

// problem is one of the named problems.
type problem struct {
	name, about string
	make        func() (*MDP, error)
}

// problems are those of the lab, the simplest first.
var problems = []problem{
	{"twoarm", "one state, two actions of value 1 and 0.8", func() (*MDP, error) { return Arms("twoarm", 0.9, 1, 0.8), nil }},
	{"threearm", "one state, three actions of value 1, 0.9 and 0: paths on the simplex", func() (*MDP, error) { return Arms("threearm", 0, 1, 0.9, 0), nil }},
	{"doublewell", "one state, 81 actions on the line whose values have two wells turned over", func() (*MDP, error) { return DoubleWell(1.5, 0.3, 81, 2), nil }},
	{"trap", "two steps of lookahead make it worse before it gets better", func() (*MDP, error) { return Trap(), nil }},
	{"chain5", "a lock of 5 states with a reward for giving up", func() (*MDP, error) { return Chain("chain5", 5, 0.9, 0.15) }},
	{"chain8", "a lock of 8 states with a reward for giving up", func() (*MDP, error) { return Chain("chain8", 8, 0.9, 0.05) }},
	{"cliff", "a windy walk along a cliff on 5 x 8 cells", func() (*MDP, error) { g := Cliff(); return g.MDP("cliff") }},
	{"deepsea10", "ten steps to the right, each of which costs, for a reward at the end", func() (*MDP, error) { return DeepSea("deepsea10", 10, 0.95) }},
	{"garnet20", "a random problem of 20 states, ergodic", func() (*MDP, error) { return Garnet("garnet20", 20, 4, 3, 0.9, 1) }},
	{"detour48", "8 states matter, 40 hardly", func() (*MDP, error) { return Detour("detour48", 8, 5, 0.9, 2) }},
}

// ProblemNames lists the named problems.
func ProblemNames() (names []string) {
	for _, p := range problems {
		names = append(names, p.name)
	}
	return names
}

// About is a line about a named problem.
func About(name string) string {
	for _, p := range problems {
		if p.name == name {
			return p.about
		}
	}
	return ""
}

// families are problems with parameters, NAME:A,B,...
var families = map[string]struct {
	parameters string
	whole      int // how many of them are whole numbers from the first on; the seed is one too
	make       func(name string, x []float64) (*MDP, error)
}{
	"garnet": {"S,A,b,gamma,seed", 3, func(n string, x []float64) (*MDP, error) {
		return Garnet(n, int(x[0]), int(x[1]), int(x[2]), x[3], uint64(x[4]))
	}},
	"chain":   {"N,gamma,small", 1, func(n string, x []float64) (*MDP, error) { return Chain(n, int(x[0]), x[1], x[2]) }},
	"deepsea": {"N,gamma", 1, func(n string, x []float64) (*MDP, error) { return DeepSea(n, int(x[0]), x[1]) }},
	"doublewell": {"m,delta,N", 0, func(n string, x []float64) (*MDP, error) {
		if !(x[0] > 0) || !(x[2] >= 2 && x[2] <= MaxActions) {
			return nil, fmt.Errorf("m must be positive and N in 2..%d, not %g and %g", MaxActions, x[0], x[2])
		}
		m := DoubleWell(x[0], x[1], int(x[2]), 2)
		m.Name = n
		return m, nil
	}},
	"detour": {"N,side,gamma,seed", 2, func(n string, x []float64) (*MDP, error) { return Detour(n, int(x[0]), int(x[1]), x[2], uint64(x[3])) }},
}

// Problem makes a problem by name: one of ProblemNames, or garnet:S,A,b,gamma,seed, chain:N,gamma,small,
// deepsea:N,gamma, detour:N,side,gamma,seed or doublewell:m,delta,N.
func Problem(name string) (*MDP, error) {
	for _, p := range problems {
		if p.name == name {
			return p.make()
		}
	}
	kind, list, _ := strings.Cut(name, ":")
	family, ok := families[kind]
	if !ok {
		return nil, fmt.Errorf("the problem must be a file, one of %s, or a family with parameters such as garnet:20,4,3,0.9,1; not %q",
			strings.Join(ProblemNames(), ", "), name)
	}
	parts := strings.Split(list, ",")
	names := strings.Split(family.parameters, ",")
	if len(parts) != len(names) {
		return nil, fmt.Errorf("%s wants the parameters %s:%s, not %q", kind, kind, family.parameters, name)
	}
	x := make([]float64, len(parts))
	for i, text := range parts {
		v, err := strict.Float(strings.TrimSpace(text))
		if err != nil || (i < family.whole || names[i] == "seed") && (v != float64(int64(v)) || v < 0) {
			return nil, fmt.Errorf("%s: the parameter %s cannot be %q", kind, names[i], text)
		}
		x[i] = v
	}
	m, err := family.make(name, x)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	return m, nil
}

// Arms is one state whose actions have the given rewards.
func Arms(name string, gamma float64, rewards ...float64) *MDP {
	m := NewMDP(name, gamma, 1, len(rewards))
	m.Rho[0] = 1
	copy(m.Reward, rewards)
	for a := range rewards {
		m.add(0, a, 0, 1)
	}
	return m
}

// Trap has three states: in s0 action 0 ends with 0.5 and action 1 goes to s1, where action 0 ends with 0 and action 1
// with 1.
func Trap() *MDP {
	m := NewMDP("trap", 0.9, 3, 2)
	m.Rho[0] = 1
	m.add(0, 0, 2, 1)
	m.add(0, 1, 1, 1)
	m.add(1, 0, 2, 1)
	m.add(1, 1, 2, 1)
	m.Reward[0], m.Reward[3] = 0.5, 1
	m.end(2)
	return m
}

// Cliff is the named grid.
func Cliff() Grid {
	return Grid{
		Layout: []string{"........", "...#....", "...#....", "........", "SXXXXXXG"},
		Slip:   0.1, Step: -0.01, Wind: []float64{0, 0, 0, 0.2, 0.2, 0.2, 0, 0}, Gamma: 0.95,
	}
}

// sized checks a family's number of states before its tables are made.
func sized(states, actions int) error {
	if states < 1 || states > MaxStates || actions < 1 || actions > MaxActions {
		return fmt.Errorf("there must be 1 to %d states and 1 to %d actions, not %d and %d", MaxStates, MaxActions, states, actions)
	}
	return nil
}

// Chain is a lock of n states: action 1 goes on, from the last to the first with reward 1, and action 0 goes back to the
// first with a small reward.
func Chain(name string, n int, gamma, small float64) (*MDP, error) {
	if err := sized(n, 2); err != nil {
		return nil, err
	}
	m := NewMDP(name, gamma, n, 2)
	m.Rho[0] = 1
	for s := range n {
		m.add(s, 0, 0, 1)
		m.add(s, 1, (s+1)%n, 1)
		m.Reward[2*s] = small
	}
	m.Reward[2*n-1] = 1
	return m, m.Validate()
}

// DeepSea is the lower triangle of n x n cells, and the end: every move goes one row down, action 1 also to the right,
// which costs 0.01/n and pays 1 in the last column, action 0 to the left.
func DeepSea(name string, n int, gamma float64) (*MDP, error) {
	if n < 1 || n > MaxSide {
		return nil, fmt.Errorf("a sea has 1 to %d rows, not %d", MaxSide, n)
	}
	states := n*(n+1)/2 + 1
	m := NewMDP(name, gamma, states, 2)
	m.Rho[0] = 1
	for i := range n {
		for j := range i + 1 {
			s := i*(i+1)/2 + j
			for a, column := range [2]int{max(0, j-1), min(n-1, j+1)} {
				next := states - 1
				if i+1 < n {
					next = (i+1)*(i+2)/2 + column
				}
				m.add(s, a, next, 1)
			}
			m.Reward[2*s+1] = -0.01 / float64(n)
			if j == n-1 {
				m.Reward[2*s+1]++
			}
		}
	}
	m.end(states - 1)
	return m, m.Validate()
}

// Garnet is a random problem (Archibald, McKinnon and Thomas, 1995): from each state and action b successors, cut at
// random, and a uniform reward.
func Garnet(name string, states, actions, b int, gamma float64, seed uint64) (*MDP, error) {
	if err := sized(states, actions); err != nil {
		return nil, err
	}
	if b < 1 || b > states {
		return nil, fmt.Errorf("there must be 1 to %d successors, not %d", states, b)
	}
	m := NewMDP(name, gamma, states, actions)
	r := SplitMix(seed)
	order := make([]int, states)
	for i := range m.Next {
		for s := range order {
			order[s] = s
		}
		for j := range b {
			k := j + r.Below(states-j)
			order[j], order[k] = order[k], order[j]
		}
		cuts := make([]float64, b+1)
		cuts[b] = 1
		for j := 1; j < b; j++ {
			cuts[j] = r.Float64()
		}
		slices.Sort(cuts)
		for j := range b {
			m.add(i/actions, i%actions, order[j], cuts[j+1]-cuts[j])
		}
		m.Reward[i] = r.Float64()
	}
	for s := range m.Rho {
		m.Rho[s] = 1 / float64(states)
	}
	return m, m.Validate()
}

// Detour is a corridor of n states with side rooms beside each: action 0 goes on, from the last to the first with
// reward 1, actions 1 and 2 lead into one of the state's rooms; from a room every action leads to some corridor state
// with a reward below 0.05.
func Detour(name string, n, side int, gamma float64, seed uint64) (*MDP, error) {
	if side < 1 || side > MaxStates || n < 1 || n > MaxStates {
		return nil, fmt.Errorf("a corridor has states and rooms, not %d and %d", n, side)
	}
	if err := sized(n*(1+side), 3); err != nil {
		return nil, err
	}
	m := NewMDP(name, gamma, n*(1+side), 3)
	m.Rho[0] = 1
	for s := range n {
		m.add(s, 0, (s+1)%n, 1)
		for a := 1; a <= 2; a++ {
			for room := range side {
				m.add(s, a, n+s*side+room, 1/float64(side))
			}
		}
	}
	m.Reward[3*(n-1)] = 1
	r := SplitMix(seed)
	for room := n; room < m.States; room++ {
		for a := range 3 {
			m.add(room, a, r.Below(n), 1)
			m.Reward[3*room+a] = 0.05 * r.Float64()
		}
	}
	return m, m.Validate()
}

// DoubleWell is one state whose actions are equally spaced on [-half, half] and have the values of the
// Variance lab's double well, two wells turned over near +-m, of values +-delta/2.
func DoubleWell(m, delta float64, actions int, half float64) *MDP {
	q := make([]float64, actions)
	for a := range q {
		q[a] = analysis.DoubleWell(m, delta, 2*half*float64(a)/float64(actions-1)-half)
	}
	return Arms("doublewell", 0, q...)
}

// Place is the mean and the variance of the action's place under a policy on equally spaced actions of [-half, half].
func Place(pi []float64, half float64) (mean, variance float64) {
	at := func(a int) float64 { return 2*half*float64(a)/float64(len(pi)-1) - half }
	for a, p := range pi {
		mean += float64(p * at(a))
	}
	for a, p := range pi {
		e := at(a) - mean
		variance += float64(p * e * e)
	}
	return mean, variance
}

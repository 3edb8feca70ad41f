package tabular

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// testMaps are all omega-potentials, and the barrier apart.
var testMaps = []Map{
	{Kind: "entropy"}, {Kind: "euclid"}, {Kind: "tsallis", Q: 0.5}, {Kind: "tsallis", Q: 1.5}, {Kind: "hyperbolic", B: 0.1},
	{Kind: "mixed", W: []float64{0.25, 0.1, 0.02, 0.12, 0.06}},
}

func eachProblem(t *testing.T, f func(t *testing.T, m *MDP)) {
	for _, name := range ProblemNames() {
		t.Run(name, func(t *testing.T) {
			m, err := Problem(name)
			if err != nil {
				t.Fatal(err)
			}
			f(t, m)
		})
	}
}

func mustPath(t *testing.T, m *MDP, s Settings) *Path {
	t.Helper()
	p, err := NewPath(m, s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func closeTo(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol*max(1, math.Abs(want))) {
		t.Errorf("%s is %.15g, want %.15g", what, got, want)
	}
}

// TestNamedProblems holds the recipes against known optima and, where the data lie, against all tables.
func TestNamedProblems(t *testing.T) {
	values := map[string]float64{
		"cliff": 0.276349252761527, "deepsea10": 0.622224148509377, "garnet20": 8.53836765990489, "chain8": 0.839805729183741,
		"detour48": 1.88666900411095, "twoarm": 10, "threearm": 1, "trap": 0.9, "chain5": 1.60215867744378,
	}
	eachProblem(t, func(t *testing.T, m *MDP) {
		if err := m.Validate(); err != nil {
			t.Fatal(err)
		}
		if want, ok := values[m.Name]; ok {
			closeTo(t, "the optimum", Optimal(m, 0).Value, want, 1e-12)
		}
	})
	dir := dataFolder(t)
	for name := range values {
		b, err := os.ReadFile(filepath.Join(dir, name+".json"))
		if err != nil {
			continue // a folder of other problems
		}
		want, err := Parse(b)
		if err != nil {
			t.Fatal(name, err)
		}
		m, _ := Problem(name)
		if !floats.EqualApprox(m.Reward, want.Reward, 1e-13) || !slices.Equal(m.Terminal, want.Terminal) || !floats.EqualApprox(m.Rho, want.Rho, 1e-14) {
			t.Errorf("%s has other rewards, ends or starts than the file", name)
		}
		for i := range m.Next {
			dense := make([]float64, m.States)
			for _, e := range m.Next[i] {
				dense[e.To] += e.P
			}
			for _, e := range want.Next[i] {
				dense[e.To] -= e.P
			}
			if d := floats.Norm(dense, math.Inf(1)); d > 1e-12 {
				t.Errorf("%s: state %d, action %d moves otherwise by %g", name, i/m.Actions, i%m.Actions, d)
			}
		}
	}
}

// TestSolve holds the factorisation against gonum's, and both directions.
func TestSolve(t *testing.T) {
	eachProblem(t, func(t *testing.T, m *MDP) {
		pi := m.Uniform()
		e := NewEvaluation(m, 0)
		v := e.Of(pi)
		a, r := mat.NewDense(m.States, m.States, nil), mat.NewVecDense(m.States, nil)
		for s := range m.States {
			a.Set(s, s, 1)
		}
		for s := range m.States {
			r.SetVec(s, floats.Dot(m.row(pi, s), m.row(m.Reward, s)))
			for i, p := range m.row(pi, s) {
				for _, next := range m.Next[s*m.Actions+i] {
					a.Set(s, next.To, a.At(s, next.To)-m.Gamma*p*next.P)
				}
			}
		}
		var want, visits mat.VecDense
		if err := want.SolveVec(a, r); err != nil {
			t.Fatal(err)
		}
		rho := mat.NewVecDense(m.States, slices.Clone(m.Rho))
		rho.ScaleVec(1-m.Gamma, rho)
		if err := visits.SolveVec(a.T(), rho); err != nil {
			t.Fatal(err)
		}
		d := e.Visits()
		for s := range m.States {
			closeTo(t, "V", v[s], want.AtVec(s), 1e-13)
			closeTo(t, "d", d[s], visits.AtVec(s), 1e-13)
		}
		closeTo(t, "the sum of d", floats.Sum(d), 1, 1e-13)
	})
}

// TestValueIteration holds both optima against value iteration.
func TestValueIteration(t *testing.T) {
	eachProblem(t, func(t *testing.T, m *MDP) {
		for _, tau := range []float64{0, 0.05} {
			o := Optimal(m, tau)
			for s, v := range ValueIteration(m, tau, 1e-11) {
				closeTo(t, "V*", o.V[s], v, 2e-11)
			}
		}
	})
}

// TestSoftBias holds the regularised optimum's loss against its bound.
func TestSoftBias(t *testing.T) {
	eachProblem(t, func(t *testing.T, m *MDP) {
		best, soft := Optimal(m, 0), Optimal(m, 0.05)
		v := NewEvaluation(m, 0).Of(soft.Pi)
		for s := range v {
			if loss := best.V[s] - v[s]; loss < -1e-12 || loss > SoftBias(m.Gamma, 0.05, m.Actions) {
				t.Errorf("state %d loses %g, and at most %g is promised", s, loss, SoftBias(m.Gamma, 0.05, m.Actions))
			}
		}
	})
}

// TestResolvent changes states one by one and compares with solutions from the start.
func TestResolvent(t *testing.T) {
	eachProblem(t, func(t *testing.T, m *MDP) {
		pi, r := m.Uniform(), SplitMix(7)
		res := NewResolvent(m, 0.1, pi)
		e := NewEvaluation(m, 0.1)
		for range 3 * m.States {
			live := m.Live()
			s := live[r.Below(len(live))]
			row := m.row(pi, s)
			for a := range row {
				row[a] = r.Float64() + 0.01
			}
			floats.Scale(1/floats.Sum(row), row)
			res.Change(s, row)
			v := e.Of(pi)
			if d := floats.Distance(v, res.V, math.Inf(1)); d > 1e-12*max(1, floats.Norm(v, math.Inf(1))) {
				t.Fatalf("the updated value is off by %g", d)
			}
			if d := floats.Distance(e.Visits(), res.Visits(), math.Inf(1)); d > 1e-12 {
				t.Fatalf("the updated visits are off by %g", d)
			}
		}
	})
}

// TestMapInverses holds phi against inv, H' against inv and Slope against inv'.
func TestMapInverses(t *testing.T) {
	for _, kind := range append(testMaps, Map{Kind: "barrier"}) {
		h, err := kind.Potential()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []float64{1e-6, 0.001, 0.05, 0.3, 0.7, 1} {
			closeTo(t, kind.Kind+" phi(inv(p))/p", h.Phi(h.Inv(p))/p, 1, 1e-12)
			d := 1e-4 * p
			if p > 0.01 { // below it the difference of H has no digits left
				closeTo(t, kind.Kind+" H'", (h.Primitive(p+d)-h.Primitive(p-d))/(2*d), h.Inv(p), 1e-6)
			}
			closeTo(t, kind.Kind+" inv'", (h.Inv(p+d)-h.Inv(p-d))/(2*d)/h.Slope(p), 1, 1e-6)
		}
	}
}

// TestStepIdentities: the entropy step is pi exp(eta Q)/Z, euclid's is the projection onto the simplex, and tsallis 2 is
// euclid at half the step.
func TestStepIdentities(t *testing.T) {
	r := SplitMix(3)
	for range 200 {
		n := 2 + r.Below(6)
		p, q := make([]float64, n), make([]float64, n)
		for a := range p {
			p[a], q[a] = r.Float64()+1e-3, 4*r.Float64()-2
		}
		floats.Scale(1/floats.Sum(p), p)
		eta := math.Exp(8*r.Float64() - 4)
		step := func(m Map, eta float64) []float64 {
			h, err := m.Potential()
			if err != nil {
				t.Fatal(err)
			}
			y, next := make([]float64, n), slices.Clone(p)
			for a, v := range p {
				y[a] = h.Inv(v)
			}
			Step(h, y, next, q, eta)
			closeTo(t, m.Kind+"'s sum", floats.Sum(next), 1, 1e-14)
			return next
		}
		want := make([]float64, n)
		for a := range p {
			want[a] = math.Log(p[a]) + eta*q[a]
		}
		softmaxTo(want, want)
		euclid, half := step(Map{Kind: "euclid"}, eta), step(Map{Kind: "tsallis", Q: 2}, 2*eta)
		entropic := step(Map{Kind: "entropy"}, eta)
		for a := range p {
			closeTo(t, "the entropy step", entropic[a], want[a], 1e-12)
			closeTo(t, "tsallis 2 at twice the step", half[a], euclid[a], 1e-12)
		}
		// The projection's conditions: p_new - (p + eta q) is one number where p_new > 0, and no less elsewhere.
		lam := math.Inf(1)
		for a, v := range euclid {
			lam = min(lam, v-p[a]-eta*q[a])
		}
		for a, v := range euclid {
			if d := v - p[a] - eta*q[a] - lam; v > 0 && d > 1e-12*max(1, eta) {
				t.Errorf("euclid's step is no projection: %g", d)
			}
		}
	}
}

// TestNaturalGradient: the entropy step is theta + eta (1-gamma) F^+ grad V(rho) of softmax, F the Fisher matrix under
// d_rho.
func TestNaturalGradient(t *testing.T) {
	m, err := Problem("garnet20")
	if err != nil {
		t.Fatal(err)
	}
	const eta = 0.7
	p := mustPath(t, m, Settings{Method: "pmd", Step: Rule{Kind: "constant", Eta: eta}})
	p.Advance() // from a policy that is not uniform
	pi, v := slices.Clone(p.Pi), slices.Clone(p.V)
	e := NewEvaluation(m, 0)
	e.Of(pi)
	d, q := e.Visits(), m.QTo(nil, v)
	p.Advance()
	for s := range m.States {
		n := m.Actions
		row, f, grad := m.row(pi, s), mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
		mean := floats.Dot(row, m.row(q, s))
		for a := range n {
			grad.SetVec(a, d[s]*row[a]*(m.row(q, s)[a]-mean)/(1-m.Gamma))
			for b := range n {
				f.Set(a, b, -d[s]*row[a]*row[b])
			}
			f.Set(a, a, d[s]*row[a]*(1-row[a]))
		}
		var svd mat.SVD
		if !svd.Factorize(f, mat.SVDFull) {
			t.Fatal("no decomposition")
		}
		var direction mat.VecDense
		direction.MulVec(pseudoInverse(&svd), grad)
		next := make([]float64, n)
		for a := range n {
			next[a] = math.Log(row[a]) + eta*(1-m.Gamma)*direction.AtVec(a)
		}
		softmaxTo(next, next)
		for a := range n {
			closeTo(t, "the natural gradient's policy", m.row(p.Pi, s)[a], next[a], 1e-12)
		}
	}
}

func pseudoInverse(svd *mat.SVD) mat.Matrix {
	var u, v, us, pinv mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	values := svd.Values(nil)
	inverse := mat.NewDiagDense(len(values), nil)
	for i, s := range values {
		if s > 1e-12*values[0] {
			inverse.SetDiag(i, 1/s)
		}
	}
	us.Mul(&v, inverse)
	pinv.Mul(&us, u.T())
	return &pinv
}

// TestDualAveraging: it is mirror descent while nothing is truncated, and otherwise it remembers a debt that mirror
// descent forgets.
func TestDualAveraging(t *testing.T) {
	eachProblem(t, func(t *testing.T, m *MDP) {
		for _, kind := range []Map{{Kind: "entropy"}, {Kind: "tsallis", Q: 0.5}} {
			rule := Rule{Kind: "constant", Eta: 0.5}
			a, b := mustPath(t, m, Settings{Method: "pmd", Map: kind, Step: rule}), mustPath(t, m, Settings{Method: "dual-averaging", Map: kind, Step: rule})
			for range 30 {
				a.Advance()
				b.Advance()
			}
			if d := floats.Distance(a.Pi, b.Pi, math.Inf(1)); d > 1e-12*30 {
				t.Errorf("%s: the policies differ by %g", kind.Kind, d)
			}
		}
	})
	m, _ := Problem("chain5")
	for method, want := range map[string]int{"pmd": 13, "dual-averaging": 17} {
		s := Settings{Method: method, Map: Map{Kind: "euclid"}, Step: Rule{Kind: "constant", Eta: 8}}
		if k := iterationsTo(t, m, s, 0.01, 100); k != want {
			t.Errorf("%s takes %d iterations to 1 %%, want %d", method, k, want)
		}
	}
}

// iterationsTo is the first k at which gapRho is a share of what it was at 0.
func iterationsTo(t *testing.T, m *MDP, s Settings, share float64, limit int) int {
	p := mustPath(t, m, s)
	gap := func() float64 { return gapIn(m.Rho, p.Optimum.V, p.V) }
	for first := gap(); gap() > share*first && p.K < limit; {
		p.Advance()
	}
	return p.K
}

// TestMonotone: with h = 1 and exact values V rises in every state, for every map and step.
func TestMonotone(t *testing.T) {
	eachProblem(t, func(t *testing.T, m *MDP) {
		for _, kind := range append(testMaps, Map{Kind: "barrier"}) {
			for _, eta := range []float64{0.1, 1, 30} {
				p := mustPath(t, m, Settings{Method: "pmd", Map: kind, Step: Rule{Kind: "constant", Eta: eta}})
				for range 20 {
					before := slices.Clone(p.V)
					p.Advance()
					for s, v := range p.V {
						if v < before[s]-1e-12*max(1, math.Abs(v)) {
							t.Fatalf("%s, eta %g, k %d: V falls from %.15g to %.15g in state %d", kind.Kind, eta, p.K, before[s], v, s)
						}
					}
				}
			}
		}
	})
}

// TestHugeStep: h-PMD whose steps dwarf all before them is h-step policy iteration, where no values tie; where they do,
// its policy is greedy.
func TestHugeStep(t *testing.T) {
	for _, name := range []string{"garnet20", "chain8", "trap", "cliff", "detour48"} {
		m, _ := Problem(name)
		for _, h := range []int{1, 2, 4} {
			for _, kind := range testMaps {
				a := mustPath(t, m, Settings{Method: "h-pmd", Map: kind, H: h, Step: Rule{Kind: "geometric", Eta0: 1e20, Factor: 1e15}})
				b := mustPath(t, m, Settings{Method: "h-pi", H: h})
				for range 8 {
					q := m.LookaheadTo(nil, a.V, h)
					a.Advance()
					b.Advance()
					if d := math.Abs(a.GapSup() - b.GapSup()); d > 1e-9 && name != "cliff" && name != "detour48" {
						t.Errorf("%s, h %d, %s, k %d: the gaps differ by %g", name, h, kind.Kind, a.K, d)
					}
					for s := range m.States {
						for i, p := range m.row(a.Pi, s) {
							if row := m.row(q, s); row[i] < slices.Max(row)-tie(row) && p > 1e-9 {
								t.Fatalf("%s, h %d, %s, k %d: an action that is not greedy has probability %g", name, h, kind.Kind, a.K, p)
							}
						}
					}
				}
			}
		}
	}
}

// TestSoftLimit: regularised descent, in all states or one by one, ends at softmax(Q*_tau/tau).
func TestSoftLimit(t *testing.T) {
	for _, name := range []string{"garnet20", "chain8", "detour48", "cliff"} {
		m, _ := Problem(name)
		o := Optimal(m, 0.05)
		want := m.Uniform()
		for s := range m.States {
			floats.ScaleTo(m.row(want, s), 1/0.05, m.row(o.Q, s))
			softmaxTo(m.row(want, s), m.row(want, s))
		}
		for _, s := range []Settings{
			{Method: "reg-pmd", Tau: 0.05, Step: Rule{Kind: "constant", Eta: 20}},
			{Method: "bpmd", Tau: 0.05, Sampling: "cyclic", Step: Rule{Kind: "constant", Eta: 20}},
			{Method: "bpmd", Tau: 0.05, Sampling: "uniform", Step: Rule{Kind: "constant", Eta: 200}},
		} {
			p := mustPath(t, m, s)
			k := 80
			if s.Method == "bpmd" {
				k *= 3 * m.States
			}
			for range k {
				p.Advance()
			}
			if d := floats.Distance(p.Pi, want, math.Inf(1)); d > 1e-9 {
				t.Errorf("%s, %s %s: the policy is off softmax(Q*/tau) by %g", name, s.Method, s.Sampling, d)
			}
		}
	}
}

// TestOneState: lookahead does nothing in a bandit, pi_k = pi_0 exp(k eta r)/Z.
func TestOneState(t *testing.T) {
	for _, name := range []string{"twoarm", "threearm", "doublewell"} {
		m, _ := Problem(name)
		for _, h := range []int{1, 3} {
			p := mustPath(t, m, Settings{Method: "h-pmd", H: h, Step: Rule{Kind: "constant", Eta: 0.5}})
			for range 20 {
				p.Advance()
			}
			want := slices.Clone(m.Reward)
			floats.Scale(0.5*20, want)
			softmaxTo(want, want)
			if d := floats.Distance(p.Pi, want, math.Inf(1)); d > 1e-12 {
				t.Errorf("%s, h %d: the policy is off by %g", name, h, d)
			}
		}
	}
}

// TestKnownCounts are the iterations to 1 % and the other values of the table that the reference came with.
func TestKnownCounts(t *testing.T) {
	adaptive := func(h, depth int) Settings {
		return Settings{Method: "h-pmd", H: h, Step: Rule{Kind: "adaptive", C0: 1, Depth: depth}}
	}
	constant := func(m Map) Settings {
		return Settings{Method: "pmd", Map: m, Step: Rule{Kind: "constant", Eta: 2}}
	}
	for _, c := range []struct {
		problem string
		s       Settings
		want    int
	}{
		{"cliff", adaptive(1, 1), 22}, {"cliff", adaptive(2, 2), 15}, {"cliff", adaptive(4, 4), 9}, {"cliff", adaptive(8, 8), 6},
		{"cliff", adaptive(4, 1), 25},
		{"cliff", Settings{Method: "h-pi", H: 1}, 4}, {"cliff", Settings{Method: "h-pi", H: 2}, 3}, {"cliff", Settings{Method: "h-pi", H: 4}, 3},
		{"deepsea10", adaptive(1, 1), 13}, {"deepsea10", adaptive(2, 2), 8}, {"deepsea10", adaptive(4, 4), 5}, {"deepsea10", adaptive(8, 8), 3},
		{"deepsea10", adaptive(2, 1), 12}, {"deepsea10", adaptive(4, 1), 10}, {"deepsea10", adaptive(8, 1), 9},
		{"chain8", constant(testMaps[0]), 38}, {"chain8", constant(testMaps[1]), 15}, {"chain8", constant(testMaps[2]), 53},
		{"chain8", constant(testMaps[3]), 32}, {"chain8", constant(testMaps[4]), 34},
	} {
		m, _ := Problem(c.problem)
		if k := iterationsTo(t, m, c.s, 0.01, 200); k != c.want {
			t.Errorf("%s %s h %d %s %s: %d iterations to 1 %%, want %d", c.problem, c.s.Method, c.s.H, c.s.Map.Kind, c.s.Step.Kind, k, c.want)
		}
	}
}

// TestLogGapSlope: in the end log gap falls with slope -eta Delta under a constant step of entropy.
func TestLogGapSlope(t *testing.T) {
	m, _ := Problem("chain8")
	p := mustPath(t, m, Settings{Method: "pmd", Step: Rule{Kind: "constant", Eta: 2}})
	delta := math.Inf(1)
	for s := range m.States {
		q := slices.Sorted(slices.Values(m.row(p.Optimum.Q, s)))
		delta = min(delta, q[len(q)-1]-q[len(q)-2])
	}
	var before float64
	for range 200 {
		before = math.Log(p.GapSup())
		p.Advance()
	}
	closeTo(t, "the slope over -eta Delta", (math.Log(p.GapSup())-before)/(-2*delta), 1, 0.05)
}

// TestTrap: with two steps of lookahead the value falls at first, with one never.
func TestTrap(t *testing.T) {
	m, _ := Problem("trap")
	start := Start{{0.5, 0.5}, {0.98, 0.02}, {0.5, 0.5}}
	p := mustPath(t, m, Settings{Method: "h-pmd", H: 2, Step: Rule{Kind: "constant", Eta: 0.25}, Start: start})
	closeTo(t, "the value at 0", p.V[0], 0.2590, 5e-5)
	for range 6 {
		p.Advance()
	}
	closeTo(t, "the value at 6", p.V[0], 0.2259, 5e-5)
}

// TestCap: noise makes the adaptive step explode, up to its cap, and the row says so.
func TestCap(t *testing.T) {
	m, _ := Problem("garnet20")
	p := mustPath(t, m, Settings{Method: "h-pmd", H: 3, Step: Rule{Kind: "adaptive"}, Noise: Noise{B: 0.05, Seed: 9}})
	rows, err := p.Run(context.Background(), 30)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(rows, func(r Row) bool { return r.Capped && r.Eta == DefaultCap }) {
		t.Error("no step met the cap")
	}
	for _, r := range rows {
		if r.GapSup > r.Bound {
			t.Errorf("k %d: the gap %g is above the bound %g", r.K, float64(r.GapSup), float64(r.Bound))
		}
	}
}

// TestRefusals: what does not go together is refused with the reason.
func TestRefusals(t *testing.T) {
	garnet, _ := Problem("garnet20")
	bandit, _ := Problem("threearm")
	yes := true
	for _, c := range []struct {
		s    Settings
		m    *MDP
		want string
	}{
		{Settings{Method: "sarsa"}, garnet, "method must be one of"},
		{Settings{Method: "pmd", H: 4}, garnet, "no lookahead"},
		{Settings{Method: "pmd", Map: Map{Kind: "barrier"}, Step: Rule{Kind: "adaptive"}}, garnet, "log barrier has no adaptive step"},
		{Settings{Method: "pmd", Step: Rule{Kind: "adaptive"}}, bandit, "gamma is 0"},
		{Settings{Method: "bpmd", Map: Map{Kind: "euclid"}}, garnet, "entropy"},
		{Settings{Method: "bpmd", Step: Rule{Kind: "adaptive"}}, garnet, "belongs to pmd"},
		{Settings{Method: "bpmd", Sampling: "hybrid"}, garnet, "wants H"},
		{Settings{Method: "bpmd", Visits: 5}, garnet, "hybrid"},
		{Settings{Method: "pmd", Tau: 0.1}, garnet, "not regularised"},
		{Settings{Method: "pmd", Sampling: "cyclic"}, garnet, "belong to bpmd"},
		{Settings{Method: "h-pi", Step: Rule{Kind: "constant", Eta: 1}}, garnet, "no step rule"},
		{Settings{Method: "softmax-pg", M: 3}, garnet, "belong to mdpo-on"},
		{Settings{Method: "pmd", Anneal: &yes}, garnet, "belong to softmax-pg"},
		{Settings{Method: "mdpo-on", Noise: Noise{B: 1}}, garnet, "noise belongs"},
		{Settings{Method: "pmd", Map: Map{Kind: "tsallis", Q: 1}}, garnet, "order q"},
		{Settings{Method: "pmd", Map: Map{Kind: "hyperbolic"}}, garnet, "b > 0"},
		{Settings{Method: "npg", Map: Map{Kind: "euclid"}}, garnet, "entropy map"},
		{Settings{Method: "pmd", Map: Map{Kind: "euclid", Q: 0.5}}, garnet, "q belongs to the map tsallis"},
		{Settings{Method: "pmd", Map: Map{B: 0.5}}, garnet, "b belongs to the map hyperbolic"},
		{Settings{Method: "pmd", Map: Map{Kind: "entropy", W: []float64{1, 1, 1, 1, 1}}}, garnet, "w belongs to the map mixed"},
		{Settings{Method: "pmd", Step: Rule{Eta0: 2}}, garnet, "eta0 belongs to the geometric step, not to the constant one"},
		{Settings{Method: "pmd", Step: Rule{Kind: "adaptive", Eta: 2}}, garnet, "eta belongs to the constant step"},
		{Settings{Method: "bpmd", Step: Rule{Kind: "geometric", Cap: 2}}, garnet, "cap belongs to the adaptive step"},
		{Settings{Method: "pmd", EqualFirstStep: true, Step: Rule{Kind: "adaptive"}}, garnet, "needs no equal first step"},
		{Settings{Method: "reg-pmd", EqualFirstStep: true}, garnet, "no choice of a mirror map"},
		{Settings{Method: "pmd", Start: Start{{1, 0, 0}}}, bandit, "never raise"},
		{Settings{Method: "pmd", Start: Start{{0.5, 0.4, 0}}}, bandit, "sum to"},
	} {
		_, err := NewPath(c.m, c.s)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.s, err, c.want)
		}
	}
	cliff, _ := Problem("cliff")
	if _, err := Optimal(cliff, 0.05).Stationary(cliff); err == nil || !strings.Contains(err.Error(), "ergodic") {
		t.Errorf("nu* of cliff: %v", err)
	}
}

// TestParse: bad files are refused with the reason, and a problem survives its own format.
func TestParse(t *testing.T) {
	eachProblem(t, func(t *testing.T, m *MDP) {
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "the optimum", Optimal(again, 0).Value, Optimal(m, 0).Value, 0)
	})
	if m, err := Parse([]byte(`{"gamma":0.5,"states":2,"actions":1,"rho":[1,0],"terminal":[1],"transitions":[[[0.25,0.75]],[[[1,1]]]],"rewards":[[1],[0]]}`)); err != nil {
		t.Error("a dense law is refused:", err)
	} else {
		closeTo(t, "V", NewEvaluation(m, 0).Of(m.Uniform())[0], 1/(1-0.125), 1e-15)
	}
	for text, want := range map[string]string{
		`{`: "cannot be read", `{"states":1,"actions":1}`: "gamma is missing",
		`{"gamma":1,"states":1,"actions":1,"rho":[1],"transitions":[[[[0,1]]]],"rewards":[[0]]}`:                "gamma must lie",
		`{"gamma":0,"states":1,"actions":1,"rho":[1],"transitions":[[[[0,0.5]]]],"rewards":[[0]]}`:              "sum to 0.5",
		`{"gamma":0,"states":1,"actions":1,"rho":[1],"transitions":[[[[1,1]]]],"rewards":[[0]]}`:                "no state 1",
		`{"gamma":0,"states":1,"actions":1,"rho":[0.5],"transitions":[[[[0,1]]]],"rewards":[[0]]}`:              "rho",
		`{"gamma":0,"states":1,"actions":1,"rho":[1],"terminal":[0],"transitions":[[[[0,1]]]],"rewards":[[2]]}`: "terminal state has reward 0",
		`{"gamma":0,"states":1,"actions":1,"rho":[1],"terminal":[4],"transitions":[[[[0,1]]]],"rewards":[[2]]}`: "no state 4",
		`{"gamma":0,"states":9999999,"actions":1}`:                                                              "states",
		`[1]`: "all of it must be an object, not a list", `{"gamma":"1"}`: "gamma must be a number, not a text", `{"states":2.5}`: "states must be a whole number, not 2.5",
		`{"gamma":NaN}`: "it is not JSON at byte",
		`{"gamma":0,"states":2,"actions":1,"rho":[1,0],"transitions":[[[1]],[[0,1]]],"rewards":[[0],[0]]}`: "state 0, action 0: there are 1 probabilities of next states for 2 states",
		`{"gamma":0,"states":1,"actions":1,"rho":[1],"transitions":[[[[0,1,5]]]],"rewards":[[0]]}`:         "a next state is [state, probability]",
		`{"gamma":0,"states":1,"actions":1,"rho":[1],"transitions":[[[[0]]]],"rewards":[[0]]}`:             "a next state is [state, probability]",
		`{"gamma":0,"states":1,"actions":1,"rho":[1],"transitions":[["left"]],"rewards":[[0]]}`:            "the next states are a list of",
		`{"gamma":0,"states":1,"actions":1,"rho":[1],"transitions":[[[[0,1]]]],"rewards":[[null]]}`:        "rewards of state 0: number 0 is null",
		`{"gamma":0,"states":1,"actions":1,"rho":[null],"transitions":[[[[0,1]]]],"rewards":[[0]]}`:        "rho: number 0 is null",
		`{"gamma":0,"states":1,"actions":1,"rho":[1],"transitions":[[[[0,1e999]]]],"rewards":[[0]]}`:       "the next states are a list of",
		`{"gamma":0,"states":1,"actions":1,"rho":[1],"transitions":[[[[0,1]]]],"rewards":[[1e999]]}`:       "must be a number, not 1e999",
		`{"grid":{"layout":["S.","#"],"gamma":0.9}}`:                                                       "row 1 has 1 cells",
		`{"grid":{"layout":["..G"],"gamma":0.9}}`:                                                          "no start",
		`{"grid":{"layout":["S?"],"gamma":0.9}}`:                                                           "cells are",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// TestGoal: a goal pays what the grid says, 1 where it says nothing, and a move its cost.
func TestGoal(t *testing.T) {
	for goal, want := range map[float64]float64{0: 0.75, 2.5: 2.25} {
		m, err := (&Grid{Layout: []string{"SG"}, Step: -0.25, Goal: goal, Gamma: 0.9}).MDP("goal")
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "V*", Optimal(m, 0).V[0], want, 1e-15)
	}
}

// TestRing: a ring has no end, and its optimal chain is ergodic.
func TestRing(t *testing.T) {
	g := Grid{Layout: []string{"S..", ".X.", "..G"}, Slip: 0.2, Step: -0.05, Gamma: 0.9, Ring: true}
	m, err := g.MDP("ring")
	if err != nil {
		t.Fatal(err)
	}
	nu, err := Optimal(m, 0.05).Stationary(m)
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "the sum of nu*", floats.Sum(nu), 1, 1e-13)
}

// TestNumbersInJSON: what JSON has no word for comes back as it was.
func TestNumbersInJSON(t *testing.T) {
	for _, v := range []float64{math.Inf(1), math.Inf(-1), math.NaN(), 0, -1.5, math.MaxFloat64} {
		b, err := json.Marshal(Number(v))
		if err != nil {
			t.Fatal(err)
		}
		var back Number
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if got := float64(back); got != v && !(math.IsNaN(got) && math.IsNaN(v)) {
			t.Errorf("%g becomes %s and then %g", v, b, got)
		}
	}
	for _, bad := range []string{`"1"`, `1e309`, `[1]`} {
		var n Number
		if err := json.Unmarshal([]byte(bad), &n); err == nil {
			t.Errorf("%s is read as %g", bad, float64(n))
		}
	}
}

// TestParseSettings: names and zeros that nobody can have meant are refused; what describes a run besides is not.
func TestParseSettings(t *testing.T) {
	var s Settings
	if err := ParseSettings([]byte(`{"method":"pmd","step":{"kind":"constant","eta":2},"tau":0,"columns":["k"],"rows":[[0]],"tol":1}`), &s); err != nil || s.Step.Eta != 2 {
		t.Error(s, err)
	}
	for text, want := range map[string]string{
		`{"method":"pmd","stepp":{}}`: "no setting is named \"stepp\"; did you mean step?", `{"step":{"kind":"constant","etaa":2}}`: "no setting of step is named \"etaa\"; did you mean eta",
		`{"step":{"kind":"constant","eta":0}}`: "eta must be positive, not 0", `{"m":0}`: "m must be positive", `{"map":"entropy"}`: "map: all of it must be an object, not a text",
		`[]`: "must be an object, not a list", `{"method":5}`: "method must be a text, not a number", `{"start":[[null]]}`: "start of state 0: number 0 is null", `{"start":"left"}`: "start must be",
	} {
		if err := ParseSettings([]byte(text), &s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

package tabular

import (
	"math"
	"testing"
)

// slack is the smallest share of a bound that its path left unused, by bound.
type slack map[string]float64

// hold checks gap <= bound and keeps how close it came; gaps at the size of rounding errors say nothing.
func (s slack) hold(t *testing.T, name string, k int, gap, bound, scale float64) {
	t.Helper()
	if math.IsNaN(bound) {
		t.Fatalf("%s: no bound at k %d", name, k)
	}
	if gap > bound+1e-11*scale {
		t.Errorf("%s, k %d: %.12g is above the bound %.12g", name, k, gap, bound)
	}
	if left, ok := s[name]; bound > 1e-9*scale && k > 0 && (!ok || 1-gap/bound < left) {
		s[name] = 1 - gap/bound
	}
}

// TestBounds follows every bound along paths of every problem.
func TestBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds; make test runs it")
	}
	s := slack{}
	eachProblem(t, func(t *testing.T, m *MDP) {
		for _, c := range boundedRuns(m) {
			p := mustPath(t, m, c)
			if p.BoundReason() != nil {
				continue // on problems without nu*
			}
			name := p.BoundOn() + " " + p.Settings.Method + " " + p.Settings.Step.Kind
			if c.Noise.B > 0 {
				name += " with noise"
			}
			scale := max(1, p.GapSup())
			for range 40 {
				r := p.Row()
				gap := map[string]Number{"gapRho": r.GapRho, "gapSup": r.GapSup}[p.BoundOn()]
				if p.BoundOn() == "potential" {
					gap = r.Potential
				}
				s.hold(t, name, p.K, float64(gap), float64(r.Bound), scale)
				p.Advance()
			}
		}
	})
	for name, left := range s {
		t.Logf("%-32s at least %.3g of the bound is unused", name, left)
	}
}

func boundedRuns(m *MDP) (runs []Settings) {
	for _, kind := range testMaps {
		for _, eta := range []float64{0.1, 2, 50} {
			runs = append(runs, Settings{Method: "pmd", Map: kind, Step: Rule{Kind: "constant", Eta: eta}})
		}
		runs = append(runs, Settings{Method: "h-pmd", H: 3, Map: kind, Step: Rule{Kind: "constant", Eta: 2}})
		if m.Gamma == 0 {
			continue
		}
		runs = append(runs, Settings{Method: "pmd", Map: kind, Step: Rule{Kind: "geometric", Eta0: 0.3}})
		for _, h := range []int{1, 2, 5} {
			for _, c0 := range []float64{0.01, 1} {
				runs = append(runs, Settings{Method: "h-pmd", H: h, Map: kind, Step: Rule{Kind: "adaptive", C0: c0}})
			}
			runs = append(runs, Settings{Method: "h-pmd", H: h, Map: kind, Step: Rule{Kind: "adaptive"}, Noise: Noise{B: 0.03, Seed: 2}})
		}
	}
	for _, h := range []int{1, 2, 4} {
		runs = append(runs, Settings{Method: "h-pi", H: h})
	}
	for _, eta := range []float64{0.2, 5, math.Inf(1)} {
		runs = append(runs, Settings{Method: "reg-pmd", Tau: 0.05, Step: Rule{Kind: "constant", Eta: eta}})
	}
	if m.Gamma > 0 {
		runs = append(runs, Settings{Method: "reg-pmd", Step: Rule{Kind: "geometric", Eta0: 0.3}}, Settings{Method: "reg-pmd", Tau: 0.05, Step: Rule{Kind: "geometric", Eta0: 0.3, Factor: 1.02}})
	}
	return runs
}

// TestPotentialBound: with tau = 0 and steps that grow by 1/gamma the bound falls by gamma an iteration, with constant steps
// and tau > 0 by 1/(1 + eta tau) where that is more.
func TestPotentialBound(t *testing.T) {
	m, _ := Problem("garnet20")
	for _, c := range []struct {
		s    Settings
		rate float64
	}{
		{Settings{Method: "pmd", Map: Map{Kind: "euclid"}, Step: Rule{Kind: "geometric", Eta0: 0.3}}, 0.9},
		{Settings{Method: "reg-pmd", Step: Rule{Kind: "geometric", Eta0: 0.3}}, 0.9},
		{Settings{Method: "reg-pmd", Tau: 0.05, Step: Rule{Kind: "constant", Eta: 1}}, 1 / 1.05},
		{Settings{Method: "reg-pmd", Tau: 0.05, Step: Rule{Kind: "constant", Eta: 100}}, 0.9},
	} {
		p := mustPath(t, m, c.s)
		first := float64(p.Row().Bound)
		for range 7 {
			p.Advance()
		}
		closeTo(t, p.Settings.Method+" "+p.Settings.Step.Kind, float64(p.Row().Bound), first*math.Pow(c.rate, 7), 1e-14*first)
	}
}

// TestBlockDrift: the expected potential after one uniformly drawn state falls by the promised rate, with a constant step
// and an entropy weight, and without one with steps that grow by 1/r, r = 1 - (1-gamma)/S.
func TestBlockDrift(t *testing.T) {
	left := math.Inf(1)
	for _, name := range []string{"garnet20", "chain5", "chain8", "detour48"} {
		m, _ := Problem(name)
		plain := 1 - (1-m.Gamma)/float64(m.States)
		closeTo(t, "r", BlockRate(m.Gamma, 3, 0, 1/plain, m.States), plain, 1e-15)
		for _, c := range []struct {
			tau  float64
			step Rule
		}{
			{0.05, Rule{Kind: "constant", Eta: 0.5}}, {0.05, Rule{Kind: "constant", Eta: 1 / 0.05 * (1/m.Gamma - 1)}}, {0.05, Rule{Kind: "constant", Eta: 20}},
			{0, Rule{Kind: "geometric", Eta0: 1, Factor: 1 / plain}}, {0.05, Rule{Kind: "geometric", Eta0: 1, Factor: 1.01}},
		} {
			p := mustPath(t, m, Settings{Method: "bpmd", Tau: c.tau, Sampling: "uniform", Seed: 3, Step: c.step})
			for range 12 {
				rate := BlockRate(m.Gamma, p.stepSize(), c.tau, p.growth(), m.States)
				ratio := p.expectedPotential() / float64(p.nuRow().Potential)
				if ratio > rate {
					t.Errorf("%s, %v, k %d: the potential falls by %g, and %g is promised", name, c, p.K, ratio, rate)
				}
				left = min(left, rate-ratio)
				for range m.States {
					p.Advance()
				}
			}
		}
	}
	t.Logf("the smallest distance to the promised rate is %.3g", left)
}

// TestSweepContraction: in the end the potential contracts by (1 + eta tau)^-2 a step in all states.
func TestSweepContraction(t *testing.T) {
	m, _ := Problem("garnet20")
	for _, c := range []struct {
		eta float64
		k   int
	}{{1 / 0.05 * (1/m.Gamma - 1), 60}, {22.2222222222222, 12}} {
		p := mustPath(t, m, Settings{Method: "reg-pmd", Tau: 0.05, Step: Rule{Kind: "constant", Eta: c.eta}})
		var before float64
		for range c.k {
			before = float64(p.nuRow().Potential)
			p.Advance()
		}
		closeTo(t, "the contraction", float64(p.nuRow().Potential)/before, math.Pow(1+c.eta*0.05, -2), 0.02)
	}
}

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
		runs = append(runs, Settings{Method: "reg-pmd", Step: Rule{Kind: "geometric", Eta0: 0.3}})
	}
	return runs
}

// TestBlockDrift: the expected potential after one uniformly drawn state falls by the promised rate.
func TestBlockDrift(t *testing.T) {
	left := math.Inf(1)
	for _, name := range []string{"garnet20", "chain5", "chain8", "detour48"} {
		m, _ := Problem(name)
		for _, eta := range []float64{0.5, 1 / 0.05 * (1/m.Gamma - 1), 20} {
			p := mustPath(t, m, Settings{Method: "bpmd", Tau: 0.05, Sampling: "uniform", Seed: 3, Step: Rule{Kind: "constant", Eta: eta}})
			rate := BlockRate(m.Gamma, eta, 0.05, m.States)
			for range 12 {
				ratio := p.expectedPotential() / float64(p.nuRow().Potential)
				if ratio > rate {
					t.Errorf("%s, eta %g, k %d: the potential falls by %g, and %g is promised", name, eta, p.K, ratio, rate)
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

package tabular

import (
	"math"
	"testing"

	"onestep/engine/rng"
)

// TestLearner: a seed gives the same weights, and every map leaves a share of V* between 0 and more than all.
func TestLearner(t *testing.T) {
	small := func() *Learner {
		l := NewLearner(3)
		l.grids = l.grids[:3]
		return l
	}
	l, again := small(), small()
	for range 2 {
		for _, l := range []*Learner{l, again} {
			if err := l.Advance(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if l.Theta != again.Theta || l.Generation != 2 {
		t.Errorf("one seed gives %v and %v after %d generations", l.Theta, again.Theta, l.Generation)
	}
	for _, m := range []Map{l.Map(), {Kind: "entropy"}, {Kind: "tsallis", Q: 1.5}} {
		if gap := shortfall(l.grids, m, 1, 3, 0); math.IsNaN(gap) || gap < 0 || gap > 1 {
			t.Errorf("%s lacks %g", m.Kind, gap)
		}
	}
}

// TestEvolutionClimbs: on a fitness whose greatest place is known the strategies come near it, whatever increasing function
// of it they see, since they count by rank.
func TestEvolutionClimbs(t *testing.T) {
	best := [mixedTerms]float64{1, -1, 0.5, 2, -0.5}
	fitness := func(theta [mixedTerms]float64) float64 {
		var sum float64
		for j, v := range theta {
			sum -= (v - best[j]) * (v - best[j])
		}
		return sum
	}
	climb := func(seen func(float64) float64) (theta [mixedTerms]float64) {
		for generation := range 10 * LearnGenerations {
			theta, _ = evolved(theta, rng.New(1).Split(uint64(generation)), func(theta [mixedTerms]float64) (float64, error) { return seen(fitness(theta)), nil })
		}
		return theta
	}
	theta := climb(func(x float64) float64 { return x })
	if away := -fitness(theta); away > 0.1 { // from 6.5; the steps' length rests at rate sigma
		t.Errorf("the strategies end at %v, %g away squared", theta, away)
	}
	if again := climb(math.Exp); again != theta {
		t.Errorf("exp of the fitness ends at %v, not %v", again, theta)
	}
}

// TestRanks: ranks are even and symmetric.
func TestRanks(t *testing.T) {
	for i, want := range []float64{0.5, -0.5, 0} {
		closeTo(t, "rank", ranks([]float64{3, 1, 2})[i], want, 1e-15)
	}
}

package tabular

import (
	"math"
	"testing"
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

// TestRanks: ranks are even and symmetric.
func TestRanks(t *testing.T) {
	for i, want := range []float64{0.5, -0.5, 0} {
		closeTo(t, "rank", ranks([]float64{3, 1, 2})[i], want, 1e-15)
	}
}

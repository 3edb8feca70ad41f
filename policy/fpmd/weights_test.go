package fpmd

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/actor"
)

// weighing is an agent with nothing but what weigh reads: two states with three candidates each.
func weighing(w Weighting, alpha float64) *Agent {
	return &Agent{
		Config: Config{Weighting: w, Particles: 3, StatRate: 0.5, PerStateRate: 0.5}, LogAlpha: math.Log(alpha),
		share: share{acts: &actor.Actor{Q: []float32{1, 2, 3, 10, 10, 16}, Mean: []float32{2, 12}}, qNext: []float32{3, 11}, w: make([]float32, 2)},
	}
}

// By hand: deviations -1, 0, 1, -2, -2, 4, mean square 26/6; advantages 1 and -1.
func TestPerStateWeights(t *testing.T) {
	a := weighing(PerState, 2)
	a.weigh()
	rms := math.Sqrt(26.0 / 6)
	require.InDelta(t, math.Exp(1/rms/2), float64(a.w[0]), 1e-6)
	require.InDelta(t, math.Exp(-1/rms/2), float64(a.w[1]), 1e-6)
	require.InDelta(t, 7, a.Last.QMean, 1e-9)
	w0, w1 := float64(a.w[0]), float64(a.w[1])
	require.InDelta(t, (w0+w1)*(w0+w1)/(2*(w0*w0+w1*w1)), a.Last.ESS, 1e-9)
}

// The running mean and std start at (0, 1) and are updated after use; 3 and 11 are clipped to 3, then the
// moments are those of (3, 11): mean 7, std 4.
func TestGlobalWeights(t *testing.T) {
	a := weighing(Global, 2)
	a.weigh()
	require.InDeltaSlice(t, []float64{math.Exp(1.5), math.Exp(1.5)}, []float64{float64(a.w[0]), float64(a.w[1])}, 1e-6)
	a.weigh()
	require.InDeltaSlice(t, []float64{math.Exp(-0.5), math.Exp(0.5)}, []float64{float64(a.w[0]), float64(a.w[1])}, 1e-6)
}

// q - mean/std without parentheses: 3 - 7/4 and 11 - 7/4, the second clipped.
func TestAsReleasedWeights(t *testing.T) {
	a := weighing(AsReleased, 2)
	a.weigh()
	a.weigh()
	require.InDeltaSlice(t, []float64{math.Exp(1.25 / 2), math.Exp(1.5)}, []float64{float64(a.w[0]), float64(a.w[1])}, 1e-6)
}

func TestConstantWeights(t *testing.T) {
	a := weighing(Constant, 2)
	a.weigh()
	require.Equal(t, []float32{1, 1}, a.w)
	require.InDelta(t, 1, a.Last.ESS, 1e-12)
}

func TestEqualCandidatesGiveFiniteWeights(t *testing.T) {
	a := weighing(PerState, 2)
	a.acts.Q, a.acts.Mean, a.qNext = []float32{1, 1, 1, 2, 2, 2}, []float32{1, 2}, []float32{1, 2}
	a.weigh()
	require.Equal(t, []float32{1, 1}, a.w)
}

// Held for a quarter of the run, then linear to a tenth at three quarters.
func TestPolicyLearningRate(t *testing.T) {
	a := &Agent{Config: Config{PolicyLR: 1}, TotalUpdates: 100}
	for updates, want := range map[int]float64{0: 1, 25: 1, 50: 0.55, 75: 0.1, 100: 0.1} {
		a.Updates = updates
		require.InDelta(t, want, a.policyLR(), 1e-12, "after %d updates", updates)
	}
}

// The critics' rate is constant [code] unless a share of it is to be left; then it falls as the policy's does.
func TestTheCriticsRate(t *testing.T) {
	constant := &Agent{Config: Config{CriticLR: 2}, TotalUpdates: 100}
	falling := &Agent{Config: Config{CriticLR: 2, CriticLREnd: 0.05}, TotalUpdates: 100}
	for updates, want := range map[int]float64{0: 2, 25: 2, 50: 1.05, 75: 0.1, 100: 0.1} {
		constant.Updates, falling.Updates = updates, updates
		require.Equal(t, 2.0, constant.criticLR())
		require.InDelta(t, want, falling.criticLR(), 1e-12, "after %d updates", updates)
	}
}

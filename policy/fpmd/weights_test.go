package fpmd

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/actor"
	"onestep/policy/learner"
)

// weighing is a learner with nothing but what weigh reads: two states with three candidates each.
type weighing struct {
	*Shard
	l *Learner
}

func newWeighing(w Weighting, alpha float64) weighing {
	l := &Learner{
		State:  &learner.State{LogTemperature: math.Log(alpha)},
		Config: Rule{Common: learner.Common{Particles: 3, Batch: 2, PolicyDelay: 1}, Weighting: w, StatRate: 0.5, PerStateRate: 0.5},
	}
	s := &Shard{act: &actor.Actor{Q: []float32{1, 2, 3, 10, 10, 16}, Mean: []float32{2, 12}}, qNext: []float32{3, 11}, w: make([]float32, 2)}
	l.Shards = []*Shard{s}
	return weighing{s, l}
}

// weigh is what an update does about weights.
func (a weighing) weigh() {
	a.Sums = [NumSums]float64{}
	a.l.weigh(a.Shard)
	a.l.record(&a.Gradient, true)
}

// By hand: deviations -1, 0, 1, -2, -2, 4, mean square 26/6; advantages 1 and -1.
func TestPerStateWeights(t *testing.T) {
	a := newWeighing(PerState, 2)
	a.weigh()
	rms := math.Sqrt(26.0 / 6)
	require.InDelta(t, math.Exp(1/rms/2), float64(a.w[0]), 1e-6)
	require.InDelta(t, math.Exp(-1/rms/2), float64(a.w[1]), 1e-6)
	require.InDelta(t, 7, a.l.Last.QMean, 1e-9)
	w0, w1 := float64(a.w[0]), float64(a.w[1])
	require.InDelta(t, (w0+w1)*(w0+w1)/(2*(w0*w0+w1*w1)), a.l.Last.ESS, 1e-9)
}

// The running mean and std start at (0, 1) and are updated after use; 3 and 11 are clipped to 3, then the
// moments are those of (3, 11): mean 7, std 4.
func TestGlobalWeights(t *testing.T) {
	a := newWeighing(Global, 2)
	a.weigh()
	require.InDeltaSlice(t, []float64{math.Exp(1.5), math.Exp(1.5)}, []float64{float64(a.w[0]), float64(a.w[1])}, 1e-6)
	a.weigh()
	require.InDeltaSlice(t, []float64{math.Exp(-0.5), math.Exp(0.5)}, []float64{float64(a.w[0]), float64(a.w[1])}, 1e-6)
}

// q - mean/std without parentheses: 3 - 7/4 and 11 - 7/4, the second clipped.
func TestAsReleasedWeights(t *testing.T) {
	a := newWeighing(AsReleased, 2)
	a.weigh()
	a.weigh()
	require.InDeltaSlice(t, []float64{math.Exp(1.25 / 2), math.Exp(1.5)}, []float64{float64(a.w[0]), float64(a.w[1])}, 1e-6)
}

func TestConstantWeights(t *testing.T) {
	a := newWeighing(Constant, 2)
	a.weigh()
	require.Equal(t, []float32{1, 1}, a.w)
	require.InDelta(t, 1, a.l.Last.ESS, 1e-12)
}

func TestEqualCandidatesGiveFiniteWeights(t *testing.T) {
	a := newWeighing(PerState, 2)
	a.act.Q, a.act.Mean, a.qNext = []float32{1, 1, 1, 2, 2, 2}, []float32{1, 2}, []float32{1, 2}
	a.weigh()
	require.Equal(t, []float32{1, 1}, a.w)
}

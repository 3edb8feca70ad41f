package fpmd

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
	"onestep/policy/diffusion"
	"onestep/policy/flow"
	"onestep/policy/learner"
	"onestep/policy/replay"
)

// sharded is a learner with so many shards and a batch of 13, which two and four do not divide.
func sharded(t testing.TB, f flow.Fitted[float32], shards int, weighting Weighting) (*Learner, *replay.Batch) {
	size, ok := learner.SizeOf("pendulum")
	require.True(t, ok)
	cfg := Browser(size, map[string]int{"rectified": 4, "meanflow": 1, "diffusion": diffusion.Levels}[f.String()])
	cfg.Hidden, cfg.Batch, cfg.Particles, cfg.Shards, cfg.Weighting = []int{12, 9}, 13, 5, shards, weighting
	require.NoError(t, cfg.Validate())
	a := New(&cfg.Rule, f, cfg.Fit(flow.LossOptions{}), 4, 3, 1000, 1)
	r := rng.New(2)
	b := replay.New(4, 3, 13).NewBatch(13)
	for _, x := range [][]float32{b.Obs, b.Act, b.Reward, b.NextObs} {
		r.FillNormal(x)
	}
	for i := range b.Done {
		b.Done[i] = float32(i & 1)
	}
	return a, b
}

// The shards' sum is the gradient of the whole batch as an agent without shards computes it, on the noise that the
// shards drew. Sums of at most 13 terms in another order: a few roundings of the largest gradients, which are below 10.
func TestTheSumOfShardsIsTheGradientOfTheBatch(t *testing.T) {
	for _, alg := range []flow.Fitted[float32]{flow.MeanFlow[float32]{}, flow.Rectified[float32]{}, diffusion.Family[float32]{}} {
		for _, weighting := range []Weighting{PerState, Constant} {
			a, batch := sharded(t, alg, 4, weighting)
			require.NoError(t, a.Update(batch)) // from here on there are statistics
			whole, _ := sharded(t, alg, 1, weighting)
			for _, pair := range [][2][]float32{
				{whole.Policy.Params, a.Policy.Params}, {whole.Critics.Online[0], a.Critics.Online[0]}, {whole.Critics.Online[1], a.Critics.Online[1]},
				{whole.Critics.Target[0], a.Critics.Target[0]}, {whole.Critics.Target[1], a.Critics.Target[1]},
			} {
				copy(pair[0], pair[1])
			}
			n, d, w := a.Config.Particles, a.ActDim, whole.Shards[0]
			w.begin(*batch, 0)
			for i, s := range a.Shards {
				a.Gradient(s, batch.Rows(s.From, s.End), 77)
				to, from := w.loss.(*flow.Matching[float32]), s.loss.(*flow.Matching[float32])
				copy(w.next[s.From*d:], s.next)
				copy(w.act.Q[s.From*n:], s.act.Q)
				copy(w.act.Mean[s.From:], s.act.Mean[:s.End-s.From])
				copy(to.X0[s.From*d:], from.X0)
				copy(to.R[s.From:], from.R)
				copy(to.T[s.From:], from.T)
				require.Equal(t, i, int(s.label))
			}
			got := Gradient{Grad: make([]float32, a.NumGrad())}
			a.Sum(&got)

			c := &a.Config
			w.values.Targets(w.y, &whole.Critics.Target, batch.NextObs, w.next, batch.Reward, batch.Done, c.Gamma, c.RewardScale)
			squares := w.values.SquaredErrors(w.critics(), &whole.Critics.Online, batch.Obs, batch.Act, w.y, 13)
			w.values.Min(w.qNext, &whole.Critics.Online, batch.NextObs, 1, w.next)
			whole.Stats, whole.LogTemperature, w.seeded = a.Stats, a.LogTemperature, true // as several shards weigh
			whole.weigh(w)
			loss := w.loss.Gradient(w.parts[2], whole.Policy.Params, batch.NextObs, w.next, w.w)
			require.InDeltaSlice(t, w.Grad, got.Grad, 1e-5)
			require.InDelta(t, float64(loss), got.Sums[sumPolicy], 1e-5)
			require.InDelta(t, squares[0]+squares[1], got.Sums[sumCritic1]+got.Sums[sumCritic2], 26e-5)
			require.InDeltaSlice(t, w.Sums[sumWeight:sumQ+1], got.Sums[sumWeight:sumQ+1], 1e-4)
			require.InDelta(t, w.Sums[largestWeight], got.Sums[largestWeight], 1e-5)
		}
	}
}

// By hand: after the first update the spread is that of all shards together; in the first each weighs by its own.
func TestTheSpreadWithinAStateLagsByOneUpdate(t *testing.T) {
	a, batch := sharded(t, flow.MeanFlow[float32]{}, 2, PerState)
	for _, s := range a.Shards {
		a.Gradient(s, batch.Rows(s.From, s.End), 5)
		rows := float64(s.End - s.From)
		rms := math.Sqrt(s.Sums[sumWithin] / (rows * 5))
		require.InEpsilon(t, float64(weight(float64(s.qNext[0]-s.act.Mean[0])/rms, a.Lambda())), float64(s.w[0]), 1e-6)
	}
	square := (a.Shards[0].Sums[sumWithin] + a.Shards[1].Sums[sumWithin]) / (13 * 5)
	a.Sum(&a.sum)
	require.NoError(t, a.Apply(&a.sum))
	require.InEpsilon(t, math.Sqrt(square), a.Stats.within(), 1e-12)
	before := a.Stats
	s := a.Shards[1]
	a.Gradient(s, batch.Rows(s.From, s.End), 6)
	require.Equal(t, before, a.Stats, "a gradient changes nothing of the agent")
	require.InEpsilon(t, float64(weight(float64(s.qNext[0]-s.act.Mean[0])/math.Sqrt(square), a.Lambda())), float64(s.w[0]), 1e-6)
}

// A gradient that is not finite in one shard stops the update before anything has changed.
func TestAShardThatIsNotFiniteStopsTheUpdate(t *testing.T) {
	a, batch := sharded(t, flow.MeanFlow[float32]{}, 2, PerState)
	require.NoError(t, a.Update(batch))
	before, last := append([]float32(nil), a.Policy.Params...), a.Last
	critic := append([]float32(nil), a.Critics.Online[0]...)
	batch.Reward[9] = float32(math.Inf(1))
	require.EqualError(t, a.Update(batch), "the critic1's loss is not finite")
	require.Equal(t, before, a.Policy.Params)
	require.Equal(t, critic, a.Critics.Online[0])
	require.Equal(t, last, a.Last)
	require.Equal(t, 1, a.Updates)
}

func TestShardsAreRefusedWhereCriticsMoveFirst(t *testing.T) {
	cfg := R.Browser(learner.Size{Hidden: []int{4}, Batch: 64, Gamma: 0.9, RewardScale: 1, LR: 1e-3, Tau: 0.01, UpdatesPerStep: 1, Steps: 100, WarmUp: 10})
	for want, settings := range map[string]map[string]any{
		"shards must be 1, not 2, with the weights global": {"shards": 2, "weighting": Global},
		"and as released":                 {"shards": 2, "released": true},
		"at most the batch of 3, not 4":   {"shards": 4, "batch": 3},
		"shards must lie in 1..8, not 9":  {"shards": 9},
		"shards must lie in 1..8, not -1": {"shards": -1},
	} {
		_, err := learner.Merge(cfg, settings)
		require.ErrorContains(t, err, want)
	}
}

// With the settings of the schedule's end lambda is where it comes to rest, but not below the floor.
func TestLambdaIsWhereTheScheduleRests(t *testing.T) {
	c := Rule{Common: learner.Common{EntropyPerDim: -1.5, NoiseScale: 0.1}}
	lambda, alike := c.RestingLambda()
	require.InDelta(t, 0.54, lambda, 0.005, "algorithm notes: noise anneals to a std of 0.054")
	require.False(t, alike)
	c.LambdaFloor, c.Weighting = 1, Constant
	lambda, alike = c.RestingLambda()
	require.Equal(t, 1.0, lambda)
	require.True(t, alike)
	c.FixedLambda = 0.5
	lambda, _ = c.RestingLambda()
	require.Equal(t, 0.5, lambda)
}

func TestAnUpdateInShardsAllocatesNothing(t *testing.T) {
	for _, alg := range []flow.Fitted[float32]{flow.MeanFlow[float32]{}, flow.Rectified[float32]{}, diffusion.Family[float32]{}} {
		a, batch := sharded(t, alg, 3, PerState)
		dst := make([]float32, 3)
		threads := NewThreads(a, 2)
		defer threads.Close()
		a.Crew = threads
		require.Zero(t, testing.AllocsPerRun(10, func() {
			if err := a.Update(batch); err != nil {
				panic(err)
			}
			a.Explore(dst, batch.Obs[:4])
		}), alg)
	}
}

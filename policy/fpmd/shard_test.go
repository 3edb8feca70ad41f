package fpmd

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
	"onestep/policy/flow"
	"onestep/policy/replay"
)

// sharded is an agent with so many shards and a batch of 13, which two and four do not divide.
func sharded(t testing.TB, alg Algorithm, shards int, weighting Weighting) (*Agent, *replay.Batch) {
	cfg, _, err := DefaultConfig("pendulum", alg)
	require.NoError(t, err)
	cfg, err = cfg.Merge(map[string]any{"hidden": []int{12, 9}, "batch": 13, "particles": 5, "shards": shards, "weighting": weighting})
	require.NoError(t, err)
	a, err := New(cfg, alg, 4, 3, 1000, 1)
	require.NoError(t, err)
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
	for _, alg := range []Algorithm{FPMDM, FPMDR, DPMD} {
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
			n, d := a.Config.Particles, a.ActDim
			for i, s := range a.Shards {
				a.Gradient(s, batch.Rows(s.From, s.End), 77)
				copy(whole.next[s.From*d:], s.next)
				copy(whole.acts.Q[s.From*n:], s.acts.Q)
				to, from := whole.loss.(*flow.Matching[float32]), s.loss.(*flow.Matching[float32])
				copy(to.X0[s.From*d:], from.X0)
				copy(to.R[s.From:], from.R)
				copy(to.T[s.From:], from.T)
				copy(whole.acts.Mean[s.From:], s.acts.Mean[:s.End-s.From])
				require.Equal(t, i, int(s.label))
			}
			got := Gradient{Grad: make([]float32, a.NumGrad())}
			a.Sum(&got)

			whole.targets(whole, batch, whole.next)
			whole.values.Min(whole.qNext, &whole.Critics.Online, batch.NextObs, 1, whole.next)
			if weighting == PerState {
				whole.weighWithin(a.Stats.within(), a.Lambda())
			} else {
				whole.weighAlike()
			}
			loss := whole.loss.Gradient(whole.grad, whole.Policy.Params, batch.NextObs, whole.next, whole.w)
			sums := whole.values.SquaredErrors(whole.criticGrad, &whole.Critics.Online, batch.Obs, batch.Act, whole.y, 13)
			parts := a.partsOf(got.Grad)
			require.InDeltaSlice(t, whole.criticGrad[0], parts[0], 1e-5)
			require.InDeltaSlice(t, whole.criticGrad[1], parts[1], 1e-5)
			require.InDeltaSlice(t, whole.grad, parts[2], 1e-5)
			require.InDelta(t, float64(loss), got.Sums[sumPolicy], 1e-5)
			require.InDelta(t, (sums[0]+sums[1])/26, (got.Sums[sumCritic1]+got.Sums[sumCritic2])/26, 1e-5)
			m := whole.weightSums()
			require.InDeltaSlice(t, []float64{m.sum, m.square, m.q}, got.Sums[sumWeight:sumQ+1], 1e-4)
			require.InDelta(t, m.largest, got.Sums[largestWeight], 1e-5)
		}
	}
}

// By hand: after the first update the spread is that of all shards together; in the first each weighs by its own.
func TestTheSpreadWithinAStateLagsByOneUpdate(t *testing.T) {
	a, batch := sharded(t, FPMDM, 2, PerState)
	for _, s := range a.Shards {
		a.Gradient(s, batch.Rows(s.From, s.End), 5)
		rows := float64(s.End - s.From)
		rms := math.Sqrt(s.Sums[sumWithin] / (rows * 5))
		require.InEpsilon(t, float64(weight(float64(s.qNext[0]-s.acts.Mean[0])/rms, a.Lambda())), float64(s.w[0]), 1e-6)
	}
	square := (a.Shards[0].Sums[sumWithin] + a.Shards[1].Sums[sumWithin]) / (13 * 5)
	a.Sum(&a.sum)
	require.NoError(t, a.Apply(&a.sum))
	require.InEpsilon(t, math.Sqrt(square), a.Stats.within(), 1e-12)
	before := a.Stats
	s := a.Shards[1]
	a.Gradient(s, batch.Rows(s.From, s.End), 6)
	require.Equal(t, before, a.Stats, "a gradient changes nothing of the agent")
	require.InEpsilon(t, float64(weight(float64(s.qNext[0]-s.acts.Mean[0])/math.Sqrt(square), a.Lambda())), float64(s.w[0]), 1e-6)
}

// A gradient that is not finite in one share stops the update before anything has changed.
func TestAShareThatIsNotFiniteStopsTheUpdate(t *testing.T) {
	a, batch := sharded(t, FPMDM, 2, PerState)
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
	cfg, _, err := DefaultConfig("pendulum", FPMDM)
	require.NoError(t, err)
	for want, settings := range map[string]map[string]any{
		"shards must be 1, not 2, with the weights global": {"shards": 2, "weighting": Global},
		"and as released":                 {"shards": 2, "released": true},
		"at most the batch of 3, not 4":   {"shards": 4, "batch": 3},
		"shards must lie in 1..8, not 9":  {"shards": 9},
		"shards must lie in 1..8, not -1": {"shards": -1},
	} {
		_, err := cfg.Merge(settings)
		require.ErrorContains(t, err, want)
	}
	soft, _, err := DefaultConfig("pendulum", SAC)
	require.NoError(t, err)
	soft.Shards = 2
	_, err = New(soft, SAC, 3, 1, 100, 1)
	require.ErrorContains(t, err, "shards must be 1, not 2, with sac")
}

func TestAnUpdateInSharesAllocatesNothing(t *testing.T) {
	for _, alg := range []Algorithm{FPMDM, FPMDR, DPMD} {
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

package replay_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
	"onestep/policy/replay"
)

func fill(b *replay.Buffer, from, to int) {
	for i := from; i < to; i++ {
		v := float32(i)
		b.Add([]float32{v, -v}, []float32{v / 2}, v*10, []float32{v + 1, -v - 1}, i%5 == 0)
	}
}

func TestTheOldestIsOverwritten(t *testing.T) {
	b := replay.New(2, 1, 4)
	fill(b, 0, 6)
	require.Equal(t, 4, b.Len)
	require.Equal(t, 2, b.Next)
	require.Equal(t, []float32{40, 50, 20, 30}, b.Reward)
	require.Equal(t, []float32{0, 1, 0, 0}, b.Done)
	require.Equal(t, []float32{4, -4, 5, -5, 2, -2, 3, -3}, b.Obs)
}

// Each drawn row must be one transition whole, and all must come up: 2,000 draws from 50 miss one with a
// probability below 1e-15.
func TestSampleDrawsWholeTransitionsUniformly(t *testing.T) {
	b := replay.New(2, 1, 64)
	fill(b, 0, 50)
	batch, src, seen := b.NewBatch(100), rng.New(1), map[float32]int{}
	for range 20 {
		b.Sample(batch, src)
		for i, r := range batch.Reward {
			v := r / 10
			seen[v]++
			require.Equal(t, []float32{v, -v}, batch.Obs[2*i:2*i+2])
			require.Equal(t, v/2, batch.Act[i])
			require.Equal(t, []float32{v + 1, -v - 1}, batch.NextObs[2*i:2*i+2])
			require.Equal(t, int(v)%5 == 0, batch.Done[i] == 1)
		}
	}
	require.Len(t, seen, 50)
	require.Zero(t, testing.AllocsPerRun(10, func() { b.Sample(batch, src) }))
}

func TestSampleOfNothingPanics(t *testing.T) {
	b := replay.New(1, 1, 2)
	require.Panics(t, func() { b.Sample(b.NewBatch(1), rng.New(1)) })
}

func TestALoadedBufferGoesOnAsTheOneItCameFrom(t *testing.T) {
	for _, n := range []int{3, 4, 7} {
		a, b := replay.New(2, 1, 4), replay.New(2, 1, 4)
		fill(a, 0, n)
		clone := func(x []float32) []float32 { return append([]float32(nil), x...) }
		require.NoError(t, b.Load(clone(a.Obs), clone(a.Act), clone(a.Reward), clone(a.NextObs), clone(a.Done), a.Next))
		fill(a, 20, 23)
		fill(b, 20, 23)
		require.Equal(t, a, b)
	}
}

func TestLoadRefusesWhatDoesNotFit(t *testing.T) {
	b := replay.New(1, 1, 2)
	fill1 := []float32{1}
	two, three := []float32{1, 2}, []float32{1, 2, 3}
	require.ErrorContains(t, b.Load(three, three, three, three, three, 0), "3 transitions")
	require.ErrorContains(t, b.Load(two, fill1, two, two, two, 0), "equally long")
	require.ErrorContains(t, b.Load(fill1, fill1, fill1, fill1, fill1, 0), "write position")
	require.ErrorContains(t, b.Load(two, two, two, two, two, 2), "write position")
	require.Zero(t, b.Len)
}

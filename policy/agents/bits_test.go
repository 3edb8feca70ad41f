package agents_test

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/agents"
	"onestep/policy/fpmd"
	"onestep/policy/learner"
	"onestep/policy/replay"
)

// TestSameBitsEverywhere holds the weights after some updates, and an action, to a recorded hash on whatever machine
// it runs: plain Go, vectors of any length, WebAssembly. A change of the algorithm changes it; a change of kernels
// must not.
func TestSameBitsEverywhere(t *testing.T) {
	want := map[string]string{
		"fpmd-m": "28e74e34f20b6416", "fpmd-r": "aedd39bc5bbcb0c9", "dpmd": "517504209c21f971", "sac": "1220c5b9f9a653f4", "mdpo": "97656f28af53e3b4", "gpmd": "ebd91e189530ca4b",
	}
	for _, alg := range agents.Names() {
		a, batch := newAgent(t, alg, 5, 3, map[string]any{"hidden": []int{40, 24}, "batch": 32})
		for range 8 {
			require.NoError(t, a.Update(batch))
		}
		assert.Equal(t, want[alg], bits(t, a, batch), alg)
	}
}

// bits is a hash of the agent's weights and of an action.
func bits(t *testing.T, l learner.Learner, batch *replay.Batch) string {
	action, a := make([]float32, 3), l.Learned()
	l.Explore(action, batch.Obs[:5])
	h := fnv.New64a()
	for _, x := range [][]float32{a.Policy.Params, a.EMA.Params, a.Critics.Online[0], a.Critics.Target[1], a.Adam.V, action} {
		require.NoError(t, binary.Write(h, binary.LittleEndian, x))
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// TestSameBitsForTheSameShards: they depend on how many shards a batch has, not on who computes them. Thirds of 32 rows
// are of different lengths.
func TestSameBitsForTheSameShards(t *testing.T) {
	for _, c := range []struct {
		alg    string
		shards int
		want   string
	}{
		{"fpmd-m", 2, "72508c85c570c5fe"}, {"fpmd-m", 3, "063e64d0650c8e72"}, {"fpmd-r", 2, "aed962e48e091de4"}, {"dpmd", 2, "a121fc0b26e683d4"},
	} {
		for _, threads := range []int{1, 2, 3} {
			a, batch := newAgent(t, c.alg, 5, 3, map[string]any{"hidden": []int{40, 24}, "batch": 32, "shards": c.shards})
			if threads > 1 {
				l := a.(*fpmd.Learner)
				crew := fpmd.NewThreads(l, threads)
				defer crew.Close()
				l.Crew = crew
			}
			for range 8 {
				require.NoError(t, a.Update(batch))
			}
			assert.Equal(t, c.want, bits(t, a, batch), "%s, %d shards, %d threads", c.alg, c.shards, threads)
		}
	}
}

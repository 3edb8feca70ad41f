package fpmd_test

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/fpmd"
)

// TestSameBitsEverywhere holds the weights after some updates, and an action, to a recorded hash on whatever machine
// it runs: plain Go, vectors of any length, WebAssembly. A change of the algorithm changes it; a change of kernels
// must not.
func TestSameBitsEverywhere(t *testing.T) {
	want := map[fpmd.Algorithm]string{
		fpmd.FPMDM: "28e74e34f20b6416", fpmd.FPMDR: "aedd39bc5bbcb0c9", fpmd.DPMD: "517504209c21f971", fpmd.SAC: "1220c5b9f9a653f4",
	}
	for _, alg := range fpmd.Algorithms {
		a, batch := newAgent(t, alg, 5, 3, func(c *fpmd.Config) { c.Hidden, c.Batch = []int{40, 24}, 32 })
		for range 8 {
			require.NoError(t, a.Update(batch))
		}
		action := make([]float32, 3)
		a.Explore(action, batch.Obs[:5])
		h := fnv.New64a()
		for _, x := range [][]float32{a.Policy.Params, a.EMA.Params, a.Critics.Online[0], a.Critics.Target[1], a.Adam.V, action} {
			require.NoError(t, binary.Write(h, binary.LittleEndian, x))
		}
		assert.Equal(t, want[alg], fmt.Sprintf("%016x", h.Sum64()), alg)
	}
}

package fpmd

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/flow"
)

// With a policy step every other update the statistics of Q take in half of the batches, or all of them as the authors' do:
// the weight of what was seen is 1 - (1 - rate)^n.
func TestStatisticsTakeInEveryUpdate(t *testing.T) {
	for every, n := range map[bool]int{false: 4, true: 8} {
		l, batch := sharded(t, flow.MeanFlow[float32]{}, 1, Global)
		l.Config.PolicyDelay, l.Config.StatRate, l.Config.StatEvery = 2, 0.1, every
		for range 8 {
			require.NoError(t, l.Update(batch))
		}
		want := 1.0
		for range n {
			want *= 0.9
		}
		assert.InDelta(t, 1-want, l.Stats.Weight, 1e-12)
	}
}

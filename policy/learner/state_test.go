package learner

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Held for a quarter of the run, then linear to a tenth at three quarters.
func TestPolicyLearningRate(t *testing.T) {
	a := &State{Settings: &Common{PolicyLR: 1}, TotalUpdates: 100}
	for updates, want := range map[int]float64{0: 1, 25: 1, 50: 0.55, 75: 0.1, 100: 0.1} {
		a.Updates = updates
		require.InDelta(t, want, a.PolicyLR(), 1e-12, "after %d updates", updates)
	}
}

// The critics' rate is constant [code] unless a share of it is to be left; then it falls as the policy's does.
func TestTheCriticsRate(t *testing.T) {
	constant := &State{Settings: &Common{CriticLR: 2}, TotalUpdates: 100}
	falling := &State{Settings: &Common{CriticLR: 2, CriticLREnd: 0.05}, TotalUpdates: 100}
	for updates, want := range map[int]float64{0: 2, 25: 2, 50: 1.05, 75: 0.1, 100: 0.1} {
		constant.Updates, falling.Updates = updates, updates
		require.Equal(t, 2.0, constant.CriticLR())
		require.InDelta(t, want, falling.CriticLR(), 1e-12, "after %d updates", updates)
	}
}

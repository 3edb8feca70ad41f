package env_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/env"
)

// The reference runs follow Gymnasium's Pendulum-v1 in double precision; both sides do the same few
// operations, so they agree to rounding, which 200 steps of an unstable body amplify by a few thousand.
func TestPendulumFollowsGymnasium(t *testing.T) {
	data, err := os.ReadFile("testdata/pendulum_v1.json")
	require.NoError(t, err)
	var reference struct {
		Runs map[string]struct {
			State0 []float64   `json:"state0"`
			U      []float64   `json:"u"`
			State  [][]float64 `json:"state"`
			Reward []float64   `json:"reward"`
		} `json:"runs"`
	}
	require.NoError(t, json.Unmarshal(data, &reference))
	require.Len(t, reference.Runs, 2)
	for name, run := range reference.Runs {
		t.Run(name, func(t *testing.T) {
			p := env.NewPendulum()
			require.NoError(t, p.Restore([]float64{run.State0[0], run.State0[1], 0, 0, 0}))
			for i, u := range run.U {
				result := p.Step([]float64{u / 2})
				state := p.State(nil)
				require.InDelta(t, run.State[i][0], state[0], 1e-10, "angle after step %d", i)
				require.InDelta(t, run.State[i][1], state[1], 1e-10, "rate after step %d", i)
				require.InDelta(t, run.Reward[i], result.Reward, 1e-9, "reward of step %d", i)
			}
		})
	}
}

func TestPendulumComesBackToAnObservation(t *testing.T) {
	p := env.NewPendulum()
	p.Reset(3)
	for range 20 {
		p.Step([]float64{0.7})
	}
	want, got := make([]float64, 3), make([]float64, 3)
	p.Observe(want)
	q := env.NewPendulum()
	require.NoError(t, q.RestoreObservation(want))
	q.Observe(got)
	require.InDeltaSlice(t, want, got, 1e-12)
	require.Error(t, q.RestoreObservation([]float64{1, 0}))
	require.Error(t, q.RestoreObservation([]float64{1, 0, math.NaN()}))
}

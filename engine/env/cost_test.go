package env_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
)

// Gymnasium charges the action as it is given: of 2 in place of 1 four times as much, though the motors get the same. By hand
// the difference of the rewards is weight * (4 - 1) an action. Pendulum-v1 clips before it charges.
func TestTheEffortIsThatOfTheGivenAction(t *testing.T) {
	for task, weight := range map[string]float64{
		"half_cheetah": 0.1, "hopper": 1e-3, "walker2d": 1e-3, "swimmer": 1e-4, "reacher": 1, "mountain_car": 0.1, "pendulum": 0, "inverted_pendulum": 0,
	} {
		step := func(unclipped bool, size float64) (float64, []float64) {
			e, err := env.Make(task, nil)
			require.NoError(t, err)
			env.ChargeUnclipped(e, unclipped)
			e.Reset(1)
			action := make([]float64, e.Spec().ActDim)
			for i := range action {
				action[i] = size
			}
			return e.Step(action).Reward, e.State(nil)
		}
		e, err := env.Make(task, nil)
		require.NoError(t, err)
		scale := 0.0
		for _, s := range e.Spec().ActionScale {
			scale += s * s
		}
		clipped, body := step(false, 2)
		limit, _ := step(true, 1)
		unclipped, same := step(true, 2)
		assert.Equal(t, limit, clipped, task)
		assert.Equal(t, body, same, "%s: the motors get the same", task)
		assert.InDelta(t, 3*weight*scale, clipped-unclipped, 1e-9, task)
	}
}

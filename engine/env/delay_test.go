package env_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
)

// An action that comes any number of timesteps late leads elsewhere, but for the one that goes on meanwhile. The delay is for one
// step.
func TestALateActionArrivesWithinThePeriod(t *testing.T) {
	for _, task := range []string{"half_cheetah", "hopper", "pendulum"} {
		state := func(late int, before, action float64) []float64 {
			e, err := env.Make(task, nil)
			require.NoError(t, err)
			e.Reset(3)
			d := e.Spec().ActDim
			was, is := make([]float64, d), make([]float64, d)
			for i := range d {
				was[i], is[i] = before, action
			}
			v := env.NewVector(e)
			v.Reset(0, 3)
			v.Delay(was, late)
			v.Step(make([]env.Result, 1), is)
			v.Step(make([]env.Result, 1), is)
			return e.State(nil)
		}
		e, err := env.Make(task, nil)
		require.NoError(t, err)
		n := env.Timesteps(e)
		assert.Equal(t, state(0, 0.3, -0.5), state(0, 0.9, -0.5), "%s: nothing is late", task)
		seen := [][]float64{}
		for late := range n {
			s := state(late, 0.3, -0.5)
			assert.NotContains(t, seen, s, "%s: %d timesteps late", task, late)
			assert.Equal(t, state(0, 0, -0.5), state(late, -0.5, -0.5), "%s: the same action", task)
			seen = append(seen, s)
		}
	}
}

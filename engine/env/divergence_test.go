package env_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
)

// A body that leaves the finite world ends the episode: an event names step and joint, the observation and the reward stay
// finite, and Reset goes on.
func TestDivergenceEndsTheEpisode(t *testing.T) {
	runner, err := env.New("half_cheetah")
	require.NoError(t, err)
	e := runner.(*env.Articulated)
	q, v := make([]float64, 9), make([]float64, 9)
	v[3] = 9e9
	require.NoError(t, e.SetState(q, v))
	require.Nil(t, e.Divergence())
	var r env.Result
	for range 100 {
		if r = e.Step(make([]float64, 6)); r.Terminated {
			break
		}
	}
	require.True(t, r.Terminated)
	require.NotNil(t, e.Divergence())
	assert.Positive(t, e.Divergence().Step)
	assert.NotEmpty(t, e.Divergence().Joint)
	obs := make([]float64, e.Spec().ObsDim)
	e.Observe(obs)
	for _, x := range append(obs, r.Reward) {
		assert.Less(t, x*x, 1e22)
	}
	e.Reset(1)
	require.Nil(t, e.Divergence())
	require.False(t, e.Step(make([]float64, 6)).Terminated)
}

// What a task remembers of derived fields is of the last finite state too: Reacher's tip, the double pendulum's.
func TestDivergenceReachesNoObservation(t *testing.T) {
	for _, name := range env.Names() {
		runner, err := env.New(name)
		require.NoError(t, err)
		e, ok := runner.(*env.Articulated)
		if !ok {
			continue // closed forms are bounded by definition
		}
		nq := len(e.State(nil)) // at most so many; SetState says how many
		var q, v []float64
		for n := 1; n <= nq; n++ {
			q, v = make([]float64, n), make([]float64, n)
			if e.SetState(q, v) == nil {
				break
			}
		}
		for _, speed := range []float64{1e4, 1e9, 1e150} {
			for i := range v {
				v[i] = speed
			}
			require.NoError(t, e.SetState(q, v), name)
			obs := make([]float64, e.Spec().ObsDim)
			for range 100 {
				r := e.Step(make([]float64, e.Spec().ActDim))
				e.Observe(obs)
				for j, x := range obs {
					require.False(t, math.IsNaN(x) || math.IsInf(x, 0), "%s at %g: observation %d is %v", name, speed, j, x)
				}
				require.False(t, math.IsNaN(r.Reward), "%s at %g", name, speed)
				if r.Terminated || r.Truncated {
					break
				}
			}
		}
		e.Reset(1)
		action, obs := make([]float64, e.Spec().ActDim), make([]float64, e.Spec().ObsDim)
		for i := range action {
			action[i] = math.NaN() // of a policy that has gone wrong
		}
		require.True(t, e.Step(action).Terminated, name)
		e.Observe(obs)
		for j, x := range obs {
			require.False(t, math.IsNaN(x) || math.IsInf(x, 0), "%s after an action of NaN: observation %d is %v", name, j, x)
		}
	}
}

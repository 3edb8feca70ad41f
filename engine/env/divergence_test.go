package env_test

import (
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

package env_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
)

// steer takes one step of Posts from a place across the street.
func steer(t *testing.T, y, action float64) (env.Result, float64) {
	t.Helper()
	e, err := env.New("posts")
	require.NoError(t, err)
	require.NoError(t, e.(*env.Articulated).SetState([]float64{0, y}, []float64{1, 0}))
	r := e.Step([]float64{action})
	obs := make([]float64, 4)
	e.Observe(obs)
	assert.InDelta(t, 0.8, obs[0], 1e-9, "it is beside the first post")
	return r, obs[1]
}

// Left and right are mirror images: bit for bit the same reward. From wherever a step begins, either passage is reached; the
// mean of both answers is a post.
func TestPostsHaveTwoRightAnswers(t *testing.T) {
	for _, y := range []float64{0, 0.1, -0.3, 0.5, -0.5} {
		for _, side := range []float64{1, -1} {
			r, at := steer(t, y, 0.5*side)
			mirrored, _ := steer(t, -y, -0.5*side)
			assert.Equal(t, r, mirrored)
			assert.False(t, r.Terminated)
			assert.Greater(t, r.Reward, 0.99, "from %v to %v", y, 0.5*side)
			assert.InDelta(t, 0.5*side, at, 0.01)
		}
		r, _ := steer(t, y, 0)
		assert.True(t, r.Terminated, "the mean of both is a post")
		assert.Less(t, r.Reward, 0.1)
	}
	for _, beyond := range []float64{-1, 1} {
		r, _ := steer(t, 0, beyond)
		assert.True(t, r.Terminated, "the edge of the street")
	}
}

package actor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/actor"
)

// act lets so many control periods of five timesteps pass, 0.05 s each; decision k is the number k. It returns the action in
// force at every timestep.
func act(delay float64, periods int) (inForce []float64) {
	l := actor.NewLate(delay, 0.05, 5, 1)
	for k := 1; periods > 0; periods-- {
		if l.Deciding() {
			l.Coming[0] = float64(k)
			k++
		}
		actions, late := l.Next()
		for i := range 5 {
			if i < late {
				inForce = append(inForce, l.Force[0])
			} else {
				inForce = append(inForce, actions[0])
			}
		}
		l.Passed()
	}
	return inForce
}

// By hand: an action of 20 ms arrives after two of the five timesteps of its period, one of 50 ms at the next period, where
// the next is decided too, and one of 70 ms in the middle of the next period, behind which the next is decided.
func TestActionsArriveLate(t *testing.T) {
	for _, c := range []struct {
		delay float64
		want  []float64
	}{
		{0, []float64{1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4}},
		{0.0099, []float64{1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4}},
		{0.02, []float64{0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4}},
		{0.05, []float64{0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3}},
		{0.07, []float64{0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2}},
		{0.1, []float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
		{1e9, make([]float64, 20)},
	} {
		assert.Equal(t, c.want, act(c.delay, 4), "%g s", c.delay)
	}
}

// An episode begins with no action in force.
func TestAnEpisodeBeginsWithoutAnAction(t *testing.T) {
	l := actor.NewLate(0.05, 0.05, 1, 2)
	require.True(t, l.Deciding())
	copy(l.Coming, []float64{1, 2})
	l.Passed()
	l.Reset()
	require.True(t, l.Deciding())
	actions, late := l.Next()
	assert.Equal(t, []float64{0, 0}, actions)
	assert.Zero(t, late)
}

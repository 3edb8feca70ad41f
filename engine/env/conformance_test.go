package env_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/env"
)

// Every task obeys the same contract. The checks run over the registry, so that a new task cannot be left out.
func TestEveryTaskConforms(t *testing.T) {
	require.NotEmpty(t, env.Names())
	for _, name := range env.Names() {
		t.Run(name, func(t *testing.T) {
			build := func() env.Env {
				e, err := env.New(name)
				require.NoError(t, err)
				return e
			}
			t.Run("spec", func(t *testing.T) { checkSpec(t, name, build()) })
			t.Run("seed decides the episode", func(t *testing.T) { checkSeed(t, build) })
			t.Run("state brings it back", func(t *testing.T) { checkState(t, build) })
			t.Run("actions are clipped", func(t *testing.T) { checkClip(t, build) })
			t.Run("the clock truncates", func(t *testing.T) { checkEnd(t, build()) })
			t.Run("a bad state is refused", func(t *testing.T) { checkBadState(t, build()) })
			t.Run("a step allocates nothing", func(t *testing.T) { checkAllocations(t, build()) })
			t.Run("shapes are finite", func(t *testing.T) { checkShapes(t, build()) })
		})
	}
}

func checkSpec(t *testing.T, name string, e env.Env) {
	s := e.Spec()
	require.Equal(t, name, s.Name)
	require.NotEmpty(t, s.Title)
	require.Positive(t, s.ObsDim)
	require.Positive(t, s.ActDim)
	require.Positive(t, s.MaxSteps)
	require.Positive(t, s.ControlPeriod)
	require.Len(t, s.ActionScale, s.ActDim)
	require.Len(t, s.Observations, s.ObsDim)
	require.Len(t, s.Actions, s.ActDim)
	joints := len(e.(env.Jointed).Joints(nil))
	for _, q := range append(s.Observations, s.Actions...) {
		require.NotEmpty(t, q.Name)
		require.NotContains(t, q.Name, "(", "the unit stands apart")
		require.Positive(t, q.Scale, q.Name)
		require.Less(t, q.Joint, joints, q.Name)
		require.GreaterOrEqual(t, q.Joint, -1, q.Name)
	}
}

// play resets with a seed, takes n steps of a fixed pattern and returns everything that was seen.
func play(e env.Env, seed uint64, n int) (seen []float64) {
	e.Reset(seed)
	s := e.Spec()
	obs, action := make([]float64, s.ObsDim), make([]float64, s.ActDim)
	for i := range n {
		for j := range action {
			action[j] = math.Sin(float64(i*(j+1)) + float64(j))
		}
		r := e.Step(action)
		e.Observe(obs)
		seen = append(append(seen, obs...), r.Reward)
		if r.Terminated || r.Truncated {
			break
		}
	}
	return seen
}

func checkSeed(t *testing.T, build func() env.Env) {
	a, b := build(), build()
	first := play(a, 7, 30)
	require.Equal(t, first, play(b, 7, 30), "two instances")
	require.Equal(t, first, play(a, 7, 30), "one instance again")
	require.NotEqual(t, first, play(a, 8, 30), "another seed")
}

func checkState(t *testing.T, build func() env.Env) {
	a, b := build(), build()
	a.Reset(11)
	action := make([]float64, a.Spec().ActDim)
	for j := range action { // no task ends with this at once
		action[j] = 0.3
	}
	a.Step(action)
	require.NoError(t, b.Restore(a.State(nil)))
	x, y := make([]float64, a.Spec().ObsDim), make([]float64, a.Spec().ObsDim)
	for range 5 {
		ra, rb := a.Step(action), b.Step(action)
		a.Observe(x)
		b.Observe(y)
		require.Equal(t, ra, rb)
		require.Equal(t, x, y)
		if ra.Terminated {
			return
		}
	}
}

func checkClip(t *testing.T, build func() env.Env) {
	a, b := build(), build()
	a.Reset(5)
	b.Reset(5)
	one, five := make([]float64, a.Spec().ActDim), make([]float64, a.Spec().ActDim)
	for j := range one {
		one[j], five[j] = 1, 5
	}
	a.Step(one)
	b.Step(five)
	x, y := make([]float64, a.Spec().ObsDim), make([]float64, a.Spec().ObsDim)
	a.Observe(x)
	b.Observe(y)
	require.Equal(t, x, y)
}

func checkEnd(t *testing.T, e env.Env) {
	e.Reset(2)
	action := make([]float64, e.Spec().ActDim)
	for i := 1; ; i++ {
		r := e.Step(action)
		if r.Terminated {
			break
		}
		require.Equal(t, i == e.Spec().MaxSteps, r.Truncated, "step %d", i)
		if r.Truncated {
			break
		}
	}
	require.Panics(t, func() { e.Step(action) }, "a step after the end")
}

func checkBadState(t *testing.T, e env.Env) {
	e.Reset(4)
	good := e.State(nil)
	require.Error(t, e.Restore(good[:len(good)-1]))
	bad := append([]float64(nil), good...)
	bad[0] = math.NaN()
	require.Error(t, e.Restore(bad))
	require.Equal(t, good, e.State(nil), "a refused state changes nothing")
}

func checkAllocations(t *testing.T, e env.Env) {
	e.Reset(6)
	action, obs := make([]float64, e.Spec().ActDim), make([]float64, e.Spec().ObsDim)
	start := e.State(nil)
	require.Zero(t, testing.AllocsPerRun(5, func() {
		if e.Step(action).Terminated { // an episode may have a single step
			_ = e.Restore(start)
		}
		e.Observe(obs)
	}))
}

func checkShapes(t *testing.T, e env.Env) {
	e.Reset(9)
	shapes := e.Shapes(nil)
	require.NotEmpty(t, shapes)
	for _, s := range shapes {
		for _, x := range []float64{s.A[0], s.A[1], s.B[0], s.B[1], s.Radius} {
			require.False(t, math.IsNaN(x) || math.IsInf(x, 0))
		}
	}
}

func TestAnUnknownTaskIsNamed(t *testing.T) {
	_, err := env.New("unicycle")
	require.ErrorContains(t, err, `"unicycle"`)
	require.ErrorContains(t, err, "pendulum")
}

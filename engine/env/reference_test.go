package env_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/engine/physics/reference"
)

// Each task steps through the reference trajectories and pays Gymnasium's rewards, of both versions. A reward is a few
// operations on qpos and qvel, so it inherits the bars of the trajectories: 1e-8 for 100 steps, where the
// velocity over a period as short as 0.008 s amplifies an error of qpos by 125; twice that for both ends.
func TestRewardsFollowGymnasium(t *testing.T) {
	names, err := reference.Names("traj_")
	require.NoError(t, err)
	for _, name := range names {
		if name == "traj_pendulum_v1" {
			continue
		}
		var file reference.Trajectories
		require.NoError(t, reference.Read(name, &file))
		if reference.SumMargins(file.MuJoCo) {
			continue // another contact margin than the tasks'; engine/physics tests it
		}
		for run, r := range file.Runs {
			for _, v := range []env.Version{env.V4, env.V5} {
				t.Run(fmt.Sprint(name, "/", run, "/v", int(v)), func(t *testing.T) { checkRewards(t, file.Model, run, &r, v) })
			}
		}
	}
}

func build(t *testing.T, model string, v env.Version) *env.Articulated {
	t.Helper()
	name := strings.TrimSuffix(model, "_v5")
	if v == env.V5 {
		name += "_v5"
	}
	e, err := env.New(name)
	require.NoError(t, err)
	a, ok := e.(*env.Articulated)
	require.True(t, ok)
	return a
}

func checkRewards(t *testing.T, model, run string, r *reference.Run, v env.Version) {
	rewards := r.RewardV4
	if v == env.V5 {
		rewards = r.RewardV5
	}
	// The body of walker2d is another one in v5; only its own file tells of it.
	if strings.HasPrefix(model, "walker2d") && strings.HasSuffix(model, "_v5") != (v == env.V5) {
		return
	}
	e := build(t, model, v)
	require.NoError(t, e.SetState(r.QPos0, r.QVel0))
	spec := e.Spec()
	action, obs := make([]float64, spec.ActDim), make([]float64, spec.ObsDim)
	worst := 0.0
	for i := range min(100, len(r.Ctrl)) {
		for k, u := range r.Ctrl[i] {
			action[k] = u / spec.ActionScale[k]
		}
		res := e.Step(action)
		e.Observe(obs)
		bar := 1e-8
		if model == "inverted_double_pendulum" && i >= 50 || strings.HasPrefix(run, "random") {
			bar = 1e-6
			if strings.HasPrefix(run, "random") && model == "half_cheetah" && i >= 30 {
				break
			}
		}
		bar *= 2 / min(1, spec.ControlPeriod)
		if rewards != nil {
			worst = math.Max(worst, math.Abs(res.Reward-rewards[i]))
			require.InDelta(t, rewards[i], res.Reward, bar, "step %d: reward", i+1)
		}
		if r.Terminated != nil {
			require.Equal(t, r.Terminated[i] != 0, res.Terminated, "step %d: terminated", i+1)
		}
		if r.Aux != nil {
			checkAux(t, e, model, obs, r.Aux[i], bar*1e3, i, v)
		}
		if res.Terminated || res.Truncated { // the reference goes on, so do we
			require.NoError(t, e.Restore(alive(e)))
		}
	}
	t.Logf("largest error of the reward over 100 steps: %.1e", worst)
}

// alive is the state of an ended episode as one that has not ended, at step 0.
func alive(e *env.Articulated) []float64 {
	s := e.State(nil)
	s[len(s)-1], s[len(s)-2] = 0, 0
	return s
}

// checkAux compares what the tasks observe of the derived quantities: the constraint force on the cart, clipped as
// Gymnasium does, and the vector from target to tip. The force is some 1e3 times the penetration.
func checkAux(t *testing.T, e *env.Articulated, model string, obs, aux []float64, bar float64, i int, v env.Version) {
	t.Helper()
	switch model {
	case "inverted_double_pendulum":
		x, y := e.Physics().Site(0)
		assert.InDelta(t, aux[0], x, bar, "step %d", i+1)
		assert.InDelta(t, aux[1], y, bar, "step %d", i+1)
		assert.InDelta(t, aux[2], e.Physics().QFrcConstraint[0], bar*math.Max(1, math.Abs(aux[2])), "step %d", i+1)
		assert.InDelta(t, math.Min(10, math.Max(-10, aux[2])), obs[8], bar*math.Max(1, math.Abs(aux[2])), "step %d", i+1)
	case "reacher":
		assert.InDelta(t, aux[0], obs[8], bar, "step %d", i+1)
		assert.InDelta(t, aux[1], obs[9], bar, "step %d", i+1)
		if v == env.V4 {
			assert.Zero(t, obs[10])
		}
	}
}

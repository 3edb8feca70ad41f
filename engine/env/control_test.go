package env_test

import (
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
)

// controlRun is what MuJoCo 3.3.8 makes of a published body of the DeepMind Control suite under random controls, with the
// suite's observations and rewards: web/bench/control.mjs.
type controlRun struct {
	QPos0, QVel0, Target, First []float64
	Masses                      []float64
	Ctrl, QPos, Observations    [][]float64
	Rewards                     []float64
	NCon                        []int
}

func controlRuns(t *testing.T) map[string]controlRun {
	f, err := os.Open("testdata/control.json.gz")
	require.NoError(t, err)
	defer f.Close()
	r, err := gzip.NewReader(f)
	require.NoError(t, err)
	var all map[string]controlRun
	require.NoError(t, json.NewDecoder(r).Decode(&all))
	return all
}

// The suite's tasks step, observe and pay as published. Coordinates stay within the bar of trajectories of 50 steps with
// contacts, 1e-8; velocities are within a hundred times that, a timestep is at least 0.002 s; touch is the logarithm of a force, which is
// some 1e4 times the penetration. Rewards are smooth, with a slope of at most 1/0.015 m, or 0 and 1.
func TestControlTasksFollowTheSuite(t *testing.T) {
	all := controlRuns(t)
	for _, task := range env.Tasks() {
		if task.Family != env.DeepMindControl {
			continue
		}
		t.Run(task.Name, func(t *testing.T) {
			want, ok := all[task.Name]
			require.True(t, ok)
			a := task.New().(*env.Articulated)
			state := a.State(nil)
			if n := len(want.Target); n > 0 { // the last of the memory, before steps and the end
				copy(state[len(state)-2-n:], want.Target)
			}
			require.NoError(t, a.Restore(state))
			require.NoError(t, a.SetState(want.QPos0, want.QVel0))
			obs, action := make([]float64, a.Spec().ObsDim), make([]float64, a.Spec().ActDim)
			a.Observe(obs)
			assert.InDeltaSlice(t, want.First, obs, 1e-9, "the first observation")
			var masses []float64
			for _, b := range a.Physics().Model.Bodies {
				if b.Mass > 0 && len(masses) < len(want.Masses) {
					masses = append(masses, b.Mass)
				}
			}
			assert.InDeltaSlice(t, want.Masses, masses, 1e-12)
			worst, paid := 0.0, 0.0
			for i, u := range want.Ctrl {
				copy(action, u)
				r := a.Step(action)
				a.Observe(obs)
				for k, q := range want.QPos[i] {
					worst = math.Max(worst, math.Abs(q-a.Physics().QPos[k]))
				}
				paid = math.Max(paid, math.Abs(r.Reward-want.Rewards[i]))
				require.InDeltaSlice(t, want.Observations[i], obs, 1e-6, "step %d", i+1)
				require.False(t, r.Terminated)
			}
			t.Logf("largest error of qpos %.1e, of the reward %.1e", worst, paid)
			assert.Less(t, worst, 1e-8)
			assert.Less(t, paid, 1e-6)
		})
	}
}

// Rewards lie in 0..1, episodes have 1000 steps, and an episode's start is one of the suite's.
func TestControlEpisodes(t *testing.T) {
	for _, task := range env.Tasks() {
		if task.Family != env.DeepMindControl {
			continue
		}
		t.Run(task.Name, func(t *testing.T) {
			e := task.New().(*env.Articulated)
			assert.Equal(t, 1000, task.MaxSteps)
			action := make([]float64, task.ActDim)
			for seed := range uint64(20) {
				e.Reset(seed)
				d := e.Physics()
				for k, j := range d.Model.Joints {
					if j.Limited && !strings.HasPrefix(task.Name, "cheetah") { // it falls and comes to rest
						assert.True(t, d.QPos[k] >= j.Range[0] && d.QPos[k] <= j.Range[1], "%s: %g", j.Name, d.QPos[k])
					}
				}
				if strings.HasPrefix(task.Name, "finger") || strings.HasPrefix(task.Name, "ball") {
					assert.Empty(t, d.Contacts)
				}
				for i := range 20 {
					for k := range action {
						action[k] = math.Sin(float64(i + k + int(seed)))
					}
					r := e.Step(action)
					assert.True(t, r.Reward >= 0 && r.Reward <= 1, "%g", r.Reward)
				}
			}
		})
	}
}

package env_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
)

func made(t *testing.T, task, reward, done string) env.Env {
	t.Helper()
	e, err := env.Make(task, &env.Model{Reward: reward, Done: done})
	require.NoError(t, err)
	return e
}

// Every task with a reward and an end of one's own obeys the contract of the tasks.
func TestOwnRewardsConform(t *testing.T) {
	for _, name := range env.Names() {
		t.Run(name, func(t *testing.T) {
			build := func() env.Env { return made(t, name, "obs[0] - 0.1*|a|^2", "time > 1e9") }
			checkSpec(t, name, build())
			checkSeed(t, build)
			checkState(t, build)
			checkClip(t, build)
			checkEnd(t, build())
			checkBadState(t, build())
			checkAllocations(t, build())
			checkShapes(t, build())
		})
	}
}

// Expressions pay what the tasks themselves pay, to some roundings: their quantities are those after the step.
func TestExpressionsPayWhatTasksPay(t *testing.T) {
	for task, reward := range map[string]string{
		"cartpole_balance":  "(obs[1]+1)/2 * (4 + 1 - a[0]^2)/5 * (1 + tolerance(qvel.hinge, 0, 0, 5))/2 * (1 + tolerance(qpos.slider, 0, 0, 2))/2",
		"walker_stand":      "(3*tolerance(obs.height, 1.2, 1e9, 0.6) + (1 + cos(angle))/2)/4",
		"hopper_stand":      "(0.6 <= body.torso.z - body.foot.z <= 2) * (4 + 1 - |a|^2/4)/5",
		"cheetah_run":       "clip(vx/10, 0, 1)",
		"point_mass_easy":   "tolerance(hypot(body.mass.x, body.mass.y), 0, 0.015, 0.015) * (4 + 1 - |action|^2/2)/5",
		"acrobot_swingup":   "tolerance(hypot(site.tip.x, site.tip.z - 4), 0, 0.2, 1)",
		"swimmer6":          "1/(1 + 9*(max(hypot(obs[5], obs[6]) - 0.1, 0)/0.5)^2)",
		"mountain_car":      "100*(obs.position >= 0.45 && obs.velocity >= 0) - 0.1*a[0]^2",
		"inverted_pendulum": "1",
	} {
		t.Run(task, func(t *testing.T) {
			own, ours := made(t, task, reward, ""), build2(t, task)
			action := make([]float64, own.Spec().ActDim)
			for seed := range uint64(3) {
				own.Reset(seed)
				ours.Reset(seed)
				for i := range 60 {
					for k := range action {
						action[k] = math.Sin(float64(i*(k+1)) + float64(seed))
					}
					a, b := own.Step(action), ours.Step(action)
					require.InDelta(t, b.Reward, a.Reward, 1e-12, "step %d", i+1)
					require.Equal(t, b.Terminated, a.Terminated)
					if a.Terminated {
						break
					}
				}
			}
		})
	}
}

func build2(t *testing.T, task string) env.Env {
	e, err := env.New(task)
	require.NoError(t, err)
	return e
}

// A condition ends an episode in place of the task's own, where the task can go on.
func TestOwnEnds(t *testing.T) {
	e := made(t, "hopper_v5", "", "z < 0.8 || time > 2")
	e.Reset(1)
	action := make([]float64, 3)
	for i := 1; ; i++ {
		if r := e.Step(action); r.Terminated {
			break
		}
		require.Less(t, i, 300)
	}
	require.Panics(t, func() { e.Step(action) })
	e = made(t, "pendulum", "-obs[2]^2", "time >= 0.5")
	e.Reset(1)
	for i := 1; i <= 10; i++ {
		require.Equal(t, i == 10, e.Step(action[:1]).Terminated, "step %d", i)
	}
}

// A reward that is no number ends the episode, and the event is told.
func TestRewardsThatAreNoNumbers(t *testing.T) {
	for _, task := range []string{"pendulum", "hopper"} {
		e := made(t, task, "log(-1 - time)", "")
		e.Reset(1)
		require.NoError(t, env.Diverged(e))
		r := e.Step(make([]float64, e.Spec().ActDim))
		assert.True(t, r.Terminated)
		assert.Zero(t, r.Reward)
		require.EqualError(t, env.Diverged(e), "the reward log(-1 - time) became NaN")
		e.Reset(1)
		require.NoError(t, env.Diverged(e))
	}
}

func TestWrongExpressionsAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"vy":        `reward "vy", character 1: no quantity is named "vy"; there are a, action, angle, body, contacts, obs, qpos, qvel, rate, time, vx, vz, x, z`,
		"body.arm":  `nothing is named "arm" here; there are world, torso, thigh, leg, foot`,
		"obs.speed": `no entry is named "speed"; there are height, torso angle`,
	} {
		_, err := env.Make("hopper", &env.Model{Reward: text})
		require.ErrorContains(t, err, want)
	}
	_, err := env.Make("hopper", &env.Model{Done: "z"})
	require.EqualError(t, err, `end "z" is a number, not a condition such as z < 0.7`)
	_, err = env.Make(env.CustomName, &env.Model{Reward: "1"})
	require.ErrorContains(t, err, "needs its model")
}

// A body of one's own is read with what it includes, and pays an expression.
func TestReadModel(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "parts"), 0o755))
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	write("cart.xml", `<mujoco><include file="parts/pole.xml"/></mujoco>`)
	write("parts/pole.xml", `<mujoco><worldbody><body name="cart"><joint name="slide" type="slide" axis="1 0 0"/><geom size="0.1"/>
		<body name="pole"><joint name="hinge" axis="0 1 0"/><geom type="capsule" fromto="0 0 0 0 0 1" size="0.05"/></body></body></worldbody></mujoco>`)
	m, err := env.ReadModel(env.Disk{}, filepath.ToSlash(filepath.Join(dir, "cart.xml")))
	require.NoError(t, err)
	assert.Equal(t, "cart.xml", m.Name)
	assert.Len(t, m.Files, 2)
	m.Reward, m.Done = "body.pole.z - 0.5*(qvel.slide)^2", "body.pole.z < 0.2"
	e, err := env.NewCustom(m)
	require.NoError(t, err)
	e.Reset(3)
	action, ended := []float64{0.3, 0}[:e.Spec().ActDim], false
	for range 300 {
		r := e.Step(action)
		z := math.Cos(e.Physics().QPos[1]) / 2
		require.InDelta(t, z-0.5*e.Physics().QVel[0]*e.Physics().QVel[0], r.Reward, 1e-12)
		if ended = r.Terminated; ended {
			require.Less(t, z, 0.2)
			break
		}
	}
	require.True(t, ended)
	require.NotEmpty(t, env.Quantities(e))
	write("cart.xml", `<mujoco><include file="none.xml"/></mujoco>`)
	_, err = env.ReadModel(env.Disk{}, filepath.ToSlash(filepath.Join(dir, "cart.xml")))
	require.ErrorContains(t, err, "none.xml: not among the given files")
}

// BenchmarkOwnReward takes steps with the task's reward and with an expression in turn, the same steps, and reports by the fastest
// slices, which other programs disturb least, what part of a step the expression adds.
func BenchmarkOwnReward(b *testing.B) {
	for task, reward := range map[string]string{
		"half_cheetah": "vx - 0.1*|a|^2 + 0.1*(body.torso.z > 0.5)", "walker2d": "vx - 0.1*|a|^2 + 0.1*(body.torso.z > 0.5)", "reacher": "-|body.fingertip.x - 0.1| - |a|^2",
	} {
		b.Run(task, func(b *testing.B) {
			var best [2]time.Duration
			for i := range best {
				best[i] = time.Hour
			}
			var envs [2]env.Env
			for i, text := range []string{"", reward} {
				e, err := env.Make(task, &env.Model{Reward: text})
				require.NoError(b, err)
				e.Reset(1)
				envs[i] = e
			}
			action := make([]float64, envs[0].Spec().ActDim)
			for n := range b.N {
				for side, e := range envs {
					start := time.Now()
					for i := range 20 {
						action[i%len(action)] = math.Sin(float64(20*n + i))
						if r := e.Step(action); r.Terminated || r.Truncated {
							e.Reset(uint64(n))
						}
					}
					best[side] = min(best[side], time.Since(start))
				}
			}
			b.ReportMetric(100*(float64(best[1])/float64(best[0])-1), "%")
		})
	}
}

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/policy/checkpoint"
	"onestep/policy/train"
)

// A body of one's own trains headless to the bits of the same files in the tab, whose worker takes them by their names, and its
// policy carries body, reward and end.
func TestTrainingABodyOfOnesOwn(t *testing.T) {
	folder, dir := t.TempDir(), t.TempDir()
	file := filepath.Join(folder, "cart.xml")
	text := map[string]string{
		"cart.xml": `<mujoco><include file="pole.xml"/></mujoco>`,
		"pole.xml": `<mujoco><worldbody><body name="cart"><joint name="slide" type="slide" axis="1 0 0"/><geom size="0.1"/>
			<body name="pole"><joint name="hinge" axis="0 1 0"/><geom type="capsule" fromto="0 0 0 0 0 1" size="0.05"/></body></body></worldbody></mujoco>`,
	}
	for name, s := range text {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(s), 0o644))
	}
	const reward, end = "body.pole.z - 0.1*|a|^2", "body.pole.z < 0"
	args := []string{"train", "-steps", "320", "-episodes", "2", "-config", tiny, "-out", dir}
	done(t, append(args, "-model", file, "-reward", reward, "-done", end)...)

	o, err := train.NewOptions(env.CustomName, "fpmd-m", 1, 320, map[string]any{"hidden": []int{8}, "batch": 8, "particles": 2, "warmUp": 50})
	require.NoError(t, err)
	o.Model = &env.Model{Files: text, Reward: reward, Done: end} // as the page sends a drop
	r, err := train.NewRun(o)
	require.NoError(t, err)
	for !r.Done() {
		require.NoError(t, r.Step())
	}
	assert.Equal(t, checkpoint.PolicyOf(r, checkpoint.Record{}).Hash()+"\n", done(t, "hash", filepath.Join(dir, policyFile)))
	done(t, "eval", "-policy", filepath.Join(dir, policyFile), "-episodes", "1")
	done(t, "train", "-resume", "-out", dir, "-episodes", "1")
	b, err := os.ReadFile(filepath.Join(dir, policyFile))
	require.NoError(t, err)
	p, err := checkpoint.ReadPolicy(b)
	require.NoError(t, err)
	assert.Equal(t, &env.Model{Name: "cart.xml", Files: text, Reward: reward, Done: end}, p.Model)

	assert.Contains(t, done(t, "quantities", "-model", file), "body.torso.x")
	for _, c := range []struct {
		want string
		more []string
	}{
		{"train: -task and -model exclude each other", []string{"-model", file, "-task", "pendulum"}},
		{`no quantity is named "speed"; there are a, action`, []string{"-model", file, "-reward", "speed"}},
		{"is a number, not a condition", []string{"-model", file, "-done", "x"}},
		{"not among the given files", []string{"-model", filepath.Join(folder, "none.xml")}},
		{`no quantity is named "vx"; there are a, action, obs, time`, []string{"-reward", "vx"}},
	} {
		status, _, stderr := invoke(t.Context(), append(args, c.more...)...)
		assert.NotZero(t, status)
		assert.Contains(t, stderr, c.want)
	}
}

// A task pays an expression in place of its own reward, and its policy tells so.
func TestTrainingOnAnotherReward(t *testing.T) {
	dir := t.TempDir()
	done(t, trainArgs(dir, "-reward", "obs[0]")...)
	b, err := os.ReadFile(filepath.Join(dir, policyFile))
	require.NoError(t, err)
	p, err := checkpoint.ReadPolicy(b)
	require.NoError(t, err)
	assert.Equal(t, &env.Model{Reward: "obs[0]"}, p.Model)
	assert.LessOrEqual(t, p.Record.Curve[0].OneStep.Mean, 200.0, "a cosine a step")
	assert.GreaterOrEqual(t, p.Record.Curve[0].OneStep.Mean, -200.0)
}

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A policy that was exported and is read as anybody's ONNX graph plays the episodes of its policy file: the same starts,
// the same noise, and actions that differ by the roundings of float32 sums. On Pendulum, which swings up within 200 steps, these
// stay below a hundredth of a return of 100 to 300.
func TestEvalOfAnONNXGraph(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pendulum.onnx")
	done(t, "export", "-policy", shippedPendulum, "-format", "onnx", "-out", path)
	want := evaluated(t, "-policy", shippedPendulum, "-episodes", "5")
	got := evaluated(t, path, "-task", "pendulum", "-episodes", "5")
	require.Len(t, got.Returns, 5)
	for i, r := range want.Returns {
		assert.InDelta(t, r, got.Returns[i], 0.01, "episode %d", i)
	}
	assert.Equal(t, "onnx", got.Algorithm)
	status, out, stderr := invoke(t.Context(), "eval", path, "-task", "pendulum", "-episodes", "2")
	require.Zero(t, status, stderr)
	assert.Regexp(t, `^pendulum.onnx \(output action, \d+ nodes\) on pendulum: mean -?\d`, out)
	late := evaluated(t, path, "-task", "pendulum", "-episodes", "5", "-latency", "100ms")
	assert.Less(t, late.Summary.Mean, got.Summary.Mean)
	own := evaluated(t, path, "-task", "pendulum", "-episodes", "5", "-actions", "own")
	assert.NotEqual(t, got.Returns, own.Returns, "half the torque")

	cut := filepath.Join(t.TempDir(), "cut.ONNX")
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(cut, b[:len(b)/2], 0o600))
	for _, c := range []struct {
		status int
		why    string
		args   []string
	}{
		{1, "its input \"obs\" takes 3 numbers, and the task's observation has 17", []string{path, "-task", "half_cheetah"}},
		{1, "a message ends inside a field", []string{cut, "-task", "pendulum"}},
		{2, "needs -task or -model", []string{path}},
		{2, "-k is for a policy file", []string{path, "-task", "pendulum", "-k", "2"}},
		{2, "-task, -model and -actions are for an ONNX graph", []string{shippedPendulum, "-task", "pendulum"}},
		{2, "two files", []string{path, "-policy", path}},
	} {
		status, out, stderr := invoke(t.Context(), append([]string{"eval"}, c.args...)...)
		assert.Equal(t, c.status, status, stderr)
		assert.Contains(t, stderr, c.why)
		assert.Empty(t, out)
	}
	var r evalResult
	status, out, stderr = invoke(t.Context(), "eval", shippedPendulum, "-json", "-episodes", "5")
	require.Zero(t, status, stderr)
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	assert.Equal(t, want.Returns, r.Returns, "the file without a flag")
}

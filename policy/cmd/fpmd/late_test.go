package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/grid"
	"onestep/policy/sweep"
	"onestep/policy/train"
)

const shippedPendulum = "../../../assets/policies/pendulum-fpmd-m.safetensors"

func evaluated(t *testing.T, args ...string) (r evalResult) {
	t.Helper()
	status, out, stderr := invoke(t.Context(), append([]string{"eval", "-json"}, args...)...)
	require.Zero(t, status, stderr)
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	return r
}

// Without time an action is not late; a pendulum moves every 50 ms, so that one evaluation of 20 ms arrives in time, and 20
// of them eight periods late, by when it hangs or falls.
func TestLateActionsFail(t *testing.T) {
	plain := evaluated(t, "-policy", shippedPendulum, "-episodes", "6")
	assert.Equal(t, plain.Returns, evaluated(t, "-policy", shippedPendulum, "-episodes", "6", "-latency", "20ms").Returns)
	many := evaluated(t, "-policy", shippedPendulum, "-episodes", "6", "-k", "20")
	late := evaluated(t, "-policy", shippedPendulum, "-episodes", "6", "-k", "20", "-latency", "20ms")
	assert.Less(t, late.Summary.Mean, many.Summary.Mean-300)
	assert.Equal(t, 0.02, late.Latency)
	again := evaluated(t, "-policy", shippedPendulum, "-episodes", "6", "-k", "20", "-latency", "20ms")
	assert.Equal(t, late.Returns, again.Returns)
}

// A cell of the grid is what eval says of the same way.
func TestAGridHoldsEveryWay(t *testing.T) {
	dir := t.TempDir()
	status, out, stderr := invoke(t.Context(), "eval", "-policy", shippedPendulum, "-episodes", "3", "-grid", "-json")
	require.Zero(t, status, stderr)
	var g grid.Grid
	require.NoError(t, json.Unmarshal([]byte(out), &g))
	require.Len(t, g.Cells, len(grid.Steps)*len(grid.Candidates)+1)
	assert.Equal(t, evaluated(t, "-policy", shippedPendulum, "-episodes", "3", "-k", "4", "-best-of", "8").Returns, g.At(4, 8).Returns)
	assert.Equal(t, [2]int{640, 64}, [2]int{g.At(20, 32).NFE, g.At(20, 32).CriticNFE})
	for _, c := range g.Cells {
		assert.LessOrEqual(t, c.Interval.Low, c.Mean)
		assert.GreaterOrEqual(t, c.Interval.High, c.Mean)
		assert.Positive(t, c.Microseconds)
	}
	file := filepath.Join(dir, "g.json")
	require.NoError(t, os.WriteFile(file, []byte(out), 0o600))
	for _, of := range []string{"front", "time", "map"} {
		status, _, stderr = invoke(t.Context(), "plot", "grid", "-grid", file, "-of", of, "-out", filepath.Join(dir, of+".svg"), "-csv", filepath.Join(dir, of+".csv"))
		require.Zero(t, status, stderr)
		assert.FileExists(t, filepath.Join(dir, of+".svg"))
		table, err := os.ReadFile(filepath.Join(dir, of+".csv"))
		require.NoError(t, err)
		assert.Regexp(t, `(?m)^1,1,1,0,.*,1$`, string(table), "nothing is cheaper than one step of one particle")
	}
	status, out, _ = invoke(t.Context(), "eval", "-policy", shippedPendulum, "-episodes", "2", "-grid")
	require.Zero(t, status)
	for _, want := range []string{"20 x 32", "2 x 10", "1 x 1", "NFE 640", "* no other way"} {
		assert.Contains(t, out, want)
	}
	status, _, stderr = invoke(t.Context(), "eval", "-policy", shippedPendulum, "-grid", "-k", "2")
	assert.Equal(t, 2, status)
	assert.Contains(t, stderr, "leave out -k")
	status, _, stderr = invoke(t.Context(), "eval", "-policy", shippedPendulum, "-sampler", "ancestral")
	assert.Equal(t, 2, status)
	assert.Contains(t, stderr, "diffusion")
}

func TestLatencyIsDrawn(t *testing.T) {
	csv := filepath.Join(t.TempDir(), "l.csv")
	status, _, stderr := invoke(t.Context(), "plot", "latency", "-policy", shippedPendulum, "-k", "1,20", "-times", "0,5ms", "-episodes", "2", "-csv", csv)
	require.Zero(t, status, stderr)
	b, err := os.ReadFile(csv)
	require.NoError(t, err)
	assert.Contains(t, string(b), "20,1,5,100,")
}

// Every run of the plans that are kept is one that the program takes.
func TestTheKeptPlansCanBeRun(t *testing.T) {
	files, err := filepath.Glob("../../sweep/plans/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		plan, err := sweep.Read(b)
		require.NoError(t, err, file)
		for _, r := range plan.Runs() {
			_, err := train.NewOptions(r.Task, r.Agent, r.Seed, r.Block.Steps, r.Setting.Config)
			assert.NoError(t, err, "%s: %s", file, r.Folder())
		}
	}
}

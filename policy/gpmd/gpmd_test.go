package gpmd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/catalog"
	"onestep/policy/checkpoint"
	"onestep/policy/fpmd"
	"onestep/policy/train"
)

// It learns to swing the pendulum up: untrained weights return about -1,300 an episode and doing nothing about -1,200.
func TestItLearnsPendulum(t *testing.T) {
	o, err := train.NewOptions("pendulum", "gpmd", 1, 2500, map[string]any{"hidden": []int{32, 32}, "batch": 32})
	require.NoError(t, err)
	r, err := train.NewRun(o)
	require.NoError(t, err)
	for !r.Done() {
		require.NoError(t, r.Step())
	}
	e, err := train.NewEvaluator("pendulum", nil, 20, &r.Agent.EMA)
	require.NoError(t, err)
	mean := train.Summarise(e.Evaluate(&r.Agent.EMA, 1, nil)).Mean
	t.Logf("return %.1f", mean)
	require.Greater(t, mean, -400.0)
}

// Its files are read, exported and offered like any other agent's.
func TestItIsWhole(t *testing.T) {
	o, err := train.NewOptions("pendulum", "gpmd", 1, 60, map[string]any{"hidden": []int{8}, "batch": 8, "warmUp": 20, "shards": 2})
	require.NoError(t, err)
	r, err := train.NewRun(o)
	require.NoError(t, err)
	require.Len(t, r.Learner.(*fpmd.Learner).Shards, 2)
	for !r.Done() {
		require.NoError(t, r.Step())
	}
	b, err := checkpoint.RunBytes(r, checkpoint.NewRecord(0))
	require.NoError(t, err)
	again, _, err := checkpoint.ReadRun(b)
	require.NoError(t, err)
	require.Equal(t, r.Agent.EMA.Params, again.Agent.EMA.Params)
	p, err := checkpoint.ReadPolicy(b)
	require.NoError(t, err)
	for _, format := range checkpoint.ExportFormats {
		file, err := p.Export(format, 1)
		require.NoError(t, err)
		require.NotEmpty(t, file, format)
	}
	listed := catalog.Get().Agents[len(catalog.Get().Agents)-1]
	require.Equal(t, "gpmd", listed.Name)
	require.True(t, listed.Single)
	require.NotContains(t, listed.Settings, "trainSteps")
}

package agents_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
	"onestep/policy/agents"
	"onestep/policy/fpmd"
	"onestep/policy/learner"
	"onestep/policy/nn"
)

// smallConfig is a small agent's, with the overrides that it looks at.
func smallConfig(t testing.TB, alg string, overrides map[string]any) learner.Config {
	own := map[string]any{"hidden": []int{24, 24}, "batch": 32}
	if alg != "sac" && alg != "mdpo" {
		own["particles"] = 4
	}
	for name, value := range overrides {
		if agents.Uses(alg, name) {
			own[name] = value
		}
	}
	cfg, _, err := agents.Settings(agents.Browser, "pendulum", alg, own)
	require.NoError(t, err)
	return cfg
}

// build makes a learner.
func build(t testing.TB, cfg learner.Config, alg string, obsDim, actDim, updates int, seed uint64) learner.Learner {
	row, err := agents.Find(alg)
	require.NoError(t, err)
	l, err := row.New(cfg, obsDim, actDim, updates, seed)
	require.NoError(t, err)
	return l
}

func TestSameSeedSameBits(t *testing.T) {
	buffer := banditReplay()
	run := func(seed uint64) []float32 {
		agent := build(t, smallConfig(t, "fpmd-m", nil), "fpmd-m", 1, 1, 50, seed)
		batch, src := buffer.NewBatch(32), rng.New(2)
		for range 50 {
			buffer.Sample(batch, src)
			require.NoError(t, agent.Update(batch))
		}
		return agent.Learned().Policy.Params
	}
	require.Equal(t, run(1), run(1))
	require.NotEqual(t, run(1), run(2))
}

func TestUpdateAndExploreAllocateNothing(t *testing.T) {
	buffer := banditReplay()
	for _, alg := range agents.Names() {
		for _, weighting := range fpmd.Weightings {
			cfg := smallConfig(t, alg, map[string]any{"weighting": weighting})
			agent := build(t, cfg, alg, 1, 1, 100, 1)
			batch, src := buffer.NewBatch(32), rng.New(2)
			action, obs := make([]float32, 1), []float32{1}
			require.Zero(t, testing.AllocsPerRun(5, func() {
				buffer.Sample(batch, src)
				if agent.Update(batch) != nil {
					panic("update failed")
				}
				agent.Explore(action, obs)
			}), "%s %s", alg, weighting)
		}
	}
}

// A NaN in a batch stops the update before it reaches the weights, and the error names where it was seen.
func TestNotFiniteIsNamedAndChangesNothing(t *testing.T) {
	buffer := banditReplay()
	l := build(t, smallConfig(t, "fpmd-m", nil), "fpmd-m", 1, 1, 100, 1)
	agent, batch := l.Learned(), buffer.NewBatch(32)
	buffer.Sample(batch, rng.New(2))
	batch.Reward[3] = float32(math.NaN())
	critic := append([]float32(nil), agent.Critics.Online[0]...)
	policy := append([]float32(nil), agent.Policy.Params...)
	err := l.Update(batch)
	var notFinite *nn.NotFinite
	require.ErrorAs(t, err, &notFinite)
	require.Equal(t, "critic1", notFinite.Network)
	require.Equal(t, "loss", notFinite.Tensor)
	require.Equal(t, critic, agent.Critics.Online[0])
	require.Equal(t, policy, agent.Policy.Params)
}

// The temperature falls until the entropy of the noise is the target: with -1.5 nats per dimension and noise
// 0.1 alpha that is alpha = exp(-1.5 - ln(2 pi e)/2)/0.1 = 0.5399.
func TestTemperatureSettlesAtTheTargetEntropy(t *testing.T) {
	buffer := banditReplay()
	cfg := smallConfig(t, "fpmd-m", map[string]any{"temperatureDelay": 1, "batch": 2, "particles": 2})
	agent := build(t, cfg, "fpmd-m", 1, 1, 1500, 1).(*fpmd.Learner)
	require.InDelta(t, 5, agent.Temperature(), 1e-9)
	require.InDelta(t, 0.5, agent.NoiseStd(), 1e-9)
	batch, src := buffer.NewBatch(2), rng.New(2)
	for range 1500 {
		buffer.Sample(batch, src)
		require.NoError(t, agent.Update(batch))
	}
	require.InDelta(t, 0.5399, agent.Temperature(), 0.02, "Adam's last ripples at a learning rate of 0.007")
	require.Equal(t, 1.0, agent.Lambda(), "the floor of the mirror descent step")
}

func TestConfigurationsAreChecked(t *testing.T) {
	cfg, steps, err := agents.Settings(agents.Browser, "pendulum", "fpmd-r", nil)
	require.NoError(t, err)
	require.Positive(t, steps)
	for _, c := range []struct {
		overrides map[string]any
		want      string
	}{
		{map[string]any{"batch": 0}, "batch must lie in 1..4096"},
		{map[string]any{"gamma": 1.5}, "gamma must lie in"},
		{map[string]any{"hidden": []int{}}, "hidden must have 1..6 numbers, not 0"},
		{map[string]any{"hidden": []int{5000}}, "each number of hidden must lie in 1..1024, not 5000"},
		{map[string]any{"weighting": "softmax"}, "weighting must be one of"},
		{map[string]any{"speed": 3}, `no setting is named "speed"`},
		{map[string]any{"batch": "many"}, "batch"},
		{map[string]any{"batch": 4096, "particles": 256, "hidden": []int{1024}}, "batch times particles"},
	} {
		before := learner.Clone(cfg)
		_, err := learner.Merge(cfg, c.overrides)
		require.ErrorContains(t, err, c.want)
		require.Equal(t, before, cfg)
	}
	merged, err := learner.Merge(cfg, map[string]any{"hidden": []int{8}})
	require.NoError(t, err)
	require.Equal(t, []int{8}, merged.Shared().Hidden)
	require.Equal(t, []int{64, 64}, cfg.Shared().Hidden, "the original keeps its layers")
	_, _, err = agents.Settings(agents.Browser, "pendulum", "ppo", nil)
	require.ErrorContains(t, err, `"ppo"`)
}

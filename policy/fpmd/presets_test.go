package fpmd_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/policy/fpmd"
	"onestep/policy/settings"
)

func TestEveryPresetIsValidForEveryTaskAndAlgorithm(t *testing.T) {
	for _, task := range env.Names() {
		for _, alg := range fpmd.Algorithms {
			for _, preset := range fpmd.Presets {
				cfg, steps, err := fpmd.PresetConfig(preset, task, alg)
				require.NoError(t, err)
				require.NoError(t, cfg.Validate(), "%s %s %s", preset, task, alg)
				require.Greater(t, steps, cfg.WarmUp)
				again, err := cfg.Merge(cfg.Map())
				require.NoError(t, err, "a configuration survives JSON")
				require.Equal(t, cfg, again)
			}
		}
	}
}

func TestPresetsDoNotShareTheirLayers(t *testing.T) {
	a, _, err := fpmd.DefaultConfig("pendulum", fpmd.FPMDM)
	require.NoError(t, err)
	a.Hidden[0] = 1
	b, _, err := fpmd.DefaultConfig("pendulum", fpmd.FPMDM)
	require.NoError(t, err)
	require.Equal(t, []int{64, 64}, b.Hidden)
}

// The released code's constants, as read there.
func TestTheReleasedPresetIsTheReleasedCode(t *testing.T) {
	for alg, steps := range map[fpmd.Algorithm]int{fpmd.FPMDM: 1, fpmd.FPMDR: 20, fpmd.DPMD: 20} {
		got, total, err := fpmd.PresetConfig(fpmd.ReleasedCode, "half_cheetah", alg)
		require.NoError(t, err)
		require.Equal(t, 1_000_000, total)
		require.Equal(t, fpmd.Config{
			Hidden: []int{256, 256, 256}, Batch: 256, Particles: 32, TrainSteps: steps, Gamma: 0.99, Tau: 0.005, RewardScale: 0.2,
			CriticLR: 3e-4, PolicyLR: 3e-4, PolicyLRHold: 25_000, PolicyLRDone: 75_000, PolicyLREnd: 0.1, PolicyDelay: 2,
			Weighting: fpmd.AsReleased, Released: true, AlphaInit: 5, AlphaLR: 7e-3, AlphaDelay: 250, EntropyPerDim: -1.5, NoiseScale: 0.1,
			SourceStd: 0.5, TrainSourceStd: 1, WarmUp: 30_000, UpdatesPerStep: 0.2, ReplayCapacity: 1_000_000, StatRate: 0.001, PerStateRate: 0.01,
		}, got, alg)
	}
}

func TestUnknownNamesAreRefused(t *testing.T) {
	for _, c := range []struct{ preset, task, alg, want string }{
		{"best", "pendulum", "sac", `no preset is named "best"; there are browser, default, global, as-released`},
		{"browser", "unicycle", "sac", `no settings are known for the task "unicycle"`},
		{"browser", "pendulum", "ppo", `no algorithm is named "ppo"; there are fpmd-m, fpmd-r, dpmd, sac`},
	} {
		_, _, err := fpmd.PresetConfig(fpmd.Preset(c.preset), c.task, fpmd.Algorithm(c.alg))
		require.EqualError(t, err, c.want)
	}
}

// A form needs to know which settings an algorithm looks at; each named one exists.
func TestUses(t *testing.T) {
	cfg, _, err := fpmd.DefaultConfig("pendulum", fpmd.SAC)
	require.NoError(t, err)
	unused := 0
	for name := range cfg.Map() {
		require.True(t, fpmd.Uses(fpmd.FPMDM, name), name)
		if !fpmd.Uses(fpmd.SAC, name) {
			unused++
		}
	}
	require.Equal(t, 10, unused)
	require.False(t, fpmd.Uses(fpmd.FPMDR, "fractionEqual"))
	require.False(t, fpmd.Uses(fpmd.DPMD, "fractionOneStep"))
}

// Each switch does what it says and nothing else: the settings of a run that is otherwise the default.
func TestSwitches(t *testing.T) {
	agent := func(alg fpmd.Algorithm, overrides map[string]any) *fpmd.Agent {
		a, err := fpmd.New(smallConfig(t, alg, overrides), alg, 1, 1, 100, 1)
		require.NoError(t, err)
		return a
	}
	plain := agent(fpmd.FPMDM, nil)
	require.InDelta(t, 0.5, plain.NoiseStd(), 1e-12)
	require.InDelta(t, 5, plain.Lambda(), 1e-12)
	fixed := agent(fpmd.FPMDM, map[string]any{"fixedNoise": 0.2, "fixedLambda": 0.5})
	require.Equal(t, 0.2, fixed.NoiseStd())
	require.Equal(t, 0.5, fixed.Lambda())
	require.InDelta(t, 5, fixed.Alpha(), 1e-12, "the temperature itself stays what it is")
	require.Equal(t, float32(0.7), agent(fpmd.FPMDM, map[string]any{"sourceStd": 0.7}).EMA.SourceStd)

	// Best-of-N when acting: with all noise off, more candidates find an action of at least the value.
	one := agent(fpmd.FPMDM, map[string]any{"noiseScale": 0, "actParticles": 1})
	many := agent(fpmd.FPMDM, map[string]any{"noiseScale": 0, "actParticles": 256})
	a, b, q := []float32{0}, []float32{0}, make([]float32, 1)
	obs := []float32{0.3}
	value := func(x *fpmd.Agent, action []float32) float32 {
		x.Critics.Min(q, &x.Critics.Online, obs, 1, action)
		return q[0]
	}
	for range 20 {
		one.Explore(a, obs)
		many.Explore(b, obs)
		require.GreaterOrEqual(t, value(many, b), value(one, a))
	}
}

func FuzzMerge(f *testing.F) {
	cfg, _, err := fpmd.DefaultConfig("pendulum", fpmd.FPMDM)
	require.NoError(f, err)
	f.Add("batch", 32.0)
	f.Add("hidden", 3.0)
	f.Add("Hidden", -1.0)
	f.Add("policyLRDone", 1e300)
	f.Fuzz(func(t *testing.T, name string, value float64) {
		merged, err := cfg.Merge(map[string]any{name: value, "hidden": []float64{value}})
		if err != nil {
			return
		}
		require.NoError(t, merged.Validate())
	})
}

// A form and the flags need words for every field of a configuration.
func TestEveryFieldIsASettingWithWords(t *testing.T) {
	fields := settings.Fields(fpmd.Config{})
	require.Len(t, fields, reflect.TypeFor[fpmd.Config]().NumField())
	for _, f := range fields {
		require.NotEmpty(t, f.Label, f.Name)
		require.NotEmpty(t, f.Group, f.Name)
	}
	weighting, _ := settings.Lookup(fpmd.Config{}, "weighting")
	for i, w := range fpmd.Weightings {
		require.Equal(t, string(w), weighting.Values[i])
	}
}

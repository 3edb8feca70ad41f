package agents_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/policy/agents"
	"onestep/policy/critic"
	"onestep/policy/fpmd"
	"onestep/policy/learner"
	"onestep/policy/settings"
)

func TestEveryPresetIsValidForEveryTaskAndAlgorithm(t *testing.T) {
	for _, task := range env.Names() {
		for _, alg := range agents.Names() {
			for _, preset := range agents.PresetIDs() {
				cfg, steps, err := agents.Settings(preset, task, alg, nil)
				require.NoError(t, err)
				require.NoError(t, cfg.Validate(), "%s %s %s", preset, task, alg)
				require.Greater(t, steps, cfg.Shared().WarmUp)
				again, err := learner.Merge(cfg, settings.Map(cfg))
				require.NoError(t, err, "a configuration survives JSON")
				require.Equal(t, cfg, again)
			}
		}
	}
}

func TestPresetsDoNotShareTheirLayers(t *testing.T) {
	a, _, err := agents.Settings(agents.Browser, "pendulum", "fpmd-m", nil)
	require.NoError(t, err)
	a.Shared().Hidden[0] = 1
	b, _, err := agents.Settings(agents.Browser, "pendulum", "fpmd-m", nil)
	require.NoError(t, err)
	require.Equal(t, []int{64, 64}, b.Shared().Hidden)
}

// The released code's constants, as read there.
func TestTheReleasedPresetIsTheReleasedCode(t *testing.T) {
	for alg, steps := range map[string]int{"fpmd-m": 1, "fpmd-r": 20, "dpmd": 20} {
		got, total, err := agents.Settings("as-released", "half_cheetah", alg, nil)
		require.NoError(t, err)
		require.Equal(t, 1_000_000, total)
		require.Equal(t, fpmd.Config{Rule: fpmd.Rule{
			Common: learner.Common{
				Hidden: []int{256, 256, 256}, Batch: 256, Particles: 32, Gamma: 0.99, Tau: 0.005, RewardScale: 0.2,
				CriticLR: 3e-4, PolicyLR: 3e-4, PolicyLRHold: 25_000, PolicyLRDone: 75_000, PolicyLREnd: 0.1, PolicyDelay: 2,
				TemperatureInit: 5, TemperatureLR: 7e-3, TemperatureDelay: 250, EntropyPerDim: -1.5, NoiseScale: 0.1, SourceStd: 0.5,
				WarmUp: 30_000, UpdatesPerStep: 0.2, ReplayCapacity: 1_000_000,
			},
			Weighting: fpmd.AsReleased, Released: true, StatRate: 0.001, PerStateRate: 0.01,
		}, TrainSteps: steps, TrainSourceStd: 1}, *got.(interface{ Mirror() *fpmd.Config }).Mirror(), alg)
	}
}

func TestUnknownNamesAreRefused(t *testing.T) {
	for _, c := range []struct{ preset, task, alg, want string }{
		{"best", "pendulum", "sac", `no preset is named "best"; there are browser, browser-global, browser-constant, browser-released, default, global, constant, as-released`},
		{"browser-constnat", "pendulum", "sac", `no preset is named "browser-constnat"; did you mean browser-constant?`},
		{"browser", "unicycle", "sac", `no settings are known for the task "unicycle"`},
		{"browser", "pendulum", "ppo", `no agent is named "ppo"; there are fpmd-m, fpmd-r, dpmd, sac, mdpo, gpmd`},
	} {
		_, _, err := agents.Settings(c.preset, c.task, c.alg, nil)
		require.EqualError(t, err, c.want)
	}
}

// A form needs to know which settings an agent looks at: those of its own configuration's type. One of another agent is
// refused with the agents that have it.
func TestUses(t *testing.T) {
	mirror := []string{
		"trainSteps", "weighting", "lambdaFloor", "fixedLambda", "trainSourceStd", "fractionEqual", "fractionOneStep", "statRate", "statEvery", "perStateRate", "shards",
	}
	for agent, others := range map[string][]string{
		"fpmd-m": {"prox", "m"},
		"fpmd-r": {"prox", "m", "fractionEqual"},
		"dpmd":   {"prox", "m", "fractionEqual", "fractionOneStep"},
		"sac":    append([]string{"prox", "m", "released"}, mirror...),
		"mdpo":   mirror,
	} {
		for _, name := range others {
			require.False(t, agents.Uses(agent, name), "%s %s", agent, name)
		}
		row, err := agents.Find(agent)
		require.NoError(t, err)
		require.Len(t, settings.Fields(row.Config()), len(agents.Fields())-len(others))
	}
	_, _, err := agents.Settings(agents.Browser, "pendulum", "sac", map[string]any{"shards": 2})
	require.EqualError(t, err, "sac has no setting shards: it is one of fpmd-m, fpmd-r, dpmd, gpmd")
}

// Files of before each agent had its own configuration hold the settings of all; what nobody knows is refused.
func TestOlderConfigurationsAreRead(t *testing.T) {
	want, _, err := agents.Settings(agents.Browser, "pendulum", "sac", nil)
	require.NoError(t, err)
	all, _, err := agents.Settings(agents.Browser, "pendulum", "fpmd-m", nil)
	require.NoError(t, err)
	values := settings.Map(all)
	maps.Copy(values, settings.Map(want))
	b, err := json.Marshal(values)
	require.NoError(t, err)
	got, err := agents.Read("sac", b)
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = agents.Read("sac", []byte(`{"botch": 8}`))
	require.ErrorContains(t, err, `unknown field "botch"`)
	_, err = agents.Read("sac", []byte(`{"batch": "many"}`))
	require.ErrorContains(t, err, "batch must be a whole number")
}

// Each switch does what it says and nothing else: the settings of a run that is otherwise the default.
func TestSwitches(t *testing.T) {
	agent := func(alg string, overrides map[string]any) *fpmd.Learner {
		return build(t, smallConfig(t, alg, overrides), alg, 1, 1, 100, 1).(*fpmd.Learner)
	}
	plain := agent("fpmd-m", nil)
	require.InDelta(t, 0.5, plain.NoiseStd(), 1e-12)
	require.InDelta(t, 5, plain.Lambda(), 1e-12)
	fixed := agent("fpmd-m", map[string]any{"fixedNoise": 0.2, "fixedLambda": 0.5})
	require.Equal(t, 0.2, fixed.NoiseStd())
	require.Equal(t, 0.5, fixed.Lambda())
	require.InDelta(t, 5, fixed.Temperature(), 1e-12, "the temperature itself stays what it is")
	require.Equal(t, float32(0.7), agent("fpmd-m", map[string]any{"sourceStd": 0.7}).EMA.SourceStd)

	// Best-of-N when acting: with all noise off, more candidates find an action of at least the value.
	one := agent("fpmd-m", map[string]any{"noiseScale": 0, "actParticles": 1})
	many := agent("fpmd-m", map[string]any{"noiseScale": 0, "actParticles": 256})
	a, b, q := []float32{0}, []float32{0}, make([]float32, 1)
	obs := []float32{0.3}
	value := func(x *fpmd.Learner, action []float32) float32 {
		critic.NewValues(x.Critics.Net, 1).Min(q, &x.Critics.Online, obs, 1, action)
		return q[0]
	}
	for range 20 {
		one.Explore(a, obs)
		many.Explore(b, obs)
		require.GreaterOrEqual(t, value(many, b), value(one, a))
	}
}

func FuzzMerge(f *testing.F) {
	cfg, _, err := agents.Settings(agents.Browser, "pendulum", "fpmd-m", nil)
	require.NoError(f, err)
	f.Add("batch", 32.0)
	f.Add("hidden", 3.0)
	f.Add("Hidden", -1.0)
	f.Add("policyLRDone", 1e300)
	f.Fuzz(func(t *testing.T, name string, value float64) {
		merged, err := learner.Merge(cfg, map[string]any{name: value, "hidden": []float64{value}})
		if err != nil {
			return
		}
		require.NoError(t, merged.Validate())
	})
}

// A form and the flags need words for every field of a configuration.
func TestEveryFieldIsASettingWithWords(t *testing.T) {
	for _, a := range agents.All {
		written := settings.Map(a.Config())
		for _, name := range []string{"shards", "unclippedCost", "statEvery"} { // not written where they are not set, as in older files
			if agents.Uses(a.Name, name) {
				require.NotContains(t, written, name)
				written[name] = 0
			}
		}
		require.ElementsMatch(t, slices.Collect(maps.Keys(written)), settings.Names(a.Config()), a.Name)
	}
	for _, f := range agents.Fields() {
		require.NotEmpty(t, f.Label, f.Name)
		require.NotEmpty(t, f.Group, f.Name)
	}
	weighting, _ := settings.Lookup(fpmd.Config{}, "weighting")
	for i, w := range fpmd.Weightings {
		require.Equal(t, string(w), weighting.Values[i])
	}
}

package catalog

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/policy/agents"
	"onestep/policy/fpmd"
	"onestep/policy/settings"
	"onestep/policy/train"
)

// Every task and agent of the program is offered, with its title, goal, units, and settings of every preset: the catalog's
// values are those that a training takes.
func TestTheCatalogHoldsEverything(t *testing.T) {
	b, err := json.Marshal(Get())
	require.NoError(t, err)
	var c Catalog // as a reader of the JSON has it
	require.NoError(t, json.Unmarshal(b, &c))
	var names []string
	for _, task := range c.Tasks {
		names = append(names, task.Name)
		assert.NotEmpty(t, task.Label)
		assert.NotEmpty(t, task.Title)
		assert.NotEmpty(t, task.Does)
		if task.Name == env.CustomName {
			continue // whose quantities its files tell
		}
		assert.NotZero(t, task.Goal, task.Name)
		assert.NotZero(t, task.Solved, task.Name)
		assert.Positive(t, task.ControlPeriod, task.Name)
		for _, q := range task.Actions {
			assert.NotEmpty(t, q.Unit, "%s: %s", task.Name, q.Name)
		}
	}
	assert.ElementsMatch(t, append(env.Names(), env.CustomName), names)
	var list []string
	for _, a := range c.Agents {
		list = append(list, a.Name)
		assert.NotEmpty(t, a.Title)
		assert.NotEmpty(t, a.Text, a.Name)
		assert.Positive(t, a.Steps, a.Name)
		assert.Contains(t, a.Settings, "steps")
	}
	assert.Equal(t, agents.Names(), list)
	for _, task := range c.Tasks {
		for _, alg := range list {
			for _, p := range c.Presets {
				i := slices.IndexFunc(c.Sizes, func(s Sizes) bool { return s.Agent == alg && s.Base == p.Base })
				require.GreaterOrEqual(t, i, 0)
				values := c.Sizes[i].On(task.Name)
				for name, value := range p.Patch {
					if agents.Uses(alg, name) {
						values[name] = value
					}
				}
				o, err := Options(p.ID, task.Name, alg, 1, 0, nil)
				require.NoError(t, err, "%s on %s from %s", alg, task.Name, p.ID)
				want, err := json.Marshal(formOf(o))
				require.NoError(t, err)
				for name := range values { // each can be shown and typed
					assert.True(t, slices.ContainsFunc(c.Settings, func(f settings.Field) bool { return f.Name == name && f.Help != "" }), name)
				}
				got, err := json.Marshal(values)
				require.NoError(t, err)
				assert.JSONEq(t, string(want), string(got), "%s on %s from %s", alg, task.Name, p.ID)
			}
		}
	}
}

// Presets change what they say, and overrides come last.
func TestOptions(t *testing.T) {
	o, err := Options("browser-constant", "pendulum", "fpmd-m", 3, 0, map[string]any{"gamma": 0.5})
	require.NoError(t, err)
	assert.Equal(t, fpmd.Constant, o.Config.(*fpmd.MeanFlowConfig).Weighting)
	assert.Equal(t, 0.5, o.Config.Shared().Gamma)
	assert.Equal(t, uint64(3), o.Seed)
	o, err = Options("browser-constant", "pendulum", "fpmd-m", 3, 0, map[string]any{"weighting": "global"})
	require.NoError(t, err)
	assert.Equal(t, fpmd.Global, o.Config.(*fpmd.MeanFlowConfig).Weighting)
	soft, err := Options("browser-released", "pendulum", "sac", 3, 0, nil)
	require.NoError(t, err)
	plain, err := train.NewOptions("pendulum", "sac", 3, 0, nil)
	require.NoError(t, err)
	assert.Equal(t, plain, soft, "SAC has no weights to change")
	_, err = Options("browser-constnat", "pendulum", "fpmd-m", 3, 0, nil)
	require.EqualError(t, err, `no preset is named "browser-constnat"; did you mean browser-constant?`)
	for _, p := range agents.Presets {
		fields := map[string]bool{}
		for _, f := range Fields() {
			fields[f.Name] = true
		}
		for name := range p.Patch {
			assert.True(t, fields[name], "%s changes %s", p.ID, name)
		}
		assert.NotEmpty(t, p.Text)
	}
}

// An example's link names tasks, agents, presets and settings that exist.
func TestExamplesAreTrue(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range examples {
		assert.False(t, seen[e.ID], e.ID)
		seen[e.ID] = true
		assert.NotEmpty(t, e.Title)
		assert.NotEmpty(t, e.Text)
		task, err := env.Find(e.State.Task)
		require.NoError(t, err, e.ID)
		assert.Equal(t, task.Base, task.Name, "it is offered in the list")
		alg, preset := "fpmd-m", "browser"
		if e.State.Algorithm != "" {
			alg = e.State.Algorithm
		}
		if e.State.Preset != "" {
			preset = e.State.Preset
		}
		overrides := map[string]any{}
		for part := range strings.SplitSeq(e.State.Settings, "*") {
			if name, value, ok := strings.Cut(part, "_"); ok {
				overrides[name] = json.Number(value)
			} else {
				assert.Empty(t, part, e.ID)
			}
		}
		_, err = Options(preset, task.Name, alg, 1, 0, overrides)
		assert.NoError(t, err, e.ID)
	}
	assert.NotEmpty(t, seen)
}

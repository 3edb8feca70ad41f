package catalog

import (
	"onestep/policy/agents"
	"onestep/policy/train"
)

// Preset is a set of settings to begin with.
type Preset = agents.Preset

// PresetIDs lists the names of presets.
func PresetIDs() []string { return agents.PresetIDs() }

// Options are those of a training that begins with a preset: overrides (names of settings) come last, and steps 0
// takes the preset's length. An unknown name is an error with the nearest that is known.
func Options(preset, task, alg string, seed uint64, steps int, overrides map[string]any) (train.Options, error) {
	return train.NewPresetOptions(preset, task, alg, seed, steps, overrides)
}

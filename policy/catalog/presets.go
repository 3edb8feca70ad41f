package catalog

import (
	"maps"

	"onestep/policy/fpmd"
	"onestep/policy/settings"
	"onestep/policy/train"
)

// Preset is a set of settings to begin with: those of Base, changed by Patch where the agent looks at what it changes.
type Preset struct {
	ID    string         `json:"id"`    // in links and flags
	Name  string         `json:"name"`  // in lists
	Group string         `json:"group"` // the heading it stands under
	Text  string         `json:"text"`  // a sentence or two
	Base  fpmd.Preset    `json:"base"`
	Patch map[string]any `json:"patch,omitempty"`
}

// Groups of presets.
const (
	groupTab   = "Sized for this tab"
	groupPaper = "The paper’s sizes"
)

// presets in the order of lists; the first is what a training takes unless told otherwise.
var presets = []Preset{
	{"browser", "Browser", groupTab, "Sized for this task and a tab: small networks, large learning rates. What Train takes unless told otherwise.", fpmd.Browser, nil},
	{"browser-global", "Browser, global weights", groupTab,
		"One mean and spread of Q over all states, instead of those of the state’s own candidates: good states outweigh good actions. Learns late or not at all.",
		fpmd.Browser, map[string]any{"weighting": fpmd.Global}},
	{"browser-constant", "Browser, constant weights", groupTab, "Every action counts alike; only the choice among N candidates improves the policy.",
		fpmd.Browser, map[string]any{"weighting": fpmd.Constant}},
	{"browser-released", "Browser, as released", groupTab,
		"The authors’ update with its quirks (q − mean/std without parentheses, two critic steps) at a tab’s size. Instructive: most weights clip to the same value.",
		fpmd.Browser, map[string]any{"weighting": fpmd.AsReleased, "released": true, "lambdaFloor": 0}},
	{"default", "Default", groupPaper, "The paper’s sizes: three layers of 256, a million steps. Hours in a tab.", fpmd.Default, nil},
	{"global", "Global weights", groupPaper, "The paper’s sizes with one mean and spread of Q over all states. Hours in a tab.", fpmd.GlobalWeights, nil},
	{"constant", "Constant weights", groupPaper, "The paper’s sizes; best-of-N alone improves the policy. Hours in a tab.",
		fpmd.Default, map[string]any{"weighting": fpmd.Constant}},
	{"as-released", "As released", groupPaper, "The authors’ code to the letter, its quirks included. Hours in a tab.", fpmd.ReleasedCode, nil},
}

// PresetIDs lists the names of presets.
func PresetIDs() []string {
	ids := make([]string, len(presets))
	for i, p := range presets {
		ids[i] = p.ID
	}
	return ids
}

// Options are those of a training that begins with a preset: overrides (JSON names of fpmd.Config) come last, and steps 0
// takes the preset's length. An unknown name is an error with the nearest that is known.
func Options(preset, task string, alg fpmd.Algorithm, seed uint64, steps int, overrides map[string]any) (train.Options, error) {
	for _, p := range presets {
		if p.ID != preset {
			continue
		}
		merged := maps.Clone(p.Patch)
		maps.DeleteFunc(merged, func(name string, _ any) bool { return !fpmd.Uses(alg, name) })
		if merged == nil {
			merged = map[string]any{}
		}
		maps.Copy(merged, overrides)
		return train.NewPresetOptions(p.Base, task, alg, seed, steps, merged)
	}
	return train.Options{}, settings.Unknown("preset", preset, PresetIDs())
}

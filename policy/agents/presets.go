package agents

import (
	"fmt"
	"maps"
	"strings"

	"onestep/engine/quote"
	"onestep/policy/fpmd"
	"onestep/policy/learner"
	"onestep/policy/settings"
)

// Preset is a set of settings to begin with: those of its Base, changed by Patch where the agent looks at what it changes.
type Preset struct {
	ID    string         `json:"id"`    // in links and flags
	Name  string         `json:"name"`  // in lists
	Group string         `json:"group"` // the heading it stands under
	Text  string         `json:"text"`  // a sentence or two
	Base  string         `json:"base"`  // one of Bases
	Patch map[string]any `json:"patch,omitempty"`
}

// Bases of the presets.
const (
	// Browser is sized for a task and a tab, with per-state weights: what a run takes unless told otherwise.
	Browser = "browser"
	// Default has the paper's sizes with this program's per-state weights.
	Default = "default"
)

// Bases lists them.
var Bases = []string{Browser, Default}

// Headings of the presets.
const (
	groupTab   = "Sized for this tab"
	groupPaper = "The paper’s sizes"
)

// quirks are those of the authors' code.
var quirks = map[string]any{"weighting": fpmd.AsReleased, "released": true, "lambdaFloor": 0}

// Presets lists the presets in the order of lists.
var Presets = []Preset{
	{Browser, "Browser", groupTab, "Sized for this task and a tab: small networks, large learning rates. What Train takes unless told otherwise.", Browser, nil},
	{"browser-global", "Browser, global weights", groupTab,
		"One mean and spread of Q over all states, instead of those of the state’s own candidates: good states outweigh good actions. Learns late or not at all.",
		Browser, map[string]any{"weighting": fpmd.Global}},
	{"browser-constant", "Browser, constant weights", groupTab, "Every action counts alike; only the choice among N candidates improves the policy.",
		Browser, map[string]any{"weighting": fpmd.Constant}},
	{"browser-released", "Browser, as released", groupTab,
		"The authors’ update with its quirks at a tab’s size. FPMD: q − mean/std without parentheses, so that most weights clip to the same value, and two critic steps. MDPO: Q1 alone improves a policy that explores by its mean, from a copy whose spread has no floor.",
		Browser, quirks},
	{Default, "Default", groupPaper, "The paper’s sizes: three layers of 256, a million steps. Hours in a tab.", Default, nil},
	{"global", "Global weights", groupPaper, "The paper’s sizes with one mean and spread of Q over all states. Hours in a tab.",
		Default, map[string]any{"weighting": fpmd.Global}},
	{"constant", "Constant weights", groupPaper, "The paper’s sizes; best-of-N alone improves the policy. Hours in a tab.",
		Default, map[string]any{"weighting": fpmd.Constant}},
	{"as-released", "As released", groupPaper, "The authors’ code to the letter, its quirks included. Hours in a tab.", Default, quirks},
}

// PresetIDs lists the names of the presets.
func PresetIDs() []string {
	ids := make([]string, len(Presets))
	for i, p := range Presets {
		ids[i] = p.ID
	}
	return ids
}

// Settings returns a preset's settings for an agent and a task, and the number of environment steps that a run takes by
// default. overrides (by the names of settings) come last. An unknown name is an error.
func Settings(preset, task, agent string, overrides map[string]any) (learner.Config, int, error) {
	a, err := Find(agent)
	if err != nil {
		return nil, 0, err
	}
	size, ok := learner.SizeOf(task)
	if !ok {
		return nil, 0, fmt.Errorf("no settings are known for the task %s", quote.Text(task))
	}
	for name := range overrides {
		if err := refuseForeign(agent, name); err != nil {
			return nil, 0, err
		}
	}
	for _, p := range Presets {
		if p.ID != preset {
			continue
		}
		base, steps := a.Browser(size), size.Steps
		if p.Base == Default {
			base, steps = a.Paper(), learner.PaperSteps
		}
		changes := maps.Clone(p.Patch)
		maps.DeleteFunc(changes, func(name string, _ any) bool { return !Uses(agent, name) })
		if changes == nil {
			changes = map[string]any{}
		}
		maps.Copy(changes, overrides)
		c, err := learner.Merge(base, changes)
		return c, steps, err
	}
	return nil, 0, settings.Unknown("preset", preset, PresetIDs())
}

// refuseForeign refuses a setting that is another agent's.
func refuseForeign(agent, name string) error {
	if Uses(agent, name) {
		return nil
	}
	var others []string
	for _, a := range All {
		if Uses(a.Name, name) {
			others = append(others, a.Name)
		}
	}
	if len(others) == 0 {
		return nil // settings.Set names the nearest
	}
	return fmt.Errorf("%s has no setting %s: it is one of %s", agent, name, strings.Join(others, ", "))
}

// Package agents is the table of agents: nothing else lists them. A new one is a package with a learner.Agent, and a line
// here.
package agents

import (
	"encoding/json"
	"fmt"
	"slices"

	"onestep/engine/quote"
	"onestep/engine/strict"
	"onestep/policy/dpmd"
	"onestep/policy/fpmd"
	"onestep/policy/gpmd"
	"onestep/policy/learner"
	"onestep/policy/mdpo"
	"onestep/policy/sac"
	"onestep/policy/settings"
)

// All are the agents, in the order of lists; the first is what a training takes unless told otherwise.
var All = []*learner.Agent{
	&fpmd.M,
	&fpmd.R,
	&dpmd.Agent,
	&sac.Agent,
	&mdpo.Agent,
	&gpmd.Agent,
}

// Names lists the names of the agents.
func Names() []string {
	list := make([]string, len(All))
	for i, a := range All {
		list[i] = a.Name
	}
	return list
}

// Find returns the agent of that name; an unknown one is an error with the nearest that is known.
func Find(name string) (*learner.Agent, error) {
	if i := slices.IndexFunc(All, func(a *learner.Agent) bool { return a.Name == name }); i >= 0 {
		return All[i], nil
	}
	return nil, settings.Unknown("agent", name, Names())
}

// Union returns a pointer to a new struct with the settings of all agents, each once: for parsers of flags.
func Union() any {
	configs := make([]any, len(All))
	for i, a := range All {
		configs[i] = a.Config()
	}
	return settings.Union(configs...)
}

// Fields are the settings of all agents, each once.
func Fields() []settings.Field { return settings.Fields(Union()) }

// Uses reports whether an agent looks at a setting.
func Uses(agent, name string) bool {
	a, err := Find(agent)
	if err != nil {
		return false
	}
	_, ok := settings.Lookup(a.Config(), name)
	return ok
}

// Read reads the JSON of a configuration as files and records have it. Settings of other agents are passed over: older
// files have them all.
func Read(agent string, text []byte) (learner.Config, error) {
	a, err := Find(agent)
	if err != nil {
		return nil, err
	}
	var values map[string]json.RawMessage
	if err := strict.Unmarshal(text, &values); err != nil {
		return nil, err
	}
	own := map[string]any{}
	all := Union()
	for name, value := range values {
		if Uses(agent, name) {
			own[name] = value
		} else if _, known := settings.Lookup(all, name); !known {
			return nil, fmt.Errorf("unknown field %s", quote.Text(name))
		}
	}
	c := a.Config()
	return c, settings.Set(c, own)
}

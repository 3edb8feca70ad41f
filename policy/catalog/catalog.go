// Package catalog is what can be chosen: tasks, agents, settings, presets and examples, as one value. The site's build
// writes it into a JavaScript module, so that the page offers everything before any program of it runs; the headless
// program lists and checks names by it.
//
// What is listed stands where it belongs: tasks in engine/env, agents and presets in policy/agents, settings in
// the tags of the agents' configurations and of train.Options. Here are the examples.
package catalog

import (
	"slices"
	"sync"

	"onestep/engine/env"
	"onestep/policy/agents"
	"onestep/policy/settings"
	"onestep/policy/train"
)

// Catalog is everything that can be chosen.
type Catalog struct {
	Tasks    []*env.Task      `json:"tasks"`    // in the order of lists: all versions, then a person's own body
	Agents   []Agent          `json:"agents"`   // in the order of lists
	Settings []settings.Field `json:"settings"` // of a training, in the order of a form
	Presets  []Preset         `json:"presets"`
	Sizes    []Sizes          `json:"sizes"` // of each agent with each base of the presets
	Examples []Example        `json:"examples"`
}

// Agent is one of the algorithms.
type Agent struct {
	Name     string   `json:"name"`     // in links, flags and files
	Title    string   `json:"title"`    // "FPMD-M"
	Text     string   `json:"text"`     // what it is, a sentence
	Settings []string `json:"settings"` // those that it looks at, in the order of the form
	Steps    int      `json:"steps"`    // of its sampler that it is made for: 1, or those of diffusion
	Single   bool     `json:"single"`   // its sampler has no steps: one evaluation, whatever K
}

// Get returns the catalog. It is made once; the caller does not change it.
var Get = sync.OnceValue(func() *Catalog {
	c := &Catalog{Settings: Fields(), Presets: agents.Presets, Examples: examples}
	for _, task := range append(env.Tasks(), &env.Custom) {
		brief := *task
		brief.Observations, brief.ActionScale = nil, nil // the stage tells them of the task that it shows
		c.Tasks = append(c.Tasks, &brief)
	}
	c.Sizes = sizes(c.Tasks)
	length := settings.Names(train.Options{})
	for _, agent := range agents.All {
		a := Agent{Name: agent.Name, Title: agent.Title, Text: agent.Text, Steps: agent.Steps, Single: agent.Family.Steps(2) == 1}
		for _, f := range c.Settings {
			if slices.Contains(length, f.Name) || agents.Uses(agent.Name, f.Name) {
				a.Settings = append(a.Settings, f.Name)
			}
		}
		c.Agents = append(c.Agents, a)
	}
	return c
})

// Fields are the settings of a training, in the order of a form: the length of the run and the agent's constants.
func Fields() []settings.Field {
	return append(append([]settings.Field(nil), settings.Fields(train.Options{})...), agents.Fields()...)
}

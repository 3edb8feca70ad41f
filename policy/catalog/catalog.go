// Package catalog is what can be chosen: tasks, agents, settings, presets and examples, as one value. The site's build
// writes it into a JavaScript module, so that the page offers everything before any program of it runs; the headless
// program lists and checks names by it.
//
// What is listed stands where it belongs: tasks in engine/env, agents and the constants of their presets in policy/fpmd,
// settings in the tags of fpmd.Config and train.Options. Here are the presets by the names that links and flags use, and
// the examples.
package catalog

import (
	"maps"
	"reflect"
	"strings"
	"sync"

	"onestep/engine/env"
	"onestep/policy/fpmd"
	"onestep/policy/settings"
	"onestep/policy/train"
)

// Catalog is everything that can be chosen.
type Catalog struct {
	Tasks    []*env.Task      `json:"tasks"`    // in the order of lists: all versions, then a person's own body
	Agents   []Agent          `json:"agents"`   // in the order of lists
	Settings []settings.Field `json:"settings"` // of a training, in the order of a form
	Presets  []Preset         `json:"presets"`
	Values   Values           `json:"values"`
	Examples []Example        `json:"examples"`
}

// Agent is one of the algorithms.
type Agent struct {
	Name     fpmd.Algorithm `json:"name"`     // in links, flags and files
	Title    string         `json:"title"`    // "FPMD-M"
	Text     string         `json:"text"`     // what it is, a sentence
	Settings []string       `json:"settings"` // those that it looks at, in the order of the form
	Steps    int            `json:"steps"`    // of its sampler that it is made for: 1, or those of diffusion
	Single   bool           `json:"single"`   // its sampler has no steps: one evaluation, whatever K
}

// Values are the settings that trainings begin with: Values[base][agent][""] holds all of them, and under a task's Base
// stands what differs for it. base is that of a Preset.
type Values map[fpmd.Preset]map[fpmd.Algorithm]map[string]map[string]any

// texts of the agents.
var texts = map[fpmd.Algorithm]Agent{
	fpmd.FPMDM: {Steps: 1, Text: "MeanFlow policy: it learns the average velocity between two times, so that one step is what it is trained for."},
	fpmd.FPMDR: {Steps: 1, Text: "Rectified-flow policy: it learns the velocity at each time; one step is exact only where all noise goes to one action."},
	fpmd.DPMD:  {Steps: 20, Text: "The diffusion policy that flows are compared with: it removes noise in 20 steps."},
	fpmd.SAC:   {Steps: 1, Single: true, Text: "Soft actor-critic, the usual baseline: one Gaussian, no steps."},
}

// Get returns the catalog. It is made once; the caller does not change it.
var Get = sync.OnceValue(func() *Catalog {
	c := &Catalog{Tasks: append(env.Tasks(), &env.Custom), Settings: Fields(), Presets: presets, Values: values(), Examples: examples}
	for _, alg := range fpmd.Algorithms {
		a := texts[alg]
		a.Name, a.Title = alg, strings.ToUpper(string(alg))
		for _, f := range c.Settings {
			if fpmd.Uses(alg, f.Name) {
				a.Settings = append(a.Settings, f.Name)
			}
		}
		c.Agents = append(c.Agents, a)
	}
	return c
})

// Fields are the settings of a training, in the order of a form: the length of the run and the agent's constants.
func Fields() []settings.Field {
	return append(append([]settings.Field(nil), settings.Fields(train.Options{})...), settings.Fields(fpmd.Config{})...)
}

// values collects the settings of every base, agent and task.
func values() Values {
	v := Values{}
	for _, base := range fpmd.Presets {
		v[base] = map[fpmd.Algorithm]map[string]map[string]any{}
		for _, alg := range fpmd.Algorithms {
			v[base][alg] = byTask(base, alg)
		}
	}
	return v
}

// byTask are the settings of one base and agent: those of the first task, and what others change.
func byTask(base fpmd.Preset, alg fpmd.Algorithm) map[string]map[string]any {
	all := map[string]map[string]any{}
	for _, task := range append(env.Listed(), &env.Custom) {
		o, err := train.NewPresetOptions(base, task.Name, alg, 0, 0, nil)
		if err != nil {
			continue // it can be looked at, not trained; a test tells that there is none
		}
		full := settings.Map(o.Config)
		full["steps"] = o.Steps
		if all[""] == nil {
			all[""] = full
			continue
		}
		differs := maps.Clone(full)
		maps.DeleteFunc(differs, func(name string, value any) bool {
			common, ok := all[""][name]
			return ok && reflect.DeepEqual(value, common)
		})
		if len(differs) > 0 {
			all[task.Base] = differs
		}
	}
	return all
}

package catalog

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"onestep/engine/env"
	"onestep/policy/agents"
	"onestep/policy/settings"
	"onestep/policy/train"
)

// Sizes are the settings that an agent begins with on each task, from one of the presets' bases.
type Sizes struct {
	Agent  string         `json:"agent"`
	Base   string         `json:"base"`   // one of agents.Bases
	Values map[string]any `json:"values"` // of tasks that Other does not list; the run's length, "steps", with them
	Other  []Other        `json:"other"`
}

// Other is what differs for some tasks.
type Other struct {
	Tasks  []string       `json:"tasks"`
	Values map[string]any `json:"values"`
}

// On are the settings on a task.
func (s *Sizes) On(task string) map[string]any {
	values := maps.Clone(s.Values)
	for _, o := range s.Other {
		if slices.Contains(o.Tasks, task) {
			maps.Copy(values, o.Values)
		}
	}
	return values
}

// sizes writes out every agent's settings; those of most tasks stand once. It panics where a listed task has none: a test
// trains by all of them.
func sizes(tasks []*env.Task) (list []Sizes) {
	for _, agent := range agents.Names() {
		for _, base := range agents.Bases {
			var alike []Other
			for _, task := range tasks {
				o, err := train.NewPresetOptions(base, task.Name, agent, 0, 0, nil)
				if err != nil {
					panic(fmt.Sprintf("catalog: %v", err))
				}
				values := formOf(o)
				i := slices.IndexFunc(alike, func(o Other) bool { return reflect.DeepEqual(o.Values, values) })
				if i < 0 {
					i = len(alike)
					alike = append(alike, Other{Values: values})
				}
				alike[i].Tasks = append(alike[i].Tasks, task.Name)
			}
			most := slices.MaxFunc(alike, func(a, b Other) int { return len(a.Tasks) - len(b.Tasks) }).Values
			s := Sizes{Agent: agent, Base: base, Values: most}
			for _, o := range alike {
				o.Values = maps.Clone(o.Values)
				maps.DeleteFunc(o.Values, func(name string, value any) bool { return reflect.DeepEqual(value, most[name]) })
				if len(o.Values) > 0 {
					s.Other = append(s.Other, o)
				}
			}
			list = append(list, s)
		}
	}
	return list
}

// formOf are the fields of a form: the settings that the agent looks at, and the steps.
func formOf(o train.Options) map[string]any {
	m := settings.Map(o.Config)
	if _, given := m["shards"]; !given && agents.Uses(o.Algorithm, "shards") {
		m["shards"] = 1
	}
	m["steps"] = o.Steps
	return m
}

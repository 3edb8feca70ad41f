package env

import (
	"fmt"
	"slices"
	"strings"
)

// constructors holds every task by name.
var constructors = map[string]func() Env{
	"pendulum": func() Env { return NewPendulum() },
}

// articulated holds the constructors of the MuJoCo tasks; each enters as v4 under its name and as v5 with "_v5" behind it.
var articulated = map[string]func(Version) *Articulated{
	"inverted_pendulum":        NewInvertedPendulum,
	"inverted_double_pendulum": NewInvertedDoublePendulum,
	"reacher":                  NewReacher,
	"swimmer":                  NewSwimmer,
	"hopper":                   NewHopper,
	"half_cheetah":             NewHalfCheetah,
	"walker2d":                 NewWalker2d,
}

func init() {
	for name, build := range articulated {
		constructors[name] = func() Env { return build(V4) }
		constructors[name+"_v5"] = func() Env { return build(V5) }
	}
}

// Names lists the tasks in alphabetical order.
func Names() []string {
	names := make([]string, 0, len(constructors))
	for name := range constructors {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// New builds the task of that name.
func New(name string) (Env, error) {
	make, ok := constructors[name]
	if !ok {
		return nil, fmt.Errorf("no task is named %q; there are %s", name, strings.Join(Names(), ", "))
	}
	return make(), nil
}

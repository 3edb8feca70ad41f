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

package env

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"onestep/engine/quote"
)

// registry holds every task in the order of lists. A task's file is named here and nowhere else.
var registry = slices.Concat(pendulum, mountainCar, invertedPendulum, invertedDoublePendulum, reacher, swimmer, hopper, halfCheetah, walker2d,
	cartpole, controlPendulum, acrobot, pointMass, controlReacher, cheetah, controlHopper, controlWalker, swimmer6, finger, ballInCup, posts)

// entry is a task's name and its descriptor, which is made when it is first asked for: a body is compiled for it.
type entry struct {
	name string
	task func() *Task
}

// single is the entry of a task that has one version.
func single(name string, describe func() Task) []entry {
	return []entry{{name, sync.OnceValue(func() *Task {
		t := describe()
		t.Name, t.Base = name, name
		t.count()
		return &t
	})}}
}

// Tasks lists every task in the order of lists, the versions of one beside each other, the first of them under its Base.
func Tasks() []*Task {
	list := make([]*Task, len(registry))
	for i, e := range registry {
		list[i] = e.task()
	}
	return list
}

// Listed are the tasks that are offered to choose from: one version of each.
func Listed() []*Task {
	return slices.DeleteFunc(Tasks(), func(t *Task) bool { return t.Name != t.Base })
}

// Names lists the tasks in alphabetical order.
func Names() []string {
	names := make([]string, len(registry))
	for i, e := range registry {
		names[i] = e.name
	}
	slices.Sort(names)
	return names
}

// Find returns the task of that name. The custom one has no dimensions: only its model tells them.
func Find(name string) (*Task, error) {
	if name == CustomName {
		return &Custom, nil
	}
	for _, e := range registry {
		if e.name == name {
			return e.task(), nil
		}
	}
	return nil, fmt.Errorf("no task is named %s; there are %s", quote.Text(name), strings.Join(Names(), ", "))
}

// New builds the task of that name.
func New(name string) (Env, error) {
	t, err := Find(name)
	if err != nil {
		return nil, err
	}
	if t.New == nil {
		return nil, fmt.Errorf("the task %q needs its model", name)
	}
	return t.New(), nil
}

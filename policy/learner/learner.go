// Package learner is what the training loop, files and tables know of an agent, and the parts that agents are made of:
// the state that files keep, best-of-N exploration, learning rates, the temperature, sizes for tasks. Each agent's rule
// stands in a package of its own.
package learner

import (
	"onestep/policy/flow"
	"onestep/policy/replay"
)

// Learner is an agent's rule at work on its State. It allocates nothing after it was made and is not safe for concurrent
// use.
type Learner interface {
	// Explore writes the action [ActDim] for the training environment in state obs [ObsDim], not clipped.
	Explore(dst, obs []float32)
	// Update takes one update on a batch. An error names the tensor that was not finite; the weights are then those before
	// the step that failed, and the statistics and metrics those before the update.
	Update(batch *replay.Batch) error
	// Learned is what has been learned so far, which files keep.
	Learned() *State
	// Statistics are the running numbers of the rule's own, a pointer to a struct that files keep as JSON, or nil.
	Statistics() Statistics
}

// Statistics are the running numbers of a rule.
type Statistics interface {
	// Validate refuses what no run can have.
	Validate() error
}

// Agent is one row of the table of agents.
type Agent struct {
	Name  string // in files, links and flags
	Title string // "FPMD-M"
	Text  string // what it is, a sentence
	Steps int    // of its sampler that it is made for

	Family flow.Family[float32]
	// Config returns a configuration of the agent's type with nothing set.
	Config func() Config
	// New builds a learner for observations [obsDim] and actions [actDim]. totalUpdates is the length of the run, to which
	// the schedules scale. The configuration is of the agent's type and valid.
	New func(c Config, obsDim, actDim, totalUpdates int, seed uint64) (Learner, error)
	// Browser is the configuration for a task of the given size in a tab.
	Browser func(size Size) Config
	// Paper is the configuration of the agent's own paper or code.
	Paper func() Config
}

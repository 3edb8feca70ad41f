// Package env holds the tasks: Markov decision processes with continuous observations and actions, as
// Gymnasium defines them.
//
// Actions are in [-1,1]^d everywhere in this program; Task says what physical range an environment maps
// them to. Terminated (the state is final, its value is zero) and Truncated (only the clock ran out, the
// value goes on) are kept apart. Randomness comes from the seed given to Reset alone, so that an episode
// is a function of its seed and its actions.
package env

import "onestep/engine/physics"

// Result is what a step returns beside the next observation.
type Result struct {
	Reward     float64
	Terminated bool
	Truncated  bool
}

// Delayed is an environment whose control may change within a control period, at its timesteps.
type Delayed interface {
	// FrameSkip is the number of timesteps in a control period.
	FrameSkip() int
	// Delay has the action of the next Step come late: for so many timesteps, fewer than FrameSkip, the body goes on with
	// before [ActDim]. What the reward says of the action is about the one of Step.
	Delay(before []float64, timesteps int)
}

// Charged is an environment whose reward charges the effort of an action.
type Charged interface {
	// ChargeUnclipped has it charge the action as it is given, as Gymnasium's tasks do, and not what the motors get of it.
	ChargeUnclipped(on bool)
}

// ChargeUnclipped says what e charges, where it charges anything.
func ChargeUnclipped(e Env, on bool) {
	if e, ok := e.(Charged); ok {
		e.ChargeUnclipped(on)
	}
}

// Env is one running environment. Implementations allocate nothing in Step and Observe.
type Env interface {
	// Spec returns the task; the caller does not change it.
	Spec() *Task
	// Reset starts an episode from its seed.
	Reset(seed uint64)
	// Observe writes the observation, dst [ObsDim].
	Observe(dst []float64)
	// Step applies action [ActDim], clipped to [-1,1], for one control period. After an episode has ended
	// it panics until Reset.
	Step(action []float64) Result
	// State appends everything that Restore needs, for run files and for going back to a state.
	State(dst []float64) []float64
	// Restore brings back a State; an error leaves the environment as it was.
	Restore(state []float64) error
	// Shapes appends the outlines of the bodies as they stand now, for drawing.
	Shapes(dst []physics.Shape) []physics.Shape
}

package sim

import (
	"onestep/engine/env"
	"onestep/wasm/app/weights"
	"onestep/wasm/protocol"
)

// Moment is what can be seen of the world now.
type Moment struct {
	Task     string
	Spec     *env.Task
	Obs      []float64 // [ObsDim]
	Figure   Figure
	Ghost    Ghost
	Ghosts   bool // there is to be a ghost
	Lane     Lane // its own, where it has one
	Hand     Hand
	Trail    []float64 // [2*n] places of the farthest limb's end, oldest first, m
	Episode  Episode
	Policy   *weights.Policy     // nil: nobody acts yet
	Info     protocol.PolicyInfo // of Policy
	Sampler  protocol.Sampler
	Play     protocol.Play
	Scrub    protocol.Scrub
	Drive    protocol.Drive
	Decision Decision
	T        float64 // the flow's time
	Held     bool    // the body waits in a state that was chosen
}

// Episode is the account of the current and the past episodes.
type Episode struct {
	Return float64 // so far
	Reward float64 // of the last step
	Steps  int
	Last   float64 // return of the last full episode, NaN before the first
	Done   int
	Broken bool // the body was moved by hand: the return does not count
	Over   bool // it has ended: the body waits for the ghost in the other lane to end, or is shown as it lies
	Final  bool // it ended in a final state, not by the clock
}

// PolicyActs tells whether the policy's actions move the body.
func (m *Moment) PolicyActs() bool { return m.Policy != nil && m.Drive.Mode == DrivePolicy }

// Delay is the simulated time that an action takes with so many evaluations of the network, s; who drives without one is never
// late.
func (m *Moment) Delay(evaluations int) float64 {
	if !m.PolicyActs() {
		return 0
	}
	return m.Sampler.Latency * float64(evaluations)
}

// OtherSteps is the number of steps of the sampler that the body does not use.
func (m *Moment) OtherSteps() int {
	if m.Sampler.Steps == 1 {
		return m.Sampler.ManySteps
	}
	return 1
}

// Moving tells whether the body's time runs.
func (m *Moment) Moving() bool { return m.Play.Playing && !m.Held && m.Decision.Valid }

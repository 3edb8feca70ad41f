// Package change names what may have changed on the stage since it was last brought up to date. Whoever changes something
// adds its fact to a Set; who depends on it finds it there. No setter says what is to be computed, written or drawn anew.
package change

// Set is a set of facts.
type Set uint32

// The facts.
const (
	Size    Set = 1 << iota // of the stage
	Theme                   // its colours
	Body                    // another one
	Task                    // that, or another seed of its episodes
	Agent                   // another policy acts, or none
	First                   // a policy acts where there was none
	Weights                 // the policy has other weights: the agent's, or the next ones of its training
	Sampler                 // another number of steps or of candidates
	Driver                  // somebody else moves the joints
	Values                  // the values by which a hand moves them
	Layers                  // what is drawn beside the body and the flow
	Ghosts                  // whether there is to be a ghost, and whether it has a lane of its own
	Cloud                   // the number of particles, or the flow's axes
	Measure                 // the noise from which spread and error are measured
	Playing                 // the body's time runs, or rests
	Arrived                 // the body has come to another state
	Jumped                  // and did not move there
	Action                  // the body takes another action next
	Motion                  // the body is drawn elsewhere
	Time                    // the flow's t
	Picture                 // the probe has another picture
	Dots                    // other visited states
	Chosen                  // another of them is shown, or none
	Rows                    // evaluations of a training
	Rest                    // the stage rests, or does so no more
	Pointer                 // it lies on something else
)

// All is every fact.
const All = ^Set(0)

// Has tells whether any of the facts of q is in s.
func (s Set) Has(q Set) bool { return s&q != 0 }

package flow

import (
	"onestep/policy/kernel"
	"onestep/policy/nn"
)

// Family is what a policy's network means. Its methods keep no state; what they work on is Work.
type Family[T kernel.Float] interface {
	// String is the family's name, in files and exports too.
	String() string
	// Net lays out a network for observations [obsDim] and actions [actDim].
	Net(obsDim, actDim int, hidden []int, act nn.Activation) *nn.Net[T]
	// ActDim is the dimension of the actions of such a network.
	ActDim(net *nn.Net[T]) int

	// Steps is the number of steps that are taken where K are asked for, each with one evaluation of the network by
	// Euler's rule: K, or 1 of a family that has no path from noise to action.
	Steps(k int) int
	// SingleStd is the standard deviation of the noise of a single action where nothing is to be explored, from that of
	// the policy's source.
	SingleStd(sourceStd T) T
	// Step moves positions x [rows*dim] over the k-th of so many equal steps from noise to action and returns the network's
	// evaluations per row.
	Step(w *Work[T], x []T, k, steps int) (evaluations int)
	// Velocity writes the instantaneous velocity at positions x [rows*dim] and time t, zero where there is none.
	Velocity(w *Work[T], dst, x []T, t T)

	Exporter
	// Words are what pictures and texts call things of this family.
	Words() Words
}

// Fitted is a family that can be fitted to weighted actions, which mirror descent asks for.
type Fitted[T kernel.Float] interface {
	Family[T]
	// NewLoss returns the loss of a network of the family for batches up to maxBatch.
	NewLoss(net *nn.Net[T], maxBatch int, o LossOptions) Loss[T]
}

// Exporter is what an export of a family's policies needs.
type Exporter interface {
	// Sampler names the rule by which K = steps steps are taken, in metadata and names of graphs, with its number of network
	// evaluations per action; ok tells whether the family takes the method.
	Sampler(m Method, steps int) (name string, nfe int, ok bool)
	// Unroll appends the sampler, from the noise x0 to the action in [-1, 1], and returns the action's value.
	Unroll(g Graph, m Method, steps int)
	// Texts are what readers and programs need.
	Texts() ExportTexts
}

// Graph builds the graph of an exported policy: a value is known by its name, and a prefix says where in the sampler
// it belongs.
type Graph interface {
	// Evaluate appends the network at positions x and its times, of which a network takes as many as it has.
	Evaluate(prefix, x string, r, t float32) string
	// Heads appends a network that takes the observation alone and returns the two halves of its output.
	Heads(first, second string) (a, b string)
	// Advance appends x + h v.
	Advance(prefix, x, v string, h float32) string
	// Combine appends a x + b y.
	Combine(name, x string, a float32, y string, b float32) string
	// Clip appends min(max(x, low), high); the bounds' names are those of constants.
	Clip(name, x, lowName string, low float32, highName string, high float32) string
	// Apply appends an ONNX operator.
	Apply(name, op string, inputs ...string) string
}

// ExportTexts tell a reader of an export, and a Python program, how to run a policy of the family.
type ExportTexts struct {
	Noise  string // what there is to know about the noise; begins with "; ", or is ""
	Step   []string
	Python string // body of act(obs, x0) with its functions, which uses network, steps and np
}

// Words are what pictures of a family's policy call its parts.
type Words struct {
	Title   string // of the picture of noise and actions
	Time    string // its axis
	Actions string // the ends
	Taken   string // the action that is taken
	Mean    string // the action that is taken where it is the family's mean: "" where SingleStd is not 0
	Spread  string // of the actions, the axis of the scatter
	OneStep string // how a single action is chosen, in short
	Best    string // how one of several is chosen where there are no steps
}

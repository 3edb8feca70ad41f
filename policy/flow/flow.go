// Package flow is flow matching: straight paths from noise to actions, the losses that fit a network to
// them, and the samplers that follow the network.
//
// One time convention everywhere: noise at t = 0, action at t = 1.
//
//	X0 ~ N(0, c^2 I)          noise, c the source's standard deviation
//	X1                        action
//	XT = t X1 + (1-t) X0      the straight path
//	V  = X1 - X0              its velocity, the regression target
//	v(x, t | s)               velocity network          (FPMD-R, rectified flow: arXiv 2209.03003)
//	u(x, r, t | s)            average velocity network  (FPMD-M, MeanFlow: arXiv 2505.13447), r <= t
//
// The average velocity belongs to the start of its interval: x_t = x_r + (t - r) u(x_r, r, t). MeanFlow's
// own paper and the released FPMD code put the noise at t = 1; this is the same thing mirrored.
//
// What a policy's network means is its Family: the two here, and those of packages diffusion and gaussian, which this
// package does not know. Everything that shows, evaluates or stores a policy takes any of them.
package flow

import (
	"onestep/policy/kernel"
	"onestep/policy/nn"
)

// Policy is a network of a family with weights.
type Policy[T kernel.Float] struct {
	Family    Family[T]
	Net       *nn.Net[T]
	Params    []T // [Net.NumParams()]
	SourceStd T   // standard deviation of the noise that a sample starts from
}

// NewPolicy lays out a policy of a family for observations [obsDim] and actions [actDim]; its weights are zero.
func NewPolicy[T kernel.Float](f Family[T], obsDim, actDim int, hidden []int, act nn.Activation, sourceStd T) Policy[T] {
	net := f.Net(obsDim, actDim, hidden, act)
	return Policy[T]{Family: f, Net: net, Params: make([]T, net.NumParams()), SourceStd: sourceStd}
}

// ActDim is the dimension of a policy's action.
func (p *Policy[T]) ActDim() int { return p.Family.ActDim(p.Net) }

// ObsDim is the dimension of a policy's observation.
func (p *Policy[T]) ObsDim() int { return p.Net.Config().CondDim }

// SingleStd is the standard deviation of the noise that a single action starts from where nothing is to be explored.
func (p *Policy[T]) SingleStd() T { return p.Family.SingleStd(p.SourceStd) }

// NFE is the number of network evaluations of one action with K = steps (Euler, for a rectified flow).
func (p *Policy[T]) NFE(steps int) int { return p.Family.Steps(steps) }

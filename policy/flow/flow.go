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
// The two baselines that FPMD is compared with act through the same Policy and Sampler, so that everything
// that shows, evaluates or stores a policy takes all four: a diffusion (package diffusion), whose noise is taken
// away in K steps, and a squashed Gaussian (package gaussian), which is no flow and always takes one.
package flow

import (
	"fmt"

	"onestep/policy/kernel"
	"onestep/policy/nn"
)

// Kind is the family of a flow policy.
type Kind int

// The families.
const (
	Rectified Kind = iota // velocity network v(x, t | s)
	MeanFlow              // average velocity network u(x, r, t | s)
	Diffusion             // noise network eps(x, i | s), the baseline DPMD
	Gaussian              // means and log standard deviations [mu, l](s), the baseline SAC
)

// NumTimes is the number of time arguments of the family's network.
func (k Kind) NumTimes() int {
	switch k {
	case MeanFlow:
		return 2
	case Gaussian:
		return 0
	}
	return 1
}

// String names the family.
func (k Kind) String() string {
	switch k {
	case Rectified:
		return "rectified"
	case MeanFlow:
		return "meanflow"
	case Diffusion:
		return "diffusion"
	case Gaussian:
		return "gaussian"
	}
	return fmt.Sprintf("Kind(%d)", int(k))
}

// NewNet builds the family's network for observations [obsDim] and actions [actDim].
func NewNet[T kernel.Float](k Kind, obsDim, actDim int, hidden []int, act nn.Activation) *nn.Net[T] {
	if k == Gaussian {
		return nn.New[T](nn.Config{CondDim: obsDim, OutDim: 2 * actDim, Hidden: hidden, Activation: act})
	}
	return nn.New[T](nn.Config{CondDim: obsDim, XDim: actDim, NumTimes: k.NumTimes(), OutDim: actDim, Hidden: hidden, Activation: act})
}

// Policy is a flow with weights.
type Policy[T kernel.Float] struct {
	Kind      Kind
	Net       *nn.Net[T]
	Params    []T // [Net.NumParams()]
	SourceStd T   // standard deviation of the noise that a sample starts from
}

// ActDim is the dimension of a policy's action.
func (p *Policy[T]) ActDim() int { return actDim(p.Net) }

// ObsDim is the dimension of a policy's observation.
func (p *Policy[T]) ObsDim() int { return p.Net.Config().CondDim }

// actDim is the dimension of the actions of a network of any family.
func actDim[T kernel.Float](net *nn.Net[T]) int {
	c := net.Config()
	if c.XDim == 0 { // a Gaussian's head, two numbers for each component
		return c.OutDim / 2
	}
	return c.OutDim
}

// SingleStd is the standard deviation of the noise that a single action starts from where nothing is to be
// explored: SourceStd, but 0 for a Gaussian, whose deterministic action is its squashed mean.
func (p *Policy[T]) SingleStd() T {
	if p.Kind == Gaussian {
		return 0
	}
	return p.SourceStd
}

// NFE is the number of network evaluations of one action with K = steps (Euler, for a rectified flow).
func (p *Policy[T]) NFE(steps int) int {
	if p.Kind == Gaussian {
		return 1
	}
	return steps
}

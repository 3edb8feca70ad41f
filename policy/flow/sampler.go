package flow

import (
	"fmt"

	"onestep/engine/rng"
	"onestep/policy/kernel"
	"onestep/policy/nn"
)

// Method is the rule by which a velocity field is followed.
type Method int

// The rules. An average velocity field has one rule of its own, x += h u(x, r, t), which Euler names too.
const (
	Euler    Method = iota // x += h v(x, r), first order, one evaluation a step
	Midpoint               // x += h v(x + h/2 v(x, r), r + h/2), second order, two evaluations a step
)

// Field gives velocities: Eval writes to dst [n] the velocity at x [n] for the interval [r, t]. An
// instantaneous velocity field looks at r alone.
type Field[T kernel.Float] interface {
	Eval(dst, x []T, r, t T)
}

// step moves x over the k-th of K equal intervals.
func step[T kernel.Float](f Field[T], m Method, x, velocity, middle []T, k, steps int) (evaluations int) {
	h := 1 / T(steps)
	r, t := T(k)/T(steps), T(k+1)/T(steps)
	f.Eval(velocity, x, r, t)
	if m == Euler {
		advance(x, velocity, h)
		return 1
	}
	copy(middle, x)
	advance(middle, velocity, h/2)
	f.Eval(velocity, middle, r+T(h/2), t)
	advance(x, velocity, h)
	return 2
}

// advance is x += h v.
func advance[T kernel.Float](x, v []T, h T) {
	for i := range x {
		x[i] += T(h * v[i])
	}
}

// Sampler carries noise to actions by the rule of a policy's family. It holds the workspace and allocates nothing after
// NewSampler; it is not safe for concurrent use.
type Sampler[T kernel.Float] struct {
	Work[T]
	maxRows int
}

// Work is what the steps of a family work on: a policy at fixed states, and scratch.
type Work[T kernel.Float] struct {
	Method Method // Midpoint is for velocity networks only; others ignore it
	// Noise makes a diffusion's steps ancestral (DDPM), with noise from this stream; nil leaves them
	// deterministic (DDIM). Others ignore it.
	Noise *rng.Stream

	Policy *Policy[T]
	Cond   []T // [rows/Repeat*CondDim]
	Repeat int // rows that share a state
	Dim    int // of an action
	Output []T // [maxRows*OutDim] scratch for the network's output
	Middle []T // [maxRows*Dim] scratch

	ws    *nn.Workspace[T]
	r, t  [1]T   // the interval, shared by all rows
	times [2][]T // views of r and t
}

// Eval writes the network's output at positions x [rows*Dim] on the interval [r, t], of which a network takes as many
// times as it has. It implements Field.
func (w *Work[T]) Eval(dst, x []T, r, t T) {
	w.r[0], w.t[0] = r, t
	w.times[0], w.times[1] = w.r[:], w.t[:]
	p := w.Policy
	p.Net.Forward(dst, p.Params, nn.Input[T]{
		Batch: len(x) / w.Dim, Cond: w.Cond, CondRepeat: w.Repeat, X: x, Times: w.times[:p.Net.Config().NumTimes],
	}, w.ws)
}

// Head writes the output of a network that takes the states alone, one row for each of so many.
func (w *Work[T]) Head(dst []T, states int) {
	w.Policy.Net.Forward(dst, w.Policy.Params, nn.Input[T]{Batch: states, Cond: w.Cond}, w.ws)
}

// NewSampler returns a sampler for up to maxRows rows of policies with p's family and network.
func NewSampler[T kernel.Float](p *Policy[T], maxRows int) *Sampler[T] {
	d := p.ActDim()
	return &Sampler[T]{
		Work:    Work[T]{ws: p.Net.NewWorkspace(maxRows), Dim: d, Output: make([]T, maxRows*p.Net.Config().OutDim), Middle: make([]T, maxRows*d)},
		maxRows: maxRows,
	}
}

// Sample carries noise x0 [rows*dim] to actions dst [rows*dim] (dst may be x0) in K = steps steps. cond holds one state
// for every repeat consecutive rows, [rows/repeat * CondDim]. The result is not clipped. It returns the number of network
// evaluations per row (NFE).
func (s *Sampler[T]) Sample(dst []T, p *Policy[T], cond []T, repeat int, x0 []T, steps int) (nfe int) {
	s.bind(p, cond, repeat, x0, steps)
	x := dst[:len(x0)]
	copy(x, x0)
	steps = p.Family.Steps(steps)
	for k := range steps {
		nfe += p.Family.Step(&s.Work, x, k, steps)
	}
	return nfe
}

// Trajectory is Sample that keeps every position: path [(steps+1)*rows*dim], path[k*rows*dim:] the positions at t = k/K.
// Those of a family without a path lie on the line from the noise to the action.
func (s *Sampler[T]) Trajectory(path []T, p *Policy[T], cond []T, repeat int, x0 []T, steps int) (nfe int) {
	s.bind(p, cond, repeat, x0, steps)
	n := len(x0)
	copy(path[:n], x0)
	if p.Family.Steps(steps) != steps {
		return s.line(path, p, x0, steps)
	}
	for k := range steps {
		next := path[(k+1)*n : (k+2)*n]
		copy(next, path[k*n:(k+1)*n])
		nfe += p.Family.Step(&s.Work, next, k, steps)
	}
	return nfe
}

func (s *Sampler[T]) line(path []T, p *Policy[T], x0 []T, steps int) (nfe int) {
	n := len(x0)
	end := path[steps*n : (steps+1)*n]
	copy(end, x0)
	nfe = p.Family.Step(&s.Work, end, 0, 1)
	for k := 1; k < steps; k++ {
		t := T(k) / T(steps)
		for i, x := range x0 {
			path[k*n+i] = T(t*end[i]) + T((1-t)*x)
		}
	}
	return nfe
}

// Velocity writes the instantaneous velocity at positions x [rows*dim] and time t: v(x, t) of a rectified
// flow, u(x, t, t) of a MeanFlow, the slope of one K-th of a step, K = 1000, of a diffusion. A Gaussian has
// none: zero.
func (s *Sampler[T]) Velocity(dst []T, p *Policy[T], cond []T, repeat int, x []T, t T) {
	s.bind(p, cond, repeat, x, 1)
	p.Family.Velocity(&s.Work, dst[:len(x)], x, t)
}

func (s *Sampler[T]) bind(p *Policy[T], cond []T, repeat int, x []T, steps int) {
	if len(x)%s.Dim != 0 || len(x) > s.maxRows*s.Dim {
		panic(fmt.Sprintf("flow: %d numbers are not rows of %d, at most %d of them", len(x), s.Dim, s.maxRows))
	}
	if steps < 1 {
		panic(fmt.Sprintf("flow: %d steps", steps))
	}
	s.Policy, s.Cond, s.Repeat = p, cond, repeat
}

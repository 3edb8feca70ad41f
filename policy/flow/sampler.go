package flow

import (
	"fmt"

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

// Integrate carries x [n] along f from t = 0 to t = 1 in so many equal steps. velocity and middle [n] are
// scratch; middle may be nil for Euler. It returns the number of evaluations of f.
func Integrate[T kernel.Float](f Field[T], m Method, x, velocity, middle []T, steps int) (evaluations int) {
	for k := range steps {
		evaluations += step(f, m, x, velocity, middle, k, steps)
	}
	return evaluations
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
	f.Eval(velocity, middle, r+h/2, t)
	advance(x, velocity, h)
	return 2
}

// advance is x += h v.
func advance[T kernel.Float](x, v []T, h T) {
	for i := range x {
		x[i] += T(h * v[i])
	}
}

// Sampler carries noise along a policy's field. It holds the workspace and allocates nothing after
// NewSampler; it is not safe for concurrent use.
type Sampler[T kernel.Float] struct {
	Method Method // Midpoint is for velocity networks only; a MeanFlow ignores it

	field    netField[T]
	velocity []T // [maxRows*dim]
	middle   []T // [maxRows*dim]
	dim      int
	maxRows  int
}

// netField is a policy's network at fixed states.
type netField[T kernel.Float] struct {
	ws     *nn.Workspace[T]
	policy *Policy[T]
	cond   []T // [rows/repeat*CondDim]
	repeat int
	dim    int
	r, t   [1]T   // the interval, shared by all rows
	times  [2][]T // views of r and t
}

// Eval implements Field.
func (f *netField[T]) Eval(dst, x []T, r, t T) {
	f.r[0], f.t[0] = r, t
	f.times[0], f.times[1] = f.r[:], f.t[:]
	f.policy.Net.Forward(dst, f.policy.Params, nn.Input[T]{
		Batch: len(x) / f.dim, Cond: f.cond, CondRepeat: f.repeat, X: x, Times: f.times[:f.policy.Kind.NumTimes()],
	}, f.ws)
}

// NewSampler returns a sampler for up to maxRows rows of net.
func NewSampler[T kernel.Float](net *nn.Net[T], maxRows int) *Sampler[T] {
	d := net.Config().OutDim
	return &Sampler[T]{
		field: netField[T]{ws: net.NewWorkspace(maxRows), dim: d}, velocity: make([]T, maxRows*d), middle: make([]T, maxRows*d),
		dim: d, maxRows: maxRows,
	}
}

// Sample carries noise x0 [rows*dim] to actions dst [rows*dim] (dst may be x0) in K = steps steps:
//
//	rectified  x += v(x, k/K) / K           MeanFlow  x += u(x, k/K, (k+1)/K) / K
//
// cond holds one state for every repeat consecutive rows, [rows/repeat * CondDim]. The result is not
// clipped. It returns the number of network evaluations per row (NFE).
func (s *Sampler[T]) Sample(dst []T, p *Policy[T], cond []T, repeat int, x0 []T, steps int) (nfe int) {
	s.bind(p, cond, repeat, x0, steps)
	n := len(x0)
	copy(dst[:n], x0)
	return Integrate[T](&s.field, s.method(p), dst[:n], s.velocity[:n], s.middle[:n], steps)
}

// Trajectory is Sample that keeps every position: path [(steps+1)*rows*dim], path[k*rows*dim:] the
// positions at t = k/K.
func (s *Sampler[T]) Trajectory(path []T, p *Policy[T], cond []T, repeat int, x0 []T, steps int) (nfe int) {
	s.bind(p, cond, repeat, x0, steps)
	n := len(x0)
	copy(path[:n], x0)
	for k := range steps {
		next := path[(k+1)*n : (k+2)*n]
		copy(next, path[k*n:(k+1)*n])
		nfe += step[T](&s.field, s.method(p), next, s.velocity[:n], s.middle[:n], k, steps)
	}
	return nfe
}

// Velocity writes the instantaneous velocity at positions x [rows*dim] and time t: v(x, t) of a rectified
// flow, u(x, t, t) of a MeanFlow.
func (s *Sampler[T]) Velocity(dst []T, p *Policy[T], cond []T, repeat int, x []T, t T) {
	s.bind(p, cond, repeat, x, 1)
	s.field.Eval(dst, x, t, t)
}

func (s *Sampler[T]) method(p *Policy[T]) Method {
	if p.Kind == MeanFlow {
		return Euler
	}
	return s.Method
}

func (s *Sampler[T]) bind(p *Policy[T], cond []T, repeat int, x []T, steps int) {
	if len(x)%s.dim != 0 || len(x) > s.maxRows*s.dim {
		panic(fmt.Sprintf("flow: %d numbers are not rows of %d, at most %d of them", len(x), s.dim, s.maxRows))
	}
	if steps < 1 {
		panic(fmt.Sprintf("flow: %d steps", steps))
	}
	s.field.policy, s.field.cond, s.field.repeat = p, cond, repeat
}

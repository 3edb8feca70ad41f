package flow

import (
	"fmt"

	"onestep/engine/rng"
	"onestep/policy/diffusion"
	"onestep/policy/gaussian"
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

// Sampler carries noise along a policy's field. It holds the workspace and allocates nothing after
// NewSampler; it is not safe for concurrent use.
type Sampler[T kernel.Float] struct {
	Method Method // Midpoint is for velocity networks only; others ignore it
	// Noise makes a diffusion's steps ancestral (DDPM), with noise from this stream; nil leaves them
	// deterministic (DDIM). Others ignore it.
	Noise *rng.Stream

	field    netField[T]
	velocity []T // [maxRows*OutDim] the network's output
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
	d := actDim(net)
	return &Sampler[T]{
		field: netField[T]{ws: net.NewWorkspace(maxRows), dim: d}, velocity: make([]T, maxRows*net.Config().OutDim), middle: make([]T, maxRows*d),
		dim: d, maxRows: maxRows,
	}
}

// Sample carries noise x0 [rows*dim] to actions dst [rows*dim] (dst may be x0) in K = steps steps:
//
//	rectified  x += v(x, k/K) / K           MeanFlow  x += u(x, k/K, (k+1)/K) / K
//	diffusion  see diffusion.Step           Gaussian  tanh(mu + sigma x0), one evaluation whatever K
//
// cond holds one state for every repeat consecutive rows, [rows/repeat * CondDim]. The result is not
// clipped. It returns the number of network evaluations per row (NFE).
func (s *Sampler[T]) Sample(dst []T, p *Policy[T], cond []T, repeat int, x0 []T, steps int) (nfe int) {
	s.bind(p, cond, repeat, x0, steps)
	x := dst[:len(x0)]
	copy(x, x0)
	if p.Kind == Gaussian {
		s.squash(x)
		return 1
	}
	for k := range steps {
		nfe += s.step(x, k, steps)
	}
	return nfe
}

// Trajectory is Sample that keeps every position: path [(steps+1)*rows*dim], path[k*rows*dim:] the
// positions at t = k/K. A Gaussian has no path; its positions lie on the line from the noise to the action.
func (s *Sampler[T]) Trajectory(path []T, p *Policy[T], cond []T, repeat int, x0 []T, steps int) (nfe int) {
	s.bind(p, cond, repeat, x0, steps)
	n := len(x0)
	copy(path[:n], x0)
	if p.Kind == Gaussian {
		end := path[steps*n : (steps+1)*n]
		copy(end, x0)
		s.squash(end)
		for k := 1; k < steps; k++ {
			t := T(k) / T(steps)
			for i, x := range x0 {
				path[k*n+i] = T(t*end[i]) + T((1-t)*x)
			}
		}
		return 1
	}
	for k := range steps {
		next := path[(k+1)*n : (k+2)*n]
		copy(next, path[k*n:(k+1)*n])
		nfe += s.step(next, k, steps)
	}
	return nfe
}

// step moves x over the k-th of K equal intervals of the policy that the sampler is bound to.
func (s *Sampler[T]) step(x []T, k, steps int) (evaluations int) {
	p, n := s.field.policy, len(x)
	if p.Kind == Diffusion {
		s.denoise(x, k, steps)
		return 1
	}
	return step[T](&s.field, s.method(p), x, s.velocity[:n], s.middle[:n], k, steps)
}

// denoise takes away the noise between two of K equal steps of the diffusion's levels.
func (s *Sampler[T]) denoise(x []T, k, steps int) {
	from := float64(diffusion.Levels * (1 - float64(k)/float64(steps)))
	to := float64(diffusion.Levels * (1 - float64(k+1)/float64(steps)))
	c := diffusion.NewStep(from, to, s.Noise != nil)
	eps := s.velocity[:len(x)]
	time := T(diffusion.Time(from))
	s.field.Eval(eps, x, time, time)
	signal, noise, clean, keep, std := T(c.Signal), T(c.Noise), T(c.Clean), T(c.Keep), T(c.Std)
	for i, v := range x {
		action := min(max(T(signal*v)-T(noise*eps[i]), -1), 1)
		x[i] = T(clean*action) + T(keep*v)
	}
	if std > 0 {
		for i := range x {
			x[i] += T(std * T(s.Noise.Normal()))
		}
	}
}

// squash turns the noise of a Gaussian into actions. Rows that share a state share its evaluation.
func (s *Sampler[T]) squash(x []T) {
	f := &s.field
	repeat := max(f.repeat, 1)
	states := len(x) / s.dim / repeat
	head := s.velocity[:states*2*s.dim]
	f.policy.Net.Forward(head, f.policy.Params, nn.Input[T]{Batch: states, Cond: f.cond}, f.ws)
	gaussian.Squash(x, head, x, s.dim, repeat)
}

// Velocity writes the instantaneous velocity at positions x [rows*dim] and time t: v(x, t) of a rectified
// flow, u(x, t, t) of a MeanFlow, the slope of one K-th of a step, K = 1000, of a diffusion. A Gaussian has
// none: zero.
func (s *Sampler[T]) Velocity(dst []T, p *Policy[T], cond []T, repeat int, x []T, t T) {
	s.bind(p, cond, repeat, x, 1)
	switch p.Kind {
	case Gaussian:
		clear(dst[:len(x)])
	case Diffusion:
		const small = 1000
		kept := s.Noise
		s.Noise = nil
		k := min(int(t*small), small-1)
		copy(dst, x)
		s.denoise(dst[:len(x)], k, small)
		for i, v := range x {
			dst[i] = small * (dst[i] - v)
		}
		s.Noise = kept
	default:
		s.field.Eval(dst, x, t, t)
	}
}

func (s *Sampler[T]) method(p *Policy[T]) Method {
	if p.Kind != Rectified {
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

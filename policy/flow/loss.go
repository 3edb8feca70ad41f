package flow

import (
	"fmt"
	"math"

	"onestep/engine/rng"
	"onestep/policy/diffusion"
	"onestep/policy/kernel"
	"onestep/policy/nn"
)

// Loss is the importance-weighted flow matching loss of FPMD (arXiv 2507.23675, section 4) on a batch:
//
//	R:  L = mean_b w_b || v(XT, t | s) - (X1 - X0) ||^2
//	M:  L = mean_b w_b || u(XR, r, t | s) - stopgrad(V + (t - r) du/dr) ||^2
//
// and of DPMD (ICML 2025), the same for a diffusion that predicts noise at the level i + 1:
//
//	D:  L = mean_b w_b || eps(sqrt(abar) X1 + sqrt(1 - abar) X0, i | s) - X0 ||^2
//
// du/dr is the total derivative along the flow, one forward-mode JVP of u at (XR, r, t) along (V, 1, 0).
// The squared norm sums over the action's components. It holds the workspace and allocates nothing after
// NewLoss.
type Loss[T kernel.Float] struct {
	// FractionEqual is the share of a MeanFlow batch that has r = t, where the target is V.
	FractionEqual float64
	// FractionOneStep is the share of the batch at the one place where one-step sampling evaluates the network: t = 0 of a
	// rectified flow, (r, t) = (0, 1) of a MeanFlow. Uniform times seldom come near it. A diffusion has no such place.
	FractionOneStep float64
	// Of is the number of rows over which the mean is taken, where a call sees a share of them; 0: its own.
	Of int

	X0    []T // [batch*dim] noise, std 1 times the source's
	R, T  []T // [batch] the interval; R is unused by a rectified flow, and T holds a diffusion's i
	Out   []T // [batch*dim] the network's output
	Error []T // [batch] w_b times the squared norm, before the mean

	kind     Kind
	net      *nn.Net[T]
	ws       *nn.Workspace[T]
	xt, v    []T // [batch*dim]
	tangent  []T // [batch*dim] du/dr
	dOut     []T // [batch*dim] dL/dOut
	ones     []T // [batch]
	times    [2][]T
	tangents [2][]T
	dim, max int
}

// NewLoss returns the loss of a kind's network for batches up to maxBatch.
func NewLoss[T kernel.Float](k Kind, net *nn.Net[T], maxBatch int) *Loss[T] {
	d := net.Config().OutDim
	l := &Loss[T]{
		kind: k, net: net, ws: net.NewWorkspace(maxBatch), dim: d, max: maxBatch,
		X0: make([]T, maxBatch*d), R: make([]T, maxBatch), T: make([]T, maxBatch), Out: make([]T, maxBatch*d), Error: make([]T, maxBatch),
		xt: make([]T, maxBatch*d), v: make([]T, maxBatch*d), tangent: make([]T, maxBatch*d), dOut: make([]T, maxBatch*d),
		ones: make([]T, maxBatch),
	}
	for i := range l.ones {
		l.ones[i] = 1
	}
	return l
}

// Draw fills the noise and the times of a batch from src: X0 ~ N(0, sourceStd^2 I); t ~ U(0,1), and for a
// MeanFlow a sorted pair (r, t) of uniforms of which the share FractionEqual has r = t; for a diffusion a
// level, uniform in 0..19. The share FractionOneStep has the times of one-step sampling instead.
func (l *Loss[T]) Draw(src *rng.Stream, batch int, sourceStd T) {
	for i := range l.X0[:batch*l.dim] {
		l.X0[i] = T(sourceStd * T(src.Normal()))
	}
	for b := range batch {
		if l.kind == Diffusion {
			l.T[b] = T(src.IntN(diffusion.Levels))
			continue
		}
		t := src.Float64()
		if l.kind == MeanFlow {
			r := src.Float64()
			if r > t {
				r, t = t, r
			}
			if l.FractionEqual > 0 && src.Float64() < l.FractionEqual {
				r = t
			}
			l.R[b] = T(r)
		}
		l.T[b] = T(t)
		if l.FractionOneStep > 0 && src.Float64() < l.FractionOneStep {
			l.oneStep(b)
		}
	}
}

// oneStep gives row b the times at which one-step sampling evaluates the network.
func (l *Loss[T]) oneStep(b int) {
	l.T[b] = 0
	if l.kind == MeanFlow {
		l.R[b], l.T[b] = 0, 1
	}
}

// Gradient returns the loss for states cond [batch*CondDim], actions x1 [batch*dim] and weights w [batch],
// on the noise and the times of the last Draw, and adds its gradient to grad [NumParams].
func (l *Loss[T]) Gradient(grad, params, cond, x1, w []T) T {
	batch := len(w)
	if batch > l.max || len(x1) != batch*l.dim {
		panic(fmt.Sprintf("flow: a batch of %d weights and %d action components, at most %d rows of %d", batch, len(x1), l.max, l.dim))
	}
	l.interpolate(x1, batch)
	in := nn.Input[T]{Batch: batch, Cond: cond, X: l.xt[:batch*l.dim], Times: l.timesOf(batch)}
	out := l.Out[:batch*l.dim]
	if l.kind == MeanFlow {
		// One pass gives u and du/dr = J u . (V, 1, 0); u_target = V + (t - r) du/dr.
		l.tangents[0] = l.ones[:batch] // the end of the interval stays
		l.net.JVP(out, l.tangent[:batch*l.dim], params, in, nn.Tangent[T]{X: l.v[:batch*l.dim], Times: l.tangents[:]}, l.ws)
		for b := range batch {
			span := l.T[b] - l.R[b]
			for i := b * l.dim; i < (b+1)*l.dim; i++ {
				l.v[i] += T(span * l.tangent[i])
			}
		}
	} else {
		l.net.Forward(out, params, in, l.ws)
	}
	loss := l.residual(w, batch)
	l.net.VJP(grad, nil, params, l.dOut[:batch*l.dim], in, l.ws)
	return loss
}

// interpolate sets xt to the point of the path at the start of the interval, and v = X1 - X0.
func (l *Loss[T]) interpolate(x1 []T, batch int) {
	if l.kind == Diffusion {
		l.diffuse(x1, batch)
		return
	}
	start := l.T
	if l.kind == MeanFlow {
		start = l.R
	}
	for b := range batch {
		t := start[b]
		for i := b * l.dim; i < (b+1)*l.dim; i++ {
			l.xt[i] = T(t*x1[i]) + T((1-t)*l.X0[i])
			l.v[i] = x1[i] - l.X0[i]
		}
	}
}

// diffuse sets xt = sqrt(abar) X1 + sqrt(1 - abar) X0, and v = X0, the network's target.
func (l *Loss[T]) diffuse(x1 []T, batch int) {
	for b := range batch {
		abar := diffusion.AlphaBar(float64(l.T[b]) + 1)
		signal, noise := T(math.Sqrt(abar)), T(math.Sqrt(1-abar))
		for i := b * l.dim; i < (b+1)*l.dim; i++ {
			l.xt[i] = T(signal*x1[i]) + T(noise*l.X0[i])
			l.v[i] = l.X0[i]
		}
	}
}

func (l *Loss[T]) timesOf(batch int) [][]T {
	if l.kind == MeanFlow {
		l.times = [2][]T{l.R[:batch], l.T[:batch]}
		return l.times[:2]
	}
	l.times[0] = l.T[:batch]
	return l.times[:1]
}

// residual sets dOut = (2/of) w (out - target), with the target in v, and returns the mean of
// w ||out - target||^2, a share's part of it where Of says so.
func (l *Loss[T]) residual(w []T, batch int) T {
	var total T
	of := T(batch)
	if l.Of > 0 {
		of = T(l.Of)
	}
	scale := 2 / of
	for b := range batch {
		var sum T
		for i := b * l.dim; i < (b+1)*l.dim; i++ {
			e := l.Out[i] - l.v[i]
			sum += T(e * e)
			l.dOut[i] = T(scale*w[b]) * e
		}
		l.Error[b] = T(w[b] * sum)
		total += l.Error[b]
	}
	return total / of
}

// Finite reports whether x holds neither NaN nor infinity, and the first index that does.
func Finite[T kernel.Float](x []T) (index int, ok bool) {
	return kernel.Finite(x)
}

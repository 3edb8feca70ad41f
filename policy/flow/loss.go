package flow

import (
	"fmt"

	"onestep/engine/rng"
	"onestep/policy/kernel"
	"onestep/policy/nn"
)

// Loss fits a network to actions with weights.
type Loss[T kernel.Float] interface {
	// Draw fills the noise of a batch, of the source's standard deviation, and its times from src.
	Draw(src *rng.Stream, batch int, sourceStd T)
	// Gradient returns the loss for states cond [batch*CondDim], actions x1 [batch*dim] and weights w [batch], on the noise
	// and the times of the last Draw, and adds its gradient to grad [NumParams].
	Gradient(grad, params, cond, x1, w []T) T
}

// LossOptions are the switches of a loss.
type LossOptions struct {
	// FractionEqual is the share of a MeanFlow batch that has r = t, where the target is V.
	FractionEqual float64
	// FractionOneStep is the share of the batch at the one place where one-step sampling evaluates the network: t = 0 of a
	// rectified flow, (r, t) = (0, 1) of a MeanFlow. Uniform times seldom come near it. A diffusion has no such place.
	FractionOneStep float64
	// Of is the number of rows over which the mean is taken, where a call sees a shard of them; 0: its own.
	Of int
}

// Matching is the importance-weighted matching loss of FPMD (arXiv 2507.23675, section 4) on a batch:
//
//	L = mean_b w_b || net(XT, times | s) - stopgrad(Target) ||^2
//
// with the positions, times and targets of a Path. The squared norm sums over the action's components. It holds the
// workspace and allocates nothing after NewMatching.
type Matching[T kernel.Float] struct {
	LossOptions

	Net    *nn.Net[T]
	X0     []T // [batch*dim] noise, std 1 times the source's
	R, T   []T // [batch] the interval; R is unused by a rectified flow, and T holds a diffusion's level
	XT     []T // [batch*dim] where the network is evaluated
	Target []T // [batch*dim]
	Out    []T // [batch*dim] the network's output
	Error  []T // [batch] w_b times the squared norm, before the mean

	path     Path[T]
	ws       *nn.Workspace[T]
	tangent  []T // [batch*dim] du/dr
	dOut     []T // [batch*dim] dL/dOut
	ones     []T // [batch]
	times    [2][]T
	tangents [2][]T
	dim, max int
}

// Path is what a family's matching loss has of its own.
type Path[T kernel.Float] interface {
	// Times draws the times of a row.
	Times(m *Matching[T], row int, src *rng.Stream)
	// Interpolate sets XT and Target for actions x1 [batch*dim].
	Interpolate(m *Matching[T], x1 []T, batch int)
	// Evaluate sets Out, and may move Target by what it finds.
	Evaluate(m *Matching[T], params []T, in nn.Input[T])
}

// NewMatching returns the loss of a family's network for batches up to maxBatch.
func NewMatching[T kernel.Float](path Path[T], net *nn.Net[T], maxBatch int, o LossOptions) *Matching[T] {
	d := net.Config().OutDim
	m := &Matching[T]{
		LossOptions: o, path: path, Net: net, ws: net.NewWorkspace(maxBatch), dim: d, max: maxBatch,
		X0: make([]T, maxBatch*d), R: make([]T, maxBatch), T: make([]T, maxBatch), Out: make([]T, maxBatch*d), Error: make([]T, maxBatch),
		XT: make([]T, maxBatch*d), Target: make([]T, maxBatch*d), tangent: make([]T, maxBatch*d), dOut: make([]T, maxBatch*d),
		ones: make([]T, maxBatch),
	}
	for i := range m.ones {
		m.ones[i] = 1
	}
	return m
}

// Draw implements Loss: X0 ~ N(0, sourceStd^2 I), and the times of the path.
func (m *Matching[T]) Draw(src *rng.Stream, batch int, sourceStd T) {
	for i := range m.X0[:batch*m.dim] {
		m.X0[i] = T(sourceStd * T(src.Normal()))
	}
	for b := range batch {
		m.path.Times(m, b, src)
	}
}

// OneStep draws whether a row belongs to the share FractionOneStep.
func (m *Matching[T]) OneStep(src *rng.Stream) bool {
	return m.FractionOneStep > 0 && src.Float64() < m.FractionOneStep
}

// Gradient implements Loss.
func (m *Matching[T]) Gradient(grad, params, cond, x1, w []T) T {
	batch := len(w)
	if batch > m.max || len(x1) != batch*m.dim {
		panic(fmt.Sprintf("flow: a batch of %d weights and %d action components, at most %d rows of %d", batch, len(x1), m.max, m.dim))
	}
	m.path.Interpolate(m, x1, batch)
	in := nn.Input[T]{Batch: batch, Cond: cond, X: m.XT[:batch*m.dim], Times: m.timesOf(batch)}
	m.path.Evaluate(m, params, in)
	loss := m.residual(w, batch)
	m.Net.VJP(grad, nil, params, m.dOut[:batch*m.dim], in, m.ws)
	return loss
}

// Forward sets Out to the network's output.
func (m *Matching[T]) Forward(params []T, in nn.Input[T]) {
	m.Net.Forward(m.Out[:in.Batch*m.dim], params, in, m.ws)
}

// straight sets XT to the point of the straight path at the times start [batch], and Target = X1 - X0.
func (m *Matching[T]) straight(start, x1 []T, batch int) {
	for b := range batch {
		t := start[b]
		for i := b * m.dim; i < (b+1)*m.dim; i++ {
			m.XT[i] = T(t*x1[i]) + T((1-t)*m.X0[i])
			m.Target[i] = x1[i] - m.X0[i]
		}
	}
}

// timesOf are the arguments of the network: T, or R and T.
func (m *Matching[T]) timesOf(batch int) [][]T {
	if m.Net.Config().NumTimes == 2 {
		m.times = [2][]T{m.R[:batch], m.T[:batch]}
		return m.times[:2]
	}
	m.times[0] = m.T[:batch]
	return m.times[:1]
}

// residual sets dOut = (2/of) w (out - target) and returns the mean of w ||out - target||^2, a shard's part of it where
// Of says so.
func (m *Matching[T]) residual(w []T, batch int) T {
	var total T
	of := T(batch)
	if m.Of > 0 {
		of = T(m.Of)
	}
	scale := 2 / of
	for b := range batch {
		var sum T
		for i := b * m.dim; i < (b+1)*m.dim; i++ {
			e := m.Out[i] - m.Target[i]
			sum += T(e * e)
			m.dOut[i] = T(scale*w[b]) * e
		}
		m.Error[b] = T(w[b] * sum)
		total += m.Error[b]
	}
	return total / of
}

// Finite reports whether x holds neither NaN nor infinity, and the first index that does.
func Finite[T kernel.Float](x []T) (index int, ok bool) {
	return kernel.Finite(x)
}

package flow

import (
	"fmt"

	"onestep/engine/rng"
	"onestep/policy/kernel"
	"onestep/policy/nn"
)

// Rectified is the family of velocity networks v(x, t | s) (rectified flow, arXiv 2209.03003), FPMD-R's:
//
//	L = mean_b w_b || v(XT, t | s) - (X1 - X0) ||^2,   t ~ U(0,1)
//	x += v(x, k/K) / K,   k = 0..K-1
type Rectified[T kernel.Float] struct{ straight[T] }

// String implements Family.
func (Rectified[T]) String() string { return "rectified" }

// Net implements Family.
func (Rectified[T]) Net(obsDim, actDim int, hidden []int, act nn.Activation) *nn.Net[T] {
	return newNet[T](obsDim, actDim, 1, hidden, act)
}

// Step implements Family by the sampler's method.
func (Rectified[T]) Step(w *Work[T], x []T, k, steps int) int {
	n := len(x)
	return step[T](w, w.Method, x, w.Output[:n], w.Middle[:n], k, steps)
}

// NewLoss implements Fitted.
func (f Rectified[T]) NewLoss(net *nn.Net[T], maxBatch int, o LossOptions) Loss[T] {
	return NewMatching[T](f, net, maxBatch, o)
}

// Times implements Path: t ~ U(0,1), and 0 for the share FractionOneStep.
func (Rectified[T]) Times(m *Matching[T], b int, src *rng.Stream) {
	m.T[b] = T(src.Float64())
	if m.OneStep(src) {
		m.T[b] = 0
	}
}

// Interpolate implements Path: XT at t.
func (Rectified[T]) Interpolate(m *Matching[T], x1 []T, batch int) { m.straight(m.T, x1, batch) }

// Evaluate implements Path.
func (Rectified[T]) Evaluate(m *Matching[T], params []T, in nn.Input[T]) { m.Forward(params, in) }

// Sampler implements Exporter.
func (Rectified[T]) Sampler(m Method, steps int) (name string, nfe int, ok bool) {
	if m == Midpoint {
		return "midpoint", 2 * steps, true
	}
	return "euler", steps, true
}

// Unroll implements Exporter.
func (f Rectified[T]) Unroll(g Graph, m Method, steps int) {
	if m == Euler {
		f.straight.Unroll(g, m, steps)
		return
	}
	h, x := 1/float32(steps), "x0"
	for k := range steps {
		prefix := fmt.Sprintf("step%d", k)
		r, t := float32(k)/float32(steps), float32(k+1)/float32(steps)
		v := g.Evaluate(prefix+"/half", x, r, t)
		middle := g.Advance(prefix+"/half", x, v, h/2)
		x = g.Advance(prefix, x, g.Evaluate(prefix, middle, r+float32(h/2), t), h)
	}
	clip(g, x)
}

// straight is what both families of straight paths have in common.
type straight[T kernel.Float] struct{}

func newNet[T kernel.Float](obsDim, actDim, times int, hidden []int, act nn.Activation) *nn.Net[T] {
	return nn.New[T](nn.Config{CondDim: obsDim, XDim: actDim, NumTimes: times, OutDim: actDim, Hidden: hidden, Activation: act})
}

// ActDim implements Family.
func (straight[T]) ActDim(net *nn.Net[T]) int { return net.Config().OutDim }

// Steps implements Family.
func (straight[T]) Steps(k int) int { return k }

// SingleStd implements Family: a single action starts from noise too.
func (straight[T]) SingleStd(sourceStd T) T { return sourceStd }

// Velocity implements Family: v(x, t), or u(x, t, t).
func (straight[T]) Velocity(w *Work[T], dst, x []T, t T) { w.Eval(dst, x, t, t) }

// Unroll implements Exporter by Euler's rule.
func (straight[T]) Unroll(g Graph, _ Method, steps int) {
	h, x := 1/float32(steps), "x0"
	for k := range steps {
		prefix := fmt.Sprintf("step%d", k)
		x = g.Advance(prefix, x, g.Evaluate(prefix, x, float32(k)/float32(steps), float32(k+1)/float32(steps)), h)
	}
	clip(g, x)
}

func clip(g Graph, x string) { g.Clip("action", x, "low", -1, "high", 1) }

// Texts implements Exporter.
func (straight[T]) Texts() ExportTexts {
	return ExportTexts{
		Step: []string{"step k of K: x += net(observation, x, times)/K with times = [k/K] for a rectified flow, [k/K, (k+1)/K] for a meanflow. K = 1 is one-step."},
		Python: `    def act(obs, x0):
        x = x0.astype(np.float64)
        for k in range(steps):
            times = [k / steps, (k + 1) / steps][:NUM_TIMES]
            x = x + network(obs, x, times) / steps
        return np.clip(x, -1, 1).astype(np.float32)
`,
	}
}

// Words implements Family.
func (straight[T]) Words() Words {
	return Words{Title: "Action flow", Time: "t", Actions: "actions", Taken: "taken action", Spread: "spread of many-step actions  √tr Var", OneStep: "one step"}
}

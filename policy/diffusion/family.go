package diffusion

import (
	"fmt"
	"math"

	"onestep/engine/rng"
	"onestep/policy/flow"
	"onestep/policy/kernel"
	"onestep/policy/nn"
)

// Family is that of noise networks eps(x, i | s), DPMD's. Its loss is (their section 4)
//
//	L = mean_b w_b || eps(sqrt(abar) X1 + sqrt(1 - abar) X0, i | s) - X0 ||^2,   i uniform in 0..19
//
// and its K steps take the noise away over K equal parts of the levels.
type Family[T kernel.Float] struct{}

// String implements flow.Family.
func (Family[T]) String() string { return "diffusion" }

// Net implements flow.Family.
func (Family[T]) Net(obsDim, actDim int, hidden []int, act nn.Activation) *nn.Net[T] {
	return nn.New[T](nn.Config{CondDim: obsDim, XDim: actDim, NumTimes: 1, OutDim: actDim, Hidden: hidden, Activation: act})
}

// ActDim implements flow.Family.
func (Family[T]) ActDim(net *nn.Net[T]) int { return net.Config().OutDim }

// Steps implements flow.Family.
func (Family[T]) Steps(k int) int { return k }

// SingleStd implements flow.Family: a single action starts from noise too.
func (Family[T]) SingleStd(sourceStd T) T { return sourceStd }

// Step implements flow.Family: it takes away the noise between two of K equal steps of the levels, ancestral where the
// sampler has noise.
func (Family[T]) Step(w *flow.Work[T], x []T, k, steps int) int {
	from, to := levels(k, steps)
	c := NewStep(from, to, w.Noise != nil)
	eps := w.Output[:len(x)]
	time := T(Time(from))
	w.Eval(eps, x, time, time)
	signal, noise, clean, keep, std := T(c.Signal), T(c.Noise), T(c.Clean), T(c.Keep), T(c.Std)
	for i, v := range x {
		action := min(max(T(signal*v)-T(noise*eps[i]), -1), 1)
		x[i] = T(clean*action) + T(keep*v)
	}
	if std > 0 {
		for i := range x {
			x[i] += T(std * T(w.Noise.Normal()))
		}
	}
	return 1
}

// levels are the two between which the k-th of so many equal steps lies.
func levels(k, steps int) (from, to float64) {
	return float64(Levels * (1 - float64(k)/float64(steps))), float64(Levels * (1 - float64(k+1)/float64(steps)))
}

// Velocity implements flow.Family: the slope of one of 1000 deterministic steps.
func (f Family[T]) Velocity(w *flow.Work[T], dst, x []T, t T) {
	const small = 1000
	kept := w.Noise
	w.Noise = nil
	copy(dst, x)
	f.Step(w, dst, min(int(t*small), small-1), small)
	for i, v := range x {
		dst[i] = small * (dst[i] - v)
	}
	w.Noise = kept
}

// NewLoss implements flow.Fitted.
func (f Family[T]) NewLoss(net *nn.Net[T], maxBatch int, o flow.LossOptions) flow.Loss[T] {
	return flow.NewMatching[T](f, net, maxBatch, o)
}

// Times implements flow.Path: i, uniform in 0..19.
func (Family[T]) Times(m *flow.Matching[T], b int, src *rng.Stream) { m.T[b] = T(src.IntN(Levels)) }

// Interpolate implements flow.Path: XT = sqrt(abar) X1 + sqrt(1 - abar) X0, and the target X0.
func (Family[T]) Interpolate(m *flow.Matching[T], x1 []T, batch int) {
	dim := len(x1) / batch
	for b := range batch {
		abar := AlphaBar(float64(m.T[b]) + 1)
		signal, noise := T(math.Sqrt(abar)), T(math.Sqrt(1-abar))
		for i := b * dim; i < (b+1)*dim; i++ {
			m.XT[i] = T(signal*x1[i]) + T(noise*m.X0[i])
			m.Target[i] = m.X0[i]
		}
	}
}

// Evaluate implements flow.Path.
func (Family[T]) Evaluate(m *flow.Matching[T], params []T, in nn.Input[T]) { m.Forward(params, in) }

// Sampler implements flow.Exporter: exported steps are deterministic.
func (Family[T]) Sampler(m flow.Method, steps int) (name string, nfe int, ok bool) {
	return "ddim", steps, m == flow.Euler
}

// Unroll implements flow.Exporter:
//
//	xhat = clip(Signal x - Noise eps(x), -1, 1),   x' = Clean xhat + Keep x
func (Family[T]) Unroll(g flow.Graph, _ flow.Method, steps int) {
	x := "x0"
	for k := range steps {
		prefix := fmt.Sprintf("step%d", k)
		from, to := levels(k, steps)
		c := NewStep(from, to, false)
		eps := g.Evaluate(prefix, x, float32(Time(from)), 0)
		seen := g.Combine(prefix+"/seen", x, float32(c.Signal), eps, float32(-c.Noise))
		action := g.Clip(prefix+"/action", seen, "low", -1, "high", 1)
		x = g.Combine(prefix+"/x", action, float32(c.Clean), x, float32(c.Keep))
	}
	g.Clip("action", x, "low", -1, "high", 1)
}

// Texts implements flow.Exporter.
func (Family[T]) Texts() flow.ExportTexts {
	return flow.ExportTexts{
		Step: []string{
			"step k of K: l = 20 (1 - k/K), m = 20 (1 - (k+1)/K), e = net(observation, x, [l-1]); then a = (x - sqrt(1-A(l)) e)/sqrt(A(l)) clipped to [-1, 1], and x becomes sqrt(A(m)) a + sqrt((1-A(m))/(1-A(l))) (x - sqrt(A(l)) a).",
			"A(l) = c(l)/c(0) with c(l) = cos(pi/2 (l/20 + 0.008)/1.008)^2, but at least 0.001 A(19).",
		},
		Python: `    def signal(level):
        """The share of the action's variance at a noise level, 0..20."""
        c = lambda l: np.cos(np.pi / 2 * (l / 20 + 0.008) / 1.008) ** 2
        return max(c(level), 0.001 * c(19)) / c(0)

    def act(obs, x0):
        x = x0.astype(np.float64)
        for k in range(steps):
            a, b = signal(20 * (1 - k / steps)), signal(20 * (1 - (k + 1) / steps))
            e = network(obs, x, [20 * (1 - k / steps) - 1])
            seen = np.clip((x - np.sqrt(1 - a) * e) / np.sqrt(a), -1, 1)
            x = np.sqrt(b) * seen + np.sqrt((1 - b) / (1 - a)) * (x - np.sqrt(a) * seen)
        return np.clip(x, -1, 1).astype(np.float32)
`,
	}
}

// Words implements flow.Family.
func (Family[T]) Words() flow.Words {
	return flow.Words{
		Title: "Denoising path", Time: "t: noise level 20 at 0, none at 1", Actions: "actions", Taken: "taken action",
		Spread: "spread of many-step actions  √tr Var", OneStep: "one step",
	}
}

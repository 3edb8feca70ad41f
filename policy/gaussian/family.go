package gaussian

import (
	"onestep/policy/flow"
	"onestep/policy/kernel"
	"onestep/policy/nn"
)

// Family is that of squashed Gaussians [mu, l](s): a = tanh(mu + sigma x0), one evaluation whatever K. Its deterministic
// action is tanh(mu).
type Family[T kernel.Float] struct{}

// String implements flow.Family.
func (Family[T]) String() string { return "gaussian" }

// Net implements flow.Family: two numbers for each component.
func (Family[T]) Net(obsDim, actDim int, hidden []int, act nn.Activation) *nn.Net[T] {
	return nn.New[T](nn.Config{CondDim: obsDim, OutDim: 2 * actDim, Hidden: hidden, Activation: act})
}

// ActDim implements flow.Family.
func (Family[T]) ActDim(net *nn.Net[T]) int { return net.Config().OutDim / 2 }

// Steps implements flow.Family: there is no path.
func (Family[T]) Steps(int) int { return 1 }

// SingleStd implements flow.Family: a single action is the mean.
func (Family[T]) SingleStd(T) T { return 0 }

// Step implements flow.Family: it turns noise into actions. Rows that share a state share its evaluation.
func (Family[T]) Step(w *flow.Work[T], x []T, _, _ int) int {
	repeat := max(w.Repeat, 1)
	states := len(x) / w.Dim / repeat
	head := w.Output[:states*2*w.Dim]
	w.Head(head, states)
	Squash(x, head, x, w.Dim, repeat)
	return 1
}

// Velocity implements flow.Family: there is none.
func (Family[T]) Velocity(_ *flow.Work[T], dst, _ []T, _ T) { clear(dst) }

// Sampler implements flow.Exporter.
func (Family[T]) Sampler(m flow.Method, _ int) (name string, nfe int, ok bool) {
	return "squash", 1, m == flow.Euler
}

// Unroll implements flow.Exporter: tanh(mu + exp(clip(l, -20, 2)) x0).
func (Family[T]) Unroll(g flow.Graph, _ flow.Method, _ int) {
	mean, logStd := g.Heads("mean", "log_std")
	clipped := g.Clip("log_std/clipped", logStd, "min_log_std", MinLogStd, "max_log_std", MaxLogStd)
	noise := g.Apply("noise", "Mul", g.Apply("std", "Exp", clipped), "x0")
	g.Apply("action", "Tanh", g.Apply("u", "Add", mean, noise))
}

// Texts implements flow.Exporter.
func (Family[T]) Texts() flow.ExportTexts {
	return flow.ExportTexts{
		Noise: "; zeros give the deterministic action",
		Step:  []string{"net(observation) is [m, l], two numbers for each component; x becomes tanh(m + exp(l clipped to [-20, 2]) x). x = 0 gives the deterministic action."},
		Python: `    def act(obs, x0):
        mean, log_std = np.split(network(obs, x0[:, :0], []), 2, axis=1)
        return np.tanh(mean + np.exp(np.clip(log_std, -20, 2)) * x0.astype(np.float64)).astype(np.float32)
`,
	}
}

// Words implements flow.Family.
func (Family[T]) Words() flow.Words {
	return flow.Words{
		Title: "Gaussian of actions", Time: "no path: each noise and its action", Actions: "actions of the Gaussian", Taken: "taken action",
		Mean: "taken: the mean, tanh μ", Spread: "spread of the Gaussian's actions  √tr Var", OneStep: "its mean", Best: "samples",
	}
}

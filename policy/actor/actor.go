// Package actor is the one way of acting with a policy: K steps of its sampler from N candidates, of which twin critics
// choose the one with the largest min(Q1,Q2) (best-of-N). Training, evaluation, the stage and the exports' tests act by it.
package actor

import (
	"fmt"

	"onestep/policy/critic"
	"onestep/policy/flow"
	"onestep/policy/nn"
)

// Actor acts in up to so many states side by side. It holds the workspace, allocates nothing after New and is not safe for
// concurrent use.
type Actor struct {
	Sampler *flow.Sampler[float32]

	Noise  []float32 // [states*N*ActDim] standard normal; the caller fills it before Act
	X0     []float32 // [states*N*ActDim] where the candidates start
	X1     []float32 // [states*N*ActDim] where they end, not clipped
	Q      []float32 // [states*N] min(Q1,Q2) of the candidates; of one candidate only where Judge says so
	Mean   []float32 // [states] mean of Q over a state's candidates
	Chosen []int     // [states] row of the chosen candidate
	NFE    int       // network evaluations of the policy per action
	// CriticNFE counts evaluations of critics per action.
	CriticNFE int
	// Judge has a single candidate evaluated too.
	Judge bool

	values *critic.Values
	dim    int
}

// New returns an actor for policies with p's family and network, with critics of the given network or nil, for up to so
// many rows: states times candidates.
func New(p *flow.Policy[float32], criticNet *nn.Net[float32], rows int) *Actor {
	d := p.ActDim()
	a := &Actor{
		Sampler: flow.NewSampler(p, rows), dim: d,
		Noise: make([]float32, rows*d), X0: make([]float32, rows*d), X1: make([]float32, rows*d),
		Q: make([]float32, rows), Mean: make([]float32, rows), Chosen: make([]int, rows),
	}
	if criticNet != nil {
		a.values = critic.NewValues(criticNet, rows)
	}
	return a
}

// Single returns an actor that holds one action of dim coordinates, which another policy than a flow.Policy writes to X1.
func Single(dim int) *Actor {
	return &Actor{dim: dim, X0: make([]float32, dim), X1: make([]float32, dim), Q: make([]float32, 1), Chosen: make([]int, 1), NFE: 1}
}

// Act chooses an action in each state of obs [states*ObsDim] from Noise: K sampler steps, N candidates, and the weights
// of the critics, which one candidate does not need. A single candidate starts from noise of the policy's SingleStd,
// several from its SourceStd.
func (a *Actor) Act(p *flow.Policy[float32], critics *[2][]float32, obs []float32, k, n int) {
	std := p.SourceStd
	if n == 1 {
		std = p.SingleStd()
	}
	a.Explore(p, critics, obs, k, n, std)
}

// Explore is Act with the standard deviation of the candidates' noise.
func (a *Actor) Explore(p *flow.Policy[float32], critics *[2][]float32, obs []float32, k, n int, std float32) {
	states := len(obs) / p.ObsDim()
	rows := states * n
	if n < 1 || rows*a.dim > len(a.X0) || n > 1 && a.values == nil {
		panic(fmt.Sprintf("actor: %d candidates in each of %d states, with room for %d rows, critics: %t", n, states, len(a.Q), a.values != nil))
	}
	x0, x1 := a.X0[:rows*a.dim], a.X1[:rows*a.dim]
	for i, z := range a.Noise[:rows*a.dim] {
		x0[i] = float32(std * z)
	}
	a.NFE, a.CriticNFE = n*a.Sampler.Sample(x1, p, obs, n, x0, k), 0
	if n == 1 && !a.Judge {
		for s := range states {
			a.Chosen[s] = s
		}
		return
	}
	a.CriticNFE = 2 * n
	a.values.Min(a.Q[:rows], critics, obs, n, x1)
	for s := range states {
		a.choose(s, n)
	}
}

// choose takes the candidate of state s with the largest value, the first of equals.
func (a *Actor) choose(s, n int) {
	best := s * n
	var sum float32
	for i := s * n; i < (s+1)*n; i++ {
		if a.Q[i] > a.Q[best] {
			best = i
		}
		sum += a.Q[i]
	}
	a.Chosen[s], a.Mean[s] = best, sum/float32(n)
}

// Action is the chosen one in state s, [ActDim], not clipped.
func (a *Actor) Action(s int) []float32 {
	i := a.Chosen[s] * a.dim
	return a.X1[i : i+a.dim]
}

// Values evaluates actions [n*ActDim] in state obs: min(Q1,Q2), dst [n].
func (a *Actor) Values(dst []float32, critics *[2][]float32, obs, actions []float32) {
	a.values.Min(dst, critics, obs, len(dst), actions)
}

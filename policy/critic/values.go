// Package critic is the twin action values Q1, Q2 of an agent (clipped double Q-learning, Fujimoto, van Hoof, Meger 2018):
// their evaluation, their regression to TD targets, and the targets that follow them.
package critic

import "onestep/policy/nn"

// Values evaluates twin critics. It holds the workspace, allocates nothing after NewValues and is not safe for
// concurrent use.
type Values struct {
	Net *nn.Net[float32] // [s, a] -> 1

	ws   *nn.Workspace[float32]
	q    [2][]float32 // [maxRows]
	dOut []float32    // [maxRows]
}

// NewValues prepares evaluations of up to maxRows pairs of state and action.
func NewValues(net *nn.Net[float32], maxRows int) *Values {
	return &Values{Net: net, ws: net.NewWorkspace(maxRows), q: [2][]float32{make([]float32, maxRows), make([]float32, maxRows)}, dOut: make([]float32, maxRows)}
}

// Min writes min(Q1, Q2) of weights params for rows (state, action): states one for every repeat
// consecutive actions, dst [rows].
func (v *Values) Min(dst []float32, params *[2][]float32, states []float32, repeat int, actions []float32) {
	rows := len(dst)
	in := nn.Input[float32]{Batch: rows, Cond: states, CondRepeat: repeat, X: actions}
	v.Net.Forward(v.q[0][:rows], params[0], in, v.ws)
	v.Net.Forward(v.q[1][:rows], params[1], in, v.ws)
	for i := range dst {
		dst[i] = min(v.q[0][i], v.q[1][i])
	}
}

// SquaredErrors adds to grad [NumParams] of each critic the gradient of sum_b (Q(s,a) - y)^2 / of with weights params, and
// returns these sums before their division: of is the number of rows of the whole batch, of which y [rows] may be a shard.
func (v *Values) SquaredErrors(grad [2][]float32, params *[2][]float32, states, actions, y []float32, of int) (sums [2]float64) {
	rows := len(y)
	in := nn.Input[float32]{Batch: rows, Cond: states, X: actions}
	for i := range 2 {
		v.Net.Forward(v.q[i][:rows], params[i], in, v.ws)
		var sum float32
		for b := range rows {
			e := v.q[i][b] - y[b]
			sum += float32(e * e)
			v.dOut[b] = float32(2/float32(of)) * e
		}
		v.Net.VJP(grad[i], nil, params[i], v.dOut[:rows], in, v.ws)
		sums[i] = float64(sum)
	}
	return sums
}

// Targets writes y = rewardScale r + gamma (1 - terminated) min(TargetQ1,TargetQ2)(s', a') for states s' and actions a',
// y [rows].
func (v *Values) Targets(y []float32, target *[2][]float32, nextObs, nextAct, reward, done []float32, gamma, rewardScale float64) {
	v.Min(y, target, nextObs, 1, nextAct)
	g, scale := float32(gamma), float32(rewardScale)
	for b := range y {
		y[b] = float32(scale*reward[b]) + float32(float32(g*(1-done[b]))*y[b])
	}
}

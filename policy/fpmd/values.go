package fpmd

import "onestep/policy/nn"

// Values evaluates twin critics. It holds the workspace, allocates nothing after NewValues and is not safe for
// concurrent use.
type Values struct {
	Net *nn.Net[float32] // [s, a] -> 1

	ws *nn.Workspace[float32]
	q  [2][]float32 // [maxRows]
}

// NewValues prepares evaluations of up to maxRows pairs of state and action.
func NewValues(net *nn.Net[float32], maxRows int) *Values {
	return &Values{Net: net, ws: net.NewWorkspace(maxRows), q: [2][]float32{make([]float32, maxRows), make([]float32, maxRows)}}
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

package fpmd

import (
	"onestep/engine/rng"
	"onestep/policy/nn"
	"onestep/policy/optim"
)

// Critics are the twin action values Q1, Q2 and their slowly following targets (clipped double Q-learning,
// Fujimoto et al. 2018). Every value that leaves them is the smaller of the two.
type Critics struct {
	Values
	Online [2][]float32 // [NumParams] each
	Target [2][]float32
	Adam   [2]*optim.Adam[float32]

	dOut []float32    // [batch]
	grad [2][]float32 // [NumParams] of the last fit
}

func newCritics(cfg *Config, obsDim, actDim, maxRows int, init *rng.Stream) *Critics {
	net := nn.New[float32](nn.Config{CondDim: obsDim, XDim: actDim, OutDim: 1, Hidden: cfg.Hidden})
	c := &Critics{Values: *NewValues(net, maxRows), dOut: make([]float32, maxRows)}
	for i := range 2 {
		c.Online[i] = make([]float32, net.NumParams())
		net.Init(c.Online[i], init.Split(uint64(i)))
		c.Target[i] = append([]float32(nil), c.Online[i]...)
		c.Adam[i] = optim.NewAdam[float32](net.NumParams())
		c.grad[i] = make([]float32, net.NumParams())
	}
	return c
}

// squaredError adds to grad [NumParams] the gradient of sum_b (Q(s,a) - y)^2 / of for critic i with weights params, and
// returns that sum before its division: of is the number of rows of the whole batch, of which y [rows] may be a share.
// dOut [rows] is scratch.
func (v *Values) squaredError(grad []float32, i int, params, dOut, states, actions, y []float32, of int) float32 {
	rows := len(y)
	in := nn.Input[float32]{Batch: rows, Cond: states, X: actions}
	v.Net.Forward(v.q[i][:rows], params, in, v.ws)
	var sum float32
	for b := range rows {
		e := v.q[i][b] - y[b]
		sum += float32(e * e)
		dOut[b] = float32(2/float32(of)) * e
	}
	v.Net.VJP(grad, nil, params, dOut[:rows], in, v.ws)
	return sum
}

// fit takes one Adam step of each critic on the mean squared error to y [batch] and returns the mean of
// the two losses. A loss or a gradient that is not finite is reported and nothing is changed by that critic.
func (c *Critics) fit(states, actions, y []float32, lr float32) (loss float32, err error) {
	rows := len(y)
	for i := range 2 {
		clear(c.grad[i])
		sum := c.squaredError(c.grad[i], i, c.Online[i], c.dOut, states, actions, y, rows)
		if err := checkFinite(criticNames[i], c.Net, sum, c.grad[i]); err != nil {
			return sum, err
		}
		c.Adam[i].Update(c.Online[i], c.grad[i], lr)
		loss += sum / float32(2*rows)
	}
	return loss, nil
}

// repeat takes another Adam step with the gradients of the last fit [code].
func (c *Critics) repeat(lr float32) {
	for i := range 2 {
		c.Adam[i].Update(c.Online[i], c.grad[i], lr)
	}
}

func (c *Critics) follow(tau float32) {
	for i := range 2 {
		optim.Polyak(c.Target[i], c.Online[i], tau)
	}
}

var criticNames = [2]string{"critic1", "critic2"}

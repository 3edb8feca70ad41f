package critic

import (
	"onestep/engine/rng"
	"onestep/policy/nn"
	"onestep/policy/optim"
)

// Twin is Q1 and Q2 with their targets. Every value that leaves them is the smaller of the two.
type Twin struct {
	Net    *nn.Net[float32] // [s, a] -> 1
	Online [2][]float32     // [NumParams] each
	Target [2][]float32
	Adam   [2]*optim.Adam[float32]
}

// NewNet lays out a critic's network.
func NewNet(hidden []int, obsDim, actDim int) *nn.Net[float32] {
	return nn.New[float32](nn.Config{CondDim: obsDim, XDim: actDim, OutDim: 1, Hidden: hidden})
}

// NewTwin returns critics with fresh weights.
func NewTwin(hidden []int, obsDim, actDim int, init *rng.Stream) *Twin {
	net := NewNet(hidden, obsDim, actDim)
	c := &Twin{Net: net}
	for i := range 2 {
		c.Online[i] = make([]float32, net.NumParams())
		net.Init(c.Online[i], init.Split(uint64(i)))
		c.Target[i] = append([]float32(nil), c.Online[i]...)
		c.Adam[i] = optim.NewAdam[float32](net.NumParams())
	}
	return c
}

// Names are the critics' in files and errors.
var Names = [2]string{"critic1", "critic2"}

// CheckFinite reports a sum of squared errors or a gradient that is not finite.
func (c *Twin) CheckFinite(sums [2]float64, grad [2][]float32) error {
	for i, name := range Names {
		if err := c.Net.CheckFinite(name, float32(sums[i]), grad[i]); err != nil {
			return err
		}
	}
	return nil
}

// Step takes an Adam step of each critic.
func (c *Twin) Step(grad [2][]float32, lr float64) {
	for i := range 2 {
		c.Adam[i].Update(c.Online[i], grad[i], float32(lr))
	}
}

// Polyak moves the targets towards the critics.
func (c *Twin) Polyak(tau float64) {
	for i := range 2 {
		optim.Polyak(c.Target[i], c.Online[i], float32(tau))
	}
}

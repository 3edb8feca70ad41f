package env

import (
	"math"

	"onestep/engine/rng"
)

// invertedPendulum balances a pole on a cart: 1 a step while the pole is within 0.2 rad of upright (V5: nothing
// for the step in which it falls).
var invertedPendulum = articulated("inverted_pendulum", func(v Version) (Task, rules, []string) {
	t := Task{
		Title: "InvertedPendulum", Label: "Cart and pole", Group: GroupBalance,
		Does:     "balances a pole on this cart",
		Text:     "A pole stands on a cart that slides on a rail. The policy pushes the cart, twenty-five times a second, and the episode ends when the pole leans by 0.2 rad.",
		MaxSteps: 1000, Solved: 950, Goal: 1000,
		Observations: []Quantity{measure("cart position", "m", 0), measure("pole angle", "rad", 1), measure("cart velocity", "m/s", 0),
			measure("pole rate", "rad/s", 1)},
		Body: "inverted_pendulum.xml",
	}
	r := rules{
		frameSkip: 2,
		reset:     func(a *Articulated, r *rng.Stream) { a.jitter(r, 0.01, 0.01) },
		observe: func(a *Articulated, dst []float64) {
			copy(dst, a.data.QPos)
			copy(dst[2:], a.data.QVel)
		},
		judge: func(a *Articulated) (float64, bool) {
			fallen := math.Abs(a.data.QPos[1]) > 0.2
			return 1 - flag(fallen && v == V5), fallen
		},
	}
	return t, r, []string{"force on the cart"}
})

package env

import (
	"slices"

	"onestep/engine/num"
	"onestep/engine/rng"
)

// invertedDoublePendulum balances two poles on a cart: 10 a step while the tip is above 1 m, less the distance from
// the top and the poles' rates (V5: the 10 only while the tip is up, and one constraint force observed, not three).
var invertedDoublePendulum = articulated("inverted_double_pendulum", func(v Version) (Task, rules, []string) {
	const tipX, tipY, force = 0, 1, 2
	forces := 3
	observations := slices.Concat([]Quantity{measure("cart position", "m", 0)}, numbers("sin of pole 1", "sin of pole 2", "cos of pole 1", "cos of pole 2"), []Quantity{
		measure("cart velocity", "m/s", 0), measure("rate of pole 1", "rad/s", 1), measure("rate of pole 2", "rad/s", 2),
		measure("limit force on the cart", "N", 0), measure("limit torque on pole 1", "N m", 1), measure("limit torque on pole 2", "N m", 2),
	})
	if v == V5 {
		forces, observations = 1, observations[:9]
	}
	t := Task{
		Title: "InvertedDoublePendulum", Label: "Cart and two poles", Group: GroupBalance,
		Does:     "balances two poles on this cart",
		Text:     "Two poles, one on the other, stand on a cart. The policy pushes the cart, twenty times a second, and the episode ends when the tip sinks below one metre.",
		MaxSteps: 1000, Solved: 9100, Goal: 9300,
		Observations: observations,
		Body:         "inverted_double_pendulum.xml",
	}
	r := rules{
		frameSkip: 5, memory: 5,
		reset: func(a *Articulated, r *rng.Stream) {
			a.jitter(r, 0.1, 0)
			for i := range a.data.QVel {
				a.data.QVel[i] = 0.1 * r.Normal()
			}
		},
		observe: func(a *Articulated, dst []float64) {
			q := a.data.QPos
			dst[0], dst[1], dst[2], dst[3], dst[4] = q[0], num.Sin(q[1]), num.Sin(q[2]), num.Cos(q[1]), num.Cos(q[2])
			for i, w := range a.data.QVel {
				dst[5+i] = clip(w, -10, 10)
			}
			for i := range forces {
				dst[8+i] = clip(a.memory[force+i], -10, 10)
			}
		},
		remember: func(a *Articulated) {
			a.memory[tipX], a.memory[tipY] = a.data.Site(0)
			copy(a.memory[force:], a.data.QFrcConstraint)
		},
		judge: func(a *Articulated) (float64, bool) {
			x, y, w := a.memory[tipX], a.memory[tipY], a.data.QVel
			down := y <= 1
			alive := float64(10 * (1 - flag(down && v == V5)))
			return alive - (float64(0.01*x*x) + float64((y-2)*(y-2))) - (float64(1e-3*w[1]*w[1]) + float64(5e-3*w[2]*w[2])), down
		},
	}
	return t, r, []string{"force on the cart"}
})

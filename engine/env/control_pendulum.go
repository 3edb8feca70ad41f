package env

import (
	"math"

	"onestep/engine/num"
	"onestep/engine/rng"
)

// uprightPole is the least cosine that the pendulum is paid for: 8 degrees.
var uprightPole = num.Cos(8 * math.Pi / 180)

// controlPendulum swings a bob up with a motor that cannot lift it at once: 1 within 8 degrees of upright.
var controlPendulum = []entry{controlled("pendulum_swingup", func() control {
	return control{
		task: Task{
			Title: "Pendulum: swing-up", Label: "Pendulum: swing-up", Group: GroupBalance,
			Does:   "swings this pendulum up",
			Text:   "A weak motor swings a bob up and holds it there. The reward is 1 within 8 degrees of upright, otherwise 0.",
			Solved: 700, Goal: 700,
			Observations: []Quantity{{Name: "cos of the angle", Scale: 1, Joint: 0}, {Name: "sin of the angle", Scale: 1, Joint: 0}, measure("rate", "rad/s", 0)},
			Body:         "control_pendulum.xml",
		},
		actions: []string{"torque"}, frameSkip: 1,
		reset: func(a *Articulated, r *rng.Stream, _ []float64) { a.scatter(r) },
		sense: func(a *Articulated, obs, _, _ []float64) {
			obs[0], obs[1], obs[2] = num.Cos(a.data.QPos[0]), num.Sin(a.data.QPos[0]), a.data.QVel[0]
		},
		reward: func(_ *Articulated, obs, _ []float64) float64 { return within(obs[0], uprightPole, 1) },
	}
})}

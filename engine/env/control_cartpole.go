package env

import (
	"math"

	"onestep/engine/num"
	"onestep/engine/rng"
)

// cartpole balances a pole on a cart, from near upright or from hanging. The reward is the product of how upright the pole and
// how near the middle the cart is, of small controls and a slow pole; sparse: 1 within 0.25 m of the middle at a cosine of at
// least 0.995.
var cartpole = []entry{
	controlled("cartpole_balance", func() control { return cartpoleTask("balance", false, false) }),
	controlled("cartpole_balance_sparse", func() control { return cartpoleTask("balance, sparse", false, true) }),
	controlled("cartpole_swingup", func() control { return cartpoleTask("swing-up", true, false) }),
	controlled("cartpole_swingup_sparse", func() control { return cartpoleTask("swing-up, sparse", true, true) }),
}

func cartpoleTask(word string, swingUp, sparse bool) control {
	c := control{
		task: Task{
			Title: "Cartpole: " + word, Label: "Cartpole: " + word, Group: GroupBalance,
			Does:   "balances this pole",
			Text:   "A cart on a rail keeps its pole upright near the middle.",
			Solved: 950, Goal: 950,
			Observations: []Quantity{measure("position", "m", 0), {Name: "cos of the angle", Scale: 1, Joint: 1}, {Name: "sin of the angle", Scale: 1, Joint: 1},
				measure("velocity", "m/s", 0), measure("rate", "rad/s", 1)},
			Body: "control_cartpole.xml",
		},
		actions: []string{"force on the cart"}, frameSkip: 1,
		reset: func(a *Articulated, r *rng.Stream, _ []float64) {
			d := a.data
			d.QPos[0], d.QPos[1] = uniform(r, 0.1), uniform(r, 0.034)
			if swingUp {
				d.QPos[0], d.QPos[1] = 0.01*r.Normal(), math.Pi+float64(0.01*r.Normal())
			}
			for i := range d.QVel {
				d.QVel[i] = 0.01 * r.Normal()
			}
		},
		sense: func(a *Articulated, obs, _, _ []float64) {
			d := a.data
			obs[0], obs[1], obs[2] = d.QPos[0], num.Cos(d.QPos[1]), num.Sin(d.QPos[1])
			copy(obs[3:], d.QVel)
		},
		reward: func(a *Articulated, obs, _ []float64) float64 {
			x, cos, rate := obs[0], obs[1], obs[4]
			if sparse {
				return within(x, -0.25, 0.25) * within(cos, 0.995, 1)
			}
			centered := (1 + tolerance(x, 0, 0, 2, 0.1, gaussian)) / 2
			slow := (1 + tolerance(rate, 0, 0, 5, 0.1, gaussian)) / 2
			return (cos + 1) / 2 * a.smallControl() * slow * centered
		},
	}
	if swingUp {
		c.task.Does = "swings this pole up"
		c.task.Text = "A cart on a rail swings its pole up from hanging and keeps it upright near the middle."
		c.task.Solved, c.task.Goal = 750, 750
	}
	if sparse {
		c.task.Text += " The reward is 1 while it is upright in the middle, otherwise 0."
	}
	return c
}

package env

import (
	"onestep/engine/num"
	"onestep/engine/rng"
)

// acrobot brings the tip of two links, of which only the second is driven, to a target above: a tolerance of the distance
// with the target's radius of 0.2 m and a margin of 1 m; sparse: none.
var acrobot = []entry{
	controlled("acrobot_swingup", func() control { return acrobotTask("swing-up", 1) }),
	controlled("acrobot_swingup_sparse", func() control { return acrobotTask("swing-up, sparse", 0) }),
}

func acrobotTask(word string, margin float64) control {
	const target, upper, lower = 1, 2, 3 // bodies
	c := control{
		task: Task{
			Title: "Acrobot: " + word, Label: "Acrobot: " + word, Group: GroupBalance,
			Does:   "swings these links up",
			Text:   "Two links hang from an axle; only the joint between them is driven. The tip is to come to the target above.",
			Solved: 300, Goal: 200,
			Observations: []Quantity{
				{Name: "upper link's x", Scale: 1, Joint: 0}, {Name: "lower link's x", Scale: 1, Joint: 1},
				{Name: "upper link's z", Scale: 1, Joint: 0}, {Name: "lower link's z", Scale: 1, Joint: 1},
				measure("shoulder rate", "rad/s", 0), measure("elbow rate", "rad/s", 1)},
			Body: "control_acrobot.xml", Target: target, Success: "the tip stays in the target",
		},
		actions: []string{"elbow torque"}, frameSkip: 1, extras: 1,
		reset: func(a *Articulated, r *rng.Stream, _ []float64) { a.scatter(r) },
		sense: func(a *Articulated, obs, extra, _ []float64) {
			obs[2], obs[0] = a.upright(upper)
			obs[3], obs[1] = a.upright(lower)
			copy(obs[4:], a.data.QVel)
			x, z := a.data.Site(0)
			extra[0] = num.Hypot(x, z-4)
		},
		reward: func(_ *Articulated, _, extra []float64) float64 {
			return tolerance(extra[0], 0, 0.2, margin, 0.1, gaussian)
		},
	}
	if margin == 0 {
		c.task.Text += " The reward is 1 while it is inside, otherwise 0."
		c.task.Solved, c.task.Goal = 100, 50
	}
	return c
}

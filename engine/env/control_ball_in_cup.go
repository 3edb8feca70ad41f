package env

import (
	"math"

	"onestep/engine/rng"
)

// ballInCup swings a ball on a string into a cup: 1 while the whole ball is inside, in a box of 0.1 m.
var ballInCup = []entry{controlled("ball_in_cup_catch", func() control {
	const inside = 1                 // site
	const half, radius = 0.05, 0.025 // m: of the box, of the ball
	return control{
		task: Task{
			Title: "Ball in cup: catch", Label: "Ball in cup", Group: GroupReach,
			Does:   "catches this ball",
			Text:   "A cup that is moved along x and z swings a ball on a string and catches it. The reward is 1 while the ball is inside, otherwise 0.",
			Solved: 900, Goal: 850,
			Observations: []Quantity{measure("cup x", "m", 0), measure("cup z", "m", 1), measure("ball x", "m", 2), measure("ball z", "m", 3),
				measure("cup x velocity", "m/s", 0), measure("cup z velocity", "m/s", 1), measure("ball x velocity", "m/s", 2), measure("ball z velocity", "m/s", 3)},
			Body: "control_ball_in_cup.xml",
		},
		actions: []string{"force along x", "force along z"}, frameSkip: 10, extras: 2,
		reset: func(a *Articulated, r *rng.Stream, _ []float64) {
			a.apart(func() { a.data.QPos[2], a.data.QPos[3] = between(r, -0.2, 0.2), between(r, 0.2, 0.5) })
		},
		sense: func(a *Articulated, obs, extra, _ []float64) {
			copy(obs[copy(obs, a.data.QPos):], a.data.QVel)
			x, z := a.data.Site(inside)
			u, v := a.data.Site(2)
			extra[0], extra[1] = x-u, z-v
		},
		reward: func(_ *Articulated, _, extra []float64) float64 {
			return flag(math.Abs(extra[0]) < half-radius && math.Abs(extra[1]) < half-radius)
		},
	}
})}

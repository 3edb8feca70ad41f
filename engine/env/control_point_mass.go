package env

import (
	"onestep/engine/num"
	"onestep/engine/rng"
)

// pointMass brings a ball to the middle of a square: a tolerance of the distance with the target's radius of 0.015 m and as
// much margin, times small controls.
var pointMass = []entry{controlled("point_mass_easy", func() control {
	const target = 1 // body
	return control{
		task: Task{
			Title: "Point mass: easy", Label: "Point mass", Group: GroupReach,
			Does:   "brings this ball to the middle",
			Text:   "A ball in a square, seen from above, is pushed along x and y. It is to come to rest in the middle.",
			Solved: 850, Goal: 850,
			Observations: []Quantity{measure("x", "m", 0), measure("y", "m", 1), measure("x velocity", "m/s", 0), measure("y velocity", "m/s", 1)},
			Body:         "control_point_mass.xml", Target: target,
		},
		actions: []string{"force along x", "force along y"}, frameSkip: 1,
		reset: func(a *Articulated, r *rng.Stream, _ []float64) { a.scatter(r) },
		sense: func(a *Articulated, obs, _, _ []float64) { copy(obs[copy(obs, a.data.QPos):], a.data.QVel) },
		reward: func(a *Articulated, obs, _ []float64) float64 {
			return tolerance(num.Hypot(obs[0], obs[1]), 0, 0.015, 0.015, 0.1, gaussian) * a.smallControl()
		},
	}
})}

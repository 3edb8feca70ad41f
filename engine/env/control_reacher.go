package env

import (
	"math"

	"onestep/engine/num"
	"onestep/engine/physics"
	"onestep/engine/rng"
)

// controlReacher brings the tip of an arm to a target: 1 where the tip's ball, of 0.01 m, touches it. The target is 0.05 to
// 0.2 m from the shoulder and has a radius of 0.05 m, hard: 0.015 m.
var controlReacher = []entry{
	controlled("reacher_easy", func() control { return controlReach("easy", 0.05) }),
	controlled("reacher_hard", func() control { return controlReach("hard", 0.015) }),
}

func controlReach(word string, radius float64) control {
	const target, tip, ball = 1, 4, 0.01 // bodies; m
	return control{
		task: Task{
			Title: "Reacher: " + word, Label: "Reacher: " + word, Group: GroupReach,
			Does:   "brings this arm to its target",
			Text:   "An arm of two links, seen from above, is to bring its tip to the target. Each episode has another one. The reward is 1 inside, otherwise 0.",
			Solved: 900, Goal: 850,
			Observations: []Quantity{
				measure("shoulder angle", "rad", 0), measure("wrist angle", "rad", 1), measure("target - tip x", "m", -1), measure("target - tip y", "m", -1),
				measure("shoulder rate", "rad/s", 0), measure("wrist rate", "rad/s", 1)},
			Body: "control_reacher.xml", Target: target, Success: "the tip rests on the target",
		},
		actions: []string{"shoulder torque", "wrist torque"}, frameSkip: 1, places: 2,
		prepare: func(s *physics.Spec) {
			for i := range s.Geoms {
				if s.Geoms[i].Body == target {
					s.Geoms[i].Radius = radius
				}
			}
		},
		reset: func(a *Articulated, r *rng.Stream, place []float64) {
			a.scatter(r)
			angle, reach := between(r, 0, 2*math.Pi), between(r, 0.05, 0.2)
			place[0], place[1] = reach*num.Sin(angle), reach*num.Cos(angle)
		},
		sense: func(a *Articulated, obs, _, place []float64) {
			x, y, _ := a.data.BodyPose(tip)
			copy(obs, a.data.QPos)
			obs[2], obs[3] = place[0]-x, place[1]-y
			copy(obs[4:], a.data.QVel)
		},
		reward: func(_ *Articulated, obs, _ []float64) float64 {
			return within(num.Hypot(obs[2], obs[3]), 0, radius+ball)
		},
	}
}

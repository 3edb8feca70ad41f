package env

import (
	"fmt"

	"onestep/engine/num"
	"onestep/engine/rng"
)

// swimmer6 swims with its nose to a target of 0.1 m: a tolerance of the distance with a long tail from 0.1 m on, a tenth at
// 0.6 m.
var swimmer6 = []entry{controlled("swimmer6", func() control {
	const target, head, links, near = 1, 2, 6, 0.1 // bodies; number; m
	var observations []Quantity
	var actions []string
	for i := range links - 1 {
		observations = append(observations, measure(fmt.Sprintf("joint %d", i+1), "rad", 3+i))
		actions = append(actions, fmt.Sprintf("torque of joint %d", i+1))
	}
	observations = append(observations, measure("target - nose, sideways", "m", -1), measure("target - nose, backwards", "m", -1))
	for i := range links {
		name, joint := "head", 2
		if i > 0 {
			name, joint = fmt.Sprintf("link %d", i), 2+i
		}
		observations = append(observations, measure(name+"'s velocity sideways", "m/s", joint), measure(name+"'s velocity backwards", "m/s", joint),
			measure(name+"'s rate", "rad/s", joint))
	}
	return control{
		task: Task{
			Title: "Swimmer6", Label: "Swimmer: 6 links", Group: GroupMove,
			Does:   "makes this chain swim to its target",
			Text:   "A chain of six links in a fluid, seen from above, swims with its nose to the target. Each episode has another one.",
			Solved: 500, Goal: 300,
			Observations: observations,
			Body:         "control_swimmer6.xml", Target: target,
		},
		actions: actions, frameSkip: 15, places: 2,
		reset: func(a *Articulated, r *rng.Stream, place []float64) {
			a.scatter(r)
			reach := 2.0
			if r.Float64() < 0.2 {
				reach = 0.3
			}
			place[0], place[1] = uniform(r, reach), uniform(r, reach)
		},
		sense: func(a *Articulated, obs, _, place []float64) {
			local := func(b int, x, y float64) (float64, float64) {
				_, _, angle := a.data.BodyPose(b)
				sin, cos := num.Sincos(angle)
				return float64(cos*x) + float64(sin*y), float64(cos*y) - float64(sin*x)
			}
			n := copy(obs, a.data.QPos[3:])
			x, y := a.data.Site(0)
			obs[n], obs[n+1] = local(head, place[0]-x, place[1]-y)
			for i := range links {
				u, v, w := a.data.BodyVelocity(head + i)
				at := obs[n+2+3*i:]
				at[0], at[1] = local(head+i, u, v)
				at[2] = w
			}
		},
		reward: func(_ *Articulated, obs, _ []float64) float64 {
			return tolerance(num.Hypot(obs[links-1], obs[links]), 0, near, 5*near, 0.1, longTail)
		},
	}
})}

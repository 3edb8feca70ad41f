package env

import (
	"math"

	"onestep/engine/num"
	"onestep/engine/rng"
)

// controlHopper stands with its torso at least 0.6 m above its foot, times small controls, or times a speed of 2 m/s and more
// (half from 1 m/s on, 0 at 0).
var controlHopper = []entry{
	controlled("hopper_stand", func() control { return controlHop("stand", false) }),
	controlled("hopper_hop", func() control { return controlHop("hop", true) }),
}

func controlHop(word string, hop bool) control {
	const torso, foot = 1, 5 // bodies
	c := control{
		task: Task{
			Title: "Hopper: " + word, Label: "Hopper: " + word, Group: GroupMove,
			Does:   "makes this leg stand",
			Text:   "A leg of five parts gets up from any pose and stands: its torso is to be 0.6 m above its foot.",
			Solved: 850, Goal: 800,
			Observations: append(walkerObservations("waist", "hip", "knee", "ankle"),
				Quantity{Name: "log of toe's force", Scale: 1, Joint: -1}, Quantity{Name: "log of heel's force", Scale: 1, Joint: -1}),
			Body: "control_hopper.xml",
		},
		actions: []string{"waist torque", "hip torque", "knee torque", "ankle torque"}, frameSkip: 4, touch: []int{0, 1}, radius: 0.05, extras: 2,
		reset: func(a *Articulated, r *rng.Stream, _ []float64) { a.scatter(r) },
		sense: func(a *Articulated, obs, extra, _ []float64) {
			d := a.data
			n := copy(obs, d.QPos[1:])
			n += copy(obs[n:], d.QVel)
			obs[n], obs[n+1] = num.Log1p(extra[0]), num.Log1p(extra[1])
			_, up := d.BodyCOM(torso)
			_, down := d.BodyCOM(foot)
			extra[2] = up - down
			extra[3], _ = d.COMVelocity()
		},
		reward: func(a *Articulated, _, extra []float64) float64 {
			standing := within(extra[2], 0.6, 2)
			if hop {
				return standing * tolerance(extra[3], 2, math.Inf(1), 1, 0.5, linear)
			}
			return standing * a.smallControl()
		},
	}
	if hop {
		c.task.Does, c.task.Solved, c.task.Goal = "makes this leg hop", 250, 100
		c.task.Text = "A leg of five parts gets up from any pose and hops to the right, its torso 0.6 m above its foot. The reward grows with the speed up to 2 m/s."
	}
	return c
}

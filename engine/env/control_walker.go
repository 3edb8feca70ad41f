package env

import (
	"math"

	"onestep/engine/rng"
)

// controlWalker stands, walks at 1 m/s or runs at 8 m/s:
//
//	stand = (3 tolerance of the torso's height from 1.2 m + (1 + its axis' upright part)/2)/4;  stand (1 + 5 speed)/6
var controlWalker = []entry{
	controlled("walker_stand", func() control { return controlWalk("stand", 0) }),
	controlled("walker_walk", func() control { return controlWalk("walk", 1) }),
	controlled("walker_run", func() control { return controlWalk("run", 8) }),
}

func controlWalk(word string, speed float64) control {
	const torso, bodies, height = 1, 7, 14 // bodies; the height's place in the observation
	var observations []Quantity
	for i, name := range []string{"torso", "right thigh", "right leg", "right foot", "left thigh", "left leg", "left foot"} {
		joint := 2 + i
		observations = append(observations, Quantity{Name: "cos of " + name, Scale: 1, Joint: joint}, Quantity{Name: "sin of " + name, Scale: 1, Joint: joint})
	}
	observations = append(observations, measure("height", "m", 0), measure("z velocity", "m/s", 0), measure("x velocity", "m/s", 1), measure("torso rate", "rad/s", 2))
	for i, name := range []string{"right hip", "right knee", "right ankle", "left hip", "left knee", "left ankle"} {
		observations = append(observations, measure(name+" rate", "rad/s", 3+i))
	}
	c := control{
		task: Task{
			Title: "Walker: " + word, Label: "Walker: " + word, Group: GroupMove,
			Does:   "makes this body " + word,
			Text:   "Two legs and a torso get up from any pose and " + word + ".",
			Solved: 900, Goal: 850,
			Observations: observations,
			Body:         "control_walker.xml",
		},
		actions: []string{"right hip torque", "right knee torque", "right ankle torque", "left hip torque", "left knee torque", "left ankle torque"}, frameSkip: 10,
		extras: 1,
		reset:  func(a *Articulated, r *rng.Stream, _ []float64) { a.scatter(r) },
		sense: func(a *Articulated, obs, extra, _ []float64) {
			for b := range bodies {
				obs[2*b], obs[2*b+1] = a.upright(torso + b)
			}
			_, obs[height], _ = a.data.BodyPose(torso)
			copy(obs[height+1:], a.data.QVel)
			extra[0], _ = a.data.COMVelocity()
		},
		reward: func(_ *Articulated, obs, extra []float64) float64 {
			standing := tolerance(obs[height], 1.2, math.Inf(1), 0.6, 0.1, gaussian)
			stand := (float64(3*standing) + float64((1+obs[0])/2)) / 4
			if speed == 0 {
				return stand
			}
			return stand * (float64(5*tolerance(extra[0], speed, math.Inf(1), speed/2, 0.5, linear)) + 1) / 6
		},
	}
	switch speed {
	case 1:
		c.task.Text = "Two legs and a torso get up from any pose and walk to the right at 1 m/s."
		c.task.Solved, c.task.Goal = 850, 800
	case 8:
		c.task.Text = "Two legs and a torso get up from any pose and run to the right. The reward grows with the speed up to 8 m/s."
		c.task.Solved, c.task.Goal = 500, 400
	}
	return c
}

package env

import (
	"math"

	"onestep/engine/num"
	"onestep/engine/physics"
	"onestep/engine/rng"
)

// finger turns the body beside it: spin pays 1 for at least 15 rad/s clockwise, turn while the body's tip is in a target of
// 0.07 m, hard: 0.03 m.
var finger = []entry{
	controlled("finger_spin", func() control { return fingerTask("spin", 0) }),
	controlled("finger_turn_easy", func() control { return fingerTask("turn, easy", 0.07) }),
	controlled("finger_turn_hard", func() control { return fingerTask("turn, hard", 0.03) }),
}

func fingerTask(word string, radius float64) control {
	const target, spinner, hinge = 1, 4, 2 // bodies; joint
	const top, bottom, tip = 0, 1, 2       // sites
	const tall = 0.13                      // m, the tip from the hinge
	turn := radius > 0
	names := []Quantity{measure("proximal angle", "rad", 0), measure("distal angle", "rad", 1), measure("tip x", "m", 2), measure("tip z", "m", 2),
		measure("proximal rate", "rad/s", 0), measure("distal rate", "rad/s", 1), measure("hinge rate", "rad/s", 2),
		{Name: "log of the force above", Scale: 1, Joint: -1}, {Name: "log of the force below", Scale: 1, Joint: -1}}
	c := control{
		task: Task{
			Title: "Finger: " + word, Label: "Finger: " + word, Group: GroupMove,
			Does:   "makes this finger spin the body",
			Text:   "A finger of two links flicks the body beside it. The reward is 1 while that spins with 15 rad/s, otherwise 0.",
			Solved: 800, Goal: 700,
			Observations: names, Body: "control_finger.xml",
		},
		actions: []string{"proximal torque", "distal torque"}, frameSkip: 2, touch: []int{top, bottom}, radius: 0.025,
		reset: func(a *Articulated, r *rng.Stream, place []float64) {
			if turn {
				angle := between(r, -math.Pi, math.Pi)
				place[0], place[1] = 0.2+float64(tall*num.Sin(angle)), 0.4+float64(tall*num.Cos(angle))
			}
			a.apart(func() { a.scatter(r) })
		},
		sense: func(a *Articulated, obs, extra, place []float64) {
			d := a.data
			x, z, _ := d.BodyPose(spinner)
			u, v := d.Site(tip)
			obs[0], obs[1], obs[2], obs[3] = d.QPos[0], d.QPos[1], u-x, v-z
			copy(obs[4:], d.QVel)
			obs[7], obs[8] = num.Log1p(extra[0]), num.Log1p(extra[1])
			if turn {
				obs[9], obs[10] = place[0]-x, place[1]-z
				obs[11] = num.Hypot(obs[9]-obs[2], obs[10]-obs[3]) - radius
			}
		},
		prepare: func(s *physics.Spec) { s.Joints[hinge].Damping = 0.03 },
		reward:  func(_ *Articulated, obs, _ []float64) float64 { return flag(obs[6] <= -15) },
	}
	if turn {
		t := &c.task
		t.Does, t.Group, t.Target = "makes this finger turn the body", GroupReach, target
		t.Text = "A finger of two links turns the body beside it until its tip is in the target. Each episode has another one."
		t.Success = "the tip rests in the target"
		t.Observations = append(names, measure("target x", "m", -1), measure("target z", "m", -1), measure("distance to the target", "m", -1))
		c.places = 2
		c.prepare = func(s *physics.Spec) {
			for i := range s.Geoms {
				if s.Geoms[i].Body == target {
					s.Geoms[i].Radius = radius
				}
			}
		}
		c.reward = func(_ *Articulated, obs, _ []float64) float64 { return flag(obs[11] <= 0) }
	}
	return c
}

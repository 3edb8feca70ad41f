package env

import (
	"math"
	"slices"

	"onestep/engine/num"
	"onestep/engine/rng"
)

// reacher moves a fingertip to a target: minus the distance and the squared torques. V4 takes the distance before
// the step and observes a third component of the difference, which is 0; V5 takes it after the step.
var reacher = articulated("reacher", func(v Version) (Task, rules, []string) {
	observations := slices.Concat(numbers("cos of joint 1", "cos of joint 2", "sin of joint 1", "sin of joint 2"), []Quantity{
		measure("target x", "m", 2), measure("target y", "m", 3), measure("rate of joint 1", "rad/s", 0), measure("rate of joint 2", "rad/s", 1),
		measure("tip - target x", "m", -1), measure("tip - target y", "m", -1), measure("tip - target z", "m", -1),
	})
	if v == V5 {
		observations = observations[:10]
	}
	const tip, target = 3, 4 // bodies
	t := Task{
		Title: "Reacher", Label: "Reacher", Group: GroupReach,
		Does:     "brings this arm to its target",
		Text:     "An arm of two links, seen from above, is to bring its tip to the red target. Each episode has another one.",
		MaxSteps: 50, Solved: -3.75, Goal: -4.5,
		Observations: observations,
		Body:         "reacher.xml", Target: target, Success: "the tip rests on the target",
	}
	r := rules{
		frameSkip: 2, memory: 2,
		reset: func(a *Articulated, r *rng.Stream) {
			a.jitter(r, 0.1, 0.005)
			for {
				x, y := uniform(r, 0.2), uniform(r, 0.2)
				if float64(x*x)+float64(y*y) < 0.2*0.2 {
					a.data.QPos[2], a.data.QPos[3] = x, y
					break
				}
			}
			a.data.QVel[2], a.data.QVel[3] = 0, 0
		},
		observe: func(a *Articulated, dst []float64) {
			q, w := a.data.QPos, a.data.QVel
			dst[0], dst[1], dst[2], dst[3] = num.Cos(q[0]), num.Cos(q[1]), num.Sin(q[0]), num.Sin(q[1])
			dst[4], dst[5], dst[6], dst[7] = q[2], q[3], w[0], w[1]
			dst[8], dst[9] = a.memory[0], a.memory[1]
			if v == V4 {
				dst[10] = 0
			}
		},
		remember: func(a *Articulated) {
			x, y, _ := a.data.BodyPose(tip)
			u, v, _ := a.data.BodyPose(target)
			a.memory[0], a.memory[1] = x-u, y-v
		},
		judge: func(a *Articulated) (float64, bool) {
			from := a.memory0
			if v == V5 {
				from = a.memory
			}
			return -math.Sqrt(float64(from[0]*from[0])+float64(from[1]*from[1])) - a.controlCost(), false
		},
	}
	return t, r, []string{"shoulder torque", "elbow torque"}
})

package env

import (
	"math"

	"onestep/engine/num"
	"onestep/engine/rng"
)

// NewReacher moves a fingertip to a target: minus the distance and the squared torques. V4 takes the distance before
// the step and observes a third component of the difference, which is 0; V5 takes it after the step.
func NewReacher(v Version) *Articulated {
	names := []string{"cos of joint 1", "cos of joint 2", "sin of joint 1", "sin of joint 2", "target x (m)", "target y (m)",
		"rate of joint 1 (rad/s)", "rate of joint 2 (rad/s)", "tip - target x (m)", "tip - target y (m)", "tip - target z (m)"}
	if v == V5 {
		names = names[:10]
	}
	const tip, target = 3, 4 // bodies
	t := &task{
		spec: Spec{
			Name: "reacher", Title: "Reacher", MaxSteps: 50, Solved: -3.75,
			ActionScale: ones(2), ObsNames: names, ActNames: []string{"shoulder torque (200 N m)", "elbow torque (200 N m)"},
		},
		file: "reacher", frameSkip: 2, memory: 2,
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
	return newArticulated(t.version(v))
}

package env

import "onestep/engine/rng"

// halfCheetah runs to the right: the velocity less 0.1 times the squared torques.
var halfCheetah = articulated("half_cheetah", func(v Version) (Task, rules, []string) {
	t := Task{
		Title: "HalfCheetah", Label: "HalfCheetah", Group: GroupMove,
		Does:     "makes this runner run",
		Text:     "A runner with two legs and six joints. The reward is the speed to the right less the effort.",
		MaxSteps: 1000, Solved: 4800, Goal: 6000,
		Observations: walkerObservations("back thigh", "back shin", "back foot", "front thigh", "front shin", "front foot"),
		Body:         "half_cheetah.xml",
	}
	r := rules{
		frameSkip: 5,
		reset: func(a *Articulated, r *rng.Stream) {
			a.jitter(r, 0.1, 0)
			for i := range a.data.QVel {
				a.data.QVel[i] = 0.1 * r.Normal()
			}
		},
		observe: func(a *Articulated, dst []float64) {
			n := copy(dst, a.data.QPos[1:])
			copy(dst[n:], a.data.QVel)
		},
		judge: func(a *Articulated) (float64, bool) { return a.speed() - float64(0.1*a.controlCost()), false },
	}
	return t, r, []string{"back thigh torque", "back shin torque", "back foot torque", "front thigh torque", "front shin torque", "front foot torque"}
})

package env

import (
	"math"

	"onestep/engine/rng"
)

// cheetah runs: its mean speed over 10 m/s, at most 1.
var cheetah = []entry{controlled("cheetah_run", func() control {
	const settle = 200 // steps that the body falls and comes to rest before an episode
	return control{
		task: Task{
			Title: "Cheetah: run", Label: "Cheetah: run", Group: GroupMove,
			Does:   "makes this runner run",
			Text:   "A runner with two legs and six joints, whose limbs may touch each other. The reward grows with the speed up to 10 m/s.",
			Solved: 600, Goal: 500,
			Observations: walkerObservations("back thigh", "back shin", "back foot", "front thigh", "front shin", "front foot"),
			Body:         "control_cheetah.xml",
		},
		actions: []string{"back thigh torque", "back shin torque", "back foot torque", "front thigh torque", "front shin torque", "front foot torque"}, frameSkip: 1,
		extras: 1,
		reset: func(a *Articulated, r *rng.Stream, _ []float64) {
			d := a.data
			for k := range d.Model.Joints {
				if j := &d.Model.Joints[k]; j.Limited {
					d.QPos[k] = between(r, j.Range[0], j.Range[1])
				}
			}
			for range settle {
				d.Step()
			}
			d.Time, d.Steps = 0, 0
		},
		sense: func(a *Articulated, obs, extra, _ []float64) {
			copy(obs[copy(obs, a.data.QPos[1:]):], a.data.QVel)
			extra[0], _ = a.data.COMVelocity()
		},
		reward: func(_ *Articulated, _, extra []float64) float64 {
			return tolerance(extra[0], 10, math.Inf(1), 10, 0, linear)
		},
	}
})}

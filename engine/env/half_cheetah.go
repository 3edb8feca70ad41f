package env

import "onestep/engine/rng"

// NewHalfCheetah runs to the right: the velocity less 0.1 times the squared torques.
func NewHalfCheetah(v Version) *Articulated {
	t := &task{
		spec: Spec{
			Name: "half_cheetah", Title: "HalfCheetah", MaxSteps: 1000, Solved: 4800, ActionScale: ones(6),
			ObsNames: walkerNames("back thigh", "back shin", "back foot", "front thigh", "front shin", "front foot"),
			ActNames: []string{"back thigh torque (120 N m)", "back shin torque (90 N m)", "back foot torque (60 N m)",
				"front thigh torque (120 N m)", "front shin torque (60 N m)", "front foot torque (30 N m)"},
		},
		file: "half_cheetah", frameSkip: 5,
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
	return newArticulated(t.version(v))
}

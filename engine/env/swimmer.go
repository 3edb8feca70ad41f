package env

import "onestep/engine/rng"

// NewSwimmer swims to the right in a viscous fluid: the velocity less 1e-4 times the squared torques.
func NewSwimmer(v Version) *Articulated {
	t := &task{
		spec: Spec{
			Name: "swimmer", Title: "Swimmer", MaxSteps: 1000, Solved: 360, ActionScale: ones(2),
			ObsNames: []string{"angle of the head (rad)", "angle of joint 1 (rad)", "angle of joint 2 (rad)", "x velocity (m/s)",
				"y velocity (m/s)", "rate of the head (rad/s)", "rate of joint 1 (rad/s)", "rate of joint 2 (rad/s)"},
			ActNames: []string{"torque of joint 1 (150 N m)", "torque of joint 2 (150 N m)"},
		},
		file: "swimmer", frameSkip: 4,
		reset: func(a *Articulated, r *rng.Stream) { a.jitter(r, 0.1, 0.1) },
		observe: func(a *Articulated, dst []float64) {
			copy(dst, a.data.QPos[2:])
			copy(dst[3:], a.data.QVel)
		},
		judge: func(a *Articulated) (float64, bool) { return a.speed() - float64(1e-4*a.controlCost()), false },
	}
	return newArticulated(t.version(v))
}

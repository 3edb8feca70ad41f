package env

import (
	"math"

	"onestep/engine/rng"
)

// NewWalker2d walks to the right on two legs, rewarded as NewHopper. V5 levels the friction of the feet.
func NewWalker2d(v Version) *Articulated {
	t := &task{
		spec: Spec{
			Name: "walker2d", Title: "Walker2d", MaxSteps: 1000, Solved: 3000, ActionScale: ones(6),
			ObsNames: walkerNames("thigh", "leg", "foot", "left thigh", "left leg", "left foot"),
			ActNames: []string{"thigh torque (100 N m)", "leg torque (100 N m)", "foot torque (100 N m)",
				"left thigh torque (100 N m)", "left leg torque (100 N m)", "left foot torque (100 N m)"},
		},
		file: "walker2d", frameSkip: 4,
		reset:   func(a *Articulated, r *rng.Stream) { a.jitter(r, 0.005, 0.005) },
		observe: observeWalker,
		judge: func(a *Articulated) (float64, bool) {
			q := a.data.QPos
			return a.walk(q[1] > 0.8 && q[1] < 2 && math.Abs(q[2]) < 1, v)
		},
	}
	if v == V5 {
		t.file = "walker2d_v5"
	}
	return newArticulated(t.version(v))
}

package env

import (
	"math"

	"onestep/engine/rng"
)

// walker2d walks to the right on two legs, rewarded as NewHopper. V5 levels the friction of the feet.
var walker2d = articulated("walker2d", func(v Version) (Task, rules, []string) {
	t := Task{
		Title: "Walker2d", Label: "Walker2d", Group: GroupMove,
		Does:     "makes this walker walk",
		Text:     "Two legs and a torso. The reward is the speed to the right and 1 for being upright; it ends when it falls.",
		MaxSteps: 1000, Solved: 3000, Goal: 3000,
		Observations: walkerObservations("thigh", "leg", "foot", "left thigh", "left leg", "left foot"),
		Body:         "walker2d.xml",
	}
	r := rules{
		frameSkip: 4,
		reset:     func(a *Articulated, r *rng.Stream) { a.jitter(r, 0.005, 0.005) },
		observe:   observeWalker,
		judge: func(a *Articulated) (float64, bool) {
			q := a.data.QPos
			return a.walk(q[1] > 0.8 && q[1] < 2 && math.Abs(q[2]) < 1, v)
		},
	}
	if v == V5 {
		t.Body = "walker2d_v5.xml"
	}
	return t, r, []string{"thigh torque", "leg torque", "foot torque", "left thigh torque", "left leg torque", "left foot torque"}
})

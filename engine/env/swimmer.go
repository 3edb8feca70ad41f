package env

import "onestep/engine/rng"

// swimmer swims to the right in a viscous fluid: the velocity less 1e-4 times the squared torques.
var swimmer = articulated("swimmer", func(v Version) (Task, rules, []string) {
	t := Task{
		Title: "Swimmer", Label: "Swimmer", Group: GroupMove,
		Does:     "makes this chain swim",
		Text:     "Three links in a viscous fluid, seen from above. Two torques bend the chain; the reward is the speed to the right.",
		MaxSteps: 1000, Solved: 360, Goal: 100,
		Observations: []Quantity{measure("angle of the head", "rad", 2), measure("angle of joint 1", "rad", 3), measure("angle of joint 2", "rad", 4),
			measure("x velocity", "m/s", 0), measure("y velocity", "m/s", 1),
			measure("rate of the head", "rad/s", 2), measure("rate of joint 1", "rad/s", 3), measure("rate of joint 2", "rad/s", 4)},
		Body: "swimmer.xml",
	}
	r := rules{
		frameSkip: 4,
		reset:     func(a *Articulated, r *rng.Stream) { a.jitter(r, 0.1, 0.1) },
		observe: func(a *Articulated, dst []float64) {
			copy(dst, a.data.QPos[2:])
			copy(dst[3:], a.data.QVel)
		},
		judge: func(a *Articulated) (float64, bool) { return a.speed() - float64(1e-4*a.controlCost()), false },
	}
	return t, r, []string{"torque of joint 1", "torque of joint 2"}
})

package env

import (
	"math"

	"onestep/engine/rng"
)

// hopper hops to the right on one leg: the velocity, 1 for being healthy, less 1e-3 times the squared torques (V5: the 1
// only in a healthy state).
var hopper = articulated("hopper", func(v Version) (Task, rules, []string) {
	t := Task{
		Title: "Hopper", Label: "Hopper", Group: GroupMove,
		Does:     "makes this leg hop",
		Text:     "A leg of four parts hops to the right on its foot. The reward is the speed and 1 for being upright; it ends when it falls.",
		MaxSteps: 1000, Solved: 3800, Goal: 2500,
		Observations: walkerObservations("thigh", "leg", "foot"),
		Body:         "hopper.xml",
	}
	r := rules{
		frameSkip: 4,
		reset:     func(a *Articulated, r *rng.Stream) { a.jitter(r, 0.005, 0.005) },
		observe:   observeWalker,
		judge:     func(a *Articulated) (float64, bool) { return a.walk(a.hopperHealthy(), v) },
	}
	return t, r, []string{"thigh torque", "leg torque", "foot torque"}
})

// hopperHealthy: height above 0.7 m, angle within 0.2 rad, everything from the angle on within 100.
func (a *Articulated) hopperHealthy() bool {
	q, w := a.data.QPos, a.data.QVel
	healthy := q[1] > 0.7 && math.Abs(q[2]) < 0.2
	for _, x := range q[2:] {
		healthy = healthy && math.Abs(x) < 100
	}
	for _, x := range w {
		healthy = healthy && math.Abs(x) < 100
	}
	return healthy
}

// walk is the reward of Hopper and Walker2d; an unhealthy state is final.
func (a *Articulated) walk(healthy bool, v Version) (float64, bool) {
	alive := 1 - flag(!healthy && v == V5)
	return a.speed() + alive - float64(1e-3*a.controlCost()), !healthy
}

// observeWalker is qpos without x, and the velocities clipped to +-10.
func observeWalker(a *Articulated, dst []float64) {
	n := copy(dst, a.data.QPos[1:])
	for i, w := range a.data.QVel {
		dst[n+i] = clip(w, -10, 10)
	}
}

// walkerObservations are those of a body with a free torso, joints 0 to 2, and these joints.
func walkerObservations(joints ...string) []Quantity {
	list := []Quantity{measure("height", "m", 1), measure("torso angle", "rad", 2)}
	for i, j := range joints {
		list = append(list, measure(j+" angle", "rad", 3+i))
	}
	list = append(list, measure("x velocity", "m/s", 0), measure("z velocity", "m/s", 1), measure("torso rate", "rad/s", 2))
	for i, j := range joints {
		list = append(list, measure(j+" rate", "rad/s", 3+i))
	}
	return list
}

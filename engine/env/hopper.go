package env

import (
	"math"

	"onestep/engine/rng"
)

// NewHopper hops to the right on one leg: the velocity, 1 for being healthy, less 1e-3 times the squared torques (V5: the 1
// only in a healthy state).
func NewHopper(v Version) *Articulated {
	t := &task{
		spec: Spec{
			Name: "hopper", Title: "Hopper", MaxSteps: 1000, Solved: 3800, ActionScale: ones(3),
			ObsNames: walkerNames("thigh", "leg", "foot"),
			ActNames: []string{"thigh torque (200 N m)", "leg torque (200 N m)", "foot torque (200 N m)"},
		},
		file: "hopper", frameSkip: 4,
		reset:   func(a *Articulated, r *rng.Stream) { a.jitter(r, 0.005, 0.005) },
		observe: observeWalker,
		judge:   func(a *Articulated) (float64, bool) { return a.walk(a.hopperHealthy(), v) },
	}
	return newArticulated(t.version(v))
}

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

// walkerNames lists the observations of a body with a free torso and these joints.
func walkerNames(joints ...string) []string {
	names := []string{"height (m)", "torso angle (rad)"}
	for _, j := range joints {
		names = append(names, j+" angle (rad)")
	}
	names = append(names, "x velocity (m/s)", "z velocity (m/s)", "torso rate (rad/s)")
	for _, j := range joints {
		names = append(names, j+" rate (rad/s)")
	}
	return names
}

package env

import (
	"fmt"
	"math"

	"onestep/engine/num"
	"onestep/engine/physics"
	"onestep/engine/rng"
)

// Constants of Gymnasium's MountainCarContinuous-v0, whose positions have no unit; here they are metres, and a step is one
// of its pictures.
const (
	carTimestep = 1.0 / 30 // s
	carSteps    = 999      // of an episode
	carLeft     = -1.2     // m, where the car is stopped
	carRight    = 0.6      // m
	carGoal     = 0.45     // m, the flag
	carMaxSpeed = 0.07     // m a step
	carPower    = 0.0015   // m a step^2, of an action of 1
	carGravity  = 0.0025   // m a step^2, where the hill is steepest
	carReward   = 100      // of reaching the flag
	carCost     = 0.1      // of the squared action
)

// mountainCar drives a weak car up a hill.
var mountainCar = single("mountain_car", func() Task {
	return Task{
		Title: "MountainCarContinuous-v0", Label: "Mountain car", Family: Gymnasium, Group: GroupReach,
		Does:     "drives this car up its hill",
		Text:     "A car in a valley whose motor is too weak for the slope: it must first roll back up the other side. The reward is 100 at the flag, less the effort. Trainings reach the flag by luck: with about half of the seeds.",
		Success:  "the car reaches the flag",
		MaxSteps: carSteps, ControlPeriod: carTimestep, Solved: 90, Goal: 90,
		Observations: []Quantity{measure("position", "m", 0), {Name: "velocity", Unit: "m/s", Scale: 1 / carTimestep, Joint: 0}},
		Actions:      []Quantity{{Name: "acceleration", Unit: "m/s²", Scale: carPower / (carTimestep * carTimestep), Joint: 0}},
		ActionScale:  []float64{1},
		Target:       2,
		New:          func() Env { return &MountainCar{ended: true} },
	}
})

// MountainCar is Gymnasium's MountainCarContinuous-v0 (A. W. Moore, 1990) in closed form, for an action u in [-1,1]:
//
//	velocity <- clip(velocity + 0.0015 u - 0.0025 cos(3 position), +-0.07)
//	position <- clip(position + velocity, -1.2, 0.6), where the left end stops the car
//	reward = 100 at the flag - 0.1 u^2
type MountainCar struct {
	position, velocity float64 // m, m a step
	throttle           float64 // the last action
	steps              int
	ended              bool
	whole              bool // the cost is of the action before it is clipped

	grabbed bool
	target  float64 // where the car is pulled to, m
	push    float64 // of the next step, m a step
}

// Spec implements Env.
func (c *MountainCar) Spec() *Task { return mountainCar[0].task() }

// Reset implements Env: at rest, position uniform in -0.6..-0.4.
func (c *MountainCar) Reset(seed uint64) {
	*c = MountainCar{position: -0.5 + uniform(rng.New(seed), 0.1), whole: c.whole}
}

// Observe implements Env: position, velocity.
func (c *MountainCar) Observe(dst []float64) { dst[0], dst[1] = c.position, c.velocity }

// Step implements Env.
func (c *MountainCar) Step(action []float64) Result {
	if c.ended {
		panic("env: Step after the end of an episode; call Reset first")
	}
	u := clip(action[0], -1, 1)
	c.throttle = u
	charged := u
	if c.whole {
		charged = action[0]
	}
	v := c.velocity + float64(u*carPower) - float64(carGravity*num.Cos(3*c.position)) + c.hand()
	c.velocity = clip(v, -carMaxSpeed, carMaxSpeed)
	c.position = clip(c.position+c.velocity, carLeft, carRight)
	if c.position == carLeft && c.velocity < 0 {
		c.velocity = 0
	}
	c.steps++
	there := c.position >= carGoal && c.velocity >= 0
	truncated := !there && c.steps >= carSteps
	c.ended = there || truncated
	return Result{Reward: float64(carReward*flag(there)) - float64(carCost*float64(charged*charged)), Terminated: there, Truncated: truncated}
}

// ChargeUnclipped implements Charged.
func (c *MountainCar) ChargeUnclipped(on bool) { c.whole = on }

// State implements Env: position, velocity, last action, steps, 1 if the episode has ended.
func (c *MountainCar) State(dst []float64) []float64 {
	return append(dst, c.position, c.velocity, c.throttle, float64(c.steps), flag(c.ended))
}

// Restore implements Env.
func (c *MountainCar) Restore(state []float64) error {
	if len(state) != 5 {
		return fmt.Errorf("a mountain car's state has 5 numbers, not %d", len(state))
	}
	if err := finite(state); err != nil {
		return err
	}
	steps := state[3]
	if steps < 0 || steps > carSteps || steps != math.Trunc(steps) {
		return fmt.Errorf("a mountain car's step count is a whole number in 0..%d, not %g", carSteps, steps)
	}
	*c = MountainCar{position: state[0], velocity: state[1], throttle: state[2], steps: int(steps), ended: state[4] != 0, whole: c.whole}
	return nil
}

// RestoreObservation puts the car where the observation [2] was made; the episode's clock starts anew.
func (c *MountainCar) RestoreObservation(obs []float64) error {
	if len(obs) != 2 {
		return fmt.Errorf("a mountain car's observation has 2 numbers, not %d", len(obs))
	}
	if err := finite(obs); err != nil {
		return err
	}
	*c = MountainCar{position: obs[0], velocity: obs[1], whole: c.whole}
	return nil
}

// hill is the height of the track, m, and its direction.
func hill(u float64) (v float64, along [2]float64) {
	slope := 0.45 * 3 * num.Cos(3*u)
	n := num.Hypot(1, slope)
	return 0.55 + float64(0.45*num.Sin(3*u)), [2]float64{1 / n, slope / n}
}

// Shapes implements Env: the track, the flag's pole, the flag (body 2) and the car (body 1) with its wheels.
func (c *MountainCar) Shapes(dst []physics.Shape) []physics.Shape {
	const pieces, thick = 36, 0.012
	at := func(i int) [2]float64 {
		u := carLeft + float64((carRight-carLeft)*float64(i))/pieces
		v, _ := hill(u)
		return [2]float64{u, v - thick}
	}
	for i := range pieces {
		dst = append(dst, physics.Shape{Kind: physics.ShapeCapsule, A: at(i), B: at(i + 1), Radius: thick})
	}
	foot, _ := hill(carGoal)
	top := [2]float64{carGoal, foot + 0.2}
	dst = append(dst, physics.Shape{Kind: physics.ShapeCapsule, A: [2]float64{carGoal, foot}, B: top, Radius: 0.006})

	v, along := hill(c.position)
	over := func(forward, up float64) [2]float64 {
		return [2]float64{c.position + float64(forward*along[0]) - float64(up*along[1]), v + float64(forward*along[1]) + float64(up*along[0])}
	}
	const wheel = 0.024
	return append(dst,
		physics.Shape{Kind: physics.ShapeCapsule, Body: 1, A: over(-0.05, 0.05), B: over(0.05, 0.05), Radius: 0.03},
		physics.Shape{Kind: physics.ShapeSphere, Body: 1, A: over(-0.045, wheel), B: over(-0.045, wheel), Radius: wheel},
		physics.Shape{Kind: physics.ShapeSphere, Body: 1, A: over(0.045, wheel), B: over(0.045, wheel), Radius: wheel},
		physics.Shape{Kind: physics.ShapeSphere, Body: 2, A: top, B: top, Radius: 0.03},
	)
}

// Grab implements Handled.
func (c *MountainCar) Grab(body int, at [2]float64) { c.grabbed, c.target = body == 1, at[0] }

// Drag implements Handled.
func (c *MountainCar) Drag(to [2]float64) { c.target = to[0] }

// Release implements Handled.
func (c *MountainCar) Release() { c.grabbed, c.push = false, 0 }

// Push implements Handled.
func (c *MountainCar) Push(direction float64) { c.push = 0.02 * direction }

// hand is what a person adds to the velocity in this step, m a step: a spring and a damper, or a push.
func (c *MountainCar) hand() float64 {
	v := c.push
	c.push = 0
	if c.grabbed {
		v += float64(0.02*(c.target-c.position)) - float64(0.2*c.velocity)
	}
	return v
}

// Joints implements Jointed: the car slides along the track.
func (c *MountainCar) Joints(dst []physics.JointMark) []physics.JointMark {
	v, along := hill(c.position)
	force := c.throttle * carPower / (carTimestep * carTimestep)
	return append(dst, physics.JointMark{Body: 1, Pos: [2]float64{c.position, v}, Axis: along, Force: force})
}

package env

import (
	"fmt"
	"math"

	"onestep/engine/num"
	"onestep/engine/physics"
	"onestep/engine/rng"
)

// Constants of Gymnasium's Pendulum-v1: a uniform rod of mass 1 kg and length 1 m in gravity 10 m/s^2.
const (
	pendulumTimestep  = 0.05 // s
	pendulumSteps     = 200  // of an episode
	pendulumMaxTorque = 2.0  // N m
	pendulumMaxRate   = 8.0  // rad/s
	pendulumLength    = 1.0  // m
	pendulumGravity   = 15.0 // 3 g / (2 l), rad/s^2
	pendulumInertia   = 3.0  // 3 / (m l^2), 1/(kg m^2)
)

// pendulum swings a rod up and holds it.
var pendulum = single("pendulum", func() Task {
	return Task{
		Title: "Pendulum-v1", Label: "Pendulum", Family: Gymnasium, Version: 1, Group: GroupBalance,
		Does:     "balances this pendulum",
		Text:     "A rod hangs from a motor too weak to lift it straight up: it must swing. The policy sees the angle and the rate, and answers with a torque, twenty times a second.",
		MaxSteps: pendulumSteps, ControlPeriod: pendulumTimestep, Solved: -200, Goal: -160,
		Observations: append(numbers("cos angle", "sin angle"), measure("rate", "rad/s", 0)),
		Actions:      []Quantity{{Name: "torque", Unit: "N m", Scale: pendulumMaxTorque, Joint: 0}},
		ActionScale:  []float64{pendulumMaxTorque},
		New:          func() Env { return NewPendulum() },
	}
})

// Pendulum is Gymnasium's Pendulum-v1 in closed form: angle is 0 upright and grows anticlockwise.
//
//	reward = -(angle^2 + 0.1 rate^2 + 0.001 u^2), angle in [-pi, pi], all before the step
//	rate  <- clip(rate + (15 sin(angle) + 3 u) dt, +-8);  angle <- angle + rate dt
type Pendulum struct {
	angle, rate float64 // rad, rad/s
	torque      float64 // the last one applied, N m
	steps       int
	ended       bool

	grabbed float64    // distance of the grabbed point from the pivot, m; 0: none
	target  [2]float64 // where it is pulled to, m
	push    float64    // of the next step, -1..1
}

// NewPendulum returns a pendulum that hangs still; Reset starts an episode.
func NewPendulum() *Pendulum { return &Pendulum{angle: math.Pi, ended: true} }

// Spec implements Env.
func (p *Pendulum) Spec() *Task { return pendulum[0].task() }

// Reset implements Env: angle uniform in +-pi, rate uniform in +-1.
func (p *Pendulum) Reset(seed uint64) {
	r := rng.New(seed)
	*p = Pendulum{angle: math.Pi * float64(float64(2*r.Float64())-1), rate: float64(2*r.Float64()) - 1}
}

// Observe implements Env: cos angle, sin angle, rate.
func (p *Pendulum) Observe(dst []float64) {
	dst[0], dst[1], dst[2] = num.Cos(p.angle), num.Sin(p.angle), p.rate
}

// Step implements Env.
func (p *Pendulum) Step(action []float64) Result {
	if p.ended {
		panic("env: Step after the end of an episode; call Reset first")
	}
	u := pendulumMaxTorque * clip(action[0], -1, 1)
	angle := wrapAngle(p.angle)
	cost := float64(angle*angle) + float64(0.1*float64(p.rate*p.rate)) + float64(0.001*float64(u*u))
	acceleration := float64(pendulumGravity*num.Sin(p.angle)) + float64(pendulumInertia*(u+p.handTorque()))
	p.rate = clip(p.rate+float64(acceleration*pendulumTimestep), -pendulumMaxRate, pendulumMaxRate)
	p.angle += float64(p.rate * pendulumTimestep)
	p.torque = u
	p.steps++
	p.ended = p.steps >= pendulumSteps
	return Result{Reward: -cost, Truncated: p.ended}
}

// State implements Env: angle, rate, last torque, steps, 1 if the episode has ended.
func (p *Pendulum) State(dst []float64) []float64 {
	return append(dst, p.angle, p.rate, p.torque, float64(p.steps), flag(p.ended))
}

// Restore implements Env.
func (p *Pendulum) Restore(state []float64) error {
	if len(state) != 5 {
		return fmt.Errorf("a pendulum's state has 5 numbers, not %d", len(state))
	}
	if err := finite(state); err != nil {
		return err
	}
	steps := state[3]
	if steps < 0 || steps > float64(pendulumSteps) || steps != math.Trunc(steps) {
		return fmt.Errorf("a pendulum's step count is a whole number in 0..%d, not %g", pendulumSteps, steps)
	}
	*p = Pendulum{angle: state[0], rate: state[1], torque: state[2], steps: int(steps), ended: state[4] != 0}
	return nil
}

// RestoreObservation puts the pendulum where the observation [3] was made, for going back to a state of
// which only the observation is known. The episode's clock starts anew.
func (p *Pendulum) RestoreObservation(obs []float64) error {
	if len(obs) != 3 {
		return fmt.Errorf("a pendulum's observation has 3 numbers, not %d", len(obs))
	}
	if err := finite(obs); err != nil {
		return err
	}
	*p = Pendulum{angle: num.Atan2(obs[1], obs[0]), rate: obs[2]}
	return nil
}

// Shapes implements Env: a capsule from the pivot at the origin; upright is +v.
func (p *Pendulum) Shapes(dst []physics.Shape) []physics.Shape {
	tip := [2]float64{-pendulumLength * num.Sin(p.angle), pendulumLength * num.Cos(p.angle)}
	return append(dst,
		physics.Shape{Kind: physics.ShapeCapsule, Body: 1, B: tip, Radius: 0.1},
		physics.Shape{Kind: physics.ShapeSphere, Body: 0, Radius: 0.05},
	)
}

// Torque is the torque that the last step applied, N m.
func (p *Pendulum) Torque() float64 { return p.torque }

// wrapAngle brings an angle into [-pi, pi).
func wrapAngle(a float64) float64 {
	w := math.Mod(a+math.Pi, 2*math.Pi)
	if w < 0 {
		w += 2 * math.Pi
	}
	return w - math.Pi
}

package sim

import (
	"math"

	"onestep/wasm/app/change"
)

// clock turns measured time into simulated time: speed times real time, with a cap on how much a single frame may bring,
// so that a slow or hidden page does not leap.
type clock struct {
	last  float64 // s, time of the last frame
	ready bool
	debt  float64 // s of simulated time since the body's last step
	lie   float64 // s of real time that a body in a final state is still shown

	rest  float64 // s that the flow's t still rests at its end
	loops int     // times that t has run through since the last step of the body
}

// lying is how long a final state is shown at a speed of 1, s of real time: a body that falls within a few steps is seen to fall,
// and its return can be read.
const lying = 0.8

// MaxFrame is the longest real time that one frame may stand for, s.
const MaxFrame = 0.25

// tick returns the real time since the last frame, capped.
func (c *clock) tick(now float64) float64 {
	if !c.ready {
		c.ready, c.last = true, now
		return 0
	}
	dt := now - c.last
	c.last = now
	if !(dt > 0) {
		return 0
	}
	return min(dt, MaxFrame)
}

// Tick returns the real time since the last frame, s, at most MaxFrame.
func (w *World) Tick(now float64) float64 { return w.clock.tick(now) }

// Advance lets dt of real time pass, s: the body by that times the speed, and the flow's t. It returns the simulated time,
// s, that for which a final state was shown included. still keeps t at its end, where motion is reduced.
func (w *World) Advance(dt float64, still bool) (simulated float64) {
	w.calm -= dt
	simulated = w.advanceBody(dt)
	w.advanceT(dt, still)
	w.measure(dt)
	if simulated > 0 {
		w.changed |= change.Motion
	}
	return simulated
}

// advanceBody lets simulated time run and the body step. The steps of a frame may take only a part of it: where the machine
// cannot keep up, simulated time falls behind, and the real-time factor says so.
func (w *World) advanceBody(dt float64) float64 {
	if !w.Moving() || w.waitsForT() {
		return 0
	}
	c, period := &w.clock, w.Spec.ControlPeriod
	if c.lie > 0 {
		if c.lie -= dt; c.lie <= 0 {
			w.endEpisode() // this frame shows the start of the next one
		}
		return dt * w.Play.Speed // as asked for: the machine keeps up
	}
	simulated := dt * w.Play.Speed
	if w.Play.Max {
		simulated = math.Inf(1)
	}
	begin, budget, done := w.out.Clock(), stepBudget(dt), c.debt
	c.debt += simulated
	steps := 0
	for c.debt >= period && w.Moving() && !w.waitsForT() && c.lie == 0 {
		if steps > 0 && w.out.Clock()-begin >= budget {
			simulated = float64(steps)*period - done + period
			c.debt = period // late: shown at the end of the step
			break
		}
		c.debt -= period
		w.Step()
		c.loops = 0
		steps++
	}
	if !w.Moving() || c.lie > 0 {
		c.debt = math.Min(c.debt, period)
	}
	if w.waitsForT() {
		c.debt = 0
	}
	if math.IsInf(simulated, 1) {
		simulated, c.debt = float64(steps)*period, math.Min(c.debt, period)
	}
	return simulated
}

// stepBudget is how long the body may step within a frame, s: two fifths of it, at least 5 ms.
func stepBudget(dt float64) float64 { return math.Max(0.005, 0.4*dt) }

// waitsForT tells whether the body rests until t has run from noise to action.
func (w *World) waitsForT() bool { return w.Scrub.Auto && w.Scrub.Slow && w.clock.loops == 0 }

const (
	sweep = 1.6 // s for t to run from 0 to 1
	pause = 0.7 // s at the end
)

// advanceT moves t where it runs by itself.
func (w *World) advanceT(dt float64, still bool) {
	before := w.T
	switch {
	case !w.Scrub.Auto:
	case still && !w.Scrub.Slow:
		w.T = 1
	case !w.Play.Playing && !w.Held && !w.Scrub.Slow:
	case w.T < 1:
		w.T = math.Min(1, w.T+dt/sweep)
		w.clock.rest = pause
		if w.T == 1 {
			w.clock.loops++
		}
	default:
		if w.clock.rest -= dt; w.clock.rest <= 0 {
			w.T = 0
		}
	}
	if w.T != before {
		w.changed |= change.Time
	}
}

// Blend places body and ghost between their last two states, by the simulated time since the last step: both move smoothly
// at any frame rate, one control period late.
func (w *World) Blend() {
	a := 1.0
	if debt, period := w.clock.debt, w.Spec.ControlPeriod; debt < period && (w.Moving() || debt > 0) {
		a = debt / period
	}
	w.Figure.blend(a)
	w.Ghost.blend(a)
}

package actor

import "math"

// Late are actions that take time: one processor observes at the beginning of a control period, computes for so long, and
// the action arrives that much later in simulated time. Meanwhile the body goes on with the last one, at first with none,
// zero. A computation that takes longer than a period is not broken off: the next begins with the first period after its end.
// It counts in timesteps of the physics, the part of one that is begun left out, so that the same policy acts by the same
// bits wherever it runs, however long an evaluation really takes there.
type Late struct {
	ticks, period int // timesteps that an action takes, and of a control period
	phase         int // control periods since the last decision

	Force  []float64 // [states*ActDim] the actions in force
	Coming []float64 // [states*ActDim] those that were decided last, or are computed
}

// NewLate returns actions of size numbers that take delay s each, where a control period lasts period s and has so many
// timesteps.
func NewLate(delay, period float64, timesteps, size int) *Late {
	l := &Late{period: timesteps, Force: make([]float64, size), Coming: make([]float64, size)}
	l.Take(delay, period)
	return l
}

// Take sets how long an action takes from the next decision on, s; more than longest periods are as many.
func (l *Late) Take(delay, period float64) {
	const longest = 1 << 20 // periods: an action that never comes
	steps := float64(math.Min(delay/period, longest) * float64(l.period))
	l.ticks = int(steps + 1e-6) // a whole number of timesteps is that many, whatever rounding made of it
}

// Reset begins an episode.
func (l *Late) Reset() {
	l.phase = 0
	clear(l.Force)
	clear(l.Coming)
}

// Restart breaks off what is computed: the present control period begins with a decision.
func (l *Late) Restart() {
	l.phase = 0
	copy(l.Coming, l.Force)
}

// Every is the number of control periods from one decision to the next.
func (l *Late) Every() int { return max(1, (l.ticks+l.period-1)/l.period) }

// Deciding tells whether the present control period begins with a decision. What was computed has arrived then, and the
// caller writes what is decided now to Coming.
func (l *Late) Deciding() bool {
	if l.phase%l.Every() != 0 {
		return false
	}
	if l.phase > 0 {
		copy(l.Force, l.Coming)
	}
	l.phase = 0
	return true
}

// Next lets the control period pass: the actions that it ends with, and for how many timesteps of it those in force go on
// before. Force are still the latter; they are the former after Passed.
func (l *Late) Next() (actions []float64, timesteps int) {
	if l.phase != l.ticks/l.period {
		return l.Force, 0
	}
	return l.Coming, l.ticks % l.period
}

// Passed tells that the period has passed.
func (l *Late) Passed() {
	if l.phase == l.ticks/l.period {
		copy(l.Force, l.Coming)
	}
	l.phase++
}

package train

// Moments are the environment steps of a run at which its policy is kept: count of them, evenly from the first step to the
// last, rounded to whole steps; one alone is the last.
type Moments struct{ count, steps, next int }

// NewMoments begins with the first moment that is due at or after the step at which the run stands.
func NewMoments(r *Run, count int) *Moments {
	m := &Moments{count: count, steps: r.Options.Steps}
	for m.next < count && m.step(m.next) < r.EnvSteps {
		m.next++
	}
	return m
}

func (m *Moments) step(i int) int {
	last := m.count - 1
	if last == 0 {
		return m.steps
	}
	return (i*m.steps + last/2) / last
}

// Due reports whether a moment has come since Due was last asked.
func (m *Moments) Due(envSteps int) (due bool) {
	for m.next < m.count && m.step(m.next) <= envSteps {
		m.next, due = m.next+1, true
	}
	return due
}

package sim

import (
	"math"
	"sort"
)

// meter measures the time of an action. The page's clock is coarse (up to 0.1 ms, more than an action
// takes), so that the same action is computed again and again until the clock has moved enough; the mean
// of such a batch is one measurement, and the median of the last 64 is shown.
type meter struct {
	micros []float64 // ring
	sorted []float64
	next   int
	wait   float64 // s until the next measurement
}

const (
	meterMemory = 64
	meterSpan   = 0.6e-3 // s that a batch should take
	meterPause  = 0.4    // s between two batches
	meterRuns   = 256    // at most so many actions in a batch
)

func (m *meter) init() {
	m.micros, m.sorted = make([]float64, 0, meterMemory), make([]float64, 0, meterMemory)
}

func (m *meter) forget() { m.micros, m.next, m.wait = m.micros[:0], 0, 0 }

func (m *meter) add(micros float64) {
	if len(m.micros) < meterMemory {
		m.micros = append(m.micros, micros)
		return
	}
	m.micros[m.next] = micros
	m.next = (m.next + 1) % meterMemory
}

// median of what was measured, NaN before the first.
func (m *meter) median() float64 {
	if len(m.micros) == 0 {
		return math.NaN()
	}
	m.sorted = append(m.sorted[:0], m.micros...)
	sort.Float64s(m.sorted)
	return m.sorted[len(m.sorted)/2]
}

// measure times the present decision, now and then.
func (w *World) measure(dt float64) {
	w.meter.wait -= dt
	if w.meter.wait > 0 || w.Policy == nil || !w.Decision.Valid {
		return
	}
	w.meter.wait = meterPause
	begin := w.out.Clock()
	for n := 1; n <= meterRuns; n++ {
		w.sample()
		if d := w.out.Clock() - begin; d >= meterSpan || n == meterRuns {
			w.meter.add(d / float64(n) * 1e6)
			return
		}
	}
}

// ActionMicros is the measured time of an action, NaN before the first.
func (w *World) ActionMicros() float64 { return w.meter.median() }

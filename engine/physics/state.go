package physics

import (
	"fmt"
	"math"
)

// StateSize is how many numbers State appends: qpos, qvel, the warm start, time and steps.
func (d *Data) StateSize() int { return d.Model.NQ + 2*d.Model.NV + 2 }

// State appends everything that decides the steps to come, apart from controls and external forces: QPos, QVel, QAcc
// (where the solver starts), Time and Steps.
func (d *Data) State(dst []float64) []float64 {
	dst = append(dst, d.QPos...)
	dst = append(dst, d.QVel...)
	dst = append(dst, d.QAcc...)
	return append(dst, d.Time, float64(d.Steps))
}

// Restore brings back a State; an error leaves d as it was.
func (d *Data) Restore(state []float64) error {
	if len(state) != d.StateSize() {
		return fmt.Errorf("physics: a state of %q has %d numbers, not %d", d.Model.Name, d.StateSize(), len(state))
	}
	for i, x := range state {
		if !(math.Abs(x) <= math.MaxFloat64) {
			return fmt.Errorf("physics: entry %d of the state is %g", i, x)
		}
	}
	steps := state[len(state)-1]
	if steps < 0 || steps != math.Trunc(steps) || steps > 1<<53 {
		return fmt.Errorf("physics: the state's number of steps is %g", steps)
	}
	n := d.Model.NQ
	copy(d.QPos, state[:n])
	copy(d.QVel, state[n:2*n])
	copy(d.QAcc, state[2*n:3*n])
	d.Time, d.Steps = state[3*n], int(steps)
	d.Divergence = Divergence{}
	return nil
}

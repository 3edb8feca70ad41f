package physics

import "fmt"

// RolloutResult is what a rollout visits: one entry for each control period.
type RolloutResult struct {
	QPos [][]float64 `json:"qpos"` // [steps][NQ]
	QVel [][]float64 `json:"qvel"` // [steps][NV]
	NCon []int       `json:"ncon"` // [steps] contacts in the state after the period
}

// Rollout starts at qpos0 [NQ], qvel0 [NV] and holds each of the controls ctrl [steps][NU] for frameSkip timesteps. Where the
// body diverges it returns what came before, and the *Divergence as an error.
func Rollout(m *Model, qpos0, qvel0 []float64, ctrl [][]float64, frameSkip int) (*RolloutResult, error) {
	if len(qpos0) != m.NQ || len(qvel0) != m.NV {
		return nil, fmt.Errorf("physics: rollout: qpos0 and qvel0 have %d and %d numbers, the model %d", len(qpos0), len(qvel0), m.NQ)
	}
	if frameSkip < 1 {
		return nil, fmt.Errorf("physics: rollout: frame_skip is %d", frameSkip)
	}
	for i, q := range qpos0 {
		if !finite(q, qvel0[i]) {
			return nil, fmt.Errorf("physics: rollout: qpos0 or qvel0 is not finite at %d", i)
		}
	}
	d, now := NewData(m), NewData(m) // now counts contacts without touching d's warm start
	d.SetState(qpos0, qvel0)
	out := &RolloutResult{QPos: [][]float64{}, QVel: [][]float64{}, NCon: []int{}}
	for i, u := range ctrl {
		if len(u) != m.NU {
			return out, fmt.Errorf("physics: rollout: ctrl[%d] has %d numbers, the model %d actuators", i, len(u), m.NU)
		}
		copy(d.Ctrl, u)
		for range frameSkip {
			if !d.Step() {
				return out, &d.Divergence
			}
		}
		now.SetState(d.QPos, d.QVel)
		now.Forward()
		out.QPos = append(out.QPos, append([]float64(nil), d.QPos...))
		out.QVel = append(out.QVel, append([]float64(nil), d.QVel...))
		out.NCon = append(out.NCon, len(now.Contacts))
	}
	return out, nil
}

package sim

import (
	"onestep/engine/env"
	"onestep/wasm/app/change"
	"onestep/wasm/app/weights"
	"onestep/wasm/protocol"
)

// Lane says how the ghost acts where it has a lane of its own: another number of steps, another choice, perhaps another
// policy. Body and ghost then begin each episode in one state, under the same noise, and who ends first waits for the other.
type Lane struct {
	protocol.Lane
	Policy *weights.Policy     // nil: the body's own
	Info   protocol.PolicyInfo // of Policy
	Pairs  int                 // episodes that both have ended undisturbed under these settings

	returns [2][remembered]float64 // ring of the last ones', of body and ghost
}

// remembered is of how many episodes the mean return is shown.
const remembered = 20

// Means are the mean returns of body and ghost over the last n episodes, at most 20.
func (l *Lane) Means() (body, ghost float64, n int) {
	n = min(l.Pairs, remembered)
	for i := range n {
		body += l.returns[0][i] / float64(n)
		ghost += l.returns[1][i] / float64(n)
	}
	return body, ghost, n
}

func (l *Lane) count(body, ghost float64) {
	i := l.Pairs % remembered
	l.returns[0][i], l.returns[1][i] = body, ghost
	l.Pairs++
}

// SetLane gives the ghost a lane of its own, or takes it away; p, if any, acts there, name is what messages call it. A new
// episode begins, so that both have the same start.
func (w *World) SetLane(v protocol.Lane, p *weights.Policy, name string) error {
	switch {
	case !v.On:
		v, p = protocol.Lane{}, nil
	case v.Steps < 1 || v.Steps > weights.MaxSteps:
		return protocol.Refuse("bad-config", "steps is %d, not in 1..%d", v.Steps, weights.MaxSteps)
	case v.BestOf < 1 || v.BestOf > weights.MaxBatch:
		return protocol.Refuse("bad-config", "bestOf is %d, not in 1..%d", v.BestOf, weights.MaxBatch)
	case w.Ghost.env == nil:
		return protocol.Refuse("bad-config", "%s cannot be shown twice", w.Spec.Title)
	}
	lane := Lane{Lane: v, Policy: p}
	if p != nil {
		lane.Info = p.Info()
		if err := w.fits(p, name); err != nil {
			return err
		}
	}
	if !v.On && !w.Lane.On {
		return nil
	}
	w.Lane = lane
	w.charge()
	w.changed |= change.Ghosts
	w.reset()
	return nil
}

// charge has both environments charge the effort of actions as their policies were trained.
func (w *World) charge() {
	if w.Policy == nil {
		return
	}
	own := w.Policy.UnclippedCost()
	env.ChargeUnclipped(w.env, own)
	if w.Lane.Policy != nil {
		own = w.Lane.Policy.UnclippedCost()
	}
	env.ChargeUnclipped(w.Ghost.env, own)
}

// rival is what the ghost acts by: policy, steps and candidates.
func (w *World) rival() (p *weights.Policy, steps, n int) {
	switch {
	case !w.Lane.On:
		return w.Policy, w.OtherSteps(), w.Decision.N
	case w.Lane.Policy != nil:
		return w.Lane.Policy, w.Lane.Steps, w.Lane.BestOf
	}
	return w.Policy, w.Lane.Steps, w.Lane.BestOf
}

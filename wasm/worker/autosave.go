package main

import (
	"errors"
	"math"

	"onestep/policy/checkpoint"
	"onestep/wasm/protocol"
)

var errNoState = errors.New("a save begins with its state")

// A running training is saved so often that its loss costs less than ten seconds of it, s.
const (
	savePeriod       = 7
	savePeriodBefore = 3 // before an evaluation, which takes seconds and cannot be interrupted by a save
)

// blockRows bounds the transitions of one message, so that no save keeps the worker from its messages for long: the
// replay of a run that was loaded from a file goes out in several.
const blockRows = 8192

// saved remembers what was sent of the run.
type saved struct {
	rows        int     // transitions below this number were sent
	envSteps    int     // of the last state that was sent
	evaluations int     // in its curve
	at          float64 // when that was, s
}

// unsaved is a run of which nothing was sent.
var unsaved = saved{envSteps: -1, at: math.Inf(-1)}

// autosave sends what is due of a save: the whole of it, or the first of its blocks where there are many.
func (s *session) autosave(period float64) {
	if s.now()-s.saved.at >= period && s.news() {
		s.sendSave()
	}
}

// news tells whether the run has changed since its last save.
func (s *session) news() bool {
	return s.run.EnvSteps != s.saved.envSteps || len(s.run.Curve) != s.saved.evaluations
}

// saveIfNew sends a whole save of a run that has changed.
func (s *session) saveIfNew() {
	for s.news() && s.sendSave() {
	}
}

// sendSave sends the next transitions, with the state where they are the last. It reports whether it could.
func (s *session) sendSave() bool {
	r := s.run
	first := max(s.saved.rows, checkpoint.Oldest(r))
	end := min(first+blockRows, r.EnvSteps)
	data := [][]byte{checkpoint.Block(r, first, end)}
	s.saved.rows = end
	if end == r.EnvSteps {
		s.saved = saved{rows: end, envSteps: end, evaluations: len(r.Curve), at: s.now()}
		state, err := checkpoint.StateBytes(r, checkpoint.NewRecord(s.seconds()))
		if err != nil {
			s.fail(0, "autosave", err)
			return false
		}
		data = append(data, state)
	}
	s.post(protocol.New(protocol.Autosave, 0, protocol.AutosaveInfo{Run: s.runInfo(), First: first, Oldest: checkpoint.Oldest(r)}, data...))
	return true
}

func (s *session) saveNow(m protocol.Message) error {
	var q protocol.SaveOrder
	if err := m.Decode(&q); err != nil {
		return err
	}
	if err := s.needRun(); err != nil {
		return err
	}
	if q.All {
		s.saved = unsaved
	}
	s.saveIfNew()
	return nil
}

// loadState goes on from a save. What it holds need not be sent again.
func (s *session) loadState(m protocol.Message) error {
	var change *checkpoint.Change
	if len(m.Body) > 0 {
		var q protocol.StateChange
		if err := m.Decode(&q); err != nil {
			return err
		}
		change = &checkpoint.Change{Steps: q.Steps, Config: q.Config}
	}
	if len(m.Data) == 0 {
		return errNoState
	}
	r, record, err := checkpoint.ReadState(m.Data[0], m.Data[1:], change)
	if err != nil {
		return err
	}
	if err := s.adopt(r, record.Seconds); err != nil {
		return err
	}
	s.saved = saved{rows: r.EnvSteps, envSteps: r.EnvSteps, evaluations: len(r.Curve), at: s.now()}
	s.present(m)
	return nil
}

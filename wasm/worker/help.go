package main

import (
	"onestep/policy/checkpoint"
	"onestep/policy/fpmd"
	"onestep/wasm/protocol"
)

// hire asks the page for helpers where the run's batches have shards. Until they come, and where none come, the worker
// computes all shards itself.
func (s *session) hire() {
	s.release()
	l := fpmd.Parallel(s.run.Learner)
	if l == nil {
		return
	}
	s.crew = &crew{
		now: s.now, trialTime: trialTime,
		state: func() ([]byte, error) { return checkpoint.StateBytes(s.run, checkpoint.NewRecord(s.seconds())) },
		lost: func(id int, err error) {
			s.post(protocol.New(protocol.HelperDismissed, 0, protocol.HelpOrder{Round: s.round, Helper: id}))
			s.fail(0, "helper-lost", err)
		},
	}
	l.Crew = s.crew
	s.order(len(l.Shards) - 1)
}

// release dismisses the helpers.
func (s *session) release() {
	if s.crew == nil {
		return
	}
	if s.run != nil {
		if l := fpmd.Parallel(s.run.Learner); l != nil {
			l.Crew = nil
		}
	}
	s.crew = nil
	s.order(0)
}

func (s *session) order(count int) {
	s.round++
	s.post(protocol.New(protocol.HelpWanted, 0, protocol.HelpOrder{Count: count, Round: s.round}))
}

// help takes a helper that the page has started. One of an earlier order is dismissed already.
func (s *session) help(m protocol.Message) error {
	var q protocol.HelpOrder
	if err := m.Decode(&q); err != nil {
		return err
	}
	if s.crew == nil || q.Round != s.round {
		return nil
	}
	l, err := s.open(m)
	if err != nil {
		return err
	}
	s.crew.add(q.Helper, l)
	return nil
}

// workers is how many workers compute: the most in an update since it was asked last.
func (s *session) workers() int {
	if s.crew == nil {
		return 1
	}
	most := max(s.crew.most, s.crew.working, 1)
	s.crew.most = 0
	return most
}

package main

import (
	"errors"
	"fmt"

	"onestep/policy/checkpoint"
	"onestep/policy/grid"
	"onestep/wasm/protocol"
)

// gridPeriod is between two reports of how far a cell is, s.
const gridPeriod = 0.25

// grid answers with the empty grid of a policy, or with one cell of it that is more episodes on. Its worker has nothing else
// to do: whoever wants no more of it ends it.
func (s *session) grid(m protocol.Message) error {
	var q protocol.GridRequest
	if err := m.Decode(&q); err != nil {
		return err
	}
	if len(m.Data) == 0 {
		return errors.New("there is no policy")
	}
	p, err := checkpoint.ReadPolicy(m.Data[0])
	if err != nil {
		return err
	}
	if !(q.Latency >= 0 && q.Latency <= 1) {
		return fmt.Errorf("a latency of %v s is not in 0..1", q.Latency)
	}
	g := grid.New(p)
	g.Latency = q.Latency
	if q.Episodes != 0 {
		c := g.At(q.K, q.BestOf)
		if c == nil || q.Episodes < 0 || q.Episodes > protocol.MostGridEpisodes || len(q.Returns) > 9*protocol.MostGridEpisodes {
			return fmt.Errorf("%d episodes behind %d, with K = %d and the best of %d, are none of a grid", q.Episodes, len(q.Returns), q.K, q.BestOf)
		}
		c.Returns = q.Returns
		if err := s.playCell(p, c, q); err != nil {
			return err
		}
		if q.Timed {
			c.Microseconds = grid.Microseconds(p, c.K, c.BestOf, s.now)
		}
		g.Cells = []grid.Cell{*c}
	}
	s.post(protocol.New(protocol.Gridded, m.ID, g))
	return nil
}

// playCell plays, and tells how far it is.
func (s *session) playCell(p *checkpoint.Policy, c *grid.Cell, q protocol.GridRequest) error {
	e, err := p.Env()
	if err != nil {
		return err
	}
	step, told, most := 0, s.now(), float64(e.Spec().MaxSteps)
	_, err = c.Play(p, q.Latency, q.Episodes, func() bool {
		step++
		if now := s.now(); now-told >= gridPeriod {
			told = now
			s.post(protocol.New(protocol.Gridding, 0, protocol.GridProgress{Done: float64(step) / most}))
		}
		return true
	})
	return err
}

package show

import (
	"onestep/policy/analysis"
	"onestep/wasm/app/change"
	"onestep/wasm/app/sim"
	"onestep/wasm/protocol"
)

// acts is what a press in a panel may do.
type acts struct {
	*sim.World
	s *Session
}

// Choose brings body, flow and cloud back to a visited state.
func (a acts) Choose(slot int) { a.s.choose(slot) }

// Scrub moves the flow's t by hand, and tells the page.
func (a acts) Scrub(t float64) {
	moved := protocol.Scrub{T: t}
	if moved == a.World.Moment.Scrub {
		return
	}
	a.SetScrub(moved)
	a.s.out.Post(protocol.New(protocol.ScrubMoved, 0, moved))
}

// addDot remembers a state that was probed.
func (s *Session) addDot(obs []float32, state []float64, ret float64, p analysis.Point) {
	v := &s.visited
	if !v.Add(obs, state, ret, p) {
		return
	}
	s.changed |= change.Dots
	if at := s.stage.Selected; at >= 0 && v.Dots.Age(at) == 0 { // a newer one has taken the chosen dot's place
		s.world.Release()
	}
}

// choose brings body, flow and cloud back to a dot's state; the body waits there.
func (s *Session) choose(slot int) {
	v := &s.visited
	obs := make([]float64, v.ObsDim)
	for i, x := range v.Obs[slot*v.ObsDim : (slot+1)*v.ObsDim] {
		obs[i] = float64(x)
	}
	if err := s.world.Hold(v.States[slot], v.Returns[slot], obs); err != nil {
		s.Report(err)
		return
	}
	s.stage.Selected = slot
	s.probe.Stop()
	s.changed |= change.Chosen
	s.out.Post(protocol.New(protocol.StateSelected, 0, s.selection(v.Points[slot])))
}

// walk chooses the dot that is so many older than the chosen one; the first step from the live state goes to the newest.
func (s *Session) walk(q protocol.DotStep) error {
	dots := s.visited.Dots
	n := dots.Len()
	switch {
	case q.Step == 0:
		s.world.Release()
		return nil
	case n == 0:
		return protocol.Refuse("bad-config", "no state was visited yet: let the body move, or press Train")
	}
	age := -1
	if s.stage.Selected >= 0 {
		age = dots.Age(s.stage.Selected)
	}
	s.choose(dots.Slot(max(0, min(age+max(-n, min(q.Step, n)), n-1))))
	return nil
}

// postLive tells the page that the panels show the body's own state again.
func (s *Session) postLive() {
	p := s.probe.Shown()
	s.out.Post(protocol.New(protocol.StateSelected, 0, s.selection(p.Point)))
}

func (s *Session) selection(p analysis.Point) protocol.Selected {
	at, dots := s.stage.Selected, s.visited.Dots
	sel := protocol.Selected{Live: at < 0, Observation: append([]float64(nil), s.world.Obs...), Count: dots.Len()}
	if finite(p.Variance) && finite(p.Upper) {
		sel.Variance, sel.Lower, sel.Upper, sel.Shift = p.Variance, p.Lower, p.Upper, p.Shift
	}
	if at >= 0 {
		sel.Index = dots.Age(at) + 1
	}
	return sel
}

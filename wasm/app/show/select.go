package show

import (
	"math"

	"onestep/engine/plot"
	"onestep/wasm/protocol"
)

// visited are the states behind the scatter's dots.
type visited struct {
	dots     *plot.Dots // X: sqrt of the variance; Y: the error
	obsDim   int
	obs      []float32 // [maxDots*obsDim]
	states   [][]float64
	returns  []float64
	variance []float64
	err      []float64
	shift    []float64
	quiet    float64 // s for which the stage adds no dots of its own, because the worker sends some
}

const (
	maxDots     = 600
	workerQuiet = 5 // s
)

func (v *visited) init(obsDim int) {
	*v = visited{
		dots: plot.NewDots(maxDots), obsDim: obsDim, obs: make([]float32, maxDots*obsDim), states: make([][]float64, maxDots),
		returns: make([]float64, maxDots), variance: make([]float64, maxDots), err: make([]float64, maxDots), shift: make([]float64, maxDots),
	}
}

// add stores a dot; state may be nil where only the observation is known. Numbers that are not finite
// make no dot.
func (v *visited) add(obs []float32, state []float64, ret, variance, err, shift float64) {
	if !allFinite([]float64{variance, err}) || variance < 0 || err < 0 {
		return
	}
	// A zero has no place on a logarithmic axis; it stands at the smallest one.
	slot := v.dots.Add(math.Max(math.Sqrt(variance), smallest), math.Max(err, smallest))
	copy(v.obs[slot*v.obsDim:(slot+1)*v.obsDim], obs)
	v.states[slot] = append(v.states[slot][:0], state...)
	v.returns[slot], v.variance[slot], v.err[slot], v.shift[slot] = ret, variance, err, shift
}

// smallest is the least spread and error that the scatter shows; less stands at its edge. An untrained network
// is nearly the identity, with an error far below what matters, and would stretch the axes.
const smallest = 1e-3

// forgetOverwritten lets go of a chosen dot whose place was taken by a newer one.
func (s *Session) forgetOverwritten() {
	if s.selected >= 0 && s.visited.dots.Age(s.selected) == 0 {
		s.release()
	}
}

// choose brings body, flow and cloud back to a dot's state; the body waits there.
func (s *Session) choose(slot int) {
	v := &s.visited
	if err := s.goBack(slot); err != nil {
		s.Report(refuse("bad-config", "this state cannot be brought back: %w", err))
		return
	}
	s.selected, s.held = slot, true
	s.episode.broken = true
	s.trail = s.trail[:0]
	s.clock.debt = 0
	s.probe.stop()
	s.arrive(true)
	s.probe.live = false
	s.layoutDots()
	s.relabel()
	s.out.Post(protocol.New(protocol.StateSelected, 0, s.selection(v.variance[slot], v.err[slot])))
}

func (s *Session) goBack(slot int) error {
	v := &s.visited
	if state := v.states[slot]; len(state) > 0 {
		if err := s.env.Restore(state); err != nil {
			return err
		}
		s.episode.ret = v.returns[slot]
		return nil
	}
	e, ok := s.env.(interface{ RestoreObservation(obs []float64) error })
	if !ok {
		return refuse("bad-config", "%s cannot be put where an observation was made", s.spec.Title)
	}
	obs := make([]float64, v.obsDim)
	for i := range obs {
		obs[i] = float64(v.obs[slot*v.obsDim+i])
	}
	return e.RestoreObservation(obs)
}

// walk chooses the dot that is so many older than the chosen one; the first step from the live state goes to the newest.
func (s *Session) walk(q protocol.DotStep) error {
	n := s.visited.dots.Len()
	switch {
	case q.Step == 0:
		s.release()
		return nil
	case n == 0:
		return refuse("bad-config", "no state was visited yet: let the body move, or press Train")
	}
	age := -1
	if s.selected >= 0 {
		age = s.visited.dots.Age(s.selected)
	}
	s.choose(s.visited.dots.Slot(max(0, min(age+max(-n, min(q.Step, n)), n-1))))
	return nil
}

// release goes on from where the body is.
func (s *Session) release() {
	if s.selected < 0 {
		return
	}
	s.selected, s.held = -1, false
	s.probe.want()
	s.layoutDots()
	s.relabel()
	s.postSelected(true)
}

func (s *Session) postSelected(live bool) {
	if !live && s.selected < 0 {
		return
	}
	p := s.probe.shown
	s.out.Post(protocol.New(protocol.StateSelected, 0, s.selection(p.variance, p.err)))
}

func (s *Session) selection(variance, err float64) protocol.Selected {
	sel := protocol.Selected{Live: s.selected < 0, Observation: append([]float64(nil), s.obs...), Count: s.visited.dots.Len()}
	if allFinite([]float64{variance, err}) {
		sel.Variance, sel.Error = variance, err
	}
	if s.selected >= 0 {
		sel.Shift, sel.Index = s.visited.shift[s.selected], s.visited.dots.Age(s.selected)+1
	}
	return sel
}

// PointerKind is what the pointer did.
type PointerKind int

// The kinds; web/js/stage.js uses the same numbers.
const (
	PointerMove PointerKind = iota
	PointerDown
	PointerUp
	PointerLeave
)

// pointer is where the pointer is, px.
type pointer struct {
	x, y   float64
	inside bool
	scrubs bool // drags the flow panel's t
}

// Pointer takes a pointer event at (x, y) in CSS pixels.
func (s *Session) Pointer(kind PointerKind, x, y float64) {
	m := &s.mouse
	m.x, m.y, m.inside = x*s.pixel, y*s.pixel, kind != PointerLeave
	flow := &s.panels[Flow]
	switch kind {
	case PointerDown:
		s.press()
	case PointerUp, PointerLeave:
		m.scrubs = false
		if s.hand.holds {
			s.letGo()
		}
	}
	if s.hand.holds {
		s.panels[Body].stale = true
	}
	if m.scrubs {
		t, _ := s.flowUI.axes.Data(m.x, m.y)
		s.t = math.Max(0, math.Min(1, t))
		flow.stale = true
		if moved := (protocol.Scrub{T: s.t}); moved != s.scrub {
			s.scrub = moved
			s.out.Post(protocol.New(protocol.ScrubMoved, 0, moved))
		}
	}
	s.hover()
}

func (s *Session) press() {
	m := &s.mouse
	switch {
	case s.panels[Body].Rect.Contains(m.x, m.y):
		s.grabLimb()
	case s.panels[Flow].Rect.Contains(m.x, m.y):
		m.scrubs = s.probe.shown.ready && s.spec.ActDim == 1
	case s.panels[Scatter].Rect.Contains(m.x, m.y):
		if slot := s.visited.dots.Nearest(&s.dotsUI.axes, m.x, m.y, grab*s.pixel); slot >= 0 {
			s.choose(slot)
		} else {
			s.release()
		}
	}
}

// grab is how near the pointer must come to a dot, CSS px.
const grab = 16

package show

import (
	"math"

	"onestep/wasm/app/change"
	"onestep/wasm/app/probe"
)

// probing is when and where the next picture is made.
type probing struct {
	wanted bool      // a picture of the present decision
	early  bool      // of another policy: what can be seen of it comes within the frame, and all of it after that
	live   bool      // the one that is made is of where the body is
	state  []float64 // of the environment there
	ret    float64   // return of the episode there
	since  float64   // s since the last dot
	quiet  float64   // s for which the stage adds no dots of its own, because the worker sends some
}

const (
	dotPause    = 0.2 // s, the least time between two dots of the body's own
	workerQuiet = 5   // s
)

// advanceProbe does a part of the work, for about budget seconds. A picture that was begun is finished, whatever the body
// does meanwhile.
func (s *Session) advanceProbe(dt, budget float64) {
	q := &s.probing
	q.since += dt
	q.quiet -= dt
	if s.world.Policy == nil || s.world.Policy.Foreign() {
		q.wanted = false
		s.probe.Clear()
		return
	}
	begin := s.out.Clock()
	for {
		if !s.probe.Busy() && q.wanted {
			s.beginProbe()
		}
		if !s.probe.Busy() {
			return
		}
		if s.probe.Unit() {
			s.publish()
		}
		if s.out.Clock()-begin >= budget && !q.early {
			return
		}
	}
}

// beginProbe starts on the present decision.
func (s *Session) beginProbe() {
	q, w, v := &s.probing, s.world, &s.stage.View
	q.wanted = false
	d := &w.Decision
	if !d.Valid {
		q.early = false
		return
	}
	q.live = s.stage.Selected < 0
	q.state, q.ret = w.State(q.state[:0]), w.Episode.Return
	particles := v.Particles
	if particles == 0 {
		particles = probe.DefaultParticles
	}
	s.probe.Begin(w.Policy, probe.State{Obs: d.Obs, X0: d.X0, Action: d.Action, N: d.N, Chosen: d.Chosen}, probe.View{
		Steps: w.Sampler.Steps, ManySteps: w.Sampler.ManySteps, Particles: particles, Hurried: w.Moving(), Early: q.early, Acting: v.Acting, AxisX: v.AxisX, AxisY: v.AxisY,
	})
}

// publish shows the new picture, and makes a dot of it where the body came by itself.
func (s *Session) publish() {
	q, pic := &s.probing, s.probe.Shown()
	s.changed |= change.Picture
	if pic.Early {
		q.early, q.wanted = false, true
		return
	}
	if q.live && s.world.Moving() && q.quiet <= 0 && q.since >= dotPause {
		q.since = 0
		s.addDot(s.probe.Obs(), q.state, q.ret, pic.Point)
	}
}

// Our own work in a frame is to stay below 8 ms; the last piece of a probe may go beyond what it was given.
const frameWork = 0.006 // s

// probeBudget is how long a frame may probe, s: a tenth of the frame, at least 2 ms and at most 4 ms, for a slow page has
// longer frames, and its pictures must not fall behind the body; but no more than stepping and drawing leave of it, and
// never less than 1 ms. Where no picture is shown yet, a quarter of the frame whatever the rest takes: a panel that stays
// empty for seconds is worse than a slow page's frame a little slower.
func probeBudget(dt, other float64, empty bool) float64 {
	budget := math.Max(0.001, math.Min(frameWork-other, math.Min(0.004, math.Max(0.002, 0.1*dt))))
	if empty {
		budget = math.Max(budget, 0.25*dt)
	}
	return budget
}

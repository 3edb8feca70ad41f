package show

import (
	"math"

	"onestep/engine/physics"
	"onestep/engine/view"
	"onestep/wasm/protocol"
)

// moving tells whether the body's time runs.
func (s *Session) moving() bool { return s.play.Playing && !s.held && s.decision.valid }

// Update moves the stage to the time now, s: the body by real time times speed, the flow panel's t, a part
// of the probing, and the panels that all this has changed. A stage that rests only says that it lives.
func (s *Session) Update(now float64) {
	begin := s.out.Clock()
	dt := s.clock.tick(now)
	if s.appearance.Resting {
		s.count(dt, 0)
		return
	}
	simulated := s.advance(dt)
	s.advanceT(dt)
	s.measure(dt)
	s.visited.quiet -= dt
	s.calm -= dt
	s.probing(dt, probeBudget(dt, s.out.Clock()-begin+s.stats.drawing))
	s.stats.before = s.out.Clock() - begin
	s.blend()
	if simulated > 0 || !s.camera.Settled() {
		s.panels[Body].stale = true
	}
	if !s.hand.holds { // a view that moved with the body would take the pointer's target along, away from the body
		s.camera.Look(s.figure.Shapes)
		s.camera.Follow(dt)
	}
	s.count(dt, simulated)
	s.draw()
}

// advance lets simulated time run and the body step; it returns the simulated time, s. The steps of a frame may take
// only a part of it: where the machine cannot keep up, simulated time falls behind, and the real-time factor says so.
func (s *Session) advance(dt float64) float64 {
	if !s.moving() || s.waitsForT() {
		return 0
	}
	period := s.spec.ControlPeriod
	simulated := dt * s.play.Speed
	if s.play.Max {
		simulated = math.Inf(1)
	}
	begin, budget, done := s.out.Clock(), stepBudget(dt), s.clock.debt
	s.clock.debt += simulated
	steps := 0
	for s.clock.debt >= period && s.moving() && !s.waitsForT() {
		if steps > 0 && s.out.Clock()-begin >= budget {
			simulated = float64(steps)*period - done + period
			s.clock.debt = period // late: shown at the end of the step
			break
		}
		s.clock.debt -= period
		s.step()
		s.loops = 0
		steps++
	}
	if !s.moving() {
		s.clock.debt = math.Min(s.clock.debt, period)
	}
	if s.waitsForT() {
		s.clock.debt = 0
	}
	if math.IsInf(simulated, 1) {
		simulated, s.clock.debt = float64(steps)*period, math.Min(s.clock.debt, period)
	}
	return simulated
}

// stepBudget is how long the body may step within a frame, s: two fifths of it, at least 5 ms.
func stepBudget(dt float64) float64 { return math.Max(0.005, 0.4*dt) }

// waitsForT tells whether the body rests until t has run from noise to action.
func (s *Session) waitsForT() bool { return s.scrub.Auto && s.scrub.Slow && s.loops == 0 }

const (
	sweep = 1.6 // s for t to run from 0 to 1
	pause = 0.7 // s at the end
)

// advanceT moves t where it runs by itself.
func (s *Session) advanceT(dt float64) {
	if !s.scrub.Auto {
		return
	}
	if s.appearance.ReducedMotion && !s.scrub.Slow {
		if s.t != 1 {
			s.t = 1
			s.panels[Flow].stale = true
		}
		return
	}
	if !s.play.Playing && !s.held && !s.scrub.Slow {
		return
	}
	before := s.t
	if s.t < 1 {
		s.t = math.Min(1, s.t+dt/sweep)
		s.rest = pause
		if s.t == 1 {
			s.loops++
		}
	} else if s.rest -= dt; s.rest <= 0 {
		s.t = 0
	}
	if s.t != before {
		s.panels[Flow].stale = true
	}
}

// blend places the shapes between the last two states, by the simulated time since the last step: the body
// moves smoothly at any frame rate, one control period late.
func (s *Session) blend() {
	a := 1.0
	if s.clock.debt < s.spec.ControlPeriod && (s.moving() || s.clock.debt > 0) {
		a = s.clock.debt / s.spec.ControlPeriod
	}
	f := &s.figure
	f.Shapes = append(f.Shapes[:0], s.now...)
	f.blend(a)
	s.ghost.blend(a)
	if a >= 1 || len(s.before) != len(s.now) {
		return
	}
	for i := range f.Shapes {
		f.Shapes[i] = between(&s.before[i], &s.now[i], a)
	}
}

// between turns and moves a shape from p (a = 0) to q (a = 1): end A linearly, the axis by angle and
// length, so that a turning limb keeps its length.
func between(p, q *physics.Shape, a float64) physics.Shape {
	r := *q
	px, py, qx, qy := p.B[0]-p.A[0], p.B[1]-p.A[1], q.B[0]-q.A[0], q.B[1]-q.A[1]
	r.A = [2]float64{p.A[0] + a*(q.A[0]-p.A[0]), p.A[1] + a*(q.A[1]-p.A[1])}
	if q.Kind == physics.ShapePlane {
		return *q
	}
	lp, lq := math.Hypot(px, py), math.Hypot(qx, qy)
	if lp == 0 || lq == 0 {
		r.B = r.A
		return r
	}
	from := math.Atan2(py, px)
	turn := math.Remainder(math.Atan2(qy, qx)-from, 2*math.Pi)
	length, angle := lp+a*(lq-lp), from+a*turn
	r.B = [2]float64{r.A[0] + length*math.Cos(angle), r.A[1] + length*math.Sin(angle)}
	return r
}

// trailPoints is how many steps the trail remembers.
const trailPoints = 24

// leaveTrail remembers where the end of the last moving limb was.
func (s *Session) leaveTrail() {
	for i := len(s.now) - 1; i >= 0; i-- {
		if sh := &s.now[i]; sh.Kind == physics.ShapeCapsule && sh.Body > 0 {
			if len(s.trail) >= 2*trailPoints {
				s.trail = append(s.trail[:0], s.trail[2:]...)
			}
			s.trail = append(s.trail, sh.B[0], sh.B[1])
			return
		}
	}
}

// stats collects what StageStats reports.
type stats struct {
	since     float64 // s since the last report
	frames    float64 // drawn since the start
	reported  float64 // frames at the last report
	simulated float64 // s since the last report
	work      float64 // s, over workFrames
	worked    int
	before    float64 // s that the frame took until it was probed
	drawing   float64 // s that the last frame took from there on: its lists and draw calls
	row       [protocol.NumStats]float64
}

const statsPeriod = 0.2 // s

func (s *Session) count(dt, simulated float64) {
	s.stats.since += dt
	s.stats.simulated += simulated
}

// FrameDone tells that a frame was drawn (or that nothing had changed) and what our work took, s. It
// reports the numbers to the page about five times a second.
func (s *Session) FrameDone(f view.Frame) {
	st := &s.stats
	if f.Drawn {
		st.frames++
	}
	st.drawing = math.Max(0, f.Work-st.before)
	st.work += f.Work
	st.worked++
	if st.since < statsPeriod {
		return
	}
	s.fillStats()
	s.valueLabels()
	s.ghostLabels()
	s.describe(st.since)
	s.out.Post(protocol.Message{Type: protocol.StageStats, Data: [][]byte{float64Bytes(st.row[:])}})
	st.reported, st.since, st.simulated, st.work, st.worked = st.frames, 0, 0, 0, 0
}

func (s *Session) fillStats() {
	st, r := &s.stats, &s.stats.row
	r[protocol.StatFrames] = st.frames
	r[protocol.StatFPS] = (st.frames - st.reported) / st.since
	r[protocol.StatSimSeconds] = float64(s.episode.steps) * s.spec.ControlPeriod
	r[protocol.StatRealTimeFactor] = st.simulated / st.since
	r[protocol.StatPolicyNFE] = float64(s.decision.nfe)
	r[protocol.StatCriticNFE] = float64(s.decision.critics)
	r[protocol.StatActionMicros] = s.meter.median()
	r[protocol.StatControlPeriodMicros] = s.spec.ControlPeriod * 1e6
	r[protocol.StatEpisodeReturn] = s.episode.ret
	r[protocol.StatEpisodeSteps] = float64(s.episode.steps)
	r[protocol.StatLastReturn] = s.episode.last
	r[protocol.StatEpisodes] = float64(s.episode.done)
	r[protocol.StatDrawMillis] = st.work / float64(st.worked) * 1e3
	r[protocol.StatOneStepError], r[protocol.StatVariance] = math.NaN(), math.NaN()
	r[protocol.StatGhostApart], r[protocol.StatGhostParted], r[protocol.StatT] = math.NaN(), math.NaN(), s.t
	if s.ghost.on {
		r[protocol.StatGhostApart], r[protocol.StatGhostParted] = s.ghost.apart, s.ghost.parted
	}
	if !s.policyActs() {
		r[protocol.StatPolicyNFE], r[protocol.StatCriticNFE] = 0, 0
	}
	if s.policy == nil {
		r[protocol.StatActionMicros] = math.NaN()
		return
	}
	r[protocol.StatOneStepError], r[protocol.StatVariance] = s.gap(), s.probe.shown.variance
}

// float64Bytes copies x as little-endian bytes.
func float64Bytes(x []float64) []byte {
	b := make([]byte, 8*len(x))
	for i, v := range x {
		u := math.Float64bits(v)
		for k := range 8 {
			b[8*i+k] = byte(u >> (8 * k))
		}
	}
	return b
}

// Our own work in a frame is to stay below 8 ms; the last piece of a probe may go beyond what it was given.
const frameWork = 0.006 // s

// probeBudget is how long a frame may probe, s: a tenth of the frame, at least 2 ms and at most 4 ms, for a slow page has
// longer frames, and its pictures must not fall behind the body; but no more than stepping and drawing leave of it, and
// never less than 1 ms.
func probeBudget(dt, other float64) float64 {
	return math.Max(0.001, math.Min(frameWork-other, math.Min(0.004, math.Max(0.002, 0.1*dt))))
}

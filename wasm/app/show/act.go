package show

import (
	"math"
	"sort"

	"onestep/engine/env"
)

// decision is the action that the body takes next, and how it came about.
type decision struct {
	valid   bool
	obs     []float32 // [ObsDim]
	unit    []float32 // [MaxBatch*d] standard normal numbers
	x0      []float32 // [MaxBatch*d] the candidates' noise that they are scaled to
	x1      []float32 // [MaxBatch*d] what became of it, unclipped
	q       []float32 // [MaxBatch]
	other   []float32 // [d] the chosen particle under the other sampler
	action  []float64 // [d] what the environment gets
	random  []float64 // [d] what chance chose, where it drives
	n       int       // candidates
	chosen  int
	nfe     int // policy evaluations per action
	critics int // critic evaluations per action
}

func (d *decision) init(spec *env.Task) {
	*d = decision{
		obs: make([]float32, spec.ObsDim), unit: make([]float32, MaxBatch*spec.ActDim), x0: make([]float32, MaxBatch*spec.ActDim), x1: make([]float32, MaxBatch*spec.ActDim),
		q: make([]float32, MaxBatch), other: make([]float32, spec.ActDim), action: make([]float64, spec.ActDim),
		random: make([]float64, spec.ActDim), n: 1,
	}
}

// decide chooses the action in the present state; fresh draws new noise, otherwise the last noise serves
// again, so that after a change of policy or sampler the difference is theirs. NaN resets the episode, and stops
// the body where it comes again at once.
func (s *Session) decide(fresh bool) {
	d := &s.decision
	for i, v := range s.obs {
		d.obs[i] = float32(v)
	}
	s.panels[Body].stale, s.panels[Flow].stale = true, true
	d.valid = false
	if s.policy != nil {
		if !s.consult(fresh) && s.policyActs() {
			s.diverged()
			return
		}
		s.probe.want()
	}
	s.override(fresh)
	d.valid = s.policy != nil || s.drive.Mode != drivePolicy
	if s.episode.steps > 3 {
		s.trouble = 0
	}
}

// consult asks the policy for its action and tells whether it is a finite one.
func (s *Session) consult(fresh bool) bool {
	d := &s.decision
	if fresh {
		s.noise.FillNormal(d.unit)
	}
	s.sample()
	for i := range d.action {
		d.action[i] = float64(d.x1[d.chosen*len(d.action)+i])
	}
	return allFinite(d.action)
}

// sample maps the candidates' noise to actions and chooses.
func (s *Session) sample() {
	d, dim := &s.decision, len(s.decision.action)
	d.n = 1
	if s.info.HasCritics {
		d.n = max(1, s.sampler.BestOf)
	}
	s.policy.act(d.obs, d.unit[:d.n*dim], s.sampler.Steps, d.n)
	a := s.policy.acts
	copy(d.x0, a.X0[:d.n*dim])
	copy(d.x1, a.X1[:d.n*dim])
	copy(d.q, a.Q[:d.n])
	d.chosen, d.nfe, d.critics = a.Chosen[0], a.NFE, a.CriticNFE
}

// gap sends the chosen particle through the other sampler and returns how far both actions lie apart. It is asked for when
// it is reported, and not at every step of the body: many steps of the other sampler cost more than the step itself.
func (s *Session) gap() float64 {
	d, dim := &s.decision, len(s.decision.action)
	s.policy.sample(d.other, d.obs, 1, d.x0[d.chosen*dim:(d.chosen+1)*dim], s.otherSteps())
	sum := 0.0
	for i, v := range d.other {
		e := float64(v) - float64(d.x1[d.chosen*dim+i])
		sum += e * e
	}
	return math.Sqrt(sum)
}

func allFinite(x []float64) bool {
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// diverged reports an action that is no number. The first time the episode starts anew; if that does not
// help, the body rests until another policy or a press of play.
func (s *Session) diverged() {
	s.trouble++
	step := s.episode.steps
	switch {
	case s.trouble == 1:
		s.Report(refuse("diverged", "the policy's action at step %d is not a finite number; the episode starts anew", step))
		s.reset()
	case s.trouble == 2:
		s.Report(refuse("diverged", "the policy's actions are not finite numbers; the body rests until there is another policy"))
	}
}

// meter measures the time of an action. The page's clock is coarse (up to 0.1 ms, more than an action
// takes), so that the same action is computed again and again until the clock has moved enough; the mean
// of such a batch is one measurement, and the median of the last 64 is shown.
type meter struct {
	micros []float64 // ring
	sorted []float64
	next   int
	wait   float64 // s until the next measurement
}

const (
	meterMemory = 64
	meterSpan   = 0.6e-3 // s that a batch should take
	meterPause  = 0.4    // s between two batches
	meterRuns   = 256    // at most so many actions in a batch
)

func (m *meter) init() {
	m.micros, m.sorted = make([]float64, 0, meterMemory), make([]float64, 0, meterMemory)
}

func (m *meter) forget() { m.micros, m.next, m.wait = m.micros[:0], 0, 0 }

func (m *meter) add(micros float64) {
	if len(m.micros) < meterMemory {
		m.micros = append(m.micros, micros)
		return
	}
	m.micros[m.next] = micros
	m.next = (m.next + 1) % meterMemory
}

// median of what was measured, NaN before the first.
func (m *meter) median() float64 {
	if len(m.micros) == 0 {
		return math.NaN()
	}
	m.sorted = append(m.sorted[:0], m.micros...)
	sort.Float64s(m.sorted)
	return m.sorted[len(m.sorted)/2]
}

// measure times the present decision, now and then.
func (s *Session) measure(dt float64) {
	s.meter.wait -= dt
	if s.meter.wait > 0 || s.policy == nil || !s.decision.valid {
		return
	}
	s.meter.wait = meterPause
	begin := s.out.Clock()
	for n := 1; n <= meterRuns; n++ {
		s.sample()
		if d := s.out.Clock() - begin; d >= meterSpan || n == meterRuns {
			s.meter.add(d / float64(n) * 1e6)
			return
		}
	}
}

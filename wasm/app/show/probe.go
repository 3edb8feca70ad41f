package show

import (
	"slices"

	"onestep/engine/plot"
	"onestep/engine/rng"
)

const (
	defaultParticles = 256 // of the flow panel
	fewestParticles  = 16
	mostParticles    = 4096
	manyEvaluations  = 8000 // of the network for one picture's ways, where the body moves on meanwhile
	manyParticles    = 96   // of them at least
	probeParticles   = 64   // behind spread and error
	chunk            = 64   // particles between two looks at the clock, divided by their steps, but no fewer than
	leastChunk       = 8
	heatN            = 21 // corners of the value's grid along each axis
	fieldT, fieldY   = 15, 11
	planeT, planeN   = 6, 11 // of the field where an action has more than one coordinate
)

// picture is what the flow panel shows of one state. All of it belongs to that state.
type picture struct {
	ready    bool
	paths    plot.Paths
	values   []float32  // [N] min(Q1,Q2) of the ends
	heat     plot.Heat  // min(Q1,Q2) over [-1,1] of the coordinates dx and dy, or of the only one
	lambda   float64    // of the weights exp(Q/lambda)
	ess      float64    // their effective sample size as a fraction of N, (0,1]
	n        int        // candidates: the first particles
	field    plot.Field // of one coordinate
	plane    plot.Plane // of the coordinates dx and dy, through the chosen particle's way
	dx, dy   int
	steps    int
	action   []float32 // [d] the taken one
	chosen   int       // its particle
	ends     []float32 // [probeParticles*d] actions of the other sampler
	variance float64   // trace Var of the many-step actions
	err      float64   // W2
	shift    float64
}

// prober computes a picture bit by bit and shows it when it is whole.
type prober struct {
	dim  int
	unit []float32 // [mostParticles*d] standard normal numbers, the same in every state

	work, shown *picture
	obs         []float32
	state       []float64 // of the environment at obs
	ret         float64   // return of the episode there
	live        bool      // obs is where the body is
	phase       phase
	at          int // particles or columns that are done in this phase
	wanted      bool
	since       float64   // s since the last dot
	one, many   []float32 // [probeParticles*d]
	ys          []float32 // [fieldY]
	grid, speed []float32 // [planeN*d] a row of the plane, and the velocities there
	heat        []float32 // [heatN*d] a row of the value's grid
	buf         []float32 // [(maxSteps+1)*chunk*d]
}

type phase int

const (
	idle phase = iota
	tracing
	valuing
	comparing
	shading
	fielding
)

func (p *prober) init(dim int, r *rng.Stream) {
	*p = prober{
		dim: dim, unit: make([]float32, mostParticles*dim), work: &picture{}, shown: &picture{},
		one: make([]float32, probeParticles*dim), many: make([]float32, probeParticles*dim),
		ys: make([]float32, fieldY), grid: make([]float32, planeN*dim), speed: make([]float32, planeN*dim), heat: make([]float32, heatN*dim), buf: make([]float32, (maxSteps+1)*chunk*dim),
	}
	r.FillNormal(p.unit)
}

// want asks for a picture of the present decision.
func (p *prober) want() { p.wanted = true }

// stop drops what is under way.
func (p *prober) stop() { p.phase, p.wanted = idle, false }

// probing does a part of the work, for about budget seconds. A picture that was begun is finished, whatever
// the body does meanwhile.
func (s *Session) probing(dt, budget float64) {
	p := &s.probe
	p.since += dt
	if s.policy == nil {
		p.stop()
		p.shown.ready = false
		return
	}
	begin := s.out.Clock()
	for {
		if p.phase == idle && p.wanted {
			s.beginProbe()
		}
		if p.phase == idle {
			return
		}
		s.probeUnit()
		if s.out.Clock()-begin >= budget {
			return
		}
	}
}

// dotPause is the least time between two dots of the body's own, s.
const dotPause = 0.2

// beginProbe starts on the present decision.
func (s *Session) beginProbe() {
	p, d := &s.probe, &s.decision
	p.wanted = false
	if !d.valid {
		return
	}
	w := p.work
	p.obs = append(p.obs[:0], d.obs...)
	p.live = s.selected < 0
	p.state, p.ret = s.env.State(p.state[:0]), s.episode.ret
	w.steps, w.chosen, w.n = s.policy.steps(s.sampler.Steps), d.chosen, d.n
	n := max(s.particles(), d.n)
	if s.moving() && n*w.steps > manyEvaluations {
		n = max(manyParticles, manyEvaluations/w.steps, d.n)
	}
	w.paths.Steps, w.paths.N, w.paths.Dim = w.steps, n, p.dim
	w.paths.X = slices.Grow(w.paths.X[:0], (w.steps+1)*n*p.dim)[:(w.steps+1)*n*p.dim]
	start := w.paths.Starts()
	for i := range start {
		start[i] = p.unit[i] * float32(s.info.SourceStd)
	}
	copy(start, d.x0[:d.n*p.dim])
	w.action = w.action[:0]
	for _, a := range d.action {
		w.action = append(w.action, float32(a))
	}
	p.phase, p.at = tracing, 0
}

// probeUnit does the next piece.
func (s *Session) probeUnit() {
	p := &s.probe
	switch p.phase {
	case tracing:
		s.trace()
	case valuing:
		s.valueEnds()
	case shading:
		s.shadeRow()
	case fielding:
		s.fieldColumn()
	case comparing:
		s.compareChunk()
	}
}

// trace follows the next particles.
func (s *Session) trace() {
	p, w, d := &s.probe, s.probe.work, s.probe.dim
	n := min(max(leastChunk, chunk/w.steps), w.paths.N-p.at)
	from, to := p.at*d, (p.at+n)*d
	out := p.buf[:(w.steps+1)*n*d]
	s.policy.trajectory(out, p.obs, n, w.paths.X[from:to], w.steps)
	for k := 1; k <= w.steps; k++ {
		copy(w.paths.X[k*w.paths.N*d+from:k*w.paths.N*d+to], out[k*n*d:(k+1)*n*d])
	}
	if p.at += n; p.at == w.paths.N {
		p.phase, p.at = valuing, 0
	}
}

// compareChunk sends the next particles through one step and through many.
func (s *Session) compareChunk() {
	p, d := &s.probe, s.probe.dim
	w := p.work
	n := min(max(1, min(chunk, 128/s.sampler.ManySteps)), probeParticles-p.at)
	from, to := p.at*d, (p.at+n)*d
	s.endsOf(p.one[from:to], from, to, 1)
	s.endsOf(p.many[from:to], from, to, s.sampler.ManySteps)
	if p.at += n; p.at < probeParticles {
		return
	}
	point := s.policy.probe.Compare(p.one, p.many)
	w.variance, w.err, w.shift = point.Variance, point.Error, point.Shift
	if w.steps == 1 {
		w.ends = append(w.ends[:0], p.many...)
	} else {
		w.ends = append(w.ends[:0], p.one...)
	}
	p.phase, p.at = shading, 0
	w.field.NT, w.field.NY, w.plane.NT = 0, 0, 0
	half := s.flowUI.reach(w)
	if d > 1 {
		s.flowUI.choose(w, s.view, d)
		w.dx, w.dy = s.flowUI.dx, s.flowUI.dy
	}
	if s.policy.pathless() { // which has neither a field nor another sampler
		w.ends = w.ends[:0]
		return
	}
	if d > 1 {
		w.plane.NT, w.plane.N, w.plane.Half = planeT, planeN, half
		n := planeT * planeN * planeN * 2
		w.plane.V = slices.Grow(w.plane.V[:0], n)[:n]
	}
	if d == 1 {
		w.field.NT, w.field.NY, w.field.Lo, w.field.Hi = fieldT, fieldY, -half, half
		w.field.V = slices.Grow(w.field.V[:0], fieldT*fieldY)[:fieldT*fieldY]
	}
}

// endsOf is where the particles of the numbers from..to end in so many steps; known ends are not computed
// again.
func (s *Session) endsOf(dst []float32, from, to, steps int) {
	p := &s.probe
	if steps == p.work.steps {
		copy(dst, p.work.paths.Ends()[from:to])
		return
	}
	s.policy.sample(dst, p.obs, len(dst)/p.dim, p.work.paths.X[from:to], steps)
}

// planeRow evaluates the velocity along one row of the plane at one time. The other coordinates are the chosen
// particle's at that time.
func (s *Session) planeRow() {
	p, w := &s.probe, s.probe.work
	k, j := p.at/planeN, p.at%planeN
	t := (float64(k) + 0.5) / planeT
	for i := range planeN {
		x := p.grid[i*p.dim : (i+1)*p.dim]
		for d := range x {
			x[d] = float32(w.paths.At(t, w.chosen, d))
		}
		x[w.dx], x[w.dy] = float32(w.plane.Place(i)), float32(w.plane.Place(j))
	}
	s.policy.field(p.speed, p.obs, planeN, p.grid, float32(t))
	for i := range planeN {
		v := w.plane.V[(p.at*planeN+i)*2:]
		v[0], v[1] = p.speed[i*p.dim+w.dx], p.speed[i*p.dim+w.dy]
	}
	if p.at++; p.at == planeT*planeN {
		p.phase = idle
		s.publish()
	}
}

// fieldColumn evaluates the velocity at one time; after the last the picture is whole.
func (s *Session) fieldColumn() {
	p, f := &s.probe, &s.probe.work.field
	if s.probe.work.plane.NT > 0 {
		s.planeRow()
		return
	}
	if p.at < f.NT {
		for j := range f.NY {
			p.ys[j] = float32(f.Lo + (float64(j)+0.5)*(f.Hi-f.Lo)/float64(f.NY))
		}
		t := (float32(p.at) + 0.5) / float32(f.NT)
		s.policy.field(f.V[p.at*f.NY:(p.at+1)*f.NY], p.obs, f.NY, p.ys, t)
		p.at++
	}
	if p.at == f.NT {
		p.phase = idle
		s.publish()
	}
}

// publish shows the picture, and makes a dot of it where the body came by itself.
func (s *Session) publish() {
	p := &s.probe
	first := !p.shown.ready
	p.shown, p.work = p.work, p.shown
	w := p.shown
	w.ready = true
	s.flowUI.fill(w)
	s.panels[Flow].stale, s.panels[Scatter].stale = true, true
	if first || s.flowUI.half != s.flowUI.axes.Y.Hi {
		s.layoutFlow()
	}
	if p.live && s.moving() && s.visited.quiet <= 0 && p.since >= dotPause {
		p.since = 0
		s.visited.add(p.obs, p.state, p.ret, w.variance, w.err, w.shift)
		s.forgetOverwritten()
		s.dotsAdded()
	}
}

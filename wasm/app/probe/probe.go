package probe

import (
	"slices"

	"onestep/engine/plot"
	"onestep/engine/rng"
	"onestep/policy/analysis"
	"onestep/wasm/app/weights"
	"onestep/wasm/protocol"
)

// DefaultParticles are those of a picture of which nobody has said how many.
const DefaultParticles = 256

const (
	manyEvaluations  = 8000 // of the network for one picture's paths, where the body moves on meanwhile
	manyParticles    = 96   // of them at least
	earlyEvaluations = 1024 // of an early picture's paths, with manyParticles at least
	chunk            = 64   // particles of a unit of work, divided by their steps, but no fewer than
	leastChunk       = 8
	heatN            = 21 // corners of the value's grid along each axis
	fieldT, fieldY   = 15, 11
	planeT, planeN   = 6, 11 // of the field where an action has more than one coordinate
)

// State is where a policy is asked: an observation and the decision that was taken there.
type State struct {
	Obs    []float32 // [ObsDim]
	X0     []float32 // [N*d] noise of the candidates
	Action []float64 // [d] the taken action
	N      int       // candidates
	Chosen int       // the one that was taken
}

// View says how a state is shown.
type View struct {
	Steps        int // of the acting sampler
	ManySteps    int // K of the comparison
	Particles    int // wanted
	Hurried      bool
	Early        bool // few particles and no comparison with the other sampler, which is most of the work
	Acting       bool // spread and error are those of the noise that the policy acts from, not of what it was fitted with
	AxisX, AxisY int  // coordinates that were chosen by hand, -1 for those that spread most
}

// Picture is what one state shows. All of it belongs to that state.
type Picture struct {
	Ready  bool
	Paths  plot.Paths // of the candidates first, weighted by exp(A/Lambda) over its mean
	Values []float32  // [N] min(Q1,Q2) of the ends
	Heat   plot.Heat  // min(Q1,Q2) over [-1,1] of the coordinates DX and DY, or of the only one
	Lambda float64    // of the weights
	ESS    float64    // their effective sample size as a fraction of N, (0,1]
	N      int        // candidates: the first particles
	Field  plot.Field // of one coordinate
	Plane  plot.Plane // of the coordinates DX and DY, through the chosen particle's path
	DX, DY int
	Steps  int
	Action []float32 // [d] the taken one
	Chosen int       // its particle
	Ends   []float32 // [min(Compared,Paths.N)*d] actions of the other sampler from the same noise; none of a Gaussian, which has one
	Source float32   // c, the standard deviation of the noise behind the numbers below
	Early  bool      // without Ends and Point

	analysis.Point // of one-step and many-step actions from that noise
}

// Prober computes a picture unit by unit and shows it when it is whole.
type Prober struct {
	Axes Axes // of the pictures; they change slowly

	dim  int
	unit []float32 // [protocol.MostParticles*d] standard normal numbers, the same in every state

	policy      *weights.Policy
	view        View
	work, shown *Picture
	obs         []float32
	phase       phase
	at          int       // particles, rows or columns that are done in this phase
	start       []float32 // [Compared*d] noise of the measured particles
	one, many   []float32 // [Compared*d] where they end
	ys          []float32 // [fieldY]
	grid, speed []float32 // [planeN*d] a row of the plane, and the velocities there
	heat        []float32 // [heatN*d] a row of the value's grid
	buf         []float32 // [(MaxSteps+1)*chunk*d]
}

// phase is what the next unit does.
type phase int

const (
	idle phase = iota
	tracing
	valuing
	comparing
	shading
	fielding
)

// Init makes p ready for actions of dim coordinates, with particles from r; the axes stay.
func (p *Prober) Init(dim int, r *rng.Stream) {
	*p = Prober{
		Axes: p.Axes, dim: dim, unit: make([]float32, protocol.MostParticles*dim), work: &Picture{}, shown: &Picture{},
		start: make([]float32, weights.Compared*dim), one: make([]float32, weights.Compared*dim), many: make([]float32, weights.Compared*dim),
		ys: make([]float32, fieldY), grid: make([]float32, planeN*dim), speed: make([]float32, planeN*dim), heat: make([]float32, heatN*dim),
		buf: make([]float32, (weights.MaxSteps+1)*chunk*dim),
	}
	r.FillNormal(p.unit)
}

// Shown is the newest whole picture.
func (p *Prober) Shown() *Picture { return p.shown }

// Obs is the observation of the picture that is made, or of the shown one where none is.
func (p *Prober) Obs() []float32 { return p.obs }

// Busy tells whether a picture is being made.
func (p *Prober) Busy() bool { return p.phase != idle }

// Stop drops the picture that is being made.
func (p *Prober) Stop() { p.phase = idle }

// Clear drops the shown picture too.
func (p *Prober) Clear() { p.Stop(); p.shown.Ready = false }

// Begin starts on a state; what was being made is dropped.
func (p *Prober) Begin(policy *weights.Policy, s State, v View) {
	p.policy, p.view = policy, v
	p.obs = append(p.obs[:0], s.Obs...)
	w := p.work
	w.Steps, w.Chosen, w.N, w.Source, w.Early = policy.Steps(v.Steps), s.Chosen, s.N, policy.Source(v.Acting), v.Early
	n := max(v.Particles, s.N)
	switch {
	case v.Early:
		n = max(min(n, manyParticles), min(n, earlyEvaluations/w.Steps), s.N)
	case v.Hurried && n*w.Steps > manyEvaluations:
		n = max(manyParticles, manyEvaluations/w.Steps, s.N)
	}
	w.Paths.Steps, w.Paths.N, w.Paths.Dim = w.Steps, n, p.dim
	w.Paths.X = slices.Grow(w.Paths.X[:0], (w.Steps+1)*n*p.dim)[:(w.Steps+1)*n*p.dim]
	std := policy.File.Actor.SourceStd
	start := w.Paths.Starts()
	for i := range start {
		start[i] = p.unit[i] * std
	}
	copy(start, s.X0[:s.N*p.dim])
	for i := range p.start {
		p.start[i] = p.unit[i] * w.Source
	}
	ends := min(n*p.dim, len(p.one))
	if v.Early {
		ends, w.Point = 0, analysis.Unknown()
	}
	w.Ends = slices.Grow(w.Ends[:0], ends)[:ends]
	w.Action = w.Action[:0]
	for _, a := range s.Action {
		w.Action = append(w.Action, float32(a))
	}
	p.phase, p.at = tracing, 0
}

// Unit does the next piece and tells whether the picture is whole; it is shown then.
func (p *Prober) Unit() (whole bool) {
	switch p.phase {
	case tracing:
		p.trace()
	case valuing:
		p.valueEnds()
	case comparing:
		p.compareChunk()
	case shading:
		p.shadeRow()
	case fielding:
		if p.dim > 1 {
			whole = p.planeRow()
		} else {
			whole = p.fieldColumn()
		}
	}
	if whole {
		p.phase = idle
		p.work, p.shown = p.shown, p.work
		p.shown.Ready = true
	}
	return whole
}

// trace follows the next particles.
func (p *Prober) trace() {
	w, d := p.work, p.dim
	n := min(max(leastChunk, chunk/w.Steps), w.Paths.N-p.at)
	from, to := p.at*d, (p.at+n)*d
	out := p.buf[:(w.Steps+1)*n*d]
	p.policy.Trajectory(out, p.obs, n, w.Paths.X[from:to], w.Steps)
	for k := 1; k <= w.Steps; k++ {
		copy(w.Paths.X[k*w.Paths.N*d+from:k*w.Paths.N*d+to], out[k*n*d:(k+1)*n*d])
	}
	if p.at += n; p.at == w.Paths.N {
		p.phase, p.at = valuing, 0
	}
}

// compareChunk sends the next shown particles through the other sampler, and the measured ones through one step and through
// many.
func (p *Prober) compareChunk() {
	w, d := p.work, p.dim
	n := min(max(1, min(chunk, 128/p.view.ManySteps)), weights.Compared-p.at)
	from, to := p.at*d, (p.at+n)*d
	other := 1
	if w.Steps == 1 {
		other = p.view.ManySteps
	}
	if shown := min(to, len(w.Ends)); shown > from {
		p.policy.Sample(w.Ends[from:shown], p.obs, (shown-from)/d, w.Paths.X[from:shown], other)
	}
	p.policy.Sample(p.one[from:to], p.obs, n, p.start[from:to], 1)
	p.policy.Sample(p.many[from:to], p.obs, n, p.start[from:to], p.view.ManySteps)
	if p.at += n; p.at < weights.Compared {
		return
	}
	w.Point = p.policy.Compare(p.one, p.many)
	p.frame(w)
	p.phase, p.at = shading, 0
}

// frame sets the axes of the picture and the grid of its field.
func (p *Prober) frame(w *Picture) {
	half := p.Axes.reach(w)
	p.Axes.Choose(w, p.view.AxisX, p.view.AxisY, p.dim)
	w.DX, w.DY = p.Axes.DX, p.Axes.DY
	w.Field.NT, w.Field.NY, w.Plane.NT = 0, 0, 0
	switch {
	case p.policy.Pathless(): // which has neither a field nor another sampler
		w.Ends = w.Ends[:0]
	case p.dim > 1:
		w.Plane.NT, w.Plane.N, w.Plane.Half = planeT, planeN, half
		n := planeT * planeN * planeN * 2
		w.Plane.V = slices.Grow(w.Plane.V[:0], n)[:n]
	default:
		w.Field.NT, w.Field.NY, w.Field.Lo, w.Field.Hi = fieldT, fieldY, -half, half
		w.Field.V = slices.Grow(w.Field.V[:0], fieldT*fieldY)[:fieldT*fieldY]
	}
}

// planeRow evaluates the velocity along one row of the plane at one time. The other coordinates are the chosen particle's
// at that time.
func (p *Prober) planeRow() (whole bool) {
	w := p.work
	if w.Plane.NT == 0 {
		return true
	}
	k, j := p.at/planeN, p.at%planeN
	t := (float64(k) + 0.5) / planeT
	for i := range planeN {
		x := p.grid[i*p.dim : (i+1)*p.dim]
		for d := range x {
			x[d] = float32(w.Paths.At(t, w.Chosen, d))
		}
		x[w.DX], x[w.DY] = float32(w.Plane.Place(i)), float32(w.Plane.Place(j))
	}
	p.policy.Field(p.speed, p.obs, planeN, p.grid, float32(t))
	for i := range planeN {
		v := w.Plane.V[(p.at*planeN+i)*2:]
		v[0], v[1] = p.speed[i*p.dim+w.DX], p.speed[i*p.dim+w.DY]
	}
	p.at++
	return p.at == planeT*planeN
}

// fieldColumn evaluates the velocity at one time.
func (p *Prober) fieldColumn() (whole bool) {
	f := &p.work.Field
	if f.NT == 0 {
		return true
	}
	for j := range f.NY {
		p.ys[j] = float32(f.Lo + (float64(j)+0.5)*(f.Hi-f.Lo)/float64(f.NY))
	}
	t := (float32(p.at) + 0.5) / float32(f.NT)
	p.policy.Field(f.V[p.at*f.NY:(p.at+1)*f.NY], p.obs, f.NY, p.ys, t)
	p.at++
	return p.at == f.NT
}

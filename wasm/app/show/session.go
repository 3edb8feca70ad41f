package show

import (
	"fmt"
	"maps"
	"math"

	"onestep/engine/env"
	"onestep/engine/physics"
	"onestep/engine/plot"
	"onestep/engine/rng"
	"onestep/engine/scene"
	"onestep/policy/checkpoint"
	"onestep/wasm/protocol"
)

// Labels of the random streams that are split off the body's seed.
const (
	streamNoise = iota + 1
	streamEpisodes
	streamParticles
	streamDrive
)

// Session is the stage's whole state.
type Session struct {
	out Outside

	appearance protocol.Appearance
	sampler    protocol.Sampler
	play       protocol.Play
	scrub      protocol.Scrub
	drive      protocol.Drive
	view       protocol.View

	// The body.
	task     string
	model    *env.Model // of a custom task
	env      env.Env
	spec     *env.Task
	seeds    *rng.Stream // of the episodes
	obs      []float64   // [ObsDim] at the moment
	before   []physics.Shape
	now      []physics.Shape
	figure   figure
	ghost    ghost
	pushed   bool // by a person, with the next step
	hand     hand
	trail    []float64 // [2*n] places of the farthest limb's end, oldest first
	clock    clock
	episode  episode
	held     bool    // waits at a chosen dot
	trouble  int     // failures of the policy in a row
	silent   float64 // s since the stage was described
	said     string  // in these words
	calm     float64 // s until a divergence is reported again
	restored []float64

	// Acting.
	policy   *actor
	info     protocol.PolicyInfo
	hashed   []byte // memory of what was digested last
	noise    *rng.Stream
	random   *rng.Stream // of the actions that nobody chose
	decision decision
	meter    meter

	probe    prober
	selected int // slot of the chosen dot, -1 for the live state
	visited  visited

	curve  curves  // of the training in this tab
	past   curves  // of the policy that acts, from its file
	t      float64 // the flow panel's time
	rest   float64 // s that t still rests at its end
	loops  int     // times that t has run through since the last step of the body
	pixel  float64
	panels [4]panel
	camera scene.Camera
	bodyUI bodyUI
	flowUI flowUI
	dotsUI dotsUI
	evalUI evalUI
	labels [NumLabelSets]LabelSet
	stats  stats
	mouse  pointer
}

// Episode is the account of the current and the past episodes.
type episode struct {
	seed   uint64
	ret    float64 // return so far
	steps  int
	last   float64 // return of the last full episode
	done   int
	broken bool // was moved by hand: its return does not count
}

// New makes a stage that shows the given task at rest until the page says more.
func New(out Outside, task string, seed uint64) (*Session, error) {
	s := &Session{
		out:     out,
		sampler: protocol.Sampler{Steps: 1, ManySteps: 20, BestOf: 1},
		play:    protocol.Play{Playing: true, Speed: 1},
		scrub:   protocol.Scrub{Auto: true},
		drive:   protocol.Drive{Mode: drivePolicy},
		view:    protocol.View{Ghost: true, Value: true, Field: true, Weights: true, AxisX: -1, AxisY: -1},
		pixel:   1, selected: -1,
		appearance: protocol.Appearance{Dark: true},
	}
	s.meter.init()
	s.initPanels()
	if err := s.setTask(0, protocol.TaskSeed{Task: task, Seed: seed}); err != nil {
		return nil, err
	}
	return s, nil
}

// Handle takes one message of the page. What it refuses changes nothing and is answered by StageError.
func (s *Session) Handle(m protocol.Message) {
	if err := s.handle(m); err != nil {
		s.fail(m.ID, err)
	}
}

// refusal is an error with the code that the page gets.
type refusal struct {
	code string
	err  error
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

func refuse(code, format string, args ...any) error {
	return &refusal{code, fmt.Errorf(format, args...)}
}

func (s *Session) fail(id int, err error) {
	f := protocol.Failure{Code: "protocol", Message: err.Error()}
	if r, ok := err.(*refusal); ok {
		f.Code = r.code
	}
	if f.Code == "diverged" {
		f.Step = s.episode.steps
	}
	s.out.Post(protocol.New(protocol.StageError, id, f))
}

// Report posts a failure that no message caused.
func (s *Session) Report(err error) { s.fail(0, err) }

func (s *Session) handle(m protocol.Message) error {
	switch m.Type {
	case protocol.Configure:
		return decoded(m, func(a protocol.Appearance) error { s.appearance = a; s.restyle(); return nil })
	case protocol.LoadPolicy:
		return decoded(m, func(p protocol.PolicySource) error { return s.loadPolicy(m, p) })
	case protocol.SetSampler:
		return decoded(m, s.setSampler)
	case protocol.SetPlay:
		return decoded(m, s.setPlay)
	case protocol.SetScrub:
		return decoded(m, s.setScrub)
	case protocol.SetTask:
		return decoded(m, func(t protocol.TaskSeed) error { return s.setTask(m.ID, t) })
	case protocol.SetDrive:
		return decoded(m, s.setDrive)
	case protocol.SetView:
		return decoded(m, s.setView)
	case protocol.Push:
		return decoded(m, s.push)
	case protocol.Export:
		return decoded(m, func(q protocol.ExportRequest) error { return s.export(m, q) })
	case protocol.Curve:
		return decoded(m, func(c protocol.CurveInfo) error { return s.addCurve(m, c) })
	case protocol.SelectDot:
		return decoded(m, s.walk)
	case protocol.ExportPanel:
		return decoded(m, func(q protocol.PanelRequest) error { return s.exportPanel(m.ID, q) })
	case protocol.Dots:
		return decoded(m, func(d protocol.DotsInfo) error { return s.addDots(m, d) })
	}
	return refuse("protocol", "the stage knows no message of type %d", m.Type)
}

func decoded[T any](m protocol.Message, use func(T) error) error {
	var body T
	if err := m.Decode(&body); err != nil {
		return err
	}
	return use(body)
}

// loadPolicy replaces the policy, or leaves it as it was and says why.
func (s *Session) loadPolicy(m protocol.Message, from protocol.PolicySource) error {
	if len(m.Data) != 1 {
		return refuse("protocol", "a policy comes as one array of bytes, not %d", len(m.Data))
	}
	name := from.Name
	if name == "" {
		name = "the policy file"
	}
	p, err := readActor(m.Data[0])
	if err != nil {
		return refuse("bad-file", "%s cannot be used: %w", name, err)
	}
	info := p.info()
	if info.Task != s.task {
		return refuse("bad-file", "%s was trained for the task %q, the stage shows %q", name, info.Task, s.task)
	}
	if !sameBody(p.file.Model, s.model) {
		return refuse("bad-file", "%s was trained on another body than the one on the stage", name)
	}
	if info.ObsDim != s.spec.ObsDim || info.ActDim != s.spec.ActDim {
		return refuse("bad-file", "%s has %d observations and %d actions, %s has %d and %d", name,
			info.ObsDim, info.ActDim, s.spec.Title, s.spec.ObsDim, s.spec.ActDim)
	}
	first := s.policy == nil
	// The weights of one training change four times a second: body and ghost go on with the same newest ones.
	another := first || from.Source != s.info.Source || from.Name != s.info.Name || info.Algorithm != s.info.Algorithm
	info.Source, info.Name = from.Source, from.Name
	s.policy, s.info, s.trouble = p, info, 0
	s.past.recall(&p.file.Record, s.spec.Solved)
	s.meter.forget()
	s.decide(first)
	if another {
		s.startGhost()
		s.layoutCurve()
	}
	s.relabel()
	loaded := func(hash string) {
		info.Hash = hash
		s.out.Post(protocol.New(protocol.PolicyLoaded, m.ID, info))
	}
	if s.out.Digest == nil {
		loaded(p.file.Hash())
		return nil
	}
	s.hashed = p.file.AppendHashed(s.hashed[:0]) // a browser's own SHA-256 takes a tenth of the time
	s.out.Digest(s.hashed, loaded)
	return nil
}

func (s *Session) setSampler(v protocol.Sampler) error {
	switch {
	case v.Steps < 1 || v.Steps > maxSteps:
		return refuse("bad-config", "steps is %d, not in 1..%d", v.Steps, maxSteps)
	case v.ManySteps < 2 || v.ManySteps > maxSteps:
		return refuse("bad-config", "manySteps is %d, not in 2..%d", v.ManySteps, maxSteps)
	case v.BestOf < 1 || v.BestOf > MaxBatch:
		return refuse("bad-config", "bestOf is %d, not in 1..%d", v.BestOf, MaxBatch)
	}
	s.sampler = v
	s.meter.forget()
	s.decide(false)
	s.startGhost()
	s.relabel()
	return nil
}

// maxSteps is the largest number of steps of the protocol's samplers.
const maxSteps = 32

func (s *Session) setPlay(v protocol.Play) error {
	if !(v.Speed >= 0.05 && v.Speed <= 8) {
		return refuse("bad-config", "speed is %v, not in 0.05..8", v.Speed)
	}
	if v.Single < 0 || v.Single > 1000 {
		return refuse("bad-config", "single is %d, not in 0..1000", v.Single)
	}
	resumed := v.Playing && !s.play.Playing
	s.play.Playing, s.play.Speed, s.play.Max = v.Playing, v.Speed, v.Max
	if resumed || v.Single > 0 || v.Reset {
		s.release()
		s.trouble = 0
	}
	if v.Reset {
		s.reset()
	}
	s.probe.want()
	for range v.Single {
		s.step()
		s.clock.debt = s.spec.ControlPeriod // the end of the step is shown
	}
	return nil
}

func (s *Session) setScrub(v protocol.Scrub) error {
	if !(v.T >= 0 && v.T <= 1) {
		return refuse("bad-config", "t is %v, not in 0..1", v.T)
	}
	s.scrub = v
	if !v.Auto {
		s.t = v.T
	}
	s.panels[Flow].stale = true
	return nil
}

// setTask changes the body and starts its first episode. A policy for another task or body is dropped. What cannot be
// built changes nothing.
func (s *Session) setTask(id int, v protocol.TaskSeed) error {
	if s.env == nil || v.Task != s.task || v.Model != nil {
		model := modelOf(v.Model)
		e, err := s.out.Env(v.Task, model)
		if err != nil {
			return refuse("bad-config", "%w", err)
		}
		if s.policy != nil && (s.info.Task != v.Task || !sameBody(s.policy.file.Model, model)) {
			s.policy, s.info = nil, protocol.PolicyInfo{}
			s.meter.forget()
		}
		s.env, s.spec, s.task, s.model = e, e.Spec(), v.Task, model
		s.obs = make([]float64, s.spec.ObsDim)
		s.visited.init(s.spec.ObsDim)
		s.curve.clear()
		s.figure.init(e)
		s.ghost.init(s.out.Env(v.Task, model))
		s.flowUI.init()
		s.drive.Values = nil
		s.before, s.now = nil, nil
	}
	root := rng.New(v.Seed)
	s.noise, s.seeds, s.random = root.Split(streamNoise), root.Split(streamEpisodes), root.Split(streamDrive)
	s.decision.init(s.spec)
	s.probe.init(s.spec.ActDim, root.Split(streamParticles))
	s.episode = episode{last: math.NaN()}
	s.camera.Forget()
	s.camera.Free = s.spec.Travel
	s.trouble = 0
	s.held, s.selected = false, -1
	s.letGo()
	s.reset()
	s.relabel()
	s.out.Post(protocol.New(protocol.BodyShown, id, s.bodyInfo()))
	return nil
}

func (s *Session) bodyInfo() protocol.BodyInfo {
	info := protocol.BodyInfo{
		Task: s.task, Title: s.spec.Title, ObsDim: s.spec.ObsDim, ActDim: s.spec.ActDim,
	}
	for _, q := range s.spec.Actions {
		info.Actions = append(info.Actions, protocol.Quantity(q))
	}
	if e, ok := s.env.(interface{ Notes() []string }); ok {
		info.Notes = e.Notes()
	}
	return info
}

func modelOf(m *protocol.Model) *env.Model {
	if m == nil {
		return nil
	}
	return &env.Model{Name: m.Name, Files: m.Files, Reward: m.Reward}
}

// sameBody tells whether two models are the same files, whatever their rewards.
func sameBody(a, b *env.Model) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Name == b.Name && maps.Equal(a.Files, b.Files)
}

// reset starts the next episode.
func (s *Session) reset() {
	s.episode.seed = s.seeds.Uint64()
	s.episode.ret, s.episode.steps, s.episode.broken = 0, 0, false
	s.env.Reset(s.episode.seed)
	s.clock.debt = 0
	s.trail = s.trail[:0]
	s.arrive(true)
	s.regrab()
}

// arrive takes in the state that the body has come to, and decides there. jump tells that the body did
// not move to it but was put there.
func (s *Session) arrive(jump bool) {
	s.env.Observe(s.obs)
	s.before, s.now = s.now, s.env.Shapes(s.before[:0])
	if jump || len(s.before) != len(s.now) {
		s.before = append(s.before[:0], s.now...)
		jump = true
	}
	s.figure.arrive(s.env, jump)
	s.decide(true)
	if jump {
		s.startGhost()
	} else {
		s.compareGhost()
	}
}

// step lets the body take its action.
func (s *Session) step() {
	if !s.decision.valid {
		return
	}
	s.pull()
	r := s.env.Step(s.decision.action)
	s.episode.steps++
	if err := env.Diverged(s.env); err != nil {
		s.flewApart(err)
		return
	}
	s.episode.ret += r.Reward
	s.leaveTrail()
	if r.Terminated || r.Truncated {
		if !s.episode.broken {
			s.episode.last = s.episode.ret
		}
		s.episode.done++
		s.reset()
		return
	}
	s.haunt()
	s.arrive(false)
}

// reportPause is the least time between two reports of a body that diverges again and again, s.
const reportPause = 2

// flewApart reports that the body has left the finite world and starts the next episode.
func (s *Session) flewApart(err error) {
	if s.calm <= 0 {
		s.Report(refuse("diverged", "the body diverged at step %d of the episode (%w); the episode starts anew", s.episode.steps, err))
		s.calm = reportPause
	}
	s.letGo()
	s.reset()
}

// addCurve takes rows of evaluations.
func (s *Session) addCurve(m protocol.Message, c protocol.CurveInfo) error {
	if len(m.Data) > 1 || len(m.Data) == 1 && len(m.Data[0])%(8*protocol.NumEvaluation) != 0 {
		return refuse("protocol", "evaluations come as one array of rows of %d numbers", protocol.NumEvaluation)
	}
	if c.Reset {
		s.curve.clear()
	}
	s.curve.total, s.curve.solved = c.TotalSteps, c.Solved
	if c.Solved == 0 {
		s.curve.solved = s.spec.Solved
	}
	if len(m.Data) == 1 {
		s.curve.add(m.Data[0])
	}
	s.layoutCurve()
	return nil
}

// addDots takes states that the worker probed.
func (s *Session) addDots(m protocol.Message, d protocol.DotsInfo) error {
	if d.ObsDim != s.spec.ObsDim {
		return refuse("protocol", "dots with %d observations; %s has %d", d.ObsDim, s.spec.Title, s.spec.ObsDim)
	}
	row := d.ObsDim + protocol.NumDot
	if len(m.Data) < 1 || d.Count < 0 || len(m.Data[0]) != 4*row*d.Count {
		return refuse("protocol", "%d dots come as one array of %d numbers each", d.Count, row)
	}
	if known := d.StateDim > 0; d.StateDim < 0 || known != (len(m.Data) == 2) || known && len(m.Data[1]) != 8*d.StateDim*d.Count {
		return refuse("protocol", "the states of %d dots come as one array of %d numbers each", d.Count, d.StateDim)
	}
	numbers := float32s(m.Data[0])
	var states []float64
	if d.StateDim > 0 {
		states = float64s(m.Data[1])
	}
	for i := range d.Count {
		r := numbers[i*row : (i+1)*row]
		s.visited.add(r[:d.ObsDim], states[i*d.StateDim:(i+1)*d.StateDim], 0, float64(r[d.ObsDim+protocol.DotVariance]),
			float64(r[d.ObsDim+protocol.DotError]), float64(r[d.ObsDim+protocol.DotShift]))
	}
	s.visited.quiet = workerQuiet
	s.forgetOverwritten()
	s.layoutDots()
	return nil
}

// float32s reads little-endian numbers.
func float32s(b []byte) []float32 {
	x := make([]float32, len(b)/4)
	for i := range x {
		x[i] = math.Float32frombits(uint32(b[4*i]) | uint32(b[4*i+1])<<8 | uint32(b[4*i+2])<<16 | uint32(b[4*i+3])<<24)
	}
	return x
}

// float64s reads little-endian numbers.
func float64s(b []byte) []float64 {
	x := make([]float64, len(b)/8)
	for i := range x {
		var u uint64
		for k := range 8 {
			u |= uint64(b[8*i+k]) << (8 * k)
		}
		x[i] = math.Float64frombits(u)
	}
	return x
}

// curves are the two lines of the learning panel.
type curves struct {
	one, many plot.Curve
	total     int
	solved    float64
	steps     float64 // K of the last row
}

// learning is what the panel shows: the training of this tab, or before there is one how the acting policy was trained.
func (s *Session) learning() *curves {
	if s.curve.empty() && s.policy != nil {
		return &s.past
	}
	return &s.curve
}

func (c *curves) empty() bool { return len(c.one.X) == 0 && c.total == 0 }

// recall takes the evaluations of a finished training from its record.
func (c *curves) recall(r *checkpoint.Record, solved float64) {
	c.clear()
	c.solved = solved
	if len(r.Curve) == 0 {
		return
	}
	c.total = r.TotalSteps
	for _, e := range r.Curve {
		steps := float64(e.EnvSteps)
		c.one.Append(steps, e.OneStep.Mean, e.OneStep.Std)
		if e.Many.Episodes > 0 {
			c.many.Append(steps, e.Many.Mean, e.Many.Std)
			c.steps = float64(e.ManySteps)
		}
	}
}

func (c *curves) clear() { c.one.Reset(); c.many.Reset(); c.total, c.steps = 0, 0 }

func (c *curves) add(b []byte) {
	rows := float64s(b)
	for i := 0; i+protocol.NumEvaluation <= len(rows); i += protocol.NumEvaluation {
		r := rows[i : i+protocol.NumEvaluation]
		c.one.Append(r[protocol.EvalEnvSteps], r[protocol.EvalOneStepMean], r[protocol.EvalOneStepStd])
		c.many.Append(r[protocol.EvalEnvSteps], r[protocol.EvalManyMean], r[protocol.EvalManyStd])
		c.steps = r[protocol.EvalManySteps]
	}
}

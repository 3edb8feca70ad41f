package sim

import (
	"cmp"
	"maps"
	"math"

	"onestep/engine/env"
	"onestep/engine/physics"
	"onestep/engine/rng"
	"onestep/policy/actor"
	"onestep/wasm/app/change"
	"onestep/wasm/app/weights"
	"onestep/wasm/protocol"
)

// Labels of the random streams that are split off the body's seed; the third is the probe's.
const (
	streamNoise    = 1
	streamEpisodes = 2
	streamDrive    = 4
)

// Outside is what a world needs of the program around it.
type Outside struct {
	// Clock is a monotonic time, s; only for measuring how long things take.
	Clock func() float64
	// Env makes the environment of a task, or of a person's own model.
	Env func(task string, model *env.Model) (env.Env, error)
	// Report takes a failure that no message caused.
	Report func(error)
}

// World is the body with all that moves it.
type World struct {
	Moment
	Touches int // times that a person took hold of a limb or pushed the body

	out                  Outside
	env                  env.Env
	model                *env.Model  // of a custom task
	noise, seeds, random *rng.Stream // of the candidates, of the episodes, of the actions that nobody chose
	clock                clock
	meter                meter
	late                 *actor.Late // the actions on their way
	pushed               bool        // by a person, with the next step
	trouble              int         // failures of the policy in a row
	calm                 float64     // s until a divergence is reported again
	changed              change.Set
}

// New makes a world without a body; SetTask gives it one.
func New(out Outside) *World {
	w := &World{out: out, Moment: Moment{
		Sampler: protocol.Sampler{Steps: 1, ManySteps: 20, BestOf: 1},
		Play:    protocol.Play{Playing: true, Speed: 1},
		Scrub:   protocol.Scrub{Auto: true},
		Drive:   protocol.Drive{Mode: DrivePolicy},
		Ghosts:  true,
	}}
	w.meter.init()
	return w
}

// Take returns what has changed since the last Take.
func (w *World) Take() change.Set {
	c := w.changed
	w.changed = 0
	return c
}

// settle does what follows from what has just changed: another action, another ghost. A decision that takes time is broken off
// where somebody or something else decides; other weights of the same training wait for the next one.
func (w *World) settle(c change.Set) {
	w.changed |= c
	if c.Has(change.Jumped|change.Agent|change.Sampler|change.Driver|change.Values) || c.Has(change.Weights) && w.Delay(w.Decision.NFE) == 0 {
		w.late.Restart()
	}
	if c.Has(change.Arrived|change.Agent|change.Weights|change.Sampler|change.Driver|change.Values) && w.late.Deciding() {
		w.decide(c.Has(change.Arrived | change.First | change.Driver))
		w.late.Take(w.Delay(w.Decision.NFE), w.Spec.ControlPeriod)
		copy(w.late.Coming, w.Decision.Action)
	}
	if c.Has(change.Jumped | change.Agent | change.Sampler | change.Driver | change.Ghosts) {
		w.startGhost()
	}
}

// SetTask changes the body and starts its first episode. A policy for another task or body is dropped. What cannot be built
// changes nothing.
func (w *World) SetTask(v protocol.TaskSeed) error {
	if w.env == nil || v.Task != w.Task || v.Model != nil {
		if err := w.build(v.Task, ModelOf(v.Model)); err != nil {
			return err
		}
	}
	root := rng.New(v.Seed)
	w.noise, w.seeds, w.random = root.Split(streamNoise), root.Split(streamEpisodes), root.Split(streamDrive)
	w.Decision.init(w.Spec)
	w.Episode = Episode{Last: math.NaN()}
	w.trouble, w.Held = 0, false
	w.LetGo()
	w.changed |= change.Task
	w.reset()
	return nil
}

// build puts another body on the stage.
func (w *World) build(task string, model *env.Model) error {
	e, err := w.out.Env(task, model)
	if err != nil {
		return protocol.Refuse("bad-config", "%w", err)
	}
	if w.Policy != nil && (w.Info.Task != task || !sameBody(w.Policy.Model(), model)) {
		w.Policy, w.Info = nil, protocol.PolicyInfo{}
		w.meter.forget()
		w.changed |= change.Agent
	}
	w.env, w.Spec, w.Task, w.model = e, e.Spec(), task, model
	w.Obs = make([]float64, w.Spec.ObsDim)
	w.late = actor.NewLate(0, w.Spec.ControlPeriod, env.Timesteps(e), w.Spec.ActDim)
	w.Figure.init(e)
	w.Ghost.init(w.out.Env(task, model))
	w.Lane = Lane{}
	w.Drive.Values = nil
	w.changed |= change.Body
	return nil
}

// Body describes the body.
func (w *World) Body() protocol.BodyInfo {
	info := protocol.BodyInfo{
		Task: w.Task, Title: w.Spec.Title, ObsDim: w.Spec.ObsDim, ActDim: w.Spec.ActDim,
	}
	for _, q := range w.Spec.Actions {
		info.Actions = append(info.Actions, protocol.Quantity(q))
	}
	if e, ok := w.env.(interface{ Notes() []string }); ok {
		info.Notes = e.Notes()
	}
	return info
}

// ModelOf is a message's model as the environment takes it.
func ModelOf(m *protocol.Model) *env.Model {
	if m == nil {
		return nil
	}
	return &env.Model{Name: m.Name, Files: m.Files, Reward: m.Reward, Done: m.Done}
}

// sameBody tells whether two models are the same files, whatever their rewards; none is one without files.
func sameBody(a, b *env.Model) bool {
	var none env.Model
	a, b = cmp.Or(a, &none), cmp.Or(b, &none)
	return a.Name == b.Name && maps.Equal(a.Files, b.Files)
}

// SetPolicy lets a policy act from this very state on, or says why it cannot; name is what messages call it. The weights of
// one training change four times a second: body and ghost go on with the same newest ones.
func (w *World) SetPolicy(p *weights.Policy, from protocol.PolicySource, name string) error {
	info := p.Info()
	if err := w.fits(p, name); err != nil {
		return err
	}
	c := change.Weights
	if w.Policy == nil {
		c |= change.First
	}
	if w.Policy == nil || from.Source != w.Info.Source || from.Name != w.Info.Name || info.Algorithm != w.Info.Algorithm {
		c |= change.Agent
	}
	if c.Has(change.Agent) && w.Policy != nil { // what the last one has earned is not the next one's
		w.Release()
		w.Episode.Return, w.Episode.Steps, w.Episode.Broken = 0, 0, true
	}
	info.Source, info.Name = from.Source, from.Name
	w.Policy, w.Info, w.trouble = p, info, 0
	w.charge()
	w.meter.forget()
	w.settle(c)
	if c.Has(change.Agent) {
		w.restartLanes()
	}
	return nil
}

// ReadGraph reads a policy that another program trained, an ONNX graph, and matches it to the body.
func (w *World) ReadGraph(b []byte) (*weights.Policy, error) {
	return weights.ReadGraph(b, w.Task, w.model, w.Spec)
}

// fits says why a policy cannot act on the body, or nil.
func (w *World) fits(p *weights.Policy, name string) error {
	info := p.Info()
	switch {
	case info.Task != w.Task:
		return protocol.Refuse("bad-file", "%s was trained for the task %q, the stage shows %q", name, info.Task, w.Task)
	case !sameBody(p.Model(), w.model):
		return protocol.Refuse("bad-file", "%s was trained on another body than the one on the stage", name)
	case info.ObsDim != w.Spec.ObsDim || info.ActDim != w.Spec.ActDim:
		return protocol.Refuse("bad-file", "%s has %d observations and %d actions, %s has %d and %d", name,
			info.ObsDim, info.ActDim, w.Spec.Title, w.Spec.ObsDim, w.Spec.ActDim)
	}
	return nil
}

// maxLatency is the longest time of one evaluation, s.
const maxLatency = 0.1

// SetSampler changes how the policy acts.
func (w *World) SetSampler(v protocol.Sampler) error {
	switch {
	case v.Steps < 1 || v.Steps > weights.MaxSteps:
		return protocol.Refuse("bad-config", "steps is %d, not in 1..%d", v.Steps, weights.MaxSteps)
	case v.ManySteps < 2 || v.ManySteps > weights.MaxSteps:
		return protocol.Refuse("bad-config", "manySteps is %d, not in 2..%d", v.ManySteps, weights.MaxSteps)
	case !(v.Latency >= 0 && v.Latency <= maxLatency):
		return protocol.Refuse("bad-config", "latency is %v, not in 0..%v", v.Latency, maxLatency)
	case v.BestOf < 1 || v.BestOf > weights.MaxBatch:
		return protocol.Refuse("bad-config", "bestOf is %d, not in 1..%d", v.BestOf, weights.MaxBatch)
	}
	other := v != w.Sampler
	w.Sampler = v
	w.meter.forget()
	w.settle(change.Sampler)
	if other {
		w.restartLanes()
	}
	return nil
}

// SetDrive changes who moves the joints, from this very state on.
func (w *World) SetDrive(v protocol.Drive) error {
	switch v.Mode {
	case DrivePolicy, DriveZero, DriveNoise, DriveHand:
	default:
		return protocol.Refuse("bad-config", "the drive is %q, not policy, zero, noise or hand", v.Mode)
	}
	if len(v.Values) > w.Spec.ActDim {
		return protocol.Refuse("bad-config", "%d values for the %d actions of %s", len(v.Values), w.Spec.ActDim, w.Spec.Title)
	}
	for i, x := range v.Values {
		if !(math.Abs(x) <= 1) {
			return protocol.Refuse("bad-config", "value %d is %v, not in -1..1", i, x)
		}
	}
	c := change.Values
	if v.Mode != w.Drive.Mode {
		c |= change.Driver
	}
	w.Drive = v
	if v.Mode != DrivePolicy {
		w.Episode.Broken = true
	}
	w.settle(c)
	if c.Has(change.Driver) {
		w.trouble = 0
	}
	return nil
}

// SetPlay starts, stops and paces the body's time; it takes single steps and starts the next episode.
func (w *World) SetPlay(v protocol.Play) error {
	if !(v.Speed >= 0.05 && v.Speed <= 8) {
		return protocol.Refuse("bad-config", "speed is %v, not in 0.05..8", v.Speed)
	}
	if v.Single < 0 || v.Single > 1000 {
		return protocol.Refuse("bad-config", "single is %d, not in 0..1000", v.Single)
	}
	if v.Playing && !w.Play.Playing || v.Single > 0 || v.Reset {
		w.Release()
		w.trouble = 0
	}
	w.Play.Playing, w.Play.Speed, w.Play.Max = v.Playing, v.Speed, v.Max
	w.changed |= change.Playing
	if v.Reset {
		w.reset()
	}
	for range v.Single {
		w.Step()
		w.clock.debt = w.Spec.ControlPeriod // the end of the step is shown
	}
	return nil
}

// SetScrub moves the flow's t, or lets it run.
func (w *World) SetScrub(v protocol.Scrub) error {
	if !(v.T >= 0 && v.T <= 1) {
		return protocol.Refuse("bad-config", "t is %v, not in 0..1", v.T)
	}
	w.Scrub = v
	if !v.Auto {
		w.T = v.T
	}
	w.changed |= change.Time
	return nil
}

// SetGhosts says whether there is to be a ghost.
func (w *World) SetGhosts(on bool) {
	if on != w.Ghosts {
		w.Ghosts = on
		w.settle(change.Ghosts)
	}
}

// reset starts the next episode.
func (w *World) reset() {
	e := &w.Episode
	e.Return, e.Reward, e.Steps, e.Broken, e.Over, e.Final = 0, 0, 0, false, false, false
	w.env.Reset(w.seeds.Uint64())
	w.late.Reset()
	w.clock.debt, w.clock.lie = 0, 0
	w.Trail = w.Trail[:0]
	w.arrive(true)
	w.regrab()
}

// arrive takes in the state that the body has come to, and decides there. jump tells that the body did not move to it but
// was put there.
func (w *World) arrive(jump bool) {
	w.env.Observe(w.Obs)
	c := change.Arrived
	if w.Figure.arrive(w.env, jump) {
		c |= change.Jumped | change.Motion
	}
	w.settle(c)
	w.Ghost.compare(&w.Figure)
}

// Step lets the body take its action, and the ghost its own; after a final state it starts the next episode.
func (w *World) Step() {
	if w.clock.lie > 0 {
		w.endEpisode()
		return
	}
	if !w.Decision.Valid {
		return
	}
	w.pull()
	e := &w.Episode
	if !e.Over {
		r := stepLate(w.env, w.late)
		e.Steps++
		if err := env.Diverged(w.env); err != nil {
			w.flewApart(err)
			return
		}
		e.Return, e.Reward = e.Return+r.Reward, r.Reward
		w.leaveTrail()
		e.Over, e.Final = r.Terminated || r.Truncated, r.Terminated
	}
	w.haunt()
	if e.Over && (!w.Lane.On || w.Ghost.Still || !w.Ghost.On) {
		w.lieDown()
		return
	}
	w.arrive(false)
}

// lieDown shows a final state for a moment, in which nobody decides and no noise is drawn; an episode that the clock has ended is
// followed by the next one at once, and so is every one where time runs as fast as it can.
func (w *World) lieDown() {
	if final := w.Episode.Final || w.Lane.On && w.Ghost.Final; !final || w.Play.Max {
		w.endEpisode()
		return
	}
	w.Figure.arrive(w.env, false)
	w.clock.lie, w.clock.debt = lying/math.Max(1, w.Play.Speed), w.Spec.ControlPeriod
	w.changed |= change.Motion
}

// endEpisode counts the episode and starts the next one.
func (w *World) endEpisode() {
	e := &w.Episode
	if !e.Broken {
		e.Last = e.Return
		if w.Lane.On && w.Ghost.On {
			w.Lane.count(e.Return, w.Ghost.Return)
		}
	}
	e.Done++
	w.reset()
}

// restartLanes starts the next episode where two lanes are to have one start, and forgets the returns of others.
func (w *World) restartLanes() {
	if w.Lane.On {
		w.Lane.Pairs = 0
		w.reset()
	}
}

// stepLate lets a control period pass in which actions arrive late.
func stepLate(e env.Env, late *actor.Late) env.Result {
	action, timesteps := late.Next()
	if d, ok := e.(env.Delayed); ok {
		d.Delay(late.Force, timesteps)
	}
	r := e.Step(action)
	late.Passed()
	return r
}

// reportPause is the least time between two reports of a body that diverges again and again, s.
const reportPause = 2

// flewApart reports that the body has left the finite world and starts the next episode.
func (w *World) flewApart(err error) {
	if w.calm <= 0 {
		w.out.Report(protocol.Refuse("diverged", "the body diverged at step %d of the episode (%w); the episode starts anew", w.Episode.Steps, err))
		w.calm = reportPause
	}
	w.LetGo()
	w.reset()
}

// trailPoints is how many steps the trail remembers.
const trailPoints = 24

// leaveTrail remembers where the end of the last moving limb was.
func (w *World) leaveTrail() {
	shapes := w.Figure.now
	for i := len(shapes) - 1; i >= 0; i-- {
		if sh := &shapes[i]; sh.Kind == physics.ShapeCapsule && sh.Body > 0 {
			if len(w.Trail) >= 2*trailPoints {
				w.Trail = append(w.Trail[:0], w.Trail[2:]...)
			}
			w.Trail = append(w.Trail, sh.B[0], sh.B[1])
			return
		}
	}
}

// State appends the environment's state, as Hold takes it.
func (w *World) State(dst []float64) []float64 { return w.env.State(dst) }

// Hold puts the body into a state that it or the worker has been in, with the return of the episode there; where state is
// empty, into one that has the observation. The body waits there until Release.
func (w *World) Hold(state []float64, ret float64, obs []float64) error {
	if err := w.restore(state, ret, obs); err != nil {
		return protocol.Refuse("bad-config", "this state cannot be brought back: %w", err)
	}
	w.Held, w.Episode.Broken, w.Episode.Over, w.Episode.Final = true, true, false, false
	w.Trail = w.Trail[:0]
	w.clock.debt, w.clock.lie = 0, 0
	w.arrive(true)
	return nil
}

func (w *World) restore(state []float64, ret float64, obs []float64) error {
	if len(state) > 0 {
		if err := w.env.Restore(state); err != nil {
			return err
		}
		w.Episode.Return = ret
		return nil
	}
	e, ok := w.env.(interface{ RestoreObservation(obs []float64) error })
	if !ok {
		return protocol.Refuse("bad-config", "%s cannot be put where an observation was made", w.Spec.Title)
	}
	return e.RestoreObservation(obs)
}

// Release lets a held body go on from where it is.
func (w *World) Release() {
	if w.Held {
		w.Held = false
		w.changed |= change.Chosen
	}
}

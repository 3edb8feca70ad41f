package main

import (
	"errors"
	"fmt"
	"math"
	"runtime"

	"onestep/engine/env"
	"onestep/engine/rng"
	"onestep/policy/analysis"
	"onestep/policy/checkpoint"
	"onestep/policy/kernel"
	"onestep/policy/nn"
	"onestep/policy/settings"
	"onestep/policy/train"
	"onestep/wasm/protocol"
)

// How often a running training reports and looks up, s.
const (
	slicePeriod    = 0.005 // work between two looks at the messages
	metricsPeriod  = 0.2
	snapshotPeriod = 0.25
)

// What an evaluation and a probe consist of.
const (
	evaluationEpisodes = 20   // of short tasks
	evaluationSteps    = 8000 // environment steps that an evaluation may take
	fewestEpisodes     = 5
	evaluationsPerRun  = 24 // evenly over the steps of a run
	probeStates        = 48
	probeSamples       = 32
	defaultManySteps   = 8
	maxManySteps       = 32
	streamProbe        = 64 // label of the stream that chooses the probed states
	streamVisited      = 65 // and of the one that chooses which states are kept
)

type state int

const (
	idle    state = iota // no run
	running              // work has something to do
	paused               // the run is kept
)

// session is the worker without the browser: messages in, messages out.
type session struct {
	post  func(protocol.Message)
	now   func() float64 // s
	yield func()         // lets messages arrive and be handled

	state      state
	ended      bool // the run has taken all of its steps, and its last evaluation is over
	generation int  // grows with every run, so that work on an old one notices
	run        *train.Run
	live       protocol.Live

	evaluator *train.Evaluator
	probe     *analysis.Probe
	probed    *rng.Stream
	visited   *visited
	last      *analysis.Point // mean over the states that were probed last, or nil
	evalDue   int             // environment steps at which the next evaluation is due
	moments   *train.Moments  // of the run
	spent     float64         // wall time of training before resumedAt, s
	resumedAt float64
	looked    float64 // when messages were looked at last
	scoring   int     // grows with every ScoreRequest, so that an older one notices

	snapshotAt float64
	burst      *train.Burst // reported last
	burstAt    float64
	metrics    meter
	saved      saved

	round int                                    // of orders of helpers
	crew  *crew                                  // of a run whose batches have shards, otherwise nil
	open  func(m protocol.Message) (link, error) // the port that came with a message
}

// meter remembers the last row of metrics, for rates.
type meter struct {
	at       float64
	envSteps int
	updates  int
}

func newSession(post func(protocol.Message), now func() float64, yield func(), open func(protocol.Message) (link, error)) *session {
	return &session{post: post, now: now, yield: yield, open: open, live: protocol.Live{ManySteps: defaultManySteps}, burstAt: math.Inf(-1)}
}

// info greets the page.
func info() protocol.WorkerInfo {
	return protocol.WorkerInfo{Go: runtime.Version(), Lanes: kernel.Lanes()}
}

// busy reports whether work has something to do.
func (s *session) busy() bool { return s.state == running }

// handle answers one message.
func (s *session) handle(m protocol.Message) {
	var err error
	switch m.Type {
	case protocol.Train:
		err = s.train(m)
	case protocol.LoadRun:
		err = s.loadRun(m)
	case protocol.SetLive:
		err = s.setLive(m)
	case protocol.Draft:
		err = s.draft(m)
	case protocol.Pause:
		err = s.needRun()
		if err == nil {
			if s.state == running {
				s.pause()
				s.postSnapshot() // what is exported from now on is what the run stands at
			}
			s.reply(m, protocol.Paused)
			s.saveIfNew()
		}
	case protocol.Continue:
		err = s.resume()
		if err == nil {
			s.reply(m, protocol.Running)
		}
	case protocol.Stop:
		s.drop()
		s.post(protocol.New(protocol.Stopped, m.ID, nil))
	case protocol.SaveRun:
		err = s.save(m)
	case protocol.SaveNow:
		err = s.saveNow(m)
	case protocol.LoadState:
		err = s.loadState(m)
	case protocol.Help:
		err = s.help(m)
	case protocol.Compare:
		err = s.compare(m)
	case protocol.Gauge:
		err = s.gauge(m)
	case protocol.Grid:
		err = s.grid(m)
	case protocol.Score:
		s.score(m)
	default:
		err = fmt.Errorf("the worker knows no message of type %d", m.Type)
	}
	if err != nil {
		s.fail(m.ID, codeOf(m.Type), err)
	}
}

func codeOf(t protocol.Type) string {
	switch t {
	case protocol.Train, protocol.SetLive, protocol.Draft, protocol.Gauge:
		return "bad-config"
	case protocol.LoadRun, protocol.LoadState, protocol.Grid:
		return "bad-file"
	case protocol.Pause, protocol.Continue, protocol.SaveRun, protocol.SaveNow:
		return "no-run"
	}
	return "protocol"
}

// fail reports an error; what was there before stays.
func (s *session) fail(id int, code string, err error) {
	f := protocol.Failure{Code: code, Message: err.Error()}
	var d *train.Diverged
	if errors.As(err, &d) {
		f.Step = d.Step
	}
	var b *train.Burst
	if errors.As(err, &b) {
		f.Step = b.EnvStep
	}
	var n *nn.NotFinite
	if errors.As(err, &n) {
		f.Tensor = n.Network + " " + n.Tensor
	}
	s.post(protocol.New(protocol.WorkerError, id, f))
}

func (s *session) reply(m protocol.Message, t protocol.Type) {
	s.post(protocol.New(t, m.ID, s.runInfo()))
}

func (s *session) train(m protocol.Message) error {
	var q protocol.TrainRequest
	if err := m.Decode(&q); err != nil {
		return err
	}
	o, err := optionsOf(q)
	if err != nil {
		return err
	}
	r, err := train.NewRun(o)
	if err != nil {
		return err
	}
	if len(m.Data) > 0 {
		p, err := checkpoint.ReadPolicy(m.Data[0])
		if err != nil {
			return err
		}
		if err := checkpoint.Begin(r, p); err != nil {
			return err
		}
	}
	if err := s.adopt(r, 0); err != nil {
		return err
	}
	s.reply(m, protocol.Started)
	return s.resume()
}

func (s *session) loadRun(m protocol.Message) error {
	if len(m.Data) != 1 {
		return errors.New("a run file is one block of bytes")
	}
	r, record, err := checkpoint.ReadRun(m.Data[0])
	if err != nil {
		return err
	}
	if err := s.adopt(r, record.Seconds); err != nil {
		return err
	}
	s.present(m)
	s.saveIfNew()
	return nil
}

// present answers with the run that was read from a file: it stands paused.
func (s *session) present(m protocol.Message) {
	s.reply(m, protocol.Started)
	for _, e := range s.run.Curve {
		s.postEvaluation(e)
	}
	s.postSnapshot()
}

// adopt makes r the session's run. Nothing changes where it fails.
func (s *session) adopt(r *train.Run, seconds float64) error {
	evaluator, err := train.NewEvaluator(r.Options.Task, r.Options.Model, episodesOf(r.Env.Spec()), &r.Agent.EMA)
	if err != nil {
		return err
	}
	evaluator.ChargeUnclipped(r.Options.Config.Shared().UnclippedCost)
	s.generation++
	s.run, s.evaluator, s.spent, s.state, s.ended = r, evaluator, seconds, paused, r.Done()
	s.probed = rng.New(r.Options.Seed).Split(streamProbe)
	s.visited = newVisited(r, rng.New(r.Options.Seed).Split(streamVisited))
	s.last = nil
	if n := len(r.Curve); n > 0 {
		s.last = r.Curve[n-1].Probe
	}
	s.makeProbe()
	s.evalDue, s.moments = nextEvaluation(r), train.NewMoments(r, protocol.KeyframesPerRun)
	s.metrics = meter{at: s.now(), envSteps: r.EnvSteps, updates: r.Agent.Updates}
	s.snapshotAt = 0
	s.saved = unsaved
	s.hire()
	return nil
}

// episodesOf is how many episodes an evaluation plays: fewer of long ones, so that training goes on.
func episodesOf(spec *env.Task) int {
	return max(fewestEpisodes, min(evaluationEpisodes, evaluationSteps/spec.MaxSteps))
}

// nextEvaluation is the environment step of the next evaluation: a multiple of the period, and the last
// step, each once.
func nextEvaluation(r *train.Run) int {
	every := max(r.Options.Steps/evaluationsPerRun, 1)
	next := (r.EnvSteps + every - 1) / every * every
	if n := len(r.Curve); n > 0 && r.Curve[n-1].EnvSteps == next {
		next += every
	}
	if r.EnvSteps < r.Options.Steps {
		next = min(next, r.Options.Steps)
	}
	return next
}

func (s *session) makeProbe() {
	s.probe = analysis.NewProbe(&s.run.Agent.EMA, float32(s.run.Options.Config.FitStd()), probeSamples, s.live.ManySteps, s.run.Options.Seed)
}

func (s *session) setLive(m protocol.Message) error {
	var l protocol.Live
	if err := m.Decode(&l); err != nil {
		return err
	}
	if l.ManySteps < 2 || l.ManySteps > maxManySteps {
		return fmt.Errorf("manySteps must lie in 2..%d, not %d", maxManySteps, l.ManySteps)
	}
	s.live = l
	if s.run != nil {
		s.makeProbe()
	}
	return nil
}

func (s *session) needRun() error {
	if s.run == nil {
		return errors.New("there is no training; press Train first")
	}
	return nil
}

func (s *session) pause() {
	if s.state == running {
		s.spent = s.seconds()
		s.state = paused
	}
}

func (s *session) resume() error {
	if err := s.needRun(); err != nil {
		return err
	}
	if s.ended {
		return errors.New("this training has used all of its steps; start a new one")
	}
	if s.state != running {
		s.resumedAt = s.now()
		s.metrics.at = s.resumedAt
		s.state = running
	}
	return nil
}

func (s *session) drop() {
	s.generation++
	s.run, s.evaluator, s.probe, s.state = nil, nil, nil, idle
	s.release()
}

func (s *session) save(m protocol.Message) error {
	if err := s.needRun(); err != nil {
		return err
	}
	b, err := checkpoint.RunBytes(s.run, checkpoint.NewRecord(s.seconds()))
	if err != nil {
		return err
	}
	s.post(protocol.New(protocol.RunFile, m.ID, s.runInfo(), b))
	return nil
}

// seconds is the wall time of training, pauses left out.
func (s *session) seconds() float64 {
	if s.state == running {
		return s.spent + s.now() - s.resumedAt
	}
	return s.spent
}

func (s *session) runInfo() protocol.RunInfo {
	r := s.run
	return protocol.RunInfo{
		Task: r.Options.Task, Algorithm: string(r.Options.Algorithm), Seed: r.Options.Seed, EnvSteps: r.EnvSteps,
		TotalSteps: r.Options.Steps, Updates: r.Agent.Updates, Seconds: s.seconds(), Config: settings.Map(r.Options.Config),
	}
}

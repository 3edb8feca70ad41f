package show

import (
	"errors"

	"onestep/engine/env"
	"onestep/engine/view"
	"onestep/wasm/app/change"
	"onestep/wasm/app/panel"
	"onestep/wasm/app/probe"
	"onestep/wasm/app/sim"
	"onestep/wasm/protocol"
)

// Outside is what the stage needs of the program around it.
type Outside struct {
	Post func(protocol.Message)
	// Clock is a monotonic time, s; only for measuring how long things take.
	Clock func() float64
	// Env makes the environment of a task, or of a person's own model.
	Env func(task string, model *env.Model) (env.Env, error)
	// Digest gives the SHA-256 of b, in hex, to done: perhaps later, but b is read at once. nil: Go's own.
	Digest func(b []byte, done func(hex string))
}

// streamParticles is the label of the probe's random stream, which is split off the body's seed; the others are sim's.
const streamParticles = 3

// Session is the stage's whole state.
type Session struct {
	*panel.Board

	out        Outside
	world      *sim.World
	probe      probe.Prober
	probing    probing
	visited    probe.Visited
	stage      panel.Stage
	appearance protocol.Appearance
	hashed     []byte // memory of what was digested last
	said       speech
	stats      stats
	changed    change.Set

	places        protocol.Places
	width, height float64 // device px
}

// New makes a stage that shows the given task at rest until the page says more.
func New(out Outside, task string, seed uint64) (*Session, error) {
	s := &Session{out: out, appearance: protocol.Appearance{Dark: true}}
	s.world = sim.New(sim.Outside{Clock: out.Clock, Env: out.Env, Report: s.Report})
	s.stage = panel.Stage{
		Now: &s.world.Moment, Probe: &s.probe, Visited: &s.visited, Selected: -1, Dark: true, Pixel: 1, Act: acts{s.world, s},
		View: protocol.View{Ghost: true, Value: true, Field: true, Weights: true, AxisX: -1, AxisY: -1},
	}
	s.Board = panel.NewBoard(&s.stage, panel.All(&s.stage)...)
	if err := s.setTask(0, protocol.TaskSeed{Task: task, Seed: seed}); err != nil {
		return nil, err
	}
	s.settle()
	return s, nil
}

// Handle takes one message of the page. What it refuses changes nothing and is answered by StageError.
func (s *Session) Handle(m protocol.Message) {
	if err := s.handle(m); err != nil {
		s.fail(m.ID, err)
	}
	s.settle()
}

// Report posts a failure that no message caused.
func (s *Session) Report(err error) { s.fail(0, err) }

func (s *Session) fail(id int, err error) {
	f := protocol.Failure{Code: "protocol", Message: err.Error()}
	if r := (*protocol.Refusal)(nil); errors.As(err, &r) {
		f.Code = r.Code
	}
	if f.Code == "diverged" {
		f.Step = s.world.Episode.Steps
	}
	s.out.Post(protocol.New(protocol.StageError, id, f))
}

func (s *Session) handle(m protocol.Message) error {
	switch m.Type {
	case protocol.Configure:
		return decoded(m, s.configure)
	case protocol.LoadPolicy:
		return decoded(m, func(p protocol.PolicySource) error { return s.loadPolicy(m, p) })
	case protocol.Arrange:
		return decoded(m, s.setPlaces)
	case protocol.SetSampler:
		return decoded(m, s.world.SetSampler)
	case protocol.SetPlay:
		return decoded(m, s.world.SetPlay)
	case protocol.SetScrub:
		return decoded(m, s.world.SetScrub)
	case protocol.SetTask:
		return decoded(m, func(t protocol.TaskSeed) error { return s.setTask(m.ID, t) })
	case protocol.SetDrive:
		return decoded(m, s.world.SetDrive)
	case protocol.SetView:
		return decoded(m, s.setView)
	case protocol.SetLane:
		return decoded(m, func(v protocol.Lane) error { return s.setLane(m, v) })
	case protocol.Push:
		return decoded(m, s.world.Push)
	case protocol.SelectDot:
		return decoded(m, s.walk)
	case protocol.Export:
		return decoded(m, func(q protocol.ExportRequest) error { return s.export(m, q) })
	case protocol.ExportPanel:
		return decoded(m, func(q protocol.PanelRequest) error { return s.exportPanel(m.ID, q) })
	case protocol.QRCode:
		return decoded(m, func(q protocol.QRText) error { return s.drawCode(m.ID, q) })
	case protocol.Dots:
		if err := decoded(m, func(d protocol.DotsInfo) error { return s.addDots(m, d) }); err != nil {
			return err
		}
	}
	mine, c, err := s.Hear(m)
	s.changed |= c
	if !mine && err == nil && m.Type != protocol.Dots {
		return protocol.Refuse("protocol", "the stage knows no message of type %d", m.Type)
	}
	return err
}

func decoded[T any](m protocol.Message, use func(T) error) error {
	var body T
	if err := m.Decode(&body); err != nil {
		return err
	}
	return use(body)
}

// settle brings everything up to date with what has changed.
func (s *Session) settle() {
	c := s.changed | s.world.Take()
	s.changed = 0
	if s.stage.Selected >= 0 && !s.world.Held {
		s.stage.Selected = -1
		s.postLive()
	}
	if c.Has(change.Body) || c.Has(change.Agent) && !c.Has(change.First) || c.Has(change.Measure) { // dots tell of one agent on one body, and of one noise
		s.visited.Init(s.world.Spec.ObsDim)
		c |= change.Dots
	}
	if c.Has(change.Body) {
		s.probe.Axes.Reset()
	}
	if c.Has(change.Action | change.Playing | change.Cloud | change.Measure | change.Chosen) {
		s.probing.wanted = true
	}
	s.Settle(c)
}

// Pointer takes a pointer event at (x, y) in CSS pixels.
func (s *Session) Pointer(kind panel.PointerKind, x, y float64) {
	s.Board.Pointer(kind, x*s.stage.Pixel, y*s.stage.Pixel)
	s.changed |= change.Pointer
	s.settle()
}

// Resize lays everything out for a stage of that many device pixels.
func (s *Session) Resize(width, height, pixel float64) {
	s.stage.Pixel, s.width, s.height = pixel, width, height
	s.arrange()
	s.settle()
}

// setPlaces lays everything out where the page wants it.
func (s *Session) setPlaces(places protocol.Places) error {
	for name, p := range places {
		for _, x := range [4]float64{p.X, p.Y, p.W, p.H} {
			if !(x >= 0 && x <= 1) {
				return protocol.Refuse("bad-config", "the panel %q has a place beyond the stage: %v", name, p)
			}
		}
	}
	s.places = places
	s.arrange()
	return nil
}

func (s *Session) arrange() {
	s.Arrange(s.places, s.width, s.height)
	s.changed |= change.Size
}

// Update moves the stage to the time now, s: the body by real time times speed, the flow panel's t, a part of the probing,
// and the panels that all this has changed. A stage that rests only says that it lives.
func (s *Session) Update(now float64) {
	begin := s.out.Clock()
	dt := s.world.Tick(now)
	if s.appearance.Resting {
		s.stats.count(dt, 0)
		return
	}
	simulated := s.world.Advance(dt, s.appearance.ReducedMotion)
	s.settle()
	s.advanceProbe(dt, probeBudget(dt, s.out.Clock()-begin+s.stats.drawing))
	s.stats.before = s.out.Clock() - begin
	s.world.Blend()
	s.settle()
	s.Move(dt)
	s.stats.count(dt, simulated)
	s.Draw()
}

// FrameDone tells that a frame was drawn (or that nothing had changed) and what our work took, s. It reports the numbers
// to the page about five times a second.
func (s *Session) FrameDone(f view.Frame) {
	if !s.stats.frame(f) {
		return
	}
	s.fillStats()
	s.WriteValues()
	s.describe(s.stats.since)
	s.out.Post(protocol.Message{Type: protocol.StageStats, Data: [][]byte{protocol.AppendFloat64s(nil, s.stats.row[:])}})
	s.stats.report()
}

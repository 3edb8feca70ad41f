package show

import (
	"errors"

	"onestep/wasm/app/change"
	"onestep/wasm/app/panel"
	"onestep/wasm/app/probe"
	"onestep/wasm/app/sim"
	"onestep/wasm/app/weights"
	"onestep/wasm/protocol"
)

// Session is the stage's whole state.
type Session struct {
	*panel.Board

	out        Outside
	world      *sim.World
	policies   weights.Reader // of body, ghost and probe; a lane has memory of its own
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

// handlers use the messages that the session answers or gives to the body; the panels hear all.
var handlers = map[protocol.Type]func(*Session, protocol.Message) error{
	protocol.Configure:   with((*Session).configure),
	protocol.LoadPolicy:  heard((*Session).loadPolicy),
	protocol.Arrange:     with((*Session).setPlaces),
	protocol.SetSampler:  moved((*sim.World).SetSampler),
	protocol.SetPlay:     moved((*sim.World).SetPlay),
	protocol.SetScrub:    moved((*sim.World).SetScrub),
	protocol.SetTask:     heard((*Session).setTask),
	protocol.SetDrive:    moved((*sim.World).SetDrive),
	protocol.SetView:     with((*Session).setView),
	protocol.SetLane:     heard((*Session).setLane),
	protocol.Push:        moved((*sim.World).Push),
	protocol.SelectDot:   with((*Session).walk),
	protocol.Export:      heard((*Session).export),
	protocol.ExportPanel: heard((*Session).exportPanel),
	protocol.QRCode:      heard((*Session).drawCode),
	protocol.Dots:        heard((*Session).addDots),
}

func (s *Session) handle(m protocol.Message) error {
	handler, known := handlers[m.Type]
	if known {
		if err := handler(s, m); err != nil {
			return err
		}
	}
	mine, c, err := s.Hear(m)
	s.changed |= c
	if !mine && !known && err == nil {
		return protocol.Refuse("protocol", "the stage knows no message of type %d", m.Type)
	}
	return err
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
	if c.Has(change.Agent) && s.world.Policy != nil { // what was being made is of the policy before it
		s.probe.Stop()
		s.probing.early = true
	}
	if c.Has(change.Action | change.Playing | change.Cloud | change.Measure | change.Chosen) {
		s.probing.wanted = true
	}
	s.Settle(c)
}

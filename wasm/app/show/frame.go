package show

import (
	"onestep/engine/view"
	"onestep/wasm/app/change"
	"onestep/wasm/app/panel"
	"onestep/wasm/protocol"
)

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
	s.advanceProbe(dt, probeBudget(dt, s.out.Clock()-begin+s.stats.drawing, !s.probe.Shown().Ready))
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

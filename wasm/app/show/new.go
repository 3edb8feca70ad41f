package show

import (
	"onestep/engine/env"
	"onestep/wasm/app/panel"
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

// New makes a stage that shows the given task at rest until the page says more.
func New(out Outside, task string, seed uint64) (*Session, error) {
	s := &Session{out: out, appearance: protocol.Appearance{Dark: true}}
	s.world = sim.New(sim.Outside{Clock: out.Clock, Env: out.Env, Report: s.Report})
	s.stage = panel.Stage{
		Now: &s.world.Moment, Probe: &s.probe, Visited: &s.visited, Selected: -1, Dark: true, Pixel: 1, Act: acts{s.world, s},
		View: protocol.View{Ghost: true, Value: true, Field: true, Weights: true, AxisX: -1, AxisY: -1},
	}
	s.Board = panel.NewBoard(&s.stage, panel.All(&s.stage)...)
	if err := s.setTask(protocol.Message{}, protocol.TaskSeed{Task: task, Seed: seed}); err != nil {
		return nil, err
	}
	s.settle()
	return s, nil
}

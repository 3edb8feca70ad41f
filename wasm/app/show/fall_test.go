package show

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/wasm/protocol"
)

// A body that falls after three actions is shown as it lies, with what the episode was worth, before the next one begins; what it
// then does is what it does without the pause.
func TestAFallIsSeen(t *testing.T) {
	b := acting(t, "hopper", "dpmd", protocol.Sampler{Steps: 1, ManySteps: 20, BestOf: 1})
	e := &b.world.Episode
	seen, start := 0, 0
	for range 80 { // 1.6 s
		b.frames(1)
		switch {
		case e.Over:
			seen++
			assert.True(t, e.Final)
			assert.Less(t, e.Steps, 10)
		case e.Steps == 0:
			start++
		}
		if seen == 20 {
			b.WriteValues()
			assert.Contains(t, b.texts(b.valuesOf(Body)), "fell after 0.05 s · return 2.7")
			assert.Contains(t, b.Describe(), "fell after 0.05 s, return 2.7; the next episode begins")
		}
	}
	assert.Equal(t, 1, e.Done, "it lay 0.8 s")
	assert.Greater(t, seen, 65)
	assert.GreaterOrEqual(t, start, 1, "the start of each episode is shown")

	stepped := acting(t, "hopper", "dpmd", protocol.Sampler{Steps: 1, ManySteps: 20, BestOf: 1})
	fast := acting(t, "hopper", "dpmd", protocol.Sampler{Steps: 1, ManySteps: 20, BestOf: 1})
	fast.send(protocol.SetPlay, protocol.Play{Playing: true, Speed: 1, Max: true})
	fast.frames(20)
	for stepped.world.Episode.Done < fast.world.Episode.Done || stepped.world.Episode.Steps < fast.world.Episode.Steps {
		stepped.world.Step()
	}
	require.Greater(t, fast.world.Episode.Done, 10, "at the highest speed nothing waits")
	assert.Equal(t, fast.world.State(nil), stepped.world.State(nil), "the same starts and the same noise")
}

// A fall is left by whatever moves the body: a single step, another episode, a state that was chosen; a paused body lies on.
func TestAFallenBodyIsLetGo(t *testing.T) {
	b := acting(t, "hopper", "dpmd", protocol.Sampler{Steps: 1, ManySteps: 20, BestOf: 1})
	e, start := &b.world.Episode, b.world.State(nil)
	fall := func() {
		for !e.Over {
			b.world.Step()
		}
	}
	for name, leave := range map[string]func(){
		"a single step":   func() { b.send(protocol.SetPlay, protocol.Play{Speed: 1, Single: 1}) },
		"another episode": func() { b.send(protocol.SetPlay, protocol.Play{Speed: 1, Reset: true}) },
		"another seed":    func() { b.send(protocol.SetTask, protocol.TaskSeed{Task: "hopper", Seed: 9}) },
		"a chosen state":  func() { require.NoError(t, b.world.Hold(start, 0, nil)); b.world.Release() },
	} {
		fall()
		b.send(protocol.SetPlay, protocol.Play{Speed: 1})
		b.frames(100)
		assert.True(t, e.Over, "paused it lies")
		leave()
		assert.False(t, e.Over, name)
		assert.False(t, e.Final, name)
		b.frames(3)
		assert.Nil(t, b.last(protocol.StageError))
	}
}

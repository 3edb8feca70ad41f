package show

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/wasm/protocol"
)

// Twenty evaluations of 5 ms each take two of a pendulum's control periods: the body goes on with the last action, first with
// none, and every second period begins with a decision. The panel says so, and nothing of it stays where thinking takes no time.
func TestTheStageActsLate(t *testing.T) {
	b := started(t)
	b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1})
	b.send(protocol.SetSampler, protocol.Sampler{Steps: 20, ManySteps: 20, BestOf: 1, Latency: 5e-3})
	b.send(protocol.SetPlay, protocol.Play{Speed: 1, Reset: true})
	body, err := env.Make("pendulum", nil)
	require.NoError(t, err)
	require.NoError(t, body.Restore(b.world.State(nil)))
	force, coming := []float64{0}, append([]float64(nil), b.world.Decision.Action...)
	for step := range 12 {
		if step > 0 && step%2 == 0 {
			require.NotEqual(t, coming, b.world.Decision.Action, "step %d: a new decision", step)
			force, coming = coming, append([]float64(nil), b.world.Decision.Action...)
		}
		require.Equal(t, coming, b.world.Decision.Action, "step %d: still the same", step)
		body.Step(force)
		b.send(protocol.SetPlay, protocol.Play{Speed: 1, Single: 1})
		require.Equal(t, body.State(nil), b.world.State(nil), "step %d", step)
	}
	text := strings.Join(b.texts(Body), "\n")
	assert.Contains(t, text, "thinking 100 of 50 ms")
	assert.Contains(t, text, "2 control periods late")
	b.frames(3)
	b.readable(t)

	b.send(protocol.SetSampler, protocol.Sampler{Steps: 1, ManySteps: 20, BestOf: 1, Latency: 5e-3})
	assert.Contains(t, strings.Join(b.texts(Body), "\n"), "in time")
	b.send(protocol.SetSampler, protocol.Sampler{Steps: 20, ManySteps: 20, BestOf: 1})
	assert.NotContains(t, strings.Join(b.texts(Body), "\n"), "thinking")
	b.send(protocol.SetSampler, protocol.Sampler{Steps: 20, ManySteps: 20, BestOf: 1, Latency: -1})
	assert.Contains(t, b.failure().Message, "latency is -1")
}

// The ghost is late by its own evaluations: beside a body that comes too late one step is in time.
func TestTheGhostIsLateByItsOwnSteps(t *testing.T) {
	b := trained(t, "pendulum")
	b.send(protocol.SetSampler, protocol.Sampler{Steps: 20, ManySteps: 20, BestOf: 1, Latency: 5e-3})
	b.send(protocol.SetPlay, protocol.Play{Speed: 1, Reset: true})
	apart := 0.0
	for range 150 {
		b.send(protocol.SetPlay, protocol.Play{Speed: 1, Single: 1})
		apart = max(apart, b.world.Ghost.Apart)
	}
	require.True(t, b.world.Ghost.On)
	assert.Greater(t, apart, 0.3, "of a rod of 1 m")
}

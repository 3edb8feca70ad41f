package panel

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/engine/plot"
	"onestep/engine/scene"
	"onestep/wasm/app/change"
	"onestep/wasm/app/sim"
	"onestep/wasm/protocol"
)

// Every action has a gauge within the panel, below the camera's view, whatever the size.
func TestBodyHasAGaugeForEachAction(t *testing.T) {
	for _, task := range []string{"pendulum", "reacher", "half_cheetah"} {
		for _, r := range []scene.Rect{{W: 420, H: 320}, {X: 10, Y: 20, W: 240, H: 200}} {
			s := newStage(t, task)
			p := NewBody(s)
			p.Changed(change.All)
			p.Layout(r)
			require.Len(t, p.gauges, s.Now.Spec.ActDim, task)
			view := p.Camera.View
			for i, g := range p.gauges {
				assert.True(t, g.X > r.X && g.X+g.W < r.X+r.W && g.Y+g.H < r.Y+r.H, "%s: gauge %d at %v", task, i, g)
				assert.GreaterOrEqual(t, g.Y, view.Y+view.H, "%s: gauge %d", task, i)
			}
			var texts []string
			for _, l := range p.Labels(nil) {
				texts = append(texts, l.Text)
			}
			assert.Contains(t, texts, "waiting for a policy")
			p.Move(-1) // at once
			var back, inside, front scene.List
			p.Draw(Lists{&back, &inside, &front})
			assert.NotEmpty(t, inside.Indices, "the body at rest")
			assert.Error(t, p.Save(&bytes.Buffer{}), "it is no plot")
		}
	}
}

// Names of actions fit beside their gauges.
func TestShortName(t *testing.T) {
	for text, want := range map[string]string{"torque of joint 1": "joint 1", "hip torque": "hip", "force on the long cart": "force on the l…"} {
		assert.Equal(t, want, shortName(text))
	}
	assert.Less(t, plot.TextWidth("tick", shortName("force on the long cart")), 110.0)
}

// On a telephone whether parting matters stays, and whose steps the ghost takes goes.
func TestTheGhostsWordsFit(t *testing.T) {
	const verdict = "no difference in 20 returns"
	p := NewBody(&Stage{Now: &sim.Moment{Spec: env.Listed()[0], Ghost: sim.Ghost{Steps: 20, Parted: 1.1, Apart: 0.5}}, View: protocol.View{Verdict: verdict}})
	assert.Equal(t, "ghost: 20 steps · parted after 1.1 s: "+verdict, p.ghostLegend(600))
	for room, want := range map[float64]string{320: "parted after 1.1 s: " + verdict, 150: "parted after 1.1 s"} {
		text := p.ghostLegend(room)
		assert.Equal(t, want, text)
		assert.LessOrEqual(t, plot.TextWidth("legend", text), room)
	}
	p.Now.Ghost = sim.Ghost{Steps: 1, Still: true, Time: 2}
	assert.Equal(t, "ghost: one step, over after 2.0 s", p.ghostText())
	assert.Equal(t, p.ghostText(), p.ghostLegend(10), "it has one part")
}

// A final state is called a fall where the task ends by falling: not where a goal is reached, nor where the clock ends it.
func TestHowAnEpisodeEnded(t *testing.T) {
	for _, c := range []struct {
		task  string
		final bool
		after float64
		want  string
	}{
		{"hopper", true, 0.024, "fell after 0.02 s"},
		{"walker2d", true, 1.52, "fell after 1.5 s"},
		{"inverted_pendulum", true, 12, "fell after 12.0 s"},
		{"inverted_pendulum", false, 40, "over after 40.0 s"},
		{"mountain_car", true, 7.5, "over after 7.5 s"},
	} {
		spec, err := env.Find(c.task)
		require.NoError(t, err)
		assert.Equal(t, c.want, NewBody(&Stage{Now: &sim.Moment{Spec: spec}}).ended(c.final, c.after))
	}
}

package panel

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/scene"
	"onestep/policy/analysis"
)

// chosen notes what a press asked for.
type chosen struct {
	Acts
	slot     int
	released bool
}

func (c *chosen) Choose(slot int) { c.slot = slot }
func (c *chosen) Release()        { c.released = true }

func TestScatterShowsVisitedStates(t *testing.T) {
	s := newStage(t, "half_cheetah") // with more than one action W2 is known between bounds
	acts := &chosen{slot: -1}
	s.Act = acts
	p := NewScatter(s)
	obs := make([]float32, s.Now.Spec.ObsDim)
	obs[0] = 0.5
	require.True(t, s.Visited.Add(obs, nil, 0, analysis.Point{Variance: 0.25, Lower: 0.2, Upper: 0.3, Shift: 0.1}))
	require.True(t, s.Visited.Add(obs, nil, 0, analysis.Point{Variance: 0.0004, Lower: 0.005, Upper: 0.006}))
	p.Layout(scene.Rect{W: 420, H: 300})
	assert.Equal(t, 1e-3, p.Axes.X.Lo, "a power of ten below the least error")
	assert.Equal(t, p.Axes.X, p.Axes.Y, "the bound is the diagonal")

	x, y := p.Axes.Point(0.5, 0.2)
	tip, cursor := p.Hover(x+2, y, true)
	assert.Equal(t, "spread 0.500 · W₂ 0.200 to 0.300 · mean shift 0.100", tip)
	assert.Equal(t, "pointer", cursor)
	assert.Nil(t, p.Press(x, y))
	assert.Equal(t, 0, acts.slot)
	tip, _ = p.Hover(x, y, false)
	assert.Empty(t, tip, "the pointer is elsewhere")
	p.Press(p.Axes.Frame.X+2, p.Axes.Frame.Y+2)
	assert.True(t, acts.released, "a press beside the dots lets the body go on")

	var csv bytes.Buffer
	require.NoError(t, p.Save(&csv))
	lines := strings.Split(csv.String(), "\n")
	assert.True(t, strings.HasPrefix(lines[1], "0,1,0.0004,0.005,0.006,0,"), "the newest comes first: %s", lines[1])
	assert.Len(t, strings.Split(lines[1], ","), 7+s.Now.Spec.ObsDim)
}

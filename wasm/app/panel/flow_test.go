package panel

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"onestep/engine/plot"
	"onestep/engine/scene"
	"onestep/wasm/app/probe"
)

// One action is drawn against t between the histograms of its ends; two actions are the axes of a square.
func TestFlowAxes(t *testing.T) {
	s := newStage(t, "pendulum")
	p := NewFlow(s)
	r := scene.Rect{W: 440, H: 300}
	p.Layout(r)
	assert.Equal(t, [2]float64{0, 1}, [2]float64{p.Axes.X.Lo, p.Axes.X.Hi}, "t from noise to action")
	assert.InDelta(t, p.left.X+p.left.W, p.Axes.Frame.X, 1e-9)
	assert.InDelta(t, p.right.X, p.Axes.Frame.X+p.Axes.Frame.W, 1e-9)

	s = newStage(t, "half_cheetah")
	q := NewFlow(s)
	q.Layout(r)
	assert.Equal(t, q.Axes.X, q.Axes.Y)
	for _, x := range []float64{-9, 0.25, 9} {
		assert.GreaterOrEqual(t, q.clamp(x), q.Axes.Y.Lo)
		assert.LessOrEqual(t, q.clamp(x), q.Axes.Y.Hi)
	}
	assert.Empty(t, q.Describe(), "nothing is told while nothing is known")
}

// The name of an upright axis gives way to the legend above it.
func TestUprightNamesKeepClearOfTheLegend(t *testing.T) {
	s := newStage(t, "half_cheetah")
	named := func(height float64) string {
		r := scene.Rect{W: 400, H: height}
		return s.upright(r, r.Inset(44, 58, 14, 44), "front thigh torque (120 N m)", "front thigh torque").Text
	}
	assert.Equal(t, "front thigh torque (120 N m)", named(300))
	assert.Equal(t, "front thigh torque", named(230))
	assert.Empty(t, named(165))
}

// Weights that are switched off leave the paths as they are, without weights.
func TestSwitchedOffWeightsLeavePathsWithoutWeights(t *testing.T) {
	s := newStage(t, "pendulum")
	p := NewFlow(s)
	pic := &probe.Picture{Paths: plot.Paths{N: 2, Dim: 1, Steps: 1, X: []float32{0, 1, 0, 1}, Weights: []float32{0.5, 1.5}}}
	s.View.Weights = true
	assert.Equal(t, pic.Paths, *p.weighted(pic))
	s.View.Weights = false
	shown := p.weighted(pic)
	assert.Empty(t, shown.Weights)
	assert.Equal(t, pic.Paths.X, shown.X)
	assert.Equal(t, []float32{0.5, 1.5}, pic.Paths.Weights, "the picture keeps them")
}

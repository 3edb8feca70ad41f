package panel

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/engine/rng"
	"onestep/policy/analysis"
	"onestep/wasm/app/change"
	"onestep/wasm/app/probe"
	"onestep/wasm/app/sim"
	"onestep/wasm/protocol"
)

// newStage is a stage without a policy: a body at rest.
func newStage(t *testing.T, task string) *Stage {
	t.Helper()
	w := sim.New(sim.Outside{Clock: func() float64 { return 0 }, Env: env.Make, Report: func(error) {}})
	require.NoError(t, w.SetTask(protocol.TaskSeed{Task: task, Seed: 1}))
	w.Blend()
	visited := &probe.Visited{}
	visited.Init(w.Spec.ObsDim)
	prober := &probe.Prober{}
	prober.Init(w.Spec.ActDim, rng.New(1))
	return &Stage{Now: &w.Moment, Probe: prober, Visited: visited, Selected: -1, Pixel: 1, View: protocol.View{AxisX: -1, AxisY: -1}}
}

// rows are evaluations at so many steps each, of what was probed then; nil where nothing was.
func rows(steps []float64, points ...*analysis.Point) protocol.Message {
	var all []float64
	for i, n := range steps {
		row := make([]float64, protocol.NumEvaluation)
		row[protocol.EvalEnvSteps] = n
		row[protocol.EvalOneStepMean], row[protocol.EvalOneStepStd] = -100*float64(i+1), 10
		row[protocol.EvalManyMean], row[protocol.EvalManyStd], row[protocol.EvalManySteps] = -90*float64(i+1), 5, 8
		p := analysis.Unknown()
		if points[i] != nil {
			p = *points[i]
		}
		row[protocol.EvalVariance], row[protocol.EvalLower], row[protocol.EvalUpper], row[protocol.EvalShift] = p.Variance, p.Lower, p.Upper, p.Shift
		all = append(all, row...)
	}
	return protocol.New(protocol.Curve, 0, protocol.CurveInfo{Reset: true, TotalSteps: 4000}, protocol.AppendFloat64s(nil, all))
}

// A panel that the page gives no place has neither labels nor a voice, and there is a figure of it all the same.
func TestPanelsOnDemand(t *testing.T) {
	s := newStage(t, "pendulum")
	b := NewBoard(s, NewLearning(s), NewTraining(s))
	places := protocol.Places{"curve": {W: 1, H: 0.5}}
	b.Arrange(places, 900, 600)
	b.Settle(change.All) // another body: what came before it is dropped
	point := &analysis.Point{Variance: 0.25, Lower: 0.2, Upper: 0.3, Shift: 0.1}
	_, _, err := b.Hear(rows([]float64{1000, 2000}, point, point))
	require.NoError(t, err)
	b.Settle(change.Rows)
	b.Draw()
	assert.Zero(t, b.Panels()[1].Rect)
	assert.Empty(t, b.Labels()[1].List)
	assert.False(t, b.Panels()[1].Dirty)
	assert.NotContains(t, b.Describe(), "W₂")
	_, _, err = b.Save(protocol.PanelRequest{Panel: "training", Format: "svg", AsSeen: true})
	assert.ErrorContains(t, err, "not shown")
	_, info, err := b.Save(protocol.PanelRequest{Panel: "training", Format: "svg"})
	require.NoError(t, err)
	assert.Equal(t, 640.0, info.Width)
	assert.Empty(t, b.Labels()[1].List, "it is on the stage no more than before")

	places["training"] = protocol.Place{Y: 0.5, W: 1, H: 0.5}
	b.Arrange(places, 900, 600)
	b.Settle(change.Size)
	b.Draw()
	assert.True(t, b.Rearranged())
	assert.Equal(t, 300.0, b.Panels()[1].Rect.H)
	assert.NotEmpty(t, b.Labels()[1].List)
	assert.True(t, b.Panels()[1].Dirty)
	assert.Contains(t, b.Describe(), "W₂")

	delete(places, "training")
	b.Arrange(places, 900, 600)
	b.Settle(change.Size)
	assert.Empty(t, b.Labels()[1].List)
}

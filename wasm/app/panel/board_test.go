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

// spare is a panel that is shown on demand.
type spare struct{ *Learning }

func (spare) About() About {
	return About{protocol.PanelInfo{Name: "spare", Title: "Spare", OnDemand: true}, (*Learning)(nil).About().Place}
}

// A panel on demand has a place, labels and a voice only while the view names it, and then the others make room.
func TestPanelsOnDemand(t *testing.T) {
	s := newStage(t, "pendulum")
	b := NewBoard(s, NewScatter(s), NewLearning(s), spare{NewLearning(s)})
	b.Arrange(900, 300)
	b.Settle(change.All)
	width := b.Panels()[1].Rect.W
	assert.Zero(t, b.Panels()[2].Rect)
	assert.Empty(t, b.Labels()[2].List)
	_, _, err := b.Save(protocol.PanelRequest{Panel: "spare", Format: "svg"})
	assert.ErrorContains(t, err, "not shown")

	s.View.Panels = []string{"spare", "attic"}
	b.Settle(change.Panels)
	b.Draw()
	assert.Less(t, b.Panels()[1].Rect.W, width)
	assert.Greater(t, b.Panels()[2].Rect.W, 200.0)
	assert.NotEmpty(t, b.Labels()[2].List)
	assert.True(t, b.Panels()[2].Dirty)
	_, _, err = b.Save(protocol.PanelRequest{Panel: "spare", Format: "svg"})
	assert.NoError(t, err)

	s.View.Panels = nil
	b.Settle(change.Panels)
	assert.Equal(t, width, b.Panels()[1].Rect.W)
	assert.Zero(t, b.Panels()[2].Rect)
	assert.Empty(t, b.Labels()[2].List)
}

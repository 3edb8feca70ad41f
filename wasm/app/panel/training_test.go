package panel

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/scene"
	"onestep/policy/analysis"
	"onestep/policy/checkpoint"
	"onestep/policy/train"
	"onestep/wasm/app/change"
	"onestep/wasm/protocol"
)

func TestTrainingShowsWhatWasProbed(t *testing.T) {
	s := newStage(t, "pendulum")
	p := NewTraining(s)
	p.Layout(scene.Rect{W: 300, H: 220})
	require.Len(t, p.Labels(nil), 1, "a sentence while there is nothing")
	assert.Empty(t, p.Describe())

	mine, c, err := p.Hear(rows([]float64{0, 1000, 2000}, nil,
		&analysis.Point{Variance: 0.25, Lower: 0.2, Upper: 0.3, Shift: 0.1}, &analysis.Point{Variance: 0.04, Lower: 0.02, Upper: 0.02, Shift: 0}))
	require.NoError(t, err)
	assert.True(t, mine)
	assert.Equal(t, change.Rows, c)
	require.Equal(t, []float64{1000, 2000}, p.Run.Steps, "the evaluation before the first transition probes nothing")
	layout, _ := p.Changed(c)
	require.True(t, layout)
	p.Layout(scene.Rect{W: 300, H: 220})
	assert.Equal(t, 4000.0, p.Axes.X.Hi)
	assert.Equal(t, [2]float64{0.001, 1}, [2]float64{p.Axes.Y.Lo, p.Axes.Y.Hi}, "a shift of 0 lies at the smallest distance that is shown")

	var back, inside, front scene.List
	p.Draw(Lists{&back, &inside, &front})
	assert.NotEmpty(t, inside.Indices)
	x, _ := p.Axes.Point(1000, 1)
	tip, _ := p.Hover(x, 0, true)
	assert.Equal(t, "1,000 steps · W₂ 0.200 to 0.300 · mean shift 0.100 · spread 0.500", tip)
	assert.Contains(t, p.Describe(), "W₂ 0.020, its mean shift 0.000, and the spread of the actions 0.200")

	var csv bytes.Buffer
	require.NoError(t, p.Save(&csv))
	assert.Equal(t, "2000,0.02,0.02,0,0.2", strings.Split(csv.String(), "\n")[2])

	_, _, err = p.Hear(protocol.New(protocol.Curve, 0, protocol.CurveInfo{}, make([]byte, 12)))
	assert.ErrorContains(t, err, "rows")
	p.Changed(change.Body)
	assert.Empty(t, p.Run.Steps, "another body has another training")
}

// A record tells of the training that made a policy.
func TestTrainingIsRecalled(t *testing.T) {
	var q Probed
	q.recall(&checkpoint.Record{TotalSteps: 500, Curve: []train.Evaluation{{EnvSteps: 100}, {EnvSteps: 200, Probe: &analysis.Point{Variance: 1}}}})
	assert.Equal(t, []float64{200}, q.Steps)
	assert.Equal(t, 500, q.Total)
}

package panel

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/plot"
	"onestep/engine/scene"
	"onestep/policy/analysis"
	"onestep/wasm/app/change"
	"onestep/wasm/app/weights"
	"onestep/wasm/protocol"
)

func TestLearningShowsTheReturns(t *testing.T) {
	s := newStage(t, "pendulum")
	p := NewLearning(s)
	p.Layout(scene.Rect{W: 320, H: 240})
	require.Len(t, p.Labels(nil), 1, "a sentence while there is nothing")
	assert.Equal(t, "Learning", p.Title(300))

	mine, c, err := p.Hear(rows([]float64{0, 1000, 2000}, nil, nil, nil))
	require.NoError(t, err)
	assert.True(t, mine)
	assert.Equal(t, change.Rows, c)
	p.Layout(scene.Rect{W: 320, H: 240})
	assert.Equal(t, 4000.0, p.Axes.X.Hi, "the whole training")
	assert.LessOrEqual(t, p.Axes.Y.Lo, -310.0, "the lower end of the spread")
	_, solved := p.Axes.Point(0, s.Now.Spec.Solved)
	y, ok := p.solvedAt(p.Shown())
	assert.True(t, ok, "the goal is among what the axes show")
	assert.InDelta(t, solved, y, 1e-9)

	x, _ := p.Axes.Point(1000, 0)
	tip, _ := p.Hover(x, 0, true)
	assert.Equal(t, "1,000 steps · one step −200 · 8 steps −180", tip)
	assert.Equal(t, "The last evaluation of the training returned −300.", p.Describe())
	var csv bytes.Buffer
	require.NoError(t, p.Save(&csv))
	assert.Equal(t, "2000,-300,10,-270,5,8", strings.Split(csv.String(), "\n")[3])

	_, _, err = p.Hear(protocol.New(protocol.Curve, 0, protocol.CurveInfo{}, make([]byte, 12)))
	assert.ErrorContains(t, err, "rows")
	p.Changed(change.Body)
	assert.True(t, p.Shown().Empty(), "another body has another training")
}

// A training that has just begun is not called untrained: its first evaluation stands long after its body began to move.
func TestARunThatHasBegunIsNotUntrained(t *testing.T) {
	p := NewLearning(newStage(t, "pendulum"))
	for _, c := range []struct {
		steps []float64
		of    string
	}{{[]float64{0}, "run"}, {[]float64{0, 1000}, "run, 1,000 steps"}} {
		m := rows(c.steps, make([]*analysis.Point, len(c.steps))...)
		_, _, err := p.Hear(m)
		require.NoError(t, err)
		p.Run.Of = "run"
		assert.Equal(t, c.of, p.Of())
		p.Run.clear()
	}
}

// A title says whose picture it is where it has room, and never the task twice.
func TestTitlesNameTheRun(t *testing.T) {
	s := newStage(t, "pendulum")
	of := "FPMD-M on " + s.Now.Spec.Title + ", seed 1, 6,000 steps"
	assert.Equal(t, "Action flow", s.named("Action flow", of, 1000), "no policy acts")
	s.Now.Policy = &weights.Policy{}
	assert.Equal(t, "Action flow: "+of, s.named("Action flow", of, 1000))
	assert.Equal(t, "Action flow: FPMD-M, seed 1, 6,000 steps", s.named("Action flow", of, plot.TextWidth("title", "Action flow: "+of)-1))
	assert.Equal(t, "Action flow", s.named("Action flow", of, 100))
	assert.Equal(t, s.Now.Spec.Title+": FPMD-M, seed 1, 6,000 steps", s.named(s.Now.Spec.Title, of, 1000))
	assert.Equal(t, of, s.named(of, of, 1000))
	assert.Equal(t, "Learning", s.named("Learning", "", 1000))
}

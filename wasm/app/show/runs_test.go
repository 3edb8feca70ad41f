package show

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/wasm/protocol"
)

// What was seen of one agent is not told of the next: dots and the return so far begin anew, and a state that was chosen is
// let go. The next weights of one training keep both.
func TestAnotherAgentBeginsAnew(t *testing.T) {
	b := newBench(t)
	from := protocol.PolicySource{Source: "training", Name: "this training"}
	b.send(protocol.LoadPolicy, from, policyFile(t, "fpmd-m", nil))
	b.frames(150)
	dots, ret := b.Look().Dots, b.world.Episode.Return
	require.Positive(t, dots)
	require.Negative(t, ret)
	b.send(protocol.LoadPolicy, from, policyFile(t, "fpmd-m", nil))
	assert.Equal(t, dots, b.Look().Dots)
	assert.Equal(t, ret, b.world.Episode.Return)
	b.choose(0)
	b.send(protocol.LoadPolicy, from, policyFile(t, "fpmd-r", nil))
	assert.Zero(t, b.Look().Dots)
	assert.Zero(t, b.world.Episode.Return)
	assert.True(t, b.world.Episode.Broken, "a part of an episode does not count as one")
	var sel protocol.Selected
	require.NoError(t, json.Unmarshal(b.last(protocol.StateSelected).Body, &sel))
	assert.True(t, sel.Live)
	b.frames(150)
	assert.Positive(t, b.Look().Dots)
}

// The line of the goal does not run through its name.
func TestTheGoalsNameStandsClearOfItsLine(t *testing.T) {
	b := newBench(t)
	row := evaluation(1000, -300, -250)
	for _, solved := range []float64{-200, -295} {
		b.send(protocol.Curve, protocol.CurveInfo{Reset: true, TotalSteps: 4000, Solved: solved}, protocol.AppendFloat64s(nil, row))
		_, y := b.learning().Axes.Point(0, solved)
		found := false
		for _, l := range b.Labels()[Curve].List {
			if l.Class == "line" {
				box := l.Box(1)
				found = true
				assert.True(t, box.Y+box.H < y || box.Y > y, "%v and %v", box, y)
				assert.True(t, b.Panels()[Curve].Rect.Contains(l.X, box.Y))
			}
		}
		assert.True(t, found)
	}
}

// The heading of a panel stays clear of what else stands in its row, whoever acts.
func TestNoHeadingMeetsTheLayers(t *testing.T) {
	for _, algorithm := range []string{"sac", "dpmd", "fpmd-m"} {
		b := newBench(t)
		b.load(policyFile(t, algorithm, nil))
		for _, width := range []float64{900, 872, 850, 720, 640} {
			b.Resize(width, 472, 1)
			b.frames(40)
			b.readable(t)
		}
	}
}

package show

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/plot"
	"onestep/engine/scene"
	"onestep/wasm/app/change"
	"onestep/wasm/app/probe"
	"onestep/wasm/protocol"
)

// embedded is the stage of a page embedded at 720x480, under which the bar takes its part, px.
var embedded = [2]float64{720, 418}

// written are the labels that stand in a panel, those that follow the pointer left out.
func (b *bench) written(panel int) (list []plot.Label) {
	for set := range b.Labels() {
		for _, l := range b.Labels()[set].List {
			if set != b.labelsHover() && b.Panels()[panel].Rect.Contains(l.X, l.Y) {
				list = append(list, l)
			}
		}
	}
	return list
}

func meet(a, b scene.Rect) bool {
	return a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H
}

// readable demands that no text of any panel lies on another one or reaches out of its panel.
func (b *bench) readable(t *testing.T) {
	t.Helper()
	for i := range b.Panels() {
		r, list := b.Panels()[i].Rect, b.written(i)
		if r.W == 0 {
			continue
		}
		require.NotEmpty(t, list)
		for k := range list {
			box := list[k].Box(b.stage.Pixel)
			assert.True(t, box.X >= r.X && box.Y >= r.Y && box.X+box.W <= r.X+r.W && box.Y+box.H <= r.Y+r.H, "%q leaves panel %d", list[k].Text, i)
			for _, other := range list[:k] {
				assert.False(t, meet(box, other.Box(b.stage.Pixel)), "%q lies on %q", list[k].Text, other.Text)
			}
		}
	}
}

// hint is the line that says what to press in the scatter.
func (b *bench) hint(t *testing.T) plot.Label {
	t.Helper()
	for _, l := range b.Labels()[Scatter].List {
		if l.Class == "hint" {
			return l
		}
	}
	require.Fail(t, "no hint")
	return plot.Label{}
}

func TestNoTextLiesOnAnotherInASmallFrame(t *testing.T) {
	for _, task := range withPolicy {
		for _, sampler := range []protocol.Sampler{{Steps: 1, ManySteps: 20, BestOf: 1}, {Steps: 20, ManySteps: 20, BestOf: 32}} {
			t.Run(fmt.Sprintf("%s, %d of %d", task, sampler.Steps, sampler.BestOf), func(t *testing.T) {
				b := trained(t, task)
				b.Resize(embedded[0], embedded[1], 1)
				b.send(protocol.SetSampler, sampler)
				b.frames(60)
				require.True(t, b.probe.Shown().Ready)
				b.readable(t)
			})
		}
	}
}

func TestNoDotLiesOnTheHintOfASmallFrame(t *testing.T) {
	b := trained(t, "pendulum")
	b.Resize(embedded[0], embedded[1], 1)
	b.frames(200)
	require.NotZero(t, b.visited.Dots.Len())
	apart := func() {
		t.Helper()
		hint := b.hint(t)
		assert.False(t, meet(hint.Box(1), b.Panels()[Scatter].Clip), "%q lies where dots are drawn", hint.Text)
		b.readable(t)
	}
	apart()
	b.send(protocol.SelectDot, protocol.DotStep{Step: 1})
	require.GreaterOrEqual(t, b.stage.Selected, 0)
	apart()
}

// Where there is room, the words are the long ones, and a phone has its hint in the corner of the plot.
func TestTheWordsAreLongWhereThereIsRoom(t *testing.T) {
	for _, size := range [][3]float64{{872, 472, 1}, {900, 700, 1}, {2616, 1416, 3}, {358, 1130, 1}, {1074, 3390, 3}} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			b := trained(t, "walker2d")
			b.Resize(size[0], size[1], size[2])
			b.frames(60)
			b.readable(t)
			assert.Contains(t, b.texts(Scatter), "Spread against one-step error")
			assert.Contains(t, b.texts(Curve), "return of an episode")
			assert.Contains(t, b.texts(Body), "FPMD-M: one step")
			assert.Contains(t, b.texts(Flow), "noise:noise|action:actions|taken:taken action|many:with 20 steps")
			hint, f := b.hint(t), b.scatter().Axes.Frame
			assert.Equal(t, size[0] < 400*size[2], f.Contains(hint.X, hint.Y))
		})
	}
}

// A Gaussian's one-step error is nearly 0: its axes have long numbers, which keep 2 px from the name beside them.
func TestLongNumbersStayClearOfTheAxisName(t *testing.T) {
	for _, size := range [][2]float64{embedded, {872, 472}} {
		b := trained(t, "pendulum")
		b.Resize(size[0], size[1], 1)
		b.frames(60)
		b.visited.Dots.Add(1, probe.Smallest)
		b.changed |= change.Dots
		b.settle()
		b.readable(t)
		var name scene.Rect
		for _, l := range b.written(Scatter) {
			if l.Turned {
				name = l.Box(1).Inset(-2, -2, -2, -2)
			}
		}
		require.NotZero(t, name)
		for _, l := range b.written(Scatter) {
			assert.False(t, l.Class == "tick" && meet(name, l.Box(1)), "%q is too close", l.Text)
		}
	}
}

// A panel on demand stands below the others, and every text keeps its place: beside the controls of a laptop and one under
// another.
func TestNoTextLiesOnAnotherWithEveryPanel(t *testing.T) {
	for _, size := range [][2]float64{{880, 900}, {366, 1640}} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			b := trained(t, "pendulum")
			b.Resize(size[0], size[1], 1)
			b.send(protocol.Curve, protocol.CurveInfo{Reset: true, TotalSteps: 6000}, protocol.AppendFloat64s(nil, evaluation(1000, -300, -250)))
			b.all()
			b.frames(60)
			require.True(t, b.probe.Shown().Ready)
			for i := range b.Panels() {
				require.Greater(t, b.Panels()[i].Rect.W, 100.0)
			}
			b.readable(t)
		})
	}
}

// A low panel leaves the bars of the actions out before it leaves the body no room, and lays its lanes abreast; a high one has
// all of it again.
func TestALowPanelShowsTheBody(t *testing.T) {
	for _, task := range []string{"hopper", "half_cheetah", "pendulum"} {
		for _, lanes := range []bool{false, true} {
			t.Run(fmt.Sprint(task, lanes), func(t *testing.T) {
				b := trained(t, task)
				b.send(protocol.SetLane, protocol.Lane{On: lanes, Steps: 20, BestOf: 1})
				b.send(protocol.SetSampler, protocol.Sampler{Steps: 20, ManySteps: 20, BestOf: 1, Latency: 1e-3})
				b.Session.Resize(1000, 1000, 1)
				arrange := func(w, h float64) int {
					b.send(protocol.Arrange, protocol.Places{"body": {W: w / 1000, H: h / 1000}})
					b.frames(30)
					return len(b.written(Body))
				}
				all := arrange(640, 360)
				b.readable(t)
				want := b.body().Camera.Scale
				assert.Less(t, arrange(405, 180), all, "bars have names")
				b.readable(t)
				assert.Greater(t, b.body().Camera.View.H, 60.0)
				arrange(405, 40) // no room at all
				assert.Equal(t, all, arrange(640, 360))
				assert.InDelta(t, want, b.body().Camera.Scale, 0.1*want)
			})
		}
	}
}

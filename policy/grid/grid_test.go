package grid

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
)

func shipped(t *testing.T, name string) *checkpoint.Policy {
	b, err := os.ReadFile("../../assets/policies/" + name + ".safetensors")
	require.NoError(t, err)
	p, err := checkpoint.ReadPolicy(b)
	require.NoError(t, err)
	return p
}

// A Gaussian has no steps: one row, and no protocol of several steps.
func TestCellsAreThoseOfTheFamily(t *testing.T) {
	g := New(shipped(t, "pendulum-sac"))
	require.Len(t, g.Cells, len(Candidates))
	for i, c := range g.Cells {
		assert.Equal(t, []int{1, Candidates[i], Candidates[i]}, []int{c.K, c.BestOf, c.NFE})
	}
	flow := New(shipped(t, "pendulum-fpmd-m"))
	require.Len(t, flow.Cells, len(Steps)*len(Candidates)+1)
	for _, known := range Protocols {
		require.NotNil(t, flow.At(known.K, known.BestOf))
		assert.Equal(t, known.Name, flow.At(known.K, known.BestOf).Protocol)
	}
}

// The episodes of a cell are the same however many are played at once; where a caller ends them the cell is as before.
func TestACellGoesOn(t *testing.T) {
	p := shipped(t, "pendulum-fpmd-m")
	whole, parts := Of(&p.Actor, 2, 2), Of(&p.Actor, 2, 2)
	for _, step := range []struct {
		c *Cell
		n int
	}{{&whole, 3}, {&parts, 1}, {&parts, 2}} {
		done, err := step.c.Play(p, 0, step.n, nil)
		require.NoError(t, err)
		require.True(t, done)
	}
	assert.Equal(t, whole, parts)
	assert.Less(t, whole.Interval.Low, whole.Mean)
	done, err := parts.Play(p, 0, 2, func() bool { return false })
	require.NoError(t, err)
	assert.False(t, done)
	assert.Equal(t, whole, parts)

	one := Of(&p.Actor, 1, 1)
	one.Fill([]float64{7})
	assert.Equal(t, []float64{7, 7, 7}, []float64{one.Mean, one.Interval.Low, one.Interval.High}, "one episode has no width")
}

// The time of an action is what the clock says of most of them: a machine that is busy now and then does not count.
func TestActionsAreTimed(t *testing.T) {
	p := shipped(t, "pendulum-fpmd-m")
	clock, calls := 0.0, 0
	us := Microseconds(p, 1, 1, func() float64 {
		calls++
		clock += 0.004 // s for four actions
		if calls == 2 {
			clock += 10
		}
		return clock
	})
	assert.InDelta(t, 1000, us, 1e-6)
}

// The front holds what nothing beats at the same or a lower cost; equals do not beat each other, and an empty cell is not on it.
func TestTheFrontIsNotBeaten(t *testing.T) {
	g := Grid{}
	for _, c := range [][2]float64{{8, 50}, {1, 10}, {2, 30}, {2, 20}, {4, 30}, {16, 40}, {2, 30}, {32, 51}} {
		g.Cells = append(g.Cells, Cell{NFE: int(c[0]), Microseconds: 100 - c[0], Mean: c[1], Returns: []float64{c[1]}})
	}
	g.Cells = append(g.Cells, Cell{NFE: 1, Mean: 99})
	front := func(cost func(*Cell) float64) (list [][2]float64) {
		for _, c := range g.Front(cost) {
			list = append(list, [2]float64{float64(c.NFE), c.Mean})
		}
		return list
	}
	assert.Equal(t, [][2]float64{{1, 10}, {2, 30}, {2, 30}, {8, 50}, {32, 51}}, front(Evaluations))
	assert.Equal(t, [][2]float64{{32, 51}}, front(Time), "what is the quickest and the best beats all")
}

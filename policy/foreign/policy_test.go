package foreign

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
)

// An action of a task is its bound at 1 and its centre at 0, whatever the units of the graph.
func TestUnits(t *testing.T) {
	spec := &env.Task{Name: "task", ObsDim: 2, ActDim: 2, ActionScale: []float64{0.5, 2}, ActionCenter: []float64{0.5, 0}}
	g, err := Read(file([]pb{op("Identity", "action", []string{"obs"})}, nil, []pb{value("obs", 2)}, []pb{value("action", 2)}))
	require.NoError(t, err)
	for _, c := range []struct {
		units Units
		want  []float32
	}{{OwnUnits, []float32{1, -0.5}}, {AutoUnits, []float32{1, -0.5}}, {UnitUnits, []float32{1, -1}}} {
		p, err := g.Policy(spec, c.units)
		require.NoError(t, err)
		got := make([]float32, 2)
		p.Act(got, []float32{1, -1}, make([]float32, 2))
		assert.Equal(t, c.want, got, c.units)
	}
}

package show

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/wasm/protocol"
)

// The bound is about the noise that the policy was fitted with: measured from it the states of the shipped runner lie
// below the line, measured from the noise that it acts from a quarter of them lies above. The dots of either are never mixed.
func TestTheBoundHoldsFromTheNoiseOfTheFit(t *testing.T) {
	b := newSlowBench(t, 1e-3) // a unit of probing in a frame
	few := protocol.View{Particles: protocol.FewestParticles, AxisX: -1, AxisY: -1}
	b.send(protocol.SetView, few)
	b.send(protocol.SetTask, protocol.TaskSeed{Task: "half_cheetah", Seed: 1})
	file, err := os.ReadFile("../../../assets/policies/half_cheetah-fpmd-m.safetensors")
	require.NoError(t, err)
	b.load(file)
	b.frames(2500)
	above := func() (share float64) {
		dots := b.visited.Dots
		require.Greater(t, dots.Len(), 20)
		for i := range dots.Len() {
			if dots.Y[i] > dots.X[i] {
				share += 1 / float64(dots.Len())
			}
			p := b.visited.Points[i]
			assert.LessOrEqual(t, p.Lower, p.Upper)
		}
		return share
	}
	assert.Less(t, above(), 0.05)
	few.Acting = true
	b.send(protocol.SetView, few)
	require.Zero(t, b.visited.Dots.Len())
	b.frames(2500)
	assert.Greater(t, above(), 0.15)

	d := b.world.Spec.ObsDim
	dot := make([]float32, d+protocol.NumDot)
	n := b.visited.Dots.Len()
	b.send(protocol.Dots, protocol.DotsInfo{Count: 1, ObsDim: d, SourceStd: 1}, protocol.AppendFloat32s(nil, dot))
	assert.Equal(t, n, b.visited.Dots.Len(), "the worker's dots are of the other noise")
}

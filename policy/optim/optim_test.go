package optim_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"onestep/policy/optim"
)

// TestAdamByHand follows two steps with pencil and paper. With lr 0.1 and g = 2: m = 0.2, v = 0.004, both
// corrected to 2 and 4, so the step is 0.1*2/(2+1e-8). Then g = -1: m = 0.9*0.2 - 0.1 = 0.08,
// v = 0.999*0.004 + 0.001 = 0.004996.
func TestAdamByHand(t *testing.T) {
	a := optim.NewAdam[float64](1)
	p := []float64{1}
	a.Update(p, []float64{2}, 0.1)
	want := 1 - 0.1*2/(2+1e-8)
	assert.InDelta(t, want, p[0], 1e-14) // a few roundings
	a.Update(p, []float64{-1}, 0.1)
	want -= 0.1 * (0.08 / (1 - 0.81)) / (math.Sqrt(0.004996/(1-0.998001)) + 1e-8)
	assert.InDelta(t, want, p[0], 1e-12) // 1 - 0.999^2 loses three digits
	assert.InDelta(t, 0.08, a.M[0], 1e-15)
	assert.InDelta(t, 0.004996, a.V[0], 1e-15)
	assert.Equal(t, 2, a.Step)
}

func TestAdamFindsAMinimum(t *testing.T) {
	a := optim.NewAdam[float32](3)
	p, goal := []float32{5, -3, 0}, []float32{1, 2, -3}
	g := make([]float32, 3)
	for step := range 2000 {
		for i := range p {
			g[i] = 2 * (p[i] - goal[i])
		}
		a.Update(p, g, float32(0.1*math.Pow(0.01, float64(step)/2000))) // from 0.1 to 0.001
	}
	assert.InDeltaSlice(t, goal, p, 1e-3) // a step is at most the last rate
}

func TestPolyak(t *testing.T) {
	target := []float32{0, 10}
	optim.Polyak(target, []float32{8, 2}, 0.25)
	assert.Equal(t, []float32{2, 8}, target)
	optim.Polyak(target, []float32{4, 4}, 1)
	assert.Equal(t, []float32{4, 4}, target)
}

func TestNoAllocations(t *testing.T) {
	a, p, g := optim.NewAdam[float32](100), make([]float32, 100), make([]float32, 100)
	assert.Zero(t, testing.AllocsPerRun(10, func() {
		a.Update(p, g, 1e-3)
		optim.Polyak(p, g, 0.005)
	}))
}

func TestSizesMustFit(t *testing.T) {
	a := optim.NewAdam[float32](3)
	assert.Panics(t, func() { a.Update(make([]float32, 4), make([]float32, 4), 1) })
	assert.Panics(t, func() { a.Update(make([]float32, 3), make([]float32, 4), 1) })
	assert.Panics(t, func() { optim.Polyak(make([]float32, 3), make([]float32, 4), 1) })
}

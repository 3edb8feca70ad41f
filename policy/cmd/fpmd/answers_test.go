package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
	"onestep/policy/flow"
)

// sides are the shares of 1,024 actions to the right of the middle, in it and to the left of it, in a state of Posts.
func sides(t *testing.T, agent string, y float32, steps int) (right, middle, left float64) {
	t.Helper()
	p, err := readPolicyFile(filepath.Join(policies, "posts-"+agent+".safetensors"))
	require.NoError(t, err)
	const n, batch = 1024, 64
	x0, x := make([]float32, n), make([]float32, n)
	rng.New(5).FillNormal(x0)
	for i := range x0 {
		x0[i] *= p.Actor.SourceStd
	}
	s := flow.NewSampler(&p.Actor, batch)
	for i := 0; i < n; i += batch {
		s.Sample(x[i:i+batch], &p.Actor, []float32{0, y, 1, 0}, batch, x0[i:i+batch], steps)
	}
	for _, a := range x { // within 0.2 m of the middle the ball hits the post
		switch {
		case a < -0.2:
			right += 1.0 / n
		case a > 0.2:
			left += 1.0 / n
		default:
			middle += 1.0 / n
		}
	}
	return right, middle, left
}

// The limit of one step in a body: where two answers are right, the one-step sample of a rectified flow is their mean,
// E[X1], and 20 steps of the same weights give either. A MeanFlow gives either in one step. The bounds lie beyond what the
// shipped weights were measured to do.
func TestOneStepOfARectifiedFlowIsTheMeanOfTwoRightAnswers(t *testing.T) {
	for _, y := range []float32{0, 0.2, -0.2} {
		right, middle, left := sides(t, "fpmd-r", y, 1)
		t.Logf("FPMD-R from y = %v, one step: %.2f %.2f %.2f", y, right, middle, left)
		assert.Greater(t, middle, 0.9)
		for _, c := range []struct {
			agent string
			steps int
		}{{"fpmd-r", 20}, {"fpmd-m", 1}, {"fpmd-m", 20}} {
			right, middle, left := sides(t, c.agent, y, c.steps)
			t.Logf("%s from y = %v, %d steps: %.2f %.2f %.2f", c.agent, y, c.steps, right, middle, left)
			assert.Less(t, middle, 0.25, c.agent)
			assert.Greater(t, left, 0.2, c.agent)
			assert.Greater(t, right, 0.2, c.agent)
		}
	}
}

package analysis_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"onestep/engine/rng"
	"onestep/policy/analysis"
	"onestep/policy/flow"
	"onestep/policy/nn"
)

// A policy whose clouds are compared by Compare alone, so that its weights do not matter.
func probeOf(dim, samples int) *analysis.Probe {
	p := flow.NewPolicy(flow.Rectified[float32]{}, 1, dim, []int{8}, nn.SiLU, 0.5)
	return analysis.NewProbe(&p, 1, samples, 4, 1)
}

// W2 lies between the bounds: on the line both are W2 itself, for a pure shift both are its length, and the same cloud in
// another order is at distance 0 though its pairs are apart.
func TestTheEndsOfW2(t *testing.T) {
	src := rng.New(3)
	for _, dim := range []int{1, 2, 6} {
		const n = 512
		q, one, many, other := probeOf(dim, n), make([]float32, n*dim), make([]float32, n*dim), make([]float32, n*dim)
		for i := range one {
			one[i] = float32(src.Normal())
			many[i] = one[i] + 0.25
			other[(i+dim)%(n*dim)] = one[i]
		}
		shifted := q.Compare(one, many)
		length := 0.25 * math.Sqrt(float64(dim))
		assert.InDelta(t, length, shifted.Upper, 1e-6)
		assert.InDelta(t, length, shifted.Shift, 1e-6)
		assert.InDelta(t, length, shifted.Lower, 1e-6)
		assert.Less(t, q.Compare(one, one).Upper, 1e-12)
		same := q.Compare(one, other)
		assert.InDelta(t, 0, same.Lower, 1e-6)
		if dim == 1 {
			assert.Equal(t, same.Lower, same.Upper, "the sorted pairs are a coupling too")
		} else {
			assert.Greater(t, same.Upper, 1.0, "pairs of the same noise are far apart")
		}
		for i := range many {
			many[i] = 0.5*one[i] + 0.1*float32(src.Normal())
		}
		p := q.Compare(one, many)
		assert.LessOrEqual(t, p.Lower, p.Upper)
		assert.LessOrEqual(t, p.Shift, p.Lower)
		assert.LessOrEqual(t, p.Spread(), p.Lower)
	}
}

// The noise of a probe has the standard deviation that it was given, not that of the policy's acting: a velocity network of
// zero weights and biases leaves the noise where it is.
func TestTheProbesSourceIsItsOwn(t *testing.T) {
	p := flow.NewPolicy(flow.Rectified[float32]{}, 1, 2, []int{8}, nn.SiLU, 0.5)
	for _, c := range []float32{0.5, 1} {
		point := analysis.NewProbe(&p, c, 4096, 4, 1).At(&p, []float32{0})
		assert.InEpsilon(t, 2*float64(c*c), point.Variance, 0.1)
	}
}

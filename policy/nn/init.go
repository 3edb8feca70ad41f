package nn

import (
	"math"

	"onestep/engine/rng"
)

// Init fills params [NumParams] with a truncated normal law of scale 1/sqrt(fan_in), cut at two standard
// deviations (the released code's initialiser), and zero biases.
func (n *Net[T]) Init(params []T, r *rng.Stream) {
	n.mustFit(params, "params")
	clear(params)
	for _, t := range n.tensors {
		if len(t.Shape) != 2 {
			continue
		}
		scale := 1 / math.Sqrt(float64(t.Shape[0]))
		for i := range t.Size() {
			params[t.Offset+i] = T(float64(scale * truncatedNormal(r)))
		}
	}
}

func truncatedNormal(r *rng.Stream) float64 {
	for {
		if z := r.Normal(); math.Abs(z) <= 2 {
			return z
		}
	}
}

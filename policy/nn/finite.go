package nn

import (
	"fmt"

	"onestep/policy/kernel"
)

// NotFinite says which tensor of which network stopped a training.
type NotFinite struct {
	Network string
	Tensor  string // "loss" or the name of a parameter whose gradient it was
}

func (e *NotFinite) Error() string {
	return fmt.Sprintf("the %s's %s is not finite", e.Network, e.Tensor)
}

// largestGradient is the root of the largest float32: Adam keeps the squares of gradients, and one that is infinite makes
// NaN of the weight with the next step.
const largestGradient = 1.8446743e19

// CheckFinite reports, as a NotFinite, a loss with NaN or infinity in it, or a gradient of which an entry or its square is
// not finite in float32.
func (n *Net[T]) CheckFinite(network string, loss T, grad []T) error {
	if _, ok := kernel.Finite([]T{loss}); !ok {
		return &NotFinite{Network: network, Tensor: "loss"}
	}
	i, ok := kernel.Below(grad, largestGradient)
	if ok {
		return nil
	}
	what := "gradient"
	if _, ok := kernel.Finite(grad[i : i+1]); ok {
		what = "squared gradient"
	}
	for _, t := range n.Tensors() {
		if i >= t.Offset && i < t.Offset+t.Size() {
			return &NotFinite{Network: network, Tensor: what + " of " + t.Name}
		}
	}
	return &NotFinite{Network: network, Tensor: what}
}

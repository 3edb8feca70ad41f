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

// CheckFinite reports, as a NotFinite, a loss or a gradient with NaN or infinity in it.
func (n *Net[T]) CheckFinite(network string, loss T, grad []T) error {
	if _, ok := kernel.Finite([]T{loss}); !ok {
		return &NotFinite{Network: network, Tensor: "loss"}
	}
	i, ok := kernel.Finite(grad)
	if ok {
		return nil
	}
	for _, t := range n.Tensors() {
		if i >= t.Offset && i < t.Offset+t.Size() {
			return &NotFinite{Network: network, Tensor: "gradient of " + t.Name}
		}
	}
	return &NotFinite{Network: network, Tensor: "gradient"}
}

package fpmd

import (
	"fmt"

	"onestep/policy/flow"
	"onestep/policy/nn"
)

// NotFinite says which tensor of which network stopped a training.
type NotFinite struct {
	Network string
	Tensor  string // "loss" or the name of a parameter whose gradient it was
}

func (e *NotFinite) Error() string {
	return fmt.Sprintf("the %s's %s is not finite", e.Network, e.Tensor)
}

// checkFinite reports a loss or a gradient with NaN or infinity in it.
func checkFinite(network string, net *nn.Net[float32], loss float32, grad []float32) error {
	if _, ok := flow.Finite([]float32{loss}); !ok {
		return &NotFinite{Network: network, Tensor: "loss"}
	}
	i, ok := flow.Finite(grad)
	if ok {
		return nil
	}
	for _, t := range net.Tensors() {
		size := 1
		for _, s := range t.Shape {
			size *= s
		}
		if i >= t.Offset && i < t.Offset+size {
			return &NotFinite{Network: network, Tensor: "gradient of " + t.Name}
		}
	}
	return &NotFinite{Network: network, Tensor: "gradient"}
}

package export

import (
	"fmt"

	"onestep/policy/nn"
	"onestep/policy/tensorio"
)

// graph builds the nodes of a model. Its methods append nodes and return the name of their value; names tell
// where in the sampler a value belongs, "step3/layer1".
type graph struct {
	nodes        []tensorio.Node
	initializers []tensorio.Tensor
	seen         map[string]bool // initializers
}

// apply appends a node op(inputs) -> name.
func (g *graph) apply(name, op string, inputs ...string) string {
	g.nodes = append(g.nodes, tensorio.Node{Op: op, Inputs: inputs, Outputs: []string{name}})
	return name
}

// constant adds an initializer, once for each name.
func (g *graph) constant(name string, shape []int, data []float32) string {
	if !g.seen[name] {
		if g.seen == nil {
			g.seen = map[string]bool{}
		}
		g.seen[name] = true
		g.initializers = append(g.initializers, tensorio.Float32s(name, shape, data))
	}
	return name
}

func (g *graph) scalar(name string, x float32) string { return g.constant(name, nil, []float32{x}) }

// activation appends a hidden layer's function in operators of opset 17, which has no Mish:
//
//	mish(z) = z tanh(softplus(z)),   softplus(z) = log(1 + e^z);   SiLU(z) = z / (1 + e^-z)
//
// Runtimes evaluate Softplus without overflow, so no clamp is needed.
func (g *graph) activation(name string, f nn.Activation, z string) string {
	switch f {
	case nn.Mish:
		softplus := g.apply(name+"/softplus", "Softplus", z)
		return g.apply(name, "Mul", z, g.apply(name+"/tanh", "Tanh", softplus))
	case nn.SiLU:
		return g.apply(name, "Mul", z, g.apply(name+"/sigmoid", "Sigmoid", z))
	}
	panic(fmt.Sprintf("export: activation %d", int(f)))
}

// layers appends everything behind the first layer's z_0 and returns the network's output.
func (g *graph) layers(prefix string, p *Policy, z string) string {
	last := len(p.Actor.Net.Config().Hidden)
	return g.layer(prefix, p, last, g.hidden(prefix, p, z))
}

// hidden appends all hidden layers behind z_0 and returns the last one's activation.
func (g *graph) hidden(prefix string, p *Policy, z string) string {
	c := p.Actor.Net.Config()
	for i := range c.Hidden {
		a := g.activation(fmt.Sprintf("%s/layer%d/%s", prefix, i, c.Activation), c.Activation, z)
		if i+1 == len(c.Hidden) {
			return a
		}
		z = g.layer(prefix, p, i+1, a)
	}
	panic("export: a network without hidden layers")
}

// layer appends z_i = a W_i + b_i.
func (g *graph) layer(prefix string, p *Policy, i int, a string) string {
	weight, bias := fmt.Sprintf("layer%d.weight", i), fmt.Sprintf("layer%d.bias", i)
	w, wShape := p.tensor(weight)
	b, bShape := p.tensor(bias)
	product := g.apply(fmt.Sprintf("%s/layer%d/product", prefix, i), "MatMul", a, g.constant(weight, wShape, w))
	return g.apply(fmt.Sprintf("%s/layer%d", prefix, i), "Add", product, g.constant(bias, bShape, b))
}

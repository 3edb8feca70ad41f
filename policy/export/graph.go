package export

import (
	"fmt"

	"onestep/policy/nn"
	"onestep/policy/tensorio"
)

// graph builds the nodes of a policy's model; it is the flow.Graph that a family unrolls its sampler on. Its methods append
// nodes and return the name of their value; names tell where in the sampler a value belongs, "step3/layer1".
type graph struct {
	policy       *Policy
	nodes        []tensorio.Node
	initializers []tensorio.Tensor
	seen         map[string]bool // initializers
}

// newGraph appends obs Wc, which is the same for all steps.
func newGraph(p *Policy) *graph {
	g := &graph{policy: p}
	c := p.Actor.Net.Config()
	w, shape := p.tensor("layer0.weight")
	width := shape[1]
	g.constant("layer0.weight.obs", []int{c.CondDim, width}, w[:c.CondDim*width])
	g.apply("obs/layer0", "MatMul", "obs", "layer0.weight.obs")
	if c.XDim > 0 {
		g.constant("layer0.weight.x", []int{c.XDim, width}, w[c.CondDim*width:][:c.XDim*width])
	}
	return g
}

// Evaluate implements flow.Graph: of the interval [r, t] a velocity network takes only r.
func (g *graph) Evaluate(prefix, x string, r, t float32) string {
	bias := g.policy.stepBias([]float32{r, t}[:g.policy.Actor.Net.Config().NumTimes])
	fixed := g.apply(prefix+"/layer0/fixed", "Add", "obs/layer0", g.constant(prefix+".bias", []int{len(bias)}, bias))
	product := g.apply(prefix+"/layer0/product", "MatMul", x, "layer0.weight.x")
	return g.layers(prefix, g.apply(prefix+"/layer0", "Add", fixed, product))
}

// Heads implements flow.Graph: the two halves of the last layer are two layers.
func (g *graph) Heads(first, second string) (a, b string) {
	c := g.policy.Actor.Net.Config()
	bias := g.policy.stepBias(nil)
	h := g.hidden("net", g.apply("net/layer0", "Add", "obs/layer0", g.constant("layer0.bias", []int{len(bias)}, bias)))
	d, last := c.OutDim/2, len(c.Hidden)
	w, shape := g.policy.tensor(fmt.Sprintf("layer%d.weight", last))
	lastBias, _ := g.policy.tensor(fmt.Sprintf("layer%d.bias", last))
	half := func(name string, from int) string {
		columns := make([]float32, 0, shape[0]*d)
		for i := range shape[0] {
			columns = append(columns, w[i*2*d+from:][:d]...)
		}
		product := g.apply(name+"/product", "MatMul", h, g.constant(name+".weight", []int{shape[0], d}, columns))
		return g.apply(name, "Add", product, g.constant(name+".bias", []int{d}, lastBias[from:from+d]))
	}
	return half(first, 0), half(second, d)
}

// Advance implements flow.Graph.
func (g *graph) Advance(prefix, x, v string, h float32) string {
	if h != 1 {
		v = g.apply(prefix+"/scaled", "Mul", v, g.scalar("h="+number(h), h))
	}
	return g.apply(prefix+"/x", "Add", x, v)
}

// Combine implements flow.Graph.
func (g *graph) Combine(name, x string, a float32, y string, b float32) string {
	left := g.apply(name+"/left", "Mul", x, g.scalar("c="+number(a), a))
	right := g.apply(name+"/right", "Mul", y, g.scalar("c="+number(b), b))
	return g.apply(name, "Add", left, right)
}

// Clip implements flow.Graph.
func (g *graph) Clip(name, x, lowName string, low float32, highName string, high float32) string {
	return g.apply(name, "Clip", x, g.scalar(lowName, low), g.scalar(highName, high))
}

// Apply implements flow.Graph.
func (g *graph) Apply(name, op string, inputs ...string) string { return g.apply(name, op, inputs...) }

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
func (g *graph) layers(prefix, z string) string {
	return g.layer(prefix, len(g.policy.Actor.Net.Config().Hidden), g.hidden(prefix, z))
}

// hidden appends all hidden layers behind z_0 and returns the last one's activation.
func (g *graph) hidden(prefix, z string) string {
	c := g.policy.Actor.Net.Config()
	for i := range c.Hidden {
		a := g.activation(fmt.Sprintf("%s/layer%d/%s", prefix, i, c.Activation), c.Activation, z)
		if i+1 == len(c.Hidden) {
			return a
		}
		z = g.layer(prefix, i+1, a)
	}
	panic("export: a network without hidden layers")
}

// layer appends z_i = a W_i + b_i.
func (g *graph) layer(prefix string, i int, a string) string {
	weight, bias := fmt.Sprintf("layer%d.weight", i), fmt.Sprintf("layer%d.bias", i)
	w, wShape := g.policy.tensor(weight)
	b, bShape := g.policy.tensor(bias)
	product := g.apply(fmt.Sprintf("%s/layer%d/product", prefix, i), "MatMul", a, g.constant(weight, wShape, w))
	return g.apply(fmt.Sprintf("%s/layer%d", prefix, i), "Add", product, g.constant(bias, bShape, b))
}

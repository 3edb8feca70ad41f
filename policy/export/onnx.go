package export

import (
	"fmt"
	"strconv"

	"onestep/policy/flow"
	"onestep/policy/tensorio"
)

// MaxSteps bounds the steps of an exported sampler: each is a copy of the network's nodes (not its weights).
const MaxSteps = 64

// Sampler is the rule that a graph unrolls.
type Sampler struct {
	Method flow.Method
	Steps  int // K; 1 is one-step
}

// NFE returns the network evaluations per action.
func (s Sampler) NFE() int {
	if s.Method == flow.Midpoint {
		return 2 * s.Steps
	}
	return s.Steps
}

// name is the method's word in the metadata and in names of graphs.
func (s Sampler) name() string {
	if s.Method == flow.Midpoint {
		return "midpoint"
	}
	return "euler"
}

func (s Sampler) check(k flow.Kind) error {
	switch {
	case s.Steps < 1 || s.Steps > MaxSteps:
		return fmt.Errorf("export: %d steps are outside 1..%d", s.Steps, MaxSteps)
	case s.Method != flow.Euler && s.Method != flow.Midpoint:
		return fmt.Errorf("export: unknown method %d", int(s.Method))
	case s.Method == flow.Midpoint && k != flow.Rectified:
		return fmt.Errorf("export: the midpoint rule needs a velocity network, not a %s one", k)
	}
	return nil
}

// ONNX returns the model of a policy under a sampler, see the package's comment. The bytes depend on the
// arguments alone, on every platform.
func ONNX(p *Policy, s Sampler) ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	if err := s.check(p.Actor.Kind); err != nil {
		return nil, err
	}
	m := p.metadata()
	m["onestep.sampler"], m["onestep.steps"], m["onestep.nfe"] = s.name(), strconv.Itoa(s.Steps), strconv.Itoa(s.NFE())
	g := unroll(p, s)
	batch := tensorio.Dim{Free: "B"}
	std := number(p.Actor.SourceStd)
	return tensorio.MarshalONNX(&tensorio.Model{
		Producer: "onestep",
		Doc: fmt.Sprintf("A %s policy for %s, %d %s step(s). action = sampler(obs, x0) in [-1, 1]; x0 is noise from N(0, %s^2); the environment's action is action * onestep.action_scale.",
			p.Actor.Kind, p.Spec.Title, s.Steps, s.name(), std),
		Metadata: m,
		Graph: tensorio.Graph{
			Name: fmt.Sprintf("%s_%s_%s_%d", p.Spec.Name, p.Actor.Kind, s.name(), s.Steps),
			Inputs: []tensorio.Value{
				{Name: "obs", Doc: "observation: " + text(p.Spec.ObsNames), Dims: []tensorio.Dim{batch, {Size: p.Spec.ObsDim}}},
				{Name: "x0", Doc: "noise, drawn by the caller from N(0, " + std + "^2)", Dims: []tensorio.Dim{batch, {Size: p.Spec.ActDim}}},
			},
			Outputs:      []tensorio.Value{{Name: "action", Doc: "action in [-1, 1]: " + text(p.Spec.ActNames), Dims: []tensorio.Dim{batch, {Size: p.Spec.ActDim}}}},
			Nodes:        g.nodes,
			Initializers: g.initializers,
		},
	})
}

// unroll builds the sampler of package flow, step by step:
//
//	rectified  x += v(x, k/K) / K           MeanFlow  x += u(x, k/K, (k+1)/K) / K
//	midpoint   x += v(x + v(x, k/K) / 2K, k/K + 1/2K) / K
func unroll(p *Policy, s Sampler) *graph {
	g := &graph{}
	c := p.Actor.Net.Config()
	w, shape := p.tensor("layer0.weight")
	width := shape[1]
	g.constant("layer0.weight.obs", []int{c.CondDim, width}, w[:c.CondDim*width])
	g.constant("layer0.weight.x", []int{c.XDim, width}, w[c.CondDim*width:][:c.XDim*width])
	g.apply("obs/layer0", "MatMul", "obs", "layer0.weight.obs")

	h, x := 1/float32(s.Steps), "x0"
	for k := range s.Steps {
		prefix := fmt.Sprintf("step%d", k)
		r, t := float32(k)/float32(s.Steps), float32(k+1)/float32(s.Steps)
		if s.Method == flow.Midpoint {
			v := g.evaluate(prefix+"/half", p, x, r, t)
			middle := g.advance(prefix+"/half", x, v, h/2)
			v = g.evaluate(prefix, p, middle, r+h/2, t)
			x = g.advance(prefix, x, v, h)
			continue
		}
		x = g.advance(prefix, x, g.evaluate(prefix, p, x, r, t), h)
	}
	g.apply("action", "Clip", x, g.scalar("low", -1), g.scalar("high", 1))
	return g
}

// evaluate appends one evaluation of the network at x on the interval [r, t], of which a velocity network takes
// only r, and returns its output.
func (g *graph) evaluate(prefix string, p *Policy, x string, r, t float32) string {
	bias := p.stepBias([]float32{r, t}[:p.Actor.Kind.NumTimes()])
	fixed := g.apply(prefix+"/layer0/fixed", "Add", "obs/layer0", g.constant(prefix+".bias", []int{len(bias)}, bias))
	product := g.apply(prefix+"/layer0/product", "MatMul", x, "layer0.weight.x")
	return g.layers(prefix, p, g.apply(prefix+"/layer0", "Add", fixed, product))
}

// advance appends x + h v.
func (g *graph) advance(prefix, x, v string, h float32) string {
	if h != 1 {
		v = g.apply(prefix+"/scaled", "Mul", v, g.scalar("h="+number(h), h))
	}
	return g.apply(prefix+"/x", "Add", x, v)
}

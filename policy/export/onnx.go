package export

import (
	"fmt"
	"strconv"

	"onestep/policy/diffusion"
	"onestep/policy/flow"
	"onestep/policy/gaussian"
	"onestep/policy/tensorio"
)

// MaxSteps bounds the steps of an exported sampler: each is a copy of the network's nodes (not its weights).
const MaxSteps = 64

// Sampler is the rule that a graph unrolls.
type Sampler struct {
	Method flow.Method
	Steps  int // K; 1 is one-step
}

// NFE returns the network evaluations per action of a flow.
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

// of returns the sampler as a family takes it, its name and its network evaluations per action: a Gaussian has one
// step, a diffusion the deterministic steps of DDIM.
func (s Sampler) of(k flow.Kind) (taken Sampler, name string, nfe int) {
	switch k {
	case flow.Gaussian:
		return Sampler{Method: s.Method, Steps: 1}, "squash", 1
	case flow.Diffusion:
		return s, "ddim", s.Steps
	}
	return s, s.name(), s.NFE()
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
	s, name, nfe := s.of(p.Actor.Kind)
	m["onestep.sampler"], m["onestep.steps"], m["onestep.nfe"] = name, strconv.Itoa(s.Steps), strconv.Itoa(nfe)
	g := unroll(p, s)
	batch := tensorio.Dim{Free: "B"}
	std := number(p.Actor.SourceStd)
	return tensorio.MarshalONNX(&tensorio.Model{
		Producer: "onestep",
		Doc: fmt.Sprintf("A %s policy for %s, %d %s step(s). action = sampler(obs, x0) in [-1, 1]; x0 is noise from N(0, %s^2); the environment's action is action * onestep.action_scale.",
			p.Actor.Kind, p.Spec.Title, s.Steps, name, std),
		Metadata: m,
		Graph: tensorio.Graph{
			Name: fmt.Sprintf("%s_%s_%s_%d", p.Spec.Name, p.Actor.Kind, name, s.Steps),
			Inputs: []tensorio.Value{
				{Name: "obs", Doc: "observation: " + text(p.Spec.ObsNames()), Dims: []tensorio.Dim{batch, {Size: p.Spec.ObsDim}}},
				{Name: "x0", Doc: "noise, drawn by the caller from N(0, " + std + "^2)" + zeros(p.Actor.Kind), Dims: []tensorio.Dim{batch, {Size: p.Spec.ActDim}}},
			},
			Outputs:      []tensorio.Value{{Name: "action", Doc: "action in [-1, 1]: " + text(p.Spec.ActNames()), Dims: []tensorio.Dim{batch, {Size: p.Spec.ActDim}}}},
			Nodes:        g.nodes,
			Initializers: g.initializers,
		},
	})
}

// zeros tells what zero noise means to a Gaussian.
func zeros(k flow.Kind) string {
	if k == flow.Gaussian {
		return "; zeros give the deterministic action"
	}
	return ""
}

// unroll builds the sampler of package flow, step by step:
//
//	rectified  x += v(x, k/K) / K           MeanFlow  x += u(x, k/K, (k+1)/K) / K
//	midpoint   x += v(x + v(x, k/K) / 2K, k/K + 1/2K) / K
//	diffusion  the deterministic steps of package diffusion
//	Gaussian   tanh(mu + exp(clip(l, -20, 2)) x0)
func unroll(p *Policy, s Sampler) *graph {
	g := &graph{}
	c := p.Actor.Net.Config()
	w, shape := p.tensor("layer0.weight")
	width := shape[1]
	g.constant("layer0.weight.obs", []int{c.CondDim, width}, w[:c.CondDim*width])
	g.apply("obs/layer0", "MatMul", "obs", "layer0.weight.obs")
	if p.Actor.Kind == flow.Gaussian {
		g.squash(p)
		return g
	}
	g.constant("layer0.weight.x", []int{c.XDim, width}, w[c.CondDim*width:][:c.XDim*width])

	h, x := 1/float32(s.Steps), "x0"
	for k := range s.Steps {
		prefix := fmt.Sprintf("step%d", k)
		if p.Actor.Kind == flow.Diffusion {
			x = g.denoise(prefix, p, x, k, s.Steps)
			continue
		}
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

// denoise appends the k-th of K deterministic steps of a diffusion:
//
//	xhat = clip(Signal x - Noise eps(x), -1, 1),   x' = Clean xhat + Keep x
func (g *graph) denoise(prefix string, p *Policy, x string, k, steps int) string {
	from := diffusion.Levels * (1 - float64(k)/float64(steps))
	to := diffusion.Levels * (1 - float64(k+1)/float64(steps))
	c := diffusion.NewStep(from, to, false)
	eps := g.evaluate(prefix, p, x, float32(diffusion.Time(from)), 0)
	seen := g.combine(prefix+"/seen", x, float32(c.Signal), eps, float32(-c.Noise))
	action := g.apply(prefix+"/action", "Clip", seen, g.scalar("low", -1), g.scalar("high", 1))
	return g.combine(prefix+"/x", action, float32(c.Clean), x, float32(c.Keep))
}

// combine appends a x + b y.
func (g *graph) combine(name, x string, a float32, y string, b float32) string {
	left := g.apply(name+"/left", "Mul", x, g.scalar("c="+number(a), a))
	right := g.apply(name+"/right", "Mul", y, g.scalar("c="+number(b), b))
	return g.apply(name, "Add", left, right)
}

// squash appends the action of a Gaussian, with the two halves of its output as two layers.
func (g *graph) squash(p *Policy) {
	c := p.Actor.Net.Config()
	bias := p.stepBias(nil)
	a := g.hidden("net", p, g.apply("net/layer0", "Add", "obs/layer0", g.constant("layer0.bias", []int{len(bias)}, bias)))
	d, last := c.OutDim/2, len(c.Hidden)
	w, shape := p.tensor(fmt.Sprintf("layer%d.weight", last))
	b, _ := p.tensor(fmt.Sprintf("layer%d.bias", last))
	half := func(name string, from int) string {
		columns := make([]float32, 0, shape[0]*d)
		for i := range shape[0] {
			columns = append(columns, w[i*2*d+from:][:d]...)
		}
		product := g.apply(name+"/product", "MatMul", a, g.constant(name+".weight", []int{shape[0], d}, columns))
		return g.apply(name, "Add", product, g.constant(name+".bias", []int{d}, b[from:from+d]))
	}
	mean, logStd := half("mean", 0), half("log_std", d)
	clipped := g.apply("log_std/clipped", "Clip", logStd, g.scalar("min_log_std", gaussian.MinLogStd), g.scalar("max_log_std", gaussian.MaxLogStd))
	noise := g.apply("noise", "Mul", g.apply("std", "Exp", clipped), "x0")
	g.apply("action", "Tanh", g.apply("u", "Add", mean, noise))
}

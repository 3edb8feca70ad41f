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

// check returns what makes a policy's sampler impossible to export.
func (s Sampler) check(f flow.Exporter) error {
	switch {
	case s.Steps < 1 || s.Steps > MaxSteps:
		return fmt.Errorf("export: %d steps are outside 1..%d", s.Steps, MaxSteps)
	case s.Method != flow.Euler && s.Method != flow.Midpoint:
		return fmt.Errorf("export: unknown method %d", int(s.Method))
	}
	if _, _, ok := f.Sampler(s.Method, s.Steps); !ok {
		return fmt.Errorf("export: the midpoint rule needs a velocity network, not a %s one", f)
	}
	return nil
}

// ONNX returns the model of a policy under a sampler, see the package's comment. The bytes depend on the
// arguments alone, on every platform.
func ONNX(p *Policy, s Sampler) ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	family := p.Actor.Family
	if err := s.check(family); err != nil {
		return nil, err
	}
	m := p.metadata()
	steps := family.Steps(s.Steps)
	name, nfe, _ := family.Sampler(s.Method, steps)
	m["onestep.sampler"], m["onestep.steps"], m["onestep.nfe"] = name, strconv.Itoa(steps), strconv.Itoa(nfe)
	g := newGraph(p)
	family.Unroll(g, s.Method, steps)
	batch := tensorio.Dim{Free: "B"}
	std := number(p.Actor.SourceStd)
	return tensorio.MarshalONNX(&tensorio.Model{
		Producer: "onestep",
		Doc: fmt.Sprintf("A %s policy for %s, %d %s step(s). action = sampler(obs, x0) in [-1, 1]; x0 is noise from N(0, %s^2); the environment's action is action * onestep.action_scale, plus onestep.action_center where there is one.",
			family, p.Spec.Title, steps, name, std),
		Metadata: m,
		Graph: tensorio.Graph{
			Name: fmt.Sprintf("%s_%s_%s_%d", p.Spec.Name, family, name, steps),
			Inputs: []tensorio.Value{
				{Name: "obs", Doc: "observation: " + text(p.Spec.ObsNames()), Dims: []tensorio.Dim{batch, {Size: p.Spec.ObsDim}}},
				{Name: "x0", Doc: "noise, drawn by the caller from N(0, " + std + "^2)" + family.Texts().Noise, Dims: []tensorio.Dim{batch, {Size: p.Spec.ActDim}}},
			},
			Outputs:      []tensorio.Value{{Name: "action", Doc: "action in [-1, 1]: " + text(p.Spec.ActNames()), Dims: []tensorio.Dim{batch, {Size: p.Spec.ActDim}}}},
			Nodes:        g.nodes,
			Initializers: g.initializers,
		},
	})
}

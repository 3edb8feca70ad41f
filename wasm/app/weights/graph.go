package weights

import (
	"onestep/engine/env"
	"onestep/policy/actor"
	"onestep/policy/flow"
	"onestep/policy/foreign"
	"onestep/wasm/app/lang"
	"onestep/wasm/protocol"
)

// graph is a policy that another program trained, matched to a task.
type graph struct {
	*foreign.Policy
	task  string
	model *env.Model
	spec  *env.Task
	file  []byte
}

// graphWords are what is said of a graph. Its title takes the place of the flow's.
func graphWords() flow.Words {
	one := lang.Text("one evaluation")
	return flow.Words{Title: lang.Text("Action"), OneStep: one, Best: one}
}

// ReadGraph reads the bytes of an ONNX graph and matches it to a task, whose model is that of a body of a person's own.
func ReadGraph(b []byte, task string, model *env.Model, spec *env.Task) (*Policy, error) {
	g, err := foreign.Read(b)
	if err != nil {
		return nil, err
	}
	p, err := g.Policy(spec, foreign.AutoUnits)
	if err != nil {
		return nil, err
	}
	return &Policy{graph: &graph{p, task, model, spec, b}, acts: actor.Single(spec.ActDim)}, nil
}

// Foreign tells whether another program trained the policy. No policy is none.
func (p *Policy) Foreign() bool { return p != nil && p.graph != nil }

func (g *graph) info() protocol.PolicyInfo {
	return protocol.PolicyInfo{Task: g.task, Algorithm: protocol.FormatONNX, ObsDim: g.spec.ObsDim, ActDim: g.spec.ActDim, Parameters: g.Parameters()}
}

// act writes the action from standard normal noise, within its bounds as the headless evaluation has it.
func (g *graph) act(a *actor.Actor, obs, unit []float32) {
	g.Act(a.X1, obs, unit)
	copy(a.X0, unit)
	for i, v := range a.X1 {
		a.X1[i] = min(max(v, -1), 1)
	}
}

package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"strconv"
	"strings"

	"onestep/engine/env"
	"onestep/policy/flow"
)

// Policy is what is exported: the network that acts, and what its user must know about it.
type Policy struct {
	Actor    flow.Policy[float32]
	Spec     *env.Task
	Drives   []env.Drive       // [ActDim] the joints behind the actions; nil where they are unknown
	Metadata map[string]string // of the policy file; copied into every export
}

// check returns what makes a policy impossible to export.
func (p *Policy) check() error {
	if p.Actor.Family == nil {
		return errors.New("export: the policy has no family")
	}
	c := p.Actor.Net.Config()
	own := p.Actor.Family.Net(p.Spec.ObsDim, p.Spec.ActDim, c.Hidden, c.Activation).Config() // of the family for the task
	switch {
	case c.NumTimes != own.NumTimes:
		return fmt.Errorf("export: a %s network takes %d times, not %d", p.Actor.Family, own.NumTimes, c.NumTimes)
	case c.CondDim != own.CondDim || c.XDim != own.XDim || c.OutDim != own.OutDim:
		return fmt.Errorf("export: the network maps [%d, %d] to %d, the task %s has %d observations and %d actions",
			c.CondDim, c.XDim, c.OutDim, p.Spec.Name, p.Spec.ObsDim, p.Spec.ActDim)
	case len(p.Spec.Observations) != p.Spec.ObsDim || len(p.Spec.Actions) != p.Spec.ActDim || len(p.Spec.ActionScale) != p.Spec.ActDim:
		return fmt.Errorf("export: the task %s does not name each observation and action", p.Spec.Name)
	case len(p.Actor.Params) != p.Actor.Net.NumParams():
		return errors.New("export: the parameters do not fit the network")
	case math.IsNaN(float64(p.Actor.SourceStd)) || p.Actor.SourceStd < 0:
		return fmt.Errorf("export: the noise has the standard deviation %v", p.Actor.SourceStd)
	}
	if i, ok := flow.Finite(p.Actor.Params); !ok {
		return fmt.Errorf("export: parameter %d is %v", i, p.Actor.Params[i])
	}
	return nil
}

// tensor returns a part of the parameters and its shape by its name in package nn. It panics when there is none.
func (p *Policy) tensor(name string) (data []float32, shape []int) {
	for _, t := range p.Actor.Net.Tensors() {
		if t.Name == name {
			return p.Actor.Params[t.Offset:][:t.Size()], t.Shape
		}
	}
	panic("export: no tensor " + name)
}

// metadata is the policy file's, and what a reader of the export must know.
func (p *Policy) metadata() map[string]string {
	m := map[string]string{}
	maps.Copy(m, p.Metadata)
	m["onestep.task"] = p.Spec.Name
	m["onestep.title"] = p.Spec.Title
	m["onestep.gymnasium"] = p.Spec.GymnasiumID()
	m["onestep.flow"] = p.Actor.Family.String()
	m["onestep.source_std"] = number(p.Actor.SourceStd)
	m["onestep.observation"] = text(p.Spec.ObsNames())
	m["onestep.action"] = text(p.Spec.ActNames())
	m["onestep.action_range"] = "[-1,1]"
	m["onestep.action_scale"] = text(p.Spec.ActionScale) // the environment's action = center + scale * action
	if p.Spec.ActionCenter != nil {
		m["onestep.action_center"] = text(p.Spec.ActionCenter)
	}
	p.deploy(m)
	return m
}

// deploy adds the names that deployment programs read, which are those of mjlab's exporter of rsl_rl's policies
// (get_base_metadata): lists with commas between. They are about the actuated joints, in the order of the actions. A servo is
// to be sent action_center + action_scale * action; joint_stiffness and joint_damping of a motor, which is sent the same as a
// force, are 0.
func (p *Policy) deploy(m map[string]string) {
	m["observation_names"] = listed(p.Spec.Observations, func(q env.Quantity) string { return q.Name })
	m["action_scale"] = listed(p.Spec.ActionScale, decimal)
	m["command_names"] = ""
	if p.Spec.ActionCenter != nil {
		m["action_center"] = listed(p.Spec.ActionCenter, decimal)
	}
	if p.Drives == nil {
		return
	}
	m["joint_names"] = listed(p.Drives, func(d env.Drive) string { return d.Joint })
	m["default_joint_pos"] = listed(p.Drives, func(d env.Drive) string { return decimal(d.Rest) })
	m["joint_stiffness"] = listed(p.Drives, func(d env.Drive) string { return decimal(d.Stiffness) })
	m["joint_damping"] = listed(p.Drives, func(d env.Drive) string { return decimal(d.Damping) })
}

// listed writes a list with commas between, which its items therefore lack.
func listed[T any](list []T, write func(T) string) string {
	items := make([]string, len(list))
	for i, x := range list {
		items[i] = strings.ReplaceAll(write(x), ",", " ")
	}
	return strings.Join(items, ",")
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// number writes a float32 with as many digits as bring it back.
func number(x float32) string { return strconv.FormatFloat(float64(x), 'g', -1, 32) }

// text writes names or finite numbers as JSON.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("export: " + err.Error())
	}
	return string(b)
}

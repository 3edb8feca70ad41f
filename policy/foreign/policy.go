package foreign

import (
	"strconv"

	"onestep/engine/env"
)

// Units say in which units a graph's actions are.
type Units string

const (
	// AutoUnits are Unit for an export of this program, whose metadata says so, and Own for others.
	AutoUnits Units = "auto"
	// OwnUnits are those of the task's family, such as N m.
	OwnUnits Units = "own"
	// UnitUnits are the bounds of each action: it is in [-1, 1].
	UnitUnits Units = "unit"
)

// Policy acts by a graph in a task, whose observations it takes and in whose units it answers: an action of 1 is its bound.
type Policy struct {
	*Actor
	graph *Graph
	std   float32 // of the noise, where the graph takes some
	// [ActDim] an action of x is center + scale x in the graph's units
	center, scale []float32
	room          []float32 // [ActDim] its noise
}

// Policy compiles the graph for a task.
func (g *Graph) Policy(spec *env.Task, units Units) (*Policy, error) {
	a, err := g.Actor(spec.ObsDim, spec.ActDim)
	if err != nil {
		return nil, err
	}
	p := &Policy{Actor: a, graph: g, center: make([]float32, spec.ActDim), scale: make([]float32, spec.ActDim), room: make([]float32, spec.ActDim)}
	if std, err := strconv.ParseFloat(g.Metadata["onestep.source_std"], 32); err == nil {
		p.std = float32(std)
	}
	unit := units == UnitUnits || units == AutoUnits && g.Metadata["onestep.action_range"] == "[-1,1]"
	for i := range p.scale {
		if p.scale[i] = 1; !unit && i < len(spec.ActionScale) {
			p.scale[i] = float32(spec.ActionScale[i])
			if spec.ActionCenter != nil {
				p.center[i] = float32(spec.ActionCenter[i])
			}
		}
	}
	return p, nil
}

// Act writes the action [ActDim] for an observation [ObsDim] and standard normal noise [ActDim], which matters only where the
// graph takes some.
func (p *Policy) Act(dst, obs, noise []float32) {
	for i := range p.room {
		p.room[i] = noise[i] * p.std
	}
	p.Actor.Act(dst, obs, p.room)
	for i := range dst {
		dst[i] = (dst[i] - p.center[i]) / p.scale[i]
	}
}

// Parameters is the number of the graph's constants.
func (p *Policy) Parameters() int {
	n := 0
	for _, c := range p.graph.constants {
		n += len(c.data)
	}
	return n
}

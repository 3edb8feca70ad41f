package foreign

import (
	"fmt"
	"slices"
	"strings"

	"onestep/engine/quote"
)

// Actor is a graph compiled for a task. It holds the workspace, allocates nothing when it acts and is not safe for
// concurrent use.
type Actor struct {
	// Noise tells that the graph takes noise beside the observation, as this program's own exports do.
	Noise bool
	// Output is the name of the output that acts, Nodes how many nodes it needs.
	Output string
	Nodes  int

	obs, noise, action *row
	steps              []func()
}

// row is a value: numbers, and what is known of it before the graph runs.
type row struct {
	x     []float32
	fixed bool // a constant
	rows  int  // of a constant matrix [rows, len(x)/rows], otherwise 1
	ints  []int64
}

// compiler turns nodes into steps.
type compiler struct {
	*Actor
	graph  *Graph
	values map[string]*row
	by     map[string]*node // which node computes a value
	busy   map[string]bool
	work   int
	actDim int
}

// Actor compiles the graph for a task of the given sizes.
func (g *Graph) Actor(obsDim, actDim int) (*Actor, error) {
	c := &compiler{Actor: &Actor{}, graph: g, values: map[string]*row{}, by: map[string]*node{}, busy: map[string]bool{}, actDim: actDim}
	if err := first(c.bindInputs(obsDim), c.bindNodes(), c.compile()); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGraph, err)
	}
	return c.Actor, nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// bindInputs gives room to the observation and, where a file of this program asks for it, to noise.
func (c *compiler) bindInputs(obsDim int) error {
	var names []string
	for _, p := range c.graph.inputs {
		names = append(names, p.name)
	}
	ours := len(names) == 2 && names[1] == "x0" && c.graph.Metadata["onestep.source_std"] != ""
	if len(names) != 1 && !ours {
		return fmt.Errorf("it takes %d inputs (%s), not an observation alone; recurrent policies carry a state from step to step", len(names), quoted(names))
	}
	obs := c.graph.inputs[0]
	if n := obs.width(); n >= 0 && n != obsDim {
		return fmt.Errorf("its input %s takes %d numbers, and the task's observation has %d", quote.Text(obs.name), n, obsDim)
	}
	c.obs = &row{x: make([]float32, obsDim), rows: 1}
	c.values[obs.name] = c.obs
	if ours {
		c.Noise = true
		c.noise = &row{x: make([]float32, c.actDim), rows: 1}
		c.values[names[1]] = c.noise
	}
	return nil
}

// width is the size of a port's last dimension, -1 where it is free. Others than the last must be 1 or free.
func (p *port) width() int {
	if len(p.sizes) == 0 {
		return -1
	}
	n := 1
	for i, s := range p.sizes {
		if s >= 0 && !(i == 0 && len(p.sizes) > 1) { // the first of several is the batch
			n *= s
		}
	}
	if p.sizes[len(p.sizes)-1] < 0 {
		return -1
	}
	return n
}

func quoted(names []string) string {
	out := make([]string, len(names))
	for i, n := range names[:min(len(names), 8)] {
		out[i] = quote.Text(n)
	}
	return strings.Join(out[:min(len(names), 8)], ", ")
}

func (c *compiler) bindNodes() error {
	for i := range c.graph.nodes {
		n := &c.graph.nodes[i]
		for _, out := range n.outputs {
			if out == "" {
				continue
			}
			if c.by[out] != nil || c.values[out] != nil || c.graph.constants[out] != nil {
				return fmt.Errorf("the value %s is computed twice", quote.Text(out))
			}
			c.by[out] = n
		}
	}
	return nil
}

// compile chooses the output that acts: one named for it, or the first; its width must be the task's.
func (c *compiler) compile() error {
	if len(c.graph.outputs) == 0 {
		return fmt.Errorf("it has no output")
	}
	out := c.graph.outputs[0]
	for _, name := range []string{"action", "actions", "mean", "mu"} {
		if i := slices.IndexFunc(c.graph.outputs, func(p port) bool { return p.name == name }); i >= 0 {
			out = c.graph.outputs[i]
			break
		}
	}
	v, err := c.value(out.name, 0)
	if err != nil {
		return err
	}
	if v.rows != 1 || len(v.x) != c.actDim {
		return fmt.Errorf("its output %s has %d numbers, and the task's action has %d", quote.Text(out.name), len(v.x), c.actDim)
	}
	c.action, c.Output = v, out.name
	return nil
}

// value compiles what a value needs, once, and returns it.
func (c *compiler) value(name string, depth int) (*row, error) {
	if v := c.values[name]; v != nil {
		return v, nil
	}
	if t := c.graph.constants[name]; t != nil {
		v := t.row()
		c.values[name] = v
		return v, nil
	}
	n := c.by[name]
	switch {
	case n == nil:
		return nil, fmt.Errorf("nothing computes the value %s", quote.Text(name))
	case c.busy[name] || depth > MaxNodes:
		return nil, fmt.Errorf("the value %s needs itself", quote.Text(name))
	case n.domain != "" && n.domain != "ai.onnx":
		return nil, fmt.Errorf("the operator %s is of the domain %s", quote.Text(n.op), quote.Text(n.domain))
	case n.outputs[0] != name:
		return nil, fmt.Errorf("output %s of the operator %s is no plain value", quote.Text(name), quote.Text(n.op))
	}
	c.busy[name] = true
	args := make([]*row, len(n.inputs))
	for i, in := range n.inputs {
		if in == "" {
			continue // left out
		}
		var err error
		if args[i], err = c.value(in, depth+1); err != nil {
			return nil, err
		}
	}
	v, err := c.operator(n, args)
	if err == nil && (len(v.x) > MaxWidth && v.rows == 1 || c.work > MaxWork) {
		err = fmt.Errorf("more than %d numbers in a value, or %d multiplications for an action", MaxWidth, MaxWork)
	}
	if err != nil {
		return nil, fmt.Errorf("the node %s (%s): %w", quote.Text(name), quote.Text(n.op), err)
	}
	c.values[name] = v
	c.Nodes++
	return v, nil
}

// row is a constant as a value; of several dimensions, all but the last count its rows.
func (t *constant) row() *row {
	v := &row{x: t.data, fixed: true, rows: 1, ints: t.ints}
	if n := len(t.sizes); n >= 2 {
		for _, s := range t.sizes[:n-1] {
			v.rows *= s
		}
	}
	return v
}

// Act writes the action [ActDim] for an observation [ObsDim]; noise [ActDim] matters only where Noise is set.
func (a *Actor) Act(dst, obs, noise []float32) {
	copy(a.obs.x, obs)
	if a.noise != nil {
		copy(a.noise.x, noise)
	}
	for _, step := range a.steps {
		step()
	}
	copy(dst, a.action.x)
}

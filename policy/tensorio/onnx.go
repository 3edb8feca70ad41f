package tensorio

import (
	"fmt"
	"unicode/utf8"

	"onestep/engine/quote"
)

// The versions written: opset 17 of the default operator set goes with version 8 of the IR (ONNX 1.12).
const (
	IRVersion = 8
	Opset     = 17
)

// Limits of an ONNX model, on writing and on reading.
const (
	MaxNodes      = 1 << 14 // nodes of a graph
	MaxNodeValues = 8       // inputs, and outputs, of a node
)

// Model is an ONNX model (ModelProto) in the subset that a small network needs: one graph over the default
// operator set, nodes without attributes, and every value a dense tensor of float32.
type Model struct {
	Producer, ProducerVersion string
	Doc                       string
	Graph                     Graph
	Metadata                  map[string]string // metadata_props
}

// Graph is a GraphProto. Names of values are unique: every value is an input, an initializer or the output of
// one node, and stands before its first use.
type Graph struct {
	Name, Doc       string
	Nodes           []Node
	Initializers    []Tensor
	Inputs, Outputs []Value
}

// Node is a NodeProto: one application of an operator. Its name is that of its first output.
type Node struct {
	Op              string
	Inputs, Outputs []string
}

// Value is a ValueInfoProto: a named float32 tensor, some of whose dimensions may be free.
type Value struct {
	Name, Doc string
	Dims      []Dim
}

// Dim is one dimension of a Value: a size, or the name of a free one.
type Dim struct {
	Size int
	Free string
}

// onnxFloat is TensorProto.DataType.FLOAT.
const onnxFloat = 1

// check says what is wrong with the model. It knows the graph's rules, not those of the operators.
func (m *Model) check() error {
	for k, v := range m.Metadata {
		if !utf8.ValidString(k) || !utf8.ValidString(v) {
			return fmt.Errorf("metadata %s is not UTF-8", quote.Text(k))
		}
	}
	g := &m.Graph
	if g.Name == "" {
		return fmt.Errorf("the graph has no name")
	}
	known := map[string]bool{}
	define := func(name string) error {
		if name == "" || known[name] || !utf8.ValidString(name) {
			return fmt.Errorf("the name %s is empty, taken or not UTF-8", quote.Text(name))
		}
		known[name] = true
		return nil
	}
	for _, v := range g.Inputs {
		if err := v.check(define); err != nil {
			return err
		}
	}
	for _, t := range g.Initializers {
		size, err := byteSize(t.Shape, F32)
		if err == nil && (t.DType() != F32 || size != 4*len(t.Float32())) {
			err = fmt.Errorf("shape %s does not fit its data, or they are not F32", shapeText(t.Shape))
		}
		if err == nil {
			err = define(t.Name)
		}
		if err != nil {
			return fmt.Errorf("initializer %s: %w", quote.Text(t.Name), err)
		}
	}
	if err := g.checkNodes(known, define); err != nil {
		return err
	}
	for _, v := range g.Outputs {
		if !known[v.Name] {
			return fmt.Errorf("nothing computes the output %s", quote.Text(v.Name))
		}
		if err := v.check(func(string) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// checkNodes demands that each node's inputs are known before it and its outputs are new.
func (g *Graph) checkNodes(known map[string]bool, define func(string) error) error {
	if len(g.Nodes) > MaxNodes || len(g.Initializers) > MaxTensors {
		return fmt.Errorf("%d nodes and %d initializers are more than %d and %d", len(g.Nodes), len(g.Initializers), MaxNodes, MaxTensors)
	}
	for i, n := range g.Nodes {
		if n.Op == "" || len(n.Outputs) == 0 || len(n.Inputs) > MaxNodeValues || len(n.Outputs) > MaxNodeValues {
			return fmt.Errorf("node %d has no operator, no output or too many values", i)
		}
		for _, name := range n.Inputs {
			if !known[name] {
				return fmt.Errorf("node %d (%s) uses %s before it is computed", i, n.Op, quote.Text(name))
			}
		}
		for _, name := range n.Outputs {
			if err := define(name); err != nil {
				return fmt.Errorf("node %d (%s): %w", i, n.Op, err)
			}
		}
	}
	return nil
}

func (v *Value) check(define func(string) error) error {
	if len(v.Dims) > MaxRank {
		return fmt.Errorf("value %s has too many dimensions", quote.Text(v.Name))
	}
	for _, d := range v.Dims {
		if (d.Free == "") == (d.Size <= 0) || d.Size > MaxDim {
			return fmt.Errorf("value %s has a dimension that is neither a size nor a name", quote.Text(v.Name))
		}
	}
	return define(v.Name)
}

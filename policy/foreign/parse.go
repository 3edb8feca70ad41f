package foreign

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"onestep/engine/quote"
	"onestep/policy/tensorio"
)

// ErrGraph is wrapped by every error of this package.
var ErrGraph = errors.New("the ONNX graph cannot act here")

// Limits of a file, against files made to exhaust memory or time.
const (
	MaxFile    = 64 << 20 // bytes
	MaxNodes   = 1 << 12  // of a graph
	MaxNumbers = 1 << 24  // of all constants
	MaxWidth   = 1 << 14  // of a value
	MaxWork    = 1 << 26  // multiplications for one action
)

// Graph is a decoded model.
type Graph struct {
	Producer string
	Metadata map[string]string

	nodes     []node
	constants map[string]*constant
	inputs    []port // without those that are constants
	outputs   []port
}

// port is an input or output with the sizes that the file gives: -1 is free.
type port struct {
	name  string
	sizes []int
}

type node struct {
	op, domain      string
	inputs, outputs []string
	floats          map[string]float32
	ints            map[string][]int64
	tensor          *constant // of a Constant
}

// constant is a tensor of the file: float32, or whole numbers.
type constant struct {
	sizes []int
	data  []float32
	ints  []int64
	kind  uint64
}

// Data types of TensorProto.
const (
	kindFloat  = 1
	kindInt32  = 6
	kindInt64  = 7
	kindDouble = 11
)

// Read decodes an ONNX file.
func Read(b []byte) (*Graph, error) {
	g := &Graph{Metadata: map[string]string{}, constants: map[string]*constant{}}
	err := fmt.Errorf("the file has %d bytes, more than %d", len(b), MaxFile)
	if len(b) <= MaxFile {
		err = g.model(b)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGraph, err)
	}
	return g, nil
}

func (g *Graph) model(b []byte) error {
	graphs := 0
	err := tensorio.Fields(b, func(f tensorio.Field) error {
		switch f.Number {
		case 2:
			g.Producer = string(f.Bytes)
		case 7:
			graphs++
			return g.graph(f.Bytes)
		case 14:
			return g.entry(f.Bytes)
		case 25:
			return errors.New("it has functions of its own")
		}
		return nil
	})
	if err == nil && graphs != 1 {
		err = fmt.Errorf("it has %d graphs, not one", graphs)
	}
	return err
}

func (g *Graph) entry(b []byte) error {
	var key, value string
	err := tensorio.Fields(b, func(f tensorio.Field) error {
		switch f.Number {
		case 1:
			key = string(f.Bytes)
		case 2:
			value = string(f.Bytes)
		}
		return nil
	})
	g.Metadata[key] = value
	return err
}

func (g *Graph) graph(b []byte) error {
	numbers := 0
	err := tensorio.Fields(b, func(f tensorio.Field) error {
		switch f.Number {
		case 1:
			n, err := parseNode(f.Bytes)
			if len(g.nodes) == MaxNodes {
				return fmt.Errorf("more than %d nodes", MaxNodes)
			}
			if n.tensor != nil {
				numbers += len(n.tensor.data) + len(n.tensor.ints)
			}
			g.nodes = append(g.nodes, n)
			return err
		case 5:
			name, c, err := parseTensor(f.Bytes)
			if err != nil {
				return fmt.Errorf("weights %s: %w", quote.Text(name), err)
			}
			if g.constants[name] != nil {
				return fmt.Errorf("a second tensor %s", quote.Text(name))
			}
			g.constants[name] = c
			if numbers += len(c.data) + len(c.ints); numbers > MaxNumbers {
				return fmt.Errorf("more than %d weights", MaxNumbers)
			}
		case 11, 12:
			p, err := parsePort(f.Bytes)
			list := &g.inputs
			if f.Number == 12 {
				list = &g.outputs
			}
			if len(*list) == MaxNodes {
				return fmt.Errorf("more than %d inputs or outputs", MaxNodes)
			}
			*list = append(*list, p)
			return err
		case 15:
			return errors.New("it has sparse weights")
		}
		return nil
	})
	kept := g.inputs[:0]
	for _, p := range g.inputs { // before version 4 of the format, weights are listed among the inputs
		if g.constants[p.name] == nil {
			kept = append(kept, p)
		}
	}
	g.inputs = kept
	return err
}

func parseNode(b []byte) (n node, err error) {
	n.floats, n.ints = map[string]float32{}, map[string][]int64{}
	err = tensorio.Fields(b, func(f tensorio.Field) error {
		if len(n.inputs)+len(n.outputs) > 256 {
			return errors.New("a node of more than 256 values")
		}
		switch f.Number {
		case 1:
			n.inputs = append(n.inputs, string(f.Bytes))
		case 2:
			n.outputs = append(n.outputs, string(f.Bytes))
		case 4:
			n.op = string(f.Bytes)
		case 5:
			return n.attribute(f.Bytes)
		case 7:
			n.domain = string(f.Bytes)
		}
		return nil
	})
	return n, err
}

// attribute reads an AttributeProto of a number, whole numbers or a tensor; others stay unread, which matters only to
// operators that are refused.
func (n *node) attribute(b []byte) error {
	name := ""
	var ints []int64
	var float *float32
	var floats []float32
	err := tensorio.Fields(b, func(f tensorio.Field) (err error) {
		switch f.Number {
		case 1:
			name = string(f.Bytes)
		case 2:
			x := math.Float32frombits(uint32(f.Value))
			float = &x
		case 3:
			ints = append(ints, int64(f.Value))
		case 5:
			_, n.tensor, err = parseTensor(f.Bytes)
		case 7:
			floats, err = addFloats(floats, f)
		case 8:
			ints, err = addInts(ints, f)
		}
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("attribute %s of %s: %w", quote.Text(name), quote.Text(n.op), err)
	case len(n.floats)+len(n.ints) > 64:
		return errors.New("a node of more than 64 attributes")
	case float != nil:
		n.floats[name] = *float
		if name == "value_float" {
			n.tensor = &constant{data: []float32{*float}, kind: kindFloat}
		}
	case ints != nil:
		n.ints[name] = ints
		if name == "value_int" || name == "value_ints" {
			n.tensor = &constant{sizes: []int{len(ints)}, ints: ints, kind: kindInt64}
		}
	case floats != nil && name == "value_floats":
		n.tensor = &constant{sizes: []int{len(floats)}, data: floats, kind: kindFloat}
	}
	return nil
}

// addInts appends a repeated field of varints, packed or one.
func addInts(dst []int64, f tensorio.Field) ([]int64, error) {
	if f.Bytes == nil {
		return append(dst, int64(f.Value)), nil
	}
	for b := f.Bytes; len(b) > 0; {
		v, n := binary.Uvarint(b)
		if n <= 0 || len(dst) == MaxNumbers {
			return nil, errors.New("its numbers are cut")
		}
		dst, b = append(dst, int64(v)), b[n:]
	}
	return dst, nil
}

// addFloats appends a repeated field of float32 numbers, packed or one.
func addFloats(dst []float32, f tensorio.Field) ([]float32, error) {
	if f.Bytes == nil {
		return append(dst, math.Float32frombits(uint32(f.Value))), nil
	}
	if len(f.Bytes)%4 != 0 || len(f.Bytes)/4 > MaxNumbers {
		return nil, errors.New("its numbers are cut")
	}
	for b := f.Bytes; len(b) > 0; b = b[4:] {
		dst = append(dst, math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	return dst, nil
}

func parseTensor(b []byte) (name string, c *constant, err error) {
	c = &constant{}
	var dims []int64
	var raw, doubles []byte
	err = tensorio.Fields(b, func(f tensorio.Field) (err error) {
		switch f.Number {
		case 1:
			dims, err = addInts(dims, f)
		case 2:
			c.kind = f.Value
		case 4:
			c.data, err = addFloats(c.data, f)
		case 5, 7:
			c.ints, err = addInts(c.ints, f)
		case 8:
			name = string(f.Bytes)
		case 9:
			raw = f.Bytes
		case 10:
			doubles = f.Bytes
		case 13:
			err = errors.New("its numbers are in another file (external data); export the graph into one file")
		case 14:
			if f.Value != 0 {
				err = errors.New("its numbers are in another file (external data); export the graph into one file")
			}
		}
		return err
	})
	if err != nil {
		return name, nil, err
	}
	size := 1
	for _, d := range dims {
		if d < 0 || d > MaxNumbers || len(c.sizes) == tensorio.MaxRank {
			return name, nil, fmt.Errorf("dimensions %v", dims)
		}
		if size *= int(d); size > MaxNumbers {
			return name, nil, fmt.Errorf("more than %d numbers", MaxNumbers)
		}
		c.sizes = append(c.sizes, int(d))
	}
	if raw != nil {
		err = c.raw(raw, size)
	} else if c.kind == kindDouble {
		err = c.raw(doubles, size)
	}
	if err == nil {
		err = c.check(size)
	}
	return name, c, err
}

// raw decodes raw_data, little-endian.
func (c *constant) raw(b []byte, size int) error {
	width := map[uint64]int{kindFloat: 4, kindInt32: 4, kindInt64: 8, kindDouble: 8}[c.kind]
	if width == 0 {
		return nil // check refuses the kind
	}
	if len(b) != width*size {
		return fmt.Errorf("%d bytes are not %d numbers", len(b), size)
	}
	c.data, c.ints = nil, nil
	for ; len(b) > 0; b = b[width:] {
		switch c.kind {
		case kindFloat:
			c.data = append(c.data, math.Float32frombits(binary.LittleEndian.Uint32(b)))
		case kindDouble:
			c.data = append(c.data, float32(math.Float64frombits(binary.LittleEndian.Uint64(b))))
		case kindInt32:
			c.ints = append(c.ints, int64(int32(binary.LittleEndian.Uint32(b))))
		case kindInt64:
			c.ints = append(c.ints, int64(binary.LittleEndian.Uint64(b)))
		}
	}
	return nil
}

func (c *constant) check(size int) error {
	got := len(c.data)
	switch c.kind {
	case kindFloat, kindDouble:
	case kindInt32, kindInt64:
		got = len(c.ints)
	default:
		return fmt.Errorf("its numbers are of type %d; only float32, float64, int32 and int64 are read", c.kind)
	}
	if got != size {
		return fmt.Errorf("%d numbers, not %d", got, size)
	}
	for _, x := range c.data {
		if x-x != 0 {
			return errors.New("it holds numbers that are not finite")
		}
	}
	return nil
}

func parsePort(b []byte) (p port, err error) {
	err = tensorio.Fields(b, func(f tensorio.Field) error {
		switch f.Number {
		case 1:
			p.name = string(f.Bytes)
		case 2: // TypeProto, tensor_type, shape, dim
			return within(f.Bytes, 1, func(b []byte) error {
				return within(b, 2, func(b []byte) error {
					return within(b, 1, p.dim)
				})
			})
		}
		return nil
	})
	return p, err
}

// within calls visit for each message in the given field.
func within(b []byte, field int, visit func([]byte) error) error {
	return tensorio.Fields(b, func(f tensorio.Field) error {
		if f.Number != field || f.Bytes == nil {
			return nil
		}
		return visit(f.Bytes)
	})
}

func (p *port) dim(b []byte) error {
	size := -1
	err := tensorio.Fields(b, func(f tensorio.Field) error {
		if f.Number == 1 && f.Value <= MaxNumbers {
			size = int(f.Value)
		}
		return nil
	})
	if len(p.sizes) == tensorio.MaxRank {
		return errors.New("a value of too many dimensions")
	}
	p.sizes = append(p.sizes, size)
	return err
}

package tensorio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"onestep/engine/quote"
)

// ErrONNX is wrapped by every error of ParseONNX.
var ErrONNX = errors.New("not an ONNX model of the subset that this program writes")

// ParseONNX decodes what MarshalONNX writes. It is no general reader: attributes, other operator sets, other
// versions and data outside raw_data are errors. The result passes the checks of MarshalONNX and shares no
// memory with b.
func ParseONNX(b []byte) (*Model, error) {
	m, err := parseModel(b)
	if err == nil {
		err = m.check()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrONNX, err)
	}
	return m, nil
}

// unknown is the error of a field that the subset does not have.
func unknown(message string, field int) error {
	return fmt.Errorf("%s has the field %d, which this subset does not have", message, field)
}

// want compares a field of a fixed value.
func want(what string, got, want uint64) error {
	if got != want {
		return fmt.Errorf("%s is %d, not %d", what, got, want)
	}
	return nil
}

// parseModel and the functions below take a field's wire type as given by its number: a varint where bytes
// are due reads as no bytes, and bytes where a varint is due as 0, which the checks then refuse.
func parseModel(b []byte) (*Model, error) {
	m := &Model{Metadata: map[string]string{}}
	var version, opset, graphs uint64
	err := fields(b, func(field int, v uint64, b []byte) error {
		switch field {
		case 1:
			version = v
		case 2:
			m.Producer = string(b)
		case 3:
			m.ProducerVersion = string(b)
		case 6:
			m.Doc = string(b)
		case 7:
			graphs++
			return parseGraph(&m.Graph, b)
		case 8:
			return fields(b, func(field int, v uint64, _ []byte) error {
				if opset = v; field != 2 {
					return unknown("OperatorSetIdProto", field)
				}
				return nil
			})
		case 14:
			return parseEntry(m.Metadata, b)
		default:
			return unknown("ModelProto", field)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return m, errors.Join(want("ir_version", version, IRVersion), want("the opset", opset, Opset), want("the number of graphs", graphs, 1))
}

func parseEntry(dst map[string]string, b []byte) error {
	var key, value string
	err := fields(b, func(field int, _ uint64, b []byte) error {
		switch field {
		case 1:
			key = string(b)
		case 2:
			value = string(b)
		default:
			return unknown("StringStringEntryProto", field)
		}
		return nil
	})
	if _, twice := dst[key]; err == nil && (twice || len(dst) == MaxMetadata) {
		err = fmt.Errorf("metadata %s stands twice or is one entry too many", quote.Text(key))
	}
	dst[key] = value
	return err
}

func parseGraph(g *Graph, b []byte) error {
	return fields(b, func(field int, _ uint64, b []byte) error {
		if len(g.Nodes) > MaxNodes || len(g.Initializers) > MaxTensors || len(g.Inputs)+len(g.Outputs) > MaxTensors {
			return errors.New("the graph has too many parts")
		}
		switch field {
		case 1:
			n, err := parseNode(b)
			g.Nodes = append(g.Nodes, n)
			return err
		case 2:
			g.Name = string(b)
		case 5:
			t, err := parseTensor(b)
			g.Initializers = append(g.Initializers, t)
			return err
		case 10:
			g.Doc = string(b)
		case 11:
			v, err := parseValue(b)
			g.Inputs = append(g.Inputs, v)
			return err
		case 12:
			v, err := parseValue(b)
			g.Outputs = append(g.Outputs, v)
			return err
		default:
			return unknown("GraphProto", field)
		}
		return nil
	})
}

func parseNode(b []byte) (n Node, err error) {
	name := ""
	err = fields(b, func(field int, _ uint64, b []byte) error {
		if len(n.Inputs) > MaxNodeValues || len(n.Outputs) > MaxNodeValues {
			return errors.New("a node has too many values")
		}
		switch field {
		case 1:
			n.Inputs = append(n.Inputs, string(b))
		case 2:
			n.Outputs = append(n.Outputs, string(b))
		case 3:
			name = string(b)
		case 4:
			n.Op = string(b)
		default:
			return unknown("NodeProto", field)
		}
		return nil
	})
	if err == nil && (len(n.Outputs) == 0 || n.Outputs[0] != name) {
		err = fmt.Errorf("node %s is not named after its first output", quote.Text(name))
	}
	return n, err
}

func parseTensor(b []byte) (t Tensor, err error) {
	var kind uint64
	var raw []byte
	err = fields(b, func(field int, v uint64, b []byte) error {
		switch field {
		case 1:
			if len(t.Shape) == MaxRank || v > MaxDim {
				return errors.New("a tensor has too many or too large dimensions")
			}
			t.Shape = append(t.Shape, int(v))
		case 2:
			kind = v
		case 8:
			t.Name = string(b)
		case 9:
			raw = b
		default:
			return unknown("TensorProto", field)
		}
		return nil
	})
	if err != nil {
		return t, err
	}
	size, err := byteSize(t.Shape, F32)
	if err == nil && size != len(raw) {
		err = fmt.Errorf("shape %s does not fit %d bytes", shapeText(t.Shape), len(raw))
	}
	err = errors.Join(err, want("data_type", kind, onnxFloat))
	if err != nil {
		return t, fmt.Errorf("initializer %s: %w", quote.Text(t.Name), err)
	}
	data := make([]float32, len(raw)/4)
	for i := range data {
		data[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	t.data = f32s(data)
	return t, nil
}

func parseValue(b []byte) (v Value, err error) {
	err = fields(b, func(field int, _ uint64, b []byte) error {
		switch field {
		case 1:
			v.Name = string(b)
		case 2:
			return fields(b, func(field int, _ uint64, b []byte) error {
				if field != 1 {
					return unknown("TypeProto", field)
				}
				return parseTensorType(&v, b)
			})
		case 3:
			v.Doc = string(b)
		default:
			return unknown("ValueInfoProto", field)
		}
		return nil
	})
	return v, err
}

func parseTensorType(dst *Value, b []byte) error {
	return fields(b, func(field int, v uint64, b []byte) error {
		switch field {
		case 1:
			return want("elem_type", v, onnxFloat)
		case 2:
			return fields(b, func(field int, _ uint64, b []byte) error {
				if field != 1 || len(dst.Dims) == MaxRank {
					return unknown("TensorShapeProto", field)
				}
				d, err := parseDim(b)
				dst.Dims = append(dst.Dims, d)
				return err
			})
		}
		return unknown("TypeProto.Tensor", field)
	})
}

func parseDim(b []byte) (d Dim, err error) {
	err = fields(b, func(field int, v uint64, b []byte) error {
		switch {
		case field == 1 && v <= MaxDim:
			d.Size = int(v)
		case field == 2:
			d.Free = string(b)
		default:
			return unknown("TensorShapeProto.Dimension", field)
		}
		return nil
	})
	return d, err
}

package tensorio

import (
	"fmt"
	"sort"
)

// MarshalONNX encodes a model. The bytes depend on the model alone (metadata is sorted by key). A graph
// that is not well formed - a name twice, a value used before it is computed, an output that nothing
// computes, data that do not fit their shape - is an error. The field numbers are those of onnx.proto.
func MarshalONNX(m *Model) ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("tensorio: ONNX: %w", err)
	}
	keys := make([]string, 0, len(m.Metadata))
	for k := range m.Metadata {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	out := message(nil).uint(1, IRVersion) // ModelProto.ir_version
	out = out.text(2, m.Producer)          // producer_name
	out = out.text(3, m.ProducerVersion)   // producer_version
	out = out.text(6, m.Doc)               // doc_string
	out = out.bytes(7, graphProto(&m.Graph))
	out = out.bytes(8, message(nil).uint(2, Opset)) // opset_import: OperatorSetIdProto.version of the default domain
	for _, k := range keys {
		entry := message(nil).bytes(1, []byte(k))     // StringStringEntryProto.key
		entry = entry.bytes(2, []byte(m.Metadata[k])) // value
		out = out.bytes(14, entry)                    // metadata_props
	}
	return out, nil
}

func graphProto(g *Graph) message {
	var out message
	for _, n := range g.Nodes {
		out = out.bytes(1, nodeProto(n)) // GraphProto.node
	}
	out = out.text(2, g.Name) // name
	for _, t := range g.Initializers {
		out = out.bytes(5, tensorProto(t)) // initializer
	}
	out = out.text(10, g.Doc) // doc_string
	for _, v := range g.Inputs {
		out = out.bytes(11, valueInfoProto(v)) // input
	}
	for _, v := range g.Outputs {
		out = out.bytes(12, valueInfoProto(v)) // output
	}
	return out
}

func nodeProto(n Node) message {
	var out message
	for _, name := range n.Inputs {
		out = out.bytes(1, []byte(name)) // NodeProto.input
	}
	for _, name := range n.Outputs {
		out = out.bytes(2, []byte(name)) // output
	}
	out = out.text(3, n.Outputs[0]) // name
	return out.text(4, n.Op)        // op_type
}

func tensorProto(t Tensor) message {
	var out message
	for _, d := range t.Shape {
		out = out.uint(1, uint64(d)) // TensorProto.dims
	}
	n := t.data.count()
	out = out.uint(2, onnxFloat)                                     // data_type
	out = out.text(8, t.Name)                                        // name
	return out.bytes(9, t.data.appendTo(make([]byte, 0, 4*n), 0, n)) // raw_data: little-endian, row-major
}

func valueInfoProto(v Value) message {
	var shape message
	for _, d := range v.Dims {
		dim := message(nil)
		if d.Free != "" {
			dim = dim.text(2, d.Free) // TensorShapeProto.Dimension.dim_param
		} else {
			dim = dim.uint(1, uint64(d.Size)) // dim_value
		}
		shape = shape.bytes(1, dim) // TensorShapeProto.dim
	}
	tensor := message(nil).uint(1, onnxFloat)         // TypeProto.Tensor.elem_type
	tensor = tensor.bytes(2, shape)                   // shape
	out := message(nil).text(1, v.Name)               // ValueInfoProto.name
	out = out.bytes(2, message(nil).bytes(1, tensor)) // type: TypeProto.tensor_type
	return out.text(3, v.Doc)                         // doc_string
}

package tensorio

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// smallModel computes y [B, 2] = x [B, 1] w + b.
func smallModel() *Model {
	return &Model{
		Producer: "p", ProducerVersion: "1", Doc: "d",
		Metadata: map[string]string{"task": "t", "empty": ""},
		Graph: Graph{
			Name: "g", Doc: "dg",
			Inputs:       []Value{{Name: "x", Doc: "dx", Dims: []Dim{{Free: "B"}, {Size: 1}}}},
			Outputs:      []Value{{Name: "y", Dims: []Dim{{Free: "B"}, {Size: 2}}}},
			Initializers: []Tensor{Float32s("w", []int{1, 2}, []float32{1, -2}), Float32s("c", nil, []float32{0.5})},
			Nodes: []Node{
				{Op: "MatMul", Inputs: []string{"x", "w"}, Outputs: []string{"xw"}},
				{Op: "Add", Inputs: []string{"xw", "c"}, Outputs: []string{"y"}},
			},
		},
	}
}

// The bytes of smallModel by hand from onnx.proto: tag = number << 3 | wire type, then a varint or a length
// and the content. The Python package onnx 1.12.0 checked them, and wrote the same bytes after parsing them.
func TestONNXGoldenBytes(t *testing.T) {
	want, err := hex.DecodeString("0808" + "120170" + "1a0131" + "320164" + // ir_version 8, producer_name, producer_version, doc_string
		"3a8501" + // graph, 133 bytes:
		"0a16" + "0a0178" + "0a0177" + "12027877" + "1a027877" + "22064d61744d756c" + // node: inputs x, w; output xw; name xw; MatMul
		"0a12" + "0a027877" + "0a0163" + "120179" + "1a0179" + "2203416464" + // node: inputs xw, c; output y; name y; Add
		"120167" + // name
		"2a13" + "0801" + "0802" + "1001" + "420177" + "4a080000803f000000c0" + // initializer w: dims 1, 2; FLOAT; raw_data 1, -2
		"2a0b" + "1001" + "420163" + "4a040000003f" + // initializer c: a scalar, 0.5
		"52026467" + // doc_string
		"5a18" + "0a0178" + "120f0a0d" + "0801" + "1209" + "0a03120142" + "0a020801" + "1a026478" + // input x: FLOAT [B, 1]
		"6214" + "0a0179" + "120f0a0d" + "0801" + "1209" + "0a03120142" + "0a020802" + // output y: FLOAT [B, 2]
		"4202" + "1011" + // opset_import: version 17
		"7209" + "0a05656d707479" + "1200" + "7209" + "0a047461736b" + "120174") // metadata_props, sorted
	require.NoError(t, err)
	got, err := MarshalONNX(smallModel())
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestONNXRoundTrip(t *testing.T) {
	want := smallModel()
	b, err := MarshalONNX(want)
	require.NoError(t, err)
	got, err := ParseONNX(b)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	again, err := MarshalONNX(got)
	require.NoError(t, err)
	assert.Equal(t, b, again)
}

func TestONNXTruncation(t *testing.T) {
	b, err := MarshalONNX(smallModel())
	require.NoError(t, err)
	for n := range b {
		m, err := ParseONNX(b[:n])
		if err == nil { // a prefix that ends between two entries of the metadata is a whole model
			assert.Less(t, len(m.Metadata), 2)
			continue
		}
		assert.ErrorIs(t, err, ErrONNX)
		assert.Nil(t, m)
	}
}

func TestONNXRefusesMalformedGraphs(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(m *Model)
		want  string
	}{
		"order":           {func(m *Model) { n := m.Graph.Nodes; n[0], n[1] = n[1], n[0] }, `uses "xw" before`},
		"taken":           {func(m *Model) { m.Graph.Nodes[1].Outputs[0] = "xw" }, "taken"},
		"no output":       {func(m *Model) { m.Graph.Nodes[1].Outputs = nil }, "no output"},
		"no operator":     {func(m *Model) { m.Graph.Nodes[1].Op = "" }, "no operator"},
		"many inputs":     {func(m *Model) { m.Graph.Nodes[0].Inputs = make([]string, MaxNodeValues+1) }, "too many values"},
		"missing":         {func(m *Model) { m.Graph.Outputs[0].Name = "z" }, `nothing computes the output "z"`},
		"nameless":        {func(m *Model) { m.Graph.Name = "" }, "no name"},
		"shape":           {func(m *Model) { m.Graph.Initializers[0].Shape = []int{3} }, `initializer "w"`},
		"type":            {func(m *Model) { m.Graph.Initializers[1] = Bytes("c", nil, []byte{1}) }, "not F32"},
		"empty name":      {func(m *Model) { m.Graph.Inputs[0].Name = "" }, "empty"},
		"dimension":       {func(m *Model) { m.Graph.Inputs[0].Dims[0] = Dim{} }, "neither a size nor a name"},
		"both":            {func(m *Model) { m.Graph.Inputs[0].Dims[0] = Dim{Size: 1, Free: "B"} }, "neither a size nor a name"},
		"rank":            {func(m *Model) { m.Graph.Outputs[0].Dims = make([]Dim, MaxRank+1) }, "too many dimensions"},
		"metadata":        {func(m *Model) { m.Metadata["\xff"] = "" }, "not UTF-8"},
		"too many nodes":  {func(m *Model) { m.Graph.Nodes = make([]Node, MaxNodes+1) }, "16385 nodes"},
		"initializer set": {func(m *Model) { m.Graph.Initializers[1] = Tensor{Name: "c"} }, "not F32"},
	} {
		m := smallModel()
		c.spoil(m)
		_, err := MarshalONNX(m)
		assert.ErrorContains(t, err, c.want, name)
	}
}

// Messages that only the decoder can meet.
func TestONNXRefusesForeignMessages(t *testing.T) {
	model := func(graph message) []byte {
		return message(nil).uint(1, IRVersion).bytes(7, graph).bytes(8, message(nil).uint(2, Opset))
	}
	graph := func() message { return message(nil).text(2, "g") }
	b, err := MarshalONNX(smallModel())
	require.NoError(t, err)
	b = b[:len(b):len(b)] // the cases append to it
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"empty":             {nil, "ir_version is 0"},
		"PNG":               {[]byte("\x89PNG\r\n\x1a\n"), "field"},
		"zip":               {[]byte("PK\x03\x04\x14\x00"), "field"},
		"other IR":          {message(nil).uint(1, 9).bytes(7, graph()).bytes(8, message(nil).uint(2, Opset)), "ir_version is 9"},
		"other opset":       {message(nil).uint(1, IRVersion).bytes(7, graph()).bytes(8, message(nil).uint(2, 18)), "opset is 18"},
		"two graphs":        {append(append([]byte(nil), b...), model(graph())...), "the number of graphs is 2"},
		"training_info":     {message(b).bytes(20, nil), "field 20"},
		"attribute":         {model(graph().bytes(1, message(nil).bytes(5, nil))), "NodeProto has the field 5"},
		"external data":     {model(graph().bytes(5, message(nil).uint(2, 1).bytes(13, nil))), "TensorProto has the field 13"},
		"no data":           {model(graph().bytes(5, message(nil).uint(1, 2).uint(2, 1).text(8, "w"))), "does not fit 0 bytes"},
		"absurd dimension":  {model(graph().bytes(5, message(nil).uint(1, 1<<63).uint(2, 1).text(8, "w"))), "too large dimensions"},
		"overflowing shape": {model(graph().bytes(5, message(nil).uint(1, MaxDim).uint(1, MaxDim).uint(1, MaxDim).text(8, "w"))), "overflows"},
		"double":            {model(graph().bytes(5, message(nil).uint(2, 11).text(8, "w").bytes(9, make([]byte, 4)))), "data_type is 11"},
		"name of node":      {model(graph().bytes(1, message(nil).text(2, "y").text(3, "z").text(4, "Tanh"))), "not named after"},
		"deep messages":     {[]byte(strings.Repeat("\x3a\xff\xff\x03", 1000)), "ends inside"},
		"endless varint":    {[]byte(strings.Repeat("\xff", 64)), "ends inside"},
		"metadata twice":    {message(b).bytes(14, message(nil).text(1, "task")), `metadata "task" stands twice`},
	} {
		_, err := ParseONNX(c.b)
		require.ErrorIs(t, err, ErrONNX, name)
		assert.ErrorContains(t, err, c.want, name)
	}
}

// An empty node costs two bytes in a file and some hundred in memory: the limits bound the sum.
func TestONNXParsingAllocatesNoMoreThanTheFile(t *testing.T) {
	empty := message(nil).text(2, "g")
	node := message(nil).text(2, "y").text(3, "y").text(4, "Tanh")
	for range MaxNodes + 2 {
		empty = empty.bytes(1, node)
	}
	b := message(nil).bytes(7, empty)
	var err error
	n := allocated(func() { _, err = ParseONNX(b) })
	require.ErrorIs(t, err, ErrONNX)
	t.Logf("%d bytes for a file of %d", n, len(b))
	assert.LessOrEqual(t, n, len(b)+12<<20)
}

// FuzzParseONNX demands of every input: no panic; what is accepted is written and read again as the same.
func FuzzParseONNX(f *testing.F) {
	b, err := MarshalONNX(smallModel())
	require.NoError(f, err)
	f.Add(b)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseONNX(b)
		if err != nil {
			return
		}
		out, err := MarshalONNX(m)
		require.NoError(t, err)
		again, err := ParseONNX(out)
		require.NoError(t, err)
		second, err := MarshalONNX(again)
		require.NoError(t, err)
		require.Equal(t, out, second)
	})
}

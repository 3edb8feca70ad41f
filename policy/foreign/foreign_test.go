package foreign

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pb is an encoded message; its methods append fields as protocol buffers have them.
type pb []byte

func (m pb) int(field int, v int64) pb {
	return binary.AppendUvarint(binary.AppendUvarint(m, uint64(field)<<3), uint64(v))
}

func (m pb) sub(field int, b []byte) pb {
	m = binary.AppendUvarint(m, uint64(field)<<3|2)
	return append(binary.AppendUvarint(m, uint64(len(b))), b...)
}

func (m pb) text(field int, s string) pb { return m.sub(field, []byte(s)) }

func (m pb) float(field int, x float32) pb {
	m = binary.AppendUvarint(m, uint64(field)<<3|5)
	return binary.LittleEndian.AppendUint32(m, math.Float32bits(x))
}

func raw(x []float32) (b []byte) {
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// weights is a TensorProto as torch.onnx writes one: dims, data_type, name, raw_data.
func weights(name string, x []float32, dims ...int64) pb {
	var m pb
	for _, d := range dims {
		m = m.int(1, d)
	}
	return m.int(2, 1).text(8, name).sub(9, raw(x))
}

func shape(x ...int64) pb {
	var data []byte
	for _, v := range x {
		data = binary.LittleEndian.AppendUint64(data, uint64(v))
	}
	return pb{}.int(1, int64(len(x))).int(2, 7).sub(9, data)
}

func op(kind, out string, inputs []string, attributes ...pb) pb {
	var m pb
	for _, in := range inputs {
		m = m.text(1, in)
	}
	m = m.text(2, out).text(3, "/"+out).text(4, kind)
	for _, a := range attributes {
		m = m.sub(5, a)
	}
	return m
}

func attrInt(name string, v int64) pb     { return pb{}.text(1, name).int(3, v).int(20, 2) }
func attrFloat(name string, x float32) pb { return pb{}.text(1, name).float(2, x).int(20, 1) }
func attrTensor(name string, t pb) pb     { return pb{}.text(1, name).sub(5, t).int(20, 4) }

// value is a ValueInfoProto of float32 with a free batch.
func value(name string, n int64) pb {
	dims := pb{}.sub(1, pb{}.text(2, "batch")).sub(1, pb{}.int(1, n))
	return pb{}.text(1, name).sub(2, pb{}.sub(1, pb{}.int(1, 1).sub(2, dims)))
}

// file is a ModelProto: nodes, tensors, inputs, outputs.
func file(nodes, tensors, inputs, outputs []pb) pb {
	var g pb
	for _, n := range nodes {
		g = g.sub(1, n)
	}
	g = g.text(2, "main_graph")
	for _, t := range tensors {
		g = g.sub(5, t)
	}
	for _, v := range inputs {
		g = g.sub(11, v)
	}
	for _, v := range outputs {
		g = g.sub(12, v)
	}
	return pb{}.int(1, 8).text(2, "pytorch").text(3, "2.4.0").sub(7, g).sub(8, pb{}.text(1, "").int(2, 17))
}

func normals(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(random.NormFloat64())
	}
	return x
}

var random = rand.New(rand.NewPCG(1, 2))

// linear is W x + b in float64, W [out, in].
func linear(w, b []float32, x []float64) []float64 {
	y := make([]float64, len(b))
	for i := range y {
		y[i] = float64(b[i])
		for j, v := range x {
			y[i] += float64(w[i*len(x)+j]) * v
		}
	}
	return y
}

func mapped(x []float64, f func(float64) float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = f(v)
	}
	return y
}

// turn is the transpose of w [rows, cols].
func turn(w []float32, cols int) []float32 {
	out := make([]float32, len(w))
	rows := len(w) / cols
	for i := range w {
		out[i%cols*rows+i/cols] = w[i]
	}
	return out
}

// Networks in the shapes that the exporters write, against the same computed in float64 here. Float32 sums of 5 to 8 terms of
// size 1 to 10 stay within 1e-4.
func TestShapesOfExporters(t *testing.T) {
	const in, hidden, out = 5, 8, 2
	w1, b1, w2, b2 := normals(hidden*in), normals(hidden), normals(out*hidden), normals(out)
	mean, std := normals(in), []float32{1, 2, 0.5, 3, 1.5}
	obs := normals(in)
	x := make([]float64, in)
	for i, v := range obs {
		x[i] = float64(v)
	}
	tensors := []pb{weights("w1", w1, hidden, in), weights("b1", b1, hidden), weights("w2", w2, out, hidden), weights("b2", b2, out),
		weights("mean", mean, 1, in), weights("std", std, 1, in)}
	turned := attrInt("transB", 1)
	gemm := func(out, in, w, b string) pb {
		return op("Gemm", out, []string{in, w, b}, attrFloat("alpha", 1), attrFloat("beta", 1), turned)
	}
	elu := func(x float64) float64 {
		if x < 0 {
			return math.Expm1(x)
		}
		return x
	}
	relu := func(x float64) float64 { return max(x, 0) }
	silu := func(x float64) float64 { return x / (1 + math.Exp(-x)) }
	normal := make([]float64, in)
	for i, v := range x {
		normal[i] = (v - float64(mean[i])) / float64(std[i])
	}
	twice := linear(w2, b2, mapped(linear(w1, b1, x), relu))
	cases := []struct {
		name   string
		nodes  []pb
		output []pb
		want   []float64
	}{
		{"rsl_rl, normalisation and Elu", []pb{op("Sub", "c", []string{"obs", "mean"}), op("Div", "n", []string{"c", "std"}), gemm("h", "n", "w1", "b1"),
			op("Elu", "e", []string{"h"}, attrFloat("alpha", 1)), gemm("actions", "e", "w2", "b2")}, []pb{value("actions", out)},
			linear(w2, b2, mapped(linear(w1, b1, normal), elu))},
		{"Stable-Baselines3 PPO, with value and log-probability", []pb{op("Flatten", "f", []string{"obs"}, attrInt("axis", 1)), gemm("h", "f", "w1", "b1"),
			op("Tanh", "t", []string{"h"}), gemm("a", "t", "w2", "b2"), op("ReduceSum", "v", []string{"t"}), op("Pow", "p", []string{"a", "a"})},
			[]pb{value("a", out), value("v", 1), value("p", out)}, linear(w2, b2, mapped(linear(w1, b1, x), math.Tanh))},
		{"CleanRL SAC, squashed to a range, weights turned by a node", []pb{op("Transpose", "w1t", []string{"w1"}, pb{}.text(1, "perm").int(8, 1).int(8, 0)),
			op("MatMul", "m", []string{"obs", "w1t"}), op("Add", "h", []string{"b1", "m"}), op("Relu", "r", []string{"h"}), gemm("u", "r", "w2", "b2"),
			op("Tanh", "t", []string{"u"}), op("Constant", "scale", nil, attrTensor("value", weights("", []float32{2}))), op("Mul", "s", []string{"t", "scale"}),
			op("Constant", "half", nil, attrFloat("value_float", 0.5)), op("Add", "action", []string{"s", "half"})}, []pb{value("action", out)},
			mapped(twice, func(x float64) float64 { return 2*math.Tanh(x) + 0.5 })},
		{"SiLU, clipped observations, joined halves", []pb{op("Constant", "lo", nil, attrFloat("value_float", -1)), op("Constant", "hi", nil, attrTensor("value", weights("", []float32{1}))),
			op("Clip", "c", []string{"obs", "lo", "hi"}), op("Constant", "to", nil, attrTensor("value", shape(-1, in))), op("Reshape", "r", []string{"c", "to"}),
			gemm("h", "r", "w1", "b1"), op("Sigmoid", "g", []string{"h"}), op("Mul", "s", []string{"h", "g"}), gemm("a", "s", "w2", "b2"),
			op("Clip", "old", []string{"a"}, attrFloat("min", -0.5), attrFloat("max", 0.5)), op("Identity", "i", []string{"old"}), op("Cast", "k", []string{"i"}, attrInt("to", 1)),
			op("Concat", "y", []string{"k", "a"}, attrInt("axis", -1))}, []pb{value("y", 2*out)}, nil},
	}
	last := linear(w2, b2, mapped(linear(w1, b1, mapped(x, func(x float64) float64 { return min(max(x, -1), 1) })), silu))
	cases[3].want = append(mapped(last, func(x float64) float64 { return min(max(x, -0.5), 0.5) }), last...)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g, err := Read(file(c.nodes, tensors, []pb{value("obs", in)}, c.output))
			require.NoError(t, err)
			assert.Equal(t, "pytorch", g.Producer)
			a, err := g.Actor(in, len(c.want))
			require.NoError(t, err)
			got := make([]float32, len(c.want))
			a.Act(got, obs, nil)
			for i := range got {
				assert.InDelta(t, c.want[i], got[i], 1e-4*max(1, math.Abs(c.want[i])), "%d", i)
			}
			assert.Zero(t, testing.AllocsPerRun(10, func() { a.Act(got, obs, nil) }))
		})
	}
	t.Run("weights turned by hand", func(t *testing.T) {
		g, err := Read(file([]pb{op("Gemm", "y", []string{"obs", "w"}, attrFloat("alpha", 2))}, []pb{weights("w", turn(w1, in), in, hidden)},
			[]pb{value("obs", in)}, []pb{value("y", hidden)}))
		require.NoError(t, err)
		a, err := g.Actor(in, hidden)
		require.NoError(t, err)
		got := make([]float32, hidden)
		a.Act(got, obs, nil)
		for i, v := range linear(w1, make([]float32, hidden), x) {
			assert.InDelta(t, 2*v, got[i], 1e-4*max(1, math.Abs(v)))
		}
	})
}

// What cannot act is refused with its reason.
func TestRefusals(t *testing.T) {
	io := func(nodes, tensors []pb) pb { return file(nodes, tensors, []pb{value("obs", 3)}, []pb{value("y", 1)}) }
	w := weights("w", []float32{1, 2, 3}, 3, 1)
	product := op("MatMul", "y", []string{"obs", "w"})
	away := pb{}.int(1, 3).int(2, 1).text(8, "w").sub(13, pb{}.text(1, "location").text(2, "w.bin")).int(14, 1)
	functions := io([]pb{product}, []pb{w}).sub(25, nil)
	for _, c := range []struct {
		why string
		b   pb
	}{
		{"external data", io([]pb{product}, []pb{away})},
		{"functions of its own", functions},
		{"0 graphs", pb{}.int(1, 8)},
		{"a message ends inside a field", io([]pb{product}, []pb{w})[:60]},
		{"recurrent policies", io([]pb{op("LSTM", "y", []string{"obs", "w"})}, []pb{w})},
		{"2 inputs", file([]pb{product}, []pb{w}, []pb{value("obs", 3), value("h_in", 3)}, []pb{value("y", 1)})},
		{"discrete actions", io([]pb{op("ArgMax", "y", []string{"obs"})}, nil)},
		{"is of the domain", io([]pb{op("Gelu", "y", []string{"obs"}).text(7, "com.microsoft")}, nil)},
		{"not one of a plain network", io([]pb{op("Conv", "y", []string{"obs", "w"})}, []pb{w})},
		{"needs itself", io([]pb{op("Add", "y", []string{"y", "obs"})}, nil)},
		{"computed twice", io([]pb{product, product}, []pb{w})},
		{"nothing computes", io([]pb{op("Add", "y", []string{"obs", "gone"})}, nil)},
		{"takes 4 numbers, and the task's observation has 3", file([]pb{product}, []pb{w}, []pb{value("obs", 4)}, []pb{value("y", 1)})},
		{"has 3 numbers, and the task's action has 1", io([]pb{op("Relu", "y", []string{"obs"})}, nil)},
		{"a row of 3 numbers against 2 rows", io([]pb{product}, []pb{weights("w", []float32{1, 2}, 2, 1)})},
		{"not finite", io([]pb{product}, []pb{weights("w", []float32{1, float32(math.NaN()), 3}, 3, 1)})},
		{"12 bytes are not 4 numbers", io([]pb{product}, []pb{weights("w", []float32{1, 2, 3}, 4, 1)})},
		{"only float32", io([]pb{product}, []pb{pb{}.int(1, 3).int(2, 10).text(8, "w").sub(9, make([]byte, 6))})},
		{"more than", io([]pb{product}, []pb{weights("w", nil, 1<<20, 1<<20)})},
		{"no constant", io([]pb{op("MatMul", "y", []string{"obs", "obs"})}, nil)},
		{"more than 16384", io([]pb{op("MatMul", "y", []string{"obs", "w"})}, []pb{weights("w", make([]float32, 3<<15), 3, 1<<15)})},
	} {
		g, err := Read(c.b)
		if err == nil {
			_, err = g.Actor(3, 1)
		}
		require.ErrorIs(t, err, ErrGraph, c.why)
		assert.ErrorContains(t, err, c.why)
		assert.False(t, strings.ContainsAny(err.Error(), "\n\r"), "one line: %v", err)
	}
	_, err := Read(make([]byte, MaxFile+1))
	require.ErrorIs(t, err, ErrGraph)
}

// Whatever the bytes, reading ends with a graph or an error, and acting with numbers.
func FuzzRead(f *testing.F) {
	w := weights("w", []float32{1, 2, 3}, 3, 1)
	f.Add([]byte(file([]pb{op("Gemm", "h", []string{"obs", "w"}, attrInt("transB", 0)), op("Elu", "e", []string{"h"}, attrFloat("alpha", 1)),
		op("Clip", "y", []string{"e"}, attrFloat("min", -1))}, []pb{w}, []pb{value("obs", 3)}, []pb{value("y", 1)})))
	f.Add([]byte(file([]pb{op("Concat", "y", []string{"obs", "c"}, attrInt("axis", 1)), op("Constant", "c", nil, attrTensor("value", shape(2, 3)))},
		nil, []pb{value("obs", 3)}, []pb{value("y", 1)})))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := Read(b)
		if err != nil {
			return
		}
		a, err := g.Actor(3, 1)
		if err != nil {
			return
		}
		a.Act(make([]float32, 1), []float32{1, 2, 3}, []float32{0})
	})
}

package export

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/tensorio"
)

// matrix is a value of an interpreted graph: [rows, cols], a vector or scalar being one row.
type matrix struct {
	rows, cols int
	data       []float64
}

// interpret evaluates a model in float64, straight from the definitions of its operators. It is an
// independent reading of the bytes: it shares no code with the network or the exporter.
func interpret(t testing.TB, model []byte, inputs map[string]matrix) map[string]matrix {
	t.Helper()
	m, err := tensorio.ParseONNX(model)
	require.NoError(t, err)
	values := map[string]matrix{}
	for _, in := range m.Graph.Inputs {
		v, ok := inputs[in.Name]
		require.True(t, ok, "input %s", in.Name)
		require.Equal(t, in.Dims[1].Size, v.cols, "columns of %s", in.Name)
		values[in.Name] = v
	}
	for _, c := range m.Graph.Initializers {
		v := matrix{rows: 1, cols: 1}
		switch len(c.Shape) {
		case 1:
			v.cols = c.Shape[0]
		case 2:
			v.rows, v.cols = c.Shape[0], c.Shape[1]
		}
		for _, x := range c.Float32() {
			v.data = append(v.data, float64(x))
		}
		values[c.Name] = v
	}
	for _, n := range m.Graph.Nodes {
		args := make([]matrix, len(n.Inputs))
		for i, name := range n.Inputs {
			args[i] = values[name]
		}
		values[n.Outputs[0]] = operator(t, n.Op, args)
	}
	out := map[string]matrix{}
	for _, o := range m.Graph.Outputs {
		out[o.Name] = values[o.Name]
	}
	return out
}

func operator(t testing.TB, op string, args []matrix) matrix {
	t.Helper()
	switch op {
	case "MatMul":
		return product(t, args[0], args[1])
	case "Add":
		return broadcast(t, args[0], args[1], func(a, b float64) float64 { return a + b })
	case "Mul":
		return broadcast(t, args[0], args[1], func(a, b float64) float64 { return a * b })
	case "Softplus":
		return each(args[0], func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) })
	case "Exp":
		return each(args[0], math.Exp)
	case "Tanh":
		return each(args[0], math.Tanh)
	case "Sigmoid":
		return each(args[0], func(x float64) float64 { return 1 / (1 + math.Exp(-x)) })
	case "Clip":
		low, high := args[1].data[0], args[2].data[0]
		return each(args[0], func(x float64) float64 { return min(max(x, low), high) })
	}
	require.Fail(t, "unknown operator "+op)
	return matrix{}
}

func each(a matrix, f func(float64) float64) matrix {
	out := matrix{a.rows, a.cols, make([]float64, len(a.data))}
	for i, x := range a.data {
		out.data[i] = f(x)
	}
	return out
}

func product(t testing.TB, a, b matrix) matrix {
	t.Helper()
	require.Equal(t, a.cols, b.rows)
	out := matrix{a.rows, b.cols, make([]float64, a.rows*b.cols)}
	for i := range a.rows {
		row := out.data[i*b.cols:][:b.cols]
		for k := range a.cols {
			x := a.data[i*a.cols+k]
			for j, y := range b.data[k*b.cols:][:b.cols] {
				row[j] += x * y
			}
		}
	}
	return out
}

func broadcast(t testing.TB, a, b matrix, f func(a, b float64) float64) matrix {
	t.Helper()
	out := matrix{max(a.rows, b.rows), max(a.cols, b.cols), nil}
	for _, v := range []matrix{a, b} {
		require.True(t, (v.rows == 1 || v.rows == out.rows) && (v.cols == 1 || v.cols == out.cols), "shapes do not broadcast")
	}
	at := func(v matrix, i, j int) float64 { return v.data[min(i, v.rows-1)*v.cols+min(j, v.cols-1)] }
	for i := range out.rows {
		for j := range out.cols {
			out.data = append(out.data, f(at(a, i, j), at(b, i, j)))
		}
	}
	return out
}

package nn_test

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
	"onestep/policy/nn"
)

// fixture is a network with a batch of arguments.
type fixture[T nn.Float] struct {
	name   string
	net    *nn.Net[T]
	params []T
	in     nn.Input[T]
	ws     *nn.Workspace[T]
}

func normal[T nn.Float](r *rng.Stream, n int) []T {
	x := make([]T, n)
	rng.NormalFill(r, x)
	return x
}

func uniform[T nn.Float](r *rng.Stream, n int) []T {
	x := make([]T, n)
	rng.UniformFill(r, x)
	return x
}

func newFixture[T nn.Float](name string, c nn.Config, batch, repeat int, timeRows ...int) fixture[T] {
	r := rng.New(1)
	f := fixture[T]{name: name, net: nn.New[T](c)}
	f.params = make([]T, f.net.NumParams())
	f.net.Init(f.params, r.Split(0))
	for i := range f.params { // biases too, so that nothing is tested at zero
		f.params[i] += T(0.1 * r.Normal())
	}
	f.in = nn.Input[T]{Batch: batch, Cond: normal[T](r, batch/max(repeat, 1)*c.CondDim), CondRepeat: repeat, X: normal[T](r, batch*c.XDim)}
	for _, rows := range timeRows {
		f.in.Times = append(f.in.Times, uniform[T](r, rows))
	}
	f.ws = f.net.NewWorkspace(batch + 3)
	return f
}

func fixtures[T nn.Float]() []fixture[T] {
	critic := nn.Config{CondDim: 3, XDim: 2, OutDim: 1, Hidden: []int{9, 7}, Activation: nn.SiLU}
	flow := nn.Config{CondDim: 3, XDim: 2, NumTimes: 1, OutDim: 2, Hidden: []int{17, 9, 5}}
	mean := nn.Config{CondDim: 4, XDim: 3, NumTimes: 2, OutDim: 3, Hidden: []int{8}}
	return []fixture[T]{
		newFixture[T]("critic", critic, 5, 0),
		newFixture[T]("critic, one row", critic, 1, 1),
		newFixture[T]("critic, shared states", critic, 6, 3),
		newFixture[T]("flow, one time", flow, 6, 2, 1),
		newFixture[T]("flow, time per row", flow, 6, 3, 6),
		newFixture[T]("mean flow, times per row", mean, 4, 1, 4, 4),
		newFixture[T]("mean flow, one time each", mean, 4, 4, 1, 1),
		newFixture[T]("mean flow, mixed times", mean, 4, 2, 1, 4),
		newFixture[T]("no state", nn.Config{XDim: 2, NumTimes: 1, OutDim: 2, Hidden: []int{6}}, 4, 0, 4),
		newFixture[T]("no action", nn.Config{CondDim: 2, OutDim: 1, Hidden: []int{6}}, 4, 0),
	}
}

func (f fixture[T]) forward() []T {
	y := make([]T, f.in.Batch*f.net.Config().OutDim)
	f.net.Forward(y, f.params, f.in, f.ws)
	return y
}

func (f fixture[T]) jvp(tan nn.Tangent[T]) (y, dy []T) {
	y, dy = make([]T, f.in.Batch*f.net.Config().OutDim), make([]T, f.in.Batch*f.net.Config().OutDim)
	f.net.JVP(y, dy, f.params, f.in, tan, f.ws)
	return y, dy
}

// at returns the fixture with the inputs moved by h along tan.
func (f fixture[T]) at(h T, tan nn.Tangent[T]) fixture[T] {
	in := f.in
	in.X = append([]T(nil), f.in.X...)
	for i := range tan.X {
		in.X[i] += h * tan.X[i]
	}
	in.Times = nil
	for i, t := range f.in.Times {
		rows := len(t)
		if tan.Times != nil {
			rows = max(rows, len(tan.Times[i]))
		}
		moved := make([]T, rows)
		for j := range moved {
			moved[j] = t[min(j, len(t)-1)]
			if tan.Times != nil && tan.Times[i] != nil {
				moved[j] += h * tan.Times[i][min(j, len(tan.Times[i])-1)]
			}
		}
		in.Times = append(in.Times, moved)
	}
	f.in = in
	return f
}

func dot[T nn.Float](a, b []T) (sum T) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// reference computes one row by the definition in the package comment with package math, float64.
func reference(net *nn.Net[float64], params, c, x, times []float64) []float64 {
	tensor := map[string]nn.Tensor{}
	for _, t := range net.Tensors() {
		tensor[t.Name] = t
	}
	linear := func(name string, in []float64) []float64 {
		w, b := tensor[name+".weight"], tensor[name+".bias"]
		out := make([]float64, b.Shape[0])
		for j := range out {
			out[j] = params[b.Offset+j]
			for i, v := range in {
				out[j] += v * params[w.Offset+i*w.Shape[1]+j]
			}
		}
		return out
	}
	mish := func(v []float64) []float64 {
		for i, z := range v {
			v[i] = z * math.Tanh(math.Log1p(math.Exp(z)))
		}
		return v
	}
	silu := func(v []float64) []float64 {
		for i, z := range v {
			v[i] = z / (1 + math.Exp(-z))
		}
		return v
	}
	h := append(append([]float64(nil), c...), x...)
	for i, t := range times {
		phi := make([]float64, 16)
		for j := range 8 {
			f := math.Pow(10000, -float64(j)/8)
			phi[j], phi[8+j] = math.Sin(t*f)/4, math.Cos(t*f)/4
		}
		h = append(h, linear(fmt.Sprintf("time%d.out", i), mish(linear(fmt.Sprintf("time%d.in", i), phi)))...)
	}
	for i := range net.Config().Hidden {
		h = linear(fmt.Sprintf("layer%d", i), h)
		if net.Config().Activation == nn.SiLU {
			h = silu(h)
		} else {
			h = mish(h)
		}
	}
	return linear(fmt.Sprintf("layer%d", len(net.Config().Hidden)), h)
}

func TestForwardIsItsDefinition(t *testing.T) {
	single := fixtures[float32]()
	for k, f := range fixtures[float64]() {
		c, y := f.net.Config(), f.forward()
		for i := range f.in.Batch {
			state := i / max(f.in.CondRepeat, 1)
			var times []float64
			for _, ts := range f.in.Times {
				times = append(times, ts[min(i, len(ts)-1)])
			}
			want := reference(f.net, f.params, f.in.Cond[state*c.CondDim:][:c.CondDim], f.in.X[i*c.XDim:][:c.XDim], times)
			// Sums of a few dozen terms of size 1.
			assert.InDeltaSlice(t, want, y[i*c.OutDim:][:c.OutDim], 1e-13, f.name)
		}
		for i, v := range single[k].forward() {
			assert.InDelta(t, y[i], v, 1e-5, "%s in float32", f.name) // 6e-8 times terms and layers
		}
	}
}

// TestSharedIsUnshared: the value has the same bits whether states and times are shared or repeated.
func TestSharedIsUnshared(t *testing.T) {
	for _, f := range fixtures[float32]() {
		c, shared := f.net.Config(), f.forward()
		g := f
		g.in.CondRepeat, g.in.Cond, g.in.Times = 1, nil, nil
		for i := range f.in.Batch {
			g.in.Cond = append(g.in.Cond, f.in.Cond[i/max(f.in.CondRepeat, 1)*c.CondDim:][:c.CondDim]...)
		}
		for _, ts := range f.in.Times {
			var spread []float32
			for i := range f.in.Batch {
				spread = append(spread, ts[min(i, len(ts)-1)])
			}
			g.in.Times = append(g.in.Times, spread)
		}
		assert.Equal(t, shared, g.forward(), f.name)

		// Row by row, as one action is computed.
		for i := range f.in.Batch {
			one := f
			one.in = nn.Input[float32]{Batch: 1, Cond: g.in.Cond[i*c.CondDim:][:c.CondDim], X: f.in.X[i*c.XDim:][:c.XDim]}
			for _, ts := range g.in.Times {
				one.in.Times = append(one.in.Times, ts[i:i+1])
			}
			assert.Equal(t, shared[i*c.OutDim:][:c.OutDim], one.forward(), f.name)
		}

		// The gradients are the same sums in another order.
		dOut := normal[float32](rng.New(2), len(shared))
		gradShared, gradRows := make([]float32, f.net.NumParams()), make([]float32, f.net.NumParams())
		f.forward()
		f.net.VJP(gradShared, nil, f.params, dOut, f.in, f.ws)
		g.forward()
		g.net.VJP(gradRows, nil, g.params, dOut, g.in, g.ws)
		for i := range gradShared {
			require.InDelta(t, gradRows[i], gradShared[i], 1e-5, "%s, parameter %d", f.name, i)
		}
	}
}

// tangents returns directions with parts left out and with times moved together or row by row.
func tangents[T nn.Float](f fixture[T]) map[string]nn.Tangent[T] {
	r := rng.New(3)
	x := normal[T](r, len(f.in.X))
	out := map[string]nn.Tangent[T]{"x": {X: x}}
	if len(f.in.Times) == 0 {
		return out
	}
	rows, same, first := make([][]T, len(f.in.Times)), make([][]T, len(f.in.Times)), make([][]T, len(f.in.Times))
	for i := range rows {
		rows[i], same[i] = normal[T](r, f.in.Batch), normal[T](r, 1)
	}
	first[0] = []T{1}
	out["times row by row"] = nn.Tangent[T]{Times: rows}
	out["times together"] = nn.Tangent[T]{Times: same}
	out["x and the first time"] = nn.Tangent[T]{X: x, Times: first} // as MeanFlow's target takes it
	out["x and times"] = nn.Tangent[T]{X: x, Times: rows}
	return out
}

func TestJVPAgainstCentralDifferences(t *testing.T) {
	for _, f := range fixtures[float64]() {
		for name, tan := range tangents(f) {
			y, dy := f.jvp(tan)
			assert.Equal(t, f.forward(), y, "%s, %s: the value has Forward's bits", f.name, name)
			const h = 1e-5 // truncation h^2/6 |y'''|, rounding 1e-15/h
			plus, minus := f.at(h, tan).forward(), f.at(-h, tan).forward()
			for i := range dy {
				assert.InDelta(t, (plus[i]-minus[i])/(2*h), dy[i], 2e-9, "%s, %s", f.name, name)
			}
		}
		y, dy := f.jvp(nn.Tangent[float64]{})
		assert.Equal(t, f.forward(), y)
		assert.Equal(t, make([]float64, len(dy)), dy, "no direction, no derivative")
	}
}

// TestVJPAgainstJVP: <w, J v> = <J'w, v> for the inputs, after Forward and after JVP.
func TestVJPAgainstJVP(t *testing.T) {
	for _, f := range fixtures[float64]() {
		v := normal[float64](rng.New(4), len(f.in.X))
		w := normal[float64](rng.New(5), f.in.Batch*f.net.Config().OutDim)
		_, dy := f.jvp(nn.Tangent[float64]{X: v})
		dX, gradAfterJVP := make([]float64, len(f.in.X)), make([]float64, f.net.NumParams())
		f.net.VJP(gradAfterJVP, dX, f.params, w, f.in, f.ws)
		assert.InDelta(t, dot(w, dy), dot(dX, v), 1e-12, f.name) // rounding of sums of size 1

		f.forward()
		again, grad := make([]float64, len(f.in.X)), make([]float64, f.net.NumParams())
		f.net.VJP(grad, again, f.params, w, f.in, f.ws)
		assert.Equal(t, dX, again, f.name)
		assert.Equal(t, gradAfterJVP, grad, f.name)
		f.net.VJP(grad, nil, f.params, w, f.in, f.ws)
		for i := range grad { // doubled, up to the order of the sums
			require.InDelta(t, 2*gradAfterJVP[i], grad[i], 1e-12, "%s: the gradient accumulates", f.name)
		}
		f.net.VJP(nil, again, f.params, w, f.in, f.ws)
		assert.Equal(t, dX, again, f.name)
	}
}

// TestVJPOfParameters: the gradient of <w, y> against central differences, along a random direction (which is
// <w, J v> = <J'w, v>) and for every single parameter.
func TestVJPOfParameters(t *testing.T) {
	for _, f := range fixtures[float64]() {
		w := normal[float64](rng.New(6), f.in.Batch*f.net.Config().OutDim)
		f.forward()
		grad := make([]float64, f.net.NumParams())
		f.net.VJP(grad, nil, f.params, w, f.in, f.ws)
		const h = 1e-5
		slope := func(v []float64) float64 {
			g := f
			value := func(h float64) float64 {
				g.params = append([]float64(nil), f.params...)
				for i := range v {
					g.params[i] += h * v[i]
				}
				return dot(w, g.forward())
			}
			return (value(h) - value(-h)) / (2 * h)
		}
		v := normal[float64](rng.New(7), len(f.params))
		// Truncation grows with the cube of the direction's length, about 20.
		assert.InDelta(t, slope(v), dot(grad, v), 1e-5*(1+math.Abs(dot(grad, v))), f.name)
		for i := range grad {
			unit := make([]float64, len(f.params))
			unit[i] = 1
			require.InDelta(t, slope(unit), grad[i], 1e-8, "%s, parameter %d", f.name, i)
		}
	}
}

func TestTensorsCoverTheParameters(t *testing.T) {
	net := nn.New[float32](nn.Config{CondDim: 3, XDim: 1, NumTimes: 2, OutDim: 1, Hidden: []int{64, 32}})
	var names []string
	next := 0
	for _, ts := range net.Tensors() {
		assert.Equal(t, next, ts.Offset, ts.Name)
		next += ts.Size()
		names = append(names, fmt.Sprint(ts.Name, ts.Shape))
	}
	assert.Equal(t, net.NumParams(), next)
	assert.Equal(t, []string{
		"time0.in.weight[16 32]", "time0.in.bias[32]", "time0.out.weight[32 16]", "time0.out.bias[16]",
		"time1.in.weight[16 32]", "time1.in.bias[32]", "time1.out.weight[32 16]", "time1.out.bias[16]",
		"layer0.weight[36 64]", "layer0.bias[64]", "layer1.weight[64 32]", "layer1.bias[32]", "layer2.weight[32 1]", "layer2.bias[1]",
	}, names)
}

func TestInit(t *testing.T) {
	net := nn.New[float64](nn.Config{CondDim: 100, XDim: 10, OutDim: 4, Hidden: []int{200}})
	params := make([]float64, net.NumParams())
	net.Init(params, rng.New(8))
	for _, ts := range net.Tensors() {
		part := params[ts.Offset:][:ts.Size()]
		if len(ts.Shape) == 1 {
			assert.Equal(t, make([]float64, len(part)), part, "%s is zero", ts.Name)
			continue
		}
		scale := 1 / math.Sqrt(float64(ts.Shape[0]))
		square := dot(part, part) / float64(len(part))
		for _, v := range part {
			require.LessOrEqual(t, math.Abs(v), 2*scale, ts.Name)
		}
		// The variance of the law cut at two is 1 - 4 phi(2)/(2 Phi(2) - 1) = 0.7737; four standard errors of it
		// (sd of z^2 below 1).
		assert.InDelta(t, 0.7737, square/(scale*scale), 4/math.Sqrt(float64(len(part))), ts.Name)
	}
}

func TestNoAllocations(t *testing.T) {
	for _, f := range fixtures[float32]() {
		size := f.in.Batch * f.net.Config().OutDim
		y, dy, grad, dX := make([]float32, size), make([]float32, size), make([]float32, f.net.NumParams()), make([]float32, len(f.in.X))
		for name, tan := range tangents(f) {
			assert.Zero(t, testing.AllocsPerRun(5, func() {
				f.net.Forward(y, f.params, f.in, f.ws)
				f.net.VJP(grad, dX, f.params, y, f.in, f.ws)
				f.net.JVP(y, dy, f.params, f.in, tan, f.ws)
			}), "%s, %s", f.name, name)
		}
	}
}

func TestMisusePanics(t *testing.T) {
	f := fixtures[float32]()[3]
	y := make([]float32, f.in.Batch*f.net.Config().OutDim)
	assert.Panics(t, func() { f.net.VJP(nil, nil, f.params, y, f.in, f.net.NewWorkspace(6)) }, "no pass yet")
	for name, change := range map[string]func(in *nn.Input[float32]){
		"too many rows":   func(in *nn.Input[float32]) { in.Batch = 100 },
		"no rows":         func(in *nn.Input[float32]) { in.Batch = 0 },
		"uneven repeat":   func(in *nn.Input[float32]) { in.CondRepeat = 4 },
		"negative repeat": func(in *nn.Input[float32]) { in.CondRepeat = -1 },
		"short Cond":      func(in *nn.Input[float32]) { in.Cond = in.Cond[1:] },
		"short X":         func(in *nn.Input[float32]) { in.X = in.X[1:] },
		"no times":        func(in *nn.Input[float32]) { in.Times = nil },
		"two times a row": func(in *nn.Input[float32]) { in.Times = [][]float32{{1, 2}} },
	} {
		in := f.in
		change(&in)
		assert.Panics(t, func() { f.net.Forward(y, f.params, in, f.ws) }, name)
	}
	assert.Panics(t, func() { f.net.Forward(y[1:], f.params, f.in, f.ws) })
	assert.Panics(t, func() { f.net.Forward(y, f.params[1:], f.in, f.ws) })
	assert.Panics(t, func() { f.net.Forward(y, f.params, f.in, fixtures[float32]()[3].ws) })
	for _, c := range []nn.Config{{}, {CondDim: 1, OutDim: 1}, {CondDim: 1, Hidden: []int{3}}, {CondDim: 1, OutDim: 1, Hidden: []int{0}},
		{CondDim: 1, OutDim: 1, Hidden: []int{3}, NumTimes: -1}, {CondDim: 1, OutDim: 1, Hidden: []int{3}, Activation: 9}} {
		assert.Error(t, c.Validate())
		assert.Panics(t, func() { nn.New[float32](c) })
	}
}

// TestSameBitsEverywhere holds values and derivatives in float32 to a recorded hash, on whatever machine it runs.
func TestSameBitsEverywhere(t *testing.T) {
	h := fnv.New64a()
	add := func(v []float32) { require.NoError(t, binary.Write(h, binary.LittleEndian, v)) }
	for _, f := range fixtures[float32]() {
		grad, dX := make([]float32, f.net.NumParams()), make([]float32, len(f.in.X))
		y := f.forward()
		f.net.VJP(grad, dX, f.params, y, f.in, f.ws)
		add(f.params)
		add(y)
		add(grad)
		add(dX)
		for _, name := range []string{"x", "x and the first time"} {
			if tan, ok := tangents(f)[name]; ok {
				_, dy := f.jvp(tan)
				add(dy)
			}
		}
	}
	assert.Equal(t, "c4585762cfb0addd", fmt.Sprintf("%016x", h.Sum64()))
}

// A gradient whose square is not finite would make NaN of a weight by way of Adam's second moment.
func TestGradientsThatCannotBeSquaredAreRefused(t *testing.T) {
	net := nn.New[float32](nn.Config{CondDim: 3, OutDim: 2, Hidden: []int{16}, Activation: nn.SiLU})
	grad := make([]float32, net.NumParams())
	for i := range grad {
		grad[i] = 1.8e19
	}
	require.NoError(t, net.CheckFinite("policy", 1, grad))
	for _, at := range []int{0, 17, len(grad) - 1} {
		for _, c := range []struct {
			value float32
			want  string
		}{{1.9e19, "squared gradient of"}, {-1.9e19, "squared gradient of"}, {float32(math.NaN()), "policy's gradient of"}, {float32(math.Inf(-1)), "policy's gradient of"}} {
			bad := slices.Clone(grad)
			bad[at] = c.value
			require.ErrorContains(t, net.CheckFinite("policy", 1, bad), c.want)
		}
	}
}

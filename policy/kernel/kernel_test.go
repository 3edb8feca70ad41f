package kernel_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/num"
	"onestep/engine/rng"
	"onestep/policy/kernel"
)

func normal[T kernel.Float](seed uint64, n int) []T {
	x := make([]T, n)
	rng.NormalFill(rng.New(seed), x)
	return x
}

// reference is start + a b by the definition, one element at a time.
func reference[T kernel.Float](start T, k int, a, b func(k int) T) T {
	for i := range k {
		start += T(a(i) * b(i))
	}
	return start
}

// referenceColumn is start + a b of a product with one column by its definition: sums of every 16th product, halved
// until one is left.
func referenceColumn[T kernel.Float](start T, k int, a, b func(k int) T) T {
	var sum func(first, step int) T
	sum = func(first, step int) T {
		if step == 16 {
			n := 0
			if k > first {
				n = (k-first-1)/16 + 1
			}
			return reference(0, n, func(i int) T { return a(first + 16*i) }, func(i int) T { return b(first + 16*i) })
		}
		return sum(first, 2*step) + sum(first+step, 2*step)
	}
	return start + sum(0, 1)
}

// definition returns how the elements of a product with so many columns are summed.
func definition[T kernel.Float](columns int) func(start T, k int, a, b func(k int) T) T {
	if columns == 1 {
		return referenceColumn[T]
	}
	return reference[T]
}

func testProducts[T kernel.Float](t *testing.T) {
	for _, s := range [][3]int{{1, 1, 1}, {1, 0, 3}, {2, 3, 4}, {6, 8, 8}, {5, 7, 9}, {12, 13, 17}, {8, 64, 33}, {4, 5, 1}} {
		testProduct[T](t, s[0], s[1], s[2])
	}
}

// testProduct compares the three products of a [m,k] and b [k,n] with their definition.
func testProduct[T kernel.Float](t *testing.T, m, k, n int) {
	name := fmt.Sprint(m, k, n)
	a, b := kernel.Matrix(normal[T](1, m*k), m, k), kernel.Matrix(normal[T](2, k*n), k, n)
	scratch := make([]T, max(kernel.ScratchLen(k, n), kernel.ScratchLen(m, n)))
	for _, rows := range []int{0, 1, m} {
		start := kernel.Matrix(normal[T](3, rows*n), rows, n)
		dst := kernel.Matrix(normal[T](4, m*n), m, n)
		kernel.MatMul(dst, start, a, b, scratch)
		for i := range m {
			for j := range n {
				first := T(0)
				if rows > 0 {
					first = start.Row(i * rows / m)[j]
				}
				want := definition[T](n)(first, k, func(l int) T { return a.Row(i)[l] }, func(l int) T { return b.Row(l)[j] })
				if got := dst.Row(i)[j]; want != got {
					require.Equal(t, want, got, name)
				}
			}
		}
	}
	y, dA, dB := kernel.Matrix(normal[T](5, m*n), m, n), kernel.Matrix(make([]T, m*k), m, k), kernel.Matrix(normal[T](6, k*n), k, n)
	kernel.MatMulT(dA, y, b, scratch)
	before := append([]T(nil), dB.Data...)
	kernel.TMatMul(dB, a, y, scratch)
	for l := range k {
		for i := range m {
			want := definition[T](k)(0, n, func(j int) T { return y.Row(i)[j] }, func(j int) T { return b.Row(l)[j] })
			if got := dA.Row(i)[l]; want != got {
				require.Equal(t, want, got, name)
			}
		}
		for j := range n {
			want := reference(before[l*n+j], m, func(i int) T { return a.Row(i)[l] }, func(i int) T { return y.Row(i)[j] })
			if got := dB.Row(l)[j]; want != got {
				require.Equal(t, want, got, name)
			}
		}
	}
}

// TestProductsAreTheirDefinition demands equality to the bit: the order of summation is part of the definition.
func TestProductsAreTheirDefinition(t *testing.T) {
	t.Run("float32", testProducts[float32])
	t.Run("float64", testProducts[float64])
}

func TestProductsPanicOnShapes(t *testing.T) {
	m := func(rows, cols int) kernel.Mat[float32] { return kernel.Matrix(make([]float32, rows*cols), rows, cols) }
	s := make([]float32, 10000)
	assert.Panics(t, func() { kernel.MatMul(m(2, 3), m(0, 3), m(2, 4), m(5, 3), s) })
	assert.Panics(t, func() { kernel.MatMul(m(4, 3), m(3, 3), m(4, 4), m(4, 3), s) }, "3 rows do not spread over 4")
	assert.Panics(t, func() { kernel.MatMul(m(4, 3), m(1, 2), m(4, 4), m(4, 3), s) })
	assert.Panics(t, func() { kernel.MatMul(m(4, 3), m(1, 3), m(4, 4), m(4, 3), nil) })
	assert.Panics(t, func() { kernel.MatMulT(m(4, 3), m(4, 3), m(3, 4), s) })
	assert.Panics(t, func() { kernel.TMatMul(m(4, 3), m(4, 3), m(3, 3), s) })
	assert.Panics(t, func() { kernel.Matrix(make([]float32, 5), 2, 3) })
}

func TestExp(t *testing.T) {
	x := make([]float32, 40001)
	for i := range x {
		x[i] = -88 + 177*float32(i)/40000
	}
	y := make([]float32, len(x))
	kernel.Exp(y, x)
	for i, v := range x {
		want := num.Exp(math.Min(math.Max(float64(v), -87), 88))
		// Three roundings near 1 and the polynomial: 1.5 ulp of float32 at most.
		require.InEpsilon(t, want, y[i], 1.5*0x1p-23, "exp(%g)", v)
	}
	special := []float32{float32(math.Inf(1)), float32(math.Inf(-1)), 0}
	kernel.Exp(special, special)
	assert.Equal(t, float32(1), special[2])
	assert.False(t, math.IsInf(float64(special[0]), 0))
	assert.Positive(t, special[1])
}

// definitions of the activations in float64, by package math.
var definitions = map[kernel.Activation]func(x float64) float64{
	kernel.Mish: func(x float64) float64 { return x * math.Tanh(math.Log1p(math.Exp(x))) },
	kernel.SiLU: func(x float64) float64 { return x / (1 + math.Exp(-x)) },
}

func TestActivations(t *testing.T) {
	const n = 4001
	z, z32 := make([]float64, n), make([]float32, n)
	for i := range z {
		z32[i] = -60 + 120*float32(i)/(n-1)
		z[i] = float64(z32[i])
	}
	one, one32 := make([]float64, n), make([]float32, n)
	for i := range one {
		one[i], one32[i] = 1, 1
	}
	for _, f := range []kernel.Activation{kernel.Mish, kernel.SiLU} {
		y, y32, d, d32, g, g32, v, v32 := make([]float64, n), make([]float32, n), make([]float64, n), make([]float32, n),
			make([]float64, n), make([]float32, n), make([]float64, n), make([]float32, n)
		kernel.Activate(f, y, z)
		kernel.Activate(f, y32, z32)
		kernel.ActivateJVP(f, v, d, z, one)
		kernel.ActivateJVP(f, v32, d32, z32, one32)
		kernel.ActivateVJP(f, g, one, z)
		kernel.ActivateVJP(f, g32, one32, z32)
		assert.Equal(t, y, v, "%s: one value", f)
		assert.Equal(t, y32, v32, "%s: one value", f)
		assert.Equal(t, d, g, "%s: one derivative", f)
		assert.Equal(t, d32, g32, "%s: one derivative", f)
		for i, x := range z {
			want := definitions[f](x)
			// A dozen roundings, in Mish's case of a square too.
			require.InEpsilon(t, want+1e-300, y[i]+1e-300, 1e-14, "%s(%g)", f, x)
			require.InDelta(t, want, y32[i], 4e-7*math.Abs(want)+1e-37, "%s(%g) in float32", f, x)
			const h = 1e-5 // truncation h^2/6, rounding 1e-16 |f|/h
			slope := (definitions[f](x+h) - definitions[f](x-h)) / (2 * h)
			require.InDelta(t, slope, d[i], 1e-10*(1+math.Abs(x)), "%s'(%g)", f, x)
			require.InDelta(t, d[i], d32[i], 1e-6, "%s'(%g) in float32", f, x)
		}
	}
	assert.Panics(t, func() { kernel.Activate(kernel.Activation(7), z, z) })
}

func TestActivationsCarryNaN(t *testing.T) {
	for _, f := range []kernel.Activation{kernel.Mish, kernel.SiLU} {
		z := []float32{float32(math.NaN())}
		kernel.Activate(f, z, z)
		assert.True(t, math.IsNaN(float64(z[0])))
	}
}

func TestRows(t *testing.T) {
	a := kernel.Matrix([]float64{1, 2, 3, 4}, 2, 2)
	b := kernel.Matrix([]float64{10, 20}, 1, 2)
	dst := kernel.Matrix(make([]float64, 8), 4, 2)
	kernel.AddRows(dst, a, b)
	assert.Equal(t, []float64{11, 22, 11, 22, 13, 24, 13, 24}, dst.Data)
	kernel.SumRows(a, dst)
	assert.Equal(t, []float64{23, 46, 29, 52}, a.Data)
	assert.Panics(t, func() { kernel.SumRows(kernel.Matrix(make([]float64, 6), 3, 2), dst) })
}

func TestNoAllocations(t *testing.T) {
	x := kernel.Matrix(normal[float32](1, 64), 8, 8)
	y := kernel.Matrix(normal[float32](2, 64), 8, 8)
	z := kernel.Matrix(normal[float32](3, 64), 8, 8)
	w, s := kernel.Matrix(make([]float32, 64), 8, 8), make([]float32, kernel.ScratchLen(8, 8))
	assert.Zero(t, testing.AllocsPerRun(10, func() {
		kernel.MatMul(x, x.SubRows(0, 1), y, z, s)
		kernel.MatMulT(x, y, z, s)
		kernel.MatMulPair(x, x.SubRows(0, 1), y, w, kernel.Mat[float32]{}, y, z, s)
		kernel.TMatMul(x, y, z, s)
		kernel.Activate(kernel.Mish, x.Data, y.Data)
		kernel.ActivateJVP(kernel.SiLU, x.Data, z.Data, x.Data, z.Data)
		kernel.ActivateVJP(kernel.Mish, x.Data, y.Data, z.Data)
		kernel.AddRows(x, y, z)
		kernel.SumRows(x, y)
		kernel.Lerp(x.Data, y.Data, 0.5)
		kernel.Exp(x.Data, y.Data)
	}))
}

func TestWaves(t *testing.T) {
	const rows = 20001
	at, at64 := make([]float32, rows), make([]float64, rows)
	for i := range at {
		at[i] = -1e4 + 2e4*float32(i)/(rows-1)
		if i%2 == 0 {
			at[i] /= 1e4 // as times are
		}
		at64[i] = float64(at[i])
	}
	f, quarters := []float32{1, 0.5, 1, 1, 1}, []int32{0, 0, 1, 2, 3}
	f64 := []float64{1, 0.5, 1, 1, 1}
	dst, dst64 := kernel.Matrix(make([]float32, rows*len(f)), rows, len(f)), kernel.Matrix(make([]float64, rows*len(f)), rows, len(f))
	kernel.Waves(dst, at, f, quarters, 1)
	kernel.Waves(dst64, at64, f64, quarters, 0.25)
	for i, x := range at64 {
		for j := range f {
			want := math.Sin(x*f64[j] + float64(quarters[j])*math.Pi/2)
			// The argument is off by half a part in 2^24 of the third part of n pi/2, at most 5e-8; three roundings.
			require.InDelta(t, want, dst.Row(i)[j], 2e-7, "wave %d at %g", j, x)
			require.InDelta(t, want/4, dst64.Row(i)[j], 1e-12, "wave %d at %g", j, x)
		}
	}
	one := kernel.Matrix(make([]float32, 2*len(f)), 2, len(f))
	kernel.Waves(one, at[5:6], f, quarters, 1)
	assert.Equal(t, one.Row(0), one.Row(1))
	assert.Equal(t, dst.Row(5), one.Row(0))
	assert.Panics(t, func() { kernel.Waves(one, at[:3], f, quarters, 1) })
	assert.Panics(t, func() { kernel.Waves(one, at[:2], f[1:], quarters, 1) })
}

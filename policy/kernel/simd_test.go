package kernel_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/kernel"
)

// named is float32 by another name: its size decides which code runs, so that it takes part in the tests too.
type named float32

// plainLength is a length at which no vector is ever filled: the plain code defines every element, whatever its
// neighbours are, so that what was computed in vectors is compared with it element by element.
const plainLength = 1

// specials are where a clamp, a sign or a rounding could go astray.
var specials = []float32{
	0, float32(math.Copysign(0, -1)), 1, -1, 20, 20.000002, -20, 87, -87, -87.00001, 88, 88.00001, -88, 100, -100, 1e-20, -1e-20,
	1e-45, -1e-45, math.MaxFloat32, -math.MaxFloat32, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()),
}

// lengths are those at which a loop over vectors can go wrong.
const lengths = 68

// arguments returns n numbers of the size that networks see, with the specials sprinkled in.
func arguments(seed uint64, n int) []float32 {
	x := normal[float32](seed, n)
	for i := range x {
		x[i] *= 8
		if (uint64(i)+seed)%3 == 0 {
			x[i] = specials[(i/3+int(seed))%len(specials)]
		}
	}
	return x
}

func requireSameBits(t *testing.T, want, got []float32, name string) {
	t.Helper()
	require.Len(t, got, len(want), name)
	for i := range want {
		if math.IsNaN(float64(want[i])) && math.IsNaN(float64(got[i])) {
			continue // which of the NaNs is not defined
		}
		if math.Float32bits(want[i]) != math.Float32bits(got[i]) {
			require.Fail(t, "not the same bits", "%s, element %d: %g and %g", name, i, want[i], got[i])
		}
	}
}

// elementwise are the kernels that work element by element on up to four slices, the last two read only.
var elementwise = map[string]func(a, b, x, y []float32){
	"Exp":              func(a, b, x, y []float32) { kernel.Exp(a, x) },
	"Mish":             func(a, b, x, y []float32) { kernel.Activate(kernel.Mish, a, x) },
	"SiLU":             func(a, b, x, y []float32) { kernel.Activate(kernel.SiLU, a, x) },
	"Mish's JVP":       func(a, b, x, y []float32) { kernel.ActivateJVP(kernel.Mish, a, b, x, y) },
	"SiLU's JVP":       func(a, b, x, y []float32) { kernel.ActivateJVP(kernel.SiLU, a, b, x, y) },
	"Mish's VJP":       func(a, b, x, y []float32) { kernel.ActivateVJP(kernel.Mish, a, x, y) },
	"SiLU's VJP":       func(a, b, x, y []float32) { kernel.ActivateVJP(kernel.SiLU, a, x, y) },
	"Adam":             func(a, b, x, y []float32) { kernel.Adam(a, b, squares(y), x, 0.1, 0.001, 1.5, 2.5, 1e-3, 1e-8) },
	"Lerp":             func(a, b, x, y []float32) { kernel.Lerp(a, x, 0.3) },
	"Mish's in place":  func(a, b, x, y []float32) { copy(a, x); kernel.Activate(kernel.Mish, a, a) },
	"Mish's JVP twice": func(a, b, x, y []float32) { copy(a, x); copy(b, y); kernel.ActivateJVP(kernel.Mish, a, b, a, b) },
}

func TestElementwiseAtEveryLength(t *testing.T) {
	for name, f := range elementwise {
		for n := range lengths {
			a, b := normal[float32](3, n), normal[float32](4, n)
			wantA, wantB := append([]float32(nil), a...), append([]float32(nil), b...)
			x, y := arguments(uint64(n), n), arguments(uint64(n+1), n)
			for i := range n {
				j := i + plainLength
				f(wantA[i:j], wantB[i:j], x[i:j], y[i:j])
			}
			f(a, b, x, y)
			requireSameBits(t, wantA, a, fmt.Sprintf("%s of %d", name, n))
			requireSameBits(t, wantB, b, fmt.Sprintf("%s of %d", name, n))
		}
	}
}

// TestProductsAtEveryWidth compares products with their definition at every width and number of rows near those
// where tiles, packing and the ends of vectors change.
func TestProductsAtEveryWidth(t *testing.T) {
	for n := range lengths {
		for _, s := range [][2]int{{1, 5}, {1, 16}, {2, 3}, {5, 8}, {6, 1}, {7, 17}, {23, 9}, {25, 10}, {26, 40}, {100, 3}, {3, 16}, {9, 50}} {
			testProduct[float32](t, s[0], s[1], n)
			testProduct[float32](t, s[0], n, s[1])
			testProduct[float32](t, n, s[1], s[0])
			testProduct[float32](t, s[0], n, 1)
			testProduct[float32](t, n, s[0], 1)
		}
	}
	testProduct[named](t, 13, 14, 15)
}

// TestProductsOfViews: what lies between and beyond the rows of a view stays as it was.
func TestProductsOfViews(t *testing.T) {
	const m, k, n, stride = 26, 11, 21, 40
	view := func(seed uint64, rows, cols int) kernel.Mat[float32] {
		return kernel.Mat[float32]{Data: normal[float32](seed, rows*stride+7)[7:], Rows: rows, Cols: cols, Stride: stride}
	}
	a, b, dst, start := view(1, m, k), view(2, k, n), view(3, m, n), view(4, 2, n)
	scratch := make([]float32, max(kernel.ScratchLen(k, n), kernel.ScratchLen(m, n)))
	want := append([]float32(nil), dst.Data...)
	for i := range m {
		for j := range n {
			want[i*stride+j] = reference(start.Row(i / (m / 2))[j], k,
				func(l int) float32 { return a.Row(i)[l] }, func(l int) float32 { return b.Row(l)[j] })
		}
	}
	kernel.MatMul(dst, start, a, b, scratch)
	requireSameBits(t, want, dst.Data, "MatMul")

	want = append([]float32(nil), b.Data...)
	for i := range k {
		for j := range n {
			want[i*stride+j] = reference(b.Row(i)[j], m,
				func(l int) float32 { return a.Row(l)[i] }, func(l int) float32 { return dst.Row(l)[j] })
		}
	}
	kernel.TMatMul(b, a, dst, scratch)
	requireSameBits(t, want, b.Data, "TMatMul")

	want = append([]float32(nil), a.Data...)
	for i := range m {
		for j := range k {
			want[i*stride+j] = reference(0, n,
				func(l int) float32 { return dst.Row(i)[l] }, func(l int) float32 { return b.Row(j)[l] })
		}
	}
	kernel.MatMulT(a, dst, b, scratch)
	requireSameBits(t, want, a.Data, "MatMulT")
}

// squares returns second moments, as Adam meets them.
func squares(y []float32) []float32 {
	v := make([]float32, len(y))
	for i := range y {
		v[i] = y[i] * y[i]
	}
	return v
}

func TestRowsAtEveryWidth(t *testing.T) {
	for n := range lengths {
		for _, s := range [][3]int{{1, 1, 1}, {6, 2, 3}, {12, 4, 1}, {10, 1, 10}} {
			m, r, q := s[0], s[1], s[2]
			a, b := kernel.Matrix(arguments(1, r*n), r, n), kernel.Matrix(arguments(2, q*n), q, n)
			dst, sums := kernel.Matrix(normal[float32](3, m*n), m, n), kernel.Matrix(normal[float32](4, r*n), r, n)
			wantSums := append([]float32(nil), sums.Data...)
			want := make([]float32, m*n)
			for i := range m {
				for j := range n {
					want[i*n+j] = a.Row(i * r / m)[j] + b.Row(i * q / m)[j]
					wantSums[i*r/m*n+j] += dst.Row(i)[j]
				}
			}
			kernel.SumRows(sums, dst)
			requireSameBits(t, wantSums, sums.Data, fmt.Sprint("SumRows", s, n))
			kernel.AddRows(dst, a, b)
			requireSameBits(t, want, dst.Data, fmt.Sprint("AddRows", s, n))
		}
	}
}

func TestFinite(t *testing.T) {
	for n := range lengths {
		x := normal[float32](1, n)
		i, ok := kernel.Finite(x)
		require.True(t, ok)
		require.Equal(t, -1, i)
		for at := range n {
			for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				before := x[at]
				x[at] = float32(v)
				if at+2 < n {
					x[n-1] = float32(math.NaN())
				}
				i, ok := kernel.Finite(x)
				require.False(t, ok)
				require.Equal(t, at, i)
				x[at], x[n-1] = before, 1
			}
		}
	}
	i, ok := kernel.Finite([]float64{1, math.MaxFloat64, math.Inf(1)})
	require.False(t, ok)
	require.Equal(t, 2, i)
}

func TestWavesAtEveryWidth(t *testing.T) {
	for n := range lengths {
		const rows = 5
		at, f, quarters := normal[float32](1, rows), normal[float32](2, n), make([]int32, n)
		for j := range quarters {
			quarters[j] = int32(j) % 5
			f[j] *= 10
		}
		dst, want := kernel.Matrix(make([]float32, rows*n), rows, n), make([]float32, rows*n)
		kernel.Waves(dst, at, f, quarters, 0.3)
		for i := range rows {
			for j := range n {
				kernel.Waves(kernel.Matrix(want[i*n+j:], 1, 1), at[i:i+1], f[j:j+1], quarters[j:j+1], 0.3)
			}
		}
		requireSameBits(t, want, dst.Data, fmt.Sprint("Waves of ", n))
	}
}

// TestPairIsTwoProducts: a value and its tangent have the bits of two calls.
func TestPairIsTwoProducts(t *testing.T) {
	for n := range lengths {
		for _, s := range [][2]int{{1, 5}, {6, 17}, {30, 9}} {
			m, k := s[0], s[1]
			a, aTan := kernel.Matrix(arguments(1, m*k), m, k), kernel.Matrix(normal[float32](2, m*k), m, k)
			b, bias := kernel.Matrix(normal[float32](3, k*n), k, n), kernel.Matrix(normal[float32](4, n), 1, n)
			scratch := make([]float32, kernel.ScratchLen(k, n))
			blank := func() kernel.Mat[float32] { return kernel.Matrix(make([]float32, m*n), m, n) }
			want, wantTan, dst, dstTan := blank(), blank(), blank(), blank()
			kernel.MatMul(want, bias, a, b, scratch)
			kernel.MatMul(wantTan, kernel.Mat[float32]{}, aTan, b, scratch)
			kernel.MatMulPair(dst, bias, a, dstTan, kernel.Mat[float32]{}, aTan, b, scratch)
			requireSameBits(t, want.Data, dst.Data, fmt.Sprint("value of ", m, k, n))
			requireSameBits(t, wantTan.Data, dstTan.Data, fmt.Sprint("tangent of ", m, k, n))
		}
	}
}

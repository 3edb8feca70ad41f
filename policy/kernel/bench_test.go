package kernel_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"onestep/policy/kernel"
)

// fastest reports the shortest mean time of a slice of runs of f, which a busy neighbour disturbs least, in
// microseconds and as a rate of work per run. A slice is long against a browser's clock of 0.1 ms.
func fastest(b *testing.B, work float64, unit string, f func()) {
	b.Helper()
	const slice = 2 * time.Millisecond
	runs := 1
	time1 := func() float64 {
		start := time.Now()
		for range runs {
			f()
		}
		return time.Since(start).Seconds()
	}
	for time1() < slice.Seconds() {
		runs *= 2
	}
	best := math.Inf(1)
	for b.Loop() {
		best = min(best, time1()/float64(runs))
	}
	b.ReportMetric(0, "ns/op") // of a slice: says nothing
	b.ReportMetric(work/best, unit)
	b.ReportMetric(best*1e6, "µs-min")
	b.ReportMetric(float64(kernel.Lanes()), "lanes")
}

func BenchmarkMatMul(b *testing.B) {
	for _, s := range [][3]int{{1024, 128, 128}, {512, 64, 64}, {64, 64, 64}, {512, 64, 1}, {512, 1, 64}, {1, 256, 256}} {
		m, k, n := s[0], s[1], s[2]
		x, w, y := kernel.Matrix(normal[float32](1, m*k), m, k), kernel.Matrix(normal[float32](2, k*n), k, n), kernel.Matrix(make([]float32, m*n), m, n)
		bias := kernel.Matrix(normal[float32](3, n), 1, n)
		scratch := make([]float32, max(kernel.ScratchLen(k, n), kernel.ScratchLen(m, n)))
		flop := 2e-9 * float64(m*k*n)
		b.Run(fmt.Sprintf("plain/%dx%dx%d", m, k, n), func(b *testing.B) {
			fastest(b, flop, "GFLOP/s", func() { kernel.MatMul(y, bias, x, w, scratch) })
		})
		b.Run(fmt.Sprintf("right-transposed/%dx%dx%d", m, n, k), func(b *testing.B) {
			fastest(b, flop, "GFLOP/s", func() { kernel.MatMulT(x, y, w, scratch) })
		})
		b.Run(fmt.Sprintf("left-transposed/%dx%dx%d", k, m, n), func(b *testing.B) {
			clear(w.Data)
			fastest(b, flop, "GFLOP/s", func() { kernel.TMatMul(w, x, y, scratch) })
		})
	}
}

func BenchmarkActivation(b *testing.B) {
	const n = 1024 * 128
	z, y, d, dy := normal[float32](1, n), make([]float32, n), normal[float32](2, n), make([]float32, n)
	for _, f := range []kernel.Activation{kernel.Mish, kernel.SiLU} {
		b.Run(f.String()+"/forward", func(b *testing.B) {
			fastest(b, n*1e-9, "Gelem/s", func() { kernel.Activate(f, y, z) })
		})
		b.Run(f.String()+"/jvp", func(b *testing.B) {
			fastest(b, n*1e-9, "Gelem/s", func() { kernel.ActivateJVP(f, y, dy, z, d) })
		})
		b.Run(f.String()+"/vjp", func(b *testing.B) {
			fastest(b, n*1e-9, "Gelem/s", func() { kernel.ActivateVJP(f, dy, d, z) })
		})
	}
}

func BenchmarkAdam(b *testing.B) {
	const n = 100000
	p, m, v, g := normal[float32](1, n), make([]float32, n), make([]float32, n), normal[float32](2, n)
	b.Run("adam", func(b *testing.B) {
		fastest(b, n*1e-9, "Gelem/s", func() { kernel.Adam(p, m, v, g, 0.1, 0.001, 1, 1, 1e-3, 1e-8) })
	})
	b.Run("lerp", func(b *testing.B) {
		fastest(b, n*1e-9, "Gelem/s", func() { kernel.Lerp(p, g, 0.005) })
	})
}

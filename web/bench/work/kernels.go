package work

import (
	"onestep/engine/rng"
	"onestep/policy/kernel"
	"onestep/policy/nn"
)

// Product is dst [m,n] = bias + a [m,k] b [k,n] in float32.
func Product(m, k, n int) *Item {
	src := rng.New(1)
	a, b, bias, dst := normal(src, m*k), normal(src, k*n), normal(src, n), make([]float32, m*n)
	scratch := make([]float32, kernel.ScratchLen(k, n))
	return &Item{Name: "product", Unit: "1024x128x128", Flops: 2 * float64(m) * float64(k) * float64(n), Run: func(times int) {
		for range times {
			kernel.MatMul(kernel.Matrix(dst, m, n), kernel.Matrix(bias, 1, n), kernel.Matrix(a, m, k), kernel.Matrix(b, k, n), scratch)
		}
	}}
}

// Latency is one evaluation of a network 39-256-256-256-6 for one state: what the others compute, without times.
func Latency() *Item {
	src := rng.New(2)
	net := nn.New[float32](nn.Config{CondDim: 33, XDim: 6, OutDim: 6, Hidden: []int{256, 256, 256}, Activation: nn.SiLU})
	params := make([]float32, net.NumParams())
	net.Init(params, src)
	ws, dst := net.NewWorkspace(1), make([]float32, 6)
	in := nn.Input[float32]{Batch: 1, Cond: normal(src, 33), X: normal(src, 6)}
	return &Item{Name: "latency", Unit: "forward 39-256-256-256-6, batch 1", Run: func(times int) {
		for range times {
			net.Forward(dst, params, in, ws)
		}
	}}
}

func normal(src *rng.Stream, n int) []float32 {
	x := make([]float32, n)
	src.FillNormal(x)
	return x
}

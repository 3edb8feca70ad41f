package export

import (
	"fmt"

	"onestep/engine/num"
)

// stepBias returns b + sum over i of e_i(t_i) We_i [hidden0], what the first layer adds at fixed times:
//
//	e_i(t) = mish(phi(t) W_in + b_in) W_out + b_out,   phi(t) = 1/4 [sin(t f_j), cos(t f_j)],   f_j = 10000^(-j/8)
//
// in float64, rounded once at the end.
func (p *Policy) stepBias(times []float32) []float32 {
	c := p.Actor.Net.Config()
	bias, _ := p.tensor("layer0.bias")
	w, shape := p.tensor("layer0.weight")
	sum := widen(bias)
	row := c.CondDim + c.XDim // of layer0.weight, where the embeddings begin
	for i, t := range times {
		e := p.linear(fmt.Sprintf("time%d.in", i), phi(float64(t)))
		for j := range e {
			e[j] = mish(e[j])
		}
		e = p.linear(fmt.Sprintf("time%d.out", i), e)
		addProduct(sum, e, w[row*shape[1]:])
		row += len(e)
	}
	rounded := make([]float32, len(sum))
	for i, x := range sum {
		rounded[i] = float32(x)
	}
	return rounded
}

// phi returns the features of a time [16].
func phi(t float64) []float64 {
	const frequencies = 8
	out := make([]float64, 2*frequencies)
	for j := range frequencies {
		s, c := num.Sincos(float64(t * num.Pow(10000, -float64(j)/frequencies)))
		out[j], out[frequencies+j] = s/4, c/4
	}
	return out
}

// linear returns x W + b for the layer of that name.
func (p *Policy) linear(name string, x []float64) []float64 {
	w, _ := p.tensor(name + ".weight")
	b, _ := p.tensor(name + ".bias")
	y := widen(b)
	addProduct(y, x, w)
	return y
}

// addProduct adds x W to y, W [len(x), len(y)] the beginning of w.
func addProduct(y, x []float64, w []float32) {
	for i, xi := range x {
		for j := range y {
			y[j] += float64(xi * float64(w[i*len(y)+j]))
		}
	}
}

func widen(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// mish is x tanh(log(1 + e^x)) = x n/(n+2), n = e^x (e^x + 2).
func mish(x float64) float64 {
	e := num.Exp(min(x, 20)) // beyond, n/(n+2) is 1 in float64
	n := float64(e * (e + 2))
	return x * n / (n + 2)
}

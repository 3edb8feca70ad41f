package probe

import (
	"math"
	"slices"

	"onestep/engine/num"
)

// What the critics say of a picture's particles and of the actions around them. The colours tell the advantage over the mean
// of the cloud, and the weights are those of the mirror descent step at this one state,
//
//	A_i = q_i - mean_i q_i,   n_i = clip(A_i / RMS of A, -3, 3),   w_i = exp(n_i/lambda)
//
// as the agent's per-state weighting has them (policy/fpmd), but with the RMS of this state alone: a policy file does not
// keep the running one.

// valueEnds evaluates the critics at the next ends.
func (p *Prober) valueEnds() {
	w := p.work
	w.Values = slices.Grow(w.Values[:0], w.Paths.N)[:w.Paths.N]
	n := min(chunk, w.Paths.N-p.at)
	p.policy.Values(w.Values[p.at:p.at+n], p.obs, n, w.Paths.Ends()[p.at*p.dim:(p.at+n)*p.dim])
	if p.at += n; p.at == w.Paths.N {
		w.weigh(p.policy.File.Config.RestingLambda())
		p.phase, p.at = comparing, 0
		if w.Early {
			p.frame(w)
			p.phase = shading
		}
	}
}

const clipAdvantage = 3

// weigh turns the values into weights of mean 1; alike makes them all the same.
func (w *Picture) weigh(lambda float64, alike bool) {
	n := float64(len(w.Values))
	mean, square := 0.0, 0.0
	for _, q := range w.Values {
		mean += float64(q) / n
	}
	for _, q := range w.Values {
		square += (float64(q) - mean) * (float64(q) - mean) / n
	}
	w.Heat.Middle, w.Lambda, w.ESS = mean, lambda, math.NaN()
	w.Paths.Weights = w.Paths.Weights[:0]
	if !(square >= 0) || math.IsInf(square, 0) { // a critic that is no number weighs nothing
		return
	}
	w.Paths.Weights = slices.Grow(w.Paths.Weights, len(w.Values))[:len(w.Values)]
	rms := math.Max(math.Sqrt(square), 1e-6)
	sum, squares := 0.0, 0.0
	for i, q := range w.Values {
		x := 1.0
		if !alike {
			x = num.Exp(math.Max(-clipAdvantage, math.Min(clipAdvantage, (float64(q)-mean)/rms)) / w.Lambda)
		}
		w.Paths.Weights[i] = float32(x)
		sum += x
		squares += x * x
	}
	w.ESS = sum * sum / (n * squares)
	for i := range w.Paths.Weights {
		w.Paths.Weights[i] *= float32(n / sum)
	}
}

// shadeRow evaluates the critics along one row of the grid; the other coordinates are the chosen particle's at its end.
func (p *Prober) shadeRow() {
	w := p.work
	h := &w.Heat
	if p.at == 0 {
		h.NX, h.NY, h.Lo, h.Hi = heatN, heatN, -1, 1
		if p.dim == 1 {
			h.NX, h.NY = 1, 2*heatN-1
		}
		h.V = slices.Grow(h.V[:0], h.NX*h.NY)[:h.NX*h.NY]
	}
	rows := 1
	if h.NX == 1 {
		rows = min(heatN, h.NY-p.at)
	}
	for i := range h.NX * rows {
		x := p.heat[i*p.dim : (i+1)*p.dim]
		if p.dim == 1 {
			x[0] = float32(h.Place(p.at+i, h.NY))
			continue
		}
		copy(x, w.Paths.Ends()[w.Chosen*p.dim:])
		x[w.DX], x[w.DY] = float32(h.Place(i, h.NX)), float32(h.Place(p.at, h.NY))
	}
	p.policy.Values(h.V[p.at*h.NX:(p.at+rows)*h.NX], p.obs, h.NX*rows, p.heat[:h.NX*rows*p.dim])
	if p.at += rows; p.at >= h.NY {
		h.Fit(h.Middle)
		p.phase, p.at = fielding, 0
	}
}

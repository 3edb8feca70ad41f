package show

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

// particles is how many the flow panel shows.
func (s *Session) particles() int {
	if s.view.Particles == 0 {
		return defaultParticles
	}
	return s.view.Particles
}

// valueEnds evaluates the critics at the next ends.
func (s *Session) valueEnds() {
	p, w := &s.probe, s.probe.work
	w.values = slices.Grow(w.values[:0], w.paths.N)[:w.paths.N]
	n := min(chunk, w.paths.N-p.at)
	s.policy.values(w.values[p.at:p.at+n], p.obs, n, w.paths.Ends()[p.at*p.dim:(p.at+n)*p.dim])
	if p.at += n; p.at == w.paths.N {
		s.weigh(w)
		p.phase, p.at = comparing, 0
	}
}

const clipAdvantage = 3

// weigh turns the values into weights of mean 1.
func (s *Session) weigh(w *picture) {
	n := float64(len(w.values))
	mean, square := 0.0, 0.0
	for _, q := range w.values {
		mean += float64(q) / n
	}
	for _, q := range w.values {
		square += (float64(q) - mean) * (float64(q) - mean) / n
	}
	lambda, alike := s.policy.file.Config.RestingLambda()
	w.heat.Middle, w.lambda, w.ess = mean, lambda, math.NaN()
	w.paths.Weights = w.paths.Weights[:0]
	if !(square >= 0) || math.IsInf(square, 0) { // a critic that is no number weighs nothing
		return
	}
	w.paths.Weights = slices.Grow(w.paths.Weights, len(w.values))[:len(w.values)]
	rms := math.Max(math.Sqrt(square), 1e-6)
	sum, squares := 0.0, 0.0
	for i, q := range w.values {
		x := 1.0
		if !alike {
			x = num.Exp(math.Max(-clipAdvantage, math.Min(clipAdvantage, (float64(q)-mean)/rms)) / w.lambda)
		}
		w.paths.Weights[i] = float32(x)
		sum += x
		squares += x * x
	}
	w.ess = sum * sum / (n * squares)
	for i := range w.paths.Weights {
		w.paths.Weights[i] *= float32(n / sum)
	}
}

// shadeRow evaluates the critics along one row of the grid; the other coordinates are the chosen particle's at its end.
func (s *Session) shadeRow() {
	p, w := &s.probe, s.probe.work
	h := &w.heat
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
		copy(x, w.paths.Ends()[w.chosen*p.dim:])
		x[w.dx], x[w.dy] = float32(h.Place(i, h.NX)), float32(h.Place(p.at, h.NY))
	}
	s.policy.values(h.V[p.at*h.NX:(p.at+rows)*h.NX], p.obs, h.NX*rows, p.heat[:h.NX*rows*p.dim])
	if p.at += rows; p.at >= h.NY {
		h.Fit(h.Middle)
		p.phase, p.at = fielding, 0
	}
}

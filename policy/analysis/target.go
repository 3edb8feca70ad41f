package analysis

import "onestep/engine/rng"

// Target is a law on R^d that noise is to be carried to, with its exact velocity field.
type Target interface {
	// Dim is d.
	Dim() int
	// Mean writes E[X1] to dst [d].
	Mean(dst []float64)
	// Variance is the trace of the covariance of X1, and so the squared W2 of the one-step law.
	Variance() float64
	// Velocity writes v*(x, t) to dst for n points x, both [n*d], 0 <= t < 1 and the source's standard
	// deviation c > 0.
	Velocity(dst, x []float64, t, c float64)
	// Sample writes n independent draws to dst [n*d].
	Sample(dst []float64, r *rng.Stream)
}

// Line is a Target on the line, d = 1, with what the exact laws need.
type Line interface {
	Target
	// Density is that of X1 at x.
	Density(x float64) float64
	// CDF is P(X1 <= x) and P(X1 > x), each with its own relative accuracy.
	CDF(x float64) (below, above float64)
	// Quantile is the x with P(X1 <= x) = u, 0 < u < 1.
	Quantile(u float64) float64
	// Nodes is a quadrature of expectations: E[f(X1)] is the sum of weight[i] f(node[i]). Each level halves the
	// spacing of the one before; level 0 does for functions as smooth as the density.
	Nodes(level int) (node, weight []float64)
}

// Package gaussian is the squashed Gaussian policy of SAC (Haarnoja et al., "Soft Actor-Critic Algorithms and
// Applications", arXiv 1812.05905) and its loss.
//
//	[mu, l] = net(s),   sigma = exp(clip(l, -20, 2)),   u = mu + sigma e,   e ~ N(0, I),   a = tanh(u)
//	log pi(a|s) = sum_j [ -e_j^2/2 - log sigma_j - log(2 pi)/2 - log(1 - tanh^2 u_j) ]   (their appendix C)
//
// The last logarithm is 2 (log 2 - u - softplus(-2u)), which does not cancel for large |u|.
package gaussian

import (
	"math"

	"onestep/engine/num"
	"onestep/policy/kernel"
)

// Bounds of log sigma in SAC's own code.
const (
	MinLogStd = -20
	MaxLogStd = 2
)

// Squash writes actions a = tanh(mu + sigma e), dst [rows*dim], for a head [rows/repeat * 2 dim] of means and
// log standard deviations, each for repeat consecutive rows of noise e [rows*dim]; dst may be e. Zero noise gives the
// deterministic action tanh(mu).
func Squash[T kernel.Float](dst, head, noise []T, dim, repeat int) {
	for i, e := range noise {
		row, j := i/dim, i%dim
		h := head[row/repeat*2*dim:][:2*dim]
		sigma := T(num.Exp(float64(clipLogStd(h[dim+j]))))
		dst[i] = T(num.Tanh(float64(h[j] + T(sigma*e))))
	}
}

func clipLogStd[T kernel.Float](l T) T { return min(max(l, MinLogStd), MaxLogStd) }

// logSquash is log(1 - tanh^2 u).
func logSquash(u float64) float64 { return float64(2 * (math.Ln2 - u - softplus(-2*u))) }

// softplus is log(1 + e^x).
func softplus(x float64) float64 { return max(x, 0) + num.Log1p(num.Exp(-math.Abs(x))) }

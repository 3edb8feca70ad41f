// Package fpmd is policy mirror descent by weighted matching, and the agents of "One-Step Flow Policy Mirror Descent" (Chen,
// Ma, Li, Wang, Dai, arXiv 2507.23675): FPMD-R (rectified flow) and FPMD-M (MeanFlow). Other families that can be fitted to
// weighted actions are agents of the same rule in packages of their own.
//
// Policy mirror descent asks for
//
//	pi_new(a|s)  proportional to  pi_old(a|s) exp(Q(s,a)/lambda)
//
// and fits it to actions of the old policy, weighted by exp(Q/lambda). One update on a batch (s, a, r, s', terminated), in
// the names of the paper:
//
//	x_i  ~ pi(.|s'), i = 1..N           N candidates by the sampler, source std c
//	q_i  = min(Q1,Q2)(s', x_i)          a' = clip(x_best, -1, 1) + alpha NoiseScale N(0, I)
//	y    = r + gamma (1 - terminated) min(TargetQ1,TargetQ2)(s', a')
//	critics: mean squared error to y
//	w    = exp(n/lambda)                n the normalised advantage of a' (Weighting)
//	policy: the family's loss on X1 = a' at states s' with weights w
//	alpha: Adam on log alpha with gradient H - H*,  H = d/2 ln(2 pi e (NoiseScale alpha)^2)
//
// The environment is acted in with the EMA policy, the targets use the online one.
//
// [code] marks what was read in the authors' released code.
package fpmd

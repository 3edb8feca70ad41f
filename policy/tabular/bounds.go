package tabular

import "onestep/engine/num"

// LookaheadBound is the bound of policy mirror descent with steps eta_t >= max_s min_{greedy p} D_h(p, pi_t)/c_t on the
// sup norm of V* - V^k (Protopapas and Barakat, arXiv 2403.14156, Theorem 4.1, with 5.3 for noise):
//
//	gamma^(hk) (|V* - V^0| + 1/(1-gamma) sum_{t=1..k} c_{t-1} gamma^(-ht)) + 2 b/((1-gamma)(1-gamma^h))
//
// where |Qhat - Q_h| <= b. With h = 1 and b = 0 the factor 1/(1-gamma) is 1 (Johnson, Pike-Burke and Rebeschini,
// arXiv 2302.11381). For any steps that were taken, c_t = max_s min D/eta_t makes it hold.
type LookaheadBound struct {
	decay, weight, noise, value float64
}

// NewLookaheadBound starts at k = 0 with the sup norm of V* - V^0.
func NewLookaheadBound(gamma float64, h int, b, gap float64) *LookaheadBound {
	l := &LookaheadBound{decay: num.Pow(gamma, float64(h)), weight: 1 / (1 - gamma), value: gap}
	if h == 1 && b == 0 {
		l.weight = 1
	}
	l.noise = 2 * b / ((1 - gamma) * (1 - l.decay))
	return l
}

// At is the bound at the present k.
func (l *LookaheadBound) At() float64 { return l.value + l.noise }

// Advance goes on by one step with its c_k.
func (l *LookaheadBound) Advance(c float64) { l.value = float64(l.decay*l.value) + float64(l.weight*c) }

// AdaptiveC is c_k = c0 gamma^(2 depth (k+1)) of the adaptive step.
func AdaptiveC(gamma, c0 float64, depth, k int) float64 {
	return c0 * num.Pow(gamma, float64(2*depth*(k+1)))
}

// ConstantBound is the bound on V*(rho) - V^k(rho) with one constant step, h = 1 and any map (the form of Xiao,
// arXiv 2201.07443):
//
//	(E_d* D_h(pi*, pi_0)/eta + E_d* [V* - V^0]) / ((1-gamma)(k+1)),   d* = d_rho of pi*
//
// distance is E_d* D_h(pi*, pi_0) and gap is E_d* [V* - V^0].
func ConstantBound(gamma, eta, distance, gap float64, k int) float64 {
	return (distance/eta + gap) / ((1 - gamma) * float64(k+1))
}

// RegularizedRate is the factor by which the step eta = eta_k in all states shrinks
//
//	Phi_k = E_nu* [V*_tau - V^k] + (1/eta_(k-1) + tau) E_nu* D_h(pi*_tau, pi_k)
//
// at least, where growth = eta_k/eta_(k-1): gamma for the first term and (1/eta_k)/(1/eta_(k-1) + tau) for the second.
// With tau = 0 and growth 1/gamma it is gamma.
func RegularizedRate(gamma, eta, tau, growth float64) float64 {
	return max(gamma, 1/(growth+float64(eta*tau)))
}

// LookaheadPIBound is gamma^(hk) |V* - V^0|, the bound of h-step policy iteration.
func LookaheadPIBound(gamma float64, h, k int, gap float64) float64 {
	return num.Pow(gamma, float64(h*k)) * gap
}

// meanDivergence is sum_s weight(s) D_h(pi(.|s), p(.|s)) of two policies, y = inv(p); it is infinite where the map
// makes it so.
func meanDivergence(m *MDP, h Potential, weight, pi, y, p []float64) float64 {
	var sum float64
	for s, w := range weight {
		if w == 0 {
			continue
		}
		sum += float64(w * Divergence(h, InvOf(h, m.row(pi, s)), m.row(pi, s), m.row(y, s), m.row(p, s)))
	}
	return sum
}

// gapIn is sum_s weight(s) (V*(s) - V(s)).
func gapIn(weight, best, v []float64) (gap float64) {
	for s, w := range weight {
		gap += float64(w * (best[s] - v[s]))
	}
	return gap
}

package tabular

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"onestep/engine/num"
)

// ValueIteration applies T, with tau > 0 its soft form tau log sum exp(Q/tau), from 0 until V changes by no more than
// tolerance (1-gamma)/gamma, after which |V - V*| <= tolerance.
func ValueIteration(m *MDP, tau, tolerance float64) []float64 {
	v, next, q := make([]float64, m.States), make([]float64, m.States), make([]float64, len(m.Next))
	scratch := make([]float64, m.Actions)
	for {
		m.QTo(q, v)
		for s := range next {
			switch row := m.row(q, s); {
			case m.Terminal[s]:
				next[s] = 0
			case tau > 0:
				floats.ScaleTo(scratch, 1/tau, row)
				next[s] = tau * softmaxTo(scratch, scratch)
			default:
				next[s] = slices.Max(row)
			}
		}
		change := floats.Distance(v, next, math.Inf(1))
		v, next = next, v
		if m.Gamma*change <= tolerance*(1-m.Gamma) {
			return v
		}
	}
}

// BlockRate is the factor that bounds E[Phi_(k+1)|pi_k]/Phi_k where one of S states is drawn uniformly. With tau = 0 and
// growth 1/r, r = 1 - (1-gamma)/S, it is r.
func BlockRate(gamma, eta, tau, growth float64, states int) float64 {
	least := 1 / float64(states)
	return max(1-float64((1-gamma)*least), (1+float64(eta*tau*(1-least)))/(growth+float64(eta*tau)))
}

// SoftBias is the most that the optimum of the regularised value loses of the plain one, in any state.
func SoftBias(gamma, tau float64, actions int) float64 {
	return tau * num.Log(float64(actions)) / (1 - gamma)
}

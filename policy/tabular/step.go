package tabular

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/integrate/quad"

	"onestep/engine/num"
)

const (
	newtonSteps = 12  // after which only bisection goes on
	bisectSteps = 200 // more than the halvings between any two floats of one sign
)

// Step makes one step of mirror descent in one state: y = inv(pi) and p = pi become those of
//
//	[phi(inv(pi) + eta q + lam)]+,   sum = 1
//
// and it returns D_h(p_new, p_old). Lengths are the number of actions.
func Step(h Potential, y, p, q []float64, eta float64) (move float64) {
	return stepTo(h, y, p, q, 1, eta)
}

// RegularizedStep is Step for the entropy map and a reward with tau times the entropy of the policy:
// p_new ~ p^(1/(1+eta tau)) exp(eta q/(1+eta tau)). An infinite eta is a step of soft policy iteration.
func RegularizedStep(y, p, q []float64, eta, tau float64) (move float64) {
	return stepTo(entropy{}, y, p, q, 1/(1+float64(eta*tau)), 1/(1/eta+tau))
}

// stepTo projects keep y + eta q. The largest of q is taken out, so that no finite eta overflows.
func stepTo(h Potential, y, p, q []float64, keep, eta float64) (move float64) {
	n := len(y)
	z := make([]float64, 3*n)
	z, yOld, pOld := z[:n], z[n:2*n], z[2*n:]
	best := floats.Max(q)
	for a := range z {
		z[a] = float64(keep * y[a])
		if q[a] < best {
			z[a] = max(z[a]+float64(eta*(q[a]-best)), -math.MaxFloat64)
		}
	}
	copy(yOld, y)
	copy(pOld, p)
	Project(h, y, p, z)
	return Divergence(h, y, p, yOld, pOld)
}

// Project sets y to max(z + lam, inv(0)) and p to phi(y), with lam such that sum p = 1. The largest of z is taken out
// first: lam then lies between inv(1/A) and inv(1), where its last digit is one of p; at eta 1e19 the sum would be lost
// otherwise. z is overwritten. The y that it finds is where the search for lam begins: a small step moves it little.
func Project(h Potential, y, p, z []float64) {
	best := floats.MaxIdx(z)
	floats.AddConst(-z[best], z)
	zero := h.Zero()
	low, high := h.Inv(1/float64(len(z))), h.Inv(1)
	margin := float64((high - low) / (1 << 20)) // so that lam is never an end of the bracket at which no sum was taken
	low, high = low-margin, high+margin
	lam := high
	if y[best] > low && y[best] < high {
		lam = y[best]
	}
	learned, mixes := h.(mixed)
	power, powers := h.(tsallis)
	for i := range bisectSteps {
		excess, slope := -1.0, 0.0
		for a, v := range z {
			if y[a] = v + lam; y[a] > zero {
				if mixes && p[a] > 0 {
					p[a] = learned.phiFrom(y[a], p[a])
				} else {
					p[a] = h.Phi(y[a])
				}
				excess += p[a]
				switch {
				case p[a] > 0 && powers:
					slope += p[a] / ((power.q - 1) * y[a])
				case p[a] > 0:
					slope += 1 / h.Slope(p[a])
				}
			} else {
				y[a], p[a] = zero, 0
			}
		}
		if excess > 0 {
			high = lam
		} else {
			low = lam
		}
		next := lam - excess/slope
		if i >= newtonSteps || !(next >= low && next <= high) {
			next = low + float64((high-low)/2)
		}
		if excess == 0 || next == lam || next == low || next == high {
			return
		}
		lam = next
	}
}

// InvOf is inv of every probability, inv(0) = Zero.
func InvOf(h Potential, p []float64) []float64 {
	y := make([]float64, len(p))
	for a, v := range p {
		if y[a] = h.Zero(); v > 0 {
			y[a] = h.Inv(v)
		}
	}
	return y
}

// Divergence is D_h(p, q) = sum H(p) - H(q) - inv(q) (p - q) of two policies in one state, whose inv are yp and yq.
func Divergence(h Potential, yp, p, yq, q []float64) (d float64) {
	_, kl := h.(entropy) // H is not needed there, which saves the digits of nearly equal policies and of p = 0
	for a := range p {
		switch {
		case kl && p[a] > 0:
			d += float64(p[a]*(yp[a]-yq[a])) - p[a] + q[a]
		case kl:
			d += q[a]
		default:
			d += bregman(h, p[a], yq[a], q[a])
		}
	}
	return max(0, d)
}

// near is the relative distance below which a difference of H has lost too many digits; there the integral of the
// remainder by nodes, whose error falls by (2/near)^2 with each node, has all of them.
const near = 0.125

var nodes, nodeWeights = func() (x, w [6]float64) {
	quad.Legendre{}.FixedLocations(x[:], w[:], 0, 1)
	return x, w
}()

// bregman is H(p) - H(q) - inv(q) (p - q) = (p - q)^2 int_0^1 (1-u) inv'(q + u (p-q)) du, where y = inv(q).
func bregman(h Potential, p, y, q float64) (d float64) {
	if p == q {
		return 0
	}
	if e := p - q; math.Abs(e) < near*q {
		if m, ok := h.(tsallis); ok {
			return m.remainder(e/q, y*q)
		}
		for i, u := range nodes {
			d += float64(nodeWeights[i] * (1 - u) * h.Slope(q+float64(u*e)))
		}
		return d * e * e
	}
	return h.Primitive(p) - h.Primitive(q) - float64(y*(p-q))
}

// GreedyDivergence is min D_h(g, p) over the laws g on the greedy actions of q: the least that a step to a greedy policy
// costs. For entropy it is -log sum_greedy p, for other maps that of the step with eta = 0 on the face of those actions.
func GreedyDivergence(h Potential, y, p, q []float64) float64 {
	best := floats.Max(q) - tie(q)
	var yFace, pFace []float64
	var rest, d float64
	for a := range q {
		if q[a] >= best {
			yFace, pFace = append(yFace, y[a]), append(pFace, p[a])
			continue
		}
		rest += p[a]
		if _, kl := h.(entropy); !kl && p[a] > 0 {
			d += bregman(h, 0, y[a], p[a])
		}
	}
	if _, kl := h.(entropy); kl {
		if rest < 0.5 {
			return -num.Log1p(-rest)
		}
		return -(softmaxTo(pFace, yFace) - 1) // log sum exp(y - 1): p may have underflowed
	}
	n := len(yFace)
	yNew, pNew := make([]float64, n), make([]float64, n)
	Project(h, yNew, pNew, append([]float64(nil), yFace...))
	return d + Divergence(h, yNew, pNew, yFace, pFace)
}

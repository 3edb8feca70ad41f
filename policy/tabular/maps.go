package tabular

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"onestep/engine/num"
	"onestep/engine/quote"
)

// Map names a mirror map h(p) = sum_a H(p_a) of the simplex by its kind and parameters.
type Map struct {
	Kind string    `json:"kind"`        // one of MapNames
	Q    float64   `json:"q,omitempty"` // tsallis: the order, positive and not 1
	B    float64   `json:"b,omitempty"` // hyperbolic: where it turns from euclid to entropy, positive
	W    []float64 `json:"w,omitempty"` // mixed: [5] weights >= 0 of log p, p, -p^(-1/2), p^(1/2), p^3
}

// MapNames lists the kinds of maps.
var MapNames = []string{"entropy", "euclid", "tsallis", "hyperbolic", "mixed", "barrier"}

// mixedTerms is how many terms a mixed map has.
const mixedTerms = 5

// Potential is one mirror map: H' = Inv, which increases on (0, 1], and Phi is its inverse. All but the barrier are omega-potentials (Alfano, Yuan and Rebeschini, arXiv 2301.13139).
type Potential interface {
	Inv(p float64) float64
	Phi(y float64) float64   // of y above Zero
	Slope(p float64) float64 // Inv'(p)
	// Primitive is H but for a constant, so that it is 0 at 0 where H is finite there: no digits of a small p are lost.
	Primitive(p float64) float64
	Zero() float64 // Inv(0): below it the probability is 0; -Inf where no probability becomes 0
}

// Potential checks the parameters and makes the map.
func (m Map) Potential() (Potential, error) {
	switch m.Kind {
	case "entropy":
		return entropy{}, nil
	case "euclid":
		return euclid{}, nil
	case "tsallis":
		if !(m.Q > 0 && m.Q <= 10) || m.Q == 1 {
			return nil, fmt.Errorf("tsallis wants an order q in (0, 10] other than 1, not %g; its limit at 1 is entropy", m.Q)
		}
		return tsallis{m.Q}, nil
	case "hyperbolic":
		if !(m.B > 0) || math.IsInf(m.B, 0) {
			return nil, fmt.Errorf("hyperbolic wants b > 0, not %g", m.B)
		}
		return hyperbolic{m.B}, nil
	case "mixed":
		return newMixed(m.W)
	case "barrier":
		return barrier{}, nil
	}
	return nil, fmt.Errorf("the map must be one of %s, not %s", strings.Join(MapNames, ", "), quote.Text(m.Kind))
}

// EqualFirstStep is the factor c = inv'(1/A)/A: a step of c eta with this map from the uniform policy of A actions
// begins as one of eta with entropy.
func EqualFirstStep(h Potential, actions int) float64 {
	return h.Slope(1/float64(actions)) / float64(actions)
}

type entropy struct{}

func (entropy) Inv(p float64) float64   { return 1 + num.Log(p) }
func (entropy) Phi(y float64) float64   { return num.Exp(y - 1) }
func (entropy) Slope(p float64) float64 { return 1 / p }
func (entropy) Zero() float64           { return math.Inf(-1) }

func (entropy) Primitive(p float64) float64 {
	if p == 0 {
		return 0
	}
	return p * num.Log(p)
}

type euclid struct{}

func (euclid) Inv(p float64) float64       { return p }
func (euclid) Phi(y float64) float64       { return y }
func (euclid) Slope(float64) float64       { return 1 }
func (euclid) Primitive(p float64) float64 { return p * p / 2 }
func (euclid) Zero() float64               { return 0 }

type tsallis struct{ q float64 }

func (m tsallis) Inv(p float64) float64       { return m.q * num.Pow(p, m.q-1) / (m.q - 1) }
func (m tsallis) Phi(y float64) float64       { return num.Pow((m.q-1)*y/m.q, 1/(m.q-1)) }
func (m tsallis) Slope(p float64) float64     { return m.q * num.Pow(p, m.q-2) }
func (m tsallis) Primitive(p float64) float64 { return num.Pow(p, m.q) / (m.q - 1) }

func (m tsallis) Zero() float64 {
	if m.q < 1 {
		return math.Inf(-1)
	}
	return 0
}

// remainder is H(q + e) - H(q) - y e for small d = e/q, where yq = inv(q) q: yq/order sum_(k>=2) binomial(order, k) d^k.
func (m tsallis) remainder(d, yq float64) (sum float64) {
	term := m.q * d
	for k := 2.0; k < 40; k++ {
		term = float64(term * float64((m.q-k+1)/k*d))
		sum += term
		if math.Abs(term) <= 1e-17*math.Abs(sum) {
			break
		}
	}
	return yq / m.q * sum
}

type hyperbolic struct{ b float64 }

// asinh is log(x + sqrt(x^2+1)) for x >= 0 without the loss of digits near 0.
func asinh(x float64) float64 { return num.Log1p(x + x*x/(1+math.Sqrt(float64(x*x)+1))) }

func (m hyperbolic) Inv(p float64) float64 { return asinh(p / m.b) }

// Phi is b sinh y by sinh y = (e + e/(1+e))/2, e = exp(y) - 1.
func (m hyperbolic) Phi(y float64) float64 {
	e := num.Expm1(y)
	return m.b / 2 * (e + e/(1+e))
}

func (m hyperbolic) Slope(p float64) float64 { return 1 / math.Sqrt(float64(p*p)+float64(m.b*m.b)) }
func (m hyperbolic) Zero() float64           { return 0 }

// Primitive is p asinh(p/b) - sqrt(p^2+b^2) + b.
func (m hyperbolic) Primitive(p float64) float64 {
	return float64(p*asinh(p/m.b)) - p*p/(math.Sqrt(float64(p*p)+float64(m.b*m.b))+m.b)
}

// barrier is -log p, Inv = -1/p. It is no omega-potential: the integral of Inv at 0 diverges, and with it the distance
// from any policy to a vertex.
type barrier struct{}

func (barrier) Inv(p float64) float64       { return -1 / p }
func (barrier) Phi(y float64) float64       { return -1 / y }
func (barrier) Slope(p float64) float64     { return 1 / (p * p) }
func (barrier) Primitive(p float64) float64 { return -num.Log(p) }
func (barrier) Zero() float64               { return math.Inf(-1) }

// mixed is inv(p) = w0 log p + w1 p - w2 p^(-1/2) + w3 p^(1/2) + w4 p^3, the map that is learned.
type mixed struct{ w [mixedTerms]float64 }

func newMixed(w []float64) (Potential, error) {
	if len(w) != mixedTerms {
		return nil, fmt.Errorf("mixed wants %d weights, not %d", mixedTerms, len(w))
	}
	var m mixed
	var sum float64
	for i, v := range w {
		if !(v >= 0) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("mixed wants weights of at least 0, not %g", v)
		}
		m.w[i] = v
		sum += v
	}
	if sum == 0 {
		return nil, errors.New("mixed wants a weight above 0")
	}
	return m, nil
}

func (m mixed) Inv(p float64) float64 {
	root := math.Sqrt(p)
	sum := float64(m.w[1]*p) + float64(m.w[3]*root) + float64(m.w[4]*p*p*p)
	if m.w[0] > 0 {
		sum += float64(m.w[0] * num.Log(p))
	}
	if m.w[2] > 0 {
		sum -= m.w[2] / root
	}
	return sum
}

func (m mixed) Slope(p float64) float64 {
	root := math.Sqrt(p)
	sum := m.w[1] + float64(3*m.w[4]*p*p)
	if m.w[0] > 0 {
		sum += m.w[0] / p
	}
	if m.w[2] > 0 {
		sum += m.w[2] / (2 * p * root)
	}
	if m.w[3] > 0 {
		sum += m.w[3] / (2 * root)
	}
	return sum
}

// Phi is the inverse of Inv.
func (m mixed) Phi(y float64) float64 { return m.phiFrom(y, 1) }

// phiFrom solves inv(p) = y by Newton's method in u = log p, kept in a bracket by bisection. It begins at the probability
// from: near the solution two or three steps are enough.
func (m mixed) phiFrom(y, from float64) float64 {
	low, high := -745.0, 1.0 // of u; exp(-745) is the smallest positive number
	if y >= m.Inv(math.E) {
		high = 300
	}
	u := max(low, num.Log(from))
	for i := range bisectSteps {
		// inv = w0 u + w1 p - w2 p^(-1/2) + w3 p^(1/2) + w4 p^3 and its derivative in u
		p := num.Exp(u)
		root := math.Sqrt(p)
		linear, minus, plus, cube := float64(m.w[1]*p), 0.0, float64(m.w[3]*root), float64(m.w[4]*p*p*p)
		if m.w[2] > 0 {
			minus = m.w[2] / root
		}
		e := float64(m.w[0]*u) + linear - minus + plus + cube - y
		if e > 0 {
			high = u
		} else if e < 0 {
			low = u
		} else {
			return p
		}
		next := u - e/(m.w[0]+linear+float64(minus/2)+float64(plus/2)+float64(3*cube))
		if i >= newtonSteps || !(next > low && next < high) {
			next = low + float64((high-low)/2)
		}
		if math.Abs(next-u) <= 3e-16*max(1, math.Abs(u)) || next == low || next == high {
			return num.Exp(next)
		}
		u = next
	}
	return num.Exp(u)
}

func (m mixed) Primitive(p float64) float64 {
	root := math.Sqrt(p)
	sum := float64(m.w[1]*p*p/2) - float64(2*m.w[2]*root) + float64(m.w[3]*2*p*root/3) + float64(m.w[4]*p*p*p*p/4)
	if m.w[0] > 0 {
		sum += float64(m.w[0] * (entropy{}.Primitive(p) - p))
	}
	return sum
}

func (m mixed) Zero() float64 {
	if m.w[0] > 0 || m.w[2] > 0 {
		return math.Inf(-1)
	}
	return 0
}

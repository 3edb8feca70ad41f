package analysis

import (
	"math"

	"onestep/engine/num"
)

// Density implements Line; it is for mixtures on the line.
func (m *Mixture) Density(x float64) float64 {
	var sum float64
	for i, w := range m.weight {
		z := (x - m.mean[i]) / m.std[i]
		sum += float64(w / m.std[i] * num.Exp(-z*z/2))
	}
	return sum / math.Sqrt(2*math.Pi)
}

// CDF implements Line; it is for mixtures on the line.
func (m *Mixture) CDF(x float64) (below, above float64) {
	for i, w := range m.weight {
		z := (x - m.mean[i]) / (m.std[i] * math.Sqrt2)
		below += float64(w / 2 * math.Erfc(-z))
		above += float64(w / 2 * math.Erfc(z))
	}
	return below, above
}

// Quantile implements Line; it is for mixtures on the line. It bisects between the outermost of the
// components' own quantiles until the interval cannot be halved.
func (m *Mixture) Quantile(u float64) float64 {
	z := normalQuantile(u, 1-u)
	return m.quantile(u, 1-u, z)
}

// quantile is the x with P(X1 <= x) = below, P(X1 > x) = above, where z is that of N(0, 1).
func (m *Mixture) quantile(below, above, z float64) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for i, mu := range m.mean {
		q := mu + float64(m.std[i]*z)
		low, high = min(low, q), max(high, q)
	}
	for {
		middle := low + float64((high-low)/2)
		if middle <= low || middle >= high {
			return middle
		}
		b, a := m.CDF(middle)
		if less := b < below; below > 0.5 && a > above || below <= 0.5 && less {
			low = middle
		} else {
			high = middle
		}
	}
}

// nodeSpan is how far the nodes of a component go, in standard deviations: what lies beyond weighs 2e-19. Their rule is
// the trapezoidal one, which converges exponentially for smooth functions under a Gaussian weight.
const nodeSpan = 9

// Nodes implements Line; it is for mixtures on the line.
func (m *Mixture) Nodes(level int) (node, weight []float64) {
	perStd := 16 << level
	for i, w := range m.weight {
		for k := -nodeSpan * perStd; k <= nodeSpan*perStd; k++ {
			z := float64(k) / float64(perStd)
			node = append(node, m.mean[i]+float64(m.std[i]*z))
			weight = append(weight, w/float64(perStd)*num.Exp(-z*z/2)/math.Sqrt(2*math.Pi))
		}
	}
	return node, weight
}

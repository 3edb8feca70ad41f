package analysis

import (
	"math"

	"onestep/engine/num"
	"onestep/engine/rng"
)

// Mixture is a mixture of isotropic Gaussians, sum_i w_i N(mu_i, s_i^2 I), on R^d. It implements Target, and
// Line for d = 1. It is constant once made and not safe for concurrent use of Velocity.
type Mixture struct {
	dim    int
	weight []float64 // [n] w_i, sum 1
	mean   []float64 // [n*dim] mu_i
	std    []float64 // [n] s_i

	share []float64 // [n] scratch: responsibilities
}

// NewMixture makes a mixture from weights [n] (any positive scale), means [n*dim] and standard deviations [n].
// It panics where their lengths differ or a weight or a deviation is not positive.
func NewMixture(dim int, weight, mean, std []float64) *Mixture {
	n := len(weight)
	if dim < 1 || n < 1 || len(mean) != n*dim || len(std) != n {
		panic("analysis: a mixture's weights, means and deviations do not fit together")
	}
	m := &Mixture{dim: dim, mean: append([]float64(nil), mean...), std: append([]float64(nil), std...), share: make([]float64, n)}
	var sum float64
	for i, w := range weight {
		if !(w > 0) || !(std[i] > 0) {
			panic("analysis: a mixture's weights and deviations are positive")
		}
		sum += w
	}
	for _, w := range weight {
		m.weight = append(m.weight, w/sum)
	}
	return m
}

// Gaussian is N(mean, s^2) on the line.
func Gaussian(mean, s float64) *Mixture {
	return NewMixture(1, []float64{1}, []float64{mean}, []float64{s})
}

// Dim implements Target.
func (m *Mixture) Dim() int { return m.dim }

// Mean implements Target.
func (m *Mixture) Mean(dst []float64) {
	clear(dst[:m.dim])
	for i, w := range m.weight {
		for j := range m.dim {
			dst[j] += float64(w * m.mean[i*m.dim+j])
		}
	}
}

// Variance implements Target: sum_i w_i (d s_i^2 + |mu_i - mean|^2).
func (m *Mixture) Variance() float64 {
	mean := make([]float64, m.dim)
	m.Mean(mean)
	var sum float64
	for i, w := range m.weight {
		square := float64(m.dim) * m.std[i] * m.std[i]
		for j, mu := range mean {
			e := m.mean[i*m.dim+j] - mu
			square += float64(e * e)
		}
		sum += float64(w * square)
	}
	return sum
}

// Velocity implements Target:
//
//	v* = sum_i g_i [ mu_i + (t s_i^2 - (1-t) c^2)/S_i (x - t mu_i) ],   S_i = t^2 s_i^2 + (1-t)^2 c^2
//
// with g_i the responsibility of component i, w_i N(x; t mu_i, S_i I) over its sum.
func (m *Mixture) Velocity(dst, x []float64, t, c float64) {
	for at := 0; at < len(x); at += m.dim {
		p := x[at : at+m.dim]
		m.responsibilities(p, t, c)
		v := dst[at : at+m.dim]
		clear(v)
		for i, g := range m.share {
			slope := m.slope(i, t, c)
			for j := range v {
				mu := m.mean[i*m.dim+j]
				v[j] += float64(g * (mu + float64(slope*(p[j]-float64(t*mu)))))
			}
		}
	}
}

// path is the variance S_i of X_t within component i.
func (m *Mixture) path(i int, t, c float64) float64 {
	s, u := float64(t*m.std[i]), float64((1-t)*c)
	return float64(s*s) + float64(u*u)
}

// slope is Cov(X1 - X0, X_t)/Var(X_t) within component i.
func (m *Mixture) slope(i int, t, c float64) float64 {
	return (float64(t*m.std[i]*m.std[i]) - float64((1-t)*c*c)) / m.path(i, t, c)
}

// responsibilities sets share to those of the components for X_t = p.
func (m *Mixture) responsibilities(p []float64, t, c float64) {
	largest := math.Inf(-1)
	for i, w := range m.weight {
		s := m.path(i, t, c)
		var square float64
		for j, x := range p {
			e := x - float64(t*m.mean[i*m.dim+j])
			square += float64(e * e)
		}
		m.share[i] = num.Log(w) - square/(2*s) - float64(float64(m.dim)/2*num.Log(s))
		largest = max(largest, m.share[i])
	}
	var sum float64
	for i, l := range m.share {
		m.share[i] = num.Exp(l - largest)
		sum += m.share[i]
	}
	for i := range m.share {
		m.share[i] /= sum
	}
}

// Sample implements Target.
func (m *Mixture) Sample(dst []float64, r *rng.Stream) {
	for at := 0; at < len(dst); at += m.dim {
		i, u := 0, r.Float64()
		for i < len(m.weight)-1 && u >= m.weight[i] {
			u -= m.weight[i]
			i++
		}
		for j := range m.dim {
			dst[at+j] = m.mean[i*m.dim+j] + float64(m.std[i]*r.Normal())
		}
	}
}

// At is the law of X_t on its way from N(0, c^2 I), a mixture of as many components.
func (m *Mixture) At(t, c float64) *Mixture {
	mean, std := make([]float64, len(m.mean)), make([]float64, len(m.std))
	for i := range mean {
		mean[i] = t * m.mean[i]
	}
	for i := range std {
		std[i] = math.Sqrt(m.path(i, t, c))
	}
	return NewMixture(m.dim, m.weight, mean, std)
}

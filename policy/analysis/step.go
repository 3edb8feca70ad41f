package analysis

import "math"

// StepError is the error that one Euler step of length h from t adds on the exact path of a mixture on the line,
// and the paper's bound of it. The step carries X_t to E[X_{t+h} | X_t]; error is the W2 of that law to the law
// of X_{t+h}, and
//
//	error^2 <= bound^2 = h^2 E[Var(X1 - X0 | X_t)]
//
// with equality at t = 0, h = 1, where both are the standard deviation of the target.
func (m *Mixture) StepError(t, h, c float64) (err, bound float64) {
	from, to := m.At(t, c), m.At(t+h, c)
	node, weight := to.Nodes(0)
	x := make([]float64, len(node))
	for i, y := range node {
		below, above := to.CDF(y)
		x[i] = from.quantile(below, above, normalQuantile(below, above))
	}
	v := make([]float64, len(x))
	m.Velocity(v, x, t, c)
	var square float64
	for i, w := range weight {
		e := node[i] - (x[i] + float64(h*v[i]))
		square += float64(w * e * e)
	}
	return math.Sqrt(square), h * math.Sqrt(m.velocityVariance(t, c))
}

// velocityVariance is E[Var(X1 - X0 | X_t)]. Within component i the conditional variance is s_i^2 c^2/S_i,
// between components it is that of their conditional means.
func (m *Mixture) velocityVariance(t, c float64) float64 {
	node, weight := m.At(t, c).Nodes(0)
	var total float64
	for k, x := range node {
		m.responsibilities([]float64{x}, t, c)
		var mean, square float64
		for i, g := range m.share {
			mu := m.mean[i] + float64(m.slope(i, t, c)*(x-float64(t*m.mean[i])))
			mean += float64(g * mu)
			square += float64(g * (m.std[i]*m.std[i]*c*c/m.path(i, t, c) + float64(mu*mu)))
		}
		total += float64(weight[k] * (square - float64(mean*mean)))
	}
	return total
}

package kernel

import "math"

// Adam performs one step (D. P. Kingma, J. Ba, ICLR 2015, algorithm 1) on params [n] with the moments m, v [n]:
//
//	m += (1-beta1) (g - m);  v += (1-beta2) (g^2 - v)
//	params -= lr (m c1) / (sqrt(v c2) + eps),   c1 = 1/(1-beta1^t), c2 = 1/(1-beta2^t)
func Adam[T Float](params, m, v, grad []T, oneMinusBeta1, oneMinusBeta2, c1, c2, lr, eps T) {
	mustMatch(len(params), len(grad))
	mustMatch(len(m), len(grad))
	mustMatch(len(v), len(grad))
	done := adamWhole(params, m, v, grad, oneMinusBeta1, oneMinusBeta2, c1, c2, lr, eps)
	for i := done; i < len(grad); i++ {
		g := grad[i]
		mi := m[i] + T(oneMinusBeta1*(g-m[i]))
		vi := v[i] + T(oneMinusBeta2*(T(g*g)-v[i]))
		m[i], v[i] = mi, vi
		params[i] -= T(lr*T(mi*c1)) / (sqrt(T(vi*c2)) + eps)
	}
}

// Lerp writes dst += tau (src - dst).
func Lerp[T Float](dst, src []T, tau T) {
	mustMatch(len(dst), len(src))
	for i := lerpWhole(dst, src, tau); i < len(src); i++ {
		dst[i] += T(tau * (src[i] - dst[i]))
	}
}

// Finite reports whether x holds neither NaN nor infinity, or else the first index that does.
func Finite[T Float](x []T) (index int, ok bool) { return Below(x, T(math.Inf(1))) }

// Below reports whether every |x| lies below a positive limit, which NaN does not, or else the first index that does not.
func Below[T Float](x []T, limit T) (index int, ok bool) {
	if belowWhole(x, limit) {
		return -1, true
	}
	for i, v := range x {
		if !(max(v, -v) < limit) {
			return i, false
		}
	}
	return -1, true
}

// sqrt is correctly rounded in T: a float64 root rounded to float32 is the float32 root.
func sqrt[T Float](x T) T { return T(math.Sqrt(float64(x))) }

package analysis

import "math"

// GaussianStd is the standard deviation of the law of K uniform Euler steps along the exact velocity field
// from the source N(0, c^2) to the target N(mu, s^2) with independent coupling: c |rho_K|,
//
//	rho_K = prod_{k=0}^{K-1} [ t_k t_{k+1} s^2 + (1-t_k)(1-t_{k+1}) c^2 ] / [ t_k^2 s^2 + (1-t_k)^2 c^2 ],  t_k = k/K
//
// The law is Gaussian with mean mu. rho_1 = 0: one step lands on the mean.
func GaussianStd(s, c float64, k int) float64 {
	rho := 1.0
	for i := range k {
		a, b := float64(i)/float64(k), float64(i+1)/float64(k)
		rho *= (float64(a*b*s*s) + float64((1-a)*(1-b)*c*c)) / (float64(a*a*s*s) + float64((1-a)*(1-a)*c*c))
	}
	return float64(c * math.Abs(rho))
}

// GaussianW2 is the Wasserstein-2 distance between that law and the target: |s - c rho_K|.
func GaussianW2(s, c float64, k int) float64 { return math.Abs(s - GaussianStd(s, c, k)) }

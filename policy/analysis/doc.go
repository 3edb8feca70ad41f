// Package analysis measures what the paper claims: the error of a one-step sample is bounded by the variance
// of the target (arXiv 2507.23675). It has the closed forms for targets whose exact velocity field is known,
// and the probe of a trained policy.
//
// With independent coupling and the exact field v*(x, 0) = E[X1] - x, one Euler step from t = 0 lands on
// E[X1] wherever it starts, so that the squared Wasserstein-2 distance of the one-step law to the target is
// exactly the trace of the target's covariance.
package analysis

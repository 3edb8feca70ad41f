// Package analysis measures what the paper claims: the error of a one-step sample is bounded by the variance
// of the target (arXiv 2507.23675). It has targets whose exact velocity field is known, the exact laws of K
// Euler steps along it, distances between samples, and the probe of a trained policy.
//
// The time convention is package flow's: XT = t X1 + (1-t) X0 with noise X0 ~ N(0, c^2 I) at t = 0, the
// target X1 at t = 1, both independent, and the exact field v*(x, t) = E[X1 - X0 | XT = x].
//
// Since v*(x, 0) = E[X1] - x, one Euler step from t = 0 lands on E[X1] wherever it starts, so that the squared
// Wasserstein-2 distance of the one-step law to the target is exactly the trace of the target's covariance.
// Any later step of length h from t ends on E[X_{t+h} | X_t]; the error that it adds is at most
// h^2 E tr Var(X1 - X0 | X_t) (Mixture.StepError), which is the same statement where t = 0 and h = 1.
//
// On the line everything is exact: Euler's map is monotone there, so that it is the optimal coupling itself and
// W2 an integral over the target (Line, EulerLaw). In the plane the laws are clouds of samples, and each
// distance comes with its floor, the value that the estimator gives for two clouds of the target (Cloud).
package analysis

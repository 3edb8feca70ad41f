package flow

import "onestep/policy/kernel"

// Integrate carries x [n] along f from t = 0 to t = 1 in so many equal steps. velocity and middle [n] are
// scratch; middle may be nil for Euler. It returns the number of evaluations of f.
func Integrate[T kernel.Float](f Field[T], m Method, x, velocity, middle []T, steps int) (evaluations int) {
	for k := range steps {
		evaluations += step(f, m, x, velocity, middle, k, steps)
	}
	return evaluations
}

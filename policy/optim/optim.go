// Package optim holds what moves parameters: Adam and the Polyak average. Parameters and
// gradients are the flat vectors of package nn.
package optim

import (
	"onestep/engine/num"
	"onestep/policy/kernel"
)

// Adam is the optimiser's state (D. P. Kingma, J. Ba, "Adam", ICLR 2015). All fields are plain numbers, for run
// files to keep.
type Adam[T kernel.Float] struct {
	M, V         []T     // [size] the moments, not yet corrected for their start at zero
	Step         int     // updates so far
	Beta1, Beta2 float64 // decay of the moments
	Eps          float64
}

// NewAdam returns the state for a vector of size parameters, with the paper's beta_1 = 0.9, beta_2 = 0.999 and
// eps = 1e-8.
func NewAdam[T kernel.Float](size int) *Adam[T] {
	return &Adam[T]{M: make([]T, size), V: make([]T, size), Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}
}

// Update performs one step on params [size] with the learning rate lr (algorithm 1 of the paper):
//
//	m = beta_1 m + (1-beta_1) g,   v = beta_2 v + (1-beta_2) g^2
//	params -= lr (m/(1-beta_1^t)) / (sqrt(v/(1-beta_2^t)) + eps)
func (a *Adam[T]) Update(params, grad []T, lr T) {
	a.Step++
	t := float64(a.Step)
	kernel.Adam(params, a.M, a.V, grad,
		T(1-a.Beta1), T(1-a.Beta2),
		T(1/(1-num.Pow(a.Beta1, t))), T(1/(1-num.Pow(a.Beta2, t))),
		lr, T(a.Eps))
}

// Polyak moves the average towards the online parameters: target += tau (online - target).
func Polyak[T kernel.Float](target, online []T, tau T) { kernel.Lerp(target, online, tau) }

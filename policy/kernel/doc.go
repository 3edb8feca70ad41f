// Package kernel holds the arithmetic that networks spend their time in: matrix products in three orientations,
// activations with their derivatives, the optimiser's loops and reductions.
//
// Every function has one meaning to the bit, which the plain Go code in this package defines: an output element is
// accumulated over the inner index in ascending order from its start value (a single column has an order of its
// own, see MatMul), a product is rounded before it is added, and nothing depends on how many elements are computed
// side by side. Vector code may therefore take over behind the same signatures; float64 always runs plain and is
// what derivatives are checked in.
//
// Matrices are row-major. Shapes that do not fit panic. Nothing here allocates.
package kernel

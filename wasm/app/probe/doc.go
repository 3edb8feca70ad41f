// Package probe makes pictures of a policy at one state: the particles' paths from noise to action, the velocity field
// around them, the critics' values and the weights that follow from these, and how far one step lands from many. It is
// pure: a state, weights and a view go in, a Picture comes out, and the same input gives the same picture. The work comes
// in small units, so that a frame does as many as it has time for.
//
// At a state, n = 64 particles are sent through the network with one step and with many steps from the same noise, of the
// standard deviation c that the network was fitted with: the bound is about that one. The paths that are shown start from
// the noise that the policy acts from. The spread is trace Var of the many-step actions (divided by n-1); the error is W2
// between both sets, between a lower and an upper bound, as package analysis measures them for the training worker too.
// Both have a floor of their own at finite n.
package probe

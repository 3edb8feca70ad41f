// Package tabular follows mirror descent on finite Markov decision processes that are small enough to be exact: policy
// mirror descent with lookahead (Protopapas and Barakat, arXiv 2403.14156), mirror descent policy optimization (Tomar
// et al., arXiv 2005.09814), block policy mirror descent (Lan, Li and Zhao, arXiv 2201.05756), learned mirror maps
// (Alfano et al., arXiv 2402.05187), and the softmax policy gradient as their contrast.
//
// Notation. S states, A actions, discount gamma, start law rho; rewards are maximised. V and Q are the values of a
// policy pi, T is the Bellman optimality operator, Q_h = r + gamma P T^(h-1) V, and eta is the step, the inverse of
// FPMD's temperature lambda. d_rho is the normalised discounted law of visited states, nu* the stationary law of the
// optimal policy. A policy is [S*A] row-major, and so is everything that has one number a state and action.
//
// One step of mirror descent with the map h(p) = sum_a H(p_a), H' = inv, is
//
//	pi_new(.|s) = argmax_p  eta <Q(s,.), p> - D_h(p, pi(.|s)) = [phi(inv(pi) + eta Q + lam)]+,   phi = inv^-1
//
// where lam makes the sum 1. The state of a path is y = inv(pi), not pi: probabilities underflow and y does not.
//
// The tests hold it against every file of problems, steps and wells in the folder that the environment's variable
// ONESTEP_MIRROR_DATA names, whatever the files are called; those of package gaussian hold its losses against files of losses
// there.
package tabular

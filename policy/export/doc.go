// Package export turns a trained flow policy into files that other programs run: ONNX graphs, one for each
// sampler, a JSON text, and a Python program that acts in Gymnasium with any of the files.
//
// A graph takes obs [B, obs_dim], as the environment gives it, and x0 [B, act_dim], noise drawn by the caller
// from N(0, source_std^2 I), and returns action [B, act_dim] clipped to [-1, 1]; the environment's own action
// is action times the task's scale. The sampler's steps are unrolled. Since every step's times are known, each
// time embedding is a constant, and with it everything that the first layer adds to obs and x:
//
//	z_0 = obs Wc + x Wx + [b + sum over i of e_i(t_i) We_i]
//
// The bracket is computed here in float64 and becomes one bias per step, and obs Wc is computed once for all
// steps. (A network's arguments and their order are those of package nn; e_i, Wc, Wx, We_i its names.)
package export

// Package nn holds the network of every policy and critic: a multilayer perceptron of a state, an action or noise,
// and times, with its reverse- and forward-mode derivatives.
//
//	y = MLP([c, x, e_1(t_1), ..., e_n(t_n)])
//	e_i(t) = W_out mish(W_in phi(t) + b_in) + b_out,   W_in: 16 -> 32, W_out: 32 -> 16
//	phi(t) = 1/4 [sin(t f_0), ..., sin(t f_7), cos(t f_0), ..., cos(t f_7)],   f_j = 10000^(-j/8)
//
// with hidden layers z = a W + b, a' = mish(z) (or SiLU) and a linear output: the networks of the released code
// of FPMD (arXiv 2507.23675).
//
// A Net holds the configuration and the layout only. Parameters are one flat vector, gradients another of the same
// layout, so that an optimiser, an average, a hash and a file each deal with one slice; Tensors names its parts.
// What a pass computes lives in a Workspace. Matrices are row-major, one row per sample.
//
// The first layer is evaluated in blocks, [b + c Wc] per state, [sum over i of e_i We_i] per distinct row of
// times, then x Wx on their sum, so that samples that share a state or a time share the work. The value has the
// same bits however much is shared; gradients agree to rounding.
package nn

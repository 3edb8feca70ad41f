// Package num holds the elementary functions that training and physics use instead of package math's: Exp,
// Expm1, Tanh, Log1p and Pow.
//
// Package math has assembly for some of them on some machines, so their last bits differ between amd64 and
// WebAssembly. The functions here consist of additions, multiplications, divisions, Floor and (Log1p) Log in a
// fixed order with explicit roundings, so that one argument gives one bit pattern everywhere. Notation:
//
//	x = k ln 2 + r, |r| <= ln(2)/2;   exp(x) = 2^k exp(r)
//
// Errors are below 1 ulp for Exp and Pow and below 2 ulp for the others over the ranges that the tests visit.
package num

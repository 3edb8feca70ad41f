// Package num holds the elementary functions that training, physics and analysis use instead of package math's: Exp, Expm1,
// Tanh, Log, Log1p, Pow, Sin, Cos, Sincos, Atan2 and Hypot.
//
// Package math has assembly for some of them on some machines, and compilers may fuse the products and sums of the others
// (arm64, GOAMD64=v3), so their last bits differ. The functions here consist of additions, multiplications, divisions, square
// roots and Floor in a fixed order with explicit roundings, so that one argument gives one bit pattern everywhere. Notation:
//
//	x = k ln 2 + r, |r| <= ln(2)/2;   exp(x) = 2^k exp(r)
//
// Errors are below 1 ulp for Exp and Pow and below 2 ulp for Expm1, Log1p and Tanh over the ranges that the tests visit. The
// others have the bits of package math's portable code without fusing (Sin and Cos for |x| < 2^29).
package num

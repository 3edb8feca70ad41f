// Package rng holds seeded streams of random numbers that split into independent children.
//
// Generator: xoshiro256++ (D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS
// 47, 2021), its state filled by splitmix64 from a 64-bit key. The key is a hash of the seed and of the labels
// on the way from the root, so that a child depends on its path alone, never on how much was drawn before.
// Every draw is the same on amd64 and in WebAssembly.
package rng

package relink

// effect is how many operands op takes from the stack and how many it leaves. Control flow, calls and what is not in
// the table are not ok.
func (op opcode) effect() (pops, pushes int, ok bool) {
	for _, e := range effects {
		if op >= e.first && op <= e.last {
			return e.pops, e.pushes, true
		}
	}
	return 0, 0, false
}

// effects are ranges of opcodes with the same effect (core specification, 5.4.4 to 5.4.8).
var effects = []struct {
	first, last  opcode
	pops, pushes int
}{
	{opNop, opNop, 0, 0},
	{opDrop, opDrop, 1, 0},
	{opSelect, opSelect, 3, 1},
	{opLocalGet, opLocalGet, 0, 1},
	{opLocalSet, opLocalSet, 1, 0},
	{opLocalTee, opLocalTee, 1, 1},
	{opGlobalGet, opGlobalGet, 0, 1},
	{opGlobalSet, opGlobalSet, 1, 0},
	{opI32Load, opI64Load32U, 1, 1},
	{opI32Store, opI64Store32, 2, 0},
	{opI32Const, opF64Const, 0, 1},
	{0x45, 0x45, 1, 1}, {0x46, 0x4f, 2, 1}, // i32: eqz, comparisons
	{0x50, 0x50, 1, 1}, {0x51, 0x5a, 2, 1}, // i64
	{0x5b, 0x66, 2, 1},                     // comparisons of f32 and f64
	{0x67, 0x69, 1, 1}, {0x6a, 0x78, 2, 1}, // i32: clz, ctz, popcnt, arithmetic
	{0x79, 0x7b, 1, 1}, {0x7c, 0x8a, 2, 1}, // i64
	{0x8b, 0x91, 1, 1}, {0x92, 0x98, 2, 1}, // f32: abs to sqrt, add to copysign
	{0x99, 0x9f, 1, 1}, {0xa0, 0xa6, 2, 1}, // f64
	{0xa7, 0xc4, 1, 1},     // conversions
	{0xfc00, 0xfc07, 1, 1}, // saturating ones
	{opV128Load, opLoad64Splat, 1, 1},
	{opV128Store, opV128Store, 2, 0},
	{opV128Const, opV128Const, 0, 1},
	{opShuffle, 0xfd0e, 2, 1},
	{0xfd0f, 0xfd14, 1, 1},                                                 // splats
	{0xfd23, 0xfd4c, 2, 1},                                                 // comparisons
	{0xfd4d, 0xfd4d, 1, 1}, {0xfd4e, 0xfd51, 2, 1}, {0xfd52, 0xfd52, 3, 1}, // not; and to xor; bitselect
	{opLoad32Zero, opLoad64Zero, 1, 1},
	{0xfdae, 0xfdae, 2, 1}, {0xfdb1, 0xfdb1, 2, 1}, {0xfdb5, 0xfdb9, 2, 1}, // i32x4: add, sub, mul, min, max
	{0xfdab, 0xfdad, 2, 1},                                                 // i32x4: shifts
	{0xfde0, 0xfde1, 1, 1}, {0xfde3, 0xfde3, 1, 1}, {0xfde4, 0xfdeb, 2, 1}, // f32x4: abs, neg, sqrt, arithmetic
	{0xfdec, 0xfded, 1, 1}, {0xfdef, 0xfdef, 1, 1}, {0xfdf0, 0xfdf7, 2, 1}, // f64x2
}

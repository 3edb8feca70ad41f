package relink

// most is the longest piece of memory that is copied or cleared by plain accesses. Beyond it what a call costs no longer
// matters.
const most = 64

// copies does the copying and clearing of short pieces of memory by plain accesses. Go leaves all beyond 16 bytes, a
// slice already, to memory.copy and memory.fill, for which V8 calls a function outside of the program. All of a piece is
// read before the first of it is written, for the two may overlap. The addresses go through two local variables of 32 bits,
// the first of which is spare.
func copies(code []instruction, spare int64, counts *Counts) []instruction {
	out := code[:0:0]
	for k := 0; k < len(code); k++ {
		n, ok := short(code[k:])
		switch {
		case ok && code[k+1].op == opMemoryCopy:
			out = copied(out, uint64(n), spare, spare+1)
			k++
			counts.Copies++
		case ok && code[k+1].op == opMemoryFill && k > 0 && code[k-1].op == opI32Const && code[k-1].x == 0:
			out = cleared(out[:len(out)-1], uint64(n), spare)
			k++
			counts.Copies++
		default:
			out = append(out, code[k])
		}
	}
	return out
}

// short returns the length of a short copy or fill, in whole words, that code begins with.
func short(code []instruction) (n int64, ok bool) {
	if len(code) < 2 || code[0].op != opI32Const || code[1].op != opMemoryCopy && code[1].op != opMemoryFill {
		return 0, false
	}
	n = code[0].x
	return n, n >= 8 && n <= most && n%8 == 0
}

// copied appends the copy of n bytes; destination and source lie on the operand stack.
func copied(out []instruction, n uint64, to, from int64) []instruction {
	out = append(out, instruction{op: opLocalSet, x: from}, instruction{op: opLocalSet, x: to})
	var stores []instruction
	for at := uint64(0); at < n; {
		load, store, size := opV128Load, opV128Store, uint64(16)
		if n-at < size {
			load, store, size = opI64Load, opI64Store, 8
		}
		out = append(out, instruction{op: opLocalGet, x: to}, instruction{op: opLocalGet, x: from}, instruction{op: load, off: at})
		stores = append(stores, instruction{op: store, off: at})
		at += size
	}
	for k := len(stores) - 1; k >= 0; k-- {
		out = append(out, stores[k])
	}
	return out
}

// cleared appends the clearing of n bytes at the address on the operand stack.
func cleared(out []instruction, n uint64, to int64) []instruction {
	out = append(out, instruction{op: opLocalSet, x: to})
	for at := uint64(0); at < n; at += 8 {
		out = append(out, instruction{op: opLocalGet, x: to}, instruction{op: opI64Const}, instruction{op: opI64Store, off: at})
	}
	return out
}

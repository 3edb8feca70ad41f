package relink

// jumps lets a jump to a block further down leave for it at once: that block is still open, so that a br to its end is the
// way there. Only jumps back go through the table. Local 0 keeps an old number then, so nothing may read it that has not set
// it itself: the table, before which every other jump sets it, and the call of a function value, which keeps that there.
func jumps(code []instruction, counts *Counts) []instruction {
	b, ok := split(code)
	if !ok || readsNumber(code) {
		return code
	}
	out, done := code[:0:0], 0
	for h, end := range b.ends {
		last, level := len(b.ends)-1-h, int64(0) // blocks that are open behind this one; then comes the loop
		for k := end + 1; k < len(code) && (h == len(b.ends)-1 || k < b.ends[h+1]); k++ {
			switch code[k].op {
			case opBlock, opLoop, opIf:
				level++
			case opEnd:
				level--
			}
			if level < 0 {
				break // the loop's own end
			}
			to, ok := b.jump(code[k:], level+int64(last))
			if !ok || to <= h {
				continue
			}
			out = append(append(out, code[done:k]...), instruction{op: opBr, x: level + int64(to-h-1)})
			done = k + 3
			k += 2
			counts.Jumps++
		}
	}
	return append(out, code[done:]...)
}

// jump returns the block to which code begins with a jump, from where the loop around the table is loop levels out.
func (b *blocks) jump(code []instruction, loop int64) (to int, ok bool) {
	if len(code) < 3 || code[0].op != opI32Const || code[1].op != opLocalSet || code[1].x != 0 || code[2].op != opBr || code[2].x != loop {
		return 0, false
	}
	if number := code[0].x; number >= 0 && int(number) < len(b.label) {
		return b.label[number], true
	}
	return 0, false
}

// readsNumber reports whether anything but a table reads a local 0 that was not set just before.
func readsNumber(code []instruction) bool {
	for k, i := range code {
		if i.op != opLocalGet || i.x != 0 || k+1 < len(code) && code[k+1].op == opBrTable {
			continue
		}
		// local.set 0  i32.const 0  local.get 0  call_indirect
		if k < 2 || code[k-1].op != opI32Const || code[k-2].op != opLocalSet || code[k-2].x != 0 {
			return true
		}
	}
	return false
}

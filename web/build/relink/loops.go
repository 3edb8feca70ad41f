package relink

import "slices"

// Go writes a function of basic blocks as a loop around a table:
//
//	loop                          ;; entered again for every jump
//	  block block ... block
//	    local.get 0  br_table ... ;; local 0 says where to go on
//	  end B0 end B1 ... end Bn    ;; the blocks fall through to the next
//	end
//
// and a jump as `i32.const number  local.set 0  br` to the loop. A counted loop is a body and behind it a head that
// jumps back to the body.
type blocks struct {
	code  []instruction
	ends  []int // of each block's `end`; its code follows
	label []int // by number, which block

}

// split finds the basic blocks of a function as Go writes it.
func split(code []instruction) (b blocks, ok bool) {
	isTable := func(i instruction) bool { return i.op == opBrTable }
	table := slices.IndexFunc(code, isTable)
	if table < 2 || code[table-1].op != opLocalGet || code[table-1].x != 0 {
		return b, false
	}
	if slices.ContainsFunc(code[table+1:], isTable) {
		return b, false
	}
	opened := 0
	for k := table - 2; k >= 0 && code[k].op == opBlock; k-- {
		opened++
	}
	if k := table - 2 - opened; k < 0 || code[k].op != opLoop {
		return b, false
	}
	b = blocks{code: code, label: code[table].targets()}
	level := 0
	for k := table + 1; k < len(code) && len(b.ends) < opened; k++ {
		switch code[k].op {
		case opBlock, opLoop, opIf:
			level++
		case opEnd:
			if level == 0 {
				b.ends = append(b.ends, k)
			} else {
				level--
			}
		}
	}
	return b, len(b.ends) == opened
}

// loops lets a loop whose body is one block go round by itself: a body that has come to its end tests what the head
// tests, and goes back or falls through to the head, which then finds the same and goes on. The head must do the
// same twice as once, so it only computes, and sets no local that it has read before.
func loops(code []instruction, counts *Counts) []instruction {
	b, ok := split(code)
	if !ok {
		return code
	}
	out, done := code[:0:0], 0
	for h := 1; h < len(b.ends); h++ {
		head, back, ok := b.head(h)
		if last := b.code[b.ends[h]-1].op; !ok || back != h-1 || last == opBr || last == opReturn || last == opUnreachable {
			continue
		}
		from, to := b.ends[h-1]+1, b.ends[h]
		out = append(append(out, code[done:from]...), instruction{op: opLoop, x: noResult})
		out = append(deeper(out, code[from:to]), head...)
		out = append(out, instruction{op: opBrIf}, instruction{op: opEnd})
		done = to
		counts.Loops++
	}
	return append(out, code[done:]...)
}

// noResult is the type of a block without one.
const noResult = -64

// head returns the test at the beginning of block h if it decides whether to jump back, and the block that it jumps to.
func (b *blocks) head(h int) (test []instruction, back int, ok bool) {
	start := b.ends[h] + 1
	n := slices.IndexFunc(b.code[start:], func(i instruction) bool { return i.op == opIf || !i.op.harmless() })
	if n <= 0 || start+n+4 >= len(b.code) || !twiceAsOnce(b.code[start:start+n]) {
		return nil, 0, false
	}
	// In block h the blocks behind it are open, then comes the loop; the if is one more.
	jump := b.code[start+n:][:5]
	back, ok = b.jump(jump[1:], int64(len(b.ends)-h))
	return b.code[start : start+n], back, ok && jump[0].op == opIf && jump[4].op == opEnd && back < h
}

// entries lets a loop begin without the table. Go jumps to its head, which stands behind the body and jumps back to it; but
// the body comes next after that jump, so that the head's test can be made right there.
func entries(code []instruction, counts *Counts) []instruction {
	b, ok := split(code)
	if !ok {
		return code
	}
	out, done := code[:0:0], 0
	for next, end := range b.ends { // the block that the code before end falls into
		jump := code[end-1]
		head := next + int(jump.x) // as it jumps: that block and those behind it are open
		if jump.op != opBr || head >= len(b.ends) {
			continue
		}
		test, back, ok := b.head(head)
		if !ok || back != next {
			continue
		}
		out = append(append(out, code[done:end-1]...), test...)
		out = append(out, instruction{op: opI32Eqz}, instruction{op: opBrIf, x: jump.x})
		done = end
		counts.Entries++
	}
	return append(out, code[done:]...)
}

// harmless reports whether op changes nothing but locals and the operand stack.
func (op opcode) harmless() bool {
	_, _, ok := op.effect()
	return ok && !op.stores() && op != opGlobalSet
}

// twiceAsOnce reports whether harmless code, run again at once, finds and leaves the same.
func twiceAsOnce(code []instruction) bool {
	read, set := map[int64]bool{}, map[int64]bool{}
	for _, i := range code {
		switch i.op {
		case opLocalGet:
			read[i.x] = read[i.x] || !set[i.x]
		case opLocalSet, opLocalTee:
			if read[i.x] {
				return false
			}
			set[i.x] = true
		}
	}
	return true
}

// deeper appends code with its jumps to what lies around it one level further out.
func deeper(out, code []instruction) []instruction {
	level := int64(0)
	for _, i := range code {
		switch i.op {
		case opBlock, opLoop, opIf:
			level++
		case opEnd:
			level--
		case opBr, opBrIf:
			if i.x >= level {
				i = instruction{op: i.op, x: i.x + 1}
			}
		}
		out = append(out, i)
	}
	return out
}

package relink

// zeroPage is the size of the memory in which a Go program keeps nothing: the linker puts data behind it, the loader
// the arguments too, and the heap lies higher still. A nil pointer points there, and Go checks for nil beforehand.
const zeroPage = 4096

// form is an integer of 64 bits as a sum: the locals at, each as it was when it had been set so many times, and plus.
type form struct {
	at, version [2]int
	terms       int
	plus        int64
	known       bool
	narrow      bool // the one local has 32 bits
}

// operand is a value on the operand stack: what it is, and the instruction that its computation starts with.
type operand struct {
	form
	from    int
	pure    bool // from there on nothing was computed but this sum of locals and constants
	wrapped bool // the sum was cut to 32 bits, an address
	end     int  // of the sum, where it was cut
}

// folder goes through straight code and knows what its locals and operands are sums of.
type folder struct {
	code    []instruction
	stack   []operand
	version map[int]int
	value   map[int]form
	edits   map[int]edit
	counts  *Counts
}

// edit replaces the instructions from an index up to end.
type edit struct {
	end  int
	with []instruction
}

// fold moves constants that are added to an address into the offset of the access. Go's back end does that for
// integers alone, and not across what has become a variable of its own.
//
// The address is computed with 64 bits and cut to 32, an offset is added to it without being cut. With p the sum
// without the constant c > 0, B = (p + c) mod 2^32 the address before, and off the offset that the access has already,
// A = B + off is what it reaches. Behind the change it reaches (p mod 2^32) + c + off, and since
//
//	p mod 2^32 = B - c        where B >= c
//	p mod 2^32 = B - c + 2^32 where B < c
//
// that is A again, unless B < c. Because c + off is at most the size of the zero page, B < c gives A < c + off, an access to
// the zero page, in which a Go program has nothing: there, and only there, the program would now trap. Other
// constants, negative ones too, stay where they are.
func fold(code []instruction, counts *Counts) []instruction {
	f := &folder{code: code, version: map[int]int{}, value: map[int]form{}, edits: map[int]edit{}, counts: counts}
	for k := range code {
		f.step(k)
	}
	return f.apply()
}

// step notes what instruction k does.
func (f *folder) step(k int) {
	i := f.code[k]
	switch op := i.op; {
	case op == opLocalGet:
		f.push(operand{form: f.local(int(i.x)), from: k, pure: true})
	case op == opI64Const:
		f.push(operand{form: form{plus: i.x, known: true}, from: k, pure: true})
	case op == opI64Add:
		b, a := f.pop(), f.pop()
		f.push(operand{form: a.add(b.form), from: a.from, pure: a.pure && b.pure})
	case op == opLocalSet:
		f.set(int(i.x), f.pop())
	case op == opLocalTee:
		v := f.pop()
		f.set(int(i.x), v)
		v.pure = false
		f.push(v)
	case op == opI64Extend: // of the stack pointer: a sum that begins with 32 bits
		v := f.pop()
		v.known, v.narrow = v.known && v.pure && v.from == k-1 && v.terms == 1 && v.plus == 0, true
		f.push(v)
	case op == opI32Wrap:
		v := f.pop()
		v.wrapped, v.end = true, k
		f.push(v)
	default:
		f.other(k, i)
	}
}

// other notes what an instruction does that is not about sums.
func (f *folder) other(k int, i instruction) {
	pops, pushes, ok := i.op.effect()
	if !ok { // control flow, or a call: nothing is known any more
		f.stack = f.stack[:0]
		clear(f.value)
		return
	}
	from := k
	for n := range pops {
		v := f.pop()
		from = min(from, v.from)
		if n == pops-1 && (i.op.loads() || i.op.stores()) {
			f.access(k, i, v)
		}
	}
	for range pushes {
		f.push(operand{from: from})
	}
}

// access folds the constant of address v into access k.
func (f *folder) access(k int, i instruction, v operand) {
	c := v.plus
	if !v.wrapped || !v.known || !v.pure || v.terms == 0 || c <= 0 || c > zeroPage || i.off > zeroPage-uint64(c) {
		return
	}
	with, end := []instruction{{op: opLocalGet, x: int64(v.at[0])}}, v.end
	if v.narrow {
		end++ // it need not be cut
	}
	if v.terms == 2 {
		with = append(with, instruction{op: opLocalGet, x: int64(v.at[1])}, instruction{op: opI64Add})
	}
	f.edits[v.from] = edit{end, with}
	f.edits[k] = edit{k + 1, []instruction{{op: i.op, x: i.x, off: i.off + uint64(c)}}}
	f.counts.Offsets++
}

// local is the value of a local variable: the sum that it was set to, if that is still one of the same locals.
func (f *folder) local(l int) form {
	if v, ok := f.value[l]; ok {
		current := true
		for n := range v.terms {
			current = current && f.version[v.at[n]] == v.version[n]
		}
		if current {
			return v
		}
	}
	return form{at: [2]int{l}, version: [2]int{f.version[l]}, terms: 1, known: true}
}

// set notes what a local variable is now. Where nothing constant was added the variable is as good as what it was made from.
func (f *folder) set(l int, v operand) {
	f.version[l]++
	delete(f.value, l)
	if v.known && !v.wrapped && v.terms > 0 && v.plus != 0 {
		f.value[l] = v.form
	}
}

// add is the sum of two forms, if it has two locals at most. They are put in order, so that equal sums are equal code.
func (v form) add(w form) form {
	if !v.known || !w.known || v.terms+w.terms > len(v.at) || v.terms*w.terms > 0 && (v.narrow || w.narrow) {
		return form{}
	}
	for n := range w.terms {
		v.at[v.terms], v.version[v.terms] = w.at[n], w.version[n]
		v.terms++
	}
	if v.terms == 2 && v.at[0] > v.at[1] {
		v.at[0], v.at[1], v.version[0], v.version[1] = v.at[1], v.at[0], v.version[1], v.version[0]
	}
	v.plus += w.plus
	v.narrow = v.narrow || w.narrow
	return v
}

func (f *folder) push(v operand) { f.stack = append(f.stack, v) }

// pop takes the top of the operand stack; what lay on it before the straight code began is not known.
func (f *folder) pop() operand {
	if len(f.stack) == 0 {
		return operand{}
	}
	v := f.stack[len(f.stack)-1]
	f.stack = f.stack[:len(f.stack)-1]
	return v
}

// apply returns the code with the edits made.
func (f *folder) apply() []instruction {
	if len(f.edits) == 0 {
		return f.code
	}
	out := make([]instruction, 0, len(f.code))
	for k := 0; k < len(f.code); {
		e, ok := f.edits[k]
		if !ok {
			e = edit{k + 1, f.code[k : k+1]}
		}
		out = append(out, e.with...)
		k = e.end
	}
	return out
}

// splat lets a load spread what it reads over a vector, where the next instruction would.
func splat(code []instruction, counts *Counts) []instruction {
	out := code[:0:0]
	for k := 0; k < len(code); k++ {
		i := code[k]
		if k+1 < len(code) && (i.op == opF32Load && code[k+1].op == opF32x4Splat || i.op == opF64Load && code[k+1].op == opF64x2Splat) {
			op := opLoad32Splat
			if i.op == opF64Load {
				op = opLoad64Splat
			}
			i = instruction{op: op, x: i.x, off: i.off}
			counts.Splats++
			k++
		}
		out = append(out, i)
	}
	return out
}

// withoutNops drops what does nothing, so that what belongs together stands side by side.
func withoutNops(code []instruction, counts *Counts) []instruction {
	out := code[:0:0]
	for _, i := range code {
		if i.op == opNop {
			counts.Nops++
			continue
		}
		out = append(out, i)
	}
	return out
}

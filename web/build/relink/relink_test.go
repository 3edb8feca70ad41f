package relink

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Shorthands of the assembler.
func get(l int64) instruction                     { return instruction{op: opLocalGet, x: l} }
func set(l int64) instruction                     { return instruction{op: opLocalSet, x: l} }
func tee(l int64) instruction                     { return instruction{op: opLocalTee, x: l} }
func i32(v int64) instruction                     { return instruction{op: opI32Const, x: v} }
func i64(v int64) instruction                     { return instruction{op: opI64Const, x: v} }
func access(op opcode, offset uint64) instruction { return instruction{op: op, x: 2, off: offset} }
func branch(op opcode, label int64) instruction   { return instruction{op: op, x: label} }
func code(list ...instruction) []instruction      { return list }
func join(lists ...[]instruction) (c []instruction) {
	for _, l := range lists {
		c = append(c, l...)
	}
	return c
}

var (
	add    = instruction{op: opI64Add}
	extend = instruction{op: opI64Extend}
	wrap   = instruction{op: opI32Wrap}
	nop    = instruction{op: opNop}
	end    = instruction{op: opEnd}
	block  = instruction{op: opBlock, x: noResult}
	loop   = instruction{op: opLoop, x: noResult}
	then   = instruction{op: opIf, x: noResult}
	less   = instruction{op: opI64LtS}
	eqz    = instruction{op: opI32Eqz}
	splat4 = instruction{op: opF32x4Splat}
	load   = access(opF32Load, 0)
	store  = access(opF32Store, 0)
)

// table is a br_table of one byte for each label.
func table(labels ...byte) instruction {
	return instruction{op: opBrTable, raw: append([]byte{byte(opBrTable), byte(len(labels) - 1)}, labels...)}
}

// again decodes what c is encoded to.
func again(t *testing.T, c []instruction) []instruction {
	t.Helper()
	list, err := decode(encodeAll(c, nil))
	require.NoError(t, err)
	return list
}

func requireSameCode(t *testing.T, want, got []instruction) {
	t.Helper()
	require.Equal(t, encodeAll(want, nil), encodeAll(got, nil))
}

func TestFold(t *testing.T) {
	for name, c := range map[string]struct{ before, after []instruction }{
		"a constant of its own": {
			code(get(1), i64(16), add, wrap, load, set(3)),
			code(get(1), wrap, access(opF32Load, 16), set(3)),
		},
		"a variable made of a constant": {
			code(get(1), i64(16), add, set(2), get(2), wrap, access(opV128Load, 8), set(3)),
			code(get(1), i64(16), add, set(2), get(1), wrap, access(opV128Load, 24), set(3)),
		},
		"a sum of two variables, in their order": {
			code(get(4), i64(16), add, set(2), get(2), get(1), add, wrap, load, set(3)),
			code(get(4), i64(16), add, set(2), get(1), get(4), add, wrap, access(opF32Load, 16), set(3)),
		},
		"constants add up": {
			code(get(1), i64(16), add, set(2), get(2), i64(8), add, wrap, load, set(3)),
			code(get(1), i64(16), add, set(2), get(1), wrap, access(opF32Load, 24), set(3)),
		},
		"a store, its address before its value": {
			code(get(1), i64(4), add, wrap, get(1), wrap, load, store),
			code(get(1), wrap, get(1), wrap, load, access(opF32Store, 4)),
		},
		"from the stack pointer": {
			code(get(1), extend, i64(16), add, wrap, load, set(3)),
			code(get(1), access(opF32Load, 16), set(3)),
		},
		"a variable made of the stack pointer": {
			code(get(1), extend, i64(16), add, set(2), get(2), i64(4), add, wrap, load, set(3)),
			code(get(1), extend, i64(16), add, set(2), get(1), access(opF32Load, 20), set(3)),
		},
		"up to the zero page": {
			code(get(1), i64(zeroPage-4), add, wrap, access(opF32Load, 4), set(3)),
			code(get(1), wrap, access(opF32Load, zeroPage), set(3)),
		},
	} {
		t.Run(name, func(t *testing.T) {
			var counts Counts
			requireSameCode(t, c.after, fold(again(t, c.before), &counts))
			assert.Equal(t, Counts{Offsets: 1}, counts)
			requireSameMemory(t, c.before, c.after)
		})
	}
}

// requireSameMemory validates and runs both, and compares what they leave.
func requireSameMemory(t *testing.T, before, after []instruction) {
	t.Helper()
	has := func(op opcode) bool {
		return slices.ContainsFunc(before, func(i instruction) bool { return i.op == op })
	}
	m := machine{kinds: [8]byte{3: kindF32}}
	for k := range m.memory {
		m.memory[k] = byte(k * 37 >> 3)
	}
	for k := range m.locals {
		m.locals[k] = uint64(256 * k)
	}
	m.locals[1] = 256
	if has(opI64Extend) {
		m.kinds[1] = kindI32
	} else {
		m.locals[1] += 0xabc_0000_0000 // what lies above 32 bits is cut off
	}
	if has(opV128Load) {
		m.kinds[3] = kindV128
	}
	require.Equal(t, m.run(t, before), m.run(t, after))
}

// What is not known to be the same stays.
func TestFoldLeaves(t *testing.T) {
	for name, c := range map[string][]instruction{
		"an address without a constant":   code(get(1), wrap, load, set(3)),
		"a negative constant":             code(get(1), i64(-16), add, wrap, load, set(3)),
		"a constant beyond the zero page": code(get(1), i64(zeroPage+1), add, wrap, load, set(3)),
		"an offset beyond it":             code(get(1), i64(8), add, wrap, access(opF32Load, zeroPage-7), set(3)),
		"a constant address":              code(i64(64), wrap, load, set(3)),
		"another base by now":             code(get(1), i64(16), add, set(2), i64(0), set(1), get(2), wrap, load, set(3)),
		"a base made of itself":           code(get(1), i64(16), add, set(1), get(1), wrap, load, set(3)),
		"a sum of the stack pointer":      code(get(1), extend, get(2), add, i64(8), add, wrap, load, set(3)),
		"a new stack pointer":             code(get(1), extend, i64(16), add, set(2), get(5), set(1), get(2), wrap, load, set(3)),
		"an address in a variable":        code(get(1), i64(16), add, wrap, set(2), get(2), extend, i64(-8), add, wrap, load, set(3)),
		"a sum of three":                  code(get(1), get(2), add, get(4), add, i64(8), add, wrap, load, set(3)),
		"a variable that is kept":         code(get(1), i64(16), add, tee(2), wrap, load, set(3)),
		"from before a join": code(block, get(1), i64(16), add, set(2), get(3), branch(opBrIf, 0), get(1), i64(8), add, set(2), end,
			get(2), wrap, load, set(3)),
	} {
		t.Run(name, func(t *testing.T) {
			var counts Counts
			requireSameCode(t, c, fold(again(t, c), &counts))
			assert.Zero(t, counts)
		})
	}
}

// TestCopies: pieces that overlap in every way, and the memory around them.
func TestCopies(t *testing.T) {
	count := instruction{op: opMemoryCopy, raw: []byte{0xfc, 10, 0, 0}}
	fill := instruction{op: opMemoryFill, raw: []byte{0xfc, 11, 0}}
	for n := int64(8); n <= most; n += 8 {
		for _, to := range []int64{1024, 1000, 1008, 1016, 1032, 2048} {
			requireSameRun(t, code(i32(to), i32(1024), i32(n), count))
		}
		requireSameRun(t, code(i32(1024), i32(0), i32(n), fill))
	}
	for name, c := range map[string][]instruction{
		"too much":           code(i32(8), i32(1024), i32(most+8), count),
		"no whole words":     code(i32(8), i32(1024), i32(12), count),
		"nothing":            code(i32(8), i32(1024), i32(0), count),
		"an unknown length":  code(i32(8), i32(1024), get(3), count),
		"another than zeros": code(i32(8), i32(1), i32(16), fill),
	} {
		var counts Counts
		requireSameCode(t, c, copies(again(t, c), 5, &counts))
		assert.Zero(t, counts, name)
	}
}

// requireSameRun demands that c is rewritten, and does the same.
func requireSameRun(t *testing.T, c []instruction) {
	t.Helper()
	var counts Counts
	after := copies(again(t, c), 5, &counts)
	require.Equal(t, Counts{Copies: 1}, counts)
	m := machine{kinds: [8]byte{5: kindI32, 6: kindI32}}
	for k := range m.memory {
		m.memory[k] = byte(k * 37 >> 3)
	}
	require.Equal(t, m.run(t, c).memory, m.run(t, again(t, after)).memory)
}

func TestSplat(t *testing.T) {
	var counts Counts
	before := code(get(1), wrap, access(opF32Load, 12), splat4, set(3), get(1), wrap, load, set(4), get(4), splat4, set(5),
		get(1), wrap, access(opF64Load, 8), instruction{op: opF64x2Splat}, set(3))
	after := code(get(1), wrap, access(opLoad32Splat, 12), set(3), get(1), wrap, load, set(4), get(4), splat4, set(5),
		get(1), wrap, access(opLoad64Splat, 8), set(3))
	requireSameCode(t, after, splat(again(t, before), &counts))
	assert.Equal(t, Counts{Splats: 2}, counts)
	m := machine{locals: [8]uint64{1: 64}, kinds: [8]byte{3: kindV128, 4: kindF32, 5: kindV128}}
	for k := range m.memory {
		m.memory[k] = byte(k * 37 >> 3)
	}
	require.Equal(t, m.run(t, before), m.run(t, after))
}

// counted is a function as Go makes it of
//
//	for i := 0; i < n; i += 4 { *(p + i) = *(p + i + 64) }
//
// with p, i and n in locals 1 to 3. Block 0 is its beginning, 1 the body, 2 the head; the numbers that jumps name are
// 0 or 1, 2, and 3 or more. The head computes what stands in test before it compares.
func counted(turn, test []instruction) []instruction { return entered(numbered(3, 2), turn, test) }

// entered is counted with another way to the head, where there may be no turn at all.
func entered(entry, turn, test []instruction) []instruction {
	return join(
		code(block, loop, block, block, block, get(0), table(0, 0, 1, 2), end),
		code(i64(0), set(2)), entry, code(end),
		turn, code(end),
		test, code(then), numbered(2, 1), code(end),
		code(instruction{op: opReturn}, end, instruction{op: opUnreachable}, end, end),
	)
}

// numbered is a jump by the table, to which label leads.
func numbered(number, label int64) []instruction {
	return code(i32(number), set(0), branch(opBr, label))
}

// turned is counted with a loop around the turn that goes round by itself.
func turned(turn, test []instruction) []instruction {
	return counted(join(code(loop), turn, test, code(branch(opBrIf, 0), end)), test)
}

var (
	turn = code(get(1), get(2), add, wrap, get(1), get(2), add, wrap, access(opF32Load, 64), store, get(4), set(2))
	test = code(get(2), i64(4), add, set(4), get(2), get(3), less)
)

func TestLoops(t *testing.T) {
	before := counted(turn, test)
	var counts Counts
	after := loops(again(t, before), &counts)
	requireSameCode(t, turned(turn, test), after)
	assert.Equal(t, Counts{Loops: 1}, counts)
	assert.LessOrEqual(t, requireSameTurns(t, before, after), 3, "to the beginning, the head, the body")
}

// Jumps out of the body lead where they led.
func TestLoopsKeepJumps(t *testing.T) {
	leave := func(out int64) []instruction {
		return code(get(2), i64(40), less, eqz, then, i32(0), set(0), branch(opBr, out), end, get(2), i64(44), less, eqz, branch(opBrIf, out))
	}
	var counts Counts
	requireSameCode(t, turned(leave(3), test), loops(again(t, counted(leave(2), test)), &counts))
	assert.Equal(t, 1, counts.Loops)
}

// A loop stays as it is where its test may not run twice, or leads elsewhere.
func TestLoopsLeave(t *testing.T) {
	for name, c := range map[string][]instruction{
		"a test that counts":               counted(turn, code(get(2), i64(4), add, tee(2), get(3), less)),
		"a test that writes":               counted(turn, join(code(get(1), wrap, get(1), wrap, load, store), test)),
		"a test that calls":                counted(turn, join(code(branch(opCall, 3)), test)),
		"a body that goes on elsewhere":    counted(join(turn, code(i32(0), set(0), branch(opBr, 1))), test),
		"a jump to another block":          replaced(counted(turn, test), i32(2), i32(1)),
		"a jump that leaves":               replaced(counted(turn, test), branch(opBr, 1), branch(opBr, 2)),
		"a function without blocks":        code(get(1), wrap, load, set(3), end),
		"a table that something else asks": replaced(counted(turn, test), get(0), get(5)),
	} {
		t.Run(name, func(t *testing.T) {
			var counts Counts
			requireSameCode(t, c, loops(again(t, c), &counts))
			assert.Zero(t, counts)
		})
	}
}

// requireSameTurns runs counted functions for some n and returns how often the second asked the table at most.
func requireSameTurns(t *testing.T, before, after []instruction) (tables int) {
	t.Helper()
	for _, n := range []uint64{0, 1, 4, 200} {
		m := machine{locals: [8]uint64{1: 4096, 3: n}}
		for k := range m.memory {
			m.memory[k] = byte(k * 37 >> 3)
		}
		a, b := m.run(t, before), m.run(t, again(t, after))
		require.Equal(t, a.memory, b.memory, "n = %d", n)
		require.Equal(t, a.locals[16:], b.locals[16:], "n = %d", n) // local 0 keeps an old number
		tables = max(tables, b.tables)
	}
	return tables
}

func TestJumps(t *testing.T) {
	body := func(leave ...instruction) []instruction {
		return join(turn, code(get(2), i64(40), less, eqz, then), leave, code(end))
	}
	before := entered(numbered(3, 2), body(numbered(3, 2)...), test)
	var counts Counts
	after := jumps(again(t, before), &counts)
	requireSameCode(t, entered(code(branch(opBr, 1)), body(branch(opBr, 1)), test), after)
	assert.Equal(t, Counts{Jumps: 2}, counts)
	requireSameTurns(t, before, after)
}

// The call of a function value keeps it in local 0.
func TestJumpsBesideFunctionValues(t *testing.T) {
	var counts Counts
	jumps(again(t, counted(join(turn, code(get(5), set(0), i32(0), get(0), instruction{op: opDrop}, instruction{op: opDrop})), test)), &counts)
	assert.Equal(t, 1, counts.Jumps)
}

// What is not a jump ahead stays as it is.
func TestJumpsLeave(t *testing.T) {
	for name, c := range map[string][]instruction{
		"another local":             replaced(counted(turn, test), i32(3), i32(1)),
		"a number past the table":   replaced(counted(turn, test), i32(3), i32(9)),
		"a jump that leaves":        replaced(counted(turn, test), branch(opBr, 2), branch(opBr, 3)),
		"a number that is read":     counted(join(turn, code(get(0), set(5))), test),
		"a function without blocks": join(numbered(3, 2), code(end)),
	} {
		t.Run(name, func(t *testing.T) {
			var counts Counts
			requireSameCode(t, c, jumps(again(t, c), &counts))
			assert.Zero(t, counts)
		})
	}
}

func TestEntries(t *testing.T) {
	before := entered(code(branch(opBr, 1)), turn, test)
	var counts Counts
	after := entries(again(t, before), &counts)
	requireSameCode(t, entered(join(test, code(eqz, branch(opBrIf, 1))), turn, test), after)
	assert.Equal(t, Counts{Entries: 1}, counts)
	requireSameTurns(t, before, after)
	after = loops(after, &counts)
	assert.Equal(t, Counts{Entries: 1, Loops: 1}, counts)
	assert.Equal(t, 1, requireSameTurns(t, before, after), "nothing asks the table but the beginning")
}

// A loop is entered as before where its test may not run twice, or leads elsewhere.
func TestEntriesLeave(t *testing.T) {
	ahead := code(branch(opBr, 1))
	for name, c := range map[string][]instruction{
		"a test that counts":      entered(ahead, turn, code(get(2), i64(4), add, tee(2), get(3), less)),
		"a jump to another block": replaced(entered(ahead, turn, test), i32(2), i32(1)),
		"a loop elsewhere":        entered(code(branch(opBr, 0)), turn, test),
	} {
		t.Run(name, func(t *testing.T) {
			var counts Counts
			requireSameCode(t, c, entries(again(t, c), &counts))
			assert.Zero(t, counts)
		})
	}
}

// index returns where the last instruction equal to i stands.
func index(c []instruction, i instruction) int {
	for k := len(c) - 1; k >= 0; k-- {
		if c[k].op == i.op && c[k].x == i.x && c[k].raw == nil {
			return k
		}
	}
	return -1
}

// replaced exchanges the last instruction that is equal to old.
func replaced(c []instruction, old, with instruction) []instruction {
	c = slices.Clone(c)
	c[index(c, old)] = with
	return c
}

// module is a module of functions with the given bodies, with another section before and behind.
func module(bodies ...[]byte) []byte {
	var list []function
	for _, b := range bodies {
		list = append(list, function{whole: append([]byte{1, 2, 0x7e}, b...)}) // two locals of i64
	}
	return linkedBy("go1.27.4", section{0, []byte("\x04note")}, section{sectionCode, encodeFunctions(list)}, section{11, []byte{0}})
}

// linkedBy is a module that says which release of Go has linked it.
func linkedBy(version string, list ...section) []byte {
	said := []byte("\x09producers\x01\x08language\x01\x02Go")
	return encodeModule(append(list, section{sectionCustom, append(append(said, byte(len(version))), version...)}))
}

// What another linker wrote is left alone, and named.
func TestRewriteKnowsWhoLinked(t *testing.T) {
	for _, version := range []string{"go1.26.8", "go1.27.5", "go1.28.0"} {
		_, _, err := Rewrite(linkedBy(version))
		var unknown *UnknownError
		require.ErrorAs(t, err, &unknown)
		assert.Equal(t, version, unknown.Version)
		assert.ErrorContains(t, err, version)
	}
	_, _, err := Rewrite(encodeModule(nil))
	assert.ErrorContains(t, err, "an unnamed linker")
	_, _, err = Rewrite(linkedBy("go1.27.4")[:20])
	assert.Error(t, err)
}

func TestRewrite(t *testing.T) {
	plain := encodeAll(code(get(1), wrap, load, set(2), end), nil)
	unknown := []byte{0xfb, 0x00, 0x0b}
	got, counts, err := Rewrite(module(plain, encodeAll(code(get(1), nop, i64(16), add, wrap, load, set(2), end), nil), unknown))
	require.NoError(t, err)
	assert.Equal(t, Counts{Offsets: 1, Nops: 1, Unread: 1}, counts)
	goes := code(instruction{op: opGlobalGet}, set(1), get(1), get(1), i32(24), instruction{op: opMemoryCopy, raw: []byte{0xfc, 10, 0, 0}}, end)
	grown, counts, err := Rewrite(module(encodeAll(goes, nil)))
	require.NoError(t, err)
	assert.Equal(t, Counts{Copies: 1}, counts)
	assert.Equal(t, []byte{2, 2, 0x7e, 2, kindI32}, codeOf(t, grown)[0].whole[:5], "two locals more, of 32 bits")
	assert.Contains(t, string(codeOf(t, grown)[0].code), string(encodeAll(code(set(4), set(3), get(3), get(4)), nil)), "behind the parameter and the two locals")
	want := module(plain, encodeAll(code(get(1), wrap, access(opF32Load, 16), set(2), end), nil), unknown)
	assert.Equal(t, want, got)
}

func TestRewriteRefuses(t *testing.T) {
	good := module(encodeAll(code(end), nil))
	for name, b := range map[string][]byte{
		"nothing":                nil,
		"another version":        append([]byte("\x00asm\x02\x00\x00\x00"), good[8:]...),
		"a section cut short":    good[:len(good)-1],
		"a function cut short":   linkedBy("go1.27.4", section{sectionCode, []byte{1, 9, 0, 0x0b}}),
		"bytes behind functions": linkedBy("go1.27.4", section{sectionCode, []byte{1, 2, 0, 0x0b, 0}}),
		"locals without an end":  linkedBy("go1.27.4", section{sectionCode, []byte{1, 2, 0xff, 0xff}}),
	} {
		_, _, err := Rewrite(b)
		assert.Error(t, err, name)
	}
}

// codeOf returns the functions of a module.
func codeOf(t *testing.T, b []byte) []function {
	t.Helper()
	list, err := sections(b)
	require.NoError(t, err)
	for _, s := range list {
		if s.id == sectionCode {
			f, err := functions(s.body)
			require.NoError(t, err)
			return f
		}
	}
	require.Fail(t, "no code section")
	return nil
}

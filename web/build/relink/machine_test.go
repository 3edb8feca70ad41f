package relink

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
)

// The types of local variables.
const (
	kindI64  = 0x7e
	kindF32  = 0x7d
	kindV128 = 0x7b
)

// machine is what a function begins with; local 0 is its parameter, as in what Go writes. Locals of i32 and i64 begin with
// their value, others with 0.
type machine struct {
	memory [1 << 13]byte
	locals [8]uint64
	kinds  [8]byte // 0 is i64
}

// outcome is what a function leaves.
type outcome struct {
	memory []byte
	locals []byte // 16 bytes each
	tables int    // how often a table was asked
}

const localsAt = 1 << 14 // where a function leaves its locals in memory

// run validates code as the body of a function and runs it, both by wazero.
func (m machine) run(t *testing.T, code []instruction) (o outcome) {
	t.Helper()
	runtime := wazero.NewRuntimeWithConfig(t.Context(), wazero.NewRuntimeConfigInterpreter())
	defer runtime.Close(t.Context())
	program, err := runtime.Instantiate(t.Context(), m.module(code))
	require.NoError(t, err)
	memory := program.Memory()
	require.True(t, memory.Write(0, m.memory[:]))
	_, err = program.ExportedFunction("run").Call(t.Context(), m.locals[0])
	require.NoError(t, err)
	all, ok := memory.Read(0, memory.Size())
	require.True(t, ok)
	o.memory, o.locals = all[:len(m.memory)], all[localsAt:localsAt+16*len(m.locals)]
	o.tables = int(program.ExportedGlobal("tables").Get())
	return o
}

// module is a module of one function.
func (m machine) module(code []instruction) []byte {
	body := appendUnsigned(nil, uint64(len(m.locals)-1))
	var enter, leave []instruction
	for k := range m.locals {
		kind, write := m.kinds[k], opI64Store
		first := instruction{op: opI64Const, x: int64(m.locals[k])}
		switch {
		case kind == kindI32 || k == 0:
			first.op, write = opI32Const, opI32Store
		case kind == kindF32:
			write = opF32Store
		case kind == kindV128:
			write = opV128Store
		default:
			kind = kindI64
		}
		if k > 0 {
			body = append(body, 1, kind)
			if kind == kindI32 || kind == kindI64 {
				enter = append(enter, first, set(int64(k)))
			}
		}
		leave = append(leave, i32(localsAt+16*int64(k)), get(int64(k)), instruction{op: write})
	}
	body = encodeAll(join(enter, []instruction{block}, counting(code), []instruction{end}, leave, []instruction{end}), body)
	word := func(text string) []byte { return append([]byte{byte(len(text))}, text...) }
	exports := append([]byte{3}, append(word("run"), 0, 0)...)
	exports = append(exports, append(word("memory"), 2, 0)...)
	exports = append(exports, append(word("tables"), 3, 1)...)
	return encodeModule([]section{
		{1, []byte{1, 0x60, 1, kindI32, 0}}, // a type: of i32, to nothing
		{3, []byte{1, 0}},                   // a function of it
		{5, []byte{1, 0, 1}},                // a page of memory
		{6, []byte{2, kindI32, 1, byte(opI32Const), 0, byte(opEnd), kindI32, 1, byte(opI32Const), 0, byte(opEnd)}},
		{7, exports},
		{sectionCode, encodeFunctions([]function{{whole: body}})},
	})
}

// counting is code that counts in global 1 how often a table is asked, and leaves the block around it where it returns.
func counting(code []instruction) (out []instruction) {
	depth := int64(0)
	for _, i := range code {
		switch i.op {
		case opBlock, opLoop, opIf:
			depth++
		case opEnd:
			if depth == 0 {
				return out // of the function itself
			}
			depth--
		case opReturn:
			i = branch(opBr, depth)
		case opBrTable:
			out = append(out, instruction{op: opGlobalGet, x: 1}, i32(1), instruction{op: opI32Add}, instruction{op: opGlobalSet, x: 1})
		}
		out = append(out, i)
	}
	return out
}

// opcodes that only tests write.
const (
	opF32Store opcode = 0x38
	opI64LtS   opcode = 0x53
)

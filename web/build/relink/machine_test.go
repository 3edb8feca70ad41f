package relink

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
)

// machine runs the few instructions that the tests' functions are made of.
type machine struct {
	memory [1 << 13]byte
	locals [8]uint64
	stack  []uint64
	steps  int
	tables int // how often a table was asked
}

func (m *machine) push(v uint64) { m.stack = append(m.stack, v) }

func (m *machine) pop() uint64 {
	v := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return v
}

// run runs code to its end or a return; labels hold where a jump to each open block goes on.
func (m *machine) run(t *testing.T, code []instruction) {
	var open []int // the instruction that opened each block
	jump := func(label int) int {
		at := open[len(open)-1-label]
		open = open[:len(open)-1-label]
		if code[at].op == opLoop {
			return at
		}
		return closing(code, at) + 1
	}
	for k := 0; k < len(code); {
		m.steps++
		require.Less(t, m.steps, 100_000, "it does not end")
		i := code[k]
		k++
		switch i.op {
		case opBlock, opLoop:
			open = append(open, k-1)
		case opIf:
			open = append(open, k-1)
			if m.pop() == 0 {
				k = jump(0)
			}
		case opEnd:
			if len(open) == 0 {
				return
			}
			open = open[:len(open)-1]
		case opBr:
			k = jump(int(i.x))
		case opBrIf:
			if m.pop() != 0 {
				k = jump(int(i.x))
			}
		case opBrTable:
			m.tables++
			labels := i.targets()
			k = jump(labels[min(m.pop(), uint64(len(labels)-1))])
		case opReturn:
			return
		default:
			m.compute(t, i)
		}
	}
}

// closing returns the end of the block that instruction k opens.
func closing(code []instruction, k int) int {
	for level := 0; ; k++ {
		switch code[k].op {
		case opBlock, opLoop, opIf:
			level++
		case opEnd:
			if level--; level == 0 {
				return k
			}
		}
	}
}

func (m *machine) compute(t *testing.T, i instruction) {
	switch i.op {
	case opNop:
	case opLocalGet:
		m.push(m.locals[i.x])
	case opLocalSet:
		m.locals[i.x] = m.pop()
	case opLocalTee:
		m.locals[i.x] = m.stack[len(m.stack)-1]
	case opI32Const, opI64Const:
		m.push(uint64(i.x))
	case opI64Add:
		m.push(m.pop() + m.pop())
	case opI64LtS:
		b, a := int64(m.pop()), int64(m.pop())
		m.push(0)
		if a < b {
			m.stack[len(m.stack)-1] = 1
		}
	case opI32Eqz:
		v := m.pop()
		m.push(0)
		if v == 0 {
			m.stack[len(m.stack)-1] = 1
		}
	case opMemoryCopy:
		n, from, to := m.pop(), m.pop(), m.pop()
		copy(m.memory[to:to+n], m.memory[from:from+n])
	case opMemoryFill:
		n, v, to := m.pop(), m.pop(), m.pop()
		for k := range n {
			m.memory[to+k] = byte(v)
		}
	case opI64Load:
		m.push(binary.LittleEndian.Uint64(m.memory[m.pop()+i.off:]))
	case opI64Store:
		v, at := m.pop(), m.pop()+i.off
		binary.LittleEndian.PutUint64(m.memory[at:], v)
	case opV128Load: // two numbers on this machine's stack
		at := m.pop() + i.off
		m.push(binary.LittleEndian.Uint64(m.memory[at:]))
		m.push(binary.LittleEndian.Uint64(m.memory[at+8:]))
	case opV128Store:
		high, low, at := m.pop(), m.pop(), m.pop()+i.off
		binary.LittleEndian.PutUint64(m.memory[at:], low)
		binary.LittleEndian.PutUint64(m.memory[at+8:], high)
	case opI32Wrap, opI64Extend:
		m.push(uint64(uint32(m.pop())))
	case opF32Load:
		at := m.pop() + i.off
		require.LessOrEqual(t, at+4, uint64(len(m.memory)), "a trap")
		m.push(uint64(binary.LittleEndian.Uint32(m.memory[at:])))
	case opF32Store:
		v, at := m.pop(), m.pop()+i.off
		require.LessOrEqual(t, at+4, uint64(len(m.memory)), "a trap")
		binary.LittleEndian.PutUint32(m.memory[at:], uint32(v))
	default:
		require.Fail(t, "the machine does not know an instruction", "%#x", uint16(i.op))
	}
}

// opcodes that only tests write.
const (
	opF32Store opcode = 0x38
	opI64LtS   opcode = 0x53
)

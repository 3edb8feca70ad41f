package relink

import "fmt"

// instruction is one instruction of a function's body.
type instruction struct {
	op  opcode
	x   int64  // the constant; the index of a local, global, function or label; a memory access's alignment
	off uint64 // a memory access's offset
	raw []byte // as it was encoded, nil for what this package wrote
}

// opcode is the first byte of an instruction, or 0xfc00 or 0xfd00 with the number behind such a prefix.
type opcode uint16

// The opcodes that this package looks for or writes.
const (
	opUnreachable opcode = 0x00
	opNop         opcode = 0x01
	opBlock       opcode = 0x02
	opLoop        opcode = 0x03
	opIf          opcode = 0x04
	opElse        opcode = 0x05
	opEnd         opcode = 0x0b
	opBr          opcode = 0x0c
	opBrIf        opcode = 0x0d
	opBrTable     opcode = 0x0e
	opReturn      opcode = 0x0f
	opCall        opcode = 0x10
	opCallInd     opcode = 0x11
	opDrop        opcode = 0x1a
	opSelect      opcode = 0x1b
	opLocalGet    opcode = 0x20
	opLocalSet    opcode = 0x21
	opLocalTee    opcode = 0x22
	opGlobalGet   opcode = 0x23
	opGlobalSet   opcode = 0x24
	opI32Load     opcode = 0x28
	opI64Load     opcode = 0x29
	opF32Load     opcode = 0x2a
	opF64Load     opcode = 0x2b
	opI64Load32U  opcode = 0x35
	opI32Store    opcode = 0x36
	opI64Store    opcode = 0x37
	opI64Store32  opcode = 0x3e
	opMemorySize  opcode = 0x3f
	opMemoryGrow  opcode = 0x40
	opI32Const    opcode = 0x41
	opI64Const    opcode = 0x42
	opF32Const    opcode = 0x43
	opF64Const    opcode = 0x44
	opI32Eqz      opcode = 0x45
	opI32Add      opcode = 0x6a
	opI64Add      opcode = 0x7c
	opI32Wrap     opcode = 0xa7
	opI64Extend   opcode = 0xad
	opLastPlain   opcode = 0xc4 // i64.extend32_s

	opMemoryCopy opcode = 0xfc0a
	opMemoryFill opcode = 0xfc0b

	opV128Load     opcode = 0xfd00
	opLoad32Splat  opcode = 0xfd09
	opLoad64Splat  opcode = 0xfd0a
	opV128Store    opcode = 0xfd0b
	opV128Const    opcode = 0xfd0c
	opShuffle      opcode = 0xfd0d
	opF32x4Splat   opcode = 0xfd13
	opF64x2Splat   opcode = 0xfd14
	opExtractFirst opcode = 0xfd15 // i8x16.extract_lane_s; the lanes' instructions follow each other
	opReplaceLast  opcode = 0xfd22 // f64x2.replace_lane
	opLoad8Lane    opcode = 0xfd54
	opStore64Lane  opcode = 0xfd5b
	opLoad32Zero   opcode = 0xfd5c
	opLoad64Zero   opcode = 0xfd5d
)

// loads reports whether op reads memory at an offset, and stores whether it writes there.
func (op opcode) loads() bool {
	return op >= opI32Load && op <= opI64Load32U || op >= opV128Load && op <= opLoad64Splat || op == opLoad32Zero || op == opLoad64Zero
}

func (op opcode) stores() bool { return op >= opI32Store && op <= opI64Store32 || op == opV128Store }

// accesses reports whether op has a memory argument.
func (op opcode) accesses() bool {
	return op.loads() || op.stores() || op >= opLoad8Lane && op <= opStore64Lane
}

// decode reads a body's instructions up to its last byte. What Go's linker never writes is an error.
func decode(body []byte) ([]instruction, error) {
	r := &reader{b: body}
	code := make([]instruction, 0, len(body)/2)
	for r.at < len(body) {
		start := r.at
		i, ok := r.instruction()
		if !ok || r.bad {
			return nil, fmt.Errorf("opcode %#x at byte %d of a body is not known", uint16(i.op), start)
		}
		i.raw = body[start:r.at]
		code = append(code, i)
	}
	return code, nil
}

// instruction reads one instruction (core specification, 5.4).
func (r *reader) instruction() (i instruction, ok bool) {
	i.op = opcode(r.byte())
	if i.op == 0xfc || i.op == 0xfd {
		n := r.unsigned()
		if n > 0xff {
			return i, i.op == 0xfd && n <= 0x113 // relaxed arithmetic: nothing follows
		}
		i.op = i.op<<8 | opcode(n)
	}
	switch op := i.op; {
	case op.accesses():
		i.x, i.off = int64(r.unsigned()), r.unsigned()
		if op >= opLoad8Lane && op <= opStore64Lane {
			r.byte()
		}
		return i, i.x < 8 // not one of several memories
	case op == opBlock, op == opLoop, op == opIf, op == opI32Const, op == opI64Const:
		i.x = r.signed()
	case op == opBr, op == opBrIf, op == opCall, op >= opLocalGet && op <= opGlobalSet, op == opMemorySize, op == opMemoryGrow,
		op == opMemoryFill, op >= opExtractFirst && op <= opReplaceLast:
		i.x = int64(r.unsigned())
	case op == opCallInd, op == opMemoryCopy:
		i.x = int64(r.unsigned())
		r.unsigned()
	case op == opBrTable:
		for n := r.unsigned() + 1; n > 0 && !r.bad; n-- {
			r.unsigned()
		}
	case op == opF32Const:
		r.take(4)
	case op == opF64Const:
		r.take(8)
	case op == opV128Const, op == opShuffle:
		r.take(16)
	default:
		return i, op.bare()
	}
	return i, true
}

// bare reports whether op is an instruction without anything behind it.
func (op opcode) bare() bool {
	switch op {
	case opUnreachable, opNop, opElse, opEnd, opReturn, opDrop, opSelect:
		return true
	}
	return op >= opI32Eqz && op <= opLastPlain || op >= 0xfc00 && op <= 0xfc07 || op > opShuffle && op <= 0xfdff
}

// encode appends the instruction.
func (i instruction) encode(b []byte) []byte {
	if i.raw != nil {
		return append(b, i.raw...)
	}
	if i.op > 0xff {
		b = appendUnsigned(append(b, byte(i.op>>8)), uint64(i.op&0xff))
	} else {
		b = append(b, byte(i.op))
	}
	switch op := i.op; {
	case op.accesses():
		return appendUnsigned(appendUnsigned(b, uint64(i.x)), i.off)
	case op == opBlock, op == opLoop, op == opIf, op == opI32Const, op == opI64Const:
		return appendSigned(b, i.x)
	case op == opBr, op == opBrIf, op >= opLocalGet && op <= opGlobalSet:
		return appendUnsigned(b, uint64(i.x))
	}
	return b
}

// targets returns the labels of a br_table, the default last.
func (i instruction) targets() []int {
	r := &reader{b: i.raw, at: 1}
	list := make([]int, r.unsigned()+1)
	for k := range list {
		list[k] = int(r.unsigned())
	}
	return list
}

// encodeAll appends a whole body.
func encodeAll(code []instruction, b []byte) []byte {
	for _, i := range code {
		b = i.encode(b)
	}
	return b
}

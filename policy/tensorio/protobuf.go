package tensorio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// The wire format of protocol buffers, as far as ONNX needs it: a message is a sequence of fields, each a
// tag (field number << 3 | wire type, a varint) and a value, a varint or a length and so many bytes.
// Source: "Encoding" in the protocol buffers documentation.

// Wire types.
const (
	wireVarint = 0
	wire64     = 1
	wireBytes  = 2
	wire32     = 5
)

// message is an encoded message under construction. Fields are appended in rising order of their numbers,
// which makes the encoding of a value unique.
type message []byte

// uint appends a varint field.
func (m message) uint(field int, v uint64) message {
	m = binary.AppendUvarint(m, uint64(field)<<3|wireVarint)
	return binary.AppendUvarint(m, v)
}

// bytes appends a field of bytes: a string or an encoded message.
func (m message) bytes(field int, b []byte) message {
	m = binary.AppendUvarint(m, uint64(field)<<3|wireBytes)
	m = binary.AppendUvarint(m, uint64(len(b)))
	return append(m, b...)
}

// text appends a string field; an empty one is left out, as its default.
func (m message) text(field int, s string) message {
	if s == "" {
		return m
	}
	return m.bytes(field, []byte(s))
}

var errCut = errors.New("a message ends inside a field")

// Field is a field of an encoded message: the number of a varint or of fixed bits in Value, or the content of another in
// Bytes, which refers to the message and is nil where there is none.
type Field struct {
	Number int
	Value  uint64
	Bytes  []byte

	wire uint64
}

// Fields calls visit for each field of an encoded message of any of the format's present wire types.
func Fields(m []byte, visit func(Field) error) error {
	for len(m) > 0 {
		tag, n := binary.Uvarint(m)
		if n <= 0 || tag>>3 == 0 || tag>>3 > math.MaxInt32 {
			return errCut
		}
		m = m[n:]
		f := Field{Number: int(tag >> 3), wire: tag & 7}
		switch f.wire {
		case wire32:
			n = 4
			if len(m) >= n {
				f.Value = uint64(binary.LittleEndian.Uint32(m))
			}
		case wire64:
			n = 8
			if len(m) >= n {
				f.Value = binary.LittleEndian.Uint64(m)
			}
		case wireVarint, wireBytes:
			if f.Value, n = binary.Uvarint(m); n <= 0 {
				return errCut
			}
		default:
			return fmt.Errorf("field %d has the wire type %d, which this subset does not have", f.Number, f.wire)
		}
		if n > len(m) {
			return errCut
		}
		m = m[n:]
		if f.wire == wireBytes {
			size := f.Value
			if size > uint64(len(m)) {
				return errCut
			}
			f.Bytes, m, f.Value = m[:size:size], m[size:], 0
			if f.Bytes == nil {
				f.Bytes = []byte{}
			}
		}
		if err := visit(f); err != nil {
			return err
		}
	}
	return nil
}

// fields is Fields for messages of varints and bytes alone.
func fields(m []byte, visit func(field int, v uint64, b []byte) error) error {
	return Fields(m, func(f Field) error {
		if f.wire != wireVarint && f.wire != wireBytes {
			return fmt.Errorf("field %d has the wire type %d, which this subset does not have", f.Number, f.wire)
		}
		return visit(f.Number, f.Value, f.Bytes)
	})
}

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
	wireBytes  = 2
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

// fields calls visit for each field of an encoded message: with the number of a varint field in v, or the
// content of another in b, which refers to the message.
func fields(m []byte, visit func(field int, v uint64, b []byte) error) error {
	for len(m) > 0 {
		tag, n := binary.Uvarint(m)
		if n <= 0 || tag>>3 == 0 || tag>>3 > math.MaxInt32 {
			return errCut
		}
		m = m[n:]
		v, n := binary.Uvarint(m)
		if n <= 0 {
			return errCut
		}
		m = m[n:]
		var b []byte
		switch tag & 7 {
		case wireVarint:
		case wireBytes:
			if v > uint64(len(m)) {
				return errCut
			}
			b, m, v = m[:v:v], m[v:], 0
			if b == nil {
				b = []byte{}
			}
		default:
			return fmt.Errorf("field %d has the wire type %d, which this subset does not have", tag>>3, tag&7)
		}
		if err := visit(int(tag>>3), v, b); err != nil {
			return err
		}
	}
	return nil
}

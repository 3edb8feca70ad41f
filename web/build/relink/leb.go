package relink

import "encoding/binary"

// reader reads the numbers of the binary format (WebAssembly core specification, 5.2.2) from b, and remembers the
// first thing that was wrong.
type reader struct {
	b   []byte
	at  int
	bad bool
}

// byte reads one byte; behind the end it is 0 and the reader bad.
func (r *reader) byte() byte {
	if r.at >= len(r.b) {
		r.bad = true
		return 0
	}
	r.at++
	return r.b[r.at-1]
}

// take reads n bytes.
func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)-r.at) {
		r.bad = true
		return nil
	}
	r.at += int(n)
	return r.b[r.at-int(n) : r.at]
}

// unsigned reads an unsigned LEB128 number, of whatever number of bytes.
func (r *reader) unsigned() (v uint64) {
	for shift := 0; shift < 70; shift += 7 {
		c := r.byte()
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
	r.bad = true
	return 0
}

// signed reads a signed LEB128 number.
func (r *reader) signed() (v int64) {
	for shift := 0; shift < 70; shift += 7 {
		c := r.byte()
		v |= int64(c&0x7f) << shift
		if c < 0x80 {
			if c&0x40 != 0 && shift < 57 {
				v |= -1 << (shift + 7)
			}
			return v
		}
	}
	r.bad = true
	return 0
}

func appendUnsigned(b []byte, v uint64) []byte { return binary.AppendUvarint(b, v) }

func appendSigned(b []byte, v int64) []byte {
	for v < -64 || v > 63 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v)&0x7f)
}

package rng

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// Stream is one sequence of random numbers. It is not safe for concurrent use: Split it instead.
type Stream struct {
	key   uint64    // seed and path of labels, hashed
	state [4]uint64 // of xoshiro256++, never all zero
}

// New returns the root stream of a seed.
func New(seed uint64) *Stream { return fromKey(mix(seed)) }

// Split returns the child stream of a label. It depends on the seed, the labels on the way and this label only,
// and leaves s as it was.
func (s *Stream) Split(label uint64) *Stream {
	return fromKey(childKey(s.key, label))
}

// Reset makes s the child of a label of the root stream of a seed, New(seed).Split(label), in place.
func (s *Stream) Reset(seed, label uint64) { s.start(childKey(mix(seed), label)) }

func childKey(key, label uint64) uint64 {
	return mix(bits.RotateLeft64(key, 23) + mix(label^0x6a09e667f3bcc908))
}

func fromKey(key uint64) *Stream {
	s := new(Stream)
	s.start(key)
	return s
}

func (s *Stream) start(key uint64) {
	s.key = key
	for i := range s.state { // mix is a bijection and the four arguments differ: not all zero
		key += golden
		s.state[i] = mix(key)
	}
}

// golden is 2^64 divided by the golden ratio, the increment of splitmix64.
const golden = 0x9e3779b97f4a7c15

// mix is the output function of splitmix64 (S. Vigna, 2015; G. Steele et al., OOPSLA 2014).
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Uint64 returns 64 random bits.
func (s *Stream) Uint64() uint64 {
	a, b, c, d := s.state[0], s.state[1], s.state[2], s.state[3]
	out := bits.RotateLeft64(a+d, 23) + a
	t := b << 17
	c ^= a
	d ^= b
	b ^= c
	a ^= d
	c ^= t
	s.state = [4]uint64{a, b, c, bits.RotateLeft64(d, 45)}
	return out
}

// Float64 returns a uniform number in [0, 1), a multiple of 2^-53.
func (s *Stream) Float64() float64 { return float64(s.Uint64()>>11) * 0x1p-53 }

// IntN returns a uniform integer in [0, n). It panics unless n > 0.
func (s *Stream) IntN(n int) int {
	if n <= 0 {
		panic("rng: IntN needs n > 0")
	}
	// D. Lemire, ACM TOMACS 29, 2019: the upper word of a product, with the few biased products drawn again.
	bound := uint64(n)
	hi, lo := bits.Mul64(s.Uint64(), bound)
	if lo < bound {
		for reject := -bound % bound; lo < reject; {
			hi, lo = bits.Mul64(s.Uint64(), bound)
		}
	}
	return int(hi)
}

const (
	marshalVersion = 1
	marshalSize    = 1 + 5*8
)

// MarshalBinary returns the position in the stream; UnmarshalBinary continues from it bit for bit.
func (s *Stream) MarshalBinary() ([]byte, error) {
	b := make([]byte, 0, marshalSize)
	b = append(b, marshalVersion)
	b = binary.LittleEndian.AppendUint64(b, s.key)
	for _, v := range s.state {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b, nil
}

// UnmarshalBinary takes up the position that MarshalBinary wrote. An error leaves s as it was.
func (s *Stream) UnmarshalBinary(b []byte) error {
	switch {
	case len(b) != marshalSize:
		return errors.New("rng: a stream's state has 41 bytes")
	case b[0] != marshalVersion:
		return errors.New("rng: unknown version of a stream's state")
	}
	t := Stream{key: binary.LittleEndian.Uint64(b[1:])}
	for i := range t.state {
		t.state[i] = binary.LittleEndian.Uint64(b[9+8*i:])
	}
	if t.state == [4]uint64{} {
		return errors.New("rng: a stream's state is all zero")
	}
	*s = t
	return nil
}

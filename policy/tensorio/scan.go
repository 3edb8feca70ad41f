package tensorio

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"onestep/engine/quote"
)

// scanner reads the JSON of a safetensors header. It knows the few shapes of value that may occur there
// (an object, an array of non-negative integers, a string), asked for by the caller, and so never
// recurses on its input: deep nesting is a syntax error at its first bracket.
type scanner struct {
	b []byte
	i int // the next byte
}

func (s *scanner) errorf(format string, args ...any) error {
	return fmt.Errorf("header byte %d: %s", s.i, fmt.Sprintf(format, args...))
}

// next returns the next byte that is no white space, without taking it; 0 at the end.
func (s *scanner) next() byte {
	for ; s.i < len(s.b); s.i++ {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
		default:
			return s.b[s.i]
		}
	}
	return 0
}

// take takes the byte c after white space, or says what stands there instead.
func (s *scanner) take(c byte) error {
	got := s.next()
	if s.i == len(s.b) {
		return s.errorf("ends where %q is due", c)
	}
	if got != c {
		return s.errorf("has %q where %q is due", got, c)
	}
	s.i++
	return nil
}

// list reads open, items separated by commas, close; item reads one.
func (s *scanner) list(open, end byte, item func() error) error {
	if err := s.take(open); err != nil {
		return err
	}
	if s.next() == end {
		s.i++
		return nil
	}
	for {
		if err := item(); err != nil {
			return err
		}
		if s.next() != ',' {
			return s.take(end)
		}
		s.i++
	}
}

// object reads an object; field reads the value of a key. The caller looks for duplicate keys.
func (s *scanner) object(field func(key string) error) error {
	return s.list('{', '}', func() error {
		key, err := s.str()
		if err != nil {
			return err
		}
		if err := s.take(':'); err != nil {
			return err
		}
		return field(key)
	})
}

// ints appends an array of at most most non-negative integers to dst.
func (s *scanner) ints(dst []int, most int) ([]int, error) {
	err := s.list('[', ']', func() error {
		if len(dst) == most {
			return s.errorf("has more than %d numbers in an array", most)
		}
		n, err := s.integer()
		dst = append(dst, n)
		return err
	})
	return dst, err
}

// integer reads a non-negative integer in plain digits.
func (s *scanner) integer() (int, error) {
	s.next()
	start := s.i
	for s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9' {
		s.i++
	}
	digits := s.b[start:s.i]
	if len(digits) == 0 || (len(digits) > 1 && digits[0] == '0') {
		s.i = start
		return 0, s.errorf("has no non-negative integer where one is due")
	}
	n := 0
	for _, c := range digits {
		d := int(c - '0')
		if n > (math.MaxInt-d)/10 {
			s.i = start
			return 0, s.errorf("has the integer %s, which overflows", quote.Text(string(digits)))
		}
		n = n*10 + d
	}
	return n, nil
}

// str reads a string. The header is known to be UTF-8.
func (s *scanner) str() (string, error) {
	if err := s.take('"'); err != nil {
		return "", err
	}
	start := s.i
	for s.i < len(s.b) { // most strings have no escapes and need one copy
		switch c := s.b[s.i]; {
		case c == '"':
			s.i++
			return string(s.b[start : s.i-1]), nil
		case c == '\\':
			return s.escaped(append(make([]byte, 0, 2*(s.i-start)+16), s.b[start:s.i]...))
		case c < ' ':
			return "", s.errorf("has a control character in a string")
		}
		s.i++
	}
	return "", s.errorf("ends inside a string")
}

// escaped reads the rest of a string from its first backslash on; head is what came before.
func (s *scanner) escaped(head []byte) (string, error) {
	for s.i < len(s.b) {
		c := s.b[s.i]
		switch {
		case c == '"':
			s.i++
			return string(head), nil
		case c < ' ':
			return "", s.errorf("has a control character in a string")
		case c != '\\':
			head = append(head, c)
			s.i++
			continue
		}
		r, err := s.escape()
		if err != nil {
			return "", err
		}
		head = utf8.AppendRune(head, r)
	}
	return "", s.errorf("ends inside a string")
}

// escape reads one escape sequence, a surrogate pair included.
func (s *scanner) escape() (rune, error) {
	if s.i+1 >= len(s.b) {
		return 0, s.errorf("ends inside a string")
	}
	c := s.b[s.i+1]
	if c != 'u' {
		const from, to = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
		for k := range len(from) {
			if from[k] == c {
				s.i += 2
				return rune(to[k]), nil
			}
		}
		return 0, s.errorf("has an unknown escape in a string")
	}
	r, err := s.codeUnit()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	low, err := s.codeUnit()
	if err != nil {
		return 0, err
	}
	if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
		return 0, s.errorf("has half a surrogate pair in a string")
	}
	return r, nil
}

// codeUnit reads \uXXXX.
func (s *scanner) codeUnit() (rune, error) {
	if s.i+6 > len(s.b) || s.b[s.i] != '\\' || s.b[s.i+1] != 'u' {
		return 0, s.errorf("has half an escape in a string")
	}
	n, err := strconv.ParseUint(string(s.b[s.i+2:s.i+6]), 16, 16)
	if err != nil {
		return 0, s.errorf("has half an escape in a string")
	}
	s.i += 6
	return rune(n), nil
}

package relink

import (
	"bytes"
	"errors"
	"fmt"
)

const header = "\x00asm\x01\x00\x00\x00"

// section is one section of a module (core specification, 5.5.2).
type section struct {
	id   byte
	body []byte
}

const (
	sectionCustom = 0
	sectionCode   = 10
)

// function is one entry of the code section.
type function struct {
	whole  []byte // with its local variables
	groups int    // of locals of one type
	locals int    // without the parameters
	code   []byte // what stands behind them, to the last end
}

const kindI32 = 0x7f

// withLocals returns f's declaration of locals with n more of 32 bits.
func (f *function) withLocals(n int) []byte {
	r := &reader{b: f.whole}
	r.unsigned()
	b := appendUnsigned(nil, uint64(f.groups+1))
	b = append(b, f.whole[r.at:len(f.whole)-len(f.code)]...)
	return append(appendUnsigned(b, uint64(n)), kindI32)
}

var errCut = errors.New("the module ends within a section")

// sections takes a module apart.
func sections(b []byte) ([]section, error) {
	if !bytes.HasPrefix(b, []byte(header)) {
		return nil, errors.New("no WebAssembly of version 1")
	}
	r := &reader{b: b, at: len(header)}
	var list []section
	for r.at < len(b) {
		id := r.byte()
		body := r.take(r.unsigned())
		if r.bad {
			return nil, errCut
		}
		list = append(list, section{id, body})
	}
	return list, nil
}

// functions takes the code section apart.
func functions(body []byte) ([]function, error) {
	r := &reader{b: body}
	list := make([]function, 0, 1024)
	for n := r.unsigned(); n > 0 && !r.bad; n-- {
		f := function{whole: r.take(r.unsigned())}
		q := &reader{b: f.whole}
		groups := q.unsigned()
		for k := groups; k > 0 && !q.bad; k-- {
			f.locals += int(q.unsigned())
			q.byte() // their type
		}
		f.groups = int(groups)
		if r.bad || q.bad {
			return nil, errCut
		}
		f.code = f.whole[q.at:]
		list = append(list, f)
	}
	if r.bad || r.at != len(body) {
		return nil, fmt.Errorf("%d of %d bytes of the code section are functions", r.at, len(body))
	}
	return list, nil
}

// encodeFunctions is the inverse of functions.
func encodeFunctions(list []function) []byte {
	b := appendUnsigned(nil, uint64(len(list)))
	for _, f := range list {
		b = appendUnsigned(b, uint64(len(f.whole)))
		b = append(b, f.whole...)
	}
	return b
}

// encodeModule is the inverse of sections.
func encodeModule(list []section) []byte {
	b := []byte(header)
	for _, s := range list {
		b = append(b, s.id)
		b = appendUnsigned(b, uint64(len(s.body)))
		b = append(b, s.body...)
	}
	return b
}

// producer is the release of Go that a module says it was linked by (its section "producers"), or "an unnamed linker".
func producer(list []section) string {
	for _, s := range list {
		r := &reader{b: s.body}
		if s.id != sectionCustom || string(r.take(r.unsigned())) != "producers" {
			continue
		}
		for fields := r.unsigned(); fields > 0 && !r.bad; fields-- {
			field := string(r.take(r.unsigned()))
			for values := r.unsigned(); values > 0 && !r.bad; values-- {
				name, version := string(r.take(r.unsigned())), string(r.take(r.unsigned()))
				if field == "language" && name == "Go" && !r.bad {
					return version
				}
			}
		}
	}
	return "an unnamed linker"
}

// Vectors counts the vector instructions of a module, whatever linked it; a program without them was built without SIMD.
func Vectors(b []byte) (n int, err error) {
	list, err := sections(b)
	if err != nil {
		return 0, err
	}
	for _, s := range list {
		if s.id != sectionCode {
			continue
		}
		all, err := functions(s.body)
		if err != nil {
			return 0, err
		}
		for _, f := range all {
			code, _ := decode(f.code) // what cannot be read is not counted
			for _, i := range code {
				if i.op >= opV128Load {
					n++
				}
			}
		}
	}
	return n, nil
}

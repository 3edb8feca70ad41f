// Package relink rewrites a WebAssembly program that Go's linker made so that it does the same in fewer instructions.
//
// Go's back end leaves some things undone that V8 does not make up for: constants are added to the addresses of floats
// and vectors instead of standing in the access (fold), a number is loaded and then spread over a vector (splat),
// every jump goes through a table of the function's blocks, also one ahead (jumps), into a loop (entries) and every turn of
// it (loops), and a slice is copied by a call out of the program (copies). None of the changes touches a floating-point
// operation or their order, so every result keeps its bits.
//
// Only the code section is written anew, and in it only functions in which something was found; a function with an
// instruction that this package does not know stays as it is. Nothing in a Go program points into the code section.
// Notation and numbers are those of the WebAssembly core specification, release 2.0.
package relink

import (
	"fmt"
	"slices"
	"strings"
)

// known are the releases of Go whose programs this package was tried on, by its tests: it reads what their linker writes, and
// what it takes for granted of a program's memory and calls holds for them. Another release joins when the tests pass with it.
var known = []string{"go1.27.4"}

// UnknownError says that a program comes from a release of Go that is not known here.
type UnknownError struct{ Version string }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("relink does not know the programs of %s, only those of %s", e.Version, strings.Join(known, ", "))
}

// Counts are the places that were rewritten.
type Counts struct {
	Offsets int // constants moved into the offset of a load or store
	Splats  int // loads that spread their number over a vector
	Loops   int // loops that go round without the table of blocks
	Entries int // loops that begin without it
	Jumps   int // jumps ahead past it
	Copies  int // short pieces of memory that are copied or cleared by plain accesses
	Nops    int // instructions that do nothing, by which Go marks an inlined call
	Unread  int // functions that could not be read
}

// Each calls f with every count of places and its name.
func (c Counts) Each(f func(name string, n int)) {
	for _, e := range []struct {
		name string
		n    int
	}{
		{"offsets", c.Offsets}, {"splats", c.Splats}, {"loops", c.Loops}, {"entries", c.Entries}, {"jumps", c.Jumps}, {"copies", c.Copies}, {"nops", c.Nops},
	} {
		f(e.name, e.n)
	}
}

// Rewrite returns the module b rewritten. The program of a release of Go that is not known is an *UnknownError.
func Rewrite(b []byte) ([]byte, Counts, error) {
	var counts Counts
	list, err := sections(b)
	if err != nil {
		return nil, counts, err
	}
	if version := producer(list); !slices.Contains(known, version) {
		return nil, counts, &UnknownError{version}
	}
	for k := range list {
		if list[k].id != sectionCode {
			continue
		}
		functions, err := functions(list[k].body)
		if err != nil {
			return nil, counts, err
		}
		for i := range functions {
			functions[i].rewrite(&counts)
		}
		list[k].body = encodeFunctions(functions)
	}
	return encodeModule(list), counts, nil
}

// goCode reports whether a function follows Go's convention, which begins with a copy of the stack pointer and has one
// parameter, the number of the block to start with. The few that do not are the runtime's own.
func goCode(code []instruction) bool {
	return len(code) > 1 && code[0].op == opGlobalGet && code[0].x == 0 && code[1].op == opLocalSet && code[1].x == 1
}

// rewrite improves one function.
func (f *function) rewrite(counts *Counts) {
	code, err := decode(f.code)
	if err != nil {
		counts.Unread++
		return
	}
	before := *counts
	locals := f.whole[:len(f.whole)-len(f.code)]
	if goCode(code) {
		code = copies(code, 1+int64(f.locals), counts)
	}
	if counts.Copies != before.Copies {
		locals = f.withLocals(2)
	}
	code = withoutNops(code, counts)
	code = fold(code, counts)
	code = splat(code, counts)
	code = jumps(code, counts)
	code = entries(code, counts)
	code = loops(code, counts)
	if *counts != before {
		f.whole = encodeAll(code, append([]byte(nil), locals...))
	}
}

package main

import "bytes"

// shapes of the tiles: rows by vectors of outputs that are accumulated in registers. A browser on amd64 has 15 vector
// registers for WebAssembly: 5 x 2 accumulators, two vectors of b, one spread element of a and a product fit; 6 x 2
// spills and runs at three quarters of the speed. Natively both are as fast. A single row is for rowVector.
var shapes = [][2]int{{5, 2}, {6, 1}}

// unroll is how many k one turn of the inner loop takes: WebAssembly code made by Go jumps back through a table.
const unroll = 8

func tiles(w *bytes.Buffer) {
	w.WriteString(`import (
	"simd"
	"unsafe"
)

`)
	for _, s := range shapes {
		tile(w, s[0], s[1], false)
	}
	tile(w, shapes[0][0], shapes[0][1], true)
}

// tile writes one function. Every pointer stays within its matrix; what runs is an integer offset to it, for
// the garbage collector may look at any moment. In a packed tile the elements of a row of a, and the rows of a panel
// of b, lie side by side: then the distances within a turn are constants, which cost nothing.
func tile(w *bytes.Buffer, rows, vectors int, packed bool) {
	name, which := f("tile%dx%d", rows, vectors), ""
	if packed {
		name, which = "packed"+name[len("tile"):], ", with aStep of one element and b packed"
	}
	row := func(r int) string { return f("r%d", r) }
	w.WriteString(f("// %s computes p's product in tiles of %d rows by %d vectors%s.\n", name, rows, vectors, which))
	w.WriteString(f("//\n//go:nocheckptr\nfunc %s(p *product) {\n", name))
	w.WriteString("v := simd.BroadcastFloat32s(0).Len() * 4\n")
	if rows > 1 {
		w.WriteString("last := p.rows - 1\n")
	}
	w.WriteString(f("for r0 := 0; r0 < p.rows; r0 += %d {\n", rows))
	if rows > 1 {
		w.WriteString("// Rows past the end repeat the last one: they compute and store the same bits.\n")
	}
	for r := 1; r < rows; r++ {
		w.WriteString(f("r%d := min(r0+%d, last)\n", r, r))
	}
	for r := range rows {
		w.WriteString(f("a%d := unsafe.Add(p.a, %s*p.aRow)\n", r, row(r)))
		w.WriteString(f("s%d := unsafe.Add(p.start, int(uint(%s)/uint(p.startRepeat))*p.startRow)\n", r, row(r)))
	}
	w.WriteString(f("for panel := range p.panels {\n"))
	w.WriteString("first, column := panel*p.startPanel, panel*" + f("%d*v\n", vectors))
	for r := range rows {
		for c := range vectors {
			w.WriteString(f("c%d%d := simd.LoadFloat32s(floats(s%d, first+%d*v))\n", r, c, r, c))
		}
	}
	w.WriteString("b0 := unsafe.Add(p.b, panel*p.bPanel)\n")
	if packed {
		packedSum(w, rows, vectors)
	} else {
		sum(w, rows, vectors)
	}
	w.WriteString("d := unsafe.Add(p.dst, column)\n")
	for r := range rows {
		w.WriteString(f("d%d := unsafe.Add(d, %s*p.dstRow)\n", r, row(r)))
		for c := range vectors {
			w.WriteString(f("c%d%d.Store(floats(d%d, %d*v))\n", r, c, r, c))
		}
	}
	w.WriteString("}\n}\n}\n\n")
}

// sum writes the loops over k for any steps.
func sum(w *bytes.Buffer, rows, vectors int) {
	for c := 1; c < vectors; c++ {
		w.WriteString(f("b%d := unsafe.Add(b0, %d*v)\n", c, c))
	}
	step := each(vectors, func(c int) string { return f("y%d = simd.LoadFloat32s(floats(b%d, j))\n", c, c) }) +
		each(rows, func(r int) string {
			return f("x = simd.BroadcastFloat32s(float(a%d, i))\n", r) + outer(r, vectors)
		}) + "i, j = next(i, aStep), next(j, bStep)\n"
	w.WriteString("var x" + each(vectors, func(c int) string { return f(", y%d", c) }) + " simd.Float32s\n")
	w.WriteString("i, j, aStep, bStep := 0, 0, p.aStep, p.bStep\n")
	w.WriteString(f("for n := p.inner / %d; n > 0; n-- {\n", unroll))
	w.WriteString(each(unroll, func(int) string { return step }))
	w.WriteString("}\n")
	w.WriteString(f("for n := p.inner %% %d; n > 0; n-- {\n%s}\n", unroll, step))
}

// packedSum writes the loop over k for constant steps, and then what is left of k by halves.
func packedSum(w *bytes.Buffer, rows, vectors int) {
	w.WriteString("var x" + each(vectors, func(c int) string { return f(", y%d", c) }) + " simd.Float32s\n")
	turn := func(n int) string {
		return each(rows, func(r int) string { return f("e%d := unsafe.Add(a%d, i)\n", r, r) }) + "t := unsafe.Add(b0, j)\n" +
			each(n, func(k int) string {
				return each(vectors, func(c int) string { return f("y%d = simd.LoadFloat32s(floats(t, %d*v))\n", c, k*vectors+c) }) +
					each(rows, func(r int) string {
						return f("x = simd.BroadcastFloat32s(float(e%d, %d*floatSize))\n", r, k) + outer(r, vectors)
					})
			}) + f("i, j = next(i, %d*floatSize), next(j, %d*v)\n", n, n*vectors)
	}
	w.WriteString("i, j := 0, 0\n")
	w.WriteString(f("for n := p.inner / %d; n > 0; n-- {\n%s}\n", unroll, turn(unroll)))
	for n := unroll / 2; n > 0; n /= 2 {
		w.WriteString(f("if p.inner&%d != 0 {\n%s}\n", n, turn(n)))
	}
}

// outer adds row r's share of one k.
func outer(r, vectors int) string {
	return each(vectors, func(c int) string { return f("c%d%d = x.Mul(y%d).Add(c%d%d)\n", r, c, c, r, c) })
}

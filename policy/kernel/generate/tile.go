package main

import "bytes"

// shapes of the tiles: rows by vectors of outputs that are accumulated in registers. A browser on amd64 has 15 vector
// registers for WebAssembly: 5 x 2 accumulators, two vectors of b, one spread element of a and a product fit; 6 x 2
// spills and runs at three quarters of the speed. Natively both are as fast. A single row is for rowVector.
var shapes = [][2]int{{5, 2}, {6, 1}}

// unroll is how many k one turn of the inner loop takes, and packedUnroll those of a packed tile in the browser. There the
// last of a turn is slow: the compiler computes all products of a block before those sums that only the next turn wants, and
// has no registers for both. With 8 the product 1024x128x128 took 1.14 times as long; natively 32 takes 1.2 times as long as 8.
const (
	unroll       = 8
	packedUnroll = 32
)

const imports = "import (\n\"simd\"\n\"unsafe\"\n)\n\n"

func tiles(w *bytes.Buffer) {
	w.WriteString(imports)
	for _, s := range shapes {
		tile(w, f("tile%dx%d", s[0], s[1]), "", s[0], s[1], sum)
	}
}

// packed writes the first of the shapes for rows of a, and panels of b, whose elements lie side by side.
func packed(w *bytes.Buffer, unroll int) {
	w.WriteString(imports)
	rows, vectors := shapes[0][0], shapes[0][1]
	tile(w, f("packed%dx%d", rows, vectors), ", with aStep of one element and b packed", rows, vectors, func(w *bytes.Buffer, rows, vectors int) {
		packedSum(w, rows, vectors, unroll)
	})
}

// tile writes one function, in which sum writes the loops over k. Every pointer stays within its matrix; what runs is an
// integer offset to it, for the garbage collector may look at any moment. In a packed tile the elements of a row of a, and the
// rows of a panel of b, lie side by side: then the distances within a turn are constants, which cost nothing.
func tile(w *bytes.Buffer, name, which string, rows, vectors int, sum func(w *bytes.Buffer, rows, vectors int)) {
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
	sum(w, rows, vectors)
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
func packedSum(w *bytes.Buffer, rows, vectors, unroll int) {
	w.WriteString("var x" + each(vectors, func(c int) string { return f(", y%d", c) }) + " simd.Float32s\n")
	turn := func(n int) string {
		return each(rows, func(r int) string { return f("e%d := unsafe.Add(a%d, i)\n", r, r) }) + "t := unsafe.Add(b0, j)\n" +
			each(n, func(k int) string {
				return each(vectors, func(c int) string { return f("y%d = simd.LoadFloat32s(floats(t, %d*v))\n", c, k*vectors+c) }) +
					each(rows, func(r int) string {
						return f("x = simd.BroadcastFloat32s(float(e%d, %d*floatSize))\n", r, k) + outer(r, vectors)
					})
			})
	}
	next := func(n int) string { return f("i, j = next(i, %d*floatSize), next(j, %d*v)\n", n, n*vectors) }
	w.WriteString("i, j := 0, 0\n")
	w.WriteString(f("for n := p.inner / %d; n > 0; n-- {\n%s}\n", unroll, turn(unroll)+next(unroll)))
	for n := unroll / 2; n > 1; n /= 2 {
		w.WriteString(f("if p.inner&%d != 0 {\n%s}\n", n, turn(n)+next(n)))
	}
	w.WriteString("if p.inner&1 != 0 {\n" + turn(1) + "}\n")
}

// outer adds row r's share of one k.
func outer(r, vectors int) string {
	return each(vectors, func(c int) string { return f("c%d%d = x.Mul(y%d).Add(c%d%d)\n", r, c, c, r, c) })
}

package main

import "bytes"

// blocks are how many rows of b stream past the sums at once: the more, the more rarely the sums are fetched and put
// back. What is left of the inner index goes by four and one by one.
var blocks = []int{16, 4, 1}

// strips are how many vectors of sums one turn of the loop over columns takes. They overlap in time: a sum waits for the
// one before it, and with four side by side a pass of a state took 7 % longer than with eight.
var strips = []int{8, 4, 1}

// rows writes the product of a single row, as one action is computed with. Tiles would read b down its columns, a
// cache line from each row; here whole rows of b are read as they lie in memory, and the sums go through dst. One
// pointer walks from row to row, and each element of a is fetched in its row: neither would stay in registers.
func rows(w *bytes.Buffer) {
	w.WriteString(`import (
	"simd"
	"unsafe"
)

// rowVector computes dst += a b for one row, the first width bytes of it: a is aStep bytes from element to element,
// b bRow bytes from row to row.
//
//go:nocheckptr
func rowVector(dst, a, b unsafe.Pointer, inner, width, aStep, bRow int) {
v := simd.BroadcastFloat32s(0).Len() * floatSize
`)
	for _, size := range blocks {
		block(w, size)
	}
	w.WriteString("}\n")
	pair(w)
}

// pair writes the product of a row with few columns, as a policy's last layer has: two chains of sums side by side, since
// each sum waits for the one before it.
func pair(w *bytes.Buffer) {
	w.WriteString(`
// rowPair computes dst += a b for one row of one to two vectors: the first of them, and the last, which begins apart bytes
// behind it and may overlap it.
//
//go:nocheckptr
func rowPair(dst, a, b unsafe.Pointer, inner, apart, aStep, bRow int) {
c0, c1 := simd.LoadFloat32s(floats(dst, 0)), simd.LoadFloat32s(floats(dst, apart))
`)
	for _, size := range []int{8, 1} {
		w.WriteString(f("for ; inner >= %d; inner -= %d {\nt := b\n", size, size))
		for r := range size {
			w.WriteString(f("x%d := simd.BroadcastFloat32s(float(a, %d*aStep))\n", r, r))
			w.WriteString(f("c0 = x%d.Mul(simd.LoadFloat32s(floats(t, 0))).Add(c0)\n", r))
			w.WriteString(f("c1 = x%d.Mul(simd.LoadFloat32s(floats(t, apart))).Add(c1)\n", r))
			w.WriteString("t = below(t, bRow)\n")
		}
		w.WriteString(f("a, b = unsafe.Add(a, %d*aStep), t\n}\n", size))
	}
	w.WriteString("c0.Store(floats(dst, 0))\nc1.Store(floats(dst, apart))\n}\n")
}

// block writes the loop over so many rows of b at a time.
func block(w *bytes.Buffer, size int) {
	w.WriteString(f("for ; inner >= %d; inner -= %d {\n", size, size))
	w.WriteString("j := 0\n")
	for _, wide := range strips {
		w.WriteString(f("for ; j+%d*v <= width; j += %d*v {\n", wide, wide))
		w.WriteString("d, s, t := unsafe.Add(dst, j), a, unsafe.Add(b, j)\n")
		for c := range wide {
			w.WriteString(f("c%d := simd.LoadFloat32s(floats(d, %d*v))\n", c, c))
		}
		for r := range size {
			if r > 0 {
				w.WriteString("s, t = below(s, aStep), below(t, bRow)\n")
			}
			w.WriteString(f("x%d := simd.BroadcastFloat32s(float(s, 0))\n", r))
			for c := range wide {
				w.WriteString(f("c%d = x%d.Mul(simd.LoadFloat32s(floats(t, %d*v))).Add(c%d)\n", c, r, c, c))
			}
		}
		for c := range wide {
			w.WriteString(f("c%d.Store(floats(d, %d*v))\n", c, c))
		}
		w.WriteString("}\n")
	}
	w.WriteString(f("a, b = unsafe.Add(a, %d*aStep), unsafe.Add(b, %d*bRow)\n}\n", size, size))
}

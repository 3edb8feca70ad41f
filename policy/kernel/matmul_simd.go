//go:build goexperiment.simd && go1.27

package kernel

import (
	"simd"
	"unsafe"
)

// product describes dst = start + a b to the tiles. Steps are in bytes; a may be transposed, b packed.
type product struct {
	dst, start, a, b     unsafe.Pointer
	rows, inner, panels  int      // a panel is as many columns as a tile has
	dstRow               int      // from a row of dst to the next
	startRow, startPanel int      // 0 where rows or panels share a start
	startRepeat          int      // so many rows of dst have the same row of start
	aRow, aStep          int      // from a row of a to the next, from one inner index to the next
	bPanel, bStep        int      // from a panel of b to the next, from one inner index to the next
	pair                 *product // one more with the same rows and the same b, nil for none
}

// factor is the right-hand side of a product as it is stored: data [inner, cols], or [cols, inner] to be transposed.
type factor struct {
	data       []float32
	stride     int
	transposed bool
}

const (
	floatSize = 4 // bytes

	// packRows is from how many rows on b is copied into panels. Its own rows would do, but where they are a
	// multiple of 512 bytes apart a column of b falls into few sets of the first cache.
	packRows = 24

	// tailRows rows at a time go through scratch where dst ends within a vector.
	tailRows = margin / maxLanes
	tailLen  = margin
)

// zeros is what a product without a start begins with.
var zeros [4 * maxLanes]float32

// matMulVector computes dst = start + a b, or dst = start + a' b with transposeA, where T allows it.
func matMulVector[T Float](dst, start, a, b Mat[T], transposeA bool, scratch []T) bool {
	if !vectors[T]() {
		return false
	}
	p := newProduct(dst, a, b.Rows)
	if transposeA {
		p.aRow, p.aStep = p.aStep, p.aRow
	}
	begin(&p, dst, start)
	p.columns(dst.Cols, factor{single(b.Data), b.Stride, false}, single(scratch))
	return true
}

// matMulPairVector computes the products of MatMulPair where T allows it.
func matMulPairVector[T Float](dst, start, a, dstTan, startTan, aTan, b Mat[T], scratch []T) bool {
	if !vectors[T]() {
		return false
	}
	p, tan := newProduct(dst, a, b.Rows), newProduct(dstTan, aTan, b.Rows)
	begin(&p, dst, start)
	begin(&tan, dstTan, startTan)
	p.pair = &tan
	p.columns(dst.Cols, factor{single(b.Data), b.Stride, false}, single(scratch))
	return true
}

// begin notes where the accumulators start.
func begin[T Float](p *product, dst, start Mat[T]) {
	switch s := pointer(single(start.Data)); {
	case start.Rows == 0:
		p.start = unsafe.Pointer(&zeros)
	case start.Rows == 1:
		p.start, p.startPanel = s, floatSize
	case dst.Cols%lanes == 0:
		p.start, p.startRow, p.startPanel = s, start.Stride*floatSize, floatSize
		p.startRepeat = start.every(dst.Rows)
	default: // the last columns, which do not fill a vector, find their start in dst
		if s != p.dst || start.Stride != dst.Stride {
			spread(dst, start)
		}
		p.start, p.startRow, p.startPanel = p.dst, p.dstRow, floatSize
	}
}

// matMulTVector computes dst = a b' where T allows it.
func matMulTVector[T Float](dst, a, b Mat[T], scratch []T) bool {
	if !vectors[T]() {
		return false
	}
	p := newProduct(dst, a, b.Cols)
	p.start = unsafe.Pointer(&zeros)
	p.columns(dst.Cols, factor{single(b.Data), b.Stride, true}, single(scratch))
	return true
}

func newProduct[T Float](dst, a Mat[T], inner int) product {
	return product{
		dst: pointer(single(dst.Data)), dstRow: dst.Stride * floatSize, rows: dst.Rows, inner: inner,
		a: pointer(single(a.Data)), aRow: a.Stride * floatSize, aStep: floatSize, startRepeat: 1,
	}
}

// columns computes all n columns: in tiles as wide as possible, then a vector at a time, then what is left.
func (p *product) columns(n int, b factor, scratch []float32) {
	if p.rows == 0 {
		return
	}
	if p.rows == 1 && !b.transposed {
		for r := p; r != nil; r = r.pair {
			r.single(n, b)
		}
		return
	}
	from := p.across(0, n, 2, b, scratch)
	from = p.across(from, n, 1, b, scratch)
	if from < n {
		p.tail(from, n, b, scratch)
	}
}

// single computes a product of one row from the rows of b as they lie in memory. Columns that do not fill a vector are
// computed in one that begins within the columns before them; where there are none, in plain code.
func (p *product) single(n int, b factor) {
	dst := unsafe.Slice((*float32)(p.dst), n)
	if p.startPanel == 0 {
		clear(dst)
	} else if p.start != p.dst {
		copy(dst, unsafe.Slice((*float32)(p.start), n))
	}
	if lanes < n && n < 2*lanes && p.inner > 0 {
		rowPair(p.dst, p.a, pointer(b.data), p.inner, (n-lanes)*floatSize, p.aStep, b.stride*floatSize)
		return
	}
	done := n - n%lanes
	if 0 < done && done < n && p.inner > 0 {
		var last [maxLanes]float32
		first := n - lanes
		copy(last[:], dst[first:])
		rowVector(unsafe.Pointer(&last), p.a, pointer(b.data[first:]), p.inner, lanes*floatSize, p.aStep, b.stride*floatSize)
		copy(dst[done:], last[done-first:])
	}
	if done > 0 {
		rowVector(p.dst, p.a, pointer(b.data), p.inner, done*floatSize, p.aStep, b.stride*floatSize)
		return
	}
	if p.inner > 0 {
		rest := Mat[float32]{Data: b.data, Rows: p.inner, Cols: n, Stride: b.stride}
		step := p.aStep / floatSize
		accumulate(dst, unsafe.Slice((*float32)(p.a), (p.inner-1)*step+1), step, rest)
	}
}

// across computes columns in whole panels of so many vectors and returns where they end.
func (p *product) across(from, n, vectors int, b factor, scratch []float32) (end int) {
	width := vectors * lanes
	panels := (n - from) / width
	if panels == 0 {
		return from
	}
	end = from + panels*width
	var at unsafe.Pointer
	var step, panel int
	if b.transposed || p.rows >= packRows {
		b.pack(scratch, p.inner, from, end, width)
		at, step, panel = pointer(scratch), width*floatSize, p.inner*width*floatSize
	} else {
		at, step, panel = pointer(b.data[min(from, len(b.data)):]), b.stride*floatSize, width*floatSize
	}
	for r := p; r != nil; r = r.pair {
		q := *r
		q.panels, q.b, q.bStep, q.bPanel = panels, at, step, panel
		q.dst = unsafe.Add(r.dst, from*floatSize)
		q.start, q.startPanel = unsafe.Add(r.start, from*r.startPanel), width*r.startPanel
		q.run(vectors)
	}
	return end
}

// run computes panels of so many vectors.
func (p *product) run(vectors int) {
	switch {
	case vectors == 1:
		tile6x1(p)
	case p.aStep == floatSize && p.bStep == vectors*lanes*floatSize:
		packed5x2(p)
	default:
		tile5x2(p)
	}
}

// tail computes the columns from up to n, fewer than a vector has, in scratch.
func (p *product) tail(from, n int, b factor, scratch []float32) {
	b.pack(scratch, p.inner, from, n, lanes)
	for r := p; r != nil; r = r.pair {
		r.tailOf(from, n, scratch)
	}
}

// tailOf is tail for one product and packed columns.
func (p *product) tailOf(from, n int, scratch []float32) {
	out := scratch[len(scratch)-tailLen:]
	q := *p
	q.b, q.bStep, q.panels, q.dst, q.dstRow = pointer(scratch), lanes*floatSize, 1, pointer(out), lanes*floatSize
	var row [maxLanes]float32 // of a start that all rows share
	if p.startRow != 0 {
		q.start, q.startRow = q.dst, q.dstRow
	} else if p.startPanel != 0 {
		copy(row[:], unsafe.Slice((*float32)(p.start), n)[from:])
		q.start = unsafe.Pointer(&row)
	}
	for first := 0; first < p.rows; first += tailRows {
		q.rows = min(tailRows, p.rows-first)
		q.a = unsafe.Add(p.a, first*p.aRow)
		dst, stride := unsafe.Add(p.dst, first*p.dstRow+from*floatSize), p.dstRow/floatSize
		columns := unsafe.Slice((*float32)(dst), (q.rows-1)*stride+n-from)
		if p.startRow != 0 {
			copyColumns(out, columns, q.rows, n-from, lanes, stride)
		}
		q.run(1)
		copyColumns(columns, out, q.rows, n-from, stride, lanes)
	}
}

// copyColumns copies the first cols columns of rows rows.
func copyColumns(dst, src []float32, rows, cols, dstStride, srcStride int) {
	for i := range rows {
		copy(dst[i*dstStride:][:cols], src[i*srcStride:][:cols])
	}
}

// pack writes the columns [from, to) as panels [inner, width] one behind the other, the last padded with zeros.
func (b factor) pack(dst []float32, inner, from, to, width int) {
	switch {
	case b.transposed:
		b.transpose(dst, inner, from, to, width)
	case (to-from)%width == 0 && inner > 0:
		packVectors(pointer(dst), pointer(b.data[from:]), inner, b.stride*floatSize, (to-from)/width, width*floatSize)
	default:
		clear(dst[:inner*width])
		for k := range inner {
			copy(dst[k*width:], b.data[k*b.stride:][from:to])
		}
	}
}

// transpose is pack for a factor that is stored by columns.
func (b factor) transpose(dst []float32, inner, from, to, width int) {
	if rest := (to - from) % width; rest != 0 {
		clear(dst[(to-from-rest)*inner:][:inner*width])
	}
	i := from
	for ; i+4 <= to; i += 4 { // lanes are multiples of four: four columns lie in one panel
		d := dst[(i-from)/width*inner*width:][:inner*width]
		r0, r1, r2, r3 := b.row(i, inner), b.row(i+1, inner), b.row(i+2, inner), b.row(i+3, inner)
		r1, r2, r3 = r1[:len(r0)], r2[:len(r0)], r3[:len(r0)]
		at := (i - from) % width
		for k, v := range r0 {
			q := d[at : at+4 : at+4]
			q[0], q[1], q[2], q[3] = v, r1[k], r2[k], r3[k]
			at += width
		}
	}
	for ; i < to; i++ {
		d, at := dst[(i-from)/width*inner*width:][:inner*width], (i-from)%width
		for _, v := range b.row(i, inner) {
			d[at] = v
			at += width
		}
	}
}

// row returns a row of the factor as it is stored.
func (b factor) row(i, inner int) []float32 { return b.data[i*b.stride:][:inner] }

// packVectors copies panels of one or two vectors, width bytes, out of the rows of b, which are stride bytes apart.
//
//go:nocheckptr
func packVectors(dst, b unsafe.Pointer, inner, stride, panels, width int) {
	v := simd.BroadcastFloat32s(0).Len() * floatSize
	second := width - v // 0: the first once more
	to := 0
	for panel := range panels {
		from := panel * width
		for k := 0; k < inner; k++ { // the compiler does not copy a bare range over vectors
			y0, y1 := simd.LoadFloat32s(floats(b, from)), simd.LoadFloat32s(floats(b, from+second))
			y0.Store(floats(dst, to))
			y1.Store(floats(dst, to+second))
			from += stride
			to += width
		}
	}
}

package kernel

// ScratchLen returns the scratch that the products need whose right-hand factor (as it is stored) is [rows, cols].
func ScratchLen(rows, cols int) int { return roundUp(rows, panel)*roundUp(cols, panel) + margin }

// panel is the width to which vector code packs the right-hand factor.
const panel = 16

// margin is the scratch for the columns that do not fill a vector.
const margin = 96 * panel

func roundUp(n, to int) int { return (n + to - 1) / to * to }

// MatMul writes
//
//	dst = start + a b,   dst [m,n], a [m,k], b [k,n]
//
// where start [m/r, n] gives each of its rows to r consecutive rows of dst: one row is a bias, none is zero, and
// dst itself accumulates. dst must not overlap a or b. scratch holds ScratchLen(k, n). A single column is summed as
// dot says.
func MatMul[T Float](dst, start, a, b Mat[T], scratch []T) {
	mustFitMatMul(dst, start, a, b, scratch)
	if dst.Cols == 1 {
		matVec(dst, start, a, b.Data, b.Stride, scratch)
		return
	}
	if matMulVector(dst, start, a, b, false, scratch) {
		return
	}
	spread(dst, start)
	for i := range dst.Rows {
		accumulate(dst.Row(i), a.Row(i), 1, b)
	}
}

// MatMulPair writes a product and its tangent in one pass over b:
//
//	dst = start + a b,   dstTan = startTan + aTan b
//
// with the bits of two calls of MatMul.
func MatMulPair[T Float](dst, start, a, dstTan, startTan, aTan, b Mat[T], scratch []T) {
	if dst.Rows == dstTan.Rows && dst.Cols > 1 {
		mustFitMatMul(dst, start, a, b, scratch)
		mustFitMatMul(dstTan, startTan, aTan, b, scratch)
		if matMulPairVector(dst, start, a, dstTan, startTan, aTan, b, scratch) {
			return
		}
	}
	MatMul(dst, start, a, b, scratch)
	MatMul(dstTan, startTan, aTan, b, scratch)
}

func mustFitMatMul[T Float](dst, start, a, b Mat[T], scratch []T) {
	if dst.Rows != a.Rows || a.Cols != b.Rows || dst.Cols != b.Cols {
		panic("kernel: MatMul of shapes that do not fit")
	}
	mustHold(scratch, b)
	mustSpread(dst, start)
}

// MatMulT writes
//
//	dst = a b',   dst [m,n], a [m,k], b [n,k]
//
// by MatMul with a transposed copy of b. scratch holds ScratchLen(n, k).
func MatMulT[T Float](dst, a, b Mat[T], scratch []T) {
	if dst.Rows != a.Rows || a.Cols != b.Cols || dst.Cols != b.Rows {
		panic("kernel: MatMulT of shapes that do not fit")
	}
	mustHold(scratch, b)
	if dst.Cols == 1 {
		matVec(dst, Mat[T]{}, a, b.Data, 1, scratch)
		return
	}
	if matMulTVector(dst, a, b, scratch) {
		return
	}
	bt := Matrix(scratch, b.Cols, b.Rows)
	for i := range b.Rows {
		for j, v := range b.Row(i) {
			bt.Data[j*bt.Stride+i] = v
		}
	}
	for i := range dst.Rows {
		row := dst.Row(i)
		clear(row)
		accumulate(row, a.Row(i), 1, bt)
	}
}

// TMatMul accumulates
//
//	dst += a' b,   dst [k,n], a [m,k], b [m,n]
//
// the gradient of a weight from a layer's inputs a and its cotangents b. scratch holds ScratchLen(m, n).
func TMatMul[T Float](dst, a, b Mat[T], scratch []T) {
	if dst.Rows != a.Cols || a.Rows != b.Rows || dst.Cols != b.Cols {
		panic("kernel: TMatMul of shapes that do not fit")
	}
	mustHold(scratch, b)
	if a.Rows == 0 {
		return
	}
	if dst.Cols == 1 && dst.Stride == 1 { // the same sums with the sides exchanged: a row instead of a column
		a, b = b, a
		dst.Rows, dst.Cols, dst.Stride = 1, dst.Rows, dst.Rows
	}
	if matMulVector(dst, dst, a, b, true, scratch) {
		return
	}
	for i := range dst.Rows {
		accumulate(dst.Row(i), a.Data[i:], a.Stride, b)
	}
}

func mustHold[T Float](scratch []T, b Mat[T]) {
	if len(scratch) < ScratchLen(b.Rows, b.Cols) {
		panic("kernel: scratch is too short")
	}
}

// mustSpread checks the shape of a start.
func mustSpread[T Float](dst, start Mat[T]) {
	if start.Rows == 0 {
		return
	}
	if start.Cols != dst.Cols {
		panic("kernel: a start row of another width")
	}
	start.every(dst.Rows)
}

// spread writes start's rows over dst's, see MatMul.
func spread[T Float](dst, start Mat[T]) {
	if start.Rows == 0 {
		for i := range dst.Rows {
			clear(dst.Row(i))
		}
		return
	}
	every := start.every(dst.Rows)
	done := spreadWhole(dst, start)
	if done == dst.Cols {
		return
	}
	for i := range dst.Rows {
		copy(dst.Row(i)[done:], start.Row(i / every)[done:])
	}
}

// accumulate adds the row vector a b to dst [n] in ascending order of k, four rows of b [k,n] at a time;
// a's elements stand step apart.
func accumulate[T Float](dst, a []T, step int, b Mat[T]) {
	k := 0
	for ; k+4 <= b.Rows; k += 4 {
		a0, a1, a2, a3 := a[k*step], a[(k+1)*step], a[(k+2)*step], a[(k+3)*step]
		b0, b1, b2, b3 := b.Row(k)[:len(dst)], b.Row(k + 1)[:len(dst)], b.Row(k + 2)[:len(dst)], b.Row(k + 3)[:len(dst)]
		for j, v := range dst {
			v += T(a0 * b0[j])
			v += T(a1 * b1[j])
			v += T(a2 * b2[j])
			v += T(a3 * b3[j])
			dst[j] = v
		}
	}
	for ; k < b.Rows; k++ {
		a0, b0 := a[k*step], b.Row(k)[:len(dst)]
		for j, v := range dst {
			dst[j] = v + T(a0*b0[j])
		}
	}
}

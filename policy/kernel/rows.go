package kernel

// AddRows writes dst = a + b, where a [m/r, n] and b [m/q, n] give each of their rows to r and q consecutive rows
// of dst [m,n]. dst may be a or b.
func AddRows[T Float](dst, a, b Mat[T]) {
	if dst.Cols != a.Cols || dst.Cols != b.Cols {
		panic("kernel: AddRows of different widths")
	}
	aEvery, bEvery := a.every(dst.Rows), b.every(dst.Rows)
	done := addRowsWhole(dst, a, b, aEvery, bEvery)
	if done == dst.Cols {
		return
	}
	for i := range dst.Rows {
		row, x, y := dst.Row(i)[done:], a.Row(i / aEvery)[done:], b.Row(i / bEvery)[done:]
		for j := range row {
			row[j] = x[j] + y[j]
		}
	}
}

// SumRows accumulates groups of consecutive rows: row i of dst [m/r, n] gets the sum of rows i r to (i+1) r - 1 of
// a [m,n] added, one by one in ascending order.
func SumRows[T Float](dst, a Mat[T]) {
	if dst.Cols != a.Cols {
		panic("kernel: SumRows of different widths")
	}
	every := dst.every(a.Rows)
	done := sumRowsWhole(dst, a, every)
	if done == dst.Cols {
		return
	}
	for i := range a.Rows {
		row, x := dst.Row(i / every)[done:], a.Row(i)[done:]
		for j, v := range x {
			row[j] += v
		}
	}
}

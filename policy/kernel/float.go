package kernel

import "unsafe"

// Float is the element type of the networks: float32 to train and to act, float64 to check.
type Float interface{ ~float32 | ~float64 }

// Lanes returns how many float32 are computed side by side: 1 is plain Go.
func Lanes() int { return lanes }

// isSingle reports whether T is 4 bytes wide, known when T's code is compiled.
func isSingle[T Float]() bool { return unsafe.Sizeof(T(0)) == 4 }

// Mat is a view of a row-major matrix: element (i, j) is Data[i*Stride+j].
type Mat[T Float] struct {
	Data               []T
	Rows, Cols, Stride int
}

// Matrix returns the view of data [rows*cols] as a dense matrix. It panics where data is too short.
func Matrix[T Float](data []T, rows, cols int) Mat[T] {
	if rows < 0 || cols < 0 || len(data) < rows*cols {
		panic("kernel: data is shorter than its matrix")
	}
	return Mat[T]{Data: data[:rows*cols], Rows: rows, Cols: cols, Stride: cols}
}

// Row returns row i, [Cols].
func (m Mat[T]) Row(i int) []T { return m.Data[i*m.Stride:][:m.Cols] }

// SubRows returns the view of rows [from, to).
func (m Mat[T]) SubRows(from, to int) Mat[T] {
	if from < 0 || to < from || to > m.Rows {
		panic("kernel: rows outside of the matrix")
	}
	m.Rows = to - from
	if m.Rows > 0 {
		m.Data = m.Data[from*m.Stride:]
	}
	return m
}

// every returns how many consecutive rows share a row of m when it is spread over rows rows.
func (m Mat[T]) every(rows int) int {
	if m.Rows == 0 || rows%m.Rows != 0 {
		panic("kernel: rows cannot be shared out evenly")
	}
	return max(rows/m.Rows, 1)
}

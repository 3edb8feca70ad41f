//go:build goexperiment.simd && go1.27

package kernel

import (
	"simd"
	"unsafe"
)

// grid is a matrix to the loops over rows of vectors: where it begins and how many bytes its rows are apart; each
// row serves repeat rows of the result.
type grid struct {
	at          unsafe.Pointer
	row, repeat int
}

func gridOf[T Float](m Mat[T], repeat int) grid {
	return grid{pointer(single(m.Data)), m.Stride * floatSize, repeat}
}

// spreadWhole is spread for whole vectors of columns.
func spreadWhole[T Float](dst, start Mat[T]) (done int) {
	done = whole[T](dst.Cols)
	if done > 0 && dst.Rows > 0 {
		spreadVector(gridOf(dst, 1), gridOf(start, start.every(dst.Rows)), dst.Rows, done*floatSize)
	}
	return done
}

func addRowsWhole[T Float](dst, a, b Mat[T], aEvery, bEvery int) (done int) {
	done = whole[T](dst.Cols)
	if done > 0 && dst.Rows > 0 {
		addRowsVector(gridOf(dst, 1), gridOf(a, aEvery), gridOf(b, bEvery), dst.Rows, done*floatSize)
	}
	return done
}

func sumRowsWhole[T Float](dst, a Mat[T], every int) (done int) {
	done = whole[T](dst.Cols)
	if done > 0 && a.Rows > 0 {
		sumRowsVector(gridOf(dst, every), gridOf(a, 1), dst.Rows, done*floatSize)
	}
	return done
}

// spreadVector copies the first width bytes of rows.
//
//go:nocheckptr
func spreadVector(dst, a grid, rows, width int) {
	v := simd.BroadcastFloat32s(0).Len() * floatSize
	for i := 0; i < rows; i++ {
		d, x := unsafe.Add(dst.at, i*dst.row), unsafe.Add(a.at, i/a.repeat*a.row)
		for j := 0; j < width; j += v {
			simd.LoadFloat32s(floats(x, j)).Store(floats(d, j))
		}
	}
}

// addRowsVector is AddRows for the first width bytes of rows.
//
//go:nocheckptr
func addRowsVector(dst, a, b grid, rows, width int) {
	v := simd.BroadcastFloat32s(0).Len() * floatSize
	for i := 0; i < rows; i++ {
		d, x, y := unsafe.Add(dst.at, i*dst.row), unsafe.Add(a.at, i/a.repeat*a.row), unsafe.Add(b.at, i/b.repeat*b.row)
		for j := 0; j < width; j += v {
			simd.LoadFloat32s(floats(x, j)).Add(simd.LoadFloat32s(floats(y, j))).Store(floats(d, j))
		}
	}
}

// sumRowsVector is SumRows for the first width bytes of rows, four vectors of a row of dst at a time: their sums
// overlap in time.
//
//go:nocheckptr
func sumRowsVector(dst, a grid, rows, width int) {
	v := simd.BroadcastFloat32s(0).Len() * floatSize
	for i := 0; i < rows; i++ {
		d, x := unsafe.Add(dst.at, i*dst.row), unsafe.Add(a.at, i*dst.repeat*a.row)
		j := 0
		for ; j+4*v <= width; j += 4 * v {
			s0, s1 := simd.LoadFloat32s(floats(d, j)), simd.LoadFloat32s(floats(d, j+v))
			s2, s3 := simd.LoadFloat32s(floats(d, j+2*v)), simd.LoadFloat32s(floats(d, j+3*v))
			for r, at := 0, j; r < dst.repeat; r, at = r+1, at+a.row {
				s0 = s0.Add(simd.LoadFloat32s(floats(x, at)))
				s1 = s1.Add(simd.LoadFloat32s(floats(x, at+v)))
				s2 = s2.Add(simd.LoadFloat32s(floats(x, at+2*v)))
				s3 = s3.Add(simd.LoadFloat32s(floats(x, at+3*v)))
			}
			s0.Store(floats(d, j))
			s1.Store(floats(d, j+v))
			s2.Store(floats(d, j+2*v))
			s3.Store(floats(d, j+3*v))
		}
		for ; j < width; j += v {
			s := simd.LoadFloat32s(floats(d, j))
			for r, at := 0, j; r < dst.repeat; r, at = r+1, at+a.row {
				s = s.Add(simd.LoadFloat32s(floats(x, at)))
			}
			s.Store(floats(d, j))
		}
	}
}

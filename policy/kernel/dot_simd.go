//go:build goexperiment.simd && go1.27

package kernel

import (
	"simd"
	"unsafe"
)

// matVecVector is matVec where T allows it.
func matVecVector[T Float](dst, start, a Mat[T], b []T, step int, scratch []T) bool {
	if !vectors[T]() {
		return false
	}
	x := single(b)
	if step != 1 {
		x = single(scratch)[:a.Cols]
		for k := range x {
			x[k] = float32(b[k*step])
		}
	}
	if a.Rows == 0 {
		return true
	}
	s := grid{unsafe.Pointer(&zeros), 0, 1}
	if start.Rows > 0 {
		s = gridOf(start, start.every(dst.Rows))
	}
	dotVector(gridOf(dst, 1), s, gridOf(a, 1), pointer(x), a.Rows, a.Cols)
	return true
}

// dotVector is dot for the rows of a [rows, inner] and b [inner], as many parts at once as a vector has lanes.
//
//go:nocheckptr
func dotVector(dst, start, a grid, b unsafe.Pointer, rows, inner int) {
	lanes := simd.BroadcastFloat32s(0).Len()
	v, whole := lanes*floatSize, inner/parts*parts*floatSize
	var part [parts]float32
	for i := 0; i < rows; i++ {
		x := unsafe.Add(a.at, i*a.row)
		var p0, p1, p2, p3 simd.Float32s
		for j := 0; j < whole; j += parts * floatSize {
			p0 = simd.LoadFloat32s(floats(x, j)).Mul(simd.LoadFloat32s(floats(b, j))).Add(p0)
			if lanes < 16 {
				p1 = simd.LoadFloat32s(floats(x, j+v)).Mul(simd.LoadFloat32s(floats(b, j+v))).Add(p1)
			}
			if lanes < 8 {
				p2 = simd.LoadFloat32s(floats(x, j+2*v)).Mul(simd.LoadFloat32s(floats(b, j+2*v))).Add(p2)
				p3 = simd.LoadFloat32s(floats(x, j+3*v)).Mul(simd.LoadFloat32s(floats(b, j+3*v))).Add(p3)
			}
		}
		if rest := inner - whole/floatSize; rest > 0 { // missing elements are zeros, which change no part
			p0 = loadPart(x, whole, rest).Mul(loadPart(b, whole, rest)).Add(p0)
			p1 = loadPart(x, whole+v, rest-lanes).Mul(loadPart(b, whole+v, rest-lanes)).Add(p1)
			p2 = loadPart(x, whole+2*v, rest-2*lanes).Mul(loadPart(b, whole+2*v, rest-2*lanes)).Add(p2)
			p3 = loadPart(x, whole+3*v, rest-3*lanes).Mul(loadPart(b, whole+3*v, rest-3*lanes)).Add(p3)
		}
		if lanes < 8 {
			p0, p1 = p0.Add(p2), p1.Add(p3)
		}
		if lanes < 16 {
			p0 = p0.Add(p1)
		}
		p0.Store(part[:])
		if lanes >= 16 {
			part[0], part[1], part[2], part[3] = part[0]+part[8], part[1]+part[9], part[2]+part[10], part[3]+part[11]
			part[4], part[5], part[6], part[7] = part[4]+part[12], part[5]+part[13], part[6]+part[14], part[7]+part[15]
		}
		if lanes >= 8 {
			part[0], part[1], part[2], part[3] = part[0]+part[4], part[1]+part[5], part[2]+part[6], part[3]+part[7]
		}
		sum := (part[0] + part[2]) + (part[1] + part[3])
		*(*float32)(unsafe.Add(dst.at, i*dst.row)) = *(*float32)(unsafe.Add(start.at, i/start.repeat*start.row)) + sum
	}
}

// loadPart returns a vector of the count elements at p+offset, at most a vector full and not below none, and zeros.
//
//go:nocheckptr
func loadPart(p unsafe.Pointer, offset, count int) simd.Float32s {
	if count <= 0 {
		return simd.Float32s{}
	}
	x, _ := simd.LoadFloat32sPart(floats(p, offset)[:min(count, maxLanes)])
	return x
}

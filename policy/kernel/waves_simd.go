//go:build goexperiment.simd && go1.27

package kernel

import (
	"simd"
	"unsafe"
)

// wavesWhole is Waves for whole vectors of columns.
func wavesWhole[T Float](dst Mat[T], t, f []T, quarters []int32, scale T) (done int) {
	done = whole[T](dst.Cols)
	if done > 0 && dst.Rows > 0 {
		wavesVector(gridOf(dst, 1), dst.Rows, pointer(single(f)), single(t), quarters[:done], float32(scale))
	}
	return done
}

// wavesVector is wave32 for the first columns of rows; a t of one element holds for all rows.
//
//go:nocheckptr
func wavesVector(dst grid, rows int, f unsafe.Pointer, t []float32, quarters []int32, scale float32) {
	perQuarter, magic := simd.BroadcastFloat32s(twoOverPi), simd.BroadcastFloat32s(expMagic)
	part1, part2, part3 := simd.BroadcastFloat32s(halfPi1), simd.BroadcastFloat32s(halfPi2), simd.BroadcastFloat32s(halfPi3)
	s3, s5 := simd.BroadcastFloat32s(sin3), simd.BroadcastFloat32s(sin5)
	s7, s9 := simd.BroadcastFloat32s(sin7), simd.BroadcastFloat32s(sin9)
	c2, c4, c6 := simd.BroadcastFloat32s(cos2), simd.BroadcastFloat32s(cos4), simd.BroadcastFloat32s(cos6)
	c8, c10, one := simd.BroadcastFloat32s(cos8), simd.BroadcastFloat32s(cos10), simd.BroadcastFloat32s(1)
	odd, sign, size := simd.BroadcastUint32s(1), simd.BroadcastUint32s(1<<31), simd.BroadcastFloat32s(scale)
	v := one.Len()
	for i := 0; i < rows; i++ {
		at, d := simd.BroadcastFloat32s(t[min(i, len(t)-1)]), unsafe.Add(dst.at, i*dst.row)
		for j := 0; j < len(quarters); j += v {
			x := at.Mul(simd.LoadFloat32s(floats(f, j*floatSize)))
			z := x.Mul(perQuarter).Add(magic)
			k := z.ToBits().Add(simd.LoadInt32s(quarters[j:]).ToBits())
			n := z.Sub(magic)
			r := x.Sub(n.Mul(part1))
			r = r.Sub(n.Mul(part2))
			r = r.Sub(n.Mul(part3))
			u := r.Mul(r)
			sin := s9.Mul(u).Add(s7)
			sin = sin.Mul(u).Add(s5)
			sin = sin.Mul(u).Add(s3)
			sin = sin.Mul(u.Mul(r)).Add(r)
			cos := c10.Mul(u).Add(c8)
			cos = cos.Mul(u).Add(c6)
			cos = cos.Mul(u).Add(c4)
			cos = cos.Mul(u).Add(c2)
			cos = cos.Mul(u).Add(one)
			y := cos.IfElse(k.And(odd).Equal(odd), sin)
			y = y.ToBits().Xor(k.ShiftAllLeft(30).And(sign)).BitsToFloat32()
			size.Mul(y).Store(floats(d, j*floatSize))
		}
	}
}

package kernel

// parts is how many interleaved sums a product with a single column is made of.
const parts = 16

// dot returns start + sum of a_k b_k, the elements of b step apart: a product with a single column leaves nothing
// to compute side by side but the sum itself. Part l sums k = l, l+16, l+32, ... in ascending order, and then the
// upper half of the parts is added to the lower one until one is left.
func dot[T Float](start T, a, b []T, step int) T {
	var part [parts]T
	for k, v := range a {
		part[k%parts] += T(v * b[k*step])
	}
	for half := parts / 2; half > 0; half /= 2 {
		for l := range half {
			part[l] += part[l+half]
		}
	}
	return start + part[0]
}

// matVec writes dst = start + a b for dst [m,1] and b [k] with its elements step apart.
func matVec[T Float](dst, start, a Mat[T], b []T, step int, scratch []T) {
	if matVecVector(dst, start, a, b, step, scratch) {
		return
	}
	every := 1
	if start.Rows > 0 {
		every = start.every(dst.Rows)
	}
	for i := range dst.Rows {
		var s T
		if start.Rows > 0 {
			s = start.Row(i / every)[0]
		}
		dst.Row(i)[0] = dot(s, a.Row(i), b, step)
	}
}

package nn

import (
	"math"

	"onestep/engine/num"
	"onestep/policy/kernel"
)

// frequency holds f_j = 10000^(-j/8).
var frequency = func() (f [timeFrequencies]float64) {
	for j := range f {
		f[j] = num.Pow(10000, -float64(j)/timeFrequencies)
	}
	return f
}()

// features writes phi(t) [rows * 16], and where tan is not nil the derivative along dt. t and dt have rows entries
// or one; a nil dt is zero.
func features[T Float](phi, phiTan, t, dt []T, rows int) {
	for i := range rows {
		at := float64(t[min(i, len(t)-1)])
		p := phi[i*timeFeatures:][:timeFeatures]
		for j, f := range frequency {
			s, c := math.Sincos(float64(at * f))
			p[j], p[timeFrequencies+j] = T(s/4), T(c/4)
		}
		if phiTan == nil {
			continue
		}
		q, d := phiTan[i*timeFeatures:][:timeFeatures], T(0)
		if dt != nil {
			d = dt[min(i, len(dt)-1)]
		}
		for j, f := range frequency {
			df := d * T(f)
			q[j], q[timeFrequencies+j] = p[timeFrequencies+j]*df, -p[j]*df
		}
	}
}

// embed computes time i's embedding e and, with tan, its tangent.
func (n *Net[T]) embed(i int, params []T, t, dt []T, tan bool, ws *Workspace[T]) {
	s, rows := &ws.times[i], ws.timeRows
	in, out := n.times[2*i], n.times[2*i+1]
	matrix := func(data []T, cols int) kernel.Mat[T] { return kernel.Matrix(data, rows, cols) }
	z, zTan := matrix(s.z, timeHidden), matrix(s.zTan, timeHidden)
	a, aTan := matrix(s.a, timeHidden), matrix(s.aTan, timeHidden)
	wIn, wOut := weights(in, params), weights(out, params)

	if !tan {
		features(s.phi, nil, t, nil, rows)
	} else {
		features(s.phi, s.phiTan, t, dt, rows)
	}
	kernel.MatMul(z, bias(in, params), matrix(s.phi, timeFeatures), wIn, ws.scratch)
	if !tan {
		kernel.Activate(kernel.Mish, a.Data, z.Data)
	} else {
		kernel.MatMul(zTan, kernel.Mat[T]{}, matrix(s.phiTan, timeFeatures), wIn, ws.scratch)
		kernel.ActivateJVP(kernel.Mish, a.Data, aTan.Data, z.Data, zTan.Data)
		kernel.MatMul(matrix(s.eTan, timeEmbedding), kernel.Mat[T]{}, aTan, wOut, ws.scratch)
	}
	kernel.MatMul(matrix(s.e, timeEmbedding), bias(out, params), a, wOut, ws.scratch)
}

// embedVJP accumulates time i's part of the gradient from the first layer's cotangents dZ [timeRows, hidden0].
func (n *Net[T]) embedVJP(i int, grad, params []T, dZ kernel.Mat[T], ws *Workspace[T]) {
	s, rows := &ws.times[i], ws.timeRows
	in, out := n.times[2*i], n.times[2*i+1]
	matrix := func(data []T, cols int) kernel.Mat[T] { return kernel.Matrix(data, rows, cols) }
	dE, dA := matrix(ws.timeCot[0], timeEmbedding), matrix(ws.timeCot[1], timeHidden)

	kernel.TMatMul(n.timeBlock(grad, i), matrix(s.e, timeEmbedding), dZ, ws.scratch)
	kernel.MatMulT(dE, dZ, n.timeBlock(params, i), ws.scratch)
	kernel.TMatMul(weights(out, grad), matrix(s.a, timeHidden), dE, ws.scratch)
	kernel.SumRows(bias(out, grad), dE)
	kernel.MatMulT(dA, dE, weights(out, params), ws.scratch)
	kernel.ActivateVJP(kernel.Mish, dA.Data, dA.Data, matrix(s.z, timeHidden).Data)
	kernel.TMatMul(weights(in, grad), matrix(s.phi, timeFeatures), dA, ws.scratch)
	kernel.SumRows(bias(in, grad), dA)
}

package nn

import (
	"onestep/engine/num"
	"onestep/policy/kernel"
)

// frequency holds f_j = 10000^(-j/8) twice, for the sines and the cosines of phi, which are sines a quarter ahead.
var (
	frequency = func() (f [timeFeatures]float64) {
		for j := range f {
			f[j] = num.Pow(10000, -float64(j%timeFrequencies)/timeFrequencies)
		}
		return f
	}()
	quarters = func() (q [timeFeatures]int32) {
		for j := timeFrequencies; j < timeFeatures; j++ {
			q[j] = 1
		}
		return q
	}()
)

// features writes phi(t) [rows, 16]; t has rows entries or one.
func (n *Net[T]) features(phi kernel.Mat[T], t []T) {
	kernel.Waves(phi, t, n.frequency[:], quarters[:], 0.25)
}

// featuresTan writes the derivative of phi along dt [rows] or [1] from phi itself.
func (n *Net[T]) featuresTan(phiTan, phi kernel.Mat[T], dt []T) {
	for i := range phi.Rows {
		d, p, q := dt[min(i, len(dt)-1)], phi.Row(i), phiTan.Row(i)
		for j := range timeFrequencies {
			df := d * n.frequency[j]
			q[j], q[timeFrequencies+j] = p[timeFrequencies+j]*df, -p[j]*df
		}
	}
}

// embed computes time i's embedding e and, with a tangent dt, its tangent.
func (n *Net[T]) embed(i int, params []T, t, dt []T, ws *Workspace[T]) {
	s, rows := &ws.times[i], ws.timeRows
	in, out := n.times[2*i], n.times[2*i+1]
	matrix := func(data []T, cols int) kernel.Mat[T] { return kernel.Matrix(data, rows, cols) }
	phi, z, a := matrix(s.phi, timeFeatures), matrix(s.z, timeHidden), matrix(s.a, timeHidden)
	wIn, wOut := weights(in, params), weights(out, params)

	n.features(phi, t)
	kernel.MatMul(z, bias(in, params), phi, wIn, ws.scratch)
	if dt == nil {
		kernel.Activate(kernel.Mish, a.Data, z.Data)
	} else {
		phiTan, zTan, aTan := matrix(s.phiTan, timeFeatures), matrix(s.zTan, timeHidden), matrix(s.aTan, timeHidden)
		n.featuresTan(phiTan, phi, dt)
		kernel.MatMul(zTan, kernel.Mat[T]{}, phiTan, wIn, ws.scratch)
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

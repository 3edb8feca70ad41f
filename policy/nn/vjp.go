package nn

import "onestep/policy/kernel"

// VJP propagates the cotangent dOut [Batch*OutDim] back through the pass (Forward or JVP) that ws has just seen,
// with the same params and in:
//
//	grad [NumParams] += (dy/dparams)' dOut   unless grad is nil
//	dX [Batch*XDim]   = (dy/dx)' dOut        unless dX is nil
func (n *Net[T]) VJP(grad, dX, params, dOut []T, in Input[T], ws *Workspace[T]) {
	if ws.batch == 0 {
		panic("nn: VJP without a pass before it")
	}
	ws.resume(n, params, in)
	n.mustHoldOutput(dOut, in.Batch)
	if grad != nil {
		n.mustFit(grad, "grad")
	}
	dZ := kernel.Matrix(dOut, ws.batch, n.config.OutDim)
	for i := len(n.layers) - 1; i > 0; i-- {
		l, s := n.layers[i], &ws.layers[i-1]
		if grad != nil {
			kernel.TMatMul(weights(l, grad), kernel.Matrix(s.a, ws.batch, l.in), dZ, ws.scratch)
			kernel.SumRows(bias(l, grad), dZ)
		}
		dA := kernel.Matrix(ws.cotangent[i%2], ws.batch, l.in)
		kernel.MatMulT(dA, dZ, weights(l, params), ws.scratch)
		kernel.ActivateVJP(n.config.Activation, dA.Data, dA.Data, s.z[:len(dA.Data)])
		dZ = dA
	}
	if grad != nil {
		n.firstLayerVJP(grad, params, dZ, in, ws)
	}
	if dX != nil {
		if len(dX) != ws.batch*n.config.XDim {
			panic("nn: dX has the wrong length")
		}
		_, wx := n.inputBlocks(params)
		kernel.MatMulT(ws.x(dX), dZ, wx, ws.scratch)
	}
}

// firstLayerVJP accumulates the gradients of the first layer and of the time embeddings from the first layer's
// cotangents dZ [batch, hidden0]. Rows that share a state or a time are summed before they meet its gradient.
func (n *Net[T]) firstLayerVJP(grad, params []T, dZ kernel.Mat[T], in Input[T], ws *Workspace[T]) {
	gc, gx := n.inputBlocks(grad)
	kernel.TMatMul(gx, ws.x(in.X), dZ, ws.scratch)

	states := n.group(dZ, ws.batch/ws.repeat, ws)
	kernel.TMatMul(gc, ws.cond(in), states, ws.scratch)
	kernel.SumRows(bias(n.layers[0], grad), states)

	if n.config.NumTimes == 0 {
		return
	}
	byTime := dZ
	if ws.timeRows == 1 {
		byTime = n.group(dZ, 1, ws)
	}
	for i := range n.config.NumTimes {
		n.embedVJP(i, grad, params, byTime, ws)
	}
}

// group returns dZ summed over equal runs of consecutive rows, in rows rows.
func (n *Net[T]) group(dZ kernel.Mat[T], rows int, ws *Workspace[T]) kernel.Mat[T] {
	if rows == dZ.Rows {
		return dZ
	}
	sum := kernel.Matrix(ws.grouped, rows, dZ.Cols)
	clear(sum.Data)
	kernel.SumRows(sum, dZ)
	return sum
}

package nn

import "onestep/policy/kernel"

// JVP writes the value to dst and its forward-mode derivative along tan to tangent, both [Batch*OutDim]:
//
//	tangent = (dy/dx) tan.X + sum over i of (dy/dt_i) tan.Times[i]
//
// The value has Forward's bits. ws is left ready for a VJP of the value.
func (n *Net[T]) JVP(dst, tangent, params []T, in Input[T], tan Tangent[T], ws *Workspace[T]) {
	ws.begin(n, params, in)
	n.mustHoldOutput(dst, in.Batch)
	n.mustHoldOutput(tangent, in.Batch)
	n.checkTangent(tan, ws)
	n.firstLayerJVP(params, in, tan, ws)
	a, aTan := n.activateJVP(0, ws)
	for i, l := range n.layers[1:] {
		last := i+1 == len(ws.layers)
		z, zTan := dst, tangent
		if !last {
			z, zTan = ws.layers[i+1].z, ws.layers[i+1].zTan
		}
		w := weights(l, params)
		kernel.MatMulPair(kernel.Matrix(z, ws.batch, l.out), bias(l, params), a,
			kernel.Matrix(zTan, ws.batch, l.out), kernel.Mat[T]{}, aTan, w, ws.scratch)
		if !last {
			a, aTan = n.activateJVP(i+1, ws)
		}
	}
}

// checkTangent also spreads the times over all rows where a tangent differs between rows.
func (n *Net[T]) checkTangent(tan Tangent[T], ws *Workspace[T]) {
	if tan.X != nil && len(tan.X) != ws.batch*n.config.XDim {
		panic("nn: the tangent of X has the wrong length")
	}
	if tan.Times != nil && len(tan.Times) != n.config.NumTimes {
		panic("nn: the tangent's number of times does not fit")
	}
	for _, t := range tan.Times {
		if t != nil && len(t) != 1 && len(t) != ws.batch {
			panic("nn: the tangent of a time has the wrong length")
		}
		if len(t) > 1 {
			ws.timeRows = ws.batch
		}
	}
}

// firstLayerJVP is firstLayer with z_0's tangent (sum over i of e_i' We_i) + x' Wx.
func (n *Net[T]) firstLayerJVP(params []T, in Input[T], tan Tangent[T], ws *Workspace[T]) {
	width := n.layers[0].out
	_, wx := n.inputBlocks(params)
	s := &ws.layers[0]
	z, zTan := kernel.Matrix(s.z, ws.batch, width), kernel.Matrix(s.zTan, ws.batch, width)

	start := n.firstLayerStart(params, in, &tan, ws)
	kernel.MatMul(z, start, ws.x(in.X), wx, ws.scratch)

	startTan := kernel.Mat[T]{} // zero
	if tan.movesTimes() {
		startTan = kernel.Matrix(ws.timePartTan, ws.timeRows, width)
	}
	xTan, along := kernel.Matrix(in.X[:0], ws.batch, 0), wx.SubRows(0, 0)
	if tan.X != nil {
		xTan, along = ws.x(tan.X), wx
	}
	kernel.MatMul(zTan, startTan, xTan, along, ws.scratch)
}

// activateJVP applies hidden layer i's activation to value and tangent.
func (n *Net[T]) activateJVP(i int, ws *Workspace[T]) (a, aTan kernel.Mat[T]) {
	s, size := &ws.layers[i], ws.batch*n.layers[i].out
	kernel.ActivateJVP(n.config.Activation, s.a[:size], s.aTan[:size], s.z[:size], s.zTan[:size])
	return kernel.Matrix(s.a, ws.batch, n.layers[i].out), kernel.Matrix(s.aTan, ws.batch, n.layers[i].out)
}

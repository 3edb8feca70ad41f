package nn

import "onestep/policy/kernel"

// Forward writes y = MLP([c, x, e_1(t_1), ...]) to dst [Batch*OutDim] and leaves ws ready for a VJP.
func (n *Net[T]) Forward(dst, params []T, in Input[T], ws *Workspace[T]) {
	ws.begin(n, params, in)
	n.mustHoldOutput(dst, in.Batch)
	n.firstLayer(params, in, ws)
	a := n.activate(0, ws)
	for i, l := range n.layers[1:] {
		last := i+1 == len(ws.layers)
		z := dst
		if !last {
			z = ws.layers[i+1].z
		}
		kernel.MatMul(kernel.Matrix(z, ws.batch, l.out), bias(l, params), a, weights(l, params), ws.scratch)
		if !last {
			a = n.activate(i+1, ws)
		}
	}
}

// firstLayer computes z_0 = (b + c Wc) + (sum over i of e_i We_i), then + x Wx in ascending order.
func (n *Net[T]) firstLayer(params []T, in Input[T], ws *Workspace[T]) {
	start := n.firstLayerStart(params, in, nil, ws)
	_, wx := n.inputBlocks(params)
	z := kernel.Matrix(ws.layers[0].z, ws.batch, n.layers[0].out)
	kernel.MatMul(z, start, ws.x(in.X), wx, ws.scratch)
}

// firstLayerStart returns the first layer's part that does not depend on x, in as few rows as the input allows.
// With a tangent of the times, that part's tangent is left in ws.timePartTan.
func (n *Net[T]) firstLayerStart(params []T, in Input[T], tan *Tangent[T], ws *Workspace[T]) kernel.Mat[T] {
	width := n.layers[0].out
	wc, _ := n.inputBlocks(params)
	base := kernel.Matrix(ws.base, ws.batch/ws.repeat, width)
	kernel.MatMul(base, bias(n.layers[0], params), ws.cond(in), wc, ws.scratch)
	if n.config.NumTimes == 0 {
		return base
	}
	times := n.timePart(params, in, tan, ws)
	if ws.timeRows == 1 {
		kernel.AddRows(base, base, times)
		return base
	}
	kernel.AddRows(times, base, times)
	return times
}

// timePart returns the sum over i of e_i We_i, [timeRows, hidden0].
func (n *Net[T]) timePart(params []T, in Input[T], tan *Tangent[T], ws *Workspace[T]) kernel.Mat[T] {
	width := n.layers[0].out
	part, partTan := kernel.Matrix(ws.timePart, ws.timeRows, width), kernel.Matrix(ws.timePartTan, ws.timeRows, width)
	sum, sumTan := kernel.Mat[T]{}, kernel.Mat[T]{} // zero
	for i, t := range in.Times {
		w := n.timeBlock(params, i)
		var dt []T // nil: zero
		if tan != nil && tan.Times != nil {
			dt = tan.Times[i]
		}
		n.embed(i, params, t, dt, ws)
		if dt != nil {
			kernel.MatMul(partTan, sumTan, kernel.Matrix(ws.times[i].eTan, ws.timeRows, timeEmbedding), w, ws.scratch)
			sumTan = partTan
		}
		kernel.MatMul(part, sum, kernel.Matrix(ws.times[i].e, ws.timeRows, timeEmbedding), w, ws.scratch)
		sum = part
	}
	return part
}

// activate applies hidden layer i's activation and returns its output [batch, width].
func (n *Net[T]) activate(i int, ws *Workspace[T]) kernel.Mat[T] {
	s, size := &ws.layers[i], ws.batch*n.layers[i].out
	kernel.Activate(n.config.Activation, s.a[:size], s.z[:size])
	return kernel.Matrix(s.a, ws.batch, n.layers[i].out)
}

func (n *Net[T]) mustHoldOutput(v []T, batch int) {
	if len(v) != batch*n.config.OutDim {
		panic("nn: an output has the wrong length")
	}
}

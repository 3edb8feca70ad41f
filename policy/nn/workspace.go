package nn

import (
	"onestep/policy/kernel"
)

// Input is a batch of arguments. Nothing in it is changed or kept.
type Input[T Float] struct {
	Batch      int
	Cond       []T   // [Batch/CondRepeat * CondDim] the conditioning c
	CondRepeat int   // so many consecutive rows share a row of Cond; 0 means 1
	X          []T   // [Batch * XDim]
	Times      [][]T // [NumTimes][Batch], or [NumTimes][1] where all rows have one time
}

// Tangent is the direction of a JVP; what is nil is zero.
type Tangent[T Float] struct {
	X     []T   // [Batch * XDim]
	Times [][]T // [NumTimes][Batch] or [NumTimes][1]; entries may be nil
}

// movesTimes reports whether any time has a tangent.
func (t Tangent[T]) movesTimes() bool {
	for _, dt := range t.Times {
		if dt != nil {
			return true
		}
	}
	return false
}

// Workspace holds the intermediate values of one pass, for one goroutine at a time.
type Workspace[T Float] struct {
	net      *Net[T]
	maxBatch int

	batch, repeat, timeRows int // of the last pass; 0: none yet

	base     []T // [batch/repeat * hidden0]   b + c Wc (+ the times' part where all rows share it)
	timePart []T // [timeRows * hidden0]       sum over times of e_i We_i
	times    []timeState[T]
	layers   []layerState[T] // one per hidden layer

	timePartTan []T    // [timeRows * hidden0]
	cotangent   [2][]T // [batch * widest layer]
	grouped     []T    // [batch * hidden0]     the first layer's cotangents, summed where rows share
	timeCot     [2][]T // [timeRows * timeHidden]
	scratch     []T    // of package kernel
}

// timeState is one time's embedding: z = phi W_in + b_in, a = mish(z), e = a W_out + b_out.
type timeState[T Float] struct {
	phi, z, a, e             []T // [timeRows * 16, 32, 32, 16]
	phiTan, zTan, aTan, eTan []T
}

// layerState is one hidden layer: z [batch * width] before, a after the activation, and their tangents.
type layerState[T Float] struct{ z, a, zTan, aTan []T }

// NewWorkspace allocates the intermediate values for batches of up to maxBatch rows.
func (n *Net[T]) NewWorkspace(maxBatch int) *Workspace[T] {
	if maxBatch < 1 {
		panic("nn: a workspace for no rows")
	}
	ws := &Workspace[T]{net: n, maxBatch: maxBatch}
	rows := func(width int) []T { return make([]T, maxBatch*width) }
	first := n.config.Hidden[0]
	ws.base, ws.timePart, ws.timePartTan, ws.grouped = rows(first), rows(first), rows(first), rows(first)
	for range n.config.NumTimes {
		ws.times = append(ws.times, timeState[T]{
			phi: rows(timeFeatures), z: rows(timeHidden), a: rows(timeHidden), e: rows(timeEmbedding),
			phiTan: rows(timeFeatures), zTan: rows(timeHidden), aTan: rows(timeHidden), eTan: rows(timeEmbedding),
		})
	}
	widest := 0
	for _, width := range n.config.Hidden {
		ws.layers = append(ws.layers, layerState[T]{rows(width), rows(width), rows(width), rows(width)})
		widest = max(widest, width)
	}
	ws.cotangent = [2][]T{rows(widest), rows(widest)}
	ws.timeCot = [2][]T{rows(timeHidden), rows(timeHidden)}
	scratch := 0
	for _, l := range append(n.times, n.layers...) {
		scratch = max(scratch, kernel.ScratchLen(l.in, l.out), kernel.ScratchLen(maxBatch, l.out))
	}
	ws.scratch = make([]T, scratch)
	return ws
}

// begin checks a pass's arguments and notes its shape.
func (ws *Workspace[T]) begin(n *Net[T], params []T, in Input[T]) {
	n.mustFit(params, "params")
	n.check(in, ws)
	ws.batch, ws.repeat, ws.timeRows = in.Batch, max(in.CondRepeat, 1), 1
	for _, t := range in.Times {
		if len(t) > 1 {
			ws.timeRows = in.Batch
		}
	}
}

// resume checks that a VJP's arguments have the shape of the pass that it follows.
func (ws *Workspace[T]) resume(n *Net[T], params []T, in Input[T]) {
	batch, repeat, timeRows := ws.batch, ws.repeat, ws.timeRows
	ws.begin(n, params, in)
	if batch != ws.batch || repeat != ws.repeat || timeRows > in.Batch || timeRows < ws.timeRows {
		panic("nn: VJP with another shape than the pass before it")
	}
	ws.timeRows = timeRows // a JVP may have spread the times to follow its tangent
}

func (n *Net[T]) check(in Input[T], ws *Workspace[T]) {
	repeat := max(in.CondRepeat, 1)
	switch {
	case ws.net != n:
		panic("nn: a workspace of another network")
	case in.Batch < 1 || in.Batch > ws.maxBatch:
		panic("nn: a batch that the workspace cannot hold")
	case in.CondRepeat < 0 || in.Batch%repeat != 0:
		panic("nn: Batch is not a multiple of CondRepeat")
	case len(in.Cond) != in.Batch/repeat*n.config.CondDim:
		panic("nn: Cond has the wrong length")
	case len(in.X) != in.Batch*n.config.XDim:
		panic("nn: X has the wrong length")
	case len(in.Times) != n.config.NumTimes:
		panic("nn: the number of times does not fit")
	}
	for _, t := range in.Times {
		if len(t) != 1 && len(t) != in.Batch {
			panic("nn: a time has the wrong length")
		}
	}
}

func (n *Net[T]) mustFit(v []T, name string) {
	if len(v) != n.size {
		panic("nn: " + name + " has the wrong length")
	}
}

// cond returns Cond [batch/repeat, CondDim].
func (ws *Workspace[T]) cond(in Input[T]) kernel.Mat[T] {
	return kernel.Matrix(in.Cond, ws.batch/ws.repeat, ws.net.config.CondDim)
}

// x returns X [batch, XDim].
func (ws *Workspace[T]) x(data []T) kernel.Mat[T] {
	return kernel.Matrix(data, ws.batch, ws.net.config.XDim)
}

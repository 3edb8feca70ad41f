package sim

import (
	"math"

	"onestep/engine/env"
	"onestep/engine/physics"
	"onestep/wasm/app/change"
	"onestep/wasm/protocol"
)

// Hand holds a limb: a point of a shape, by its place along the axis (0 at A, 1 at B) and across it, m.
type Hand struct {
	Holds bool

	shape         int
	along, across float64
	target        [2]float64 // where it pulls the point to, m
}

// Point is the held point of a figure's shapes, m.
func (h *Hand) Point(shapes []physics.Shape) (u, v float64, ok bool) {
	if !h.Holds || h.shape >= len(shapes) {
		return 0, 0, false
	}
	u, v = point(&shapes[h.shape], h.along, h.across)
	return u, v, true
}

// Grab takes hold of the limb that is seen nearest to (u, v), within reach, m, and tells whether there is one.
func (w *World) Grab(u, v, reach float64) bool {
	handled, ok := w.env.(env.Handled)
	if !ok {
		return false
	}
	best, nearest := -1, reach
	var hold Hand
	for i := range w.Figure.Shapes {
		sh := &w.Figure.Shapes[i]
		if !w.Figure.Limb(sh) {
			continue
		}
		along, across := place(sh, u, v)
		along = math.Max(0, math.Min(1, along))
		pu, pv := point(sh, along, 0)
		if gap := math.Hypot(u-pu, v-pv) - sh.Radius; gap < nearest {
			best, nearest = i, gap
			hold = Hand{Holds: true, shape: i, along: along, across: math.Max(-sh.Radius, math.Min(sh.Radius, across)), target: [2]float64{u, v}}
		}
	}
	if best < 0 {
		return false
	}
	w.Release()
	w.Hand = hold
	w.regrab()
	handled.Drag(hold.target)
	w.Touches++
	w.Episode.Broken = true
	w.changed |= change.Motion
	return true
}

// Limb tells whether a shape is a part of the body, not of the world or a target.
func (f *Figure) Limb(sh *physics.Shape) bool {
	return sh.Body != 0 && sh.Body != f.Target && sh.Kind != physics.ShapePlane
}

// regrab ties the held point of the body as it stands now; after a reset the hand still holds its limb.
func (w *World) regrab() {
	h, ok := w.env.(env.Handled)
	if !ok {
		return
	}
	if u, v, holds := w.Hand.Point(w.Figure.now); holds {
		h.Grab(w.Figure.now[w.Hand.shape].Body, [2]float64{u, v})
		w.Episode.Broken = true
	}
}

// LetGo ends a grab.
func (w *World) LetGo() {
	if h, ok := w.env.(env.Handled); ok && w.Hand.Holds {
		h.Release()
	}
	w.Hand = Hand{}
	w.changed |= change.Motion
}

// Pull moves the place that the hand pulls its point to, m.
func (w *World) Pull(u, v float64) {
	if w.Hand.Holds {
		w.Hand.target = [2]float64{u, v}
		w.changed |= change.Motion
	}
}

// pull moves the target of the spring with the next step.
func (w *World) pull() {
	if h, ok := w.env.(env.Handled); ok && w.Hand.Holds {
		h.Drag(w.Hand.target)
		w.Episode.Broken = true
	}
}

// Push gives the body a blow with its next step.
func (w *World) Push(b protocol.Blow) error {
	if b.Direction != 1 && b.Direction != -1 {
		return protocol.Refuse("bad-config", "a push goes to the right, 1, or to the left, -1, not %v", b.Direction)
	}
	h, ok := w.env.(env.Handled)
	if !ok {
		return protocol.Refuse("bad-config", "%s cannot be pushed", w.Spec.Title)
	}
	if other, ok := w.Ghost.env.(env.Handled); ok && w.Lane.On && w.Ghost.On {
		other.Push(b.Direction)
	} else {
		w.pushed = true
	}
	h.Push(b.Direction)
	w.Touches++
	w.Episode.Broken = true
	return nil
}

// place is where (u, v) lies along the axis of a shape, 0 at A and 1 at B, and across it, m.
func place(sh *physics.Shape, u, v float64) (along, across float64) {
	dx, dy := sh.B[0]-sh.A[0], sh.B[1]-sh.A[1]
	length := dx*dx + dy*dy
	if length < 1e-12 {
		return 0, 0
	}
	x, y := u-sh.A[0], v-sh.A[1]
	return (x*dx + y*dy) / length, (dx*y - dy*x) / math.Sqrt(length)
}

// point is the inverse of place.
func point(sh *physics.Shape, along, across float64) (u, v float64) {
	dx, dy := sh.B[0]-sh.A[0], sh.B[1]-sh.A[1]
	length := math.Hypot(dx, dy)
	u, v = sh.A[0]+along*dx, sh.A[1]+along*dy
	if length > 1e-6 {
		u, v = u-across*dy/length, v+across*dx/length
	}
	return u, v
}

package show

import (
	"math"

	"onestep/engine/env"
	"onestep/engine/physics"
	"onestep/engine/scene"
	"onestep/wasm/protocol"
)

// hand holds a limb: a point of a shape, by its place along the axis (0 at A, 1 at B) and across it, m.
type hand struct {
	holds         bool
	shape         int
	along, across float64
}

// reachOf is how near the pointer must come to a limb, CSS px.
const reachOf = 14

// grabLimb takes hold of the limb under the pointer and tells whether there is one.
func (s *Session) grabLimb() bool {
	handled, ok := s.env.(env.Handled)
	if !ok {
		return false
	}
	u, v := s.camera.World(s.mouse.x, s.mouse.y)
	best, nearest := -1, s.px(reachOf)/s.camera.Scale
	for i := range s.figure.Shapes {
		sh := &s.figure.Shapes[i]
		if sh.Body == 0 || sh.Body == s.figure.Target || sh.Kind == physics.ShapePlane {
			continue
		}
		along, across := place(sh, u, v)
		along = math.Max(0, math.Min(1, along))
		pu, pv := point(sh, along, 0)
		gap := math.Hypot(u-pu, v-pv) - sh.Radius
		if gap < nearest {
			best, nearest = i, gap
			across = math.Max(-sh.Radius, math.Min(sh.Radius, across))
			s.hand = hand{shape: i, along: along, across: across}
		}
	}
	if best < 0 {
		return false
	}
	s.release()
	s.hand.holds = true
	s.regrab()
	handled.Drag([2]float64{u, v})
	s.episode.broken = true
	s.panels[Body].stale = true
	return true
}

// regrab ties the held point of the body as it stands now; after a reset the hand still holds its limb.
func (s *Session) regrab() {
	if h, ok := s.env.(env.Handled); ok && s.hand.holds && s.hand.shape < len(s.now) {
		sh := &s.now[s.hand.shape]
		u, v := point(sh, s.hand.along, s.hand.across)
		h.Grab(sh.Body, [2]float64{u, v})
		s.episode.broken = true
	}
}

// letGo ends a grab.
func (s *Session) letGo() {
	if h, ok := s.env.(env.Handled); ok && s.hand.holds {
		h.Release()
	}
	s.hand = hand{}
	s.panels[Body].stale = true
}

// pull moves the target of the spring to where the pointer is in the world now.
func (s *Session) pull() {
	if h, ok := s.env.(env.Handled); ok && s.hand.holds {
		u, v := s.camera.World(s.mouse.x, s.mouse.y)
		h.Drag([2]float64{u, v})
		s.episode.broken = true
	}
}

// push gives the body a blow with its next step.
func (s *Session) push(b protocol.Blow) error {
	if b.Direction != 1 && b.Direction != -1 {
		return refuse("bad-config", "a push goes to the right, 1, or to the left, -1, not %v", b.Direction)
	}
	h, ok := s.env.(env.Handled)
	if !ok {
		return refuse("bad-config", "%s cannot be pushed", s.spec.Title)
	}
	h.Push(b.Direction)
	s.episode.broken, s.pushed = true, true
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

// drawHand draws the rubber band between the held point and the pointer.
func (s *Session) drawHand(l *scene.List) {
	if !s.hand.holds || s.hand.shape >= len(s.figure.Shapes) {
		return
	}
	u, v := point(&s.figure.Shapes[s.hand.shape], s.hand.along, s.hand.across)
	x, y := s.camera.Point(u, v)
	scene.Rubber(l, x, y, s.mouse.x, s.mouse.y, s.pixel, s.palette().One)
}

// setView changes what is drawn beside the body and the axes of the flow panel.
func (s *Session) setView(v protocol.View) error {
	for _, axis := range [2]int{v.AxisX, v.AxisY} {
		if axis < -1 || axis >= 4096 {
			return refuse("bad-config", "the flow panel has no axis %d", axis)
		}
	}
	if v.Particles != 0 && (v.Particles < fewestParticles || v.Particles > mostParticles) {
		return refuse("bad-config", "particles is %d, not in %d..%d", v.Particles, fewestParticles, mostParticles)
	}
	if v.Particles != s.view.Particles {
		s.probe.want()
	}
	ghost := v.Ghost != s.view.Ghost
	s.view = v
	s.panels[Body].stale, s.panels[Flow].stale = true, true
	if ghost {
		s.startGhost()
	}
	s.flowUI.choose(s.probe.shown, v, s.spec.ActDim)
	s.relabel()
	return nil
}

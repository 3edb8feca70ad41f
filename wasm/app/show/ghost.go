package show

import (
	"fmt"
	"math"

	"onestep/engine/env"
	"onestep/engine/physics"
	"onestep/engine/scene"
)

// ghost is a second copy of the environment that begins in the body's state and acts with the same weights and the same
// noise under the other sampler: K steps where the body takes one, one step where the body takes K. Where both part, the
// sampler is the only cause.
type ghost struct {
	env    env.Env
	figure figure
	before []physics.Shape
	now    []physics.Shape
	on     bool    // it runs beside the body
	still  bool    // its episode has ended, or its action was no number; it waits for the body's
	steps  int     // of its sampler
	time   float64 // simulated s since both stood in one state
	apart  float64 // m, the farthest that an end of a limb is from the same end of the ghost's
	limb   int     // the shape with that end
	end    int     // 0: A, 1: B
	parted float64 // s, the time at which apart first exceeded partedAt of the size; NaN before
	size   float64 // m, the largest distance of two ends of the body's limbs at the start
	state  []float64
	obs    []float64 // [ObsDim]
	obs32  []float32
	action []float64 // [d]
}

// partedAt is the share of the body's size from which body and ghost count as parted: what the eye sees.
const partedAt = 0.1

// init gives the ghost a body of its own; a task that cannot be made twice has none.
func (g *ghost) init(e env.Env, err error) {
	*g = ghost{}
	if err != nil {
		return
	}
	spec := e.Spec()
	g.env, g.obs, g.obs32 = e, make([]float64, spec.ObsDim), make([]float32, spec.ObsDim)
	g.action = make([]float64, spec.ActDim)
	g.figure.init(e)
}

// otherSteps is the number of steps of the sampler that the body does not use.
func (s *Session) otherSteps() int {
	if s.sampler.Steps == 1 {
		return s.sampler.ManySteps
	}
	return 1
}

// haunted tells whether a ghost has something to show: a policy with two samplers acts, and no hand holds the body.
func (s *Session) haunted() bool {
	return s.view.Ghost && s.ghost.env != nil && s.policyActs() && !s.policy.pathless() && !s.hand.holds
}

// startGhost puts the ghost where the body is.
func (s *Session) startGhost() {
	g := &s.ghost
	g.on = false
	s.panels[Body].stale = true
	if !s.haunted() {
		return
	}
	g.state = s.env.State(g.state[:0])
	if g.env.Restore(g.state) != nil {
		return
	}
	g.on, g.still, g.steps = true, false, s.otherSteps()
	g.time, g.apart, g.parted = 0, 0, math.NaN()
	g.now = g.env.Shapes(g.now[:0])
	g.before = append(g.before[:0], g.now...)
	g.figure.arrive(g.env, true)
	g.size = sizeOf(g.now)
}

// haunt lets the ghost take the step that the body has just taken, with the same noise. It begins anew where it was off or
// where a person has moved the body.
func (s *Session) haunt() {
	g := &s.ghost
	if !s.haunted() || !g.on || s.pushed {
		s.pushed = false
		s.startGhost()
		return
	}
	if g.still {
		return
	}
	s.ghostActs()
	if g.still = !allFinite(g.action); g.still {
		return
	}
	r := g.env.Step(g.action)
	g.time += s.spec.ControlPeriod
	g.before, g.now = g.now, g.env.Shapes(g.before[:0])
	g.figure.arrive(g.env, false)
	g.still = r.Terminated || r.Truncated || env.Diverged(g.env) != nil
}

// ghostActs chooses the ghost's action from the body's noise.
func (s *Session) ghostActs() {
	g, d := &s.ghost, &s.decision
	dim := len(g.action)
	g.env.Observe(g.obs)
	for i, v := range g.obs {
		g.obs32[i] = float32(v)
	}
	s.policy.act(g.obs32, d.unit[:d.n*dim], g.steps, d.n)
	for i, v := range s.policy.acts.Action(0) {
		g.action[i] = float64(v)
	}
}

// compareGhost measures how far both stand apart, after both have arrived.
func (s *Session) compareGhost() {
	g := &s.ghost
	if !g.on || len(g.now) != len(s.now) {
		return
	}
	g.apart = 0
	for i := range s.now {
		a, b := &s.now[i], &g.now[i]
		if a.Kind == physics.ShapePlane || a.Body == 0 {
			continue
		}
		for k, d := range [2]float64{math.Hypot(a.A[0]-b.A[0], a.A[1]-b.A[1]), math.Hypot(a.B[0]-b.B[0], a.B[1]-b.B[1])} {
			if d > g.apart {
				g.apart, g.limb, g.end = d, i, k
			}
		}
	}
	if math.IsNaN(g.parted) && g.apart > partedAt*g.size {
		g.parted = g.time
	}
}

// sizeOf is the largest distance of two ends of moving limbs, m.
func sizeOf(shapes []physics.Shape) float64 {
	size := 0.0
	for i := range shapes {
		for k := range i + 1 {
			a, b := &shapes[i], &shapes[k]
			if a.Kind == physics.ShapePlane || b.Kind == physics.ShapePlane || a.Body == 0 || b.Body == 0 {
				continue
			}
			for _, p := range [2][2]float64{a.A, a.B} {
				for _, q := range [2][2]float64{b.A, b.B} {
					size = math.Max(size, math.Hypot(p[0]-q[0], p[1]-q[1]))
				}
			}
		}
	}
	return size
}

// blendGhost places the ghost between its last two states, a = 1 is the last one.
func (g *ghost) blend(a float64) {
	if !g.on {
		return
	}
	f := &g.figure
	f.Shapes = append(f.Shapes[:0], g.now...)
	if a >= 1 || g.still || len(g.before) != len(g.now) {
		return
	}
	for i := range f.Shapes {
		f.Shapes[i] = between(&g.before[i], &g.now[i], a)
	}
}

// ghostColor is the colour of the ghost's sampler.
func (s *Session) ghostColor() scene.Color {
	if s.ghost.steps == 1 {
		return s.palette().One
	}
	return s.palette().Many
}

// drawGhost draws the ghost, and from where both have parted a dashed line between the ends that are farthest apart.
func (s *Session) drawGhost(l *scene.List) {
	g := &s.ghost
	if !g.on || len(g.figure.Shapes) != len(s.figure.Shapes) || len(g.figure.Shapes) == 0 {
		return
	}
	c := s.ghostColor()
	scene.Ghost(l, &s.camera, &g.figure.Figure, &s.bodyUI.style, c)
	if math.IsNaN(g.parted) {
		return
	}
	p, q := s.figure.Shapes[g.limb].A, g.figure.Shapes[g.limb].A
	if g.end == 1 {
		p, q = s.figure.Shapes[g.limb].B, g.figure.Shapes[g.limb].B
	}
	if !scene.Beyond(l, &s.camera, q[0], q[1], s.pixel, c) {
		x0, y0 := s.camera.Point(p[0], p[1])
		x1, y1 := s.camera.Point(q[0], q[1])
		l.Dashes(x0, y0, x1, y1, s.px(1.25), s.px(3), s.px(3), c)
	}
}

// ghostLabels say what the ghost is, how far it stands apart, and when both parted.
func (s *Session) ghostLabels() {
	g, set := &s.ghost, &s.labels[LabelsGhost]
	l := set.edit()
	if !g.on {
		set.done(l)
		return
	}
	key := "many ghost"
	if g.steps == 1 {
		key = "one ghost"
	}
	set.done(s.legend(l, &s.panels[Body], [2]string{key, s.ghostText()}))
}

func (s *Session) ghostText() string {
	g := &s.ghost
	text := "ghost: one step"
	if g.steps > 1 {
		text = fmt.Sprintf("ghost: %d steps", g.steps)
	}
	switch {
	case g.still:
		return fmt.Sprintf("%s, over after %.1f s", text, g.time)
	case math.IsNaN(g.parted):
		return fmt.Sprintf("%s, same noise · %.2f m apart", text, g.apart)
	}
	return fmt.Sprintf("%s · parted after %.1f s · %.2f m apart", text, g.parted, g.apart)
}

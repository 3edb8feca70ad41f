package sim

import (
	"math"

	"onestep/engine/env"
	"onestep/engine/physics"
	"onestep/policy/actor"
	"onestep/wasm/app/weights"
)

// Ghost is a second copy of the environment that begins in the body's state and acts with the same weights and the same
// noise under the other sampler: K steps where the body takes one, one step where the body takes K. Where both part, the
// sampler is the only cause. In a lane of its own (Lane) it acts as that says.
type Ghost struct {
	Figure Figure
	On     bool    // it runs beside the body
	Still  bool    // its episode has ended, or its action was no number; it waits for the body's
	Final  bool    // it ended in a final state, not by the clock
	Steps  int     // of its sampler
	Return float64 // of its episode so far
	Time   float64 // simulated s since both stood in one state
	Apart  float64 // m, the farthest that an end of a limb is from the same end of the ghost's
	Limb   int     // the shape with that end
	End    int     // 0: A, 1: B
	Parted float64 // s, the time at which Apart first exceeded partedAt of the size; NaN before

	env    env.Env
	size   float64 // m, the largest distance of two ends of the body's limbs at the start
	state  []float64
	late   *actor.Late
	obs    []float64 // [ObsDim]
	obs32  []float32
	action []float64 // [d]
}

// partedAt is the share of the body's size from which body and ghost count as parted: what the eye sees.
const partedAt = 0.1

// State appends the state of the ghost's environment.
func (g *Ghost) State(dst []float64) []float64 { return g.env.State(dst) }

// init gives the ghost a body of its own; a task that cannot be made twice has none.
func (g *Ghost) init(e env.Env, err error) {
	*g = Ghost{}
	if err != nil {
		return
	}
	spec := e.Spec()
	g.env, g.obs, g.obs32 = e, make([]float64, spec.ObsDim), make([]float32, spec.ObsDim)
	g.action = make([]float64, spec.ActDim)
	g.late = actor.NewLate(0, spec.ControlPeriod, env.Timesteps(e), spec.ActDim)
	g.Figure.init(e)
}

// haunted tells whether a ghost has something to show: a policy with two samplers acts, or it has a lane of its own, and no hand
// holds the body.
func (w *World) haunted() bool {
	if w.Ghost.env == nil || !w.PolicyActs() || w.Hand.Holds {
		return false
	}
	return w.Lane.On || w.Ghosts && !w.Policy.Pathless()
}

// startGhost puts the ghost where the body is.
func (w *World) startGhost() {
	g := &w.Ghost
	g.On = false
	if !w.haunted() || w.Episode.Over {
		return
	}
	g.state = w.env.State(g.state[:0])
	if g.env.Restore(g.state) != nil {
		return
	}
	_, g.Steps, _ = w.rival()
	g.On, g.Still, g.Final, g.Return = true, false, false, w.Episode.Return
	g.Time, g.Apart, g.Parted = 0, 0, math.NaN()
	copy(g.late.Force, w.late.Force)
	g.late.Restart()
	g.Figure.arrive(g.env, true)
	g.size = sizeOf(g.Figure.now)
}

// haunt lets the ghost take the step that the body has just taken, with the same noise. It begins anew where it was off or
// where a person has moved the body.
func (w *World) haunt() {
	g := &w.Ghost
	if !w.haunted() || !g.On || w.pushed {
		w.pushed = false
		w.startGhost()
		return
	}
	if g.Still {
		return
	}
	if g.late.Deciding() {
		p, steps, n := w.rival()
		g.act(p, &w.Decision, steps, n)
		if g.Still = !finite(g.action); g.Still {
			return
		}
		g.late.Take(w.Delay(p.NFE(steps)*n), w.Spec.ControlPeriod)
		copy(g.late.Coming, g.action)
	}
	r := stepLate(g.env, g.late)
	g.Time += w.Spec.ControlPeriod
	g.Return += r.Reward
	g.Figure.arrive(g.env, false)
	g.Final = r.Terminated
	g.Still = r.Terminated || r.Truncated || env.Diverged(g.env) != nil
}

// act chooses the ghost's action among n candidates from the body's noise.
func (g *Ghost) act(p *weights.Policy, d *Decision, steps, n int) {
	g.env.Observe(g.obs)
	narrow(g.obs32, g.obs)
	for i, v := range p.Act(g.obs32, d.unit[:n*len(g.action)], steps, n).Action(0) {
		g.action[i] = float64(v)
	}
}

// compare measures how far body and ghost stand apart, after both have arrived.
func (g *Ghost) compare(body *Figure) {
	if !g.On || len(g.Figure.now) != len(body.now) {
		return
	}
	g.Apart = 0
	for i := range body.now {
		a, b := &body.now[i], &g.Figure.now[i]
		if a.Kind == physics.ShapePlane || a.Body == 0 {
			continue
		}
		for k, d := range [2]float64{math.Hypot(a.A[0]-b.A[0], a.A[1]-b.A[1]), math.Hypot(a.B[0]-b.B[0], a.B[1]-b.B[1])} {
			if d > g.Apart {
				g.Apart, g.Limb, g.End = d, i, k
			}
		}
	}
	if math.IsNaN(g.Parted) && g.Apart > partedAt*g.size {
		g.Parted = g.Time
	}
}

// blend places the ghost between its last two states, a = 1 is the last one.
func (g *Ghost) blend(a float64) {
	if !g.On {
		return
	}
	if g.Still {
		a = 1
	}
	g.Figure.blend(a)
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

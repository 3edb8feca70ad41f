package main

import (
	"onestep/engine/rng"
	"onestep/policy/train"
)

// visited is a uniform sample of the states that a run has been in since it was taken up, each with the environment's whole
// State, so that the stage can put the body there (reservoir sampling; Vitter 1985, Algorithm R). It has a stream of its
// own: the run's bits do not depend on it.
type visited struct {
	from     *rng.Stream
	seen     int
	obsDim   int
	stateDim int
	obs      []float32 // [kept()*obsDim]
	states   []float64 // [kept()*stateDim]
	scratch  []float64
	observed []float64
}

// visitedStates is how many are kept, enough that a few dozen dots differ each time.
const visitedStates = 1024

func newVisited(r *train.Run, from *rng.Stream) *visited {
	d := r.Env.Spec().ObsDim
	return &visited{from: from, obsDim: d, stateDim: len(r.Env.State(nil)), observed: make([]float64, d)}
}

// keep looks at the state before a step.
func (v *visited) keep(r *train.Run) {
	v.seen++
	slot := v.kept()
	if slot == visitedStates {
		if slot = v.from.IntN(v.seen); slot >= visitedStates {
			return
		}
	} else {
		v.obs = append(v.obs, make([]float32, v.obsDim)...)
		v.states = append(v.states, make([]float64, v.stateDim)...)
	}
	v.scratch = r.Env.State(v.scratch[:0])
	copy(v.states[slot*v.stateDim:(slot+1)*v.stateDim], v.scratch)
	r.Env.Observe(v.observed)
	for i, x := range v.observed {
		v.obs[slot*v.obsDim+i] = float32(x)
	}
}

func (v *visited) kept() int { return len(v.obs) / v.obsDim }

// draw returns one of them.
func (v *visited) draw(from *rng.Stream) (obs []float32, state []float64) {
	i := from.IntN(v.kept())
	return v.obs[i*v.obsDim : (i+1)*v.obsDim], v.states[i*v.stateDim : (i+1)*v.stateDim]
}

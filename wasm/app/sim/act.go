package sim

import (
	"math"

	"onestep/engine/env"
	"onestep/wasm/app/change"
	"onestep/wasm/app/weights"
	"onestep/wasm/protocol"
)

// Decision is the action that the body takes next, and how it came about.
type Decision struct {
	Valid   bool
	Obs     []float32 // [ObsDim]
	X0      []float32 // [MaxBatch*d] the candidates' noise
	X1      []float32 // [MaxBatch*d] what became of it, unclipped
	Q       []float32 // [MaxBatch]
	Action  []float64 // [d] what the environment gets
	N       int       // candidates
	Chosen  int
	NFE     int // policy evaluations per action
	Critics int // critic evaluations per action

	unit   []float32 // [MaxBatch*d] standard normal numbers, which X0 scales
	other  []float32 // [d] the chosen particle under the other sampler
	random []float64 // [d] what chance chose, where it drives
}

func (d *Decision) init(spec *env.Task) {
	batch, dim := weights.MaxBatch, spec.ActDim
	*d = Decision{
		Obs: make([]float32, spec.ObsDim), unit: make([]float32, batch*dim), X0: make([]float32, batch*dim), X1: make([]float32, batch*dim),
		Q: make([]float32, batch), other: make([]float32, dim), Action: make([]float64, dim), random: make([]float64, dim), N: 1,
	}
}

// decide chooses the action in the present state; fresh draws new noise, otherwise the last noise serves again. NaN resets
// the episode, and stops the body where it comes again at once.
func (w *World) decide(fresh bool) {
	d := &w.Decision
	narrow(d.Obs, w.Obs)
	w.changed |= change.Action
	d.Valid = false
	if w.Policy != nil && !w.consult(fresh) && w.PolicyActs() {
		w.diverged()
		return
	}
	w.override(fresh)
	d.Valid = w.Policy != nil || w.Drive.Mode != DrivePolicy
	if w.Episode.Steps > 3 {
		w.trouble = 0
	}
}

// consult asks the policy for its action and tells whether it is a finite one.
func (w *World) consult(fresh bool) bool {
	d := &w.Decision
	if fresh {
		w.noise.FillNormal(d.unit)
	}
	w.sample()
	for i := range d.Action {
		d.Action[i] = float64(d.X1[d.Chosen*len(d.Action)+i])
	}
	return finite(d.Action)
}

// sample maps the candidates' noise to actions and chooses.
func (w *World) sample() {
	d, dim := &w.Decision, len(w.Decision.Action)
	d.N = 1
	if w.Info.HasCritics {
		d.N = max(1, w.Sampler.BestOf)
	}
	n := d.N * dim
	a := w.Policy.Act(d.Obs, d.unit[:n], w.Sampler.Steps, d.N)
	copy(d.X0, a.X0[:n])
	copy(d.X1, a.X1[:n])
	copy(d.Q, a.Q[:d.N])
	d.Chosen, d.NFE, d.Critics = a.Chosen[0], a.NFE, a.CriticNFE
}

// Gap sends the chosen particle through the other sampler and returns how far both actions lie apart. It is asked for when
// it is reported, and not at every step of the body: many steps of the other sampler cost more than the step itself.
func (w *World) Gap() float64 {
	d, dim := &w.Decision, len(w.Decision.Action)
	w.Policy.Sample(d.other, d.Obs, 1, d.X0[d.Chosen*dim:(d.Chosen+1)*dim], w.OtherSteps())
	sum := 0.0
	for i, v := range d.other {
		e := float64(v) - float64(d.X1[d.Chosen*dim+i])
		sum += e * e
	}
	return math.Sqrt(sum)
}

func finite(x []float64) bool {
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// narrow rounds src to float32.
func narrow(dst []float32, src []float64) {
	for i, v := range src {
		dst[i] = float32(v)
	}
}

// diverged reports an action that is no number. The first time the episode starts anew; if that does not help, the body
// rests until another policy or a press of play.
func (w *World) diverged() {
	w.trouble++
	switch {
	case w.trouble == 1:
		w.out.Report(protocol.Refuse("diverged", "the policy's action at step %d is not a finite number; the episode starts anew", w.Episode.Steps))
		w.reset()
	case w.trouble == 2:
		w.out.Report(protocol.Refuse("diverged", "the policy's actions are not finite numbers; the body rests until there is another policy"))
	}
}

// Who moves the joints, protocol.Drive.Mode.
const (
	DrivePolicy = "policy"
	DriveZero   = "zero"
	DriveNoise  = "noise"
	DriveHand   = "hand"
)

// override replaces the policy's action where somebody else drives.
func (w *World) override(fresh bool) {
	a, random := w.Decision.Action, w.Decision.random
	switch w.Drive.Mode {
	case DrivePolicy:
		return
	case DriveZero:
		clear(a)
	case DriveNoise:
		if fresh {
			for i := range a {
				a[i] = 2*w.random.Float64() - 1
			}
		} else if w.Policy != nil {
			copy(a, random)
		}
		copy(random, a)
	case DriveHand:
		clear(a)
		copy(a, w.Drive.Values)
	}
	w.Episode.Broken = w.Episode.Broken || w.Policy != nil
}

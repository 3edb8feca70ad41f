package env

import "fmt"

// Vector steps several environments of one task side by side, with observations and actions as the rows of
// one array, so that a network sees them as one batch. An environment whose episode has ended rests until its
// own Reset; the others go on. It allocates nothing after NewVector.
type Vector struct {
	envs  []Env
	ended []bool
}

// NewVector joins environments of one task; each must be Reset before the first Step.
func NewVector(envs ...Env) *Vector {
	if len(envs) == 0 {
		panic("env: a Vector of no environments")
	}
	for _, e := range envs[1:] {
		if a, b := envs[0].Spec(), e.Spec(); a.Name != b.Name || a.ObsDim != b.ObsDim || a.ActDim != b.ActDim {
			panic(fmt.Sprintf("env: a Vector of %s and %s", a.Name, b.Name))
		}
	}
	v := &Vector{envs: envs, ended: make([]bool, len(envs))}
	for i := range v.ended {
		v.ended[i] = true
	}
	return v
}

// Len is the number of environments.
func (v *Vector) Len() int { return len(v.envs) }

// Spec is that of each environment.
func (v *Vector) Spec() *Task { return v.envs[0].Spec() }

// Reset starts an episode of environment i from its seed.
func (v *Vector) Reset(i int, seed uint64) {
	v.envs[i].Reset(seed)
	v.ended[i] = false
}

// Ended reports that environment i rests.
func (v *Vector) Ended(i int) bool { return v.ended[i] }

// Diverged is Diverged of environment i.
func (v *Vector) Diverged(i int) error { return Diverged(v.envs[i]) }

// Observe writes the observations, dst [Len*ObsDim].
func (v *Vector) Observe(dst []float64) {
	d := v.Spec().ObsDim
	for i, e := range v.envs {
		e.Observe(dst[i*d : (i+1)*d])
	}
}

// Delay has the next actions come so many timesteps late; before [Len*ActDim] go on meanwhile.
func (v *Vector) Delay(before []float64, timesteps int) {
	d := v.Spec().ActDim
	for i, e := range v.envs {
		if e, ok := e.(Delayed); ok && !v.ended[i] {
			e.Delay(before[i*d:(i+1)*d], timesteps)
		}
	}
}

// ChargeUnclipped says what the environments charge.
func (v *Vector) ChargeUnclipped(on bool) {
	for _, e := range v.envs {
		ChargeUnclipped(e, on)
	}
}

// Timesteps is the number of timesteps in a control period at which an action may arrive.
func Timesteps(e Env) int {
	if e, ok := e.(Delayed); ok {
		return e.FrameSkip()
	}
	return 1
}

// Timesteps is that of each environment.
func (v *Vector) Timesteps() int { return Timesteps(v.envs[0]) }

// Step applies actions [Len*ActDim] and writes results [Len]; a resting environment has a zero result. It
// returns how many are still running.
func (v *Vector) Step(results []Result, actions []float64) (running int) {
	d := v.Spec().ActDim
	for i, e := range v.envs {
		if v.ended[i] {
			results[i] = Result{}
			continue
		}
		results[i] = e.Step(actions[i*d : (i+1)*d])
		v.ended[i] = results[i].Terminated || results[i].Truncated
		if !v.ended[i] {
			running++
		}
	}
	return running
}

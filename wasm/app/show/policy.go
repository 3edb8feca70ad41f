package show

import (
	"onestep/engine/env"
	acting "onestep/policy/actor"
	"onestep/policy/analysis"
	"onestep/policy/checkpoint"
	"onestep/policy/settings"
	"onestep/wasm/protocol"
)

// MaxBatch is the largest number of candidates of best-of-N, and of particles in one call of a network.
const MaxBatch = 64

// Outside is what the stage needs of the program around it.
type Outside struct {
	Post func(protocol.Message)
	// Clock is a monotonic time, s; only for measuring how long things take.
	Clock func() float64
	// Env makes the environment of a task, or of a person's own model.
	Env func(task string, model *env.Model) (env.Env, error)
	// Digest gives the SHA-256 of b, in hex, to done: perhaps later, but b is read at once. nil: Go's own.
	Digest func(b []byte, done func(hex string))
}

// actor is a policy file ready to act, with the measure of two sets of actions. n below is a number of particles for one observation, at most MaxBatch; d
// the action's dimension. Nothing here allocates after readActor.
type actor struct {
	file  *checkpoint.Policy
	acts  *acting.Actor
	probe *analysis.Probe
}

// readActor reads the bytes of a policy file or of a run file.
func readActor(b []byte) (*actor, error) {
	file, err := checkpoint.ReadPolicy(b)
	if err != nil {
		return nil, err
	}
	return &actor{
		file: file, acts: acting.New(&file.Actor, file.CriticNet, MaxBatch), probe: analysis.NewProbe(&file.Actor, file.Actor.SourceStd, probeParticles, 1, 1),
	}, nil
}

// info describes the file; where it came from, and its hash, are left to the caller.
func (a *actor) info() protocol.PolicyInfo {
	f := a.file
	return protocol.PolicyInfo{
		Task: f.Task, Algorithm: string(f.Algorithm), Seed: f.Seed, EnvSteps: f.Record.EnvSteps, Updates: f.Record.Updates,
		ObsDim: f.Actor.ObsDim(), ActDim: f.Actor.ActDim(), Parameters: f.NumParams(), SourceStd: float64(f.Actor.SourceStd),
		HasCritics: true, Config: settings.Map(f.Config),
	}
}

// pathless tells whether the policy's family has no path from noise to action, and no steps.
func (a *actor) pathless() bool { return a != nil && a.file.Actor.NFE(2) == 1 }

// steps is the number of steps that the policy takes where the sampler asks for K.
func (a *actor) steps(k int) int { return a.file.Actor.Family.Steps(k) }

// act chooses among n candidates in state obs by K steps, from standard normal noise unit [n*d].
func (a *actor) act(obs, unit []float32, k, n int) {
	copy(a.acts.Noise, unit)
	a.acts.Act(&a.file.Actor, &a.file.Critics, obs, k, n)
}

// sample maps noise x0 [n*d] to actions dst [n*d] and returns the network evaluations per particle.
func (a *actor) sample(dst, obs []float32, n int, x0 []float32, steps int) (nfe int) {
	return a.acts.Sampler.Sample(dst, &a.file.Actor, obs, n, x0, steps)
}

// trajectory is sample with every step recorded, dst [(steps+1)*n*d], time outermost.
func (a *actor) trajectory(dst, obs []float32, n int, x0 []float32, steps int) {
	a.acts.Sampler.Trajectory(dst, &a.file.Actor, obs, n, x0, steps)
}

// field is the velocity at x [n*d] and time t, dst [n*d].
func (a *actor) field(dst, obs []float32, n int, x []float32, t float32) {
	a.acts.Sampler.Velocity(dst, &a.file.Actor, obs, n, x, t)
}

// values is min(Q1,Q2) of actions [n*d], dst [n].
func (a *actor) values(dst, obs []float32, n int, actions []float32) {
	a.acts.Values(dst[:n], &a.file.Critics, obs, actions)
}

package show

import (
	"onestep/engine/env"
	"onestep/policy/analysis"
	"onestep/policy/checkpoint"
	"onestep/policy/flow"
	"onestep/policy/nn"
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

// actor is a policy file ready to act: the flow with a sampler, the critics with a workspace, and the
// measure of two sets of actions. n below is a number of particles for one observation, at most MaxBatch; d
// the action's dimension. Nothing here allocates after readActor.
type actor struct {
	file    *checkpoint.Policy
	sampler *flow.Sampler[float32]
	critics *nn.Workspace[float32]
	second  []float32 // [MaxBatch] values of the second critic
	probe   *analysis.Probe
}

// readActor reads the bytes of a policy file or of a run file.
func readActor(b []byte) (*actor, error) {
	file, err := checkpoint.ReadPolicy(b)
	if err != nil {
		return nil, err
	}
	return &actor{
		file: file, sampler: flow.NewSampler(file.Actor.Net, MaxBatch), critics: file.CriticNet.NewWorkspace(MaxBatch),
		second: make([]float32, MaxBatch), probe: analysis.NewProbe(&file.Actor, file.Actor.SourceStd, probeParticles, 1, 1),
	}, nil
}

// info describes the file; where it came from, and its hash, are left to the caller.
func (a *actor) info() protocol.PolicyInfo {
	f := a.file
	return protocol.PolicyInfo{
		Task: f.Task, Algorithm: string(f.Algorithm), Seed: f.Seed, EnvSteps: f.Record.EnvSteps, Updates: f.Record.Updates,
		ObsDim: f.Actor.ObsDim(), ActDim: f.Actor.ActDim(), Parameters: f.NumParams(), SourceStd: float64(f.Actor.SourceStd),
		HasCritics: true, Config: f.Config.Map(),
	}
}

// gaussian tells whether the policy is a Gaussian (SAC), which has no steps and no path.
func (a *actor) gaussian() bool { return a != nil && a.file.Actor.Kind == flow.Gaussian }

// diffusion tells whether the policy is a diffusion (DPMD).
func (a *actor) diffusion() bool { return a != nil && a.file.Actor.Kind == flow.Diffusion }

// steps is the number of steps that the policy takes where the sampler asks for K.
func (a *actor) steps(k int) int {
	if a.gaussian() {
		return 1
	}
	return k
}

// noiseStd is the standard deviation of the noise that n candidates start from: a Gaussian acts by its mean unless
// there is a choice.
func (a *actor) noiseStd(n int) float32 {
	if n == 1 {
		return a.file.Actor.SingleStd()
	}
	return a.file.Actor.SourceStd
}

// sample maps noise x0 [n*d] to actions dst [n*d] and returns the network evaluations per particle.
func (a *actor) sample(dst, obs []float32, n int, x0 []float32, steps int) (nfe int) {
	return a.sampler.Sample(dst, &a.file.Actor, obs, n, x0, steps)
}

// trajectory is sample with every step recorded, dst [(steps+1)*n*d], time outermost.
func (a *actor) trajectory(dst, obs []float32, n int, x0 []float32, steps int) {
	a.sampler.Trajectory(dst, &a.file.Actor, obs, n, x0, steps)
}

// field is the velocity at x [n*d] and time t, dst [n*d].
func (a *actor) field(dst, obs []float32, n int, x []float32, t float32) {
	a.sampler.Velocity(dst, &a.file.Actor, obs, n, x, t)
}

// values is min(Q1,Q2) of actions [n*d], dst [n].
func (a *actor) values(dst, obs []float32, n int, actions []float32) {
	in := nn.Input[float32]{Batch: n, Cond: obs, CondRepeat: n, X: actions}
	a.file.CriticNet.Forward(dst, a.file.Critics[0], in, a.critics)
	a.file.CriticNet.Forward(a.second[:n], a.file.Critics[1], in, a.critics)
	for i, q := range a.second[:n] {
		dst[i] = min(dst[i], q)
	}
}

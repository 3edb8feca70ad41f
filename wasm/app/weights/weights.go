// Package weights holds a policy file ready to act: the flow with its sampler, the critics with their workspace, and the
// measure of two sets of actions. Body, ghost and probe of the stage share it. It decides nothing; noise is an argument.
//
// n below is a number of particles for one observation, at most MaxBatch, and d the action's dimension. Nothing allocates
// after Read.
package weights

import (
	"onestep/policy/analysis"
	"onestep/policy/checkpoint"
	"onestep/policy/flow"
	"onestep/policy/nn"
	"onestep/wasm/protocol"
)

const (
	// MaxBatch is the largest number of candidates of best-of-N, and of particles in one call of a network.
	MaxBatch = 64
	// MaxSteps is the largest number of steps of the protocol's samplers.
	MaxSteps = 32
	// Compared is the number of particles behind spread and error.
	Compared = 64
)

// Policy acts and is asked about.
type Policy struct {
	File *checkpoint.Policy

	sampler *flow.Sampler[float32]
	critics *nn.Workspace[float32]
	second  []float32 // [MaxBatch] values of the second critic
	probe   *analysis.Probe
}

// Read reads the bytes of a policy file or of a run file.
func Read(b []byte) (*Policy, error) {
	file, err := checkpoint.ReadPolicy(b)
	if err != nil {
		return nil, err
	}
	return &Policy{
		File: file, sampler: flow.NewSampler(file.Actor.Net, MaxBatch), critics: file.CriticNet.NewWorkspace(MaxBatch),
		second: make([]float32, MaxBatch), probe: analysis.NewProbe(&file.Actor, file.Actor.SourceStd, Compared, 1, 1),
	}, nil
}

// Info describes the file; where it came from, and its hash, are left to the caller.
func (p *Policy) Info() protocol.PolicyInfo {
	f := p.File
	return protocol.PolicyInfo{
		Task: f.Task, Algorithm: string(f.Algorithm), Seed: f.Seed, EnvSteps: f.Record.EnvSteps, Updates: f.Record.Updates,
		ObsDim: f.Actor.ObsDim(), ActDim: f.Actor.ActDim(), Parameters: f.NumParams(), SourceStd: float64(f.Actor.SourceStd),
		HasCritics: true, Config: f.Config.Map(),
	}
}

// Gaussian tells whether the policy is a Gaussian (SAC), which has no steps and no path. No policy is none.
func (p *Policy) Gaussian() bool { return p != nil && p.File.Actor.Kind == flow.Gaussian }

// Diffusion tells whether the policy is a diffusion (DPMD).
func (p *Policy) Diffusion() bool { return p != nil && p.File.Actor.Kind == flow.Diffusion }

// Steps is the number of steps that the policy takes where the sampler asks for k.
func (p *Policy) Steps(k int) int {
	if p.Gaussian() {
		return 1
	}
	return k
}

// SourceStd is the standard deviation of the noise that n candidates start from: a Gaussian acts by its mean unless there
// is a choice.
func (p *Policy) SourceStd(n int) float32 {
	if n == 1 {
		return p.File.Actor.SingleStd()
	}
	return p.File.Actor.SourceStd
}

// Act maps the noise x0 [n*d] of n candidates to actions x1 [n*d] in k steps and chooses that of the highest min(Q1,Q2),
// q [n]. With one candidate there is nothing to choose and q stays as it was. It returns the chosen one and the
// evaluations of the policy's network and of the critics.
func (p *Policy) Act(x1, q, obs, x0 []float32, n, k int) (chosen, nfe, critics int) {
	nfe = n * p.Sample(x1, obs, n, x0, k)
	if n == 1 {
		return 0, nfe, 0
	}
	p.Values(q[:n], obs, n, x1)
	for i, v := range q[:n] {
		if v > q[chosen] {
			chosen = i
		}
	}
	return chosen, nfe, 2 * n
}

// Sample maps noise x0 [n*d] to actions dst [n*d] and returns the network evaluations per particle.
func (p *Policy) Sample(dst, obs []float32, n int, x0 []float32, steps int) (nfe int) {
	return p.sampler.Sample(dst, &p.File.Actor, obs, n, x0, steps)
}

// Trajectory is Sample with every step recorded, dst [(steps+1)*n*d], time outermost.
func (p *Policy) Trajectory(dst, obs []float32, n int, x0 []float32, steps int) {
	p.sampler.Trajectory(dst, &p.File.Actor, obs, n, x0, steps)
}

// Field is the velocity at x [n*d] and time t, dst [n*d].
func (p *Policy) Field(dst, obs []float32, n int, x []float32, t float32) {
	p.sampler.Velocity(dst, &p.File.Actor, obs, n, x, t)
}

// Values is min(Q1,Q2) of actions [n*d], dst [n].
func (p *Policy) Values(dst, obs []float32, n int, actions []float32) {
	in := nn.Input[float32]{Batch: n, Cond: obs, CondRepeat: n, X: actions}
	p.File.CriticNet.Forward(dst, p.File.Critics[0], in, p.critics)
	p.File.CriticNet.Forward(p.second[:n], p.File.Critics[1], in, p.critics)
	for i, q := range p.second[:n] {
		dst[i] = min(dst[i], q)
	}
}

// Compare measures one-step actions against many-step ones from the same noise, [Compared*d] each.
func (p *Policy) Compare(one, many []float32) analysis.Point { return p.probe.Compare(one, many) }

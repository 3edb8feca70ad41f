// Package weights holds a policy file ready to act: what policy/actor acts by, and the measure of two sets of
// actions. Body, ghost and probe of the stage share it. It decides nothing; noise is an argument.
//
// n below is a number of particles for one observation, at most MaxBatch, and d the action's dimension. Nothing allocates
// after Read.
package weights

import (
	"onestep/engine/env"
	"onestep/policy/actor"
	"onestep/policy/analysis"
	"onestep/policy/checkpoint"
	"onestep/policy/flow"
	"onestep/policy/settings"
	"onestep/wasm/protocol"
)

const (
	// MaxBatch is the largest number of candidates of best-of-N, and of particles in one call of a network.
	MaxBatch = protocol.MostCandidates
	// MaxSteps is the largest number of steps of the protocol's samplers.
	MaxSteps = protocol.MostSteps
	// Compared is the number of particles behind spread and error.
	Compared = 64
)

// Policy acts and is asked about. One that another program trained (Foreign) only acts, by one evaluation: it has neither
// steps nor critics, and its flow is not to be asked about.
type Policy struct {
	File   *checkpoint.Policy // nil of a foreign one
	Moment bool               // of a training whose evaluations, the later ones too, are in File.Record.Curve

	acts  *actor.Actor
	probe *analysis.Probe
	graph *graph
}

// Read reads the bytes of a policy file or of a run file.
func Read(b []byte) (*Policy, error) {
	file, err := checkpoint.ReadPolicy(b)
	if err != nil {
		return nil, err
	}
	return ready(file), nil
}

// ready gives a file the memory to act in.
func ready(file *checkpoint.Policy) *Policy {
	return &Policy{
		File: file, acts: actor.New(&file.Actor, file.CriticNet, MaxBatch),
		probe: analysis.NewProbe(&file.Actor, 1, Compared, 1, 1), // it compares what was sampled elsewhere
	}
}

// Info describes the file; where it came from, and its hash, are left to the caller.
func (p *Policy) Info() protocol.PolicyInfo {
	if p.Foreign() {
		return p.graph.info()
	}
	f := p.File
	return protocol.PolicyInfo{
		Task: f.Task, Algorithm: string(f.Algorithm), Seed: f.Seed, EnvSteps: f.Record.EnvSteps, Updates: f.Record.Updates,
		ObsDim: f.Actor.ObsDim(), ActDim: f.Actor.ActDim(), Parameters: f.NumParams(), SourceStd: float64(f.Actor.SourceStd),
		HasCritics: true, Config: settings.Map(f.Config),
	}
}

// Model is the body of its own that the policy was trained on, or that it was matched to; nil of a task's own body.
func (p *Policy) Model() *env.Model {
	if p.Foreign() {
		return p.graph.model
	}
	return p.File.Model
}

// Record is the training's, an empty one of a foreign policy.
func (p *Policy) Record() *checkpoint.Record {
	if p.Foreign() {
		return &checkpoint.Record{}
	}
	return &p.File.Record
}

// UnclippedCost tells whether the policy's rewards charge the effort of actions before they are clipped.
func (p *Policy) UnclippedCost() bool { return !p.Foreign() && p.File.Config.Shared().UnclippedCost }

// AppendHashed appends the bytes whose SHA-256 names the policy.
func (p *Policy) AppendHashed(dst []byte) []byte {
	if p.Foreign() {
		return append(dst, p.graph.file...)
	}
	return p.File.AppendHashed(dst)
}

// Source is the standard deviation of the noise that the policy was fitted with, for which the bound of the one-step error
// holds; acting that of the noise from which it acts.
func (p *Policy) Source(acting bool) float32 {
	if acting {
		return p.File.Actor.SourceStd
	}
	return float32(p.File.Config.FitStd())
}

// Pathless tells whether the policy has no path from noise to action, and no steps (SAC). No policy has one.
func (p *Policy) Pathless() bool { return p != nil && p.NFE(2) == 1 }

// NFE is the number of network evaluations of a candidate's k steps.
func (p *Policy) NFE(k int) int {
	if p.Foreign() {
		return 1
	}
	return p.File.Actor.NFE(k)
}

// Steps is the number of steps that the policy takes where the sampler asks for k.
func (p *Policy) Steps(k int) int { return p.File.Actor.Family.Steps(k) }

// Words are the family's words for what is shown of n candidates; no policy has those of a flow.
func (p *Policy) Words(n int) flow.Words {
	if p == nil {
		return flow.Rectified[float32]{}.Words()
	}
	if p.Foreign() {
		return graphWords()
	}
	w := p.File.Actor.Family.Words()
	if w.Mean != "" && n == 1 {
		w.Taken = w.Mean
	}
	return w
}

// Act chooses among n candidates in state obs by k steps, from standard normal noise unit [n*d]. What comes back is the
// policy's own until it acts again. A foreign policy takes the first noise, where its graph has use for some, and has one action.
func (p *Policy) Act(obs, unit []float32, k, n int) *actor.Actor {
	if p.Foreign() {
		p.graph.act(p.acts, obs, unit)
		return p.acts
	}
	copy(p.acts.Noise, unit)
	p.acts.Act(&p.File.Actor, &p.File.Critics, obs, k, n)
	return p.acts
}

// Sample maps noise x0 [n*d] to actions dst [n*d] and returns the network evaluations per particle.
func (p *Policy) Sample(dst, obs []float32, n int, x0 []float32, steps int) (nfe int) {
	return p.acts.Sampler.Sample(dst, &p.File.Actor, obs, n, x0, steps)
}

// Trajectory is Sample with every step recorded, dst [(steps+1)*n*d], time outermost.
func (p *Policy) Trajectory(dst, obs []float32, n int, x0 []float32, steps int) {
	p.acts.Sampler.Trajectory(dst, &p.File.Actor, obs, n, x0, steps)
}

// Field is the velocity at x [n*d] and time t, dst [n*d].
func (p *Policy) Field(dst, obs []float32, n int, x []float32, t float32) {
	p.acts.Sampler.Velocity(dst, &p.File.Actor, obs, n, x, t)
}

// Values is min(Q1,Q2) of actions [n*d], dst [n].
func (p *Policy) Values(dst, obs []float32, n int, actions []float32) {
	p.acts.Values(dst[:n], &p.File.Critics, obs, actions)
}

// Compare measures one-step actions against many-step ones from the same noise, [Compared*d] each.
func (p *Policy) Compare(one, many []float32) analysis.Point { return p.probe.Compare(one, many) }

package fpmd

import (
	"math"

	"onestep/engine/num"
	"onestep/policy/optim"
	"onestep/policy/replay"
)

// Alpha is the temperature.
func (a *Agent) Alpha() float64 { return num.Exp(a.LogAlpha) }

// Lambda is the temperature of the mirror descent step: alpha but for its floor, or FixedLambda.
func (a *Agent) Lambda() float64 {
	if a.Config.FixedLambda > 0 {
		return a.Config.FixedLambda
	}
	return max(a.Alpha(), a.Config.LambdaFloor)
}

// NoiseStd is the standard deviation of the noise on a chosen action: NoiseScale alpha, or FixedNoise.
func (a *Agent) NoiseStd() float64 {
	if a.Config.FixedNoise > 0 {
		return a.Config.FixedNoise
	}
	return a.Config.NoiseScale * a.Alpha()
}

// Explore writes the action [ActDim] for the training environment in state obs [ObsDim]: the best of N
// samples of the EMA policy, clipped, plus noise. It is not clipped again.
func (a *Agent) Explore(dst, obs []float32) {
	n := a.Config.Particles
	if a.Config.ActParticles > 0 {
		n = a.Config.ActParticles
	}
	a.choose(a, dst, &a.EMA, obs, 1, n, a.Streams.Act)
}

// Update takes one update on a batch. An error names the tensor that was not finite; the weights are then
// those before the step that failed, and the statistics and metrics those before the update.
//
// With Config.Released it repeats the order of the authors' code [code], whose quirks are: each critic takes a
// second Adam step with the same gradient, after the weights were computed with the critics after the first; the running
// mean and std of Q are uncorrected averages that every update moves; delays count from the first update, which
// takes a policy step and a step of alpha; together with AsReleased and no floor, alpha is both lambda and noise.
// (That code averages the policy's loss over components too, which Adam does not notice.)
func (a *Agent) Update(batch *replay.Batch) error {
	last, stats := a.Last, a.Stats
	err := a.update(batch)
	if err != nil {
		a.Last, a.Stats = last, stats // what is not finite has no place in them, nor in a file
	}
	return err
}

func (a *Agent) update(batch *replay.Batch) error {
	if a.soft != nil {
		return a.updateSoft(batch)
	}
	if len(a.Shards) > 0 {
		return a.updateInShares(batch)
	}
	cfg := &a.Config
	a.choose(a, a.next, &a.Policy, batch.NextObs, cfg.Batch, cfg.Particles, a.Streams.Candidate)
	a.targets(a, batch, a.next)
	if cfg.Weighting == PerState { // compare like with like: q_i came from these same critics
		a.values.Min(a.qNext, &a.Critics.Online, batch.NextObs, 1, a.next)
	}
	if err := a.fitCritics(batch); err != nil {
		return err
	}
	if cfg.Weighting != PerState { // the released code weighs with critics that have just moved
		a.values.Min(a.qNext, &a.Critics.Online, batch.NextObs, 1, a.next)
	}
	if cfg.Released {
		a.Critics.Step(a.criticGrad, a.criticLR())
	}
	if a.due(cfg.PolicyDelay) {
		if err := a.improve(batch.NextObs); err != nil {
			return err
		}
	}
	if cfg.Released {
		a.Stats.observeReleased(a.qNext, cfg.StatRate)
	}
	if a.due(a.alphaDelay()) {
		a.cool(a.noiseEntropy())
	}
	a.Updates++
	return nil
}

// fitCritics takes a step of the critics on the mean squared error to y.
func (a *Agent) fitCritics(batch *replay.Batch) error {
	clear(a.criticGrad[0])
	clear(a.criticGrad[1])
	sums := a.values.SquaredErrors(a.criticGrad, &a.Critics.Online, batch.Obs, batch.Act, a.y, len(a.y))
	if err := a.Critics.CheckFinite(sums, a.criticGrad); err != nil {
		return err
	}
	a.Last.CriticLoss = (sums[0] + sums[1]) / float64(2*len(a.y))
	a.Critics.Step(a.criticGrad, a.criticLR())
	return nil
}

// due reports whether the present update is the one in delay that takes a step: the last, in the released code
// the first.
func (a *Agent) due(delay int) bool {
	if a.Config.Released {
		return a.Updates%delay == 0
	}
	return (a.Updates+1)%delay == 0
}

// improve takes one weighted flow matching step of the policy, and lets targets and EMA follow.
func (a *Agent) improve(states []float32) error {
	cfg := &a.Config
	a.weigh()
	a.loss.Draw(a.Streams.Loss, cfg.Batch, float32(cfg.TrainSourceStd))
	clear(a.grad)
	loss := a.loss.Gradient(a.grad, a.Policy.Params, states, a.next, a.w)
	a.Last.PolicyLoss = float64(loss)
	if err := a.Policy.Net.CheckFinite("policy", loss, a.grad); err != nil {
		return err
	}
	a.Adam.Update(a.Policy.Params, a.grad, float32(a.policyLR()))
	optim.Polyak(a.EMA.Params, a.Policy.Params, float32(cfg.Tau))
	a.Critics.Polyak(cfg.Tau)
	return nil
}

// policyLR is held and then falls linearly to PolicyLREnd of it: between the policy steps PolicyLRHold and
// PolicyLRDone, or from 25 % to 75 % of the run's updates.
func (a *Agent) policyLR() float64 {
	fall := 0.9
	if a.Config.PolicyLREnd > 0 {
		fall = 1 - a.Config.PolicyLREnd
	}
	return a.Config.PolicyLR * (1 - float64(fall*a.decay()))
}

// criticLR falls in step with policyLR where CriticLREnd says so: critics that stand still let the policy settle.
func (a *Agent) criticLR() float64 {
	if a.Config.CriticLREnd == 0 {
		return a.Config.CriticLR
	}
	return a.Config.CriticLR * (1 - float64((1-a.Config.CriticLREnd)*a.decay()))
}

// decay is how far the learning rates have come from their start (0) to their end (1).
func (a *Agent) decay() float64 {
	cfg, progress := &a.Config, 0.0
	if cfg.PolicyLRDone > 0 {
		progress = float64(a.Adam.Step-cfg.PolicyLRHold) / float64(cfg.PolicyLRDone-cfg.PolicyLRHold)
	} else {
		progress = (float64(a.Updates)/float64(a.TotalUpdates) - 0.25) / 0.5
	}
	return min(max(progress, 0), 1)
}

func (a *Agent) alphaDelay() int {
	if a.Config.AlphaDelay > 0 {
		return a.Config.AlphaDelay
	}
	return (a.TotalUpdates + 999) / 1000
}

// cool takes one Adam step on log alpha with gradient H - H*: an entropy less its target.
func (a *Agent) cool(entropy float64) {
	if a.Config.AlphaLR == 0 {
		return
	}
	a.one[0], a.oneGrad[0] = a.LogAlpha, entropy-float64(float64(a.ActDim)*a.Config.EntropyPerDim)
	a.AlphaAdam.Update(a.one[:], a.oneGrad[:], a.Config.AlphaLR)
	a.LogAlpha = a.one[0]
}

// noiseEntropy is that of the exploration noise, H = d/2 ln(2 pi e (NoiseScale alpha)^2). Without noise it is at
// its target.
func (a *Agent) noiseEntropy() float64 {
	d := float64(a.ActDim)
	if a.Config.NoiseScale == 0 {
		return d * a.Config.EntropyPerDim
	}
	return d * (float64(0.5*num.Log(2*math.Pi*math.E)) + num.Log(a.Config.NoiseScale) + a.LogAlpha)
}

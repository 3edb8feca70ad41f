package fpmd

import (
	"onestep/engine/rng"
	"onestep/policy/flow"
	"onestep/policy/kernel"
	"onestep/policy/optim"
	"onestep/policy/replay"
)

// A batch of an agent with W = Config.Shards > 1 has W contiguous shares of rows. Each update draws one number from
// Streams.Candidate, of which the noise of every share is made, and then
//
//	Gradient(shard, its rows, that number)   for every shard, anywhere and in any order: it reads the agent only
//	Sum                                      in the order of the shards
//	Apply                                    takes the steps
//
// so that the bits depend on the seed and on W, never on who computed what. Nothing else is kept between updates: a
// copy of the agent that applies the same sums stays the same.
//
// The gradients of the policy and of the critics are taken together, from the critics before their step. An update of
// a whole batch differs in one thing beside its noise: the spread of Q within a state that the weights are divided by
// is the moving average up to the update before, because that of this one is known only with the sum. In the first
// update it is each share's own.

// Gradient is that of the batch's losses, or the part of it that a share adds, with what the statistics need.
type Gradient struct {
	Grad []float32        // [2 critic parameters + policy parameters] of critic 1, critic 2 and the policy, one behind the other
	Sums [NumSums]float64 // over rows
}

// Entries of Gradient.Sums.
const (
	sumCritic1    = iota // squared errors
	sumCritic2           // so that sumCritic1 + i is critic i's
	sumPolicy            // loss, already divided by the rows of the batch
	sumWeight            // w
	sumSquare            // w^2
	sumQ                 // min(Q1,Q2)(s', a')
	sumWithin            // squared deviations of candidates' values from their state's mean
	largestWeight        // not a sum but the largest
	NumSums
)

// Shard computes the gradient of one share of a batch. It holds the workspace and allocates nothing.
type Shard struct {
	Gradient
	From, End int // its rows of the batch

	share
	parts           [3][]float32 // of Grad: critic 1, critic 2, policy
	label           uint64       // of its streams
	candidate, flow rng.Stream
}

// Crew computes the gradients of an agent's shards.
type Crew interface {
	// Gradients fills every shard by Agent.Gradient, from its rows of the batch.
	Gradients(a *Agent, batch *replay.Batch, seed uint64)
	// Summed hears of the sum before the agent takes its step with it.
	Summed(sum *Gradient)
}

// addShards gives the agent the shards of its configuration.
func (a *Agent) addShards(family flow.Fitted[float32]) {
	cfg := &a.Config
	a.sum.Grad = make([]float32, a.NumGrad())
	for i := range cfg.Shards {
		s := &Shard{Gradient: Gradient{Grad: make([]float32, a.NumGrad())}, From: i * cfg.Batch / cfg.Shards, End: (i + 1) * cfg.Batch / cfg.Shards, label: uint64(i)}
		rows := s.End - s.From
		s.share = a.newShare(rows, rows*cfg.Particles, true)
		s.loss = newLoss(cfg, family, a.Policy.Net, rows)
		s.parts = a.partsOf(s.Grad)
		a.Shards = append(a.Shards, s)
	}
}

// NumGrad is the length of Gradient.Grad.
func (a *Agent) NumGrad() int { return 2*a.Critics.Net.NumParams() + a.Policy.Net.NumParams() }

func (a *Agent) partsOf(grad []float32) [3][]float32 {
	q := a.Critics.Net.NumParams()
	return [3][]float32{grad[:q], grad[q : 2*q], grad[2*q:]}
}

// updateInShares is update for an agent with shards.
func (a *Agent) updateInShares(batch *replay.Batch) error {
	seed := a.Streams.Candidate.Uint64()
	if a.Crew != nil {
		a.Crew.Gradients(a, batch, seed)
	} else {
		for _, s := range a.Shards {
			a.Gradient(s, batch.Rows(s.From, s.End), seed)
		}
	}
	a.Sum(&a.sum)
	if a.Crew != nil {
		a.Crew.Summed(&a.sum)
	}
	return a.Apply(&a.sum)
}

// Gradient computes a shard's from its rows of the batch and the update's seed. It reads the agent and writes only the
// shard, so that several may be computed at the same time.
func (a *Agent) Gradient(s *Shard, rows replay.Batch, seed uint64) {
	cfg := &a.Config
	s.candidate.Reset(seed, 2*s.label)
	s.flow.Reset(seed, 2*s.label+1)
	s.Sums = [NumSums]float64{}
	clear(s.Grad)
	s.choose(a, s.next, &a.Policy, rows.NextObs, len(rows.Reward), cfg.Particles, &s.candidate)
	s.targets(a, &rows, s.next)
	s.values.Min(s.qNext, &a.Critics.Online, rows.NextObs, 1, s.next)
	sums := s.values.SquaredErrors([2][]float32(s.parts[:2]), &a.Critics.Online, rows.Obs, rows.Act, s.y, cfg.Batch)
	s.Sums[sumCritic1], s.Sums[sumCritic2] = sums[0], sums[1]
	if !a.due(cfg.PolicyDelay) {
		return
	}
	a.weighShard(s)
	s.loss.Draw(&s.flow, len(s.w), float32(cfg.TrainSourceStd))
	s.Sums[sumPolicy] = float64(s.loss.Gradient(s.parts[2], a.Policy.Params, rows.NextObs, s.next, s.w))
}

// weighShard is weigh for a shard, with the statistics up to the update before.
func (a *Agent) weighShard(s *Shard) {
	if a.Config.Weighting == Constant {
		s.weighAlike()
	} else {
		n := a.Config.Particles
		s.Sums[sumWithin] = s.withinSquares(n)
		stats := a.Stats
		if stats.WithinWeight == 0 {
			stats.observeWithin(s.Sums[sumWithin]/float64(len(s.w)*n), a.Config.PerStateRate)
		}
		s.weighWithin(stats.within(), a.Lambda())
	}
	m := s.weightSums()
	s.Sums[sumWeight], s.Sums[sumSquare], s.Sums[sumQ], s.Sums[largestWeight] = m.sum, m.square, m.q, m.largest
}

// Sum writes the gradient of the batch to dst: that of its shards, in their order.
func (a *Agent) Sum(dst *Gradient) {
	copy(dst.Grad, a.Shards[0].Grad)
	dst.Sums = a.Shards[0].Sums
	for _, s := range a.Shards[1:] {
		total := kernel.Matrix(dst.Grad, 1, len(dst.Grad))
		kernel.AddRows(total, total, kernel.Matrix(s.Grad, 1, len(s.Grad)))
		largest := max(dst.Sums[largestWeight], s.Sums[largestWeight])
		for i, v := range s.Sums {
			dst.Sums[i] += v
		}
		dst.Sums[largestWeight] = largest
	}
}

// Apply takes the steps of an update with the gradient of its batch. An error names the tensor that was not finite;
// nothing is changed then.
func (a *Agent) Apply(sum *Gradient) error {
	cfg, parts := &a.Config, a.partsOf(sum.Grad)
	criticGrad := [2][]float32(parts[:2])
	if err := a.Critics.CheckFinite([2]float64(sum.Sums[sumCritic1:]), criticGrad); err != nil {
		return err
	}
	improve := a.due(cfg.PolicyDelay)
	if improve {
		if err := a.Policy.Net.CheckFinite("policy", float32(sum.Sums[sumPolicy]), parts[2]); err != nil {
			return err
		}
	}
	a.Critics.Step(criticGrad, a.criticLR())
	if improve {
		a.Adam.Update(a.Policy.Params, parts[2], float32(a.policyLR()))
		optim.Polyak(a.EMA.Params, a.Policy.Params, float32(cfg.Tau))
		a.Critics.Polyak(cfg.Tau)
	}
	a.tell(sum, improve)
	if a.due(a.alphaDelay()) {
		a.cool(a.noiseEntropy())
	}
	a.Updates++
	return nil
}

// tell enters an update's sums into the metrics and the statistics.
func (a *Agent) tell(sum *Gradient, improved bool) {
	cfg, m := &a.Config, &sum.Sums
	a.Last.CriticLoss = (m[sumCritic1] + m[sumCritic2]) / float64(2*cfg.Batch)
	if !improved {
		return
	}
	a.Last.PolicyLoss = m[sumPolicy]
	a.record(weightSums{m[sumWeight], m[sumSquare], m[sumQ], m[largestWeight]}, cfg.Batch)
	if cfg.Weighting == PerState {
		a.Stats.observeWithin(m[sumWithin]/float64(cfg.Batch*cfg.Particles), cfg.PerStateRate)
	}
}

package fpmd

import (
	"onestep/policy/actor"
	"onestep/policy/flow"
	"onestep/policy/kernel"
	"onestep/policy/learner"
	"onestep/policy/optim"
	"onestep/policy/replay"
)

// Learner is the rule of mirror descent. A batch has W = Config.NumShards() contiguous shards of rows, 1 of them the whole
// batch. An update is
//
//	Gradient(shard, its rows, a seed)   for every shard, anywhere and in any order: it reads the learner only
//	Sum                                 in the order of the shards
//	Apply                               takes the steps
//
// so that the bits depend on the run's seed and on W, never on who computed what. Nothing else is kept between updates: a
// copy of the learner that applies the same sums stays the same.
//
// The gradients of the policy and of the critics are taken together, from the critics before their step. W decides two
// things. One shard draws from the learner's own streams, several from streams of the seed, one number of
// Streams.Candidate. And the spread of Q within a state, which the weights are divided by, is the moving average of what is
// known to who computes: with one shard that of this update too, with several up to the update before, because that of this
// one is known only with the sum; in the first update it is each shard's own.
//
// Weights of one mean and std over all states (Global, AsReleased) look at the critics after their step [code]; then there
// is one shard, and Apply takes the policy's gradient.
//
// With Config.Released it repeats the order of the authors' code [code], whose quirks are: each critic takes a
// second Adam step with the same gradient, after the weights were computed with the critics after the first; the running
// mean and std of Q are uncorrected averages that every update moves; delays count from the first update, which
// takes a policy step and a step of alpha; together with AsReleased and no floor, alpha is both lambda and noise.
// (That code averages the policy's loss over components too, which Adam does not notice.)
type Learner struct {
	*learner.State
	Config Rule
	Fit    Fit
	Stats  RunningStats
	Shards []*Shard
	Crew   Crew // computes their gradients; nil: Update does, one after the other

	act *actor.Actor // explores
	sum Gradient     // of the shards
}

// Crew computes the gradients of a learner's shards.
type Crew interface {
	// Gradients fills every shard by Learner.Gradient, from its rows of the batch.
	Gradients(l *Learner, batch *replay.Batch, seed uint64)
	// Summed hears of the sum before the learner takes its step with it.
	Summed(sum *Gradient)
}

// Fit is how a family is sampled and fitted in training.
type Fit struct {
	Steps            int     // of the sampler, for candidates
	SourceStd        float64 // of the noise in the loss
	flow.LossOptions         // its switches
}

// New returns the learner of a family before its first update. The configuration is valid.
func New(cfg *Rule, f flow.Fitted[float32], fit Fit, obsDim, actDim, totalUpdates int, seed uint64) *Learner {
	l := &Learner{Config: *cfg, Fit: fit, Stats: RunningStats{RunStd: 1}}
	l.State = learner.NewState(&l.Config.Common, f, obsDim, actDim, totalUpdates, seed)
	l.act = actor.New(&l.EMA, l.Critics.Net, l.ActCandidates())
	fit.Of = cfg.Batch
	for i := range cfg.NumShards() {
		l.Shards = append(l.Shards, l.newShard(i, f, fit.LossOptions))
	}
	l.sum.Grad = make([]float32, l.NumGrad())
	return l
}

// Statistics implements learner.Learner.
func (l *Learner) Statistics() learner.Statistics { return &l.Stats }

// Lambda is the temperature of the mirror descent step: alpha but for its floor, or FixedLambda.
func (l *Learner) Lambda() float64 {
	if l.Config.FixedLambda > 0 {
		return l.Config.FixedLambda
	}
	return max(l.Temperature(), l.Config.LambdaFloor)
}

// Explore implements learner.Learner: the best of N samples of the EMA policy, clipped, plus noise.
func (l *Learner) Explore(dst, obs []float32) {
	l.Choose(l.act, dst, &l.EMA, obs, l.Fit.Steps, l.ActCandidates(), l.Streams.Act)
}

// Update implements learner.Learner.
func (l *Learner) Update(batch *replay.Batch) error {
	var seed uint64
	if len(l.Shards) > 1 {
		seed = l.Streams.Candidate.Uint64()
	}
	if l.Crew != nil {
		l.Crew.Gradients(l, batch, seed)
	} else {
		for _, s := range l.Shards {
			l.Gradient(s, batch.Rows(s.From, s.End), seed)
		}
	}
	l.Sum(&l.sum)
	if l.Crew != nil {
		l.Crew.Summed(&l.sum)
	}
	return l.Apply(&l.sum)
}

// Gradient computes a shard's from its rows of the batch and the update's seed. It reads the learner and writes only the
// shard, so that several may be computed at the same time; with one shard it draws from the learner's streams.
func (l *Learner) Gradient(s *Shard, rows replay.Batch, seed uint64) {
	cfg := &l.Config
	s.begin(rows, seed)
	// x_i ~ pi(.|s'), i = 1..N;   a' = clip(x_best, -1, 1) + alpha NoiseScale N(0, I)
	l.Choose(s.act, s.next, &l.Policy, rows.NextObs, l.Fit.Steps, cfg.Particles, s.candidate)
	// y = r + gamma (1 - terminated) min(TargetQ1,TargetQ2)(s', a');   critics: sum (Q - y)^2
	s.values.Targets(s.y, &l.Critics.Target, rows.NextObs, s.next, rows.Reward, rows.Done, cfg.Gamma, cfg.RewardScale)
	squares := s.values.SquaredErrors(s.critics(), &l.Critics.Online, rows.Obs, rows.Act, s.y, cfg.Batch)
	s.Sums[sumCritic1], s.Sums[sumCritic2] = squares[0], squares[1]
	if l.weighsLate() {
		return
	}
	s.values.Min(s.qNext, &l.Critics.Online, rows.NextObs, 1, s.next)
	if l.Due(cfg.PolicyDelay) {
		l.improve(s)
	}
}

// improve adds the policy's part of a shard's gradient:
//
//	w = exp(n/lambda);   sum w || net - target ||^2 on X1 = a' at states s'
func (l *Learner) improve(s *Shard) {
	l.weigh(s)
	s.loss.Draw(s.noise, len(s.w), float32(l.Fit.SourceStd))
	s.Sums[sumPolicy] = float64(s.loss.Gradient(s.parts[2], l.Policy.Params, s.rows.NextObs, s.next, s.w))
}

// Sum writes the gradient of the batch to dst: that of its shards, in their order.
func (l *Learner) Sum(dst *Gradient) {
	copy(dst.Grad, l.Shards[0].Grad)
	dst.Sums = l.Shards[0].Sums
	for _, s := range l.Shards[1:] {
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
// nothing is changed then, but for the critics where the policy's gradient waited for their step.
func (l *Learner) Apply(sum *Gradient) error {
	last, stats := l.Last, l.Stats
	if err := l.apply(sum); err != nil {
		l.Last, l.Stats = last, stats // what is not finite has no place in them, nor in a file
		return err
	}
	return nil
}

func (l *Learner) apply(sum *Gradient) error {
	cfg, parts := &l.Config, l.partsOf(sum.Grad)
	improves, critics := l.Due(cfg.PolicyDelay), [2][]float32(parts[:2])
	if err := l.Critics.CheckFinite([2]float64(sum.Sums[sumCritic1:]), critics); err != nil {
		return err
	}
	if !l.weighsLate() && improves {
		if err := l.checkPolicy(sum); err != nil {
			return err
		}
	}
	l.Critics.Step(critics, l.CriticLR())
	if l.weighsLate() {
		if err := l.improveLate(sum, improves); err != nil {
			return err
		}
	}
	if cfg.Released {
		l.Critics.Step(critics, l.CriticLR()) // again, with the same gradient
	}
	if improves {
		l.Adam.Update(l.Policy.Params, parts[2], float32(l.PolicyLR()))
		optim.Polyak(l.EMA.Params, l.Policy.Params, float32(cfg.Tau))
		l.Critics.Polyak(cfg.Tau)
	}
	l.record(sum, improves)
	if l.Due(l.TemperatureDelay()) {
		l.StepTemperature(l.NoiseEntropy())
	}
	l.Updates++
	return nil
}

func (l *Learner) checkPolicy(sum *Gradient) error {
	return l.Policy.Net.CheckFinite("policy", float32(sum.Sums[sumPolicy]), l.partsOf(sum.Grad)[2])
}

// weighsLate tells whether the weights look at the critics after their step [code].
func (l *Learner) weighsLate() bool {
	return l.Config.Weighting == Global || l.Config.Weighting == AsReleased
}

// improveLate takes the policy's gradient of the one shard after the critics' step.
func (l *Learner) improveLate(sum *Gradient, improves bool) error {
	s := l.Shards[0]
	s.values.Min(s.qNext, &l.Critics.Online, s.rows.NextObs, 1, s.next)
	if !improves {
		return nil
	}
	l.improve(s)
	l.Sum(sum)
	return l.checkPolicy(sum)
}

// Due reports whether the present update is the one in delay that takes a step: the last, in the released code the first.
func (l *Learner) Due(delay int) bool {
	if l.Config.Released {
		return l.Updates%delay == 0
	}
	return l.State.Due(delay)
}

// record enters an update's sums into the metrics and the statistics.
func (l *Learner) record(sum *Gradient, improved bool) {
	cfg, m, n := &l.Config, &sum.Sums, float64(l.Config.Batch)
	l.Last.CriticLoss = (m[sumCritic1] + m[sumCritic2]) / (2 * n)
	if cfg.Released { // there, every update counts
		l.Stats.observeReleased(l.Shards[0].qNext, cfg.StatRate)
	}
	if l.weighsLate() && !cfg.Released && (improved || cfg.StatEvery) {
		l.Stats.observe(l.Shards[0].qNext, cfg.StatRate)
	}
	if !improved {
		return
	}
	l.Last.PolicyLoss = m[sumPolicy]
	l.Last.ESS, l.Last.QMean, l.Last.WeightMax = float64(m[sumWeight]*m[sumWeight])/float64(n*m[sumSquare]), m[sumQ]/n, m[largestWeight]
	if cfg.Weighting == PerState {
		l.Stats.observeWithin(m[sumWithin]/float64(cfg.Batch*cfg.Particles), cfg.PerStateRate)
	}
}

package fpmd

import (
	"onestep/engine/rng"
	"onestep/policy/actor"
	"onestep/policy/critic"
	"onestep/policy/flow"
	"onestep/policy/replay"
)

// Gradient is that of the batch's losses, or the part of it that a shard adds, with what the statistics need.
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

// Shard computes the gradient of one part of a batch's rows. It holds the workspace and allocates nothing.
type Shard struct {
	Gradient
	From, End int // its rows of the batch

	act    *actor.Actor // its Q are the values of the candidates x_i
	values *critic.Values
	loss   flow.Loss[float32]
	rows   replay.Batch // of the update at hand
	next   []float32    // [rows*act] a'
	y      []float32    // [rows]
	qNext  []float32    // [rows] min(Q1,Q2)(s', a') with the online critics
	w      []float32    // [rows]

	parts            [3][]float32 // of Grad: critic 1, critic 2, policy
	label            uint64       // of its streams
	seeded           bool         // it draws from streams of the update's seed
	candidate, noise *rng.Stream  // of candidates, and of the loss
}

// newShard makes the i-th shard.
func (l *Learner) newShard(i int, f flow.Fitted[float32], o flow.LossOptions) *Shard {
	cfg, n := &l.Config, l.Config.NumShards()
	s := &Shard{
		Gradient: Gradient{Grad: make([]float32, l.NumGrad())}, From: i * cfg.Batch / n, End: (i + 1) * cfg.Batch / n,
		label: uint64(i), seeded: n > 1, candidate: l.Streams.Candidate, noise: l.Streams.Loss,
	}
	if s.seeded {
		s.candidate, s.noise = rng.New(0), rng.New(0)
	}
	rows := s.End - s.From
	s.act, s.values, s.loss = actor.New(&l.Policy, l.Critics.Net, rows*cfg.Particles), critic.NewValues(l.Critics.Net, rows), f.NewLoss(l.Policy.Net, rows, o)
	s.act.Judge = true
	s.next, s.y, s.qNext, s.w = make([]float32, rows*l.ActDim), make([]float32, rows), make([]float32, rows), make([]float32, rows)
	s.parts = l.partsOf(s.Grad)
	return s
}

// begin clears the shard for an update.
func (s *Shard) begin(rows replay.Batch, seed uint64) {
	s.rows, s.Sums = rows, [NumSums]float64{}
	clear(s.Grad)
	if s.seeded {
		s.candidate.Reset(seed, 2*s.label)
		s.noise.Reset(seed, 2*s.label+1)
	}
}

func (s *Shard) critics() [2][]float32 { return [2][]float32(s.parts[:2]) }

// NumGrad is the length of Gradient.Grad.
func (l *Learner) NumGrad() int { return 2*l.Critics.Net.NumParams() + l.Policy.Net.NumParams() }

func (l *Learner) partsOf(grad []float32) [3][]float32 {
	q := l.Critics.Net.NumParams()
	return [3][]float32{grad[:q], grad[q : 2*q], grad[2*q:]}
}

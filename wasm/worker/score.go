package main

import (
	"errors"
	"fmt"
	"math"

	"onestep/policy/checkpoint"
	"onestep/policy/stats"
	"onestep/policy/train"
	"onestep/wasm/protocol"
)

// mostScored episodes are asked for at most.
const mostScored = 100

var errNoPolicy = errors.New("there is no policy to be scored")

// score plays one more episode of a policy, once with one step and once with many, and answers unless a run begins meanwhile. Messages
// arrive while it plays; a run in memory is not touched.
func (s *session) score(m protocol.Message) {
	var q protocol.ScoreRequest
	info, err := s.scored(m, &q)
	if err != nil {
		info = &protocol.ScoredInfo{Problem: err.Error()}
	}
	if info != nil {
		info.Of = q.Of
		s.post(protocol.New(protocol.Scored, m.ID, info))
	}
}

// scored is nil where a run begins, or another policy is to be scored.
func (s *session) scored(m protocol.Message, q *protocol.ScoreRequest) (*protocol.ScoredInfo, error) {
	if err := m.Decode(q); err != nil {
		return nil, err
	}
	if len(m.Data) == 0 {
		return nil, errNoPolicy
	}
	n := len(q.One)
	if len(q.Many) != n || n >= mostScored || q.ManySteps < 2 || q.ManySteps > 32 || !(q.Latency >= 0 && q.Latency <= 1) {
		return nil, fmt.Errorf("episode %d of at most %d, with %d steps and a latency of %v s, is none", n+1, mostScored, q.ManySteps, q.Latency)
	}
	p, err := checkpoint.ReadPolicy(m.Data[0])
	if err != nil {
		return nil, err
	}
	e, err := train.NewEvaluator(p.Task, p.Model, 1, &p.Actor)
	if err != nil {
		return nil, err
	}
	e.ChargeUnclipped(p.Config.Shared().UnclippedCost)
	e.First, e.Latency = train.EvaluationSeed+uint64(n), q.Latency
	s.scoring++
	this := s.scoring
	pause := func() bool {
		if s.now()-s.looked > slicePeriod {
			s.look()
		}
		return this == s.scoring && s.state != running
	}
	burst := ""
	for _, c := range []struct {
		to    *[]float64
		steps int
	}{{&q.One, 1}, {&q.Many, q.ManySteps}} {
		returns := e.Evaluate(&p.Actor, c.steps, pause)
		if returns == nil {
			return nil, nil
		}
		*c.to = append(*c.to, returns[0])
		if b := e.Burst(); b != nil && burst == "" {
			burst = b.After(n).Error()
		}
	}
	info, err := summary(q.One, q.Many)
	if err != nil {
		return nil, err
	}
	info.Burst = burst
	return info, nil
}

// summary is what paired returns [episodes] say.
func summary(one, many []float64) (*protocol.ScoredInfo, error) {
	info := &protocol.ScoredInfo{One: one, Many: many}
	difference := make([]float64, len(one))
	for i := range difference {
		difference[i] = many[i] - one[i]
		if math.IsNaN(difference[i]) || math.IsInf(difference[i], 0) {
			return nil, fmt.Errorf("the policy diverges in episode %d", i+1)
		}
	}
	for _, c := range []struct {
		to *protocol.Statistic
		of []float64
	}{{&info.OneMean, one}, {&info.ManyMean, many}, {&info.Difference, difference}} {
		strata := [][]float64{c.of}
		*c.to = statistic(meanOf(strata), stats.Bootstrap(meanOf, resampleSeed, strata))
	}
	return info, nil
}

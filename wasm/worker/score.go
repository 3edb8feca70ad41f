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

// score plays one more episode of a policy, once with one step and once with many. The run in memory, if any, is not touched; a
// message that comes meanwhile waits for no more than these two.
func (s *session) score(m protocol.Message) error {
	var q protocol.ScoreRequest
	if err := m.Decode(&q); err != nil {
		return err
	}
	if len(m.Data) == 0 {
		return errNoPolicy
	}
	n := len(q.One)
	if len(q.Many) != n || n >= mostScored || q.ManySteps < 2 || q.ManySteps > 32 || !(q.Latency >= 0 && q.Latency <= 1) {
		return fmt.Errorf("episode %d of at most %d, with %d steps and a latency of %v s, is none", n+1, mostScored, q.ManySteps, q.Latency)
	}
	p, err := checkpoint.ReadPolicy(m.Data[0])
	if err != nil {
		return err
	}
	e, err := train.NewEvaluator(p.Task, p.Model, 1, &p.Actor)
	if err != nil {
		return err
	}
	e.First, e.Latency = train.EvaluationSeed+uint64(n), q.Latency
	one := append(q.One, e.Evaluate(&p.Actor, 1, nil)[0])
	many := append(q.Many, e.Evaluate(&p.Actor, q.ManySteps, nil)[0])
	info := protocol.ScoredInfo{One: one, Many: many}
	difference := make([]float64, n+1)
	for i := range difference {
		difference[i] = many[i] - one[i]
		if math.IsNaN(difference[i]) || math.IsInf(difference[i], 0) {
			return fmt.Errorf("the policy diverges in episode %d", i+1)
		}
	}
	for _, c := range []struct {
		to *protocol.Statistic
		of []float64
	}{{&info.OneMean, one}, {&info.ManyMean, many}, {&info.Difference, difference}} {
		strata := [][]float64{c.of}
		*c.to = statistic(meanOf(strata), stats.Bootstrap(meanOf, resampleSeed, strata))
	}
	s.post(protocol.New(protocol.Scored, m.ID, info))
	return nil
}

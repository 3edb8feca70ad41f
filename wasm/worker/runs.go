package main

import (
	"encoding/json"
	"fmt"
	"math"
	"runtime"

	"onestep/policy/checkpoint"
	"onestep/policy/grid"
	"onestep/policy/optim"
	"onestep/policy/train"
	"onestep/wasm/protocol"
)

// keepMoment posts the keyframe that is due.
func (s *session) keepMoment() {
	if !s.moments.Due(s.run.EnvSteps) {
		return
	}
	b, err := checkpoint.MomentBytes(s.run, checkpoint.NewRecord(s.seconds()))
	if err != nil {
		s.fail(0, "snapshot", err)
		return
	}
	s.post(protocol.New(protocol.Keyframe, 0, s.runInfo(), b))
}

// postRecord tells what the run has come to; a finished one is scored by its last evaluation.
func (s *session) postRecord() {
	r := s.run
	p := checkpoint.PolicyOf(r, checkpoint.NewRecord(s.seconds()))
	record := checkpoint.RunRecord{Command: s.command(), Options: r.Options, Hash: p.Hash(), CPU: runtime.NumCPU(), Record: p.Record}
	if n := len(r.Curve); r.Done() && n > 0 && r.Curve[n-1].EnvSteps == r.EnvSteps {
		record.Scores = s.scores(p, r.Curve[n-1])
	}
	text, err := json.Marshal(record)
	if err != nil { // a return that is not finite
		s.fail(0, "record", err)
		return
	}
	s.post(protocol.Message{Type: protocol.Recorded, Body: text})
}

// command is what makes the same run headless.
func (s *session) command() string {
	o := s.run.Options
	config, err := json.Marshal(o.Config)
	if err != nil || o.Model != nil {
		return ""
	}
	return fmt.Sprintf("fpmd train -task %s -alg %s -seed %d -steps %d -k %d -config '%s'", o.Task, o.Algorithm, o.Seed, o.Steps, s.live.ManySteps, config)
}

// scores are those of an evaluation of the policy in one step and in K, with what an action costs here.
func (s *session) scores(p *checkpoint.Policy, e train.Evaluation) []checkpoint.Score {
	list := []checkpoint.Score{{K: 1, NFE: p.Actor.NFE(1), BestOf: 1, Returns: e.OneStep, Microseconds: grid.Microseconds(p, 1, 1, s.now)}}
	if nfe := p.Actor.NFE(e.ManySteps); nfe > 1 && e.Many.Episodes > 0 {
		list = append(list, checkpoint.Score{K: e.ManySteps, NFE: nfe, BestOf: 1, Returns: e.Many, Microseconds: grid.Microseconds(p, e.ManySteps, 1, s.now)})
	}
	return list
}

// gradientNorm is the Euclidean norm of Adam's first moment, corrected for its start at zero: of the mean of the last
// gradients. NaN before the first step.
func gradientNorm(a *optim.Adam[float32]) float64 {
	var sum float64
	for _, m := range a.M {
		sum += float64(m) * float64(m)
	}
	return math.Sqrt(sum) / (1 - math.Pow(a.Beta1, float64(a.Step)))
}

package main

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"onestep/policy/learner"
	"onestep/policy/stats"
	"onestep/policy/train"
	"onestep/wasm/protocol"
)

// resampleSeed is the seed of all bootstraps, so that the same runs have the same intervals everywhere.
const resampleSeed = 1

// compare answers with the statistics of groups of runs.
func (s *session) compare(m protocol.Message) error {
	var q protocol.Comparison
	if err := m.Decode(&q); err != nil {
		return err
	}
	answer, err := compared(q)
	if err != nil {
		return err
	}
	s.post(protocol.New(protocol.Compared, m.ID, answer))
	return nil
}

func compared(q protocol.Comparison) (*protocol.ComparedInfo, error) {
	for g, scores := range q.Groups {
		if len(scores) == 0 {
			return nil, fmt.Errorf("group %d has no runs", g)
		}
	}
	a := &protocol.ComparedInfo{}
	for _, scores := range q.Groups {
		strata := [][]float64{scores}
		a.IQM = append(a.IQM, statistic(stats.IQM(scores), stats.AggregateInterval(strata, resampleSeed)))
		shares, bands := stats.Profile(strata, q.Tau, resampleSeed)
		profile := make([]protocol.Statistic, len(shares))
		for k := range shares {
			profile[k] = statistic(shares[k], bands[k])
		}
		a.Profile = append(a.Profile, profile)
		row := make([]protocol.Statistic, len(q.Groups))
		for h, others := range q.Groups {
			row[h] = statistic(stats.Improvement(strata, [][]float64{others}, resampleSeed))
		}
		a.Improvement = append(a.Improvement, row)
	}
	for _, points := range q.Curves {
		band := make([]protocol.Statistic, len(points))
		for k, values := range points {
			if len(values) > 0 {
				band[k] = statistic(meanOf([][]float64{values}), stats.Bootstrap(meanOf, resampleSeed, [][]float64{values}))
			}
		}
		a.Curves = append(a.Curves, band)
	}
	return a, nil
}

// meanOf is the mean of one stratum.
func meanOf(scores [][]float64) float64 { return stat.Mean(scores[0], nil) }

// statistic writes what is not a number as null.
func statistic(value float64, i stats.Interval) (s protocol.Statistic) {
	if !math.IsNaN(value) && !math.IsInf(value, 0) {
		s.Value = &value
	}
	if !math.IsNaN(i.Low) && !math.IsInf(i.Low, 0) && !math.IsInf(i.High, 0) {
		s.Interval = &[2]float64{i.Low, i.High}
	}
	return s
}

// What a measurement of a training's cost takes at most, s.
const (
	gaugeSteps      = 0.4
	gaugeEvaluation = 0.15
)

// gauge answers with what a training would cost here, by taking some of its steps. The run in memory is not touched.
func (s *session) gauge(m protocol.Message) error {
	var q protocol.TrainRequest
	if err := m.Decode(&q); err != nil {
		return err
	}
	o, err := optionsOf(q)
	if err != nil {
		return err
	}
	steps, warmUp := o.Steps, o.Config.Shared().WarmUp
	o.Config = learner.Clone(o.Config)
	c := o.Config.Shared()
	c.WarmUp, c.ReplayCapacity = c.Batch, max(4096, c.Batch)
	o.Steps = train.MaxSteps
	r, err := train.NewRun(o)
	if err != nil {
		return err
	}
	var info protocol.GaugeInfo
	if info.StepSeconds, err = s.gaugeSteps(r); err != nil {
		return err
	}
	if info.EvaluationSeconds, err = s.gaugeEvaluation(r); err != nil {
		return err
	}
	info.Seconds = float64(max(steps-warmUp, 0))*info.StepSeconds + float64(min(evaluationsPerRun, steps))*info.EvaluationSeconds
	s.post(protocol.New(protocol.Gauged, m.ID, info))
	return nil
}

// gaugeSteps is the time of a step with its updates, s.
func (s *session) gaugeSteps(r *train.Run) (float64, error) {
	for r.Agent.Updates == 0 && r.EnvSteps < 100*r.Options.Config.Shared().Batch {
		if err := r.Step(); err != nil {
			return 0, err
		}
	}
	start, n := s.now(), 0
	for s.now()-start < gaugeSteps {
		if err := r.Step(); err != nil {
			return 0, err
		}
		n++
	}
	if n == 0 {
		return 0, errors.New("the clock does not move")
	}
	return (s.now() - start) / float64(n), nil
}

// gaugeEvaluation is the time of an evaluation in one step and in many, s.
func (s *session) gaugeEvaluation(r *train.Run) (float64, error) {
	spec := r.Env.Spec()
	e, err := train.NewEvaluator(r.Options.Task, r.Options.Model, episodesOf(spec), &r.Agent.EMA)
	if err != nil {
		return 0, err
	}
	total := 0.0
	for _, k := range []int{1, s.live.ManySteps} {
		start, n := s.now(), 0
		e.Evaluate(&r.Agent.EMA, k, func() bool { n++; return s.now()-start < gaugeEvaluation })
		total += (s.now() - start) / float64(max(n, 1)) * float64(spec.MaxSteps)
	}
	return total, nil
}

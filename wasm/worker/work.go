package main

import (
	"fmt"
	"math"

	"onestep/policy/analysis"
	"onestep/policy/checkpoint"
	"onestep/policy/train"
	"onestep/wasm/protocol"
)

// work trains for one slice and reports what is due, then lets messages arrive.
func (s *session) work() {
	generation := s.generation
	until := s.now() + slicePeriod
	for s.now() < until {
		s.keepMoment()
		if s.run.EnvSteps >= s.evalDue {
			s.autosave(savePeriodBefore)
			s.report(generation)
			return // it has yielded; the run may be another one now
		}
		if s.run.Done() {
			s.finish()
			return
		}
		s.visited.keep(s.run)
		if err := s.run.Step(); err != nil {
			s.pause()
			s.saveIfNew() // the weights are those of the last good update
			s.fail(0, "diverged", err)
			return
		}
	}
	s.reportBurst()
	s.postDue()
	s.look()
}

// burstPause is the least time between two reports of bodies that diverge, s.
const burstPause = 2

// reportBurst tells that a body has left the finite world; training goes on.
func (s *session) reportBurst() {
	if b := s.run.Burst; b != nil && b != s.burst && s.tellBurst(b) {
		s.burst = b
	}
}

// tellBurst does so unless it has just done.
func (s *session) tellBurst(err error) bool {
	if s.now()-s.burstAt < burstPause {
		return false
	}
	s.burstAt = s.now()
	s.fail(0, "body-diverged", err)
	return true
}

// look lets messages arrive and be handled.
func (s *session) look() {
	s.yield()
	s.looked = s.now()
}

// keepOn is the pause hook of long work on the run of one generation: it yields in time and says whether
// to go on.
func (s *session) keepOn(generation int) func() bool {
	return func() bool {
		if s.now()-s.looked > slicePeriod {
			s.look()
		}
		return s.generation == generation && s.state == running
	}
}

// report evaluates and probes the EMA policy. Where it is interrupted it is done again later.
func (s *session) report(generation int) {
	keepOn := s.keepOn(generation)
	r, many := s.run, s.live.ManySteps
	e := train.Evaluation{EnvSteps: r.EnvSteps, Updates: r.Agent.Updates, Seconds: s.seconds(), ManySteps: many}
	for _, way := range []struct {
		k    int
		into *train.Returns
	}{{1, &e.OneStep}, {many, &e.Many}} {
		returns := s.evaluator.Evaluate(&r.Agent.EMA, way.k, keepOn)
		if returns == nil {
			return
		}
		*way.into = train.Summarise(returns)
		if d := s.evaluator.Diverged(); d != nil {
			s.tellBurst(fmt.Errorf("in the evaluation at step %d with K = %d, %w; the training goes on", e.EnvSteps, way.k, d))
		} else if b := s.evaluator.Burst(); b != nil {
			s.tellBurst(fmt.Errorf("in the evaluation at step %d with K = %d, %w; it ended there", e.EnvSteps, way.k, b))
		}
	}
	dots, states, ok := s.probeVisited(keepOn)
	if !ok {
		return
	}
	if len(dots) > 0 {
		e.Probe = s.last
	}
	r.Curve = append(r.Curve, e)
	s.evalDue = nextEvaluation(r)
	s.postEvaluation(e)
	s.postRecord()
	s.postSnapshot()
	if len(dots) > 0 {
		spec := r.Env.Spec()
		s.post(protocol.New(protocol.Dots, 0, protocol.DotsInfo{
			Count: probeStates, ObsDim: spec.ObsDim, StateDim: s.visited.stateDim, ManySteps: s.probe.Steps, Samples: s.probe.Samples,
			SourceStd: r.Options.Config.FitStd(), EnvSteps: r.EnvSteps,
		}, dots, protocol.AppendFloat64s(nil, states)))
	}
}

// probeVisited measures variance and one-step error at visited states and keeps their means.
// It returns the dots as float32 bytes and the environment's states there, none before the first step.
func (s *session) probeVisited(keepOn func() bool) (dots []byte, states []float64, ok bool) {
	r := s.run
	if s.visited.kept() == 0 {
		return nil, nil, true
	}
	var sum analysis.Point
	for range probeStates {
		if !keepOn() {
			return nil, nil, false
		}
		obs, state := s.visited.draw(s.probed)
		states = append(states, state...)
		p := s.probe.At(&r.Agent.EMA, obs)
		sum.Variance += p.Variance / probeStates
		sum.Lower += p.Lower / probeStates
		sum.Upper += p.Upper / probeStates
		sum.Shift += p.Shift / probeStates
		dots = protocol.AppendFloat32s(dots, obs)
		dots = protocol.AppendFloat32s(dots, []float32{protocol.DotVariance: float32(p.Variance), protocol.DotLower: float32(p.Lower), protocol.DotUpper: float32(p.Upper), protocol.DotShift: float32(p.Shift)})
	}
	s.last = &sum
	return dots, states, true
}

func (s *session) finish() {
	s.pause()
	s.ended = true
	s.postMetrics()
	s.postSnapshot()
	s.release()
	info := s.runInfo()
	info.Hash = checkpoint.PolicyOf(s.run, checkpoint.Record{}).Hash()
	s.post(protocol.New(protocol.Finished, 0, info))
}

// postDue sends metrics and a snapshot where their time has come.
func (s *session) postDue() {
	now := s.now()
	if now-s.metrics.at >= metricsPeriod {
		s.postMetrics()
	}
	if now-s.snapshotAt >= snapshotPeriod && s.run.Agent.Updates > 0 {
		s.postSnapshot()
	}
	s.autosave(savePeriod)
}

func (s *session) postMetrics() {
	r, a, now := s.run, s.run.Agent, s.now()
	elapsed := max(now-s.metrics.at, 1e-9)
	row := make([]float64, protocol.NumMetrics)
	row[protocol.MetricSeconds] = s.seconds()
	row[protocol.MetricEnvSteps] = float64(r.EnvSteps)
	row[protocol.MetricUpdates] = float64(a.Updates)
	row[protocol.MetricStepsPerSecond] = float64(r.EnvSteps-s.metrics.envSteps) / elapsed
	row[protocol.MetricUpdatesPerSecond] = float64(a.Updates-s.metrics.updates) / elapsed
	row[protocol.MetricTemperature] = a.Temperature()
	row[protocol.MetricCriticLoss] = unlessNone(r.CriticLoss, a.Updates)
	row[protocol.MetricPolicyLoss] = unlessNone(r.PolicyLoss, a.Updates)
	row[protocol.MetricNoiseStd] = a.NoiseStd()
	row[protocol.MetricESS] = unlessNone(a.Last.ESS, a.Updates)
	row[protocol.MetricQMean] = unlessNone(a.Last.QMean, a.Updates)
	row[protocol.MetricEpisodeReturn] = unlessNone(r.LastReturn, r.Episodes)
	probed := orUnknown(s.last)
	row[protocol.MetricVariance] = probed.Variance
	row[protocol.MetricOneStepError] = probed.Lower
	row[protocol.MetricOneStepUpper] = probed.Upper
	row[protocol.MetricMeanShift] = probed.Shift
	row[protocol.MetricWorkers] = float64(s.workers())
	row[protocol.MetricWeightMax] = unlessNone(a.Last.WeightMax, a.Updates)
	row[protocol.MetricErrorShape] = probed.Spread()
	row[protocol.MetricPolicyGradient] = gradientNorm(a.Adam)
	row[protocol.MetricCriticGradient] = math.Hypot(gradientNorm(a.Critics.Adam[0]), gradientNorm(a.Critics.Adam[1])) / math.Sqrt2
	s.metrics = meter{at: now, envSteps: r.EnvSteps, updates: a.Updates}
	s.post(protocol.Message{Type: protocol.Metrics, Data: [][]byte{protocol.AppendFloat64s(nil, row)}})
}

// unlessNone is x, or NaN where it rests on nothing yet.
func unlessNone(x float64, count int) float64 {
	if count == 0 {
		return math.NaN()
	}
	return x
}

// orUnknown is p, or what is said where nothing was probed yet.
func orUnknown(p *analysis.Point) analysis.Point {
	if p == nil {
		return analysis.Unknown()
	}
	return *p
}

func (s *session) postEvaluation(e train.Evaluation) {
	row := make([]float64, protocol.NumEvaluation)
	row[protocol.EvalEnvSteps] = float64(e.EnvSteps)
	row[protocol.EvalUpdates] = float64(e.Updates)
	row[protocol.EvalSeconds] = e.Seconds
	row[protocol.EvalOneStepMean] = e.OneStep.Mean
	row[protocol.EvalOneStepStd] = e.OneStep.Std
	row[protocol.EvalManyMean] = e.Many.Mean
	row[protocol.EvalManyStd] = e.Many.Std
	row[protocol.EvalManySteps] = float64(e.ManySteps)
	row[protocol.EvalEpisodes] = float64(e.OneStep.Episodes)
	probed := orUnknown(e.Probe)
	row[protocol.EvalVariance], row[protocol.EvalLower] = probed.Variance, probed.Lower
	row[protocol.EvalUpper], row[protocol.EvalShift] = probed.Upper, probed.Shift
	s.post(protocol.Message{Type: protocol.Evaluation, Data: [][]byte{protocol.AppendFloat64s(nil, row)}})
}

func (s *session) postSnapshot() {
	b, err := checkpoint.PolicyBytes(checkpoint.PolicyOf(s.run, checkpoint.NewRecord(s.seconds())))
	if err != nil {
		s.fail(0, "snapshot", err)
		return
	}
	s.snapshotAt = s.now()
	s.post(protocol.New(protocol.Snapshot, 0, s.runInfo(), b))
}

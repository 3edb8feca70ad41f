package main

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"onestep/policy/analysis"
	"onestep/policy/flow"
	"onestep/policy/lab"
	"onestep/wasm/protocol"
)

// What the lab measures with and how often.
const (
	labSamples   = 2048 // behind each estimate
	labParticles = 1024 // of the exact paths
	labShown     = 256  // of a network's paths
	labMaxSteps  = 32   // K of the picture
	labPeriod    = 0.5  // between two reports of a fit, s
	labTolerance = 1e-4 // of exact laws on the line; a picture needs no more
	labSeed      = 1    // of noise and draws that measure
	labTimes     = 9    // of the grid of velocities
	labDescent   = 60   // steps of mirror descent whose one-step errors are told
	lineDensity  = 256  // points of a target's density
	linePoints   = 17   // positions of the grid of velocities, on the line
	planePoints  = 13   // and on each axis of the plane
)

// labSession is the variance lab without the browser: messages in, messages out. What is exact comes before what is
// trained, and the newest request before all others.
type labSession struct {
	post  func(protocol.Message)
	now   func() float64 // s
	yield func()         // lets messages arrive and be handled

	generation int // grows with every message, so that work on an older request notices
	looked     float64

	asked *protocol.Message // a LabExact that waits
	cloud *analysis.Cloud   // of the target that was measured last
	of    string            // the target of cloud, as text

	learner    *lab.Learner
	meter      *lab.Meter
	training   protocol.LabTraining
	running    bool
	spent      float64 // s
	reportedAt float64
}

func newLabSession(post func(protocol.Message), now func() float64, yield func()) *labSession {
	return &labSession{post: post, now: now, yield: yield}
}

// takes reports whether a message is the lab's.
func (s *labSession) takes(t protocol.Type) bool {
	return t == protocol.LabExact || t == protocol.LabTrain || t == protocol.LabStop
}

// busy reports whether work has something to do.
func (s *labSession) busy() bool { return s.asked != nil || s.running }

// handle takes one message; an exact law and a fit are then work's to do.
func (s *labSession) handle(m protocol.Message) {
	s.generation++
	switch m.Type {
	case protocol.LabExact:
		if s.asked != nil {
			s.fail(s.asked.ID, "outdated", errors.New("a newer target was asked for"))
		}
		s.asked = &m
	case protocol.LabTrain:
		if err := s.train(m); err != nil {
			s.fail(m.ID, "bad-config", err)
		}
	case protocol.LabStop:
		s.running = false
		s.post(protocol.New(protocol.LabStopped, m.ID, nil))
	}
}

func (s *labSession) fail(id int, code string, err error) {
	s.post(protocol.New(protocol.WorkerError, id, protocol.Failure{Code: code, Message: err.Error()}))
}

// work does a slice of what is to do, then lets messages arrive.
func (s *labSession) work() {
	if s.asked != nil {
		s.exact()
		return
	}
	begun := s.now()
	for s.now() < begun+slicePeriod && !s.learner.Done() {
		if err := s.learner.Step(); err != nil {
			s.running = false
			s.fail(0, "diverged", err)
			return
		}
	}
	s.spent += s.now() - begun
	if s.learner.Done() || s.now()-s.reportedAt >= labPeriod {
		s.report()
	}
	s.look()
}

func (s *labSession) look() {
	s.yield()
	s.looked = s.now()
}

// keepOn is the hook of long work: it yields in time and says whether nothing new has been asked for.
func (s *labSession) keepOn() func() bool {
	generation := s.generation
	return func() bool {
		if s.now()-s.looked > slicePeriod {
			s.look()
		}
		return s.generation == generation
	}
}

// specOf reads the target of a request and checks the rest of it.
func specOf(q protocol.LabRequest) (analysis.Spec, error) {
	s := analysis.Spec{
		Target: q.Target, Mean: q.Mean, Std: q.Std, Points: q.Points, Lambda: q.Lambda, Step: q.Step, Wells: q.Wells, Difference: q.Difference,
	}
	for i, m := range q.Modes {
		if len(m) != 3 {
			return s, fmt.Errorf("mode %d has %d numbers; weight, mean and std are wanted", i+1, len(m))
		}
		s.Modes = append(s.Modes, analysis.Mode{Weight: m[0], Mean: m[1], Std: m[2]})
	}
	if !(q.SourceStd >= analysis.MinStd && q.SourceStd <= analysis.MaxStd) {
		return s, fmt.Errorf("the source's std must lie in %g..%g, not %g", float64(analysis.MinStd), float64(analysis.MaxStd), q.SourceStd)
	}
	if q.Steps < 1 || q.Steps > labMaxSteps {
		return s, fmt.Errorf("steps must lie in 1..%d, not %d", labMaxSteps, q.Steps)
	}
	return s, nil
}

func (s *labSession) train(m protocol.Message) error {
	var q protocol.LabTraining
	if err := m.Decode(&q); err != nil {
		return err
	}
	family := slices.IndexFunc(lab.Families, func(f flow.Fitted[float32]) bool { return f.String() == q.Variant })
	if family < 0 {
		return fmt.Errorf("variant must be one of %v, not %q", lab.Families, q.Variant)
	}
	spec, err := specOf(q.LabRequest)
	if err != nil {
		return err
	}
	l, err := lab.New(lab.Options{Target: spec, Family: lab.Families[family], SourceStd: q.SourceStd, Updates: q.Updates, Seed: q.Seed})
	if err != nil {
		return err
	}
	s.learner, s.meter, s.training, s.running, s.spent = l, nil, q, true, 0
	s.reportedAt = s.now()
	s.post(protocol.New(protocol.LabStarted, m.ID, nil))
	return nil
}

// measureWith makes the cloud of a target the session's, unless it is already.
func (s *labSession) measureWith(spec analysis.Spec, target analysis.Target, keepOn func() bool) (ok bool) {
	name := fmt.Sprint(spec)
	if s.cloud != nil && s.of == name {
		return true
	}
	cloud, ok := analysis.NewCloud(target, labSamples, labSeed, keepOn)
	if ok {
		s.cloud, s.of = cloud, name
	}
	return ok
}

// report measures the network as it is. Where it is interrupted it is done again later.
func (s *labSession) report() {
	begun, keepOn := s.now(), s.keepOn()
	l, k := s.learner, s.training.Steps
	if s.meter == nil {
		if !s.measureWith(l.Options.Target, l.Target, keepOn) {
			return
		}
		s.meter = lab.NewMeter(l, s.cloud)
	}
	var rows []float64
	for _, k := range stepsWith(k, 1, 2, 4, 8, 16) {
		m, ok := s.meter.Measure(l, k, keepOn)
		if !ok {
			return
		}
		rows = append(rows, labRow(k, m)...)
	}
	paths := make([]float32, (k+1)*labShown*l.Target.Dim())
	s.meter.Paths(paths, l, labShown, k)
	s.running = !l.Done()
	s.reportedAt = s.now()
	s.spent += s.reportedAt - begun
	s.post(protocol.New(protocol.LabFit, 0, protocol.LabFitInfo{
		Variant: s.training.Variant, Updates: l.Updates, Total: l.Options.Updates, Seconds: s.spent, Loss: l.Loss,
		Steps: k, Particles: labShown, Done: l.Done(),
	}, protocol.AppendFloat64s(nil, rows), protocol.AppendFloat32s(nil, paths)))
}

// stepsWith is the ascending list of some numbers of steps with k among them.
func stepsWith(k int, some ...int) (list []int) {
	placed := false
	for _, v := range some {
		if !placed && k <= v {
			if k < v {
				list = append(list, k)
			}
			placed = true
		}
		list = append(list, v)
	}
	if !placed {
		list = append(list, k)
	}
	return list
}

func labRow(k int, m analysis.Measured) []float64 {
	row := make([]float64, protocol.NumLabRow)
	row[protocol.LabRowK], row[protocol.LabRowW2], row[protocol.LabRowStd] = float64(k), m.W2, m.Std
	row[protocol.LabRowEnergy], row[protocol.LabRowShift] = m.Energy, m.Shift
	return row
}

// axisOf is a range that holds target and noise, three of their standard deviations to each side of their means.
func axisOf(mean []float64, variance, c float64) (low, high float64) {
	std := math.Sqrt(variance / float64(len(mean)))
	low, high = -2.5*c, 2.5*c
	for _, m := range mean {
		low, high = min(low, m-2.6*std), max(high, m+2.6*std)
	}
	return low, high
}

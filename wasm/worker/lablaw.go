package main

import (
	"math"

	"onestep/policy/analysis"
	"onestep/wasm/protocol"
)

// exact answers the LabExact that waits, unless something newer arrives meanwhile.
func (s *labSession) exact() {
	m, keepOn := *s.asked, s.keepOn()
	answer, ok, err := s.law(m, keepOn)
	if !ok && err == nil {
		return // interrupted: by a newer target, or by the fit's messages, after which this is done again
	}
	s.asked = nil
	if err != nil {
		s.fail(m.ID, "bad-config", err)
		return
	}
	s.post(answer)
}

// law computes everything exact about the target of a LabExact. ok is false where keepOn said no.
func (s *labSession) law(m protocol.Message, keepOn func() bool) (answer protocol.Message, ok bool, err error) {
	var q protocol.LabRequest
	if err := m.Decode(&q); err != nil {
		return answer, false, err
	}
	spec, err := specOf(q)
	if err != nil {
		return answer, false, err
	}
	target, err := spec.Make()
	if err != nil {
		return answer, false, err
	}
	if !s.measureWith(spec, target, keepOn) {
		return answer, false, nil
	}
	info := protocol.LabLawInfo{
		Dim: target.Dim(), Steps: q.Steps, Particles: labParticles, Mean: make([]float64, target.Dim()), Variance: target.Variance(),
		Samples: labSamples, Floor: s.cloud.Floor, EnergyFloor: s.cloud.EnergyFloor, FieldTimes: labTimes, FieldPoints: planePoints,
	}
	target.Mean(info.Mean)
	info.Low, info.High = axisOf(info.Mean, info.Variance, q.SourceStd)
	var data [protocol.NumLabLaw][]byte
	ks := stepsWith(q.Steps, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
	rows, paths := []float64(nil), []float64(nil)
	if line, onLine := target.(analysis.Line); onLine && info.Dim == 1 {
		info.FieldPoints = linePoints
		data[protocol.LabLawTarget] = protocol.AppendFloat32s(nil, densityOf(line, info.Low, info.High))
		rows, ok = lineRows(line, q.SourceStd, ks, keepOn)
	} else {
		data[protocol.LabLawTarget] = protocol.AppendFloat32s(nil, rounded(s.cloud.Data[:2*labParticles]))
		rows, ok = s.planeRows(q.SourceStd, ks, keepOn)
	}
	if ok {
		paths, ok = s.paths(target, q, keepOn)
	}
	if !ok {
		return answer, false, nil
	}
	data[protocol.LabLawRows] = protocol.AppendFloat64s(nil, rows)
	data[protocol.LabLawPaths] = protocol.AppendFloat32s(nil, rounded(paths))
	data[protocol.LabLawField] = protocol.AppendFloat32s(nil, fieldOf(target, info, q.SourceStd))
	data[protocol.LabLawSteps] = protocol.AppendFloat32s(nil, stepErrors(target, q.Steps, q.SourceStd))
	if spec.Target == "mirror" {
		data[protocol.LabLawDescent] = protocol.AppendFloat32s(nil, descent(spec))
	}
	return protocol.New(protocol.LabLaw, m.ID, info, data[:]...), true, nil
}

// lineRows are the exact laws on the line.
func lineRows(target analysis.Line, c float64, ks []int, keepOn func() bool) (rows []float64, ok bool) {
	law := analysis.NewEulerLaw(target, c)
	law.Tolerance = labTolerance
	var mean [1]float64
	target.Mean(mean[:])
	for _, k := range ks {
		l, ok := law.After(k, keepOn)
		if !ok {
			return nil, false
		}
		rows = append(rows, labRow(k, analysis.Measured{W2: l.W2, Std: l.Std, Energy: math.NaN(), Shift: math.Abs(l.Mean - mean[0])})...)
	}
	return rows, true
}

// planeRows are estimates in the plane, from samples that follow the exact field.
func (s *labSession) planeRows(c float64, ks []int, keepOn func() bool) (rows []float64, ok bool) {
	x, v := make([]float64, len(s.cloud.Noise)), make([]float64, len(s.cloud.Noise))
	for _, k := range ks {
		for i, z := range s.cloud.Noise {
			x[i] = c * z
		}
		if !analysis.Steps(s.cloud.Target, c, x, v, k, keepOn) {
			return nil, false
		}
		rows = append(rows, labRow(k, s.cloud.Measure(x))...)
	}
	return rows, true
}

// paths are the ways of particles over K steps of the exact field, [(K+1)*labParticles*dim]: on the line from the
// quantiles of the noise, so that their ends draw the law; in the plane from draws.
func (s *labSession) paths(target analysis.Target, q protocol.LabRequest, keepOn func() bool) (path []float64, ok bool) {
	n := labParticles * target.Dim()
	path = make([]float64, (q.Steps+1)*n)
	normal := analysis.Gaussian(0, 1)
	for i := range n {
		if target.Dim() == 1 {
			path[i] = q.SourceStd * normal.Quantile((float64(i)+0.5)/labParticles)
		} else {
			path[i] = q.SourceStd * s.cloud.Noise[i]
		}
	}
	v := make([]float64, n)
	for k := range q.Steps {
		if !keepOn() {
			return nil, false
		}
		from, to := path[k*n:(k+1)*n], path[(k+1)*n:(k+2)*n]
		target.Velocity(v, from, float64(k)/float64(q.Steps), q.SourceStd)
		for i := range to {
			to[i] = from[i] + v[i]/float64(q.Steps)
		}
	}
	return path, true
}

// densityOf is the density at evenly spaced points from low to high.
func densityOf(target analysis.Line, low, high float64) []float32 {
	p := make([]float32, lineDensity)
	for i := range p {
		p[i] = float32(target.Density(low + (high-low)*float64(i)/(lineDensity-1)))
	}
	return p
}

// fieldOf are the exact velocities over the grid that info describes, at times 0, 1/labTimes and so on.
func fieldOf(target analysis.Target, info protocol.LabLawInfo, c float64) []float32 {
	at := func(i int) float64 {
		return info.Low + (info.High-info.Low)*(float64(i)+0.5)/float64(info.FieldPoints)
	}
	var x []float64
	for i := range info.FieldPoints {
		if info.Dim == 1 {
			x = append(x, at(i))
			continue
		}
		for j := range info.FieldPoints {
			x = append(x, at(j), at(i))
		}
	}
	var field []float32
	v := make([]float64, len(x))
	for k := range labTimes {
		target.Velocity(v, x, float64(k)/labTimes, c)
		field = append(field, rounded(v)...)
	}
	return field
}

// stepErrors are the error and its bound of each of K steps, for mixtures on the line.
func stepErrors(target analysis.Target, steps int, c float64) (pairs []float32) {
	mixture, ok := target.(*analysis.Mixture)
	if !ok || mixture.Dim() != 1 {
		return nil
	}
	h := 1 / float64(steps)
	for k := range steps {
		err, bound := mixture.StepError(float64(k)*h, h, c)
		pairs = append(pairs, float32(err), float32(bound))
	}
	return pairs
}

// descent is the one-step error after 0, 1, ... steps of mirror descent, as far as its wells can be followed.
func descent(spec analysis.Spec) (errs []float32) {
	for k := range labDescent + 1 {
		spec.Step = k
		target, err := spec.Make()
		if err != nil {
			break
		}
		errs = append(errs, float32(math.Sqrt(target.Variance())))
	}
	return errs
}

func rounded(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

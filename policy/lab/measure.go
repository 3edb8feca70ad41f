package lab

import (
	"onestep/policy/analysis"
	"onestep/policy/flow"
)

// rowsAtOnce is how many samples the network carries between two questions whether to go on.
const rowsAtOnce = 256

// Meter samples a learner's network and measures it against the target.
type Meter struct {
	Cloud *analysis.Cloud

	sampler *flow.Sampler[float32]
	x       []float32 // [rowsAtOnce*dim]
	end     []float64 // [N*dim]
}

// NewMeter prepares measurements of l's network with the noise of a cloud of l's target.
func NewMeter(l *Learner, cloud *analysis.Cloud) *Meter {
	d := l.Target.Dim()
	return &Meter{Cloud: cloud, sampler: flow.NewSampler(&l.Policy, rowsAtOnce), x: make([]float32, rowsAtOnce*d), end: make([]float64, cloud.N*d)}
}

// Measure compares the samples of k steps with the target. keepOn is asked again and again whether to go on, nil is
// always; where it says no, ok is false.
func (m *Meter) Measure(l *Learner, k int, keepOn func() bool) (measured analysis.Measured, ok bool) {
	for at := 0; at < len(m.end); at += len(m.x) {
		if keepOn != nil && !keepOn() {
			return measured, false
		}
		x := m.x[:min(len(m.x), len(m.end)-at)]
		for i := range x {
			x[i] = l.Policy.SourceStd * float32(m.Cloud.Noise[at+i])
		}
		m.sampler.Sample(x, &l.Policy, nil, 1, x, k)
		for i, v := range x {
			m.end[at+i] = float64(v)
		}
	}
	return m.Cloud.Measure(m.end), true
}

// Paths writes the ways of the cloud's first n points, n at most 256, over k steps: dst [(k+1)*n*dim], dst[i*n*dim:]
// the positions at t = i/k.
func (m *Meter) Paths(dst []float32, l *Learner, n, k int) {
	x := m.x[:n*l.Target.Dim()]
	for i := range x {
		x[i] = l.Policy.SourceStd * float32(m.Cloud.Noise[i])
	}
	m.sampler.Trajectory(dst, &l.Policy, nil, 1, x, k)
}

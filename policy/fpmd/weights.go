package fpmd

import (
	"math"

	"onestep/engine/num"
)

// clipAdvantage bounds the normalised advantage before it is divided by lambda [code].
const clipAdvantage = 3

// weigh sets w = exp(clip(n, -3, 3)/lambda) for the actions a' and records the metrics of the weights.
func (a *Agent) weigh() {
	lambda := a.Lambda()
	switch a.Config.Weighting {
	case PerState:
		n := a.Config.Particles
		a.Stats.observeWithin(a.withinSquares(n)/float64(len(a.w)*n), a.Config.PerStateRate)
		a.weighWithin(a.Stats.within(), lambda)
	case Global, AsReleased:
		// The statistics of the updates before: they start at (0, 1) and are updated after use [code].
		mean, std := a.Stats.moments()
		if a.Config.Released {
			mean, std = a.Stats.RunMean, a.Stats.RunStd
		}
		for b := range a.w {
			n := (float64(a.qNext[b]) - mean) / std
			if a.Config.Weighting == AsReleased {
				n = float64(a.qNext[b]) - mean/std
			}
			a.w[b] = weight(n, lambda)
		}
		if !a.Config.Released { // there, every update counts: see Update
			a.Stats.observe(a.qNext, a.Config.StatRate)
		}
	case Constant:
		a.weighAlike()
	}
	a.record(a.weightSums(), len(a.w))
}

// weighWithin compares each action with the other candidates of its state; rms is that of their deviations.
func (s *share) weighWithin(rms, lambda float64) {
	for b := range s.w {
		s.w[b] = weight(float64(s.qNext[b]-s.acts.Mean[b])/rms, lambda)
	}
}

func (s *share) weighAlike() {
	for b := range s.w {
		s.w[b] = 1
	}
}

func weight(n, lambda float64) float32 {
	return float32(num.Exp(min(max(n, -clipAdvantage), clipAdvantage) / lambda))
}

// weightSums is what the metrics of weights are made of.
type weightSums struct{ sum, square, q, largest float64 }

func (s *share) weightSums() (m weightSums) {
	for b, w := range s.w {
		m.sum += float64(w)
		m.square += float64(float64(w) * float64(w))
		m.q += float64(s.qNext[b])
		m.largest = max(m.largest, float64(w))
	}
	return m
}

func (a *Agent) record(m weightSums, batch int) {
	n := float64(batch)
	a.Last.ESS, a.Last.QMean, a.Last.WeightMax = float64(m.sum*m.sum)/float64(n*m.square), m.q/n, m.largest
}

// withinSquares is the sum of the squared deviations of the candidates' values from the mean over their n of a state.
func (s *share) withinSquares(n int) (sum float64) {
	for i, v := range s.acts.Q[:len(s.w)*n] {
		d := float64(v - s.acts.Mean[i/n])
		sum += float64(d * d)
	}
	return sum
}

// observeWithin updates the mean square of the deviations within a state.
func (s *RunningStats) observeWithin(square, rate float64) {
	s.Within += float64(rate * (square - s.Within))
	s.WithinWeight += float64(rate * (1 - s.WithinWeight))
}

// within is the root of the mean square of these deviations, bias-corrected.
func (s *RunningStats) within() float64 {
	return max(math.Sqrt(s.Within/s.WithinWeight), smallestScale)
}

// smallestScale keeps a division finite where all candidates have the same value.
const smallestScale = 1e-6

// moments returns mean and std of Q over the batches so far, (0, 1) before the first.
func (s *RunningStats) moments() (mean, std float64) {
	if s.Weight == 0 {
		return 0, 1
	}
	mean = s.Mean / s.Weight
	variance := s.Square/s.Weight - float64(mean*mean)
	return mean, max(math.Sqrt(max(variance, 0)), smallestScale)
}

func (s *RunningStats) observe(q []float32, rate float64) {
	var sum, square float64
	for _, v := range q {
		sum += float64(v)
		square += float64(float64(v) * float64(v))
	}
	n := float64(len(q))
	s.Mean += float64(rate * (sum/n - s.Mean))
	s.Square += float64(rate * (square/n - s.Square))
	s.Weight += float64(rate * (1 - s.Weight))
}

// observeReleased is observe as in the released code: running averages of a batch's mean and std, not corrected
// for their start at (0, 1).
func (s *RunningStats) observeReleased(q []float32, rate float64) {
	var sum, square float64
	for _, v := range q {
		sum += float64(v)
	}
	mean := sum / float64(len(q))
	for _, v := range q {
		d := float64(v) - mean
		square += float64(d * d)
	}
	s.RunMean += float64(rate * (mean - s.RunMean))
	s.RunStd += float64(rate * (math.Sqrt(square/float64(len(q))) - s.RunStd))
}

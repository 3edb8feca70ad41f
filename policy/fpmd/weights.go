package fpmd

import (
	"errors"
	"math"

	"onestep/engine/num"
)

// clipAdvantage bounds the normalised advantage before it is divided by lambda [code].
const clipAdvantage = 3

// weigh sets a shard's w = exp(clip(n, -3, 3)/lambda) for its actions a', and the sums that statistics and metrics need.
func (l *Learner) weigh(s *Shard) {
	lambda := l.Lambda()
	switch l.Config.Weighting {
	case PerState:
		// n = (q - mean_i q_i) / RMS, the RMS over what is known here
		s.Sums[sumWithin] = s.withinSquares(l.Config.Particles)
		stats := l.Stats
		if !s.seeded || stats.WithinWeight == 0 {
			stats.observeWithin(s.Sums[sumWithin]/float64(len(s.w)*l.Config.Particles), l.Config.PerStateRate)
		}
		rms := stats.within()
		for b := range s.w {
			s.w[b] = weight(float64(s.qNext[b]-s.act.Mean[b])/rms, lambda)
		}
	case Global, AsReleased:
		// The statistics of the updates before: they start at (0, 1) and are updated after use [code].
		mean, std := l.Stats.moments()
		if l.Config.Released {
			mean, std = l.Stats.RunMean, l.Stats.RunStd
		}
		for b := range s.w {
			n := (float64(s.qNext[b]) - mean) / std
			if l.Config.Weighting == AsReleased {
				n = float64(s.qNext[b]) - mean/std
			}
			s.w[b] = weight(n, lambda)
		}
	case Constant:
		for b := range s.w {
			s.w[b] = 1
		}
	}
	s.sumWeights()
}

// sumWeights is what the metrics of weights are made of.
func (s *Shard) sumWeights() {
	for b, w := range s.w {
		s.Sums[sumWeight] += float64(w)
		s.Sums[sumSquare] += float64(float64(w) * float64(w))
		s.Sums[sumQ] += float64(s.qNext[b])
		s.Sums[largestWeight] = max(s.Sums[largestWeight], float64(w))
	}
}

// withinSquares is the sum of the squared deviations of the candidates' values from the mean over their n of a state.
func (s *Shard) withinSquares(n int) (sum float64) {
	for i, v := range s.act.Q[:len(s.w)*n] {
		d := float64(v - s.act.Mean[i/n])
		sum += float64(d * d)
	}
	return sum
}

func weight(n, lambda float64) float32 {
	return float32(num.Exp(min(max(n, -clipAdvantage), clipAdvantage) / lambda))
}

// RunningStats are the statistics of Q that the weightings use, as bias-corrected moving averages.
type RunningStats struct {
	Mean, Square float64 // of q(s', a'), before correction
	Weight       float64 // 1 - (1-rate)^n
	Within       float64 // mean square of q_i - mean_i q_i within a state, before correction
	WithinWeight float64

	RunMean, RunStd float64 // of the released code: they start at (0, 1) and are not corrected
}

// Validate implements learner.Statistics.
func (s *RunningStats) Validate() error {
	if s.Weight < 0 || s.WithinWeight < 0 || s.Within < 0 {
		return errors.New("the running statistics are negative where they cannot be")
	}
	return nil
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

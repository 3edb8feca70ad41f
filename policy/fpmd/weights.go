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
		rms := a.Stats.observeWithin(a.q[:len(a.w)*a.Config.Particles], a.mean, a.Config.Particles, a.Config.PerStateRate)
		for b := range a.w {
			a.w[b] = weight(float64(a.qNext[b]-a.mean[b])/rms, lambda)
		}
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
		for b := range a.w {
			a.w[b] = 1
		}
	}
	a.record()
}

func weight(n, lambda float64) float32 {
	return float32(num.Exp(min(max(n, -clipAdvantage), clipAdvantage) / lambda))
}

func (a *Agent) record() {
	var sum, square, q, largest float64
	for b, w := range a.w {
		sum += float64(w)
		square += float64(float64(w) * float64(w))
		q += float64(a.qNext[b])
		largest = max(largest, float64(w))
	}
	n := float64(len(a.w))
	a.Last.ESS, a.Last.QMean, a.Last.WeightMax = float64(sum*sum)/float64(n*square), q/n, largest
}

// observeWithin updates the mean square of the deviations of q [states*n] from their states' means and
// returns its root, bias-corrected.
func (s *RunningStats) observeWithin(q, mean []float32, n int, rate float64) float64 {
	var sum float64
	for i, v := range q {
		d := float64(v - mean[i/n])
		sum += float64(d * d)
	}
	s.Within += float64(rate * (sum/float64(len(q)) - s.Within))
	s.WithinWeight += float64(rate * (1 - s.WithinWeight))
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

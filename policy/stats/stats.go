// Package stats compares a handful of runs honestly, as Agarwal, Schwarzer, Castro, Courville and Bellemare ask for
// ("Deep Reinforcement Learning at the Edge of the Statistical Precipice", NeurIPS 2021, arXiv 2108.13264): the
// interquartile mean with a stratified bootstrap interval, performance profiles, and the probability of improvement.
//
// Scores are one number a run. Runs are grouped in strata, usually one a task:
//
//	scores[m][n]   score of run n on task m; tasks may differ in their number of runs
//
// A bootstrap resamples runs within each stratum, so that every resample holds the same number of runs of a task.
// Intervals are percentile intervals. Everything is a function of the scores and a seed.
package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"onestep/engine/rng"
)

// Resamples is the number of bootstrap resamples; the paper uses 2,000 for aggregates.
const Resamples = 2000

// Confidence is the share of resamples that an Interval holds.
const Confidence = 0.95

// Interval is a percentile interval of a bootstrap. Both ends are NaN where the bootstrap has nothing to resample,
// that is where every stratum holds one run.
type Interval struct {
	Low, High float64
}

// Contains reports whether x lies within the interval, its ends included.
func (i Interval) Contains(x float64) bool { return i.Low <= x && x <= i.High }

// IQM is the interquartile mean of x [n]: the mean of what is left after the floor(n/4) smallest and as many of the
// largest numbers are taken away. With fewer than four numbers that is the mean; without any it is NaN.
func IQM(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(x))
	cut := len(x) / 4
	return stat.Mean(sorted[cut:len(sorted)-cut], nil)
}

// Aggregate is the interquartile mean over the runs of all strata together.
func Aggregate(scores [][]float64) float64 { return IQM(slices.Concat(scores...)) }

// AggregateInterval is the interval of Aggregate.
func AggregateInterval(scores [][]float64, seed uint64) Interval {
	return Bootstrap(Aggregate, seed, scores)
}

// Bootstrap is the interval of a statistic of scores under the stratified bootstrap of the package comment.
func Bootstrap(statistic func(scores [][]float64) float64, seed uint64, scores [][]float64) Interval {
	return bootstrap(seed, [][][]float64{scores}, func(groups [][][]float64) float64 { return statistic(groups[0]) })
}

// Improvement is the probability that a run of x scores above one of y on the same task, ties counted half, averaged
// over tasks (equation 2 of the paper, the Mann-Whitney statistic), with its interval. It panics unless x and y have
// the same number of strata.
func Improvement(x, y [][]float64, seed uint64) (float64, Interval) {
	if len(x) != len(y) {
		panic("stats: the probability of improvement needs the same tasks on both sides")
	}
	groups := [][][]float64{x, y}
	return improvement(groups), bootstrap(seed, groups, improvement)
}

func improvement(groups [][][]float64) float64 {
	x, y := groups[0], groups[1]
	var sum float64
	for m := range x {
		var wins float64
		for _, a := range x[m] {
			for _, b := range y[m] {
				switch {
				case a > b:
					wins++
				case a == b:
					wins += 0.5
				}
			}
		}
		sum += wins / float64(len(x[m])*len(y[m]))
	}
	return sum / float64(len(x))
}

// Profile is the performance profile at the thresholds tau [k]: for each the share of runs above it, averaged over
// tasks (equation 3 of the paper), with pointwise intervals.
func Profile(scores [][]float64, tau []float64, seed uint64) (share []float64, band []Interval) {
	share, band = make([]float64, len(tau)), make([]Interval, len(tau))
	for k, t := range tau {
		above := func(scores [][]float64) float64 {
			var sum float64
			for _, runs := range scores {
				n := 0
				for _, s := range runs {
					if s > t {
						n++
					}
				}
				sum += float64(n) / float64(len(runs))
			}
			return sum / float64(len(scores))
		}
		share[k], band[k] = above(scores), Bootstrap(above, seed, scores)
	}
	return share, band
}

// bootstrap resamples every stratum of every group and takes the percentile interval of the statistic.
func bootstrap(seed uint64, groups [][][]float64, statistic func(groups [][][]float64) float64) Interval {
	src, resampled, single := rng.New(seed), make([][][]float64, len(groups)), true
	for g, scores := range groups {
		resampled[g] = make([][]float64, len(scores))
		for m, runs := range scores {
			resampled[g][m] = make([]float64, len(runs))
			single = single && len(runs) < 2
		}
	}
	if single {
		return Interval{math.NaN(), math.NaN()}
	}
	values := make([]float64, Resamples)
	for i := range values {
		for g, scores := range groups {
			for m, runs := range scores {
				for n := range runs {
					resampled[g][m][n] = runs[src.IntN(len(runs))]
				}
			}
		}
		values[i] = statistic(resampled)
	}
	slices.Sort(values)
	tail := (1 - Confidence) / 2
	return Interval{stat.Quantile(tail, stat.LinInterp, values, nil), stat.Quantile(1-tail, stat.LinInterp, values, nil)}
}

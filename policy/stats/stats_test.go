package stats_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"onestep/engine/rng"
	"onestep/policy/stats"
)

func TestIQM(t *testing.T) {
	for _, c := range []struct {
		name string
		x    []float64
		want float64
	}{
		{"one run", []float64{7}, 7},
		{"three runs are their mean", []float64{1, 2, 6}, 3},
		{"four lose their ends", []float64{100, 1, 2, -50}, 1.5},
		{"five lose one at each end", []float64{3, 1, 2, 1000, -1000}, 2},
		{"eight lose two at each end", []float64{8, 7, 6, 5, 4, 3, 2, 1}, 4.5},
	} {
		assert.InDelta(t, c.want, stats.IQM(c.x), 1e-12, c.name)
	}
	assert.True(t, math.IsNaN(stats.IQM(nil)))
}

// The bootstrap of the mean of n runs has the standard error of the sample, sqrt(sum (x - mean)^2)/n: with four runs
// per stratum the interquartile mean differs from the mean, so the plain mean is tested against the closed form.
func TestBootstrapOfTheMeanAgainstItsClosedForm(t *testing.T) {
	src, x := rng.New(5), make([]float64, 400)
	var sum, square float64
	for i := range x {
		x[i] = 3 + 2*src.Normal()
		sum += x[i]
	}
	mean := sum / 400
	for _, v := range x {
		square += (v - mean) * (v - mean)
	}
	half := 1.959964 * math.Sqrt(square) / 400
	got := stats.Bootstrap(func(s [][]float64) float64 {
		var sum float64
		for _, v := range s[0] {
			sum += v
		}
		return sum / 400
	}, 1, [][]float64{x})
	// The 2.5 % quantile of 2,000 normal resamples has a standard error of 0.06 of the distance to the mean, half/1.96 units.
	assert.InDelta(t, mean-half, got.Low, 0.1*half)
	assert.InDelta(t, mean+half, got.High, 0.1*half)
}

// A resample of {0, 1} has the mean 0, 1/2, 1 with probability 1/4, 1/2, 1/4, so the interval is all of it; within
// strata of one value nothing varies, which resampling across strata would not keep.
func TestBootstrapIsStratified(t *testing.T) {
	assert.Equal(t, stats.Interval{Low: 0, High: 1}, stats.AggregateInterval([][]float64{{0, 1}}, 1))
	assert.Equal(t, stats.Interval{Low: 5, High: 5}, stats.AggregateInterval([][]float64{{0, 0}, {10, 10}}, 1))
	one := stats.AggregateInterval([][]float64{{4}}, 1)
	assert.True(t, math.IsNaN(one.Low) && math.IsNaN(one.High), "one run tells nothing about its spread")
	assert.Equal(t, stats.AggregateInterval([][]float64{{1, 4, 9, 16}}, 3), stats.AggregateInterval([][]float64{{1, 4, 9, 16}}, 3))
}

func TestImprovement(t *testing.T) {
	// By hand: task 1 has 3 wins and a tie of 4 pairs, task 2 none of 4.
	p, _ := stats.Improvement([][]float64{{2, 3}, {0, 0}}, [][]float64{{1, 2}, {1, 1}}, 1)
	assert.InDelta(t, (3.5/4+0)/2, p, 1e-15)
	p, i := stats.Improvement([][]float64{{5, 6, 7}}, [][]float64{{1, 2, 3}}, 1)
	assert.Equal(t, 1.0, p)
	assert.Equal(t, stats.Interval{Low: 1, High: 1}, i)
	x := [][]float64{{1, 2, 3}, {4, 4, 4}}
	p, i = stats.Improvement(x, x, 1)
	assert.Equal(t, 0.5, p, "nothing improves on itself")
	assert.True(t, i.Contains(0.5))
	assert.PanicsWithValue(t, "stats: the probability of improvement needs the same tasks on both sides", func() {
		stats.Improvement(x, x[:1], 1)
	})
}

func TestProfile(t *testing.T) {
	share, band := stats.Profile([][]float64{{1, 2, 3, 4}, {10, 20}}, []float64{0, 2, 10, 20}, 1)
	assert.Equal(t, []float64{1, (0.5 + 1) / 2, (0 + 0.5) / 2, 0}, share)
	assert.Equal(t, stats.Interval{Low: 1, High: 1}, band[0])
	assert.True(t, band[1].Contains(share[1]) && band[1].Low < band[1].High)
}

// The exact bootstrap distribution of the interquartile mean of four runs, by all 4^4 resamples: the percentile interval
// of 2,000 draws must lie within one step of its exact quantiles.
func TestIntervalAgainstAllResamples(t *testing.T) {
	x := []float64{1, 2, 4, 8}
	got := stats.AggregateInterval([][]float64{x}, 7)
	below := func(v float64) (n int) {
		for i := range 256 {
			if stats.IQM([]float64{x[i&3], x[i>>2&3], x[i>>4&3], x[i>>6]}) <= v {
				n++
			}
		}
		return n
	}
	// 2.5 % of 256 resamples are 6.4: with a binomial standard error of 0.35 % (0.9 resamples) the count at the ends
	// lies within four of them, or the end is an atom of the distribution that holds the quantile.
	assert.LessOrEqual(t, below(math.Nextafter(got.Low, -1)), 10)
	assert.GreaterOrEqual(t, below(got.Low), 3)
	assert.LessOrEqual(t, below(math.Nextafter(got.High, -1)), 253)
	assert.GreaterOrEqual(t, below(got.High), 246)
}

//go:build !js

package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestQuantile(t *testing.T) {
	x := []float64{1, 2, 4, 8}
	for p, want := range map[float64]float64{0: 1, 1: 8, 0.5: 3, 1.0 / 3: 2, 0.9: 6.8} {
		assert.InDelta(t, want, quantile(x, p), 1e-12, "exact but for rounding")
	}
	assert.Equal(t, 5.0, quantile([]float64{5}, 0.9))
}

// 95 % of the law of Student with 4 degrees of freedom lie within 2.776 (any table).
func TestInterval(t *testing.T) {
	mean, half := interval([]float64{1, 2, 3, 4, 5})
	assert.InDelta(t, 3, mean, 1e-12)
	assert.InDelta(t, 2.776*0.70711, half, 1e-3)
}

func TestTablesAreReadable(t *testing.T) {
	assert.Equal(t, "7.05", digits(7.049))
	assert.Equal(t, "17400", digits(17400))
	assert.Equal(t, "0.346", digits(0.34567))
	ours, other := Timing{Min: 10, Median: 20}, Timing{Min: 25, Median: 60}
	assert.Equal(t, "2.50 / 3.00", ratio(other, ours, 2.5))
	assert.Equal(t, "2.50 / 3.00 (below 3)", ratio(other, ours, 3))
	assert.Equal(t, "100.0k / 50.0k", perSecond(ours))
}

func TestOptionsAreChecked(t *testing.T) {
	o := options{only: "physics,learning", rounds: 1, slice: 1e7, episodes: 2, steps: 1}
	want, err := o.check()
	assert.NoError(t, err)
	assert.Equal(t, []string{"physics", "learning"}, want)
	o.only = "physics,chess"
	_, err = o.check()
	assert.ErrorContains(t, err, "chess")
	o.only = "transfer"
	_, err = o.check()
	assert.ErrorContains(t, err, "-policy")
}

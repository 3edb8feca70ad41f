//go:build !js

package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A machine that is busy most of the time must not shorten the slices.
func TestCalibrationGoesByTheFastest(t *testing.T) {
	calls := 0
	c := &contender{slice: func(_ string, n int) (time.Duration, error) {
		calls++
		time.Sleep(time.Millisecond)
		per := time.Millisecond / 10
		if calls%20 != 0 {
			per *= 10
		}
		return time.Duration(n) * per, nil
	}}
	n, err := calibrate(c, "", 10*time.Millisecond)
	require.NoError(t, err)
	assert.Equal(t, 100, n)
}

// Every round has every contender once, and each starts equally often.
func TestSlicesAlternate(t *testing.T) {
	var order string
	contenders := make([]*contender, 3)
	for i, name := range []string{"a", "b", "c"} {
		contenders[i] = &contender{name: name, slice: func(string, int) (time.Duration, error) {
			order += name
			return time.Second, nil
		}}
	}
	timings := make([]Timing, 3)
	for i := range timings {
		timings[i] = Timing{Contender: contenders[i].name, N: 2}
	}
	require.NoError(t, take("", contenders, timings, 3))
	assert.Equal(t, "abc"+"bca"+"cab", order)
	assert.Equal(t, []float64{5e5, 5e5, 5e5}, timings[1].Slices, "microseconds per repetition")
	assert.Equal(t, 5e5, timings[1].Median)
}

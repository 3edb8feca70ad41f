package view

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// frames plays a second of frames that take cost when drawn and a 60th of a second otherwise, and counts
// the drawn ones.
func frames(cost float64, thrifty bool) (drawn int, busy float64) {
	var t thrift
	for now := 0.0; now < 1; {
		if t.rest(now, thrifty) {
			now += 1.0 / 60
			continue
		}
		t.drew(now)
		drawn++
		busy += cost
		now += cost
	}
	return drawn, busy
}

func TestASlowStageLeavesTimeToATraining(t *testing.T) {
	all, _ := frames(0.05, false)
	require.Equal(t, 20, all)
	some, busy := frames(0.05, true)
	require.InDelta(t, 7, some, 1, "a third of the frames, but for the grain of a 60th of a second")
	require.InDelta(t, 0.33, busy, 0.06)
}

func TestAFastStageDrawsEveryFrame(t *testing.T) {
	for _, thrifty := range []bool{false, true} {
		n, _ := frames(1.0/60, thrifty)
		require.InDelta(t, 60, n, 1)
	}
}

// After a tab was hidden the first frames must not wait for seconds.
func TestALongGapIsNoSlowFrame(t *testing.T) {
	var th thrift
	th.drew(0)
	require.True(t, th.rest(0.1, true))
	th.drew(1)
	require.False(t, th.rest(61, true))
	require.False(t, th.rest(61.2, true))
}

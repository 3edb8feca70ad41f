package view

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const tick = 1.0 / 60 // s between two frames of the display

// frames plays seconds of frames whose drawing takes cost, beside this thread and one after another; a frame begins once at
// most the one before it is still being drawn. It counts the drawn frames and the share of the time in which one was drawn.
func frames(cost float64, thrifty bool, seconds float64) (drawn int, busy float64) {
	var t thrift
	free := 0.0 // when all is drawn
	for now := 0.0; now < seconds; {
		now += t.pause(now, thrifty)
		t.drew(now)
		drawn++
		busy += cost / seconds
		before := max(free, now)
		free = before + cost
		now = max(now+tick, before)
	}
	return drawn, busy
}

func TestASlowStageLeavesTimeToATraining(t *testing.T) {
	for _, cost := range []float64{0.04, 0.1, 0.2} {
		_, busy := frames(cost, false, 20)
		require.InDelta(t, 1, busy, 0.03, "%v s a frame, with nothing to leave time to", cost)
		drawn, busy := frames(cost, true, 20)
		require.InDelta(t, 0.4, busy, 0.06, "%v s a frame, %d frames", cost, drawn)
	}
}

func TestAFastStageDrawsEveryFrame(t *testing.T) {
	for _, thrifty := range []bool{false, true} {
		n, _ := frames(tick/2, thrifty, 1)
		require.InDelta(t, 60, n, 1)
	}
}

// A display of 30 Hz is no slow stage.
func TestASlowDisplayIsNoSlowStage(t *testing.T) {
	var th thrift
	for i := range 60 {
		now := float64(i) / 30
		require.Zero(t, th.pause(now, true), "frame %d", i)
		th.drew(now)
	}
}

// On any machine some frames come late, and a pause after each of them would be seen.
func TestALateFrameIsNoSlowStage(t *testing.T) {
	var th thrift
	now := 0.0
	for i := range 300 {
		require.Zero(t, th.pause(now, true), "frame %d", i)
		th.drew(now)
		now += tick
		if i%4 == 0 {
			now += 2 * tick
		}
	}
}

// A stage that has become fast draws every frame again.
func TestAStageMayBecomeFast(t *testing.T) {
	th := thrift{cost: 0.2, left: keep}
	now := 0.0
	for range keep + measured {
		now += th.pause(now, true)
		th.drew(now)
		now += tick
	}
	require.Zero(t, th.pause(now, true))
	require.Less(t, th.cost, slowFrame)
}

// After a tab was hidden the first frames must not wait for seconds.
func TestALongGapIsNoSlowFrame(t *testing.T) {
	var th thrift
	now := 0.0
	for range 2 * measured {
		th.drew(now)
		now += 60
		require.LessOrEqual(t, th.pause(now, true), share*longestFrame)
	}
}

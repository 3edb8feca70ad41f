package view

import "slices"

// thrift leaves time to others where drawing is slow. In software a frame of the stage keeps every core busy
// for 30 to 150 ms, and a training beside it would starve; on a GPU frames take their 16 ms and nothing is left out.
//
// A browser lets the next frame begin while the last one is still being drawn, and holds back only the one after it: a frame
// that is drawn after a pause looks cheap. So the cost is the median time between some frames without a pause, for now and
// then a frame is late on any machine, and is kept for a while.
type thrift struct {
	drawnAt float64           // when the last frame that was drawn began, s
	open    bool              // the next frame has not come yet
	times   [measured]float64 // from a drawn frame to the next one, s
	n       int               // of them that are measured
	cost    float64           // their median once there are all, s
	left    int               // drawn frames until the cost is measured anew
}

const (
	slowFrame    = 0.036 // s; a frame of 60 or 30 Hz, as of a telephone that saves its battery, is below
	longestFrame = 0.25  // s; a longer gap is a hidden tab or a sleeping machine, no drawing
	share        = 3     // a slow stage takes one part in so many of the time
	look         = 0.03  // s; between two looks, in a pause, at whether it is still wanted
	measured     = 5     // frames that tell the cost
	keep         = 18    // drawn frames for which it holds
)

// pause is how long the frame that begins now should wait, s.
func (t *thrift) pause(now float64, thrifty bool) float64 {
	if t.open {
		t.open = false
		t.measure(min(now-t.drawnAt, longestFrame))
	}
	if !thrifty || t.left == 0 || t.cost < slowFrame {
		return 0
	}
	return max(0, t.drawnAt+share*t.cost-now)
}

func (t *thrift) measure(time float64) {
	if t.left > 0 {
		t.left--
		return
	}
	t.times[t.n] = time
	if t.n++; t.n == measured {
		slices.Sort(t.times[:])
		t.cost, t.n, t.left = t.times[measured/2], 0, keep
	}
}

// drew notes that the frame that began then was drawn.
func (t *thrift) drew(began float64) { t.drawnAt, t.open = began, true }

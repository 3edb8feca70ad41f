package view

// thrift leaves time to others where drawing is slow. In software a frame of the stage keeps every core busy
// for 30 to 150 ms, and a training beside it would starve; on a GPU frames take their 16 ms and nothing is left out.
//
// A browser lets the next frame begin while the last one is still being drawn, and holds back only the one after it. So a
// frame that is drawn after a pause looks cheap, and the cost is the longest time between frames of several.
type thrift struct {
	drawnAt float64 // when the last frame that was drawn began, s
	cost    float64 // the longest time from a drawn frame to the next one lately, s
	kept    int     // drawn frames since the cost was last forgotten
	open    bool    // the next frame has not come yet
}

const (
	slowFrame    = 0.025 // s; a frame of 60 or 50 Hz is below
	longestFrame = 0.25  // s; a longer gap is a hidden tab or a sleeping machine, no drawing
	share        = 3     // a slow stage takes one part in so many of the time
	look         = 0.03  // s; between two looks, in a pause, at whether it is still wanted
	keep         = 12    // drawn frames until the cost is forgotten and measured anew, by two frames without a pause
)

// pause is how long the frame that begins now should wait, s.
func (t *thrift) pause(now float64, thrifty bool) float64 {
	if t.open {
		t.cost, t.open = max(t.cost, min(now-t.drawnAt, longestFrame)), false
	}
	if !thrifty || t.cost < slowFrame {
		return 0
	}
	return max(0, t.drawnAt+share*t.cost-now)
}

// drew notes that the frame that began then was drawn.
func (t *thrift) drew(began float64) {
	if t.kept++; t.kept > keep {
		t.kept, t.cost = 0, 0
	}
	t.drawnAt, t.open = began, true
}

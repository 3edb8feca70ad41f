package view

// thrift leaves time to others where drawing is slow. In software a frame of the stage keeps every core busy
// for 30 to 60 ms, and a training beside it would starve; on a GPU frames take their 16 ms and nothing is left out.
type thrift struct {
	drawnAt float64 // when the last frame that was drawn began, s
	cost    float64 // from there to the next frame, s
	open    bool    // that next frame has not come yet
}

const (
	slowFrame    = 0.025 // s; a frame of 60 or 50 Hz is below
	longestFrame = 0.25  // s; a longer gap is a hidden tab or a sleeping machine, no drawing
	share        = 3     // a slow stage takes one part in so many of the time
)

// rest says whether the frame that begins now is to be left out.
func (t *thrift) rest(now float64, thrifty bool) bool {
	if t.open {
		t.cost, t.open = now-t.drawnAt, false
	}
	if !thrifty || t.cost < slowFrame {
		return false
	}
	return now-t.drawnAt < share*min(t.cost, longestFrame)
}

// drew notes that the frame that began then was drawn.
func (t *thrift) drew(began float64) { t.drawnAt, t.open = began, true }

package show

// clock turns measured time into simulated time: speed times real time, with a cap on how much a single
// frame may bring, so that a slow or hidden page does not leap.
type clock struct {
	last  float64 // s, time of the last frame
	ready bool
	debt  float64 // s of simulated time since the body's last step
}

// maxFrame is the longest real time that one frame may stand for, s.
const maxFrame = 0.25

// tick returns the real time since the last frame, capped.
func (c *clock) tick(now float64) float64 {
	if !c.ready {
		c.ready, c.last = true, now
		return 0
	}
	dt := now - c.last
	c.last = now
	if !(dt > 0) {
		return 0
	}
	return min(dt, maxFrame)
}

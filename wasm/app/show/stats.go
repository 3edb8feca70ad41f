package show

import (
	"math"

	"onestep/engine/view"
	"onestep/wasm/protocol"
)

// stats collects what StageStats reports.
type stats struct {
	since     float64 // s since the last report
	frames    float64 // drawn since the start
	reported  float64 // frames at the last report
	simulated float64 // s since the last report
	work      float64 // s, over worked frames
	worked    int
	before    float64 // s that the frame took until it was probed
	drawing   float64 // s that the last frame took from there on: its lists and draw calls
	row       [protocol.NumStats]float64
}

const statsPeriod = 0.2 // s

func (st *stats) count(dt, simulated float64) {
	st.since += dt
	st.simulated += simulated
}

// frame takes in a frame and tells whether it is time to report.
func (st *stats) frame(f view.Frame) (due bool) {
	if f.Drawn {
		st.frames++
	}
	st.drawing = math.Max(0, f.Work-st.before)
	st.work += f.Work
	st.worked++
	return st.since >= statsPeriod
}

// report begins the next period.
func (st *stats) report() {
	st.reported, st.since, st.simulated, st.work, st.worked = st.frames, 0, 0, 0, 0
}

func (s *Session) fillStats() {
	st, r, w := &s.stats, &s.stats.row, s.world
	nan := math.NaN()
	r[protocol.StatFrames] = st.frames
	r[protocol.StatFPS] = (st.frames - st.reported) / st.since
	r[protocol.StatSimSeconds] = float64(w.Episode.Steps) * w.Spec.ControlPeriod
	r[protocol.StatRealTimeFactor] = st.simulated / st.since
	r[protocol.StatPolicyNFE], r[protocol.StatCriticNFE] = 0, 0
	if w.PolicyActs() {
		r[protocol.StatPolicyNFE], r[protocol.StatCriticNFE] = float64(w.Decision.NFE), float64(w.Decision.Critics)
	}
	r[protocol.StatControlPeriodMicros] = w.Spec.ControlPeriod * 1e6
	r[protocol.StatEpisodeReturn] = w.Episode.Return
	r[protocol.StatReward] = w.Episode.Reward
	r[protocol.StatTouches] = float64(w.Touches)
	r[protocol.StatEpisodeSteps] = float64(w.Episode.Steps)
	r[protocol.StatLastReturn] = w.Episode.Last
	r[protocol.StatEpisodes] = float64(w.Episode.Done)
	r[protocol.StatDrawMillis] = st.work / float64(st.worked) * 1e3
	r[protocol.StatT] = w.T
	r[protocol.StatGhostApart], r[protocol.StatGhostParted] = nan, nan
	if w.Ghost.On {
		r[protocol.StatGhostApart], r[protocol.StatGhostParted] = w.Ghost.Apart, w.Ghost.Parted
	}
	r[protocol.StatActionMicros], r[protocol.StatOneStepError], r[protocol.StatVariance] = nan, nan, nan
	if w.Policy != nil {
		r[protocol.StatActionMicros] = w.ActionMicros()
	}
	if w.Policy != nil && !w.Policy.Foreign() {
		r[protocol.StatOneStepError], r[protocol.StatVariance] = w.Gap(), s.probe.Shown().Variance
	}
}

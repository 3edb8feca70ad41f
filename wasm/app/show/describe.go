package show

import (
	"fmt"
	"math"
	"strings"

	"onestep/engine/plot"
	"onestep/wasm/protocol"
)

// describePause is the least time between two descriptions, s.
const describePause = 2

// describe tells the page in words what is seen, where that has changed.
func (s *Session) describe(dt float64) {
	s.silent += dt
	if s.silent < describePause || s.appearance.Resting {
		return
	}
	s.silent = 0
	if text := s.inWords(); text != s.said {
		s.said = text
		s.out.Post(protocol.New(protocol.Described, 0, protocol.Description{Text: text}))
	}
}

// inWords is what the four panels show now.
func (s *Session) inWords() string {
	var b strings.Builder
	who := s.driverName()
	if s.drive.Mode == drivePolicy {
		_, who = s.chip(math.Inf(1))
	}
	switch {
	case s.policy == nil && s.drive.Mode == drivePolicy:
		fmt.Fprintf(&b, "%s waits for a policy.", s.spec.Title)
		return b.String()
	case s.held:
		fmt.Fprintf(&b, "%s stands in the visited state that was chosen.", s.spec.Title)
	case !s.play.Playing:
		fmt.Fprintf(&b, "%s is paused at step %d.", s.spec.Title, s.episode.steps)
	default:
		fmt.Fprintf(&b, "%s moves, %s: step %d, return %s so far.", s.spec.Title, who, s.episode.steps, plot.Number(s.episode.ret, 1))
	}
	b.WriteString(" Action:")
	for i, a := range s.decision.action {
		if i > 0 {
			b.WriteString(",")
		}
		q := s.spec.Actions[i]
		fmt.Fprintf(&b, " %s %s", q.Name, inUnit(math.Max(-1, math.Min(1, a))*q.Scale, q.Scale/100, q.Unit))
	}
	b.WriteString(".")
	if pic := s.probe.shown; pic.ready && s.policy != nil {
		fmt.Fprintf(&b, " The %d particles of the flow end with a spread of %.3f; one step lands %.3f from many (W2).", pic.paths.N, math.Sqrt(pic.variance), pic.err)
	}
	if g := &s.ghost; g.on {
		text := strings.ReplaceAll(s.ghostText(), " · ", ", ")
		fmt.Fprintf(&b, " %s.", strings.ToUpper(text[:1])+text[1:])
	}
	if n := len(s.curve.one.Y); n > 0 {
		fmt.Fprintf(&b, " The last evaluation of the training returned %s.", plot.Number(s.curve.one.Y[n-1], 1))
	}
	return b.String()
}

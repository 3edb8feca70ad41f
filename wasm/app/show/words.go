package show

import (
	"fmt"
	"strings"

	"onestep/engine/plot"
	"onestep/policy/flow"
)

// flowWords names what is shown of noise and actions: a flow, the denoising of a diffusion, or a Gaussian, which has
// neither path nor time; its lines only tie each noise to its action.
func (s *Session) flowWords() flow.Words {
	if s.policy == nil {
		return flow.Rectified[float32]{}.Words()
	}
	w := s.policy.file.Actor.Family.Words()
	if w.Mean != "" && s.decision.n == 1 {
		w.Taken = w.Mean
	}
	return w
}

// spreadName names the scatter's horizontal axis.
func (s *Session) spreadName() string { return s.flowWords().Spread }

// chip says in a corner which agent acts and how, with the colour of its sampler; what has no room, CSS px, is left out.
func (s *Session) chip(room float64) (color, text string) {
	words := s.flowWords()
	color, text = "one", words.OneStep
	switch {
	case s.policy.pathless() && s.sampler.BestOf > 1:
		text = words.Best
	case !s.policy.pathless() && s.sampler.Steps > 1:
		color, text = "many", fmt.Sprintf("%d steps", s.sampler.Steps)
	}
	best := ""
	if s.sampler.BestOf > 1 && s.info.HasCritics {
		best = fmt.Sprintf(", best of %d", s.sampler.BestOf)
	}
	name := strings.ToUpper(s.info.Algorithm)
	if s.info.Updates == 0 {
		name = "untrained " + name
	}
	return color, plot.Fitting("chip", room, name+": "+text+best, name+": "+text, text)
}

package show

import (
	"fmt"
	"strings"

	"onestep/engine/plot"
)

// flowWords are the flow panel's words for what a policy of its kind does with noise.
type flowWords struct{ title, time, taken, actions string }

// flowWords names what is shown: a flow, the denoising of a diffusion, or a Gaussian, which has neither path nor time;
// its lines only tie each noise to its action.
func (s *Session) flowWords() flowWords {
	w := flowWords{title: "Action flow", time: "t", taken: "taken action", actions: "actions"}
	switch {
	case s.policy == nil:
	case s.policy.diffusion():
		w.title, w.time = "Denoising path", "t: noise level 20 at 0, none at 1"
	case s.policy.gaussian():
		w.title, w.time, w.actions = "Gaussian of actions", "no path: each noise and its action", "actions of the Gaussian"
		if s.decision.n == 1 {
			w.taken = "taken: the mean, tanh μ"
		}
	}
	return w
}

// spreadName names the scatter's horizontal axis.
func (s *Session) spreadName() string {
	if s.policy.gaussian() {
		return "spread of the Gaussian's actions  √tr Var"
	}
	return "spread of many-step actions  √tr Var"
}

// chip says in a corner which agent acts and how, with the colour of its sampler; what has no room, CSS px, is left out.
func (s *Session) chip(room float64) (color, text string) {
	color, text = "one", "one step"
	switch {
	case s.policy.gaussian() && s.sampler.BestOf > 1:
		text = "samples"
	case s.policy.gaussian():
		text = "its mean"
	case s.sampler.Steps > 1:
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

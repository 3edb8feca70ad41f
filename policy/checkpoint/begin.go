package checkpoint

import (
	"errors"
	"fmt"

	"onestep/policy/train"
)

// Begin copies the networks of a policy file into a run that has taken no step: the acting policy into the online one and
// its average, the critics into their targets too. Moments, temperature, statistics and replay begin anew, for a policy file
// has none of them. It refuses another task, agent or size of the networks.
func Begin(r *train.Run, p *Policy) error {
	a := r.Agent
	switch {
	case r.EnvSteps > 0:
		return errors.New("the run has begun")
	case p.Task != r.Options.Task || p.Algorithm != r.Options.Algorithm:
		return fmt.Errorf("the policy is of %s on %s, the run of %s on %s", p.Algorithm, p.Task, r.Options.Algorithm, r.Options.Task)
	case len(p.Actor.Params) != len(a.EMA.Params) || len(p.Critics[0]) != len(a.Critics.Online[0]):
		return fmt.Errorf("the policy's networks have hidden layers %v, the run's %v", p.Config.Shared().Hidden, r.Options.Config.Shared().Hidden)
	}
	copy(a.Policy.Params, p.Actor.Params)
	copy(a.EMA.Params, p.Actor.Params)
	for i, params := range p.Critics {
		copy(a.Critics.Online[i], params)
		copy(a.Critics.Target[i], params)
	}
	return nil
}

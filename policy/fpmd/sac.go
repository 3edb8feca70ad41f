package fpmd

import "onestep/policy/replay"

// updateSoft takes one update of SAC (Haarnoja et al., arXiv 1812.05905, algorithm 1 with twin critics):
//
//	a' ~ pi(.|s')
//	y  = r + gamma (1 - terminated) [ min(TargetQ1,TargetQ2)(s', a') - alpha log pi(a'|s') ]
//	critics: mean squared error to y
//	policy: L = mean [ alpha log pi(a|s) - min(Q1,Q2)(s, a) ],  a ~ pi(.|s) reparameterised
//	alpha: Adam on log alpha with gradient H - H*,  H = -mean log pi(a|s)
//
// Best-of-N is for acting alone: the targets and the policy's loss take one sample, as SAC does.
func (a *Agent) updateSoft(batch *replay.Batch) error {
	cfg, l := &a.Config, a.soft
	l.Draw(a.Streams.Candidate, cfg.Batch)
	l.Act(a.Policy.Params, batch.NextObs, cfg.Batch)
	a.targets(a, batch, l.Action)
	alpha := float32(a.Alpha())
	for b := range a.y {
		a.y[b] -= float32(float32(float32(cfg.Gamma)*(1-batch.Done[b])) * float32(alpha*l.LogProb[b]))
	}
	a.values.Min(a.qNext, &a.Critics.Online, batch.NextObs, 1, l.Action)
	if err := a.fitCritics(batch); err != nil {
		return err
	}
	if a.due(cfg.PolicyDelay) {
		if err := a.improveSoft(batch.Obs, alpha); err != nil {
			return err
		}
	}
	if a.due(a.alphaDelay()) {
		a.cool(-mean(l.LogProb))
	}
	a.weighAlike() // SAC has no weights
	a.record(a.weightSums(), len(a.w))
	a.Updates++
	return nil
}

// improveSoft takes one step of the policy at states [batch*ObsDim], and lets the target critics follow. What acts is
// the policy itself: SAC keeps no average of it.
func (a *Agent) improveSoft(states []float32, alpha float32) error {
	cfg := &a.Config
	a.soft.Draw(a.Streams.Loss, cfg.Batch)
	clear(a.grad)
	loss := a.soft.Gradient(a.grad, a.Policy.Params, states, &a.Critics.Online, alpha, cfg.Batch)
	a.Last.PolicyLoss = float64(loss)
	if err := a.Policy.Net.CheckFinite("policy", loss, a.grad); err != nil {
		return err
	}
	a.Adam.Update(a.Policy.Params, a.grad, float32(a.policyLR()))
	copy(a.EMA.Params, a.Policy.Params)
	a.Critics.Polyak(cfg.Tau)
	return nil
}

func mean(x []float32) float64 {
	var sum float64
	for _, v := range x {
		sum += float64(v)
	}
	return sum / float64(len(x))
}

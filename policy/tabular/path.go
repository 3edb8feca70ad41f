package tabular

import (
	"math"
	"slices"

	"onestep/engine/num"
)

// Path is a policy on its way. What it holds is that of pi_k.
type Path struct {
	MDP      *MDP
	Settings Settings
	Optimum  *Optimum // with the entropy weight of the settings
	K        int
	Pi, Y    []float64 // [States*Actions] the policy and inv of it
	V        []float64 // [States], tau times the entropy included

	// What reaching pi_k has cost: backups of a state and action, solutions for a value, and states whose policy moved.
	Backups, Evaluations, Updates int

	// Of the step from k-1 to k: Eta its size, Move max_s D_h, Capped whether the adaptive step met its cap; of
	// mdpo-on T = t_k and the distances KL of d_k to the old policy and to the closed form. NaN where there are none.
	Eta, Move, T, KL, ToClosed float64
	Capped                     bool
	State                      int // bpmd: the state that moved

	h         Potential
	live      []int
	advance   func(*Path)
	evaluate  *Evaluation
	resolvent *Resolvent // bpmd
	noise     SplitMix
	sampler   SplitMix
	q         []float64
	distance  float64   // greedyDistance of q
	theta     []float64 // softmax-pg: logits; dual-averaging: inv(pi_0) + sum eta Q
	bound     bounder
}

// NewPath starts at pi_0. The settings are completed first; an error says which do not go together.
func NewPath(m *MDP, s Settings) (*Path, error) {
	s, err := s.Complete(m)
	if err != nil {
		return nil, err
	}
	h, err := s.Map.Potential()
	if err != nil {
		return nil, err
	}
	p := &Path{
		MDP: m, Settings: s, Optimum: Optimal(m, s.Tau), Pi: m.Uniform(),
		h: h, live: m.Live(), evaluate: NewEvaluation(m, s.Tau), noise: SplitMix(s.Noise.Seed), sampler: SplitMix(s.Seed),
	}
	for i, row := range s.Start {
		copy(m.row(p.Pi, i), row)
	}
	p.Y = InvOf(h, p.Pi)
	p.clearStep()
	p.advance = map[string]func(*Path){
		"pmd": (*Path).descend, "h-pmd": (*Path).descend, "h-pi": (*Path).improve, "dual-averaging": (*Path).average,
		"softmax-pg": (*Path).ascend, "mdpo-on": (*Path).surrogate, "reg-pmd": (*Path).regularized, "bpmd": (*Path).block,
	}[s.Method]
	if s.Method == "bpmd" {
		p.resolvent = NewResolvent(m, s.Tau, p.Pi)
		p.V = p.resolvent.V
	} else {
		p.V = p.evaluate.Of(p.Pi)
	}
	if s.Method == "dual-averaging" {
		p.theta = slices.Clone(p.Y)
	} else if s.Method == "softmax-pg" {
		p.theta = make([]float64, len(p.Y))
		for i, y := range p.Y {
			p.theta[i] = y - 1 // log pi
		}
	}
	p.bound = p.newBound()
	return p, nil
}

func (p *Path) clearStep() {
	nan := math.NaN()
	p.Eta, p.Move, p.T, p.KL, p.ToClosed, p.Capped = nan, nan, nan, nan, nan, false
}

// Advance makes one iteration.
func (p *Path) Advance() {
	p.clearStep()
	p.advance(p)
	p.K++
	p.Evaluations++
	if p.Settings.Method == "bpmd" {
		p.Updates++
		p.Backups += p.MDP.Actions
	} else {
		p.V = p.evaluate.Of(p.Pi)
		p.Updates += p.MDP.States
		p.Backups += p.MDP.States * p.MDP.Actions * p.Settings.H
	}
	p.bound.advance(p)
}

// VisitLaw is d_rho of pi_k, [States].
func (p *Path) VisitLaw() []float64 {
	if p.resolvent != nil {
		return p.resolvent.Visits()
	}
	return p.evaluate.Visits()
}

// descend is a step of policy mirror descent with lookahead in every state.
func (p *Path) descend() {
	p.q = p.MDP.LookaheadTo(p.q, p.V, p.Settings.H)
	if b := p.Settings.Noise.B; b > 0 {
		for i := range p.q {
			p.q[i] += float64(b * (float64(2*float64(p.noise.Float64())) - 1))
		}
	}
	if _, wanted := p.bound.(*lookaheadBound); wanted || p.Settings.Step.Kind == "adaptive" {
		p.distance = p.greedyDistance()
	}
	p.Eta = p.stepSize()
	p.Move = 0
	for s := range p.MDP.States {
		p.Move = max(p.Move, Step(p.h, p.MDP.row(p.Y, s), p.MDP.row(p.Pi, s), p.MDP.row(p.q, s), p.Eta))
	}
}

// stepSize is eta_k of the rule for the values q.
func (p *Path) stepSize() (eta float64) {
	switch r := p.Settings.Step; r.Kind {
	case "geometric":
		eta = r.Eta0 * num.Pow(r.Factor, float64(p.K))
	case "adaptive":
		eta = p.distance / AdaptiveC(p.MDP.Gamma, r.C0, r.Depth, p.K)
		if p.Capped = !(eta <= r.Cap); p.Capped {
			eta = r.Cap
		}
	default:
		eta = r.Eta
	}
	if p.Settings.EqualFirstStep {
		eta *= EqualFirstStep(p.h, p.MDP.Actions)
	}
	return eta
}

// greedyDistance is max_s min D_h(g, pi_k) over the laws g on the greedy actions of q.
func (p *Path) greedyDistance() (d float64) {
	for s := range p.MDP.States {
		d = max(d, GreedyDivergence(p.h, p.MDP.row(p.Y, s), p.MDP.row(p.Pi, s), p.MDP.row(p.q, s)))
	}
	return d
}

// improve is a step of h-step policy iteration.
func (p *Path) improve() {
	p.q = p.MDP.LookaheadTo(p.q, p.V, p.Settings.H)
	for s := range p.MDP.States {
		row := p.MDP.row(p.Pi, s)
		clear(row)
		row[Greedy(p.MDP.row(p.q, s))] = 1
	}
}

// average is dual averaging: pi = [phi(inv(pi_0) + sum eta Q + lam)]+. Unlike mirror descent it remembers what
// truncation took.
func (p *Path) average() {
	p.q = p.MDP.QTo(p.q, p.V)
	p.Eta = p.stepSize()
	addScaled(p.theta, p.Eta, p.q)
	z := make([]float64, p.MDP.Actions)
	p.Move = 0
	for s := range p.MDP.States {
		copy(z, p.MDP.row(p.theta, s))
		y, pi := p.MDP.row(p.Y, s), p.MDP.row(p.Pi, s)
		yOld, pOld := slices.Clone(y), slices.Clone(pi)
		Project(p.h, y, pi, z)
		p.Move = max(p.Move, Divergence(p.h, y, pi, yOld, pOld))
	}
}

// ascend is a step of the softmax policy gradient: theta += lr d_rho(s) pi A/(1-gamma).
func (p *Path) ascend() {
	p.q = p.MDP.QTo(p.q, p.V)
	d := p.evaluate.Visits()
	for s := range p.MDP.States {
		theta, pi, q := p.MDP.row(p.theta, s), p.MDP.row(p.Pi, s), p.MDP.row(p.q, s)
		mean := dot(pi, q)
		for a := range theta {
			theta[a] += float64(p.Settings.LR * d[s] / (1 - p.MDP.Gamma) * float64(pi[a]*(q[a]-mean)))
		}
		p.logits(s, theta)
	}
}

// logits makes the policy in s softmax(theta), and y that of the entropy map.
func (p *Path) logits(s int, theta []float64) {
	logSum := softmaxTo(p.MDP.row(p.Pi, s), theta)
	for a, y := 0, p.MDP.row(p.Y, s); a < len(y); a++ {
		y[a] = 1 + theta[a] - logSum
	}
}

// surrogate makes the m gradient steps lr t_k of on-policy MDPO on
//
//	L(theta) = sum_s d_k(s) [<pi_theta, A_k>(s) - KL(pi_theta, pi_k)(s)/t_k]
//
// from pi_k. With a step that does not shrink with t_k, lr d pi/t_k passes 2 in the end and the iteration diverges.
func (p *Path) surrogate() {
	p.q = p.MDP.QTo(p.q, p.V)
	p.T = 1
	if *p.Settings.Anneal && p.Settings.K > 0 {
		p.T = max(0, 1-float64(p.K)/float64(p.Settings.K))
	}
	d := p.evaluate.Visits()
	p.KL, p.ToClosed = 0, 0
	if p.T == 0 {
		return
	}
	n := p.MDP.Actions
	old, theta, g, closed := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for s := range p.MDP.States {
		pi, y, q := p.MDP.row(p.Pi, s), p.MDP.row(p.Y, s), p.MDP.row(p.q, s)
		mean := dot(pi, q)
		for a := range old {
			old[a] = y[a] - 1
			closed[a] = old[a] + float64(p.T*(q[a]-mean))
		}
		copy(theta, old)
		for range p.Settings.M {
			for a := range g {
				g[a] = q[a] - mean - (y[a]-1-old[a])/p.T
			}
			middle := dot(pi, g)
			for a := range theta {
				theta[a] += float64(p.Settings.LR * p.T * d[s] * pi[a] * (g[a] - middle))
			}
			p.logits(s, theta)
		}
		logSum := softmaxTo(g, closed)
		for a := range pi {
			p.KL += float64(d[s] * float64(pi[a]*(y[a]-1-old[a])))
			p.ToClosed += float64(d[s] * float64(pi[a]*(y[a]-1-(closed[a]-logSum))))
		}
	}
}

// regularized is a step of regularised policy mirror descent in every state.
func (p *Path) regularized() {
	p.q = p.MDP.QTo(p.q, p.V)
	p.Eta = p.stepSize()
	p.Move = 0
	for s := range p.MDP.States {
		p.Move = max(p.Move, RegularizedStep(p.MDP.row(p.Y, s), p.MDP.row(p.Pi, s), p.MDP.row(p.q, s), p.Eta, p.Settings.Tau))
	}
}

// block is a step of block policy mirror descent: one state moves.
func (p *Path) block() {
	p.State = p.sample()
	n := p.MDP.Actions
	q := make([]float64, n)
	for a := range q {
		i := p.State*n + a
		q[a] = p.MDP.Reward[i] + float64(p.MDP.Gamma*expect(p.MDP.Next[i], p.V))
	}
	p.Eta = p.stepSize()
	row := p.MDP.row(p.Pi, p.State)
	p.Move = RegularizedStep(p.MDP.row(p.Y, p.State), row, q, p.Eta, p.Settings.Tau)
	p.resolvent.Change(p.State, row)
}

// sample is the state that moves at iteration k.
func (p *Path) sample() int {
	kind := p.Settings.Sampling
	if kind == "hybrid" {
		kind = "uniform"
		if p.K < p.Settings.Visits {
			kind = "visit"
		}
	}
	switch kind {
	case "cyclic":
		return p.live[p.K%len(p.live)]
	case "uniform":
		return p.live[p.sampler.Below(len(p.live))]
	}
	d := p.VisitLaw()
	var total, sum float64
	for _, s := range p.live {
		total += d[s]
	}
	u := p.sampler.Float64() * total
	for _, s := range p.live {
		if sum += d[s]; u < sum {
			return s
		}
	}
	return p.live[len(p.live)-1]
}

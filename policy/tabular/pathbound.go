package tabular

import (
	"errors"
	"math"
)

// bounder follows the theorem of a path.
type bounder interface {
	advance(p *Path)    // after p has advanced
	at(p *Path) float64 // NaN where there is none
}

// BoundOn names what the bound of a path's rows holds above: gapRho, gapSup, potential, or nothing.
func (p *Path) BoundOn() string {
	switch p.bound.(type) {
	case constantBound:
		return "gapRho"
	case *lookaheadBound, planBound:
		return "gapSup"
	case *potentialBound:
		return "potential"
	}
	return ""
}

// BoundReason says why a path has no bound, and is nil where it has one.
func (p *Path) BoundReason() error {
	if none, ok := p.bound.(noBound); ok {
		return none.reason
	}
	return nil
}

func (p *Path) newBound() bounder {
	s, m := p.Settings, p.MDP
	switch s.Method {
	case "h-pi":
		return planBound{p.GapSup()}
	case "pmd", "h-pmd":
		if s.Step.Kind == "constant" && s.H == 1 && s.Noise.B == 0 {
			return p.newConstantBound()
		}
		if s.Step.Kind == "geometric" && s.H == 1 && s.Noise.B == 0 && s.Step.Factor*m.Gamma >= 1-1e-12 {
			if b, err := p.newPotentialBound(); err == nil {
				return b
			}
		}
		if s.Map.Kind == "barrier" {
			return noBound{errors.New("the theorem's c_k = D_h(greedy, pi_k)/eta_k is infinite for the log barrier")}
		}
		return &lookaheadBound{NewLookaheadBound(m.Gamma, s.H, s.Noise.B, p.GapSup())}
	case "reg-pmd":
		b, err := p.newPotentialBound()
		if err != nil {
			return noBound{err}
		}
		return b
	case "bpmd":
		return noBound{errors.New("the theorem bounds the expectation over the sampled state, not one path")}
	case "dual-averaging":
		return noBound{errors.New("the theorems are about mirror descent, which forgets the debt of an action at 0; dual averaging does not")}
	}
	return noBound{errors.New("no theorem here bounds " + s.Method)}
}

type noBound struct{ reason error }

func (noBound) advance(*Path)    {}
func (noBound) at(*Path) float64 { return math.NaN() }

// planBound is that of h-step policy iteration.
type planBound struct{ gap float64 }

func (planBound) advance(*Path) {}

func (b planBound) at(p *Path) float64 {
	return LookaheadPIBound(p.MDP.Gamma, p.Settings.H, p.K, b.gap)
}

// constantBound is ConstantBound with the distances from pi_0.
type constantBound struct{ eta, distance, gap float64 }

func (p *Path) newConstantBound() bounder {
	visits := p.Optimum.Visits(p.MDP)
	b := constantBound{
		eta: p.stepSize(), distance: meanDivergence(p.MDP, p.h, visits, p.Optimum.Pi, p.Y, p.Pi),
		gap: gapIn(visits, p.Optimum.V, p.V),
	}
	if math.IsInf(b.distance, 1) {
		return noBound{errors.New("the bound has D_h(pi*, pi_0), which is infinite for " + p.Settings.Map.Kind)}
	}
	return b
}

func (constantBound) advance(*Path) {}

func (b constantBound) at(p *Path) float64 {
	return ConstantBound(p.MDP.Gamma, b.eta, b.distance, b.gap, p.K)
}

// lookaheadBound is LookaheadBound with the c_k of the rule, or where the step is not adaptive or met its cap with the
// c_k that the step has earned.
type lookaheadBound struct{ sum *LookaheadBound }

func (b *lookaheadBound) advance(p *Path) {
	r := p.Settings.Step
	if r.Kind == "adaptive" && !p.Capped {
		b.sum.Advance(AdaptiveC(p.MDP.Gamma, r.C0, r.Depth, p.K-1))
		return
	}
	b.sum.Advance(p.distance / p.Eta)
}

func (b *lookaheadBound) at(*Path) float64 { return b.sum.At() }

// potentialBound is the bound on Phi = gapNu + (1/eta_(k-1) + tau) nu* D_h(pi*, pi_k), which every step lowers by its rate.
type potentialBound struct{ value float64 }

func (p *Path) newPotentialBound() (bounder, error) {
	if _, err := p.Optimum.Stationary(p.MDP); err != nil {
		return nil, err
	}
	return &potentialBound{float64(p.nuRow().Potential)}, nil
}

func (b *potentialBound) advance(p *Path) {
	b.value *= RegularizedRate(p.MDP.Gamma, p.Eta, p.Settings.Tau, p.growth())
}

func (b *potentialBound) at(*Path) float64 { return b.value }

// growth is eta_k/eta_(k-1) of the rule.
func (p *Path) growth() float64 {
	if p.Settings.Step.Kind == "geometric" {
		return p.Settings.Step.Factor
	}
	return 1
}

// measuresNu reports whether rows measure in nu*: for regularised and block methods and for geometric steps, where the
// theorems do, on problems whose nu* says anything.
func (p *Path) measuresNu() bool {
	if !p.Settings.Soft() && p.Settings.Step.Kind != "geometric" {
		return false
	}
	_, err := p.Optimum.Stationary(p.MDP)
	return err == nil
}

func (p *Path) nuRow() *NuRow {
	nu, err := p.Optimum.Stationary(p.MDP)
	if err != nil {
		return nil
	}
	r := &NuRow{GapNu: Number(gapIn(nu, p.Optimum.V, p.V)), KLStar: Number(meanDivergence(p.MDP, p.h, nu, p.Optimum.Pi, p.Y, p.Pi))}
	eta := p.stepSize() / p.growth() // eta_(k-1)
	r.Potential = r.GapNu + Number(Number(1/eta+p.Settings.Tau)*r.KLStar)
	return r
}

package tabular

import (
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"onestep/engine/num"
)

// Evaluation solves for the value of one policy after another of one problem.
type Evaluation struct {
	MDP *MDP
	Tau float64   // weight of the entropy in the value, 0 for the plain value
	V   []float64 // [States] of the last policy

	lu *system
}

// NewEvaluation makes an evaluation of m's policies with entropy weight tau >= 0.
func NewEvaluation(m *MDP, tau float64) *Evaluation {
	return &Evaluation{MDP: m, Tau: tau, V: make([]float64, m.States), lu: newSystem(m.States)}
}

// Of sets and returns V, the solution of (I - gamma P_pi) V = r_pi + tau H(pi).
func (e *Evaluation) Of(pi []float64) []float64 {
	e.lu.factor(e.MDP, pi)
	for s := range e.V {
		e.V[s] = e.reward(pi, s)
	}
	e.lu.solve(e.V)
	return e.V
}

// reward is r_pi(s) + tau H(pi(.|s)); a terminal state has none.
func (e *Evaluation) reward(pi []float64, s int) float64 {
	if e.MDP.Terminal[s] {
		return 0
	}
	p := e.MDP.row(pi, s)
	r := dot(p, e.MDP.row(e.MDP.Reward, s))
	if e.Tau > 0 {
		r += float64(e.Tau * Entropy(p))
	}
	return r
}

// Visits is d_rho of the policy that Of evaluated last: (1 - gamma) (I - gamma P_pi)^-T rho, whose sum is 1.
func (e *Evaluation) Visits() []float64 {
	d := append([]float64(nil), e.MDP.Rho...)
	floats.Scale(1-e.MDP.Gamma, d)
	e.lu.solveTransposed(d)
	return d
}

// Entropy is -sum p log p in nats.
func Entropy(p []float64) (h float64) {
	for _, v := range p {
		if v > 0 {
			h -= float64(v * num.Log(v))
		}
	}
	return h
}

// Spread is 1 - sum p^2, the trace of the covariance of the one-hot action.
func Spread(p []float64) float64 { return 1 - dot(p, p) }

// Resolvent is the matrix M = (I - gamma P_pi)^-1 and the value of a policy of which one state at a time changes. A
// change costs S^2 by the formula of Sherman and Morrison instead of S^3.
type Resolvent struct {
	MDP *MDP
	Tau float64
	V   []float64 // [States]

	pi     []float64  // [States*Actions] the policy that V belongs to
	m      *mat.Dense // [States][States]
	u, um  *mat.VecDense
	column *mat.VecDense
	age    int // updates since the matrix was inverted
}

// NewResolvent inverts for the policy pi, which it copies.
func NewResolvent(m *MDP, tau float64, pi []float64) *Resolvent {
	r := &Resolvent{
		MDP: m, Tau: tau, V: make([]float64, m.States), pi: append([]float64(nil), pi...), m: mat.NewDense(m.States, m.States, nil),
		u: mat.NewVecDense(m.States, nil), um: mat.NewVecDense(m.States, nil), column: mat.NewVecDense(m.States, nil),
	}
	r.invert()
	return r
}

// invert computes M and V anew.
func (r *Resolvent) invert() {
	e := NewEvaluation(r.MDP, r.Tau)
	copy(r.V, e.Of(r.pi))
	column := make([]float64, r.MDP.States)
	for s := range column {
		clear(column)
		column[s] = 1
		e.lu.solve(column)
		r.m.SetCol(s, column)
	}
	r.age = 0
}

// Change replaces the policy's row at s by p and returns M(s,s), how much of the change reaches the state's own value:
//
//	V_new = V + M e_s delta/(1 - u M e_s),   u = gamma (p - pi(.|s)) P_s,   delta = <p - pi, Q>(s) + tau (H(p) - H(pi))
//
// After as many changes as there are states it inverts again, which keeps errors at those of one solution.
func (r *Resolvent) Change(s int, p []float64) {
	old := r.MDP.row(r.pi, s)
	var delta float64
	r.u.Zero()
	for a, v := range p {
		d := v - old[a]
		i := s*r.MDP.Actions + a
		q := r.MDP.Reward[i]
		for _, e := range r.MDP.Next[i] {
			q += float64(r.MDP.Gamma * float64(e.P*r.V[e.To]))
			r.u.SetVec(e.To, r.u.AtVec(e.To)+float64(r.MDP.Gamma*float64(d*e.P)))
		}
		delta += float64(d * q)
	}
	if r.Tau > 0 {
		delta += float64(r.Tau * (Entropy(p) - Entropy(old)))
	}
	copy(old, p)
	if r.age++; r.age > r.MDP.States {
		r.invert()
		return
	}
	for i := range r.V {
		r.column.SetVec(i, r.m.At(i, s))
	}
	scale := 1 / (1 - mat.Dot(r.u, r.column))
	r.um.MulVec(r.m.T(), r.u)
	addScaled(r.V, delta*scale, r.column.RawVector().Data)
	r.m.RankOne(r.m, scale, r.column, r.um)
}

// Visits is d_rho of the present policy, [States].
func (r *Resolvent) Visits() []float64 {
	d := mat.NewVecDense(r.MDP.States, nil)
	d.MulVec(r.m.T(), mat.NewVecDense(r.MDP.States, r.MDP.Rho))
	d.ScaleVec(1-r.MDP.Gamma, d)
	return d.RawVector().Data
}

// softmaxTo sets p to exp(x - max x)/sum and returns log sum exp x; p and x may be one slice.
func softmaxTo(p, x []float64) (logSum float64) {
	largest := floats.Max(x)
	var sum float64
	for a, v := range x {
		p[a] = num.Exp(v - largest)
		sum += p[a]
	}
	for a := range p {
		p[a] /= sum
	}
	return largest + num.Log(sum)
}

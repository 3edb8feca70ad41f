package tabular

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"onestep/engine/rng"
)

// TestHeldOutProblems follows random problems under random settings beside slowMirror, which shares no line with the
// package and has 192 bits. Both do what mirror.md says, so that they differ by the rounding of 64-bit numbers alone: in an
// evaluation of condition 1/(1-gamma), and in y = inv(pi) + sum eta Q, whose last digit at |y| is a relative error of
// |y| 2^-52 in pi and in everything made of it.
func TestHeldOutProblems(t *testing.T) {
	w := worst{}
	for seed := range uint64(12) {
		r := rng.New(1000 + seed)
		m, err := Garnet(fmt.Sprint("garnet ", seed), 4+r.IntN(5), 2+r.IntN(3), 2+r.IntN(2), []float64{0.5, 0.8, 0.9, 0.97}[r.IntN(4)], 77+seed)
		if err != nil {
			t.Fatal(err)
		}
		s := Settings{
			Method: "h-pmd", H: 1 + r.IntN(3), K: 18,
			Map:  []Map{{Kind: "entropy"}, {Kind: "euclid"}, {Kind: "tsallis", Q: 0.5}, {Kind: "tsallis", Q: 1.5}}[seed%4],
			Step: []Rule{{Kind: "constant", Eta: 20 * r.Float64()}, {Kind: "geometric", Eta0: r.Float64()}, {Kind: "adaptive", C0: 0.01 + r.Float64()}}[(seed+seed/4)%3],
		}
		t.Run(fmt.Sprint(m.Name, " ", s.Map, " ", s.Step.Kind, " ", s.H), func(t *testing.T) {
			p, slow := mustPath(t, m, s), newSlowMirror(m, s.Map)
			for range s.K {
				p.Advance()
				eta := p.Eta
				if s.Step.Kind == "adaptive" {
					want := slow.adaptiveStep(s.H, p.Settings.Step)
					if want > 1e8 {
						return // near the cap; from here on both rest at the optimum
					}
					w.compare(t, s.Map.Kind, fmt.Sprintf("k %d eta", p.K), eta, want, 1e-9)
					eta = want
				}
				move := slow.step(s.H, eta)
				var largest float64
				for _, y := range p.Y {
					if !math.IsInf(y, 0) {
						largest = max(largest, math.Abs(y))
					}
				}
				tol := 1e-11 + largest*0x1p-50
				for i, v := range slow.pi {
					w.compare(t, s.Map.Kind, fmt.Sprintf("k %d pi", p.K), p.Pi[i], float(v), tol)
				}
				for i, v := range slow.value() {
					w.compare(t, s.Map.Kind, fmt.Sprintf("k %d V", p.K), p.V[i], float(v), tol)
				}
				w.compare(t, s.Map.Kind, fmt.Sprintf("k %d move", p.K), p.Move, float(move), tol)
			}
		})
	}
	t.Log(w)
}

const slowBits = 192

func exact(x float64) *big.Float       { return new(big.Float).SetPrec(slowBits).SetFloat64(x) }
func float(x *big.Float) float64       { f, _ := x.Float64(); return f }
func plus(a, b *big.Float) *big.Float  { return exact(0).Add(a, b) }
func minus(a, b *big.Float) *big.Float { return exact(0).Sub(a, b) }
func times(a, b *big.Float) *big.Float { return exact(0).Mul(a, b) }
func over(a, b *big.Float) *big.Float  { return exact(0).Quo(a, b) }
func root(a *big.Float) *big.Float     { return exact(0).Sqrt(a) }
func larger(a, b *big.Float) *big.Float {
	if a.Cmp(b) >= 0 {
		return a
	}
	return b
}

// taylor are 1/i!, i < 12.
var taylor = func() (c [12]*big.Float) {
	c[0] = exact(1)
	for i := 1; i < len(c); i++ {
		c[i] = over(c[i-1], exact(float64(i)))
	}
	return c
}()

// exponential is e^x by its series at x/2^k, |x/2^k| < 2^-20, whose twelfth term is below 2^-268, squared k times.
func exponential(x *big.Float) *big.Float {
	k := max(0, x.MantExp(nil)+20)
	if x.Sign() == 0 {
		return exact(1)
	}
	small, sum := exact(0).SetMantExp(x, -k), exact(0)
	for i := len(taylor) - 1; i >= 0; i-- {
		sum.Mul(sum, small)
		sum.Add(sum, taylor[i])
	}
	for range k {
		sum.Mul(sum, sum)
	}
	return sum
}

// logarithm is log x by Newton's method on e^y = x, each step of which doubles the right digits: 50 bits at first.
func logarithm(x *big.Float) *big.Float {
	exponent := x.MantExp(nil)
	mantissa := exact(0).SetMantExp(x, -exponent)
	y := plus(exact(math.Log(float(mantissa))), exact(float64(exponent)*math.Ln2))
	for range 3 {
		y = plus(y, minus(over(x, exponential(y)), exact(1)))
	}
	return y
}

// slowMirror is policy mirror descent by the book, in 192 bits: Gauss for values, bisection for the multiplier.
type slowMirror struct {
	m    *MDP
	kind Map
	k    int
	pi   []*big.Float // [S*A]
}

func newSlowMirror(m *MDP, kind Map) *slowMirror {
	s := &slowMirror{m: m, kind: kind}
	for range m.States * m.Actions {
		s.pi = append(s.pi, over(exact(1), exact(float64(m.Actions))))
	}
	return s
}

// value solves (I - gamma P_pi) V = r_pi.
func (s *slowMirror) value() []*big.Float {
	n := s.m.States
	a := make([][]*big.Float, n) // with r_pi as its last column
	for i := range a {
		a[i] = make([]*big.Float, n+1)
		for j := range a[i] {
			a[i][j] = exact(0)
		}
		a[i][i] = exact(1)
		for act := range s.m.Actions {
			p := s.pi[i*s.m.Actions+act]
			a[i][n] = plus(a[i][n], times(p, exact(s.m.Reward[i*s.m.Actions+act])))
			for _, next := range s.m.Next[i*s.m.Actions+act] {
				a[i][next.To] = minus(a[i][next.To], times(times(p, exact(s.m.Gamma)), exact(next.P)))
			}
		}
	}
	for i := range a { // diagonally dominant: no pivots
		for j := range a {
			if j == i {
				continue
			}
			f := over(a[j][i], a[i][i])
			for c := i; c <= n; c++ {
				a[j][c] = minus(a[j][c], times(f, a[i][c]))
			}
		}
	}
	v := make([]*big.Float, n)
	for i := range v {
		v[i] = over(a[i][n], a[i][i])
	}
	return v
}

// lookahead is Q_h = r + gamma P T^(h-1) V.
func (s *slowMirror) lookahead(h int) (q []*big.Float) {
	v := s.value()
	for range h {
		q = nil
		for i, next := range s.m.Next {
			sum := exact(0)
			for _, x := range next {
				sum = plus(sum, times(exact(x.P), v[x.To]))
			}
			q = append(q, plus(exact(s.m.Reward[i]), times(exact(s.m.Gamma), sum)))
		}
		v = make([]*big.Float, s.m.States)
		for i := range v {
			v[i] = q[i*s.m.Actions]
			for _, x := range s.row(q, i) {
				v[i] = larger(v[i], x)
			}
		}
	}
	return q
}

func (s *slowMirror) row(x []*big.Float, i int) []*big.Float {
	return x[i*s.m.Actions : (i+1)*s.m.Actions]
}

// inv, phi and H of the table in mirror.md, tsallis of the orders 1/2 and 3/2.
func (s *slowMirror) inv(p *big.Float) *big.Float {
	switch {
	case s.kind.Kind == "entropy":
		return plus(exact(1), logarithm(p))
	case s.kind.Kind == "euclid":
		return p
	case s.kind.Q < 1:
		return over(exact(-1), root(p))
	}
	return times(exact(3), root(p))
}

func (s *slowMirror) phi(y *big.Float) *big.Float {
	switch {
	case s.kind.Kind == "entropy":
		return exponential(minus(y, exact(1)))
	case s.kind.Kind == "euclid":
		return larger(y, exact(0))
	case s.kind.Q < 1:
		if y.Sign() >= 0 {
			return exact(1e300)
		}
		return over(exact(1), times(y, y))
	}
	y = larger(y, exact(0))
	return over(times(y, y), exact(9))
}

func (s *slowMirror) potential(p *big.Float) *big.Float {
	switch {
	case s.kind.Kind == "entropy":
		if p.Sign() == 0 {
			return exact(0)
		}
		return times(p, logarithm(p))
	case s.kind.Kind == "euclid":
		return over(times(p, p), exact(2))
	case s.kind.Q < 1:
		return times(exact(-2), root(p))
	}
	return times(exact(2), times(p, root(p)))
}

// distance is D_h(p, q) of two laws of the same actions; one that has left q's support is not asked for but at p = 0.
func (s *slowMirror) distance(p, q []*big.Float) *big.Float {
	d := exact(0)
	for a := range p {
		d = plus(d, minus(s.potential(p[a]), s.potential(q[a])))
		if s.kind.Kind == "euclid" || s.kind.Q > 1 || q[a].Sign() > 0 {
			d = minus(d, times(s.inv(q[a]), minus(p[a], q[a])))
		}
	}
	return d
}

// project is [phi(z + lam)]+ with the sum 1.
func (s *slowMirror) project(z []*big.Float) []*big.Float {
	best := z[0]
	for _, v := range z {
		best = larger(best, v)
	}
	low, high := minus(s.inv(over(exact(1), exact(float64(len(z))))), best), minus(s.inv(exact(1)), best)
	p := make([]*big.Float, len(z))
	for range slowBits - 20 {
		lam := over(plus(low, high), exact(2))
		sum := exact(0)
		for a, v := range z {
			p[a] = s.phi(plus(v, lam))
			sum = plus(sum, p[a])
		}
		if sum.Cmp(exact(1)) > 0 {
			high = lam
		} else {
			low = lam
		}
	}
	return p
}

// step makes one with the given eta and returns the largest D_h(new, old).
func (s *slowMirror) step(h int, eta float64) *big.Float {
	q, move := s.lookahead(h), exact(0)
	for i := range s.m.States {
		pi := s.row(s.pi, i)
		z := make([]*big.Float, len(pi))
		for a := range z {
			z[a] = plus(s.inv(pi[a]), times(exact(eta), s.row(q, i)[a]))
		}
		next := s.project(z)
		move = larger(move, s.distance(next, pi))
		copy(pi, next)
	}
	s.k++
	return move
}

// adaptiveStep is max_s D_h(greedy, pi) / (c0 gamma^(2 depth (k+1))); random rewards leave no ties.
func (s *slowMirror) adaptiveStep(h int, r Rule) float64 {
	q, d := s.lookahead(h), exact(0)
	for i := range s.m.States {
		row, best := s.row(q, i), 0
		for a := range row {
			if row[a].Cmp(row[best]) > 0 {
				best = a
			}
		}
		vertex := make([]*big.Float, len(row))
		for a := range vertex {
			vertex[a] = exact(0)
		}
		vertex[best] = exact(1)
		d = larger(d, s.distance(vertex, s.row(s.pi, i)))
	}
	c := exact(r.C0)
	for range 2 * r.Depth * (s.k + 1) {
		c = times(c, exact(s.m.Gamma))
	}
	return float(over(d, c))
}

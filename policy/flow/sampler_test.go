package flow_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/analysis"
	"onestep/policy/flow"
)

// gaussianField is the exact velocity field from N(0, c^2) to N(mu, s^2) with independent coupling; its
// flow is x(t) = t mu + x0 sqrt(t^2 s^2 + (1-t)^2 c^2)/c.
type gaussianField struct{ mu, s, c float64 }

func (g gaussianField) Eval(dst, x []float64, t, _ float64) {
	variance := t*t*g.s*g.s + (1-t)*(1-t)*g.c*g.c
	for i := range x {
		dst[i] = g.mu + (t*g.s*g.s-(1-t)*g.c*g.c)/variance*(x[i]-t*g.mu)
	}
}

func (g gaussianField) end(x0 float64) float64 { return g.mu + x0*g.s/g.c }

// meanField is the average velocity of the same flow, so that any number of steps is exact.
type meanField struct{ gaussianField }

func (m meanField) Eval(dst, x []float64, r, t float64) {
	std := func(t float64) float64 { return math.Sqrt(t*t*m.s*m.s + (1-t)*(1-t)*m.c*m.c) }
	for i := range x {
		end := t*m.mu + (x[i]-r*m.mu)*std(t)/std(r)
		dst[i] = (end - x[i]) / (t - r)
	}
}

func integrate(f flow.Field[float64], m flow.Method, x0 float64, steps int) (x float64, evaluations int) {
	pos := []float64{x0}
	evaluations = flow.Integrate(f, m, pos, make([]float64, 1), make([]float64, 1), steps)
	return pos[0], evaluations
}

// logistic is dx/dt = 3 x (1 - x), x(1) = 1/(1 + (1/x0 - 1) exp(-3)): nonlinear, so that no symmetry lifts
// the order of a method (the Gaussian field does that to Midpoint).
type logistic struct{}

func (logistic) Eval(dst, x []float64, _, _ float64) {
	for i := range x {
		dst[i] = 3 * x[i] * (1 - x[i])
	}
}

// The order of a method is the slope of log error against log steps; 64 to 512 steps are well inside the
// asymptotic regime of this smooth field, where the slope differs from the order by less than 0.05.
func TestOrderOfConvergence(t *testing.T) {
	const x0 = 0.2
	end := 1 / (1 + (1/x0-1)*math.Exp(-3))
	for _, c := range []struct {
		name   string
		method flow.Method
		order  float64
		perK   int
	}{{"euler", flow.Euler, 1, 1}, {"midpoint", flow.Midpoint, 2, 2}} {
		t.Run(c.name, func(t *testing.T) {
			coarse, n := integrate(logistic{}, c.method, x0, 64)
			require.Equal(t, 64*c.perK, n, "network evaluations")
			fine, _ := integrate(logistic{}, c.method, x0, 512)
			order := math.Log(math.Abs(coarse-end)/math.Abs(fine-end)) / math.Log(8)
			require.InDelta(t, c.order, order, 0.05)
		})
	}
}

func TestOneEulerStepLandsOnTheMean(t *testing.T) {
	f := gaussianField{mu: -0.2, s: 0.7, c: 1.3}
	for _, x0 := range []float64{-2, 0, 0.5, 3} {
		x, n := integrate(f, flow.Euler, x0, 1)
		require.Equal(t, 1, n)
		require.InDelta(t, f.mu, x, 1e-14)
	}
}

func TestAverageVelocityIsExactInAnyNumberOfSteps(t *testing.T) {
	f := meanField{gaussianField{mu: 0.3, s: 0.4, c: 0.5}}
	for _, steps := range []int{1, 2, 3, 8} {
		x, _ := integrate(f, flow.Euler, 0.9, steps)
		require.InDelta(t, f.end(0.9), x, 1e-13)
	}
}

// Euler's law after K steps is Gaussian with the std of the closed form: the map is linear in x0.
func TestEulerFollowsTheClosedForm(t *testing.T) {
	for _, k := range []int{1, 2, 4, 8, 20} {
		f := gaussianField{mu: 0, s: 0.5, c: 0.8}
		x, _ := integrate(f, flow.Euler, 0.8, k)
		require.InDelta(t, analysis.GaussianStd(0.5, 0.8, k), math.Abs(x), 1e-14, "K = %d", k)
	}
}

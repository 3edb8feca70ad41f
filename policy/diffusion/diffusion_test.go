package diffusion_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/diffusion"
)

// The betas of the schedule's definition, written as for 20 levels of discrete time: beta_l = 1 - f(l/20)/f((l-1)/20),
// clipped at 0.999, and abar the product of 1 - beta. Rounding of 20 products and quotients: below 1e-14.
func TestAlphaBarIsTheProductOfTheDiscreteSchedule(t *testing.T) {
	f := func(tau float64) float64 { return math.Pow(math.Cos(math.Pi/2*(tau+0.008)/1.008), 2) }
	product := 1.0
	require.Equal(t, 1.0, diffusion.AlphaBar(0))
	for l := 1; l <= diffusion.Levels; l++ {
		beta := min(1-f(float64(l)/20)/f(float64(l-1)/20), 0.999)
		product *= 1 - beta
		require.InDelta(t, product, diffusion.AlphaBar(float64(l)), 1e-14, "level %d", l)
	}
	require.Less(t, product, 1e-5, "hardly any signal is left at the top")
}

func TestAlphaBarFallsBetweenLevelsToo(t *testing.T) {
	last := 1.0
	for l := 0.05; l <= diffusion.Levels; l += 0.05 {
		a := diffusion.AlphaBar(l)
		require.LessOrEqual(t, a, last)
		require.Positive(t, a)
		last = a
	}
}

// DDPM's posterior of level l-1 given x_l and the action (Ho et al., equations 6 and 7):
//
//	mean = sqrt(abar') beta/(1-abar) xhat + (1-abar') sqrt(1-beta)/(1-abar) x,   variance = beta (1-abar')/(1-abar)
func TestAncestralStepsAreThePosterior(t *testing.T) {
	for l := 1; l <= diffusion.Levels; l++ {
		a, b := diffusion.AlphaBar(float64(l)), diffusion.AlphaBar(float64(l-1))
		beta := 1 - a/b
		s := diffusion.NewStep(float64(l), float64(l-1), true)
		require.InDelta(t, math.Sqrt(b)*beta/(1-a), s.Clean, 1e-12, "level %d", l)
		require.InDelta(t, (1-b)*math.Sqrt(1-beta)/(1-a), s.Keep, 1e-12, "level %d", l)
		require.InDelta(t, math.Sqrt(beta*(1-b)/(1-a)), s.Std, 1e-12, "level %d", l)
	}
}

// Where the network knows the noise, a deterministic step leads from a point of a path to another of the same
// path, however far apart.
func TestDeterministicStepsStayOnThePath(t *testing.T) {
	const action, eps = 0.3, -1.2
	at := func(l float64) float64 {
		a := diffusion.AlphaBar(l)
		return math.Sqrt(a)*action + math.Sqrt(1-a)*eps
	}
	for _, c := range [][2]float64{{20, 19}, {20, 0}, {13.5, 2.25}, {1, 0}, {0.5, 0}} {
		s := diffusion.NewStep(c[0], c[1], false)
		x := at(c[0])
		seen := s.Signal*x - s.Noise*eps
		require.InDelta(t, action, seen, 1e-12)
		require.InDelta(t, at(c[1]), s.Clean*seen+s.Keep*x, 1e-12, "%v", c)
		require.Zero(t, s.Std)
	}
}

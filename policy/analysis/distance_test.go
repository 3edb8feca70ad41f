package analysis_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
	"onestep/policy/analysis"
)

func draws(target analysis.Target, n int, seed uint64) []float64 {
	x := make([]float64, n*target.Dim())
	target.Sample(x, rng.New(seed))
	return x
}

func TestDistancesOfAShift(t *testing.T) {
	const n = 300
	line := draws(analysis.Gaussian(0, 1), n, 1)
	moved := make([]float64, n)
	for i, x := range line {
		moved[(i+7)%n] = x + 0.25
	}
	d := analysis.NewDistance(n, 1)
	require.InDelta(t, 0.25, d.W2(line, moved), 1e-12)
	require.InDelta(t, 0.25, d.Shift(line, moved), 1e-12)
	require.Zero(t, d.W2(line, line))
	require.Zero(t, d.Energy(line, line))

	plane := draws(analysis.Moons(0.1), n, 2)
	shifted := make([]float64, 2*n)
	for i := range n {
		shifted[2*i], shifted[2*i+1] = plane[2*i]+0.3, plane[2*i+1]-0.4
	}
	e := analysis.NewDistance(n, 2)
	require.InDelta(t, 0.5, e.W2(plane, shifted), 1e-12, "even directions give a shift its length")
	require.InDelta(t, 0.5, e.Shift(plane, shifted), 1e-12)
	require.Zero(t, e.Energy(plane, plane))
}

// On the line the energy distance from sorted samples is the one over all pairs.
func TestEnergyOnTheLineIsThatOfThePairs(t *testing.T) {
	x, y := []float64{0.3, -1, 2, 0.3}, []float64{1, 0.3, 0.5, -2}
	mean := func(a, b []float64) (sum float64) {
		for _, p := range a {
			for _, q := range b {
				sum += math.Abs(p-q) / float64(len(a)*len(b))
			}
		}
		return sum
	}
	want := math.Sqrt(2*mean(x, y) - mean(x, x) - mean(y, y))
	require.InDelta(t, want, analysis.NewDistance(4, 1).Energy(x, y), 1e-12)
	plane := func(x []float64) (p []float64) {
		for _, v := range x {
			p = append(p, v, 1)
		}
		return p
	}
	require.InDelta(t, want, analysis.NewDistance(4, 2).Energy(plane(x), plane(y)), 1e-12)
}

// A perfect model measures the floor, give or take: a cloud of two modes varies by the share that each happens to get,
// so the bar is three times the floor. The floor falls as the cloud grows. A model with another width measures the difference of the widths.
func TestTheFloorIsWhatAPerfectModelMeasures(t *testing.T) {
	for name, target := range map[string]analysis.Target{"line": analysis.Gaussian(0, 0.5), "plane": analysis.Ring(0.1), "mirror": analysis.NewMirror(1, 0.2, 1, 5)} {
		small, ok := analysis.NewCloud(target, 256, 1, nil)
		require.True(t, ok)
		large, ok := analysis.NewCloud(target, 4096, 1, nil)
		require.True(t, ok)
		perfect := large.Measure(draws(target, 4096, 77))
		require.Less(t, perfect.W2, 3*large.Floor, name)
		require.Less(t, perfect.Energy, 3*large.EnergyFloor, name)
		require.Less(t, large.Floor, small.Floor, name)
		require.InEpsilon(t, math.Sqrt(target.Variance()), perfect.Std, 0.05, name)
	}
	cloud, _ := analysis.NewCloud(analysis.Gaussian(0, 0.5), 4096, 1, nil)
	wide := cloud.Measure(draws(analysis.Gaussian(0, 0.9), 4096, 5))
	require.InDelta(t, 0.4, wide.W2, 3*cloud.Floor)
}

func TestDistancesAllocateNothing(t *testing.T) {
	x, y := draws(analysis.Ring(0.1), 64, 1), draws(analysis.Ring(0.1), 64, 2)
	d := analysis.NewDistance(64, 2)
	require.Zero(t, testing.AllocsPerRun(5, func() { d.W2(x, y); d.Energy(x, y); d.Shift(x, y); d.Spread(x) }))
}

func TestSpecsAreBuiltOrRefusedWithTheRange(t *testing.T) {
	for _, s := range []analysis.Spec{
		{Target: "gaussian", Std: 0.5}, {Target: "mixture", Modes: []analysis.Mode{{1, -1, 0.1}, {3, 1, 0.2}}}, {Target: "ring", Std: 0.1}, {Target: "moons", Std: 0.1},
		{Target: "eight", Std: 0.1}, {Target: "drawn", Std: 0.1, Points: []float64{0, 0, 1, 1}}, {Target: "mirror", Lambda: 1, Step: 3, Wells: 1.5, Difference: 0.2},
	} {
		target, err := s.Make()
		require.NoError(t, err, s.Target)
		require.Positive(t, target.Variance())
	}
	for want, s := range map[string]analysis.Spec{
		`no target is named "cauchy"`:                       {Target: "cauchy"},
		"s must lie in 0.01..10, not 0":                     {Target: "gaussian"},
		"s must lie in 0.01..10, not NaN":                   {Target: "ring", Std: math.NaN()},
		"mean must lie in -10..10, not 11":                  {Target: "gaussian", Std: 1, Mean: 11},
		"1 to 16 modes, not 0":                              {Target: "mixture"},
		"std of mode 2 must lie in 0.01..10, not -1":        {Target: "mixture", Modes: []analysis.Mode{{1, 0, 1}, {1, 0, -1}}},
		"weight of mode 1 must lie in 1e-06..1e+06, not 0":  {Target: "mixture", Modes: []analysis.Mode{{0, 0, 1}}},
		"1 to 96 points of two numbers each, not 3 numbers": {Target: "drawn", Std: 0.1, Points: []float64{1, 2, 3}},
		"a drawn coordinate must lie in -10..10, not +Inf":  {Target: "drawn", Std: 0.1, Points: []float64{1, math.Inf(1)}},
		"lambda must lie in 0.05..100, not 0":               {Target: "mirror", Wells: 1},
		"steps must lie in 0..200, not -1":                  {Target: "mirror", Wells: 1, Lambda: 1, Step: -1},
		"wells must lie in 0.5..3, not 9":                   {Target: "mirror", Wells: 9, Lambda: 1},
		"difference of the wells must lie in -1..1, not 2":  {Target: "mirror", Wells: 1, Lambda: 1, Difference: 2},
		"they are followed down to 0.005":                   {Target: "mirror", Wells: 0.5, Lambda: 0.05, Step: 200},
	} {
		_, err := s.Make()
		require.ErrorContains(t, err, want)
	}
}

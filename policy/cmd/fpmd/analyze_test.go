package main

import (
	"context"
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func analyzed(t *testing.T, args ...string) []analyzeRow {
	t.Helper()
	var out struct{ Rows []analyzeRow }
	require.NoError(t, json.Unmarshal([]byte(done(t, append([]string{"analyze", "-json"}, args...)...)), &out))
	return out.Rows
}

func TestAnalyzeAGaussian(t *testing.T) {
	text := done(t, "analyze", "-target", "gaussian", "-s", "0.5", "-c", "1", "-k", "1,2,4,8,20", "-json")
	require.Regexp(t, `^\{"rows":\[\{"k":1,"w2":0\.5,"std":0\},\{"k":2,"w2":0\.3,"std":0\.2\},\{"k":4,`, text)
	require.NotContains(t, text, "floor")
	for i, want := range []float64{.500, .300, .1595, .0852, .0358} {
		require.InDelta(t, want, analyzed(t)[i].W2, 6e-5, "the defaults are the theory's example")
	}
	require.Contains(t, done(t, "analyze"), "one-step error 0.5")
}

func TestAnalyzeOtherTargets(t *testing.T) {
	modes := analyzed(t, "-target", "mixture", "-modes", "1:-0.5:0.1,1:0.5:0.1")
	for i, want := range []float64{.510, .322, .135, .050, .019} {
		require.InDelta(t, want, modes[i].W2, 5.2e-4, "the theory's table; .321499 stands there as .322")
	}
	require.Zero(t, modes[0].Std)
	equal := analyzed(t, "-target", "mirror", "-wells", "1.5:0", "-steps", "60", "-k", "1")
	unequal := analyzed(t, "-target", "mirror", "-wells", "1.5:0.3", "-steps", "60", "-lambda", "1", "-k", "1")
	require.InDelta(t, 1.5, equal[0].W2, 0.02, "none of equal wells is ever chosen")
	require.Less(t, unequal[0].W2, 0.1)
	for _, target := range []string{"ring", "moons", "eight"} {
		rows := analyzed(t, "-target", target, "-s", "0.1", "-n", "1000", "-k", "1,16", "-seed", "3")
		require.NotNil(t, rows[0].Estimate, target)
		require.Equal(t, 1000, rows[0].N)
		require.InDelta(t, 0, rows[0].Std, 1e-6, "one step is a point")
		require.Less(t, rows[1].W2, rows[0].W2/4, target)
		require.Positive(t, rows[1].Floor)
		require.Positive(t, rows[1].EnergyFloor)
		require.Equal(t, rows, analyzed(t, "-target", target, "-s", "0.1", "-n", "1000", "-k", "1,16", "-seed", "3"), "same seed, same numbers")
		require.Contains(t, done(t, "analyze", "-target", target, "-n", "100"), "floor")
	}
	require.InDelta(t, math.Sqrt(1+2*0.01), analyzed(t, "-target", "ring", "-s", "0.1", "-k", "1")[0].W2, 0.02, "4,096 draws know the spread to 1 %")
}

func TestAnalyzeRefusesWithTheRange(t *testing.T) {
	for _, c := range []struct {
		want string
		args []string
	}{
		{`-target must be one of gaussian, mixture, mirror, ring, moons, eight, not "cauchy"`, []string{"-target", "cauchy"}},
		{`not "drawn"`, []string{"-target", "drawn"}},
		{"s must lie in 0.01..10, not -1", []string{"-s", "-1"}},
		{"-c must lie in 0.01..10, not 0", []string{"-c", "0"}},
		{"-c must lie in 0.01..10, not NaN", []string{"-c", "NaN"}},
		{`whole numbers in 1..1000, not "1,0"`, []string{"-k", "1,0"}},
		{`whole numbers in 1..1000, not "1.5"`, []string{"-k", "1.5"}},
		{"-n must lie in 2..100000, not 1", []string{"-target", "ring", "-n", "1"}},
		{"-modes is a list of weight:mean:std", []string{"-target", "mixture", "-modes", "1:2"}},
		{"std of mode 1 must lie in 0.01..10, not 0", []string{"-target", "mixture", "-modes", "1:0:0"}},
		{"-wells is m:delta", []string{"-target", "mirror", "-wells", "1"}},
		{"wells must lie in 0.5..3, not 5", []string{"-target", "mirror", "-wells", "5:0"}},
		{"lambda must lie in 0.05..100, not 0", []string{"-target", "mirror", "-lambda", "0"}},
		{"steps must lie in 0..200, not 1000", []string{"-target", "mirror", "-steps", "1000"}},
	} {
		status, stdout, stderr := invoke(t.Context(), append([]string{"analyze"}, c.args...)...)
		require.Equal(t, 2, status, "%v: %s", c.args, stderr)
		require.Contains(t, stderr, c.want, "%v", c.args)
		require.Empty(t, stdout)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, target := range []string{"mixture", "ring"} {
		status, stdout, stderr := invoke(ctx, "analyze", "-target", target, "-k", "2")
		require.Equal(t, 1, status)
		require.Contains(t, stderr, "interrupted")
		require.Empty(t, stdout)
	}
}

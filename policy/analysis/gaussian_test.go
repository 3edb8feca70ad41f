package analysis_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/analysis"
)

// The table of W2 for source std 1 that the theory gives, to the four digits in which it is stated.
func TestGaussianW2(t *testing.T) {
	steps := []int{1, 2, 4, 8, 20}
	for s, row := range map[float64][]float64{
		0.05: {.050, .0475, .0426, .0338, .0180},
		0.2:  {.200, .1615, .1041, .0562, .0240},
		0.5:  {.500, .300, .1595, .0852, .0358},
		1:    {1.0, .500, .280, .1492, .0623},
	} {
		for i, k := range steps {
			require.InDelta(t, row[i], analysis.GaussianW2(s, 1, k), 6e-5, "s = %g, K = %d", s, k)
		}
	}
}

func TestGaussianClosedCases(t *testing.T) {
	require.Zero(t, analysis.GaussianStd(0.3, 1, 1), "one step lands on the mean")
	require.InDelta(t, 0.25/1.25, analysis.GaussianStd(0.5, 1, 2), 1e-15, "rho_2 = s^2/(1+s^2)")
}

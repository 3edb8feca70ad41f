package tabular

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"onestep/policy/analysis"
)

// TestDoubleWell holds the path on the line and on equally spaced actions against the reference: one law drives the
// Variance lab and this package.
func TestDoubleWell(t *testing.T) {
	for name, b := range documents(t, "line") {
		t.Run(name, func(t *testing.T) { checkDoubleWell(t, b) })
	}
}

func checkDoubleWell(t *testing.T, b []byte) {
	var f struct {
		Line []struct {
			M, Delta, Lam float64
			Rows          [][]float64 // k, mean, variance, w2OneStep, ...
		}
		Grid struct {
			M, Delta, Half float64
			Actions        int
			Runs           []struct {
				Map  Map
				Eta  float64
				Rows [][]float64 // k, mean, variance, entropy, meanQ, support
				Tol  float64
			}
		}
	}
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	w := worst{}
	for _, line := range f.Line {
		for _, row := range line.Rows {
			p := analysis.NewMirror(line.M, line.Delta, line.Lam, int(row[0]))
			var mean [1]float64
			p.Mean(mean[:])
			w.compare(t, "line", "mean", mean[0], row[1], 1e-9)
			w.compare(t, "line", "variance", p.Variance(), row[2], 1e-9)
			w.compare(t, "line", "one-step error", math.Sqrt(p.Variance()), row[3], 1e-9)
		}
	}
	m := DoubleWell(f.Grid.M, f.Grid.Delta, f.Grid.Actions, f.Grid.Half)
	for _, run := range f.Grid.Runs {
		p := mustPath(t, m, Settings{Method: "pmd", Map: run.Map, Step: Rule{Kind: "constant", Eta: run.Eta}})
		for _, row := range run.Rows {
			for p.K < int(row[0]) {
				p.Advance()
			}
			mean, variance := Place(p.Pi, f.Grid.Half)
			var support float64
			for _, v := range p.Pi {
				if v > 1e-12 {
					support++
				}
			}
			for i, got := range []float64{mean, variance, Entropy(p.Pi), p.V[0], support} {
				w.compare(t, "grid "+run.Map.Kind, []string{"mean", "variance", "entropy", "mean Q", "support"}[i], got, row[i+1], run.Tol)
			}
		}
	}
	t.Log(w)
}

// TestTheVarianceLabsPath: from a normal start on equally spaced actions the entropy step makes the path of the Variance lab.
// The sums are the trapezoidal rule, whose error vanishes for densities as smooth as these and none at the ends.
func TestTheVarianceLabsPath(t *testing.T) {
	const half, lambda = 4.0, 2.0
	m := DoubleWell(1.5, 0.3, 121, half)
	start, sum := make([]float64, m.Actions), 0.0
	for a := range start {
		x := 2*half*float64(a)/float64(m.Actions-1) - half
		start[a] = math.Exp(-x * x / 2)
		sum += start[a]
	}
	for a := range start {
		start[a] /= sum
	}
	p := mustPath(t, m, Settings{Method: "pmd", Step: Rule{Kind: "constant", Eta: 1 / lambda}, Start: Start{start}})
	for p.K < 40 {
		p.Advance()
		line := analysis.NewMirror(1.5, 0.3, lambda, p.K)
		var mean [1]float64
		line.Mean(mean[:])
		gotMean, gotVariance := Place(p.Pi, half)
		closeTo(t, fmt.Sprint("mean at ", p.K), gotMean, mean[0], 1e-10)
		closeTo(t, fmt.Sprint("variance at ", p.K), gotVariance, line.Variance(), 1e-10)
	}
}

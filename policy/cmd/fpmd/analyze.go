package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"onestep/policy/analysis"
)

// analyzeFlags say which target is to be reached from which noise, in how many steps.
type analyzeFlags struct {
	spec    analysis.Spec
	c       float64
	k       string
	modes   string
	wells   string
	n       int
	seed    uint64
	asJSON  bool
	ks      []int
	flagged *flag.FlagSet
}

// analyzeRow is the law of K steps. The fields behind Std stand where W2 is an estimate from samples.
type analyzeRow struct {
	K   int     `json:"k"`
	W2  float64 `json:"w2"`  // to the target; sqrt(2) times the sliced distance in the plane
	Std float64 `json:"std"` // of the law; the root of the covariance's trace in the plane

	*Estimate
}

// Estimate says what an estimate rests on.
type Estimate struct {
	N           int     `json:"n"`     // samples
	Floor       float64 `json:"floor"` // what the estimator of w2 gives for the target itself
	Energy      float64 `json:"energy"`
	EnergyFloor float64 `json:"energyFloor"`
}

func runAnalyze(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	q, err := analyzeArgs(args, stderr)
	if err != nil {
		return err
	}
	target, err := q.spec.Make()
	if err != nil {
		return wrongUse(q.flagged, "%v", err)
	}
	rows, err := analyzeRows(ctx, q, target)
	if err != nil {
		return err
	}
	if q.asJSON {
		return json.NewEncoder(stdout).Encode(struct {
			Rows []analyzeRow `json:"rows"`
		}{rows})
	}
	return writeRows(stdout, q, target, rows)
}

func analyzeArgs(args []string, stderr io.Writer) (*analyzeFlags, error) {
	var q analyzeFlags
	f := flag.NewFlagSet("analyze", flag.ContinueOnError)
	q.flagged = f
	names := analysis.TargetNames[:len(analysis.TargetNames)-1] // a drawing needs a pointer
	f.StringVar(&q.spec.Target, "target", "gaussian", "target: "+strings.Join(names, ", "))
	f.Float64Var(&q.spec.Std, "s", 0.5, "gaussian: standard deviation; ring, moons, eight: thickness")
	f.Float64Var(&q.spec.Mean, "mean", 0, "gaussian: mean")
	f.StringVar(&q.modes, "modes", "1:-0.5:0.1,1:0.5:0.1", "mixture: weight:mean:std of each mode, with commas between; any scale of the weights")
	f.Float64Var(&q.spec.Lambda, "lambda", 1, "mirror: temperature of the path N(0,1) exp(k Q/lambda)")
	f.IntVar(&q.spec.Step, "steps", 5, "mirror: k, the steps of mirror descent")
	f.StringVar(&q.wells, "wells", "1.5:0.3", "mirror: m:delta, wells of the double-well Q at -m and m whose values differ by delta; 0 makes them equal")
	f.Float64Var(&q.c, "c", 1, "standard deviation of the source noise")
	f.StringVar(&q.k, "k", "1,2,4,8,20", "numbers of Euler steps, with commas between")
	f.IntVar(&q.n, "n", 4096, "samples of a target in the plane")
	f.Uint64Var(&q.seed, "seed", 1, "seed of those samples")
	f.BoolVar(&q.asJSON, "json", false, "print JSON")
	if err := parse(f, args, 0, stderr); err != nil {
		return nil, err
	}
	return &q, q.check(names)
}

func (q *analyzeFlags) check(names []string) (err error) {
	if !slices.Contains(names, q.spec.Target) {
		return wrongUse(q.flagged, "-target must be one of %s, not %q", strings.Join(names, ", "), q.spec.Target)
	}
	if !(q.c >= analysis.MinStd && q.c <= analysis.MaxStd) {
		return wrongUse(q.flagged, "-c must lie in %g..%g, not %g", float64(analysis.MinStd), float64(analysis.MaxStd), q.c)
	}
	if q.n < 2 || q.n > 100_000 {
		return wrongUse(q.flagged, "-n must lie in 2..100000, not %d", q.n)
	}
	for _, text := range strings.Split(q.k, ",") {
		k, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || k < 1 || k > maxSteps {
			return wrongUse(q.flagged, "-k is a list of whole numbers in 1..%d, not %q", maxSteps, q.k)
		}
		q.ks = append(q.ks, k)
	}
	switch q.spec.Target {
	case "mixture":
		for _, text := range strings.Split(q.modes, ",") {
			x, ok := numbers(text, 3)
			if !ok {
				return wrongUse(q.flagged, "-modes is a list of weight:mean:std such as 0.8:-0.5:0.1,0.2:0.5:0.1, not %q", q.modes)
			}
			q.spec.Modes = append(q.spec.Modes, analysis.Mode{Weight: x[0], Mean: x[1], Std: x[2]})
		}
	case "mirror":
		x, ok := numbers(q.wells, 2)
		if !ok {
			return wrongUse(q.flagged, "-wells is m:delta such as 1.5:0.3, not %q", q.wells)
		}
		q.spec.Wells, q.spec.Difference = x[0], x[1]
	}
	return nil
}

// numbers reads so many numbers with colons between.
func numbers(text string, want int) (x []float64, ok bool) {
	for _, part := range strings.Split(text, ":") {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil {
			return nil, false
		}
		x = append(x, v)
	}
	return x, len(x) == want
}

func analyzeRows(ctx context.Context, q *analyzeFlags, target analysis.Target) ([]analyzeRow, error) {
	keepOn := func() bool { return ctx.Err() == nil }
	if target.Dim() == 2 {
		return estimatedRows(ctx, q, target, keepOn)
	}
	law := analysis.NewEulerLaw(target.(analysis.Line), q.c)
	var rows []analyzeRow
	for _, k := range q.ks {
		if q.spec.Target == "gaussian" {
			rows = append(rows, analyzeRow{K: k, W2: analysis.GaussianW2(q.spec.Std, q.c, k), Std: analysis.GaussianStd(q.spec.Std, q.c, k)})
			continue
		}
		l, ok := law.After(k, keepOn)
		if !ok {
			return nil, fmt.Errorf("the analysis was interrupted: %w", ctx.Err())
		}
		rows = append(rows, analyzeRow{K: k, W2: l.W2, Std: l.Std})
	}
	return rows, nil
}

// estimatedRows follows samples along the exact field.
func estimatedRows(ctx context.Context, q *analyzeFlags, target analysis.Target, keepOn func() bool) ([]analyzeRow, error) {
	cloud, ok := analysis.NewCloud(target, q.n, q.seed, keepOn)
	if !ok {
		return nil, fmt.Errorf("the analysis was interrupted: %w", ctx.Err())
	}
	x, v := make([]float64, len(cloud.Noise)), make([]float64, len(cloud.Noise))
	var rows []analyzeRow
	for _, k := range q.ks {
		for i, z := range cloud.Noise {
			x[i] = q.c * z
		}
		if !analysis.Steps(target, q.c, x, v, k, keepOn) {
			return nil, fmt.Errorf("the analysis was interrupted: %w", ctx.Err())
		}
		m := cloud.Measure(x)
		rows = append(rows, analyzeRow{K: k, W2: m.W2, Std: m.Std, Estimate: &Estimate{
			N: q.n, Floor: cloud.Floor, Energy: m.Energy, EnergyFloor: cloud.EnergyFloor,
		}})
	}
	return rows, nil
}

func writeRows(w io.Writer, q *analyzeFlags, target analysis.Target, rows []analyzeRow) error {
	_, err := fmt.Fprintf(w, "%s from N(0, %g^2): one-step error %.6g, the root of the target's variance\n", q.spec.Target, q.c, math.Sqrt(target.Variance()))
	for _, r := range rows {
		if err == nil {
			_, err = fmt.Fprintf(w, "K = %-4d W2 %.6f  std %.6f", r.K, r.W2, r.Std)
		}
		if e := r.Estimate; e != nil && err == nil {
			_, err = fmt.Fprintf(w, "  (floor %.6f)  energy %.6f (floor %.6f), %d samples", e.Floor, e.Energy, e.EnergyFloor, e.N)
		}
		if err == nil {
			_, err = fmt.Fprintln(w)
		}
	}
	return err
}

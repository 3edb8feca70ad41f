package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"onestep/engine/strict"
	"onestep/policy/analysis"
)

// analyzeCommand says which target is to be reached from which noise, in how many steps.
type analyzeCommand struct {
	Target string  `name:"target" default:"gaussian" values:"@target" help:"Target."`
	S      float64 `name:"s" default:"0.5" range:"0.01..10" help:"Gaussian: standard deviation; ring, moons, eight: thickness."`
	Mean   float64 `name:"mean" default:"0" range:"-10..10" help:"Gaussian: mean."`
	Modes  string  `name:"modes" default:"1:-0.5:0.1,1:0.5:0.1" help:"Mixture: weight:mean:std of each mode, with commas between; any scale of the weights."`
	Lambda float64 `name:"lambda" default:"1" range:"0.05..100" help:"Mirror: temperature of the path N(0,1) exp(k Q/lambda)."`
	Steps  int     `name:"steps" default:"5" range:"0..200" help:"Mirror: k, the steps of mirror descent."`
	Wells  string  `name:"wells" default:"1.5:0.3" help:"Mirror: m:delta, wells of the double-well Q at -m and m whose values differ by delta; 0 makes them equal."`
	C      float64 `name:"c" default:"1" range:"0.01..10" help:"Standard deviation of the source noise."`
	K      string  `name:"k" default:"1,2,4,8,20" help:"Numbers of Euler steps, with commas between."`
	N      int     `name:"n" default:"4096" range:"2..100000" help:"Samples of a target in the plane."`
	Seed   uint64  `name:"seed" default:"1" help:"Seed of those samples."`
	JSON   bool    `name:"json" help:"Print JSON."`

	spec analysis.Spec
	ks   []int
}

// analyzeRow is the law of K steps. The fields behind Std stand where W2 is an estimate from samples.
type analyzeRow struct {
	K   int     `json:"k"`
	W2  float64 `json:"w2"`  // to the target; in the plane sqrt(2) times the sliced distance, a lower bound
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

// Run computes and prints.
func (q *analyzeCommand) Run(s *session) error {
	if err := q.read(); err != nil {
		return err
	}
	target, err := q.spec.Make()
	if err != nil {
		return usageError{err}
	}
	rows, err := analyzeRows(s, q, target)
	if err != nil {
		return err
	}
	if q.JSON {
		return json.NewEncoder(s.stdout).Encode(struct {
			Rows []analyzeRow `json:"rows"`
		}{rows})
	}
	return writeRows(s.stdout, q, target, rows)
}

// maxSteps bounds the steps of -k.
const maxSteps = 1000

// read reads the flags that are lists.
func (q *analyzeCommand) read() error {
	q.spec = analysis.Spec{Target: q.Target, Std: q.S, Mean: q.Mean, Lambda: q.Lambda, Step: q.Steps}
	for text := range strings.SplitSeq(q.K, ",") {
		k, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || k < 1 || k > maxSteps {
			return wrongUse("-k is a list of whole numbers in 1..%d, not %q", maxSteps, q.K)
		}
		q.ks = append(q.ks, k)
	}
	switch q.Target {
	case "mixture":
		for text := range strings.SplitSeq(q.Modes, ",") {
			x, ok := numbers(text, 3)
			if !ok {
				return wrongUse("-modes is a list of weight:mean:std such as 0.8:-0.5:0.1,0.2:0.5:0.1, not %q", q.Modes)
			}
			q.spec.Modes = append(q.spec.Modes, analysis.Mode{Weight: x[0], Mean: x[1], Std: x[2]})
		}
	case "mirror":
		x, ok := numbers(q.Wells, 2)
		if !ok {
			return wrongUse("-wells is m:delta such as 1.5:0.3, not %q", q.Wells)
		}
		q.spec.Wells, q.spec.Difference = x[0], x[1]
	}
	return nil
}

// numbers reads so many numbers with colons between.
func numbers(text string, want int) (x []float64, ok bool) {
	for _, part := range strings.Split(text, ":") {
		v, err := strict.Float(strings.TrimSpace(part))
		if err != nil {
			return nil, false
		}
		x = append(x, v)
	}
	return x, len(x) == want
}

func analyzeRows(ctx context.Context, q *analyzeCommand, target analysis.Target) ([]analyzeRow, error) {
	keepOn := func() bool { return ctx.Err() == nil }
	if target.Dim() == 2 {
		return estimatedRows(ctx, q, target, keepOn)
	}
	law := analysis.NewEulerLaw(target.(analysis.Line), q.C)
	var rows []analyzeRow
	for _, k := range q.ks {
		if q.spec.Target == "gaussian" {
			rows = append(rows, analyzeRow{K: k, W2: analysis.GaussianW2(q.spec.Std, q.C, k), Std: analysis.GaussianStd(q.spec.Std, q.C, k)})
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
func estimatedRows(ctx context.Context, q *analyzeCommand, target analysis.Target, keepOn func() bool) ([]analyzeRow, error) {
	cloud, ok := analysis.NewCloud(target, q.N, q.Seed, keepOn)
	if !ok {
		return nil, fmt.Errorf("the analysis was interrupted: %w", ctx.Err())
	}
	x, v := make([]float64, len(cloud.Noise)), make([]float64, len(cloud.Noise))
	var rows []analyzeRow
	for _, k := range q.ks {
		for i, z := range cloud.Noise {
			x[i] = q.C * z
		}
		if !analysis.Steps(target, q.C, x, v, k, keepOn) {
			return nil, fmt.Errorf("the analysis was interrupted: %w", ctx.Err())
		}
		m := cloud.Measure(x)
		rows = append(rows, analyzeRow{K: k, W2: m.W2, Std: m.Std, Estimate: &Estimate{
			N: q.N, Floor: cloud.Floor, Energy: m.Energy, EnergyFloor: cloud.EnergyFloor,
		}})
	}
	return rows, nil
}

func writeRows(w io.Writer, q *analyzeCommand, target analysis.Target, rows []analyzeRow) error {
	_, err := fmt.Fprintf(w, "%s from N(0, %g^2): one-step error %.6g, the root of the target's variance\n", q.Target, q.C, math.Sqrt(target.Variance()))
	for _, r := range rows {
		name := "W2"
		if r.Estimate != nil {
			name = "W2 >=" // the sliced distance
		}
		if err == nil {
			_, err = fmt.Fprintf(w, "K = %-4d %s %.6f  std %.6f", r.K, name, r.W2, r.Std)
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

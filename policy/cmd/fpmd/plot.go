package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"

	"onestep/engine/env"
	"onestep/engine/rng"
	"onestep/policy/analysis"
	"onestep/policy/checkpoint"
	"onestep/policy/figure"
	"onestep/policy/flow"
	"onestep/policy/train"
)

// plotFlags are the flags of all figures.
type plotFlags struct {
	out, policy, obs, of string
	theme                string
	k, samples           int
	component, states    int
	seed                 uint64
	stdout               io.Writer // for the numbers behind a figure
}

func runPlot(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	kinds := map[string]func(context.Context, *plotFlags, []string) (*plot.Plot, error){
		"curves": plotCurves, "paths": plotPaths, "variance": plotVariance,
	}
	if len(args) == 0 || kinds[args[0]] == nil {
		fmt.Fprintln(stderr, "usage: fpmd plot curves -out FILE DIR...; fpmd plot paths|variance -policy FILE -out FILE")
		if len(args) > 0 && (args[0] == "-h" || args[0] == "--help") {
			return flag.ErrHelp
		}
		return errUsage
	}
	q := plotFlags{stdout: stdout}
	f := flag.NewFlagSet("plot "+args[0], flag.ContinueOnError)
	f.StringVar(&q.out, "out", "", "file to write, .svg or .png (required)")
	f.StringVar(&q.theme, "theme", "light", "colours for a light or a dark ground: light or dark")
	want := 0
	if args[0] == "curves" {
		want = -1
		f.StringVar(&q.of, "of", "one-step", "which returns: one-step, k-step or best-of")
	} else {
		f.StringVar(&q.policy, "policy", "", "policy file or run file (required)")
		f.IntVar(&q.k, "k", 20, "sampler steps of the many-step actions")
		f.IntVar(&q.samples, "samples", 64, "actions per state")
		f.Uint64Var(&q.seed, "seed", 1, "seed of the noise, and of the episode whose first state is shown or whose states are visited")
	}
	switch args[0] {
	case "paths":
		f.StringVar(&q.obs, "obs", "", "observation, a JSON array; the first of an episode where it is left out")
		f.IntVar(&q.component, "component", 0, "which component of the action")
	case "variance":
		f.IntVar(&q.states, "states", 200, "visited states")
	}
	if err := parse(f, args[1:], want, stderr); err != nil {
		return err
	}
	if err := q.check(f, args[0]); err != nil {
		return err
	}
	p, err := kinds[args[0]](ctx, &q, f.Args())
	if err != nil {
		return err
	}
	b, err := figure.Render(p, strings.TrimPrefix(filepath.Ext(q.out), "."))
	if err != nil {
		return err
	}
	return replace(q.out, b)
}

func (q *plotFlags) check(f *flag.FlagSet, kind string) error {
	switch {
	case !slices.Contains(figure.Formats, strings.TrimPrefix(filepath.Ext(q.out), ".")):
		return wrongUse(f, "-out names a file that ends in .%s, not %q", strings.Join(figure.Formats, " or ."), q.out)
	case figure.Themes[q.theme] == nil:
		return wrongUse(f, "-theme must be light or dark, not %q", q.theme)
	case kind == "curves" && f.NArg() == 0:
		return wrongUse(f, "name the folders of the runs, or their %s files", recordFile)
	case kind == "curves" && !slices.Contains([]string{"one-step", "k-step", "best-of"}, q.of):
		return wrongUse(f, "-of must be one-step, k-step or best-of, not %q", q.of)
	case kind == "curves":
		return nil
	case q.policy == "":
		return wrongUse(f, "-policy names the file")
	case q.k < 1 || q.k > maxSteps || q.samples < 2 || q.samples > 4096:
		return wrongUse(f, "-k must lie in 1..%d and -samples in 2..4096, not %d and %d", maxSteps, q.k, q.samples)
	case kind == "variance" && (q.states < 1 || q.states > 100_000):
		return wrongUse(f, "-states must lie in 1..100000, not %d", q.states)
	}
	return nil
}

// plotCurves draws the records of runs; those with the same task, algorithm and weighting, steps and sizes are
// one series of seeds.
func plotCurves(_ context.Context, q *plotFlags, paths []string) (*plot.Plot, error) {
	var series []figure.Series
	var settings []string
	var titles []string
	level := math.NaN()
	for _, path := range paths {
		r, err := readRecord(path)
		if err != nil {
			return nil, err
		}
		points, err := pointsOf(r.Record.Curve, q.of)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		e, err := env.Make(r.Options.Task, r.Options.Model)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if title := e.Spec().Title; !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
		level = e.Spec().Solved
		setting, err := settingOf(r.Options)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		i := slices.Index(settings, setting)
		if i < 0 {
			i = len(series)
			settings, series = append(settings, setting), append(series, figure.Series{Name: string(r.Options.Algorithm)})
		}
		series[i].Seeds = append(series[i].Seeds, points)
	}
	if len(titles) > 1 {
		level = math.NaN() // there is no common one
	}
	numberEqualNames(series)
	return figure.Themes[q.theme].Curves(strings.Join(titles, ", ")+", "+q.of, series, level)
}

// settingOf is what runs of one series share: everything but the seed.
func settingOf(o train.Options) (string, error) {
	o.Seed = 0
	b, err := json.Marshal(o)
	return string(b), err
}

// numberEqualNames tells series of one algorithm with different settings apart.
func numberEqualNames(series []figure.Series) {
	count := map[string]int{}
	for i := range series {
		name := series[i].Name
		if count[name]++; count[name] > 1 {
			series[i].Name = fmt.Sprintf("%s (%d)", name, count[name])
		}
	}
}

func pointsOf(curve []train.Evaluation, of string) ([]figure.Point, error) {
	points := make([]figure.Point, len(curve))
	for i, e := range curve {
		r := e.OneStep
		switch of {
		case "k-step":
			r = e.Many
		case "best-of":
			r = e.Best
		}
		if r.Episodes == 0 {
			return nil, fmt.Errorf("its evaluation at step %d has no %s returns", e.EnvSteps, of)
		}
		points[i] = figure.Point{Steps: float64(e.EnvSteps), Return: r.Mean}
	}
	if len(points) == 0 {
		return nil, errors.New("it has no evaluations")
	}
	return points, nil
}

// plotPaths draws samples at one state on their way from noise to actions.
func plotPaths(_ context.Context, q *plotFlags, _ []string) (*plot.Plot, error) {
	p, err := readPolicyFile(q.policy)
	if err != nil {
		return nil, err
	}
	e, err := p.Env()
	if err != nil {
		return nil, err
	}
	spec := e.Spec()
	if q.component < 0 || q.component >= spec.ActDim {
		return nil, fmt.Errorf("-component must lie in 0..%d, not %d", spec.ActDim-1, q.component)
	}
	obs := make([]float32, spec.ObsDim)
	if q.obs != "" {
		if obs, err = vector("-obs", q.obs, spec.ObsDim); err != nil {
			return nil, err
		}
	} else {
		e.Reset(q.seed)
		observe(e, obs)
	}
	d, n := spec.ActDim, q.samples
	x0, path := make([]float32, n*d), make([]float32, (q.k+1)*n*d)
	src := rng.New(q.seed)
	for i := range x0 {
		x0[i] = p.Actor.SourceStd * float32(src.Normal())
	}
	nfe := flow.NewSampler(p.Actor.Net, n).Trajectory(path, &p.Actor, obs, n, x0, q.k)
	lines := make([][]float64, n)
	for i := range lines {
		for k := range q.k + 1 {
			lines[i] = append(lines[i], float64(path[(k*n+i)*d+q.component]))
		}
	}
	return figure.Themes[q.theme].Paths(fmt.Sprintf("%s on %s, NFE %d", p.Algorithm, spec.Title, nfe), axisOf(spec.Actions[q.component]), lines)
}

// axisOf labels a component of the policy's action: its quantity over what an action of 1 stands for.
func axisOf(q env.Quantity) string {
	if q.Unit == "" {
		return q.Name
	}
	return fmt.Sprintf("%s / (%g %s)", q.Name, q.Scale, q.Unit)
}

func observe(e env.Env, dst []float32) {
	obs := make([]float64, len(dst))
	e.Observe(obs)
	for i, v := range obs {
		dst[i] = float32(v)
	}
}

// plotVariance draws variance against one-step error at the states of episodes played with one-step actions.
func plotVariance(ctx context.Context, q *plotFlags, _ []string) (*plot.Plot, error) {
	p, err := readPolicyFile(q.policy)
	if err != nil {
		return nil, err
	}
	dots, err := probe(ctx, p, q)
	if err != nil {
		return nil, err
	}
	e, err := p.Env()
	if err != nil {
		return nil, err
	}
	tellMeans(q.stdout, dots)
	return figure.Themes[q.theme].Variance(fmt.Sprintf("%s on %s, %d states, K = %d, c = %g", p.Algorithm, e.Spec().Title, len(dots), q.k, p.Config.TrainSourceStd), dots)
}

// tellMeans prints the means over the states.
func tellMeans(w io.Writer, dots []figure.Dot) {
	var mean figure.Dot
	n := float64(len(dots))
	for _, d := range dots {
		mean.Variance, mean.Error, mean.Shift = mean.Variance+d.Variance/n, mean.Error+d.Error/n, mean.Shift+d.Shift/n
	}
	fmt.Fprintf(w, "%d states: variance %.4f, W2 %.4f, shift of the mean %.4f\n", len(dots), mean.Variance, mean.Error, mean.Shift)
}

func probe(ctx context.Context, p *checkpoint.Policy, q *plotFlags) ([]figure.Dot, error) {
	e, err := p.Env()
	if err != nil {
		return nil, err
	}
	spec := e.Spec()
	obs, x, action := make([]float32, spec.ObsDim), make([]float32, spec.ActDim), make([]float64, spec.ActDim)
	sampler, src := flow.NewSampler(p.Actor.Net, 1), rng.New(q.seed)
	measure := analysis.NewProbe(&p.Actor, float32(p.Config.TrainSourceStd), q.samples, q.k, q.seed)
	var dots []figure.Dot
	for episode := q.seed; ; episode++ {
		e.Reset(episode)
		for ended := false; !ended; {
			if len(dots) == q.states || ctx.Err() != nil {
				return dots, ctx.Err()
			}
			observe(e, obs)
			point := measure.At(&p.Actor, obs)
			dots = append(dots, figure.Dot{Variance: point.Variance, Error: point.Error, Shift: point.Shift})
			for i := range x {
				x[i] = p.Actor.SingleStd() * float32(src.Normal())
			}
			sampler.Sample(x, &p.Actor, obs, 1, x, 1)
			for i, v := range x {
				action[i] = float64(v)
			}
			result := e.Step(action)
			ended = result.Terminated || result.Truncated
		}
	}
}

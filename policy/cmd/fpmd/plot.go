package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"

	"onestep/engine/env"
	"onestep/engine/quote"
	"onestep/engine/rng"
	"onestep/policy/actor"
	"onestep/policy/analysis"
	"onestep/policy/checkpoint"
	"onestep/policy/figure"
	"onestep/policy/flow"
	"onestep/policy/train"
)

// plotCommand are the figures.
type plotCommand struct {
	Curves   plotCurves   `cmd:"" help:"Draw the learning curves of runs, those that differ in their seed alone as one with a band."`
	Paths    plotPaths    `cmd:"" help:"Draw samples at one state on their way from noise to actions."`
	Variance plotVariance `cmd:"" help:"Draw variance against one-step error at the states of episodes played with one-step actions."`
	Grid     plotGrid     `cmd:"" help:"Draw returns over sampler steps and candidates: a front against network evaluations, or a heat map."`
	Latency  plotLatency  `cmd:"" help:"Draw the return against the time of one network evaluation, where actions arrive that much later."`
	Mirror   plotMirror   `cmd:"" help:"Draw the gap of mirror descent on a finite problem, its bound, and policy iteration."`
}

// plotOutput is where a figure goes.
type plotOutput struct {
	Out   string `name:"out" placeholder:"FILE" help:"File to write, .svg or .png (required, unless -csv is given)."`
	CSV   string `name:"csv" placeholder:"FILE" help:"File for the numbers that are drawn; - is standard output."`
	Theme string `name:"theme" default:"light" values:"@theme" help:"Colours for a light or a dark ground."`

	read []string // files that the figure is of
}

// plotSamples are the samples of figures of a policy.
type plotSamples struct {
	Policy  string `name:"policy" placeholder:"FILE" help:"Policy file or run file (required)."`
	K       int    `name:"k" default:"20" range:"1..1000" help:"Sampler steps of the many-step actions."`
	Samples int    `name:"samples" default:"64" range:"2..4096" help:"Actions per state."`
	Seed    uint64 `name:"seed" default:"1" help:"Seed of the noise, and of the episode whose first state is shown or whose states are visited."`
}

// policy reads the policy that is drawn, once it is clear that the figure can be written.
func (q *plotSamples) policy(to *plotOutput) (*checkpoint.Policy, error) {
	if _, err := to.format(); err != nil {
		return nil, err
	}
	if q.Policy == "" {
		return nil, wrongUse("-policy names the file")
	}
	return readPolicyFile(q.Policy)
}

// format is that of the figure, or "" where only its numbers are asked for.
func (q *plotOutput) format() (string, error) {
	if q.Out == "" && q.CSV != "" {
		return "", nil
	}
	format := strings.TrimPrefix(filepath.Ext(q.Out), ".")
	if !slices.Contains(figure.Formats, format) {
		return "", wrongUse("-out names a file that ends in .%s, not %q", strings.Join(figure.Formats, " or ."), q.Out)
	}
	return format, nil
}

// write draws, renders and writes a figure and its numbers: rows of CSV, the first of them the columns' names.
func (q *plotOutput) write(s *session, rows [][]string, draw func(th *figure.Theme) (*plot.Plot, error)) error {
	format, err := q.format()
	if err != nil {
		return err
	}
	if q.CSV != "" {
		var b bytes.Buffer
		for _, row := range rows {
			for i, cell := range row {
				if _, err := strconv.ParseFloat(cell, 64); err != nil {
					row[i] = quote.Cell(cell)
				}
			}
		}
		if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
			return err
		}
		if q.CSV == "-" {
			_, err = s.stdout.Write(b.Bytes())
		} else {
			err = output(q.CSV, b.Bytes(), q.read...)
		}
		if err != nil || format == "" {
			return err
		}
	}
	p, err := draw(figure.Themes[q.Theme])
	if err != nil {
		return err
	}
	b, err := figure.Render(p, format)
	if err != nil {
		return err
	}
	return output(q.Out, b, append(q.read, q.CSV)...)
}

// cells writes a row of numbers.
func cells(x ...float64) []string {
	row := make([]string, len(x))
	for i, v := range x {
		row[i] = strconv.FormatFloat(v, 'g', -1, 64)
	}
	return row
}

// plotCurves draws the records of runs.
type plotCurves struct {
	plotOutput
	Of   string   `name:"of" default:"one-step" values:"one-step,k-step,best-of" help:"Which returns."`
	Dirs []string `arg:"" optional:"" name:"dir" help:"Folders of runs, folders of such folders, records, or lists of them as the page exports them."`
}

// Run draws; runs with the same task, algorithm, steps and settings are one series of seeds.
func (q *plotCurves) Run(s *session) error {
	if _, err := q.format(); err != nil {
		return err
	}
	if len(q.Dirs) == 0 {
		return wrongUse("name the folders of the runs, or their %s files", recordFile)
	}
	c := curves{of: q.Of}
	for _, path := range q.Dirs {
		folders, err := runsIn(path)
		if err != nil {
			return err
		}
		for _, folder := range folders {
			if err := c.add(folder); err != nil {
				return fmt.Errorf("%s: %w", folder, err)
			}
		}
	}
	numberEqualNames(c.series)
	title := strings.Join(c.titles, ", ")
	rows, err := curveRows(c.series)
	if err != nil {
		return err
	}
	return q.write(s, rows, func(th *figure.Theme) (*plot.Plot, error) { return th.Curves(title+", "+q.Of, c.series, c.goal()) })
}

// runsIn are the folders of runs that a path stands for: itself, or those within it that hold a record.
func runsIn(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}, err
	}
	if _, err := os.Stat(filepath.Join(path, recordFile)); err == nil {
		return []string{path}, nil
	}
	within, err := filepath.Glob(filepath.Join(path, "*", recordFile))
	if err != nil {
		return nil, err
	}
	if len(within) == 0 {
		return nil, fmt.Errorf("%s holds no %s, nor do the folders in it", path, recordFile)
	}
	for i := range within {
		within[i] = filepath.Dir(within[i])
	}
	return within, nil
}

// curves collects runs into series.
type curves struct {
	of       string
	series   []figure.Series
	settings []string // of each series
	titles   []string
	solved   float64
}

func (c *curves) add(path string) error {
	list, err := readRecords(path)
	if err != nil {
		return err
	}
	for _, r := range list {
		if err := c.addRecord(r); err != nil {
			return err
		}
	}
	return nil
}

func (c *curves) addRecord(r *runRecord) error {
	points, err := pointsOf(r.Record.Curve, c.of)
	if err != nil {
		return err
	}
	e, err := env.Make(r.Options.Task, r.Options.Model)
	if err != nil {
		return err
	}
	if title := e.Spec().Title; !slices.Contains(c.titles, title) {
		c.titles = append(c.titles, title)
	}
	c.solved = e.Spec().Solved
	setting, err := settingOf(r.Options)
	if err != nil {
		return err
	}
	i := slices.Index(c.settings, setting)
	if i < 0 {
		i = len(c.series)
		c.settings, c.series = append(c.settings, setting), append(c.series, figure.Series{Name: string(r.Options.Algorithm)})
	}
	c.series[i].Seeds = append(c.series[i].Seeds, points)
	return nil
}

// goal is the return from which the task counts as learned, or none for runs of several tasks.
func (c *curves) goal() *figure.Level {
	if len(c.titles) > 1 {
		return nil
	}
	return &figure.Level{Value: c.solved, Name: "goal: learned from " + minus(strconv.FormatFloat(c.solved, 'f', -1, 64))}
}

// curveRows are the numbers of learning curves: a row for each evaluation of a seed, and for mean, worst and best of several.
func curveRows(series []figure.Series) ([][]string, error) {
	rows := [][]string{{"series", "seed", "environment steps", "return"}}
	for _, one := range series {
		for i, seed := range one.Seeds {
			for _, p := range seed {
				rows = append(rows, append([]string{one.Name, strconv.Itoa(i + 1)}, cells(p.Steps, p.Return)...))
			}
		}
		if len(one.Seeds) < 2 {
			continue
		}
		grid, err := figure.Grid(one.Seeds)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", one.Name, err)
		}
		mean, low, high := figure.Band(one.Seeds, grid)
		for i, x := range grid {
			for k, y := range []float64{mean[i], low[i], high[i]} {
				rows = append(rows, append([]string{one.Name, []string{"mean", "worst", "best"}[k]}, cells(x, y)...))
			}
		}
	}
	return rows, nil
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
		if r.Mean-r.Mean != 0 {
			return nil, fmt.Errorf("its evaluation at step %d has the mean %v: an episode diverged", e.EnvSteps, r.Mean)
		}
		points[i] = figure.Point{Steps: float64(e.EnvSteps), Return: r.Mean}
	}
	if len(points) == 0 {
		return nil, errors.New("it has no evaluations")
	}
	return points, nil
}

// plotPaths draws samples at one state.
type plotPaths struct {
	plotOutput
	plotSamples
	Obs       string `name:"obs" placeholder:"[...]" help:"Observation, a JSON array; the first of an episode where it is left out."`
	Component int    `name:"component" default:"0" range:"0..1023" help:"Which component of the action."`
}

// Run draws.
func (q *plotPaths) Run(s *session) error {
	p, err := q.policy(&q.plotOutput)
	if err != nil {
		return err
	}
	e, err := p.Env()
	if err != nil {
		return err
	}
	task := e.Spec()
	if q.Component < 0 || q.Component >= task.ActDim {
		return fmt.Errorf("-component must lie in 0..%d, not %d", task.ActDim-1, q.Component)
	}
	obs := make([]float32, task.ObsDim)
	if q.Obs != "" {
		if obs, err = vector("-obs", q.Obs, task.ObsDim); err != nil {
			return err
		}
	} else {
		e.Reset(q.Seed)
		observe(e, obs)
	}
	lines, nfe := q.paths(p, obs)
	for i, line := range lines {
		for k, x := range line {
			if x-x != 0 {
				return fmt.Errorf("sample %d diverged at step %d of %d: it is %v; the policy's weights are finite and too large to act", i+1, k, q.K, x)
			}
		}
	}
	rows := [][]string{{"sample", "t", task.Actions[q.Component].Name + " in -1..1"}}
	for i, line := range lines {
		for k, x := range line {
			rows = append(rows, cells(float64(i), float64(k)/float64(q.K), x))
		}
	}
	return q.write(s, rows, func(th *figure.Theme) (*plot.Plot, error) {
		return th.Paths(fmt.Sprintf("%s on %s, NFE %d", p.Algorithm, task.Title, nfe), axisOf(task.Actions[q.Component]), lines)
	})
}

// paths follows samples from noise; lines[i] are the positions of sample i at t = 0, 1/K ... 1.
func (q *plotPaths) paths(p *checkpoint.Policy, obs []float32) (lines [][]float64, nfe int) {
	d, n := p.Actor.ActDim(), q.Samples
	x0, path := make([]float32, n*d), make([]float32, (q.K+1)*n*d)
	src := rng.New(q.Seed)
	for i := range x0 {
		x0[i] = p.Actor.SourceStd * float32(src.Normal())
	}
	nfe = flow.NewSampler(&p.Actor, n).Trajectory(path, &p.Actor, obs, n, x0, q.K)
	lines = make([][]float64, n)
	for i := range lines {
		for k := range q.K + 1 {
			lines[i] = append(lines[i], float64(path[(k*n+i)*d+q.Component]))
		}
	}
	return lines, nfe
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

// plotVariance draws visited states.
type plotVariance struct {
	plotOutput
	plotSamples
	States int    `name:"states" default:"200" range:"1..100000" help:"Visited states."`
	Source string `name:"source" default:"fit" values:"fit,acting" help:"Noise that is measured: that which the policy was fitted with, for which the bound holds, or that which it acts from."`
}

// Run draws, and prints the means over the states.
func (q *plotVariance) Run(s *session) error {
	p, err := q.policy(&q.plotOutput)
	if err != nil {
		return err
	}
	dots, err := q.probe(s, p)
	if err != nil {
		return err
	}
	e, err := p.Env()
	if err != nil {
		return err
	}
	rows := [][]string{{"state", "c", "variance", "w2_lower", "w2_upper", "shift", "spread_lower"}}
	for i, d := range dots {
		rows = append(rows, cells(float64(i), float64(q.source(p)), d.Variance, d.Lower, d.Upper, d.Shift, d.Spread()))
	}
	if q.CSV != "-" {
		tellMeans(s.stdout, dots)
	}
	return q.write(s, rows, func(th *figure.Theme) (*plot.Plot, error) {
		return th.Variance(fmt.Sprintf("%s on %s, %d states", p.Algorithm, e.Spec().Title, len(dots)), q.K, float64(q.source(p)), dotsOf(dots))
	})
}

// source is c, the standard deviation of the measured noise.
func (q *plotVariance) source(p *checkpoint.Policy) float32 {
	if q.Source == "acting" {
		return p.Actor.SourceStd
	}
	return float32(p.Config.FitStd())
}

func dotsOf(points []analysis.Point) []figure.Dot {
	dots := make([]figure.Dot, len(points))
	for i, p := range points {
		dots[i] = figure.Dot{Variance: p.Variance, Lower: p.Lower, Upper: p.Upper, Shift: p.Shift}
	}
	return dots
}

// tellMeans prints the means over the states, and how many of them lie above the bound.
func tellMeans(w io.Writer, points []analysis.Point) {
	var mean analysis.Point
	n, above := float64(len(points)), 0
	for _, p := range points {
		mean.Variance, mean.Lower, mean.Upper, mean.Shift = mean.Variance+p.Variance/n, mean.Lower+p.Lower/n, mean.Upper+p.Upper/n, mean.Shift+p.Shift/n
		if p.Lower > math.Sqrt(p.Variance) {
			above++
		}
	}
	fmt.Fprintf(w, "%d states: variance %.4f, W2 %.4f to %.4f, shift of the mean %.4f; above the bound: %d\n", len(points), mean.Variance, mean.Lower, mean.Upper, mean.Shift, above)
}

// probe measures the states of episodes played with one-step actions.
func (q *plotVariance) probe(ctx context.Context, p *checkpoint.Policy) ([]analysis.Point, error) {
	e, err := p.Env()
	if err != nil {
		return nil, err
	}
	spec := e.Spec()
	obs, action := make([]float32, spec.ObsDim), make([]float64, spec.ActDim)
	acts, src := actor.New(&p.Actor, nil, 1), rng.New(q.Seed)
	measure := analysis.NewProbe(&p.Actor, q.source(p), q.Samples, q.K, q.Seed)
	var dots []analysis.Point
	for episode := q.Seed; ; episode++ {
		e.Reset(episode)
		for step, ended := 1, false; !ended; step++ {
			if len(dots) == q.States || ctx.Err() != nil {
				return dots, ctx.Err()
			}
			observe(e, obs)
			point := measure.At(&p.Actor, obs)
			if sum := point.Variance + point.Lower + point.Upper + point.Shift; sum-sum != 0 {
				return nil, fmt.Errorf("episode %d diverged at step %d: the samples' variance, W2 and shift are %v, %v to %v and %v; the policy's weights are finite and too large to act",
					episode-q.Seed+1, step, point.Variance, point.Lower, point.Upper, point.Shift)
			}
			dots = append(dots, point)
			src.FillNormal(acts.Noise)
			acts.Act(&p.Actor, nil, obs, 1, 1)
			for i, v := range acts.Action(0) {
				action[i] = float64(v)
			}
			result := e.Step(action)
			ended = result.Terminated || result.Truncated
		}
	}
}

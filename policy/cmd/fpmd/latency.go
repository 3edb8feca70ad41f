package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"gonum.org/v1/plot"

	"onestep/engine/quote"
	"onestep/policy/checkpoint"
	"onestep/policy/figure"
	"onestep/policy/grid"
)

// plotLatency draws what it costs to be late.
type plotLatency struct {
	plotOutput
	Policy   string `name:"policy" placeholder:"FILE" help:"Policy file or run file (required)."`
	K        string `name:"k" default:"1,2,4,20" help:"Sampler steps, with commas between."`
	BestOf   int    `name:"best-of" default:"1" range:"1..1024" help:"Candidates per action."`
	Times    string `name:"times" default:"0,0.25ms,0.5ms,1ms,2ms,3ms,5ms" help:"Simulated times of one evaluation of the network, with commas between."`
	Episodes int    `name:"episodes" default:"20" range:"1..10000" help:"Episodes, each from its fixed seed."`

	ks    []int
	times []time.Duration
}

// Run plays and draws.
func (q *plotLatency) Run(s *session) error {
	if q.Policy == "" {
		return wrongUse("-policy names the file")
	}
	if _, err := q.format(); err != nil {
		return err
	}
	if err := q.read(); err != nil {
		return err
	}
	p, err := readPolicyFile(q.Policy)
	if err != nil {
		return err
	}
	rows := [][]string{{"k", "best_of", "evaluation_ms", "late_ms", "mean", "low", "high", "episodes"}}
	var lines []figure.Banded
	for _, k := range q.ks {
		line, err := q.line(s, p, k, &rows)
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	if q.CSV != "-" {
		if err := table(s.stdout, rows); err != nil {
			return err
		}
	}
	return q.write(s, rows, func(th *figure.Theme) (*plot.Plot, error) {
		of, period := p.Task, 0.0
		if e, err := p.Env(); err == nil {
			of, period = e.Spec().Title, e.Spec().ControlPeriod
		}
		title := fmt.Sprintf("%s on %s, an action each %g ms", p.Algorithm, of, 1e3*period)
		return th.Bands(title, "time of one network evaluation, ms", "mean return", false, lines)
	})
}

// line plays every time with K steps.
func (q *plotLatency) line(s *session, p *checkpoint.Policy, k int, rows *[][]string) (line figure.Banded, err error) {
	line.Name = fmt.Sprintf("K = %d", k)
	if q.BestOf > 1 {
		line.Name += fmt.Sprintf(", best of %d", q.BestOf)
	}
	for _, d := range q.times {
		c := grid.Of(&p.Actor, k, q.BestOf)
		if err := play(s, p, &c, acting{K: k, BestOf: q.BestOf, Latency: d.Seconds()}, q.Episodes); err != nil {
			return line, err
		}
		ms := 1e3 * d.Seconds()
		line.Add(ms, c.Mean, c.Interval.Low, c.Interval.High)
		*rows = append(*rows, cells(float64(k), float64(q.BestOf), ms, ms*float64(c.NFE), c.Mean, c.Interval.Low, c.Interval.High, float64(q.Episodes)))
	}
	return line, nil
}

// read reads the flags that are lists.
func (q *plotLatency) read() error {
	for text := range strings.SplitSeq(q.K, ",") {
		k, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || k < 1 || k > maxSteps {
			return wrongUse("-k is a list of whole numbers in 1..%d, not %s", maxSteps, quote.Text(q.K))
		}
		q.ks = append(q.ks, k)
	}
	for text := range strings.SplitSeq(q.Times, ",") {
		d, err := time.ParseDuration(strings.TrimSpace(text))
		if err != nil || d < 0 || d > time.Hour {
			return wrongUse("-times is a list of times in 0s..1h such as 0s,0.5ms,1ms, not %s", quote.Text(q.Times))
		}
		q.times = append(q.times, d)
	}
	slices.Sort(q.times)
	return nil
}

// table prints rows in columns.
func table(w io.Writer, rows [][]string) error {
	for _, r := range rows {
		if _, err := fmt.Fprintln(w, strings.Join(r, "\t")); err != nil {
			return err
		}
	}
	return nil
}

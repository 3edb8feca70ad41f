package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"

	"onestep/policy/figure"
	"onestep/policy/tabular"
)

// mirrorAxes are what a figure of gaps can have below.
var mirrorAxes = map[string]struct {
	label string
	of    func(tabular.Row) int
}{
	"iterations":  {"iterations", func(r tabular.Row) int { return r.K }},
	"updates":     {"states updated", func(r tabular.Row) int { return r.Updates }},
	"backups":     {"backups of a state and action", func(r tabular.Row) int { return r.Backups }},
	"evaluations": {"solutions for a value", func(r tabular.Row) int { return r.Evaluations }},
}

// runPlotMirror is the figure's subcommand.
func runPlotMirror(ctx context.Context, args []string, stderr io.Writer) error {
	q := newMirrorFlags("plot mirror")
	var out, theme, x string
	q.flagged.StringVar(&out, "out", "", "file to write, .svg or .png (required)")
	q.flagged.StringVar(&theme, "theme", "light", "colours for a light or a dark ground: light or dark")
	q.flagged.StringVar(&x, "x", "iterations", "what the figure has below: iterations, updates, backups or evaluations")
	if err := parse(q.flagged, args, 0, stderr); err != nil {
		return err
	}
	format := strings.TrimPrefix(filepath.Ext(out), ".")
	switch {
	case !slices.Contains(figure.Formats, format):
		return wrongUse(q.flagged, "-out names a file that ends in .%s, not %q", strings.Join(figure.Formats, " or ."), out)
	case figure.Themes[theme] == nil:
		return wrongUse(q.flagged, "-theme must be light or dark, not %q", theme)
	}
	p, err := plotMirror(ctx, figure.Themes[theme], q, x)
	if err != nil {
		return err
	}
	b, err := figure.Render(p, format)
	if err != nil {
		return err
	}
	return replace(out, b)
}

// plotMirror draws the gap of a path over what it cost, its bound, and h-step policy iteration from the same start.
func plotMirror(ctx context.Context, th *figure.Theme, q *mirrorFlags, x string) (*plot.Plot, error) {
	axis, ok := mirrorAxes[x]
	if !ok {
		return nil, fmt.Errorf("-x must be iterations, updates, backups or evaluations, not %q", x)
	}
	result, err := q.follow(ctx)
	if err != nil {
		return nil, err
	}
	line := func(name string, rows []tabular.Row, of func(tabular.Row) tabular.Number) (l figure.Line) {
		l.Name = name
		for _, r := range rows {
			l.X, l.Y = append(l.X, float64(axis.of(r))), append(l.Y, float64(of(r)))
		}
		return l
	}
	gapRho := func(r tabular.Row) tabular.Number { return r.GapRho }
	lines := []figure.Line{
		line("gap in rho", result.Rows, gapRho),
		line("gap, largest of all states", result.Rows, func(r tabular.Row) tabular.Number { return r.GapSup }),
	}
	if result.BoundOn != "" {
		lines = append(lines, line("bound on "+result.BoundOn, result.Rows, func(r tabular.Row) tabular.Number { return r.Bound }))
	}
	if !result.Settings.Soft() && result.Settings.Method != "h-pi" {
		m, _, err := readProblem(q.problem)
		if err != nil {
			return nil, err
		}
		p, err := tabular.NewPath(m, tabular.Settings{Method: "h-pi", H: result.Settings.H, Start: result.Settings.Start})
		if err != nil {
			return nil, err
		}
		rows, err := p.Run(ctx, min(result.Settings.K, len(result.Rows)))
		if err != nil {
			return nil, err
		}
		lines = append(lines, line(fmt.Sprintf("policy iteration, h = %d", result.Settings.H), rows, gapRho))
	}
	for i := range lines {
		lines[i] = positive(lines[i])
	}
	return th.Logarithmic(fmt.Sprintf("%s, %s", result.Problem, result.Settings.Method), axis.label, "V* − V", lines)
}

// positive drops what a logarithmic axis cannot show: gaps at the size of rounding errors.
func positive(l figure.Line) figure.Line {
	kept := figure.Line{Name: l.Name}
	for i, y := range l.Y {
		if y > 1e-13 && !math.IsInf(y, 0) {
			kept.X, kept.Y = append(kept.X, l.X[i]), append(kept.Y, y)
		}
	}
	return kept
}

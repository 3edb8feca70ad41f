package main

import (
	"context"
	"errors"
	"fmt"
	"math"

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

// plotMirror draws the gap of a path over what it cost, its bound, and h-step policy iteration from the same start.
type plotMirror struct {
	plotOutput
	mirrorFlags
	X string `name:"x" default:"iterations" values:"iterations,updates,backups,evaluations" help:"What the figure has below."`
}

// Run draws.
func (q *plotMirror) Run(s *session) error {
	if _, err := q.format(); err != nil {
		return err
	}
	if q.Method == learnMethod {
		return errors.New("a figure is of a path: fpmd mirror -method learn prints what is learned")
	}
	result, err := q.follow(s)
	if err != nil {
		return err
	}
	axis := mirrorAxes[q.X]
	lines, err := q.lines(s, result)
	if err != nil {
		return err
	}
	rows := [][]string{{"line", axis.label, "V* - V"}}
	for i := range lines {
		lines[i] = positive(lines[i])
		for k, x := range lines[i].X {
			rows = append(rows, append([]string{lines[i].Name}, cells(x, lines[i].Y[k])...))
		}
	}
	q.read = []string{q.Problem}
	return q.write(s, rows, func(th *figure.Theme) (*plot.Plot, error) {
		return th.Logarithmic(fmt.Sprintf("%s, %s", result.Problem, result.Settings.Method), axis.label, "V* − V", lines)
	})
}

// lines are the gaps, the bound where there is one, and policy iteration beside a method of steps.
func (q *plotMirror) lines(ctx context.Context, result *mirrorResult) ([]figure.Line, error) {
	axis := mirrorAxes[q.X]
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
		m, _, err := readProblem(q.Problem)
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
	return lines, nil
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

package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"onestep/engine/env"
	"onestep/policy/agents"
	"onestep/policy/stats"
)

// tableCommand prints a Markdown table of scored records: a row for each task and agent, over its seeds, or a row for each
// task alone.
type tableCommand struct {
	Short   bool     `help:"A row for each task with one column for each agent: one step, or several where the agent needs them."`
	Records []string `arg:"" optional:"" name:"record" help:"Records of trainings that fpmd score has been over, their folders, or lists of records as the page exports them."`
}

// Run prints it.
func (q *tableCommand) Run(s *session) error {
	if len(q.Records) == 0 {
		return wrongUse("it takes the records of trainings that fpmd score has been over")
	}
	rows := map[tableKey]*tableRow{}
	for _, path := range q.Records {
		if err := enter(rows, path); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if q.Short {
		return writeShortTable(s.stdout, rows)
	}
	return writeTable(s.stdout, rows)
}

// tableKey names a row.
type tableKey struct {
	task string
	alg  string
}

// tableRow is the runs of one task and agent, which differ in their seed alone.
type tableRow struct {
	setting string
	runs    []*runRecord
}

func enter(rows map[tableKey]*tableRow, path string) error {
	list, err := readRecords(path)
	for _, r := range list {
		if err = errors.Join(err, enterRecord(rows, r)); err != nil {
			break
		}
	}
	return err
}

func enterRecord(rows map[tableKey]*tableRow, r *runRecord) error {
	for _, s := range r.Scores {
		if m := s.Returns.Mean; m-m != 0 {
			return fmt.Errorf("its score with K = %d and %d candidates has the mean %v: an episode diverged", s.K, s.BestOf, m)
		}
	}
	if len(r.Scores) == 0 {
		return fmt.Errorf("it holds no scores; fpmd score makes them")
	}
	var stands [3]bool
	for _, s := range r.Scores {
		at := columnOf(s)
		if stands[at] {
			return fmt.Errorf("it holds two scores %s, for which there is one column", columnNames[at])
		}
		stands[at] = true
	}
	setting, err := settingOf(r.Options)
	if err != nil {
		return err
	}
	key := tableKey{r.Options.Task, r.Options.Algorithm}
	row := rows[key]
	switch {
	case row == nil:
		rows[key] = &tableRow{setting, []*runRecord{r}}
		return nil
	case row.setting != setting:
		return fmt.Errorf("its settings are not those of the other records of %s on %s", key.alg, key.task)
	case slices.ContainsFunc(row.runs, func(other *runRecord) bool { return other.Options.Seed == r.Options.Seed }):
		return fmt.Errorf("there are two records of %s on %s with seed %d", key.alg, key.task, r.Options.Seed)
	case !slices.EqualFunc(row.runs[0].Scores, r.Scores, sameWay):
		return fmt.Errorf("its policy was not scored as that of seed %d", row.runs[0].Options.Seed)
	}
	row.runs = append(row.runs, r)
	return nil
}

// tasksOf are the tasks of the rows in the order of lists, every version of one and one's own body included.
func tasksOf(rows map[tableKey]*tableRow) []*env.Task {
	return slices.DeleteFunc(append(env.Tasks(), &env.Custom), func(task *env.Task) bool {
		return !slices.ContainsFunc(agents.Names(), func(alg string) bool { return rows[tableKey{task.Name, alg}] != nil })
	})
}

func sameWay(a, b score) bool {
	return a.K == b.K && a.BestOf == b.BestOf && a.Returns.Episodes == b.Returns.Episodes
}

func writeTable(w io.Writer, rows map[tableKey]*tableRow) error {
	text := &strings.Builder{}
	text.WriteString("| task (goal) | agent | environment steps, updates | seeds | one step | several steps | best of several candidates |\n")
	text.WriteString("|---|---|---|---|---|---|---|\n")
	for _, task := range tasksOf(rows) {
		name := fmt.Sprintf("%s (%s)", task.Title, minus(fmt.Sprint(task.Goal)))
		for _, alg := range agents.Names() {
			row := rows[tableKey{task.Name, alg}]
			if row == nil {
				continue
			}
			first := row.runs[0]
			fmt.Fprintf(text, "| %s | %s | %s, %s | %d | %s |\n", name, strings.ToUpper(alg), thousands(first.Options.Steps),
				thousands(first.Record.Updates), len(row.runs), strings.Join(row.cells(), " | "))
			name = ""
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// columnNames are the ways of scoring that a table has a column for.
var columnNames = [3]string{"in one step", "in several steps", "of several candidates"}

func columnOf(s score) int {
	switch {
	case s.BestOf > 1:
		return 2
	case s.K > 1:
		return 1
	}
	return 0
}

// cells are the columns of columnNames.
func (r *tableRow) cells() []string {
	cells := []string{"", "", ""}
	for i, s := range r.runs[0].Scores {
		means, latencies := make([]float64, len(r.runs)), make([]float64, len(r.runs))
		for j, run := range r.runs {
			means[j], latencies[j] = run.Scores[i].Returns.Mean, run.Scores[i].Microseconds
		}
		slices.Sort(latencies)
		nfe := fmt.Sprintf("NFE %d", s.NFE)
		if s.BestOf > 1 {
			nfe = fmt.Sprintf("best of %d, NFE %d + %d of critics", s.BestOf, s.NFE, s.CriticNFE)
		}
		cells[columnOf(s)] = fmt.Sprintf("%s; %s, %s µs", overSeeds(means), nfe, significant(latencies[len(latencies)/2]))
	}
	return cells
}

// overSeeds is the interquartile mean and, of several seeds, its 95 % interval and the worst seed. A seed's number is the
// mean over its episodes.
func overSeeds(means []float64) string {
	text := "**" + significant(stats.IQM(means)) + "**"
	if len(means) > 1 {
		i := stats.AggregateInterval([][]float64{means}, 1)
		text += fmt.Sprintf(" [%s, %s], worst %s", significant(i.Low), significant(i.High), significant(slices.Min(means)))
	}
	return text
}

// writeShortTable has a row for each task and a column for each agent: interquartile mean and worst seed of the way of
// acting that the agent is for. A family that cannot act in one step is shown with its steps.
func writeShortTable(w io.Writer, rows map[tableKey]*tableRow) error {
	text := &strings.Builder{}
	tasks := tasksOf(rows)
	var columns []string
	for _, a := range agents.All {
		if slices.ContainsFunc(tasks, func(task *env.Task) bool { return rows[tableKey{task.Name, a.Name}] != nil }) {
			columns = append(columns, a.Name)
		}
	}
	text.WriteString("| task (goal) |")
	for _, name := range columns {
		fmt.Fprintf(text, " %s |", strings.ToUpper(name))
	}
	text.WriteString("\n|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for _, task := range tasks {
		cells, any := make([]string, len(columns)), false
		for i, name := range columns {
			if row := rows[tableKey{task.Name, name}]; row != nil {
				cells[i], any = row.shortCell(), true
			}
		}
		if any {
			fmt.Fprintf(text, "| %s (%s) | %s |\n", task.Title, minus(fmt.Sprint(task.Goal)), strings.Join(cells, " | "))
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// shortCell is the result in one step, or in several where the agent's sampler is made for several.
func (r *tableRow) shortCell() string {
	of := 0
	if a, err := agents.Find(r.runs[0].Options.Algorithm); err == nil && a.Steps > 1 {
		of = max(0, slices.IndexFunc(r.runs[0].Scores, func(s score) bool { return s.K > 1 && s.BestOf == 1 }))
	}
	means := make([]float64, len(r.runs))
	for j, run := range r.runs {
		means[j] = run.Scores[of].Returns.Mean
	}
	s := r.runs[0].Scores[of]
	text := significant(stats.IQM(means))
	if len(means) > 1 {
		text += " (worst " + significant(slices.Min(means)) + ")"
	}
	if s.NFE > 1 {
		text += fmt.Sprintf(", NFE %d", s.NFE)
	}
	return text
}

// significant shows small numbers with a decimal or two, large ones without.
func significant(v float64) string {
	decimals := 0
	switch {
	case v > -10 && v < 10:
		decimals = 2
	case v > -1000 && v < 1000:
		decimals = 1
	}
	return minus(fmt.Sprintf("%.*f", decimals, v))
}

// minus is the sign instead of the hyphen.
func minus(number string) string { return strings.Replace(number, "-", "−", 1) }

func thousands(n int) string {
	if n >= 1000 {
		return fmt.Sprintf("%dk", (n+500)/1000)
	}
	return fmt.Sprint(n)
}

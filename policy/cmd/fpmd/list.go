package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"text/tabwriter"

	"onestep/engine/env"
	"onestep/policy/agents"
	"onestep/policy/catalog"
	"onestep/policy/checkpoint"
	"onestep/policy/settings"
)

// tasksCommand lists the tasks.
type tasksCommand struct {
	JSON  bool `name:"json" help:"Print JSON."`
	Names bool `name:"names" help:"Print the names of the tasks that lists offer, one version of each, and nothing else."`
}

// Run prints them.
func (q *tasksCommand) Run(s *session) error {
	if q.JSON {
		return indented(s.stdout, env.Tasks())
	}
	if q.Names {
		for _, t := range env.Listed() {
			fmt.Fprintln(s.stdout, t.Name)
		}
		return nil
	}
	return columns(s.stdout, func(w io.Writer) {
		fmt.Fprintln(w, "NAME\tTITLE\tOBSERVATIONS\tEPISODE\tLEARNED FROM\tGOAL\tACTIONS")
		for _, t := range env.Tasks() {
			var actions []string
			for _, a := range t.Actions {
				actions = append(actions, strings.TrimSpace(fmt.Sprintf("%s ±%g %s", a.Name, a.Scale, a.Unit)))
			}
			fmt.Fprintf(w, "%s\t%s\t%d\t%d × %.3g s\t%g\t%g\t%s\n", t.Name, t.Title, t.ObsDim, t.MaxSteps, t.ControlPeriod, t.Solved, t.Goal, strings.Join(actions, ", "))
		}
	})
}

// quantitiesCommand lists what a reward and an end of one's own can read.
type quantitiesCommand struct {
	Task  string `name:"task" default:"hopper" values:"@task" help:"Name of the task."`
	Model string `name:"model" placeholder:"FILE.xml" help:"MJCF file of a body of one's own, in place of -task."`
}

// Run prints them.
func (q *quantitiesCommand) Run(s *session) error {
	var model *env.Model
	if q.Model != "" {
		var err error
		if model, err = env.ReadModel(env.Disk{}, filepath.ToSlash(q.Model)); err != nil {
			return usageError{err}
		}
		q.Task, model.Reward = env.CustomName, env.RewardMove
	}
	e, err := env.Make(q.Task, model)
	if err != nil {
		return usageError{err}
	}
	return columns(s.stdout, func(w io.Writer) {
		fmt.Fprintln(w, "QUANTITY\tMEANING")
		for _, line := range env.Quantities(e) {
			fmt.Fprintf(w, "%s\t%s\n", line[0], line[1])
		}
		fmt.Fprintln(w, "\nFUNCTION\tOF")
		for _, f := range env.Functions() {
			fmt.Fprintf(w, "%s\t%s\n", f[0], f[1])
		}
	})
}

// agentsCommand lists the agents.
type agentsCommand struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints them.
func (q *agentsCommand) Run(s *session) error {
	if q.JSON {
		return indented(s.stdout, catalog.Get().Agents)
	}
	return columns(s.stdout, func(w io.Writer) {
		for _, a := range catalog.Get().Agents {
			fmt.Fprintf(w, "%s\t%s\t%s\n", a.Name, a.Title, a.Text)
		}
	})
}

// presetsCommand lists the presets.
type presetsCommand struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints them.
func (q *presetsCommand) Run(s *session) error {
	if q.JSON {
		return indented(s.stdout, catalog.Get().Presets)
	}
	return columns(s.stdout, func(w io.Writer) {
		for _, p := range catalog.Get().Presets {
			fmt.Fprintf(w, "%s\t%s\n", p.ID, p.Text)
		}
	})
}

// metricsCommand lists what is measured.
type metricsCommand struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints it by where it is measured.
func (q *metricsCommand) Run(s *session) error {
	if q.JSON {
		return indented(s.stdout, map[string][]catalog.Metric{"training": catalog.Training, "evaluation": catalog.Evaluated, "acting": catalog.Acting})
	}
	return columns(s.stdout, func(w io.Writer) {
		fmt.Fprintln(w, "METRIC\tUNIT\tFORMULA")
		for _, part := range []struct {
			title string
			list  []catalog.Metric
		}{{"While training", catalog.Training}, {"By evaluations", catalog.Evaluated}, {"While acting on the page", catalog.Acting}} {
			fmt.Fprintln(w, "\n"+part.title)
			for _, m := range part.list {
				fmt.Fprintf(w, "  %s\t%s\t%s\n", m.Name, cmp.Or(m.Unit, "-"), m.Formula)
			}
		}
	})
}

// settingsCommand lists the settings of a training.
type settingsCommand struct {
	JSON   bool   `name:"json" help:"Print JSON."`
	Task   string `name:"task" default:"pendulum" values:"@task" help:"The task whose values are shown."`
	Alg    string `name:"alg" default:"fpmd-m" values:"@agent" help:"The algorithm whose settings are shown."`
	Preset string `name:"preset" default:"browser" values:"@preset" help:"The preset whose values are shown."`
}

// settingLine is a setting with the value that a training begins with, null where the algorithm does not look at it.
type settingLine struct {
	settings.Field
	Value any `json:"value"`
}

// Run prints every setting with its range, and the value with which a training on the task begins.
func (q *settingsCommand) Run(s *session) error {
	o, err := catalog.Options(q.Preset, q.Task, q.Alg, 1, 0, nil)
	if err != nil {
		return err
	}
	values := settings.Map(o.Config)
	values["steps"] = o.Steps
	var lines []settingLine
	for _, f := range catalog.Fields() {
		l := settingLine{Field: f}
		if agents.Uses(o.Algorithm, f.Name) || f.Name == "steps" {
			if l.Value = values[f.Name]; l.Value == nil {
				l.Value = f.Min // shards, which are left out where there is one
			}
		}
		lines = append(lines, l)
	}
	if q.JSON {
		return indented(s.stdout, lines)
	}
	fmt.Fprintf(s.stdout, "Settings of fpmd train, by -NAME VALUE or in -config; values of %s on %s, preset %s.\n", q.Alg, q.Task, q.Preset)
	return columns(s.stdout, func(w io.Writer) {
		group := ""
		for _, l := range lines {
			if l.Group != group {
				group = l.Group
				fmt.Fprintf(w, "\n%s\n", group)
			}
			value := "not used"
			if l.Value != nil {
				value = valueText(l.Value)
			}
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", l.Name, value, strings.TrimSpace(l.Range()+" "+l.Unit), l.Help)
		}
	})
}

// valueText writes a setting's value as a flag takes it.
func valueText(v any) string {
	switch x := v.(type) {
	case []any:
		parts := make([]string, len(x))
		for i, e := range x {
			parts[i] = valueText(e)
		}
		return strings.Join(parts, ",")
	case float64:
		return settings.Number(x)
	}
	return fmt.Sprint(v)
}

// helpCommand explains.
type helpCommand struct {
	Topic []string `arg:"" optional:"" name:"topic" help:"A command, or what is listed: tasks, agents, settings, presets, metrics."`
}

// Run prints the help of a command; of one that lists something, the list.
func (q *helpCommand) Run(s *session) error {
	if len(q.Topic) == 1 && slices.Contains([]string{"tasks", "agents", "presets", "settings", "metrics"}, q.Topic[0]) {
		return run(s, q.Topic, s.stdout, s.stderr)
	}
	return run(s, append(slices.Clone(q.Topic), "-h"), s.stdout, s.stderr)
}

// versionCommand tells what runs.
type versionCommand struct{}

// Run prints program, commit, Go, platform and lanes.
func (*versionCommand) Run(s *session) error {
	revision := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				revision = " (" + setting.Value + ")"
			}
		}
	}
	_, err := fmt.Fprintf(s.stdout, "%s%s, %s, %s/%s, kernels with %s\n", checkpoint.Program, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH, lanes())
	return err
}

// columns aligns what write prints with tabs between.
func columns(w io.Writer, write func(w io.Writer)) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	write(t)
	return t.Flush()
}

func indented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

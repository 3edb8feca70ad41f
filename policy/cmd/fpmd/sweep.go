package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"

	"onestep/engine/num"
	"onestep/policy/stats"
	"onestep/policy/sweep"
)

// sweepFolder is a plan and the folder of its runs.
type sweepFolder struct {
	planFile, dir string
	plan          *sweep.Plan
	runs          []sweep.Run
}

// openSweep reads a plan. Its runs lie in dir, or, where that is "", in out/ under the plan's own name.
func openSweep(planFile, dir string) (*sweepFolder, error) {
	b, err := readText(planFile)
	if err != nil {
		return nil, err
	}
	plan, err := sweep.Read(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", planFile, err)
	}
	if dir == "" {
		dir = filepath.Join("out", strings.TrimSuffix(filepath.Base(planFile), filepath.Ext(planFile)))
	}
	return &sweepFolder{planFile, dir, plan, plan.Runs()}, nil
}

// path is the folder of a run.
func (s *sweepFolder) path(r *sweep.Run) string { return filepath.Join(s.dir, r.Folder()) }

// state of a run, by what its folder holds.
type sweepState string

const (
	sweepWaiting sweepState = "waiting" // nothing there
	sweepPartly  sweepState = "partly"  // a save to go on from
	sweepTrained sweepState = "trained" // to the end, not scored
	sweepDone    sweepState = "done"    // trained and scored
	sweepDamaged sweepState = "damaged" // a record that cannot be read
)

// sweepStatus is what one run has come to.
type sweepStatus struct {
	Index   int        `json:"index"`
	Folder  string     `json:"folder"`
	State   sweepState `json:"state"`
	Steps   int        `json:"steps"`
	Total   int        `json:"total,omitempty"`
	Seconds float64    `json:"seconds"`
	OneStep *num.Float `json:"oneStep,omitempty"` // the last evaluation's mean
	Hash    string     `json:"hash,omitempty"`
	Cause   string     `json:"cause,omitempty"`

	record *runRecord
}

func (s *sweepFolder) status(r *sweep.Run) sweepStatus {
	st := sweepStatus{Index: r.Index, Folder: r.Folder(), State: sweepWaiting}
	record, err := readRecord(s.path(r))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return st
	case err != nil:
		st.State, st.Cause = sweepDamaged, err.Error()
		return st
	}
	st.record, st.Steps, st.Total, st.Seconds, st.Hash = record, record.Record.EnvSteps, record.Options.Steps, record.Record.Seconds, record.Hash
	if n := len(record.Record.Curve); n > 0 {
		mean := num.Float(record.Record.Curve[n-1].OneStep.Mean)
		st.OneStep = &mean
	}
	switch {
	case st.Steps < st.Total:
		st.State = sweepPartly
	case len(record.Scores) == 0 && !r.Block.Trial:
		st.State = sweepTrained
	default:
		st.State = sweepDone
	}
	return st
}

// run brings one run to its end: it starts it, goes on with it, scores it, or finds it done. The same number may be run
// again at any time; what it ends in is the same.
func (s *sweepFolder) run(ctx context.Context, index int, stdout, stderr io.Writer) error {
	if index < 0 || index >= len(s.runs) {
		return fmt.Errorf("the plan has runs 0..%d, not %d", len(s.runs)-1, index)
	}
	r := &s.runs[index]
	dir, st := s.path(r), s.status(r)
	if st.State == sweepDamaged {
		return fmt.Errorf("run %d: %s; move %s away to begin it anew", index, st.Cause, dir)
	}
	if st.State == sweepWaiting || st.State == sweepPartly {
		args := r.Args(dir)
		if st.State == sweepPartly {
			args = append(args, "-resume")
		}
		if err := run(ctx, append([]string{"train"}, args...), stdout, stderr); err != nil {
			return fmt.Errorf("run %d, %s: %w", index, r.Folder(), err)
		}
	}
	if st = s.status(r); st.State == sweepTrained {
		if err := run(ctx, []string{"score", dir}, stdout, stderr); err != nil {
			return fmt.Errorf("run %d, %s: %w", index, r.Folder(), err)
		}
	}
	return nil
}

// runAll brings every run to its end, so many at a time, each in a process of its own whose output goes to a log beside
// its results. A run that fails stops no other.
func (s *sweepFolder) runAll(ctx context.Context, jobs int, stdout io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return err
	}
	var wait sync.WaitGroup
	var mu sync.Mutex // of stdout and errs
	var errs []error
	numbers := make(chan int)
	for range jobs {
		wait.Go(func() {
			for i := range numbers {
				err := s.child(ctx, self, i)
				mu.Lock()
				st := s.status(&s.runs[i])
				fmt.Fprintf(stdout, "run %d of %d, %s: %s\n", i, len(s.runs), st.Folder, st.State)
				if err != nil {
					errs = append(errs, fmt.Errorf("run %d, %s: %w; %s has its words", i, st.Folder, err, s.log(i)))
				}
				mu.Unlock()
			}
		})
	}
	for i := range s.runs {
		if s.status(&s.runs[i]).State == sweepDone {
			continue
		}
		select {
		case numbers <- i:
		case <-ctx.Done():
		}
	}
	close(numbers)
	wait.Wait()
	return errors.Join(append(errs, context.Cause(ctx))...)
}

func (s *sweepFolder) log(index int) string {
	return filepath.Join(s.dir, s.runs[index].Folder()+".log")
}

// child runs one number in a process that saves and ends when ctx is cancelled.
func (s *sweepFolder) child(ctx context.Context, self string, index int) error {
	log, err := os.OpenFile(s.log(index), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.CommandContext(ctx, self, "sweep", "run", s.planFile, "-index", fmt.Sprint(index), "-out", s.dir)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = time.Minute
	return cmd.Run()
}

// writeStatus prints a line a run and a sum.
func (s *sweepFolder) writeStatus(w io.Writer, asJSON bool) error {
	counts := map[sweepState]int{}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for i := range s.runs {
		st := s.status(&s.runs[i])
		counts[st.State]++
		if asJSON {
			if err := json.NewEncoder(w).Encode(st); err != nil {
				return err
			}
			continue
		}
		at, last := "", ""
		if st.Total > 0 {
			at = fmt.Sprintf("%d of %d steps, %.0f s", st.Steps, st.Total, st.Seconds)
		}
		if st.OneStep != nil {
			last = fmt.Sprintf("one step %.1f", *st.OneStep)
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\n", st.Index, st.Folder, st.State, at, last)
	}
	if asJSON {
		return nil
	}
	if err := t.Flush(); err != nil {
		return err
	}
	var parts []string
	for _, state := range []sweepState{sweepDone, sweepTrained, sweepPartly, sweepWaiting, sweepDamaged} {
		if counts[state] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[state], state))
		}
	}
	_, err := fmt.Fprintf(w, "%d runs: %s\n", len(s.runs), strings.Join(parts, ", "))
	return err
}

// writeTable prints a row for each group of runs that differ in their seed alone: interquartile mean over seeds with its
// 95 % bootstrap interval, and the worst seed. Runs that are not at their end are counted and left out.
func (s *sweepFolder) writeTable(w io.Writer) error {
	var order []string
	groups, left := map[string][]*runRecord{}, 0
	for i := range s.runs {
		st := s.status(&s.runs[i])
		if st.State != sweepDone && st.State != sweepTrained {
			left++
			continue
		}
		name := s.runs[i].Group()
		if groups[name] == nil {
			order = append(order, name)
		}
		groups[name] = append(groups[name], st.record)
	}
	fmt.Fprintln(w, "| runs | seeds | one step: IQM [95 %], worst | several steps: IQM [95 %], worst |\n|---|---|---|---|")
	for _, name := range order {
		records := groups[name]
		one, many := make([]float64, len(records)), make([]float64, len(records))
		for i, r := range records {
			last := r.Record.Curve[len(r.Record.Curve)-1]
			one[i], many[i] = last.OneStep.Mean, last.Many.Mean
			for _, sc := range r.Scores {
				switch {
				case sc.K == 1 && sc.BestOf == 1:
					one[i] = sc.Returns.Mean
				case sc.BestOf == 1:
					many[i] = sc.Returns.Mean
				}
			}
		}
		fmt.Fprintf(w, "| %s | %d | %s | %s |\n", name, len(records), iqmCell(one), iqmCell(many))
	}
	if left > 0 {
		fmt.Fprintf(w, "\n%d of %d runs are not at their end and left out.\n", left, len(s.runs))
	}
	return nil
}

// iqmCell writes the interquartile mean over seeds with its interval, where several seeds give one, and the worst seed.
func iqmCell(x []float64) string {
	text := fmt.Sprintf("%.1f", stats.IQM(x))
	if len(x) > 1 {
		i := stats.AggregateInterval([][]float64{x}, 1)
		text += fmt.Sprintf(" [%.1f, %.1f]", i.Low, i.High)
	}
	return text + fmt.Sprintf(", %.1f", slices.Min(x))
}

// sweepCommand is many trainings by a plan.
type sweepCommand struct {
	Verb  string `arg:"" name:"verb" values:"expand,run,status,table" help:"What to do."`
	Plan  string `arg:"" name:"plan" help:"File of the plan."`
	Out   string `name:"out" placeholder:"DIR" help:"Folder of the runs; out/ and the plan's name where it is left out."`
	Index int    `name:"index" default:"-1" range:"-1..1000000" help:"Number of the run; an array job's own variable where it is left out."`
	Jobs  int    `name:"jobs" default:"0" range:"0..1024" help:"Run all, so many at a time, instead of one."`
	JSON  bool   `name:"json" help:"JSON lines."`
}

// Run does what the verb says.
func (q *sweepCommand) Run(s *session) error {
	f, err := openSweep(q.Plan, q.Out)
	if err != nil {
		return err
	}
	switch q.Verb {
	case "expand":
		for i := range f.runs {
			fmt.Fprintf(s.stdout, "%d fpmd train %s\n", i, shellWords(f.runs[i].Args(f.path(&f.runs[i]))))
		}
		return nil
	case "run":
		if q.Jobs > 0 {
			return f.runAll(s, q.Jobs, s.stdout)
		}
		if q.Index < 0 {
			if q.Index, err = sweep.Index(os.LookupEnv); err != nil {
				return err
			}
		}
		return f.run(s, q.Index, s.stdout, s.stderr)
	case "status":
		return f.writeStatus(s.stdout, q.JSON)
	}
	return f.writeTable(s.stdout)
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"onestep/policy/checkpoint"
	"onestep/policy/fpmd"
	"onestep/policy/train"
)

// Names of the files in an output folder.
const (
	policyFile = "policy.safetensors"
	runFile    = "run.safetensors"
	recordFile = "record.json"
)

// trainer is one training with its output.
type trainer struct {
	run       *train.Run
	evaluator *train.Evaluator
	dir       string
	json      bool
	every     int // environment steps between evaluations
	many      int // K of the second evaluation
	saveEvery time.Duration
	stdout    io.Writer
	stderr    io.Writer

	before  float64 // seconds of training in earlier sittings
	started time.Time
	saved   time.Time
	drawn   time.Time
	args    []string
}

func runTrain(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("train", flag.ContinueOnError)
	task := f.String("task", "pendulum", "name of the task")
	alg := f.String("alg", string(fpmd.FPMDM), "algorithm: fpmd-m or fpmd-r")
	seed := f.Uint64("seed", 1, "seed of everything random")
	steps := f.Int("steps", 0, "environment steps of the run; 0 takes the task's default")
	out := f.String("out", "", "folder for the policy, the run and the record (required)")
	resume := f.Bool("resume", false, "go on from the run in -out; its own settings are kept")
	asJSON := f.Bool("json", false, "JSON lines instead of a progress bar")
	config := f.String("config", "{}", `settings over the defaults, as JSON: '{"particles":4}'`)
	evalEvery := f.Int("eval-every", 0, "environment steps between evaluations; 0: 24 over the run")
	episodes := f.Int("episodes", 20, "episodes per evaluation")
	many := f.Int("k", 8, "sampler steps of the second evaluation")
	saveEvery := f.Duration("save-every", 30*time.Second, "time between two saves of the run")
	if err := parse(f, args, 0, stderr); err != nil {
		return err
	}
	if *out == "" {
		fmt.Fprintln(stderr, "fpmd train: -out names the folder for the results")
		return errUsage
	}
	if *episodes < 1 || *many < 1 || *evalEvery < 0 {
		return errors.New("-episodes and -k must be at least 1, -eval-every at least 0")
	}
	overrides := map[string]any{}
	if err := json.Unmarshal([]byte(*config), &overrides); err != nil {
		return fmt.Errorf("-config is not a JSON object: %w", err)
	}
	t := &trainer{dir: *out, json: *asJSON, many: *many, saveEvery: *saveEvery, stdout: stdout, stderr: stderr, args: args}
	if *resume {
		b, err := os.ReadFile(filepath.Join(*out, runFile))
		if err != nil {
			return fmt.Errorf("nothing to go on from: %w", err)
		}
		var record checkpoint.Record
		if t.run, record, err = checkpoint.ReadRun(b); err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(*out, runFile), err)
		}
		t.before = record.Seconds
	} else {
		o, err := train.NewOptions(*task, fpmd.Algorithm(*alg), *seed, *steps, overrides)
		if err != nil {
			return err
		}
		if t.run, err = train.NewRun(o); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	var err error
	if t.evaluator, err = train.NewEvaluator(t.run.Options.Task, *episodes, &t.run.Agent.EMA); err != nil {
		return err
	}
	if t.every = *evalEvery; t.every == 0 {
		t.every = max(t.run.Options.Steps/24, 1)
	}
	return t.loop(ctx)
}

// loop trains to the end, or saves and stops when ctx is cancelled.
func (t *trainer) loop(ctx context.Context) error {
	t.started = time.Now()
	t.saved = t.started
	o := t.run.Options
	t.event("start", map[string]any{
		"program": checkpoint.Program, "go": runtime.Version(), "lanes": fpmd.Lanes(), "task": o.Task, "algorithm": o.Algorithm,
		"seed": o.Seed, "steps": o.Steps, "envSteps": t.run.EnvSteps,
	}, fmt.Sprintf("%s on %s, seed %d, %d steps, from step %d; %s; kernels with %s", o.Algorithm, o.Task, o.Seed, o.Steps, t.run.EnvSteps, runtime.Version(), lanes()))
	for !t.run.Done() {
		if t.run.EnvSteps%t.every == 0 && !t.evaluated() {
			t.evaluate()
		}
		if err := t.run.Step(); err != nil {
			return errors.Join(err, t.save())
		}
		if t.run.EnvSteps%64 == 0 {
			if ctx.Err() != nil {
				fmt.Fprintln(t.stderr)
				if err := t.save(); err != nil {
					return err
				}
				return fmt.Errorf("stopped at step %d of %d; -resume goes on", t.run.EnvSteps, o.Steps)
			}
			if err := t.tick(); err != nil {
				return err
			}
		}
	}
	if !t.evaluated() {
		t.evaluate()
	}
	if err := t.save(); err != nil {
		return err
	}
	hash := checkpoint.PolicyOf(t.run, checkpoint.Record{}).Hash()
	t.event("done", map[string]any{"envSteps": t.run.EnvSteps, "updates": t.run.Agent.Updates, "seconds": t.seconds(), "hash": hash},
		fmt.Sprintf("done: %d updates in %.1f s; weights %s; files in %s", t.run.Agent.Updates, t.seconds(), hash, t.dir))
	return nil
}

func lanes() string {
	if fpmd.Lanes() == 1 {
		return "1 lane (scalar; `make fpmd` builds the fast program)"
	}
	return fmt.Sprintf("%d SIMD lanes", fpmd.Lanes())
}

func (t *trainer) seconds() float64 { return t.before + time.Since(t.started).Seconds() }

func (t *trainer) evaluated() bool {
	n := len(t.run.Curve)
	return n > 0 && t.run.Curve[n-1].EnvSteps == t.run.EnvSteps
}

func (t *trainer) evaluate() {
	p := &t.run.Agent.EMA
	e := train.Evaluation{EnvSteps: t.run.EnvSteps, Updates: t.run.Agent.Updates, Seconds: t.seconds(), ManySteps: t.many}
	e.OneStep = train.Summarise(t.evaluator.Evaluate(p, 1, nil))
	e.Many = train.Summarise(t.evaluator.Evaluate(p, t.many, nil))
	t.run.Curve = append(t.run.Curve, e)
	t.event("evaluation", e, "")
}

// tick draws the progress bar and saves when it is time.
func (t *trainer) tick() error {
	now := time.Now()
	if !t.json && now.Sub(t.drawn) > 100*time.Millisecond {
		t.drawn = now
		t.bar()
	}
	if now.Sub(t.saved) > t.saveEvery {
		t.saved = now
		return t.save()
	}
	return nil
}

func (t *trainer) bar() {
	const width = 30
	r := t.run
	filled := width * r.EnvSteps / r.Options.Steps
	text := ""
	if n := len(r.Curve); n > 0 {
		text = fmt.Sprintf("return %7.1f one-step, %7.1f %d-step", r.Curve[n-1].OneStep.Mean, r.Curve[n-1].Many.Mean, r.Curve[n-1].ManySteps)
	}
	rate := float64(r.Agent.Updates) / max(time.Since(t.started).Seconds(), 1e-3)
	fmt.Fprintf(t.stderr, "\r[%s%s] %d/%d  %.0f updates/s  alpha %.2f  %s ", strings.Repeat("=", filled), strings.Repeat(" ", width-filled),
		r.EnvSteps, r.Options.Steps, rate, r.Agent.Alpha(), text)
}

// event reports as a JSON line, or as text on standard error where there is one.
func (t *trainer) event(name string, fields any, text string) {
	if t.json {
		b, err := json.Marshal(struct {
			Event string `json:"event"`
			Data  any    `json:"data"`
		}{name, fields})
		if err == nil {
			fmt.Fprintf(t.stdout, "%s\n", b)
		}
		return
	}
	if text != "" {
		fmt.Fprintf(t.stderr, "\n%s\n", text)
	}
}

// save writes run, policy and record, each by a rename, so that a kill leaves the old or the new file.
func (t *trainer) save() error {
	record := checkpoint.NewRecord(t.seconds())
	b, err := checkpoint.RunBytes(t.run, record)
	if err != nil {
		return err
	}
	policy := checkpoint.PolicyOf(t.run, record)
	p, err := checkpoint.PolicyBytes(policy)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(runRecord{
		Command: "fpmd train " + strings.Join(t.args, " "), Options: t.run.Options, Hash: policy.Hash(), Record: policy.Record, CPU: runtime.NumCPU(),
	}, "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(replace(filepath.Join(t.dir, runFile), b), replace(filepath.Join(t.dir, policyFile), p),
		replace(filepath.Join(t.dir, recordFile), append(text, '\n')))
}

// runRecord is what a run leaves for people: how it was made and what came out.
type runRecord struct {
	Command string            `json:"command"`
	Options train.Options     `json:"options"`
	Hash    string            `json:"hash"`
	CPU     int               `json:"cpus"`
	Record  checkpoint.Record `json:"record"`
}

func replace(path string, b []byte) error {
	temporary := path + ".tmp"
	if err := os.WriteFile(temporary, b, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

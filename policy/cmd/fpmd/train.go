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
	"strconv"
	"strings"
	"sync"
	"time"

	"onestep/policy/checkpoint"
	"onestep/policy/diffusion"
	"onestep/policy/fpmd"
	"onestep/policy/settings"
	"onestep/policy/train"
)

// trainFlags are the flags of fpmd train.
type trainFlags struct {
	task, alg, preset, out string
	config, command        string
	seed                   uint64
	seeds                  string
	steps, every           int
	episodes, many, bestOf int
	parallel, workers      int
	resume, json, trial    bool
	saveEvery              time.Duration
}

func (q *trainFlags) define(f *flag.FlagSet) {
	f.StringVar(&q.task, "task", "pendulum", "name of the task")
	f.StringVar(&q.alg, "alg", string(fpmd.FPMDM), "algorithm: "+names(fpmd.Algorithms))
	f.StringVar(&q.preset, "preset", string(fpmd.Browser), "settings to start from: "+names(fpmd.Presets))
	f.Uint64Var(&q.seed, "seed", 1, "seed of everything random")
	f.StringVar(&q.seeds, "seeds", "", "several seeds side by side, such as 1,2,3; each has its own folder seed-N in -out")
	f.IntVar(&q.steps, "steps", 0, "environment steps of the run; 0 takes the task's default")
	f.StringVar(&q.out, "out", "", "folder for the policy, the run and the record (required)")
	f.BoolVar(&q.resume, "resume", false, "go on from the run in -out; its own settings are kept")
	f.BoolVar(&q.json, "json", false, "JSON lines instead of a progress bar")
	f.StringVar(&q.config, "config", "{}", `settings over the defaults, as JSON: '{"particles":4}'`)
	f.IntVar(&q.every, "eval-every", 0, "environment steps between evaluations; 0: 24 over the run")
	f.IntVar(&q.episodes, "episodes", 20, "episodes per evaluation")
	f.IntVar(&q.many, "k", 0, "sampler steps of the second evaluation; 0: 8, and for dpmd its 20")
	f.IntVar(&q.bestOf, "best-of", 1, "candidates of a third evaluation, with the steps of -k; 1 leaves it out")
	f.BoolVar(&q.trial, "trial", false, "evaluate from other starts than results are played from: for choosing settings")
	f.IntVar(&q.parallel, "parallel", 0, "seeds that train at the same time; 0: as many as have -workers cores each")
	f.IntVar(&q.workers, "workers", 1, fmt.Sprintf("shares of each batch, 1..%d, computed on as many cores: another number is another run, but the cores change no bit", maxWorkers()))
	f.DurationVar(&q.saveEvery, "save-every", 30*time.Second, "time between two saves of the run")
}

func names[S ~string](list []S) string {
	parts := make([]string, len(list))
	for i, name := range list {
		parts[i] = string(name)
	}
	return strings.Join(parts, ", ")
}

func runTrain(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var q trainFlags
	f := flag.NewFlagSet("train", flag.ContinueOnError)
	q.define(f)
	if err := parse(f, args, 0, stderr); err != nil {
		return err
	}
	seeds, err := q.check(f)
	if err != nil {
		return err
	}
	overrides := map[string]any{}
	if err := json.Unmarshal([]byte(q.config), &overrides); err != nil {
		return fmt.Errorf("-config is not a JSON object: %w", err)
	}
	r := &reporter{json: q.json, stdout: stdout, stderr: stderr, several: q.seeds != ""}
	trainers := make([]*trainer, len(seeds))
	q.command = "fpmd train " + shellWords(args)
	if q.workers > 1 {
		overrides["shards"] = q.workers
	}
	if q.parallel == 0 {
		q.parallel = max(runtime.NumCPU()/q.workers, 1)
	}
	for i, seed := range seeds { // all of them before any starts, so that a mistake costs no time
		if trainers[i], err = q.open(seed, len(seeds), overrides); err != nil {
			return err
		}
		trainers[i].reporter = r
	}
	return trainAll(ctx, trainers, q.parallel)
}

// shellWords writes arguments as they are typed in a shell.
func shellWords(args []string) string {
	words := make([]string, len(args))
	for i, arg := range args {
		words[i] = arg
		if arg == "" || strings.ContainsAny(arg, " \t\n'\"\\$`&|;<>()[]{}*?!#~") {
			words[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

// check returns the seeds to train.
func (q *trainFlags) check(f *flag.FlagSet) ([]uint64, error) {
	given := map[string]bool{}
	f.Visit(func(g *flag.Flag) { given[g.Name] = true })
	switch {
	case q.out == "":
		return nil, wrongUse(f, "-out names the folder for the results")
	case given["seed"] && given["seeds"]:
		return nil, wrongUse(f, "-seed and -seeds exclude each other")
	case q.episodes < 1 || q.many < 0 || q.parallel < 0 || q.every < 0:
		return nil, wrongUse(f, "-episodes must be at least 1, -k, -parallel and -eval-every at least 0")
	case q.workers < 1 || q.workers > maxWorkers():
		return nil, wrongUse(f, "-workers must lie in 1..%d, not %d", maxWorkers(), q.workers)
	case q.bestOf < 1 || q.bestOf > maxBestOf:
		return nil, wrongUse(f, "-best-of must lie in 1..%d, not %d", maxBestOf, q.bestOf)
	}
	if !given["seeds"] {
		return []uint64{q.seed}, nil
	}
	var seeds []uint64
	for text := range strings.SplitSeq(q.seeds, ",") {
		seed, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
		if err != nil {
			return nil, wrongUse(f, "-seeds takes whole numbers such as 1,2,3, not %q", q.seeds)
		}
		for _, other := range seeds {
			if other == seed {
				return nil, wrongUse(f, "-seeds names seed %d twice", seed)
			}
		}
		seeds = append(seeds, seed)
	}
	return seeds, nil
}

// maxBestOf bounds the candidates of best-of-N.
const maxBestOf = 1024

// open starts the run of one of so many seeds, or takes it up again.
func (q *trainFlags) open(seed uint64, count int, overrides map[string]any) (*trainer, error) {
	t := &trainer{dir: q.out, command: q.command, many: q.many, bestOf: q.bestOf, every: q.every, saveEvery: q.saveEvery}
	t.cores = max(runtime.NumCPU()/min(q.parallel, count), 1)
	if q.seeds != "" {
		t.dir = filepath.Join(q.out, fmt.Sprintf("seed-%d", seed))
	}
	var err error
	if q.resume {
		err = t.reopen()
	} else {
		var o train.Options
		if o, err = train.NewPresetOptions(fpmd.Preset(q.preset), q.task, fpmd.Algorithm(q.alg), seed, q.steps, overrides); err == nil {
			t.run, err = train.NewRun(o)
		}
	}
	if err != nil {
		return nil, err
	}
	if err = os.MkdirAll(t.dir, 0o755); err != nil {
		return nil, err
	}
	if t.every == 0 {
		t.every = max(t.run.Options.Steps/24, 1)
	}
	if t.many == 0 {
		t.many = 8
		if t.run.Options.Algorithm == fpmd.DPMD {
			t.many = diffusion.Levels
		}
	}
	return t, t.prepare(q.episodes, q.trial)
}

// reopen reads the run in the trainer's folder.
func (t *trainer) reopen() error {
	path := filepath.Join(t.dir, runFile)
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("nothing to go on from: %w", err)
	}
	var record checkpoint.Record
	if t.run, record, err = checkpoint.ReadRun(b); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	t.before, t.updates = record.Seconds, t.run.Agent.Updates
	begun, err := readRecord(t.dir)
	if err != nil {
		return fmt.Errorf("nothing tells how the run was begun: %w", err)
	}
	t.command = begun.Command // which makes the whole run; how it was taken up again does not matter
	return nil
}

// trainAll runs trainers side by side, so many at a time. Each has its own streams, so that the order in
// which they proceed changes nothing in any of them.
func trainAll(ctx context.Context, trainers []*trainer, parallel int) error {
	var wait sync.WaitGroup
	errs, places := make([]error, len(trainers)), make(chan struct{}, parallel)
	for i, t := range trainers {
		wait.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			errs[i] = t.loop(ctx)
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// maxWorkers bounds the shares of a batch.
func maxWorkers() int {
	f, _ := settings.Lookup(fpmd.Config{}, "shards")
	return int(f.Max)
}

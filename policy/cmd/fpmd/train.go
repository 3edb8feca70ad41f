package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alecthomas/kong"

	"onestep/engine/env"
	"onestep/engine/quote"
	"onestep/engine/strict"
	"onestep/policy/agents"
	"onestep/policy/catalog"
	"onestep/policy/learner"
	"onestep/policy/settings"
	"onestep/policy/train"
)

// trainCommand trains a policy from scratch, or goes on with a run.
type trainCommand struct {
	Task      string        `name:"task" default:"pendulum" values:"@task" help:"Name of the task."`
	Model     string        `name:"model" placeholder:"FILE.xml" help:"MJCF file of a body of one's own, with those that it includes, in place of -task."`
	Reward    string        `name:"reward" placeholder:"EXPR" help:"Reward: move or up of one's own body (default move), or an expression of the task's quantities; \"fpmd quantities\" lists them."`
	Done      string        `name:"done" placeholder:"EXPR" help:"Condition of the task's quantities that ends an episode."`
	Alg       string        `name:"alg" default:"fpmd-m" values:"@agent" help:"Algorithm."`
	Preset    string        `name:"preset" default:"browser" values:"@preset" help:"Settings to begin with."`
	Seed      uint64        `name:"seed" default:"1" help:"Seed of everything random."`
	Seeds     string        `name:"seeds" placeholder:"1,2,3" help:"Several seeds side by side; each has its own folder seed-N in -out."`
	Steps     int           `name:"steps" default:"0" range:"0..100000000" help:"Environment steps of the run; 0 takes the task's default."`
	Out       string        `name:"out" placeholder:"DIR" help:"Folder for the policy, the run and the record (required)."`
	Resume    bool          `name:"resume" help:"Go on from the run in -out, which may be a file that the page has exported; its own settings are kept, and others are refused."`
	Overwrite bool          `name:"overwrite" help:"Replace the run in -out, which is otherwise refused."`
	JSON      bool          `name:"json" help:"JSON lines instead of a progress bar."`
	Config    string        `name:"config" default:"{}" placeholder:"JSON" help:"Settings over the preset's, as JSON, such as {\"particles\":4}; settings with a flag of their own come last."`
	Every     int           `name:"eval-every" default:"0" range:"0..100000000" help:"Environment steps between evaluations; 0: 24 over the run."`
	Episodes  int           `name:"episodes" default:"20" range:"1..10000" help:"Episodes per evaluation."`
	K         int           `name:"k" default:"0" range:"0..1000" help:"Sampler steps of the second evaluation; 0: 8, and for dpmd its 20."`
	BestOf    int           `name:"best-of" default:"1" range:"1..1024" help:"Candidates of a third evaluation, with the steps of -k; 1 leaves it out."`
	Trial     bool          `name:"trial" help:"Evaluate from other starts than results are played from: for choosing settings."`
	Parallel  int           `name:"parallel" default:"0" range:"0..1024" help:"Seeds that train at the same time; 0: as many as have -workers cores each."`
	Workers   int           `name:"workers" default:"1" range:"@shards" help:"Shards of each batch, computed on as many cores: another number is another run, but the cores change no bit."`
	Film      int           `name:"film" default:"0" range:"0..1000" help:"Moments of the policy to keep as policy files in the folder film of -out, evenly from the first step to the last; a run that goes on keeps those of its further steps."`
	SaveEvery time.Duration `name:"save-every" default:"30s" range:"100ms..1000h" help:"Time between two saves of the run."`

	Settings kong.Plugins `embed:""` // of all agents: their tags are those of package settings, which kong reads

	command string
}

// Run trains.
func (q *trainCommand) Run(s *session) error {
	seeds, err := q.check(s)
	if err != nil {
		return err
	}
	overrides, err := q.overrides(s)
	if err != nil {
		return err
	}
	model, err := q.model(s)
	if err != nil {
		return err
	}
	r := &reporter{interrupted: s.Done(), json: q.JSON, stdout: s.stdout, stderr: s.stderr, several: q.Seeds != ""}
	trainers := make([]*trainer, len(seeds))
	q.command = "fpmd " + shellWords(s.args)
	if q.Parallel == 0 {
		q.Parallel = max(runtime.NumCPU()/q.Workers, 1)
	}
	defer func() {
		for _, t := range trainers {
			if t != nil && t.folder != nil {
				t.folder.release()
			}
		}
	}()
	for i, seed := range seeds { // all of them before any starts, so that a mistake costs no time
		if trainers[i], err = q.begin(seed, len(seeds), overrides, model); err != nil {
			return err
		}
		trainers[i].reporter = r
	}
	for i, t := range trainers {
		if err := q.open(t); err != nil {
			return err
		}
		if q.Resume {
			if err := q.contradicted(s, t.run.Options, seeds[i], overrides); err != nil {
				return wrongUse("-resume keeps the run's own settings: %w", err)
			}
		}
	}
	return trainAll(s, trainers, q.Parallel)
}

// overrides are the settings of -config, and over them those that have been given by their own flags.
func (q *trainCommand) overrides(s *session) (map[string]any, error) {
	overrides := map[string]any{}
	if err := strict.Unmarshal([]byte(q.Config), &overrides); err != nil {
		return nil, wrongUse("-config is not a JSON object: %w", err)
	}
	for name, value := range overrides {
		if value == nil {
			return nil, wrongUse("-config: %s is null; leave it out to keep the preset's", quote.Text(name))
		}
	}
	if s.given("workers") && s.given("shards") {
		return nil, wrongUse("-workers and -shards are the same; give one")
	}
	if q.Workers > 1 {
		overrides["shards"] = q.Workers
	}
	known := settings.Names(agents.Union())
	for _, f := range typed(s.parsed) {
		if slices.Contains(known, f.Name) {
			overrides[f.Name] = f.Target.Interface()
		}
	}
	return overrides, nil
}

// model is a person's own body with its reward, or the reward in place of a task's; nil without either.
func (q *trainCommand) model(s *session) (*env.Model, error) {
	switch {
	case q.Model == "" && q.Reward == "" && q.Done == "":
		return nil, nil
	case q.Resume:
		return nil, wrongUse("-resume keeps the run's own body and reward")
	case q.Model == "":
		return &env.Model{Reward: q.Reward, Done: q.Done}, nil
	case s.given("task"):
		return nil, wrongUse("-task and -model exclude each other")
	}
	m, err := env.ReadModel(env.Disk{}, filepath.ToSlash(q.Model))
	if err != nil {
		return nil, usageError{err}
	}
	q.Task = env.CustomName
	m.Reward, m.Done = cmp.Or(q.Reward, env.RewardMove), q.Done
	return m, nil
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
func (q *trainCommand) check(s *session) ([]uint64, error) {
	switch {
	case q.Out == "":
		return nil, wrongUse("-out names the folder for the results")
	case s.given("seed") && s.given("seeds"):
		return nil, wrongUse("-seed and -seeds exclude each other")
	case q.Resume && q.Overwrite:
		return nil, wrongUse("-resume and -overwrite exclude each other")
	case !s.given("seeds"):
		return []uint64{q.Seed}, nil
	}
	var seeds []uint64
	for text := range strings.SplitSeq(q.Seeds, ",") {
		seed, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
		if err != nil {
			return nil, wrongUse("-seeds takes whole numbers such as 1,2,3, not %q", q.Seeds)
		}
		if slices.Contains(seeds, seed) {
			return nil, wrongUse("-seeds names seed %d twice", seed)
		}
		seeds = append(seeds, seed)
	}
	if len(seeds) > maxSeeds {
		return nil, wrongUse("-seeds takes at most %d seeds, not %d", maxSeeds, len(seeds))
	}
	return seeds, nil
}

// maxSeeds bounds the runs that one command holds.
const maxSeeds = 1024

// begin makes the trainer of one of so many seeds, with its run where that is a new one. It touches no file.
func (q *trainCommand) begin(seed uint64, count int, overrides map[string]any, model *env.Model) (*trainer, error) {
	t := &trainer{dir: q.Out, command: q.command, many: q.K, bestOf: q.BestOf, every: q.Every, saveEvery: q.SaveEvery, film: q.Film}
	t.cores = max(runtime.NumCPU()/min(q.Parallel, count), 1)
	if q.Seeds != "" {
		t.dir = filepath.Join(q.Out, fmt.Sprintf("seed-%d", seed))
	}
	if q.Resume {
		if path, err := runIn(t.dir); err != nil {
			return nil, fmt.Errorf("nothing to go on from: %w", err)
		} else if _, err := os.Stat(path); err != nil && !holdsRun(t.dir) {
			return nil, fmt.Errorf("nothing to go on from: %s holds no run", t.dir)
		}
		return t, nil
	}
	o, err := catalog.Options(q.Preset, q.Task, q.Alg, seed, q.Steps, overrides)
	if err == nil {
		err = o.Learns()
	}
	if err == nil {
		o.Model = model
		t.run, err = train.NewRun(o)
	}
	if err == nil {
		err = t.regular()
	}
	if err != nil {
		return nil, usageError{err}
	}
	return t, nil
}

// open claims the trainer's folder, takes up the run in it or sees that there is none, and prepares the evaluations.
func (q *trainCommand) open(t *trainer) (err error) {
	if t.folder, err = claim(t.dir); err != nil {
		return err
	}
	if q.Resume {
		err = t.reopen()
	} else {
		err = t.folder.vacate(q.Overwrite)
	}
	if err != nil {
		return err
	}
	if t.many == 0 {
		t.many = 8
		if agent, err := agents.Find(t.run.Options.Algorithm); err == nil && agent.Steps > 1 {
			t.many = agent.Steps
		}
	}
	return t.prepare(q.Episodes, q.Trial)
}

// contradicted tells which of the options that are given is another one in the run that is taken up.
func (q *trainCommand) contradicted(s *session, o train.Options, seed uint64, overrides map[string]any) error {
	for _, option := range []struct {
		flag         string
		given        bool
		asked, begun any
	}{
		{"task", s.given("task"), q.Task, o.Task},
		{"alg", s.given("alg"), q.Alg, o.Algorithm},
		{"seed", s.given("seed") || s.given("seeds"), seed, o.Seed},
		{"steps", q.Steps != 0, q.Steps, o.Steps},
	} {
		if option.given && option.asked != option.begun {
			return fmt.Errorf("-%s is %v, and the run has %v", option.flag, option.asked, option.begun)
		}
	}
	if s.given("preset") {
		p, err := catalog.Options(q.Preset, o.Task, o.Algorithm, o.Seed, o.Steps, overrides)
		if err != nil {
			return err
		}
		if !reflect.DeepEqual(p.Config, o.Config) {
			return fmt.Errorf("the run does not have the settings of -preset %s", q.Preset)
		}
	}
	asked, err := learner.Merge(o.Config, overrides)
	if err != nil {
		return err
	}
	was, is := settings.Map(o.Config), settings.Map(asked)
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if !reflect.DeepEqual(was[name], is[name]) {
			return fmt.Errorf("%s is %v, and the run has %v", name, is[name], was[name])
		}
	}
	return nil
}

// maxEvaluations bounds those of a run, which every save writes: 16 MB.
const maxEvaluations = 100_000

// regular fills in how often the run is evaluated, and refuses what would be too often.
func (t *trainer) regular() error {
	steps := t.run.Options.Steps
	if t.every == 0 {
		t.every = max(steps/24, 1)
	}
	if n := steps / t.every; n > maxEvaluations {
		return fmt.Errorf("-eval-every %d makes %s evaluations over %s steps, more than %s: take %d or more", t.every, quote.Grouped(n), quote.Grouped(steps), quote.Grouped(maxEvaluations), (steps+maxEvaluations-1)/maxEvaluations)
	}
	return nil
}

// reopen reads the run in the trainer's folder.
func (t *trainer) reopen() error {
	b, err := t.folder.load()
	if err != nil {
		return err
	}
	t.run, t.before, t.updates, t.savedAt = b.run, b.seconds, b.run.Agent.Updates, b.run.EnvSteps
	t.command, t.saves, t.behind = b.command, b.saved, b.behind // which makes the whole run; how it was taken up again does not matter
	for _, note := range b.notes {
		t.event(t.run.Options.Seed, "note", map[string]any{"text": note}, note)
	}
	return t.regular()
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

//go:build !js

// Command bench measures this program beside its peers: physics against MuJoCo's own WebAssembly build, learning
// against onnxruntime-web, TensorFlow.js and jax-js, and a trained policy in MuJoCo against the same policy here. All of
// them run in one worker of one page in headless Chromium, in turn and in many short slices, because a machine's speed
// changes from second to second and a ratio of neighbours does not.
//
//	npm ci --ignore-scripts --prefix web/bench
//	go run ./web/bench                                      physics and learning
//	go run ./web/bench -quick                               the same with fewer slices
//	go run ./web/bench -record                              kept as the recorded result of this processor
//	go run ./web/bench -only learning -rounds 20
//	go run ./web/bench -only learning -items latency,U      some pieces of work
//	go run ./web/bench -only physics -items cheetah_run     some bodies
//	go run ./web/bench -only transfer -policy FILE          a policy file of this program
//
// It prints tables, and writes a record with every number to out/bench. With -results FILE it also writes the
// tables as Markdown. Where a result of this processor is recorded, the ratios stand beside it, and a loss of more than a
// tenth beyond the spread of the measurement ends the run with status 1.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// options are the command line.
type options struct {
	only     string
	items    string
	rounds   int
	slice    time.Duration
	out      string
	results  string
	quick    bool
	record   bool
	policy   string
	episodes int
	steps    int
	seed     uint64
}

var sections = []string{"physics", "learning", "transfer"}

func main() {
	var o options
	flag.StringVar(&o.only, "only", "physics,learning", "sections: "+strings.Join(sections, ", "))
	flag.StringVar(&o.items, "items", "", "of the one section that -only names: only these pieces of work (latency,U64) or tasks (hopper,cheetah_run); all by default")
	flag.IntVar(&o.rounds, "rounds", 100, "slices of each contender")
	flag.DurationVar(&o.slice, "slice", 10*time.Millisecond, "length of a slice")
	flag.StringVar(&o.out, "out", "out/bench", "folder for records, in the repository")
	flag.StringVar(&o.results, "results", "", "Markdown file to write the tables to")
	flag.BoolVar(&o.quick, "quick", false, "fewer slices of each contender: some three minutes instead of fifteen")
	flag.BoolVar(&o.record, "record", false, "keep this run as the recorded result of this processor, in "+recordedIn+" and web/bench/RESULTS.md")
	flag.StringVar(&o.policy, "policy", "", "transfer: the policy file to try in MuJoCo")
	flag.IntVar(&o.episodes, "episodes", 100, "transfer: pairs of episodes")
	flag.IntVar(&o.steps, "k", 1, "transfer: sampler steps; 1 is one-step")
	flag.Uint64Var(&o.seed, "seed", 1, "transfer: seed of starts and noise")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	want, err := o.check()
	if err != nil {
		return err
	}
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	b, err := startBrowser(ctx, root)
	if err != nil {
		return err
	}
	defer b.close()
	r := newRecord(root, b)
	s := &session{options: o, browser: b, record: r, log: os.Stderr}
	for _, name := range want {
		if err := s.section(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := b.complaints(); err != nil {
		return err
	}
	text := r.markdown("# Benchmarks")
	fmt.Print(text)
	if err := r.write(filepath.Join(root, o.out)); err != nil {
		return err
	}
	if o.results != "" {
		if err := os.WriteFile(filepath.Join(root, o.results), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return o.judge(r, root)
}

// judge sets the run beside the recorded result of this processor, and keeps it where that is asked for.
func (o *options) judge(r *record, root string) error {
	recorded, err := r.recorded(root)
	if err != nil {
		return err
	}
	var lost []string
	switch {
	case len(r.standings()) == 0:
	case recorded == nil:
		fmt.Printf("\nNo result of this processor (%s) is recorded in %s: -record keeps one.\n", r.Machine, recordedIn)
	default:
		var table string
		table, lost = r.against(recorded)
		fmt.Print(table)
	}
	if o.record {
		return r.keep(root)
	}
	if len(lost) > 0 {
		return fmt.Errorf("slower than recorded by more than %.0f %% beyond the spread:\n  %s", 100*lossAllowed, strings.Join(lost, "\n  "))
	}
	return nil
}

// quickRounds leaves a median of fifteen slices, whose warm-up is then most of the time.
const quickRounds = 15

// check returns the sections that are asked for.
func (o *options) check() ([]string, error) {
	if o.quick {
		o.rounds = min(o.rounds, quickRounds)
	}
	if o.rounds < 1 || o.rounds > 10_000 || o.slice < time.Millisecond || o.slice > 10*time.Second {
		return nil, fmt.Errorf("-rounds must lie in 1..10000 and -slice in 1ms..10s, not %d and %v", o.rounds, o.slice)
	}
	if o.episodes < 2 || o.episodes > 1000 || o.steps < 1 || o.steps > 64 {
		return nil, fmt.Errorf("-episodes must lie in 2..1000 and -k in 1..64, not %d and %d", o.episodes, o.steps)
	}
	var want []string
	for _, name := range sections {
		for _, asked := range strings.Split(o.only, ",") {
			if asked == name {
				want = append(want, name)
			}
		}
	}
	if len(want) != len(strings.Split(o.only, ",")) {
		return nil, fmt.Errorf("-only takes sections of %s, not %q", strings.Join(sections, ", "), o.only)
	}
	if o.record && (o.quick || o.items != "" || len(want) != 2 || slices.Contains(want, "transfer")) {
		return nil, fmt.Errorf("-record keeps whole runs of physics and learning: it does not go with -quick, -items or another -only")
	}
	if o.items != "" && len(want) != 1 {
		return nil, fmt.Errorf("-items names work of one section: give -only physics or -only learning too")
	}
	if strings.Contains(o.only, "transfer") && o.policy == "" {
		return nil, fmt.Errorf("transfer needs -policy FILE, a policy that has learned something")
	}
	return want, nil
}

// session is one run of the benchmarks.
type session struct {
	options
	browser *browser
	record  *record
	log     *os.File
}

func (s *session) section(name string) error {
	fmt.Fprintf(s.log, "%s ...\n", name)
	switch name {
	case "physics":
		return s.physics()
	case "learning":
		return s.learning()
	default:
		return s.transfer()
	}
}

// Command fpmd is the headless program: it trains, evaluates, draws and exports policies with the same code,
// and for the same seed with the same bits, as the page.
//
//	fpmd train -task pendulum -alg fpmd-m -seed 1 -out DIR     train; -resume goes on from DIR
//	fpmd train -gamma 0.98 -preset browser-constant -out DIR   settings by their names, over a preset's
//	fpmd train -seeds 1,2,3 -out DIR                           several seeds side by side, in DIR/seed-1 ...
//	fpmd train -workers 2 -out DIR                             each batch in two shards, computed on two cores where there are
//	fpmd eval -policy FILE -k 1 -episodes 20 -best-of 1        undiscounted returns
//	fpmd eval -policy FILE -latency 1ms -k 20                  the same with actions that come late
//	fpmd eval -policy FILE -grid                               returns over steps and candidates, with intervals
//	fpmd score DIR...                                          returns and time per action of finished trainings, into their records
//	fpmd table RECORD...                                       scored records as a Markdown table
//	fpmd act -policy FILE -obs '[1,0,0]' -x0 '[0.1]' -k 1      one action
//	fpmd rollout -model FILE.xml -in IN.json -out OUT.json     a body under given controls
//	fpmd hash FILE                                             SHA-256 of the weights
//	fpmd inspect FILE                                          what a file holds
//	fpmd export -policy FILE -format onnx -k 1 -out FILE       onnx, json, python or safetensors
//	fpmd analyze -target gaussian -s 0.5 -c 1 -k 1,2,4,8,20    exact error of K steps against the target's variance
//	fpmd mirror -problem cliff -method hpmd -step adaptive -h 4   mirror descent on a finite problem, with its bound
//	fpmd sweep expand|run|status|table PLAN                    many trainings by a plan
//	fpmd plot curves -out FILE.svg DIR...                      learning curves with seeds and bands
//	fpmd plot paths -policy FILE -out FILE.svg                 noise on its way to actions
//	fpmd plot variance -policy FILE -out FILE.svg              variance against one-step error
//	fpmd plot grid -grid FILE.json -out FILE.svg               what eval -grid -json printed: front or heat map
//	fpmd plot latency -policy FILE -out FILE.svg               return against the time of one evaluation
//	fpmd plot mirror -problem cliff -method hpmd -h 4 -out FILE.svg   its gap, its bound, and policy iteration
//	fpmd tasks | agents | settings | presets                   what can be chosen, with ranges
//	fpmd help [COMMAND | settings], version, completion SHELL
//
// Results go to standard output, everything else to standard error. Exit status: 0 done, 1 failed,
// 2 wrong use: a command, flag, name or value that does not exist, told in one line; 129, 130, 141 or 143 ended by a
// hangup, an interrupt, a closed pipe or a SIGTERM, a training saved.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"onestep/engine/quote"
	"onestep/policy/agents"
)

// cli is the program's grammar: commands, flags with their ranges (range), names (values) and helps. kong reads it.
type cli struct {
	Train      trainCommand      `cmd:"" help:"Train a policy from scratch, or go on with -resume."`
	Eval       evalCommand       `cmd:"" help:"Play episodes with a policy file and report their returns."`
	Score      scoreCommand      `cmd:"" help:"Play the policies of finished trainings in every way, time their actions, and enter both in their records."`
	Table      tableCommand      `cmd:"" help:"Print a table of scored records."`
	Act        actCommand        `cmd:"" help:"Print the action for one observation and one noise."`
	Rollout    rolloutCommand    `cmd:"" help:"Move the body of a model file under given controls."`
	Hash       hashCommand       `cmd:"" help:"Print the SHA-256 of a file's weights."`
	Inspect    inspectCommand    `cmd:"" help:"Say what a policy file or a run file holds."`
	Export     exportCommand     `cmd:"" help:"Write a policy for other programs: ONNX, JSON, Python, safetensors."`
	Analyze    analyzeCommand    `cmd:"" help:"Say how far K steps of the exact field end from a target."`
	Mirror     mirrorCommand     `cmd:"" help:"Follow mirror descent on a finite problem, exactly, with its bound."`
	Sweep      sweepCommand      `cmd:"" help:"Expand a plan of trainings, run one of its numbers or all of them, and say how far they are."`
	Plot       plotCommand       `cmd:"" help:"Draw learning curves, sampling paths, or variance against one-step error."`
	Tasks      tasksCommand      `cmd:"" help:"List the tasks."`
	Quantities quantitiesCommand `cmd:"" help:"List what a reward of one's own can read."`
	Agents     agentsCommand     `cmd:"" help:"List the agents."`
	Settings   settingsCommand   `cmd:"" help:"List the settings of a training with their ranges."`
	Presets    presetsCommand    `cmd:"" help:"List the presets that a training begins with."`
	Metrics    metricsCommand    `cmd:"" help:"List what is measured, with formulas and units."`
	Help       helpCommand       `cmd:"" help:"Explain a command, or list tasks, agents, settings or presets."`
	Version    versionCommand    `cmd:"" help:"Print the program's version."`
	Completion completionCommand `cmd:"" help:"Print a script that completes commands, flags and names in a shell."`
	Complete   completeCommand   `cmd:"" name:"__complete" hidden:"" help:"List what may stand in place of the last word."`
}

// session is what a command runs in.
type session struct {
	context.Context
	stdout, stderr io.Writer
	args           []string // as they were typed, behind the program's name
	parser         *kong.Kong
	parsed         *kong.Context
}

// usageError is wrong use, to be told in one line.
type usageError struct{ error }

func wrongUse(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// helpShown ends parsing after -h.
type helpShown struct{}

// Signals that are not named on every platform. A closed terminal and a closed pipe end a training as an interrupt does:
// saved. A file that may not grow further is a full disk.
const (
	hangup     = syscall.Signal(1)
	brokenPipe = syscall.Signal(13)
	fileSize   = syscall.Signal(25)
)

// stopped is the cause of a context that a signal has cancelled.
type stopped struct{ signal syscall.Signal }

func (s stopped) Error() string {
	if name := map[syscall.Signal]string{syscall.SIGINT: "SIGINT", syscall.SIGTERM: "SIGTERM", hangup: "SIGHUP", brokenPipe: "SIGPIPE"}[s.signal]; name != "" {
		return name
	}
	return s.signal.String()
}

func main() {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, hangup, brokenPipe)
	signal.Ignore(fileSize)
	go func() {
		cause := stopped{(<-signals).(syscall.Signal)}
		signal.Ignore(hangup, brokenPipe)           // what follows the first of them must not end the save
		signal.Reset(os.Interrupt, syscall.SIGTERM) // a second one ends the program at once
		cancel(cause)
		if len(os.Args) < 2 || os.Args[1] != "train" && os.Args[1] != "sweep" { // others have nothing to save
			time.Sleep(time.Second)
			os.Exit(status(cause))
		}
	}()
	os.Exit(dispatch(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// status is the exit status of a program that a signal has ended, as shells have it.
func status(s stopped) int { return 128 + int(s.signal) }

// dispatch runs the program and returns its exit status.
func dispatch(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := run(ctx, args, stdout, stderr)
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "fpmd:", quote.Message(err.Error()))
	var usage usageError
	var signalled stopped
	switch {
	case errors.As(err, &usage):
		return 2
	case errors.As(context.Cause(ctx), &signalled):
		return status(signalled)
	}
	return 1
}

// run parses a command and carries it out.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	s := &session{Context: ctx, stdout: stdout, stderr: stderr, args: args}
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(helpShown); !ok {
				panic(r)
			}
			err = nil
		}
	}()
	if s.parser, err = newParser(stdout, stderr); err != nil {
		return err
	}
	if len(args) == 0 {
		return wrongUse("a command is missing; fpmd help lists them")
	}
	long, node, err := longFlags(s.parser.Model.Node, args)
	if err != nil {
		return err
	}
	if s.parsed, err = s.parser.Parse(long); err != nil {
		return usageError{plainly(node, err)}
	}
	if err := checkRanges(s.parsed); err != nil {
		return err
	}
	err = s.parsed.Run(s)
	var usage usageError
	if errors.As(err, &usage) {
		return usageError{fmt.Errorf("%s: %w", commandOf(s.parsed.Selected()), usage)}
	}
	return err
}

func newParser(stdout, stderr io.Writer) (*kong.Kong, error) {
	return kong.New(&cli{Train: trainCommand{Settings: kong.Plugins{agents.Union()}}}, kong.Name("fpmd"),
		kong.Description("Train, evaluate, draw and export one-step flow policies. Flags take one dash or two; fpmd COMMAND -h explains a command."),
		kong.Writers(stdout, stderr), kong.Exit(func(int) { panic(helpShown{}) }), kong.FlagNamer(flagName), kong.Vars(mirrorNames),
		kong.KindMapper(reflect.Int, kong.MapperFunc(wholeNumber)), kong.KindMapper(reflect.Uint64, kong.MapperFunc(wholeNumber)),
		kong.KindMapper(reflect.Float64, kong.MapperFunc(decimalNumber)),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 120}), kong.ValueFormatter(explain))
}

// settingFlags is the struct of the settings' flags.
var settingFlags = reflect.TypeOf(agents.Union()).Elem()

// flagName names the flag of a struct's field: a setting's as everywhere, others in lower case with dashes.
func flagName(field string) string {
	if f, ok := settingFlags.FieldByName(field); ok {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	}
	var b strings.Builder
	for i, r := range field {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

// typed are the flags that were given, which kong's Set does not tell from those with a default.
func typed(parsed *kong.Context) (flags []*kong.Flag) {
	for _, p := range parsed.Path {
		if p.Flag != nil {
			flags = append(flags, p.Flag)
		}
	}
	return flags
}

// given reports whether a flag was typed.
func (s *session) given(name string) bool {
	return slices.ContainsFunc(typed(s.parsed), func(f *kong.Flag) bool { return f.Name == name })
}

// commandOf is a command as it is typed behind the program's name.
func commandOf(node *kong.Node) string {
	if node == nil || node.Parent == nil {
		return ""
	}
	return strings.TrimPrefix(node.FullPath(), "fpmd ")
}

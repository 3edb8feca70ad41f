// Command fpmd is the headless program: it trains, evaluates, draws and exports policies with the same code,
// and for the same seed with the same bits, as the page.
//
//	fpmd train -task pendulum -alg fpmd-m -seed 1 -out DIR     train; -resume goes on from DIR
//	fpmd train -seeds 1,2,3 -out DIR                           several seeds side by side, in DIR/seed-1 ...
//	fpmd train -workers 2 -out DIR                             each batch in two shares, computed on two cores where there are
//	fpmd eval -policy FILE -k 1 -episodes 20 -best-of 1        undiscounted returns
//	fpmd score DIR...                                          returns and time per action of finished trainings, into their records
//	fpmd table RECORD...                                       scored records as a Markdown table
//	fpmd act -policy FILE -obs '[1,0,0]' -x0 '[0.1]' -k 1      one action
//	fpmd rollout -model FILE.xml -in IN.json -out OUT.json     a body under given controls
//	fpmd hash FILE                                             SHA-256 of the weights
//	fpmd inspect FILE                                          what a file holds
//	fpmd export -policy FILE -format onnx -k 1 -out FILE       onnx, json, python or safetensors
//	fpmd analyze -target gaussian -s 0.5 -c 1 -k 1,2,4,8,20    exact error of K steps against the target's variance
//	fpmd plot curves -out FILE.svg DIR...                      learning curves with seeds and bands
//	fpmd plot paths -policy FILE -out FILE.svg                 noise on its way to actions
//	fpmd plot variance -policy FILE -out FILE.svg              variance against one-step error
//
// Results go to standard output, everything else to standard error. Exit status: 0 done, 1 failed,
// 2 wrong use.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// command is one subcommand.
type command struct {
	name, summary string
	run           func(ctx context.Context, args []string, stdout, stderr io.Writer) error
}

func commands() []command {
	return []command{
		{"train", "train a policy from scratch, or go on with -resume", runTrain},
		{"eval", "play episodes with a policy file and report their returns", runEval},
		{"score", "play the policies of finished trainings in every way, time their actions, and enter both in their records", runScore},
		{"table", "print a table of scored records", runTable},
		{"act", "print the action for one observation and one noise", runAct},
		{"rollout", "move the body of a model file under given controls", runRollout},
		{"hash", "print the SHA-256 of a file's weights", runHash},
		{"inspect", "say what a policy file or a run file holds", runInspect},
		{"export", "write a policy for other programs: ONNX, JSON, Python, safetensors", runExport},
		{"analyze", "say how far K steps of the exact field end from a target", runAnalyze},
		{"sweep", "expand a plan of trainings, run one of its numbers or all of them, and say how far they are", runSweep},
		{"plot", "draw learning curves, sampling paths, or variance against error", runPlot},
	}
}

// errUsage marks an error after which the usage was already printed.
var errUsage = errors.New("wrong use")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(dispatch(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func dispatch(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		for _, c := range commands() {
			if c.name == args[0] {
				return status(c.run(ctx, args[1:], stdout, stderr), stderr)
			}
		}
		if args[0] != "help" && args[0] != "-h" && args[0] != "--help" {
			fmt.Fprintf(stderr, "fpmd: there is no command %q\n", args[0])
		}
	}
	fmt.Fprintln(stderr, "usage: fpmd COMMAND [flags]; fpmd COMMAND -h explains one")
	for _, c := range commands() {
		fmt.Fprintf(stderr, "  %-10s %s\n", c.name, c.summary)
	}
	return 2
}

func status(err error, stderr io.Writer) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	fmt.Fprintln(stderr, "fpmd:", err)
	return 1
}

// parse reads flags and allows exactly want positional arguments, or any number where want is negative.
func parse(f *flag.FlagSet, args []string, want int, stderr io.Writer) error {
	f.SetOutput(stderr)
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if want >= 0 && f.NArg() != want {
		return wrongUse(f, "%d arguments where %d are wanted", f.NArg(), want)
	}
	return nil
}

// wrongUse prints what is wrong with a command's flags and how they are used.
func wrongUse(f *flag.FlagSet, format string, args ...any) error {
	fmt.Fprintf(f.Output(), "fpmd %s: %s\n", f.Name(), fmt.Sprintf(format, args...))
	f.Usage()
	return errUsage
}

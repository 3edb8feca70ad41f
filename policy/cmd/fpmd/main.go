// Command fpmd is the headless program: it trains, evaluates and inspects flow policies with the same code,
// and for the same seed with the same bits, as the page.
//
//	fpmd train -task pendulum -alg fpmd-m -seed 1 -out DIR     train; -resume goes on from DIR
//	fpmd eval -policy FILE -k 1 -episodes 20                   undiscounted returns
//	fpmd act -policy FILE -obs '[1,0,0]' -x0 '[0.1]' -k 1      one action
//	fpmd hash FILE                                             SHA-256 of the weights
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
		{"act", "print the action for one observation and one noise", runAct},
		{"hash", "print the SHA-256 of a file's weights", runHash},
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

// parse reads flags and allows exactly want positional arguments.
func parse(f *flag.FlagSet, args []string, want int, stderr io.Writer) error {
	f.SetOutput(stderr)
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if f.NArg() != want {
		fmt.Fprintf(stderr, "fpmd %s: %d arguments where %d are wanted\n", f.Name(), f.NArg(), want)
		f.Usage()
		return errUsage
	}
	return nil
}

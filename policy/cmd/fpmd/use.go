package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"onestep/policy/checkpoint"
	"onestep/policy/flow"
	"onestep/policy/train"
)

func readPolicyFile(path string) (*checkpoint.Policy, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p, err := checkpoint.ReadPolicy(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// evalResult is what eval prints with -json.
type evalResult struct {
	Task      string        `json:"task"`
	Algorithm string        `json:"algorithm"`
	Hash      string        `json:"hash"`
	K         int           `json:"k"`
	NFE       int           `json:"nfe"`
	Returns   []float64     `json:"returns"`
	Summary   train.Returns `json:"summary"`
}

func runEval(_ context.Context, args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("eval", flag.ContinueOnError)
	path := f.String("policy", "", "policy file or run file")
	k := f.Int("k", 1, "sampler steps; 1 is one-step")
	episodes := f.Int("episodes", 20, "episodes, each from its fixed seed")
	asJSON := f.Bool("json", false, "print JSON")
	if err := parse(f, args, 0, stderr); err != nil {
		return err
	}
	if *k < 1 || *k > 1000 || *episodes < 1 || *episodes > 100_000 {
		return fmt.Errorf("-k must lie in 1..1000 and -episodes in 1..100000, not %d and %d", *k, *episodes)
	}
	p, err := readPolicyFile(*path)
	if err != nil {
		return err
	}
	e, err := train.NewEvaluator(p.Task, *episodes, &p.Actor)
	if err != nil {
		return err
	}
	r := evalResult{Task: p.Task, Algorithm: string(p.Algorithm), Hash: p.Hash(), K: *k, NFE: *k, Returns: e.Evaluate(&p.Actor, *k, nil)}
	r.Summary = train.Summarise(r.Returns)
	if *asJSON {
		return json.NewEncoder(stdout).Encode(r)
	}
	_, err = fmt.Fprintf(stdout, "%s on %s, K = %d (NFE %d per action): mean %.2f, std %.2f, min %.2f, max %.2f over %d episodes\n",
		r.Algorithm, r.Task, r.K, r.NFE, r.Summary.Mean, r.Summary.Std, r.Summary.Min, r.Summary.Max, r.Summary.Episodes)
	return err
}

func runAct(_ context.Context, args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("act", flag.ContinueOnError)
	path := f.String("policy", "", "policy file or run file")
	obsText := f.String("obs", "", "observation, a JSON array")
	x0Text := f.String("x0", "", "noise that the sample starts from, a JSON array (already scaled by the source's std)")
	k := f.Int("k", 1, "sampler steps; 1 is one-step")
	if err := parse(f, args, 0, stderr); err != nil {
		return err
	}
	if *k < 1 || *k > 1000 {
		return fmt.Errorf("-k must lie in 1..1000, not %d", *k)
	}
	p, err := readPolicyFile(*path)
	if err != nil {
		return err
	}
	c := p.Actor.Net.Config()
	obs, err := vector("-obs", *obsText, c.CondDim)
	if err != nil {
		return err
	}
	x0, err := vector("-x0", *x0Text, c.XDim)
	if err != nil {
		return err
	}
	flow.NewSampler(p.Actor.Net, 1).Sample(x0, &p.Actor, obs, 1, x0, *k)
	for i, v := range x0 {
		x0[i] = min(max(v, -1), 1)
	}
	return json.NewEncoder(stdout).Encode(x0)
}

func vector(name, text string, want int) ([]float32, error) {
	var x []float32
	if err := json.Unmarshal([]byte(text), &x); err != nil {
		return nil, fmt.Errorf("%s %q is not a JSON array of numbers: %w", name, text, err)
	}
	if len(x) != want {
		return nil, fmt.Errorf("%s has %d numbers where the policy takes %d", name, len(x), want)
	}
	return x, nil
}

func runHash(_ context.Context, args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("hash", flag.ContinueOnError)
	if err := parse(f, args, 1, stderr); err != nil {
		return err
	}
	p, err := readPolicyFile(f.Arg(0))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, p.Hash())
	return err
}

package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"

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
	NFE       int           `json:"nfe"`       // evaluations of the policy's network per action
	BestOf    int           `json:"bestOf"`    // candidates per action; 1 is no choice
	CriticNFE int           `json:"criticNFE"` // evaluations of critics per action
	Returns   []float64     `json:"returns"`
	Summary   train.Returns `json:"summary"`
}

func runEval(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("eval", flag.ContinueOnError)
	path := f.String("policy", "", "policy file or run file (required)")
	k := f.Int("k", 1, "sampler steps; 1 is one-step")
	bestOf := f.Int("best-of", 1, "candidates per action, of which the file's critics choose one; 1 is one particle and no choice")
	episodes := f.Int("episodes", 20, "episodes, each from its fixed seed")
	asJSON := f.Bool("json", false, "print JSON")
	if err := parse(f, args, 0, stderr); err != nil {
		return err
	}
	switch {
	case *path == "":
		return wrongUse(f, "-policy names the file")
	case *k < 1 || *k > maxSteps:
		return wrongUse(f, "-k must lie in 1..%d, not %d", maxSteps, *k)
	case *episodes < 1 || *episodes > 100_000:
		return wrongUse(f, "-episodes must lie in 1..100000, not %d", *episodes)
	case *bestOf < 1 || *bestOf > maxBestOf:
		return wrongUse(f, "-best-of must lie in 1..%d, not %d", maxBestOf, *bestOf)
	}
	p, err := readPolicyFile(*path)
	if err != nil {
		return err
	}
	r := evalResult{Task: p.Task, Algorithm: string(p.Algorithm), Hash: p.Hash(), K: *k, NFE: p.Actor.NFE(*k) * *bestOf, BestOf: *bestOf}
	if r.Returns, err = evaluate(ctx, p, *k, *bestOf, *episodes); err != nil {
		return err
	}
	if *bestOf > 1 {
		r.CriticNFE = 2 * *bestOf
	}
	r.Summary = train.Summarise(r.Returns)
	if *asJSON {
		return json.NewEncoder(stdout).Encode(r)
	}
	how := fmt.Sprintf("K = %d (NFE %d per action)", r.K, r.NFE)
	if *bestOf > 1 {
		how = fmt.Sprintf("K = %d, best of %d (NFE %d and %d evaluations of critics per action)", r.K, r.BestOf, r.NFE, r.CriticNFE)
	}
	_, err = fmt.Fprintf(stdout, "%s on %s, %s: mean %.2f, std %.2f, min %.2f, max %.2f over %d episodes\n",
		r.Algorithm, r.Task, how, r.Summary.Mean, r.Summary.Std, r.Summary.Min, r.Summary.Max, r.Summary.Episodes)
	return err
}

// maxSteps bounds the sampler steps that a flag may ask for.
const maxSteps = 1000

func evaluate(ctx context.Context, p *checkpoint.Policy, k, bestOf, episodes int) ([]float64, error) {
	e, err := train.NewEvaluators(episodes, runtime.NumCPU(), func(episodes int) (*train.Evaluator, error) {
		if bestOf == 1 {
			return train.NewEvaluator(p.Task, p.Model, episodes, &p.Actor)
		}
		return train.NewBestOfEvaluator(p.Task, p.Model, episodes, &p.Actor, bestOf, p.CriticNet, &p.Critics)
	})
	if err != nil {
		return nil, err
	}
	returns := e.Evaluate(&p.Actor, k, func() bool { return ctx.Err() == nil })
	if returns == nil {
		return nil, fmt.Errorf("the evaluation was interrupted: %w", ctx.Err())
	}
	return returns, nil
}

func runAct(_ context.Context, args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("act", flag.ContinueOnError)
	path := f.String("policy", "", "policy file or run file (required)")
	obsText := f.String("obs", "", "observation, a JSON array")
	x0Text := f.String("x0", "", "noise that the sample starts from, a JSON array (already scaled by the source's std; zeros give SAC's deterministic action)")
	k := f.Int("k", 1, "sampler steps; 1 is one-step")
	if err := parse(f, args, 0, stderr); err != nil {
		return err
	}
	switch {
	case *path == "":
		return wrongUse(f, "-policy names the file")
	case *k < 1 || *k > maxSteps:
		return wrongUse(f, "-k must lie in 1..%d, not %d", maxSteps, *k)
	}
	p, err := readPolicyFile(*path)
	if err != nil {
		return err
	}
	obs, err := vector("-obs", *obsText, p.Actor.ObsDim())
	if err != nil {
		return err
	}
	x0, err := vector("-x0", *x0Text, p.Actor.ActDim())
	if err != nil {
		return err
	}
	flow.NewSampler(&p.Actor, 1).Sample(x0, &p.Actor, obs, 1, x0, *k)
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

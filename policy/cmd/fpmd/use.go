package main

import (
	"context"
	"encoding/json"
	"fmt"
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

// evalCommand plays episodes.
type evalCommand struct {
	Policy   string `name:"policy" placeholder:"FILE" help:"Policy file or run file (required)."`
	K        int    `name:"k" default:"1" range:"1..1000" help:"Sampler steps; 1 is one-step."`
	BestOf   int    `name:"best-of" default:"1" range:"1..1024" help:"Candidates per action, of which the file's critics choose one; 1 is one particle and no choice."`
	Episodes int    `name:"episodes" default:"20" range:"1..10000" help:"Episodes, each from its fixed seed."`
	JSON     bool   `name:"json" help:"Print JSON."`
}

// Run plays and prints.
func (q *evalCommand) Run(s *session) error {
	if q.Policy == "" {
		return wrongUse("-policy names the file")
	}
	p, err := readPolicyFile(q.Policy)
	if err != nil {
		return err
	}
	r := evalResult{Task: p.Task, Algorithm: string(p.Algorithm), Hash: p.Hash(), K: q.K, NFE: p.Actor.NFE(q.K) * q.BestOf, BestOf: q.BestOf}
	if r.Returns, err = evaluate(s, p, q.K, q.BestOf, q.Episodes); err != nil {
		return err
	}
	if q.BestOf > 1 {
		r.CriticNFE = 2 * q.BestOf
	}
	r.Summary = train.Summarise(r.Returns)
	if q.JSON {
		return json.NewEncoder(s.stdout).Encode(r)
	}
	how := fmt.Sprintf("K = %d (NFE %d per action)", r.K, r.NFE)
	if q.BestOf > 1 {
		how = fmt.Sprintf("K = %d, best of %d (NFE %d and %d evaluations of critics per action)", r.K, r.BestOf, r.NFE, r.CriticNFE)
	}
	_, err = fmt.Fprintf(s.stdout, "%s on %s, %s: mean %.2f, std %.2f, min %.2f, max %.2f over %d episodes\n",
		r.Algorithm, r.Task, how, r.Summary.Mean, r.Summary.Std, r.Summary.Min, r.Summary.Max, r.Summary.Episodes)
	return err
}

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
		return nil, fmt.Errorf("the evaluation was interrupted: %w", context.Cause(ctx))
	}
	if d := e.Diverged(); d != nil {
		return nil, fmt.Errorf("with K = %d, %w; the policy's weights are finite and too large to act", k, d)
	}
	return returns, nil
}

// actCommand acts once.
type actCommand struct {
	Policy string `name:"policy" placeholder:"FILE" help:"Policy file or run file (required)."`
	Obs    string `name:"obs" placeholder:"[...]" help:"Observation, a JSON array."`
	X0     string `name:"x0" placeholder:"[...]" help:"Noise that the sample starts from, a JSON array (already scaled by the source's std; zeros give SAC's deterministic action)."`
	K      int    `name:"k" default:"1" range:"1..1000" help:"Sampler steps; 1 is one-step."`
}

// Run prints the action.
func (q *actCommand) Run(s *session) error {
	if q.Policy == "" {
		return wrongUse("-policy names the file")
	}
	p, err := readPolicyFile(q.Policy)
	if err != nil {
		return err
	}
	obs, err := vector("-obs", q.Obs, p.Actor.ObsDim())
	if err != nil {
		return err
	}
	x0, err := vector("-x0", q.X0, p.Actor.ActDim())
	if err != nil {
		return err
	}
	flow.NewSampler(&p.Actor, 1).Sample(x0, &p.Actor, obs, 1, x0, q.K)
	for i, v := range x0 {
		if v != v {
			return fmt.Errorf("component %d of the action is NaN; the policy's weights are finite and too large to act", i)
		}
		x0[i] = min(max(v, -1), 1)
	}
	return json.NewEncoder(s.stdout).Encode(x0)
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

// hashCommand names weights.
type hashCommand struct {
	File string `arg:"" name:"file" help:"Policy file or run file."`
}

// Run prints the hash.
func (q *hashCommand) Run(s *session) error {
	p, err := readPolicyFile(q.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.stdout, p.Hash())
	return err
}

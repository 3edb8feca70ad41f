package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"onestep/engine/env"
	"onestep/policy/foreign"
	"onestep/policy/train"
)

// isONNX tells an ONNX file by its name.
func isONNX(path string) bool { return strings.EqualFold(filepath.Ext(path), ".onnx") }

// checkForeign refuses the flags that belong to policies of this program.
func (q *evalCommand) checkForeign(s *session) error {
	for _, name := range []string{"k", "best-of", "sampler", "grid"} {
		if s.given(name) {
			return wrongUse("-%s is for a policy file of this program; an ONNX graph acts in one way", name)
		}
	}
	switch {
	case s.given("task") == s.given("model"):
		return wrongUse("an ONNX graph needs -task or -model, one of them, to act on")
	case s.given("task"):
		return nil
	}
	q.Task = env.CustomName
	return nil
}

// foreign plays episodes by an ONNX graph and prints.
func (q *evalCommand) foreign(s *session) error {
	if err := q.checkForeign(s); err != nil {
		return err
	}
	file, err := os.Open(q.Policy)
	if err != nil {
		return err
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, foreign.MaxFile+1)) // Read refuses a longer one
	if err != nil {
		return err
	}
	g, err := foreign.Read(b)
	if err != nil {
		return fmt.Errorf("%s: %w", q.Policy, err)
	}
	var model *env.Model
	if q.Model != "" {
		if model, err = env.ReadModel(env.Disk{}, filepath.ToSlash(q.Model)); err != nil {
			return usageError{err}
		}
		model.Reward = env.RewardMove
	}
	task, err := env.Make(q.Task, model)
	if err != nil {
		return err
	}
	spec := task.Spec()
	build := func() (*foreign.Policy, error) {
		p, err := g.Policy(spec, foreign.Units(q.Actions))
		if err != nil {
			return nil, fmt.Errorf("%s on %s: %w", q.Policy, spec.Name, err)
		}
		return p, nil
	}
	probe, err := build()
	if err != nil {
		return err
	}
	e, err := train.NewEvaluators(q.Episodes, runtime.NumCPU(), func(episodes int) (*train.Evaluator, error) {
		p, err := build()
		if err != nil {
			return nil, err
		}
		return train.NewActingEvaluator(q.Task, model, episodes, p)
	})
	if err != nil {
		return err
	}
	e.Late(q.Latency.Seconds())
	r := evalResult{Task: spec.Name, Algorithm: "onnx", K: 1, NFE: 1, BestOf: 1, Latency: q.Latency.Seconds()}
	if r.Returns = e.Evaluate(nil, 1, func() bool { return s.Err() == nil }); r.Returns == nil {
		return fmt.Errorf("the evaluation was interrupted: %w", context.Cause(s))
	}
	if d := e.Diverged(); d != nil {
		return fmt.Errorf("%s: %w", q.Policy, d)
	}
	if b := e.Burst(); b != nil {
		fmt.Fprintf(s.stderr, "note: %v; it ended there\n", b)
	}
	r.Summary = train.Summarise(r.Returns)
	if q.JSON {
		return json.NewEncoder(s.stdout).Encode(r)
	}
	_, err = fmt.Fprintf(s.stdout, "%s (output %s, %d nodes) on %s: mean %.2f, std %.2f, min %.2f, max %.2f over %d episodes\n",
		filepath.Base(q.Policy), probe.Output, probe.Nodes, r.Task, r.Summary.Mean, r.Summary.Std, r.Summary.Min, r.Summary.Max, r.Summary.Episodes)
	return err
}

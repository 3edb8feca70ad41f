package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"onestep/engine/env"
	"onestep/policy/foreign"
	"onestep/policy/train"
)

// onnxPolicy acts by an ONNX graph in the units of a task.
type onnxPolicy struct {
	*foreign.Actor
	std   float32   // of the noise, where the graph takes some
	scale []float32 // [ActDim] what an action of 1 is in the graph's units
}

// Act implements train.Acting.
func (p *onnxPolicy) Act(dst, obs, noise []float32) {
	for i := range noise {
		noise[i] *= p.std
	}
	p.Actor.Act(dst, obs, noise)
	for i := range dst {
		dst[i] /= p.scale[i]
	}
}

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
	build := func() (*onnxPolicy, error) {
		a, err := g.Actor(spec.ObsDim, spec.ActDim)
		if err != nil {
			return nil, fmt.Errorf("%s on %s: %w", q.Policy, spec.Name, err)
		}
		return &onnxPolicy{a, noiseStd(g), q.scale(g, spec)}, nil
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
	r.Summary = train.Summarise(r.Returns)
	if q.JSON {
		return json.NewEncoder(s.stdout).Encode(r)
	}
	_, err = fmt.Fprintf(s.stdout, "%s (output %s, %d nodes) on %s: mean %.2f, std %.2f, min %.2f, max %.2f over %d episodes\n",
		filepath.Base(q.Policy), probe.Output, probe.Nodes, r.Task, r.Summary.Mean, r.Summary.Std, r.Summary.Min, r.Summary.Max, r.Summary.Episodes)
	return err
}

// noiseStd is the standard deviation of the noise that an export of this program starts from.
func noiseStd(g *foreign.Graph) float32 {
	x, err := strconv.ParseFloat(g.Metadata["onestep.source_std"], 32)
	if err != nil {
		return 0
	}
	return float32(x)
}

// scale is what an action of 1 is in the graph's units: one of this program's exports acts in [-1, 1], as its metadata says;
// others in the units of the task's family, unless -actions says otherwise.
func (q *evalCommand) scale(g *foreign.Graph, spec *env.Task) []float32 {
	scale := make([]float32, spec.ActDim)
	unit := q.Actions == "unit" || q.Actions == "auto" && g.Metadata["onestep.action_range"] == "[-1,1]"
	for i := range scale {
		if scale[i] = 1; !unit && i < len(spec.ActionScale) {
			scale[i] = float32(spec.ActionScale[i])
		}
	}
	return scale
}

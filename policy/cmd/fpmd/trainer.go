package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"onestep/policy/checkpoint"
	"onestep/policy/fpmd"
	"onestep/policy/kernel"
	"onestep/policy/train"
)

// trainer is one training with its output.
type trainer struct {
	*reporter
	run       *train.Run
	evaluator train.Evaluators
	best      train.Evaluators // with best-of-N, or nil
	dir       string
	command   string // as it was typed
	every     int    // environment steps between evaluations
	many      int    // K of the second evaluation
	bestOf    int    // N of the third
	cores     int    // for this run
	saveEvery time.Duration

	before  float64 // seconds of training in earlier sittings
	updates int     // taken in them
	started time.Time
	saved   time.Time // when a save was last tried
	savedAt int       // the environment step of the last whole save, 0 without one
}

// prepare makes the evaluators of a trainer that has its run.
func (t *trainer) prepare(episodes int, trial bool) (err error) {
	o, a := t.run.Options, t.run.Agent
	if t.evaluator, err = train.NewEvaluators(episodes, t.cores, func(episodes int) (*train.Evaluator, error) {
		return train.NewEvaluator(o.Task, o.Model, episodes, &a.EMA)
	}); err != nil {
		return err
	}
	if t.bestOf > 1 {
		if t.best, err = train.NewEvaluators(episodes, t.cores, func(episodes int) (*train.Evaluator, error) {
			return train.NewBestOfEvaluator(o.Task, o.Model, episodes, &a.EMA, t.bestOf, a.Critics.Net, &a.Critics.Online)
		}); err != nil {
			return err
		}
	}
	if trial {
		t.evaluator.Start(train.TrialSeed)
		t.best.Start(train.TrialSeed)
	}
	return nil
}

// loop trains to the end, or saves and stops when ctx is cancelled.
func (t *trainer) loop(ctx context.Context) error {
	if l, ok := t.run.Learner.(*fpmd.Learner); ok && len(l.Shards) > 1 {
		crew := fpmd.NewThreads(l, min(len(l.Shards), t.cores))
		defer crew.Close()
		l.Crew = crew
	}
	t.started = time.Now()
	t.saved = t.started
	o := t.run.Options
	t.event(o.Seed, "start", map[string]any{
		"program": checkpoint.Program, "go": runtime.Version(), "lanes": kernel.Lanes(), "task": o.Task, "algorithm": o.Algorithm,
		"seed": o.Seed, "steps": o.Steps, "envSteps": t.run.EnvSteps,
	}, fmt.Sprintf("%s on %s, seed %d, %d steps, from step %d; %s; kernels with %s", o.Algorithm, o.Task, o.Seed, o.Steps, t.run.EnvSteps, runtime.Version(), lanes()))
	for !t.run.Done() {
		if t.run.EnvSteps%t.every == 0 && !t.evaluated() && !t.evaluate(ctx) {
			return t.stop()
		}
		if err := t.run.Step(); err != nil {
			if last := t.savedAt; last > 0 {
				return fmt.Errorf("%w; the save of step %d stays in %s", err, last, t.dir)
			}
			return fmt.Errorf("%w; nothing was saved before", err)
		}
		if ctx.Err() != nil {
			return t.stop()
		}
		t.tick()
	}
	if !t.evaluated() && !t.evaluate(ctx) {
		return t.stop()
	}
	if err := t.save(); err != nil {
		return err
	}
	hash := checkpoint.PolicyOf(t.run, checkpoint.Record{}).Hash()
	t.event(o.Seed, "done", map[string]any{"envSteps": t.run.EnvSteps, "updates": t.run.Agent.Updates, "seconds": t.seconds(), "hash": hash},
		fmt.Sprintf("done: %d updates in %.1f s; weights %s; files in %s", t.run.Agent.Updates, t.seconds(), hash, t.dir))
	return nil
}

// stop saves a run that was interrupted.
func (t *trainer) stop() error {
	if err := t.save(); err != nil {
		return err
	}
	return fmt.Errorf("seed %d stopped at step %d of %d; -resume goes on", t.run.Options.Seed, t.run.EnvSteps, t.run.Options.Steps)
}

func lanes() string {
	if kernel.Lanes() == 1 {
		return "1 lane (scalar; `make fpmd` builds the fast program)"
	}
	return fmt.Sprintf("%d SIMD lanes", kernel.Lanes())
}

func (t *trainer) seconds() float64 { return t.before + time.Since(t.started).Seconds() }

func (t *trainer) evaluated() bool {
	n := len(t.run.Curve)
	return n > 0 && t.run.Curve[n-1].EnvSteps == t.run.EnvSteps
}

// evaluate appends an evaluation to the curve; it reports false, and appends nothing, when ctx is cancelled meanwhile.
func (t *trainer) evaluate(ctx context.Context) bool {
	keepOn := func() bool { return ctx.Err() == nil }
	p := &t.run.Agent.EMA
	e := train.Evaluation{EnvSteps: t.run.EnvSteps, Updates: t.run.Agent.Updates, Seconds: t.seconds(), ManySteps: t.many}
	for _, way := range []struct {
		evaluators train.Evaluators
		k          int
		into       *train.Returns
	}{{t.evaluator, 1, &e.OneStep}, {t.evaluator, t.many, &e.Many}, {t.best, t.many, &e.Best}} {
		if way.evaluators == nil {
			continue
		}
		returns := way.evaluators.Evaluate(p, way.k, keepOn)
		if returns == nil {
			return false
		}
		*way.into = train.Summarise(returns)
	}
	if t.best != nil {
		e.BestOf = t.bestOf
	}
	t.run.Curve = append(t.run.Curve, e)
	text := ""
	if t.several {
		text = fmt.Sprintf("step %d of %d: return %.1f one-step, %.1f %d-step", e.EnvSteps, t.run.Options.Steps, e.OneStep.Mean, e.Many.Mean, e.ManySteps)
	}
	t.event(t.run.Options.Seed, "evaluation", e, text)
	return true
}

// tick draws the progress bar and saves when it is time. A save that fails, as on a full disk, leaves the one before it and
// is tried again after saveEvery; the training goes on.
func (t *trainer) tick() {
	t.bar(t.run, float64(t.run.Agent.Updates-t.updates)/max(time.Since(t.started).Seconds(), 1e-3))
	if now := time.Now(); now.Sub(t.saved) > t.saveEvery {
		t.saved = now
		if err := t.save(); err != nil {
			t.event(t.run.Options.Seed, "unsaved", map[string]any{"envSteps": t.run.EnvSteps, "error": err.Error(), "savedAt": t.savedAt},
				fmt.Sprintf("step %d is not saved: %v; the save of step %d stays, the next attempt comes in %s", t.run.EnvSteps, err, t.savedAt, t.saveEvery))
		}
	}
}

// save writes run, policy and record.
func (t *trainer) save() error {
	record := checkpoint.NewRecord(t.seconds())
	b, err := checkpoint.RunBytes(t.run, record)
	if err != nil {
		return err
	}
	policy := checkpoint.PolicyOf(t.run, record)
	p, err := checkpoint.PolicyBytes(policy)
	if err != nil {
		return err
	}
	r := runRecord{checkpoint.RunRecord{
		Command: t.command, Options: t.run.Options, Hash: policy.Hash(), Record: policy.Record, CPU: runtime.NumCPU(), Machine: machine(),
	}}
	if err := errors.Join(replace(filepath.Join(t.dir, runFile), b), replace(filepath.Join(t.dir, policyFile), p), r.write(t.dir)); err != nil {
		return err
	}
	t.savedAt = t.run.EnvSteps
	return nil
}

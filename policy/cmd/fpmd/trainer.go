package main

import (
	"context"
	"errors"
	"fmt"
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
	folder    *folder // dir, claimed
	command   string  // as it was typed
	every     int     // environment steps between evaluations
	many      int     // K of the second evaluation
	bestOf    int     // N of the third
	cores     int     // for this run
	film      int     // moments to keep
	saveEvery time.Duration

	before  float64 // seconds of training in earlier sittings
	updates int     // taken in them
	started time.Time
	saved   time.Time // when the last attempt at a save ended
	savedAt int       // the environment step of the last whole save
	saves   bool      // there is one
	behind  bool      // the record in the folder is not that of the run

	burst   *train.Burst // told last
	burstAt time.Time
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
	t.evaluator.ChargeUnclipped(o.Config.Shared().UnclippedCost)
	t.best.ChargeUnclipped(o.Config.Shared().UnclippedCost)
	if trial {
		t.evaluator.Start(train.TrialSeed)
		t.best.Start(train.TrialSeed)
	}
	return nil
}

// loop trains to the end, or saves and stops when ctx is cancelled.
func (t *trainer) loop(ctx context.Context) error {
	if l := fpmd.Parallel(t.run.Learner); l != nil {
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
	if err := t.first(); err != nil {
		return err
	}
	moments := train.NewMoments(t.run, t.film)
	for !t.run.Done() {
		t.keep(moments)
		if t.run.EnvSteps%t.every == 0 && !t.evaluated() && !t.evaluate(ctx) {
			return t.stop(ctx)
		}
		if err := t.run.Step(); err != nil {
			return fmt.Errorf("%w; the save of step %d stays in %s", err, t.savedAt, t.dir)
		}
		t.tellBurst()
		if ctx.Err() != nil {
			return t.stop(ctx)
		}
		t.tick()
	}
	if !t.evaluated() && !t.evaluate(ctx) {
		return t.stop(ctx)
	}
	t.keep(moments)
	if err := t.finish(ctx); err != nil {
		return err
	}
	hash := checkpoint.PolicyOf(t.run, checkpoint.Record{}).Hash()
	t.event(o.Seed, "done", map[string]any{"envSteps": t.run.EnvSteps, "updates": t.run.Agent.Updates, "seconds": t.seconds(), "hash": hash},
		fmt.Sprintf("done: %d updates in %.1f s; weights %s; files in %s", t.run.Agent.Updates, t.seconds(), hash, t.dir))
	return nil
}

// first saves a run before its first step, so that what cannot be saved is not begun, and whatever happens there is a save;
// and the record of one that goes on where the folder's is not its own.
func (t *trainer) first() error {
	if t.saves && !t.behind {
		return nil
	}
	err := t.record(checkpoint.PolicyOf(t.run, checkpoint.NewRecord(t.seconds()))).write(t.dir)
	if err == nil && !t.saves {
		err = t.save()
	}
	if err != nil {
		return fmt.Errorf("nothing can be saved in %s: %w", t.dir, err)
	}
	return nil
}

// finish saves the end of a run. Where that fails, as on a full disk, it is tried three times more.
func (t *trainer) finish(ctx context.Context) (err error) {
	for try := 0; ; try++ {
		if err = t.save(); err == nil {
			return nil
		}
		if try == 3 {
			return t.unsaved(err)
		}
		wait := min(t.saveEvery, 10*time.Second)
		t.tell(err, wait)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return t.unsaved(err)
		}
	}
}

// stop saves a run that was interrupted.
func (t *trainer) stop(ctx context.Context) error {
	by := ""
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		by = fmt.Sprintf(" by %v", cause)
	}
	if err := t.save(); err != nil {
		return fmt.Errorf("seed %d was stopped%s: %w", t.run.Options.Seed, by, t.unsaved(err))
	}
	return fmt.Errorf("seed %d was stopped%s at step %d of %d and is saved; -resume goes on", t.run.Options.Seed, by, t.run.EnvSteps, t.run.Options.Steps)
}

// unsaved says what stays where a save has failed.
func (t *trainer) unsaved(err error) error {
	return fmt.Errorf("step %d is not saved: %w; the save of step %d stays in %s", t.run.EnvSteps, err, t.savedAt, t.dir)
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

// evaluate appends an evaluation to the curve; it reports false, and appends nothing, when ctx is cancelled meanwhile. An
// evaluation that takes long is left to itself then; it only reads weights. The run is saved by the clock all the while.
func (t *trainer) evaluate(ctx context.Context) bool {
	e := train.Evaluation{EnvSteps: t.run.EnvSteps, Updates: t.run.Agent.Updates, Seconds: t.seconds(), ManySteps: t.many}
	for _, way := range []struct {
		evaluators train.Evaluators
		k          int
		into       *train.Returns
	}{{t.evaluator, 1, &e.OneStep}, {t.evaluator, t.many, &e.Many}, {t.best, t.many, &e.Best}} {
		if way.evaluators == nil {
			continue
		}
		returns, ok := t.await(ctx, func(keepOn func() bool) []float64 { return way.evaluators.Evaluate(&t.run.Agent.EMA, way.k, keepOn) })
		if !ok {
			return false
		}
		*way.into = train.Summarise(returns)
		if d := way.evaluators.Diverged(); d != nil {
			t.event(t.run.Options.Seed, "diverged", map[string]any{"envSteps": e.EnvSteps, "k": way.k, "episode": d.Episode, "step": d.Step, "what": d.What},
				fmt.Sprintf("in the evaluation at step %d with K = %d, %v; the training goes on", e.EnvSteps, way.k, d))
		}
		if b := way.evaluators.Burst(); b != nil {
			t.event(t.run.Options.Seed, "burst", map[string]any{"envSteps": e.EnvSteps, "k": way.k, "episode": b.Episode, "step": b.Step, "error": b.What},
				fmt.Sprintf("in the evaluation at step %d with K = %d, %v; it ended there", e.EnvSteps, way.k, b))
		}
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

// await is the result of play, which ends soon once keepOn reports false; ok is false where ctx is cancelled before that.
func (t *trainer) await(ctx context.Context, play func(keepOn func() bool) []float64) (returns []float64, ok bool) {
	result := make(chan []float64, 1)
	go func() { result <- play(func() bool { return ctx.Err() == nil }) }()
	for {
		select {
		case returns = <-result:
			return returns, returns != nil
		case <-ctx.Done():
			return nil, false
		case <-time.After(t.saveEvery - time.Since(t.saved)):
			t.saveOnTime(t.run.EnvSteps > t.savedAt)
		}
	}
}

// tick draws the progress bar and saves when it is time.
func (t *trainer) tick() {
	t.bar(t.run, float64(t.run.Agent.Updates-t.updates)/max(time.Since(t.started).Seconds(), 1e-3))
	if time.Since(t.saved) >= t.saveEvery {
		t.saveOnTime(true)
	}
}

// saveOnTime saves a run that has news. A save that fails, as on a full disk, leaves the one before it and is tried again
// after saveEvery; the training goes on. The time counts from the end of a save, so that a slow disk leaves time to learn.
func (t *trainer) saveOnTime(news bool) {
	defer func() { t.saved = time.Now() }()
	if !news {
		return
	}
	if err := t.save(); err != nil {
		t.tell(err, t.saveEvery)
	}
}

// burstPause is the least time between two reports of bodies, or rewards, that diverge.
const burstPause = 2 * time.Second

// tellBurst reports that a body or its reward has left the finite world; the training goes on.
func (t *trainer) tellBurst() {
	if b := t.run.Burst; b != t.burst && time.Since(t.burstAt) >= burstPause {
		t.burst, t.burstAt = b, time.Now()
		t.event(t.run.Options.Seed, "burst", map[string]any{"envSteps": b.EnvStep, "error": b.Cause.Error()}, b.Error())
	}
}

// tell reports a save that has failed.
func (t *trainer) tell(err error, wait time.Duration) {
	t.event(t.run.Options.Seed, "unsaved", map[string]any{"envSteps": t.run.EnvSteps, "error": err.Error(), "savedAt": t.savedAt},
		fmt.Sprintf("%v; the next attempt comes in %s", t.unsaved(err), wait))
}

// keep keeps the moment of the policy that is due. Where that fails, as on a full disk, it is missing and the training goes on.
func (t *trainer) keep(moments *train.Moments) {
	if !moments.Due(t.run.EnvSteps) {
		return
	}
	b, err := checkpoint.MomentBytes(t.run, checkpoint.NewRecord(t.seconds()))
	if err == nil {
		err = t.folder.keep(t.run.EnvSteps, b)
	}
	if err != nil {
		t.event(t.run.Options.Seed, "unkept", map[string]any{"envSteps": t.run.EnvSteps, "error": err.Error()},
			fmt.Sprintf("the film lacks the moment of step %d: %v; the training goes on", t.run.EnvSteps, err))
	}
}

// save writes run, policy and record.
func (t *trainer) save() error {
	story := checkpoint.NewRecord(t.seconds())
	b, err := checkpoint.RunBytes(t.run, story)
	if err != nil {
		return err
	}
	policy := checkpoint.PolicyOf(t.run, story)
	p, err := checkpoint.PolicyBytes(policy)
	if err != nil {
		return err
	}
	if err := t.folder.save(b, p, t.record(policy)); err != nil {
		return err
	}
	t.savedAt, t.saves = t.run.EnvSteps, true
	return nil
}

// record is what the run leaves for people.
func (t *trainer) record(policy *checkpoint.Policy) *runRecord {
	return &runRecord{checkpoint.RunRecord{
		Command: t.command, Options: t.run.Options, Hash: policy.Hash(), Record: policy.Record, CPU: runtime.NumCPU(), Machine: machine(),
	}}
}

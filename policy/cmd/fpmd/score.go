package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"onestep/engine/rng"
	"onestep/policy/actor"
	"onestep/policy/checkpoint"
	"onestep/policy/train"
)

// score is how a finished policy does under one way of acting.
type score struct {
	K            int           `json:"k"`
	NFE          int           `json:"nfe"`       // evaluations of the policy's network per action
	BestOf       int           `json:"bestOf"`    // candidates per action; 1 is no choice
	CriticNFE    int           `json:"criticNFE"` // evaluations of critics per action
	Returns      train.Returns `json:"returns"`
	Microseconds float64       `json:"microseconds"` // per action, one at a time: see latency
}

// scoreFlags are the flags of fpmd score.
type scoreFlags struct{ k, bestOf, episodes int }

func runScore(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var q scoreFlags
	f := flag.NewFlagSet("score", flag.ContinueOnError)
	f.IntVar(&q.k, "k", 20, "sampler steps of the evaluations that are not one-step")
	f.IntVar(&q.bestOf, "best-of", 8, "candidates of the third evaluation, with the steps of -k")
	f.IntVar(&q.episodes, "episodes", 20, "episodes per evaluation, each from its fixed seed")
	if err := parse(f, args, -1, stderr); err != nil {
		return err
	}
	switch {
	case f.NArg() == 0:
		return wrongUse(f, "it takes the folders of finished trainings")
	case q.k < 2 || q.k > maxSteps:
		return wrongUse(f, "-k must lie in 2..%d, not %d", maxSteps, q.k)
	case q.bestOf < 2 || q.bestOf > maxBestOf:
		return wrongUse(f, "-best-of must lie in 2..%d, not %d", maxBestOf, q.bestOf)
	case q.episodes < 1:
		return wrongUse(f, "-episodes must be at least 1, not %d", q.episodes)
	}
	for _, dir := range f.Args() {
		if err := q.scoreRun(ctx, dir, stdout); err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
	}
	return nil
}

// scoreRun plays the policy of a finished training in every way and writes the scores into its record.
func (q *scoreFlags) scoreRun(ctx context.Context, dir string, stdout io.Writer) error {
	r, err := readRecord(dir)
	if err != nil {
		return err
	}
	p, err := readPolicyFile(filepath.Join(dir, policyFile))
	if err != nil {
		return err
	}
	switch hash := p.Hash(); {
	case hash != r.Hash:
		return fmt.Errorf("the record is of weights %s, the policy has %s", r.Hash, hash)
	case r.Record.EnvSteps < r.Options.Steps:
		return fmt.Errorf("the training has taken %d of its %d steps", r.Record.EnvSteps, r.Options.Steps)
	}
	r.Scores = nil
	for _, way := range [][2]int{{1, 1}, {q.k, 1}, {q.k, q.bestOf}} {
		if p.Actor.NFE(way[0]) == 1 && way[0] > 1 {
			way[0] = 1 // its sample has one step
		}
		s := score{K: way[0], NFE: p.Actor.NFE(way[0]) * way[1], BestOf: way[1]}
		if s.BestOf > 1 {
			s.CriticNFE = 2 * s.BestOf
		}
		if slices.ContainsFunc(r.Scores, func(other score) bool { return other.K == s.K && other.BestOf == s.BestOf }) {
			continue
		}
		returns, err := evaluate(ctx, p, s.K, s.BestOf, q.episodes)
		if err != nil {
			return err
		}
		s.Returns, s.Microseconds = train.Summarise(returns), latency(p, s.K, s.BestOf)
		r.Scores = append(r.Scores, s)
		fmt.Fprintf(stdout, "%s on %s, seed %d, K = %d, best of %d: mean %.2f, std %.2f over %d episodes; %.1f us per action\n", r.Options.Algorithm,
			r.Options.Task, r.Options.Seed, s.K, s.BestOf, s.Returns.Mean, s.Returns.Std, s.Returns.Episodes, s.Microseconds)
	}
	return r.write(dir)
}

// latency is the time of one action in one state, in microseconds: noise, K steps of the sampler and, among several
// candidates, the critics' choice. It is the median over batches of actions, so that a busy machine shows less.
func latency(p *checkpoint.Policy, k, bestOf int) float64 {
	const batches, actions = 41, 20
	noise, obs := rng.New(1), make([]float32, p.Actor.ObsDim())
	noise.FillNormal(obs)
	a := actor.New(&p.Actor, p.CriticNet, bestOf)
	took := make([]float64, batches)
	for i := range took {
		start := time.Now()
		for range actions {
			noise.FillNormal(a.Noise)
			a.Act(&p.Actor, &p.Critics, obs, k, bestOf)
		}
		took[i] = time.Since(start).Seconds() * 1e6 / actions
	}
	slices.Sort(took)
	return took[batches/2]
}

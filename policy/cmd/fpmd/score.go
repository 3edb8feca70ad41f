package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"onestep/policy/checkpoint"
	"onestep/policy/train"
)

type score = checkpoint.Score

// scoreCommand plays the policies of finished trainings.
type scoreCommand struct {
	K        int      `name:"k" default:"20" range:"2..1000" help:"Sampler steps of the evaluations that are not one-step."`
	BestOf   int      `name:"best-of" default:"8" range:"2..1024" help:"Candidates of the third evaluation, with the steps of -k."`
	Episodes int      `name:"episodes" default:"20" range:"1..10000" help:"Episodes per evaluation, each from its fixed seed."`
	Dirs     []string `arg:"" optional:"" name:"dir" help:"Folders of finished trainings."`
}

// Run scores one after the other.
func (q *scoreCommand) Run(s *session) error {
	if len(q.Dirs) == 0 {
		return wrongUse("it takes the folders of finished trainings")
	}
	for _, dir := range q.Dirs {
		if err := q.scoreRun(s, dir); err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
	}
	return nil
}

// scoreRun plays the policy of a finished training in every way and writes the scores into its record.
func (q *scoreCommand) scoreRun(s *session, dir string) error {
	if !holdsRun(dir) {
		return fmt.Errorf("it holds no run")
	}
	f, err := claim(dir)
	if err != nil {
		return err
	}
	defer f.release()
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
	for _, way := range [][2]int{{1, 1}, {q.K, 1}, {q.K, q.BestOf}} {
		if p.Actor.NFE(way[0]) == 1 && way[0] > 1 {
			way[0] = 1 // its sample has one step
		}
		c := score{K: way[0], NFE: p.Actor.NFE(way[0]) * way[1], BestOf: way[1]}
		if c.BestOf > 1 {
			c.CriticNFE = 2 * c.BestOf
		}
		if slices.ContainsFunc(r.Scores, func(other score) bool { return other.K == c.K && other.BestOf == c.BestOf }) {
			continue
		}
		returns, err := evaluate(s, p, acting{K: c.K, BestOf: c.BestOf}, q.Episodes)
		if err != nil {
			return err
		}
		c.Returns, c.Microseconds = train.Summarise(returns), microseconds(p, c.K, c.BestOf)
		r.Scores = append(r.Scores, c)
		fmt.Fprintf(s.stdout, "%s on %s, seed %d, K = %d, best of %d: mean %.2f, std %.2f over %d episodes; %.1f us per action\n", r.Options.Algorithm,
			r.Options.Task, r.Options.Seed, c.K, c.BestOf, c.Returns.Mean, c.Returns.Std, c.Returns.Episodes, c.Microseconds)
	}
	return r.write(dir)
}

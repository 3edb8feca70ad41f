package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"onestep/policy/tabular"
)

// learnMethod learns a mirror map in place of following one.
const learnMethod = "learn"

// learnResult is what fpmd mirror -method learn -json prints.
type learnResult struct {
	Seed        uint64               `json:"seed"`
	Generations []learnGeneration    `json:"generations"`
	Map         tabular.Map          `json:"map"`
	Comparison  []tabular.Comparison `json:"comparison"`
}

// learnGeneration is the map after a generation, and the mean shortfall of its strategies.
type learnGeneration struct {
	K         int       `json:"k"`
	Shortfall float64   `json:"shortfall"`
	W         []float64 `json:"w"`
}

// learn learns a map for -k generations and compares it with others on held-out grids.
func (q *mirrorFlags) learn(s *session) (*learnResult, error) {
	for _, f := range typed(s.parsed) {
		if !slices.Contains([]string{"method", "k", "seed", "json"}, f.Name) {
			return nil, fmt.Errorf("%s makes its own grids and its own map: leave out -%s", learnMethod, f.Name)
		}
	}
	generations := tabular.LearnGenerations
	if s.given("k") {
		generations = q.K
	}
	if generations < 0 || generations > 1000 {
		return nil, fmt.Errorf("the generations must lie in 0..1000, not %d", generations)
	}
	l := tabular.NewLearner(q.Seed)
	r := &learnResult{Seed: q.Seed, Generations: []learnGeneration{}}
	for l.Generation < generations {
		if err := l.Advance(s); err != nil {
			return nil, fmt.Errorf("the learning was interrupted: %w", err)
		}
		r.Generations = append(r.Generations, learnGeneration{l.Generation, l.Shortfall, l.Map().W})
	}
	var err error
	r.Map = l.Map()
	if r.Comparison, err = l.Compare(s); err != nil {
		return nil, fmt.Errorf("the comparison was interrupted: %w", err)
	}
	return r, nil
}

// printLearned learns and prints.
func (q *mirrorCommand) printLearned(s *session) error {
	r, err := q.learn(s)
	if err != nil {
		return err
	}
	if q.JSON {
		return json.NewEncoder(s.stdout).Encode(r)
	}
	return writeLearned(s.stdout, r)
}

func writeLearned(w io.Writer, r *learnResult) error {
	var b strings.Builder
	fmt.Fprintf(&b, "a mixed map, learned on %d grids, seed %d; shortfall is the mean of gap(rho)/V*(rho)\n%5s %10s   %s\n", tabular.LearnGrids, r.Seed, "k", "shortfall", "weights of log p, p, -p^(-1/2), p^(1/2), p^3")
	for _, g := range r.Generations {
		fmt.Fprintf(&b, "%5d %10.4f  %s\n", g.K, g.Shortfall, weightsOf(g.W))
	}
	fmt.Fprintf(&b, "\non %d other grids:\n", tabular.HeldOutGrids)
	for _, c := range r.Comparison {
		fmt.Fprintf(&b, "%-28s eta %-5g %10.4f\n", c.Name, c.Eta, c.Shortfall)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func weightsOf(w []float64) string {
	var b strings.Builder
	for _, v := range w {
		b.WriteString(" " + strconv.FormatFloat(v, 'f', 4, 64))
	}
	return b.String()
}

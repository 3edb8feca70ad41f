//go:build !js

package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// again is this program's second place in each round: what a contender differs by from itself is the spread of the measurement.
const again = "again"

// loops is this program without the code that it has written out for its bodies: what a dropped one takes.
const loops = "loops"

// lossAllowed is the part of a ratio that may be lost beyond that spread before a run fails.
const lossAllowed = 0.10

// recordedIn is where the last recorded result of each processor lies, below the module's root.
const recordedIn = "web/bench/results"

// standing is how many times as long as ours another contender took for a piece of work. The median slice tells what a person
// meets, and moves with everything else that the machine does; the best slice hardly moves, and is what the code can do.
type standing struct {
	Work, Contender string
	Best, Median    float64
	Spread          float64 // |ln| of the median's ratio for this program beside itself, 0 where it was not measured
}

// standings are those of peers in other processes' hands; this program natively is none.
func (r *record) standings() []standing {
	var list []standing
	add := func(work string, timings []Timing) {
		ours, ok := find(timings, "onestep")
		if !ok {
			return
		}
		spread := 0.0
		if twin, ok := find(timings, again); ok {
			spread = math.Abs(math.Log(twin.Median / ours.Median))
		}
		for _, t := range timings {
			if t.Contender != "onestep" && t.Contender != "native" && t.Contender != loops && t.Contender != again {
				list = append(list, standing{Work: work, Contender: t.Contender, Best: t.Min / ours.Min, Median: t.Median / ours.Median, Spread: spread})
			}
		}
	}
	for _, b := range r.Physics {
		add(b.Task, b.Timings)
	}
	for _, item := range r.Learning {
		add(item.Item, item.Timings)
	}
	return list
}

// against writes how the standings of now differ from those recorded, and returns those that are lost: lower than recorded by the
// best and by the median slice, by more than lossAllowed beyond the spread, which is that of the work or the median of all works',
// whichever is larger.
func (r *record) against(recorded *record) (table string, lost []string) {
	now := r.standings()
	spreads := make([]float64, len(now))
	for i, s := range now {
		spreads[i] = s.Spread
	}
	slices.Sort(spreads)
	then := map[[2]string]standing{}
	for _, s := range recorded.standings() {
		then[[2]string{s.Work, s.Contender}] = s
	}
	var w strings.Builder
	fmt.Fprintf(&w, "\n## Beside the recorded result of %s (commit %s)\n\nThe other's time over ours, by the best and by the median slice. The spread is that of this program beside itself in this run.\n\n", recorded.Time, recorded.Commit)
	fmt.Fprintf(&w, "| work | contender | recorded | now | change | spread |\n|---|---|---|---|---|---|\n")
	for _, s := range now {
		was, ok := then[[2]string{s.Work, s.Contender}]
		if !ok {
			continue
		}
		spread := max(s.Spread, quantile(spreads, 0.5))
		best, median := s.Best/was.Best, s.Median/was.Median
		fmt.Fprintf(&w, "| %s | %s | %.2f / %.2f | %.2f / %.2f | %+.0f %% / %+.0f %% | %.0f %% |\n", s.Work, titles[s.Contender],
			was.Best, was.Median, s.Best, s.Median, 100*(best-1), 100*(median-1), 100*spread)
		if max(best, median) < (1-lossAllowed)*math.Exp(-spread) {
			lost = append(lost, fmt.Sprintf("%s beside %s: %.2f / %.2f, recorded %.2f / %.2f", s.Work, titles[s.Contender], s.Best, s.Median, was.Best, was.Median))
		}
	}
	return w.String(), lost
}

// recordedPath is the file of this processor's last recorded result.
func (r *record) recordedPath(root string) string {
	slug := strings.Join(strings.FieldsFunc(strings.ToLower(r.Machine), func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') }), "-")
	return filepath.Join(root, filepath.FromSlash(recordedIn), slug+".json")
}

// recorded reads this processor's last recorded result; nil where there is none.
func (r *record) recorded(root string) (*record, error) {
	return readRecord(r.recordedPath(root))
}

func readRecord(path string) (*record, error) {
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var r record
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &r, nil
}

// keep makes the run this processor's recorded result, without its single slices, and writes the tables of all processors.
func (r *record) keep(root string) error {
	kept := *r
	kept.Physics, kept.Learning = slices.Clone(r.Physics), slices.Clone(r.Learning)
	for i := range kept.Physics {
		b := &kept.Physics[i]
		b.Timings, b.AsTask = summaries(b.Timings), summaries(b.AsTask)
	}
	for i := range kept.Learning {
		kept.Learning[i].Timings = summaries(kept.Learning[i].Timings)
	}
	text, err := json.MarshalIndent(kept, "", " ")
	if err != nil {
		return err
	}
	path := r.recordedPath(root)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
		return err
	}
	paths, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.json"))
	if err != nil {
		return err
	}
	var w strings.Builder
	fmt.Fprintf(&w, "# Benchmarks\n\nA part for each processor, from its last `make bench BENCH=-record`.\n")
	for _, path := range paths {
		one, err := readRecord(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(&w, "\n%s", strings.ReplaceAll(one.markdown("## "+one.Machine), "\n## ", "\n### "))
	}
	return os.WriteFile(filepath.Join(root, "web", "bench", "RESULTS.md"), []byte(w.String()), 0o644)
}

func summaries(timings []Timing) []Timing {
	list := slices.Clone(timings)
	for i := range list {
		list[i].Slices = nil
	}
	return list
}

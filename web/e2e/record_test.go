//go:build record

package e2e

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"onestep/policy/agents"
	"onestep/policy/checkpoint"
	"onestep/policy/train"
)

// tabRecord is what a record leaves: trainings from scratch in a tab, as a visitor has them.
type tabRecord struct {
	Command  string    `json:"command"`
	Program  string    `json:"program"`
	Viewport string    `json:"viewport"`
	CPUs     int       `json:"cpus"`
	Start    []float64 `json:"navigationToFirstFrameSeconds"` // one of each tab
	Median   float64   `json:"medianSecondsToSolve"`          // over the first algorithm's seeds; a run that never solves counts as infinite
	Runs     []tabRun  `json:"runs"`
}

// tabRun is one training.
type tabRun struct {
	Task      string  `json:"task"`
	Algorithm string  `json:"algorithm"`
	Seed      uint64  `json:"seed"`
	Solved    float64 `json:"solved"`         // the return that counts as learned
	Episodes  int     `json:"episodes"`       // of an evaluation
	Updates   int     `json:"updatesToSolve"` // at the first evaluation above it; -1: never
	EnvSteps  int     `json:"envStepsToSolve"`
	Seconds   float64 `json:"secondsToSolve"` // wall time of training, evaluations and probes included
	Trained   int     `json:"envSteps"`       // when the training was ended
	Final     float64 `json:"finalOneStep"`   // mean return of the last evaluation, one step
	FinalMany float64 `json:"finalManyStep"`
	Whole     float64 `json:"secondsInAll"`
	PerUpdate float64 `json:"millisecondsPerUpdate"`             // all of the run's wall time over its updates
	Longest   float64 `json:"longestMainThreadTaskMilliseconds"` // 0: none reached the 50 ms from which a browser reports
	Hash      string  `json:"hash"`
}

// TestRecordPendulum trains Pendulum with both variants and five seeds in fresh tabs at 1280x800 and writes
// web/docs/records/pendulum-tab.json. Run it on a machine that does nothing else:
//
//	make dist && go test -tags record -count=1 -timeout 30m ./web/e2e -run TestRecordPendulum
func TestRecordPendulum(t *testing.T) {
	record := newTabRecord("TestRecordPendulum")
	for _, alg := range []string{"fpmd-m", "fpmd-r"} {
		for seed := uint64(1); seed <= 5; seed++ {
			record.add(t, tabRun{Task: "pendulum", Algorithm: alg, Seed: seed, Solved: -200}, "finished", 5*time.Minute)
		}
	}
	record.write(t, "pendulum-tab.json")
}

// TestRecordRunner trains HalfCheetah with FPMD-M from scratch in a tab at 1280x800 for ten minutes, or until an evaluation
// is above 2000, and writes web/docs/records/half_cheetah-tab.json:
//
//	make dist && go test -tags record -count=1 -timeout 30m ./web/e2e -run TestRecordRunner
func TestRecordRunner(t *testing.T) {
	record := newTabRecord("TestRecordRunner")
	record.add(t, tabRun{Task: "half_cheetah", Algorithm: "fpmd-m", Seed: 1, Solved: 2000}, "solved", 10*time.Minute)
	record.write(t, "half_cheetah-tab.json")
}

func newTabRecord(test string) *tabRecord {
	return &tabRecord{
		Command:  "go test -tags record -count=1 -timeout 30m ./web/e2e -run " + test,
		Program:  checkpoint.Program + ", " + runtime.Version(),
		Viewport: "1280x800", CPUs: runtime.NumCPU(),
	}
}

// add trains in a fresh tab until the training is finished or solved, or the limit has passed. The tab is closed then, so
// that it takes nothing from the next.
func (r *tabRecord) add(t *testing.T, run tabRun, until string, limit time.Duration) {
	t.Run(fmt.Sprintf("%s with seed %d", run.Algorithm, run.Seed), func(t *testing.T) {
		run, start := trainInTab(t, run, until, limit)
		r.Runs, r.Start = append(r.Runs, run), append(r.Start, start)
		t.Logf("%+v; first frame after %.2f s", run, start)
	})
}

func (r *tabRecord) write(t *testing.T, name string) {
	var seconds []float64
	for _, run := range r.Runs {
		if run.Algorithm == r.Runs[0].Algorithm {
			seconds = append(seconds, run.Seconds)
			if run.Seconds < 0 {
				seconds[len(seconds)-1] = math.MaxFloat64
			}
		}
	}
	slices.Sort(seconds)
	r.Median = seconds[len(seconds)/2]
	b, err := json.MarshalIndent(r, "", "  ")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll("../docs/records", 0o755))
	require.NoError(t, os.WriteFile("../docs/records/"+name, append(b, '\n'), 0o644))
}

func trainInTab(t *testing.T, run tabRun, until string, limit time.Duration) (tabRun, float64) {
	began := time.Now()
	p := open(t, fmt.Sprintf("%s#v=1&task=%s&alg=%s&seed=%d", address, run.Task, run.Algorithm, run.Seed), 1280, 800)
	p.drawn()
	start := time.Since(began).Seconds()
	p.phase("idle", 30*time.Second)
	p.eval(`(() => {
		window.longest = 0;
		new PerformanceObserver((list) => list.getEntries().forEach((e) => { window.longest = Math.max(window.longest, e.duration) })).observe({ type: 'longtask' });
	})()`, nil)
	p.click("train")
	p.trained(run, until, limit)
	p.eval("window.longest", &run.Longest)
	p.click("export")
	p.click("export-policy")
	b, err := os.ReadFile(p.downloaded(fmt.Sprintf("onestep-%s-%s-seed%d.safetensors", run.Task, run.Algorithm, run.Seed)))
	require.NoError(t, err)
	policy, err := checkpoint.ReadPolicy(b)
	require.NoError(t, err)
	run.Updates, run.EnvSteps, run.Seconds, run.Trained, run.Hash = -1, -1, -1, policy.Record.EnvSteps, policy.Hash()
	curve := policy.Record.Curve
	if i := slices.IndexFunc(curve, func(e train.Evaluation) bool { return e.OneStep.Mean > run.Solved }); i >= 0 {
		run.Updates, run.EnvSteps, run.Seconds = curve[i].Updates, curve[i].EnvSteps, curve[i].Seconds
	}
	last := curve[len(curve)-1]
	run.Final, run.FinalMany, run.Whole, run.Episodes = last.OneStep.Mean, last.Many.Mean, policy.Record.Seconds, last.OneStep.Episodes
	run.PerUpdate = 1000 * policy.Record.Seconds / float64(policy.Record.Updates)
	return run, start
}

// trained waits until the training is finished, or solved and then paused, and the stage has its policy. Whoever waits for
// a solution in vain is left with the training as the limit found it.
func (p *tab) trained(run tabRun, until string, limit time.Duration) {
	p.Helper()
	_, steps, err := agents.Settings(agents.Browser, run.Task, run.Algorithm, nil)
	require.NoError(p, err)
	if until == "finished" {
		p.phase("finished", limit)
	} else {
		solved := fmt.Sprintf("training.dataset.best !== '' && +training.dataset.best > %g", run.Solved)
		for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(time.Second) {
			var done bool
			if p.eval(solved, &done); done {
				break
			}
		}
		p.click("train")
		p.phase("paused", 20*time.Second)
		at := regexp.MustCompile(`at ([\d,]+) of`).FindStringSubmatch(p.text("training-status"))
		require.Len(p, at, 2)
		steps, err = strconv.Atoi(strings.ReplaceAll(at[1], ",", ""))
		require.NoError(p, err)
	}
	p.wait("the last policy on the stage", fmt.Sprintf("acting.dataset.source === 'training' && acting.dataset.steps === '%d'", steps), 20*time.Second)
}

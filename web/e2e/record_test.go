//go:build record

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/policy/fpmd"
	"onestep/policy/train"
)

// tabRecord is what TestRecord leaves: trainings of Pendulum from scratch in a tab, as a visitor has them.
type tabRecord struct {
	Command  string    `json:"command"`
	Program  string    `json:"program"`
	Viewport string    `json:"viewport"`
	CPUs     int       `json:"cpus"`
	Start    []float64 `json:"navigationToFirstFrameSeconds"` // one of each tab
	Runs     []tabRun  `json:"runs"`
}

// tabRun is one training.
type tabRun struct {
	Algorithm fpmd.Algorithm `json:"algorithm"`
	Seed      uint64         `json:"seed"`
	Solved    float64        `json:"solved"`         // the return that counts as learned
	Updates   int            `json:"updatesToSolve"` // at the first evaluation above it; -1: never
	EnvSteps  int            `json:"envStepsToSolve"`
	Seconds   float64        `json:"secondsToSolve"` // wall time of training, evaluations and probes included
	Final     float64        `json:"finalOneStep"`   // mean return of the last evaluation, one step
	FinalMany float64        `json:"finalManyStep"`
	Whole     float64        `json:"secondsInAll"`
	PerUpdate float64        `json:"millisecondsPerUpdate"`             // all of the run's wall time over its updates
	Longest   float64        `json:"longestMainThreadTaskMilliseconds"` // 0: none reached the 50 ms from which a browser reports
	Hash      string         `json:"hash"`
}

// TestRecord trains Pendulum with both variants and three seeds in fresh tabs at 1280x800 and writes
// web/docs/records/pendulum-tab.json. Run it on a machine that does nothing else:
//
//	make dist && go test -tags record -count=1 -timeout 30m ./web/e2e -run TestRecord
func TestRecord(t *testing.T) {
	record := tabRecord{
		Command:  "go test -tags record -count=1 -timeout 30m ./web/e2e -run TestRecord",
		Program:  checkpoint.Program + ", " + runtime.Version(),
		Viewport: "1280x800", CPUs: runtime.NumCPU(),
	}
	for _, alg := range []fpmd.Algorithm{fpmd.FPMDM, fpmd.FPMDR} {
		for seed := uint64(1); seed <= 3; seed++ {
			run, start := trainInTab(t, alg, seed)
			record.Runs, record.Start = append(record.Runs, run), append(record.Start, start)
			t.Logf("%+v; first frame after %.2f s", run, start)
		}
	}
	b, err := json.MarshalIndent(record, "", "  ")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll("../docs/records", 0o755))
	require.NoError(t, os.WriteFile("../docs/records/pendulum-tab.json", append(b, '\n'), 0o644))
}

func trainInTab(t *testing.T, alg fpmd.Algorithm, seed uint64) (tabRun, float64) {
	began := time.Now()
	p := open(t, fmt.Sprintf("%s&alg=%s&seed=%d", address+pendulum, alg, seed), 1280, 800)
	p.drawn()
	start := time.Since(began).Seconds()
	p.phase("idle", 30*time.Second)
	p.eval(`(() => {
		window.longest = 0;
		new PerformanceObserver((list) => list.getEntries().forEach((e) => { window.longest = Math.max(window.longest, e.duration) })).observe({ type: 'longtask' });
	})()`, nil)
	p.click("train")
	p.phase("finished", 5*time.Minute)
	var longest float64
	p.eval("window.longest", &longest)
	p.wait("the last policy on the stage", "acting.dataset.source === 'training' && acting.dataset.steps === '6000'", 20*time.Second)
	p.click("export")
	p.click("export-policy")
	b, err := os.ReadFile(p.downloaded(fmt.Sprintf("onestep-pendulum-%s-seed%d.safetensors", alg, seed)))
	require.NoError(t, err)
	policy, err := checkpoint.ReadPolicy(b)
	require.NoError(t, err)
	const solved = -200
	run := tabRun{Algorithm: alg, Seed: seed, Solved: solved, Updates: -1, EnvSteps: -1, Seconds: -1, Longest: longest, Hash: policy.Hash()}
	curve := policy.Record.Curve
	if i := slices.IndexFunc(curve, func(e train.Evaluation) bool { return e.OneStep.Mean > solved }); i >= 0 {
		run.Updates, run.EnvSteps, run.Seconds = curve[i].Updates, curve[i].EnvSteps, curve[i].Seconds
	}
	last := curve[len(curve)-1]
	run.Final, run.FinalMany, run.Whole = last.OneStep.Mean, last.Many.Mean, policy.Record.Seconds
	run.PerUpdate = 1000 * policy.Record.Seconds / float64(policy.Record.Updates)
	return run, start
}

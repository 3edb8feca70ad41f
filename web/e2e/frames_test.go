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
)

// frameRecord is what TestFrameRecord leaves: our own main-thread work per frame of the stage (Update and the building of
// draw calls; the browser's rasterising is not ours), with every layer on and 2,000 particles, nothing training.
type frameRecord struct {
	Command  string     `json:"command"`
	Go       string     `json:"go"`
	Viewport string     `json:"viewport"`
	CPUs     int        `json:"cpus"`
	Runs     []frameRun `json:"runs"`
}

// frameRun is one stage; each number is of means over a fifth of a second.
type frameRun struct {
	Task      string  `json:"task"`
	Sampler   string  `json:"sampler"`
	Particles int     `json:"particles"` // in the picture; fewer than asked for where K steps act and the body moves
	Reports   int     `json:"reports"`
	Median    float64 `json:"medianMilliseconds"`
	High      float64 `json:"percentile95Milliseconds"`
	Frames    float64 `json:"framesPerSecond"` // what the browser draws, here in software
}

// TestFrameRecord writes web/docs/records/stage-frames.json. Run it on a machine that does nothing else:
//
//	make dist && go test -tags record -count=1 -timeout 10m ./web/e2e -run TestFrameRecord
func TestFrameRecord(t *testing.T) {
	record := frameRecord{
		Command: "go test -tags record -count=1 -timeout 10m ./web/e2e -run TestFrameRecord",
		Go:      runtime.Version(), Viewport: "1280x800", CPUs: runtime.NumCPU(),
	}
	for _, task := range []string{"pendulum", "inverted_pendulum", "inverted_double_pendulum", "reacher", "swimmer", "hopper", "half_cheetah", "walker2d"} {
		for _, sampler := range []string{"one", "many"} {
			t.Run(task+" "+sampler, func(t *testing.T) { // whose tab is closed at its end: one that goes on acting would count too
				record.Runs = append(record.Runs, framesOf(t, task, sampler))
				t.Logf("%+v", record.Runs[len(record.Runs)-1])
			})
		}
	}
	b, err := json.MarshalIndent(record, "", "  ")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("../docs/records/stage-frames.json", append(b, '\n'), 0o644))
}

func framesOf(t *testing.T, task, sampler string) frameRun {
	p := open(t, fmt.Sprintf("%s#v=1&task=%s&sampler=%s&particles=2000&contacts=1&torques=1", address, task, sampler), 1280, 800)
	p.drawn()
	p.phase("idle", 30*time.Second)
	time.Sleep(2 * time.Second) // until the worker has started and the code is warm
	var got struct {
		Millis    []float64
		Frames    float64
		Particles int
	}
	p.eval(`(async () => {
		const millis = [], before = +stage.dataset.frames, begin = performance.now();
		const seen = new MutationObserver(() => millis.push(+stage.dataset.drawMillis));
		seen.observe(stage, { attributeFilter: ['data-draw-millis'] });
		await new Promise((resolve) => setTimeout(resolve, 5000));
		seen.disconnect();
		return { Millis: millis, Frames: 1000 * (+stage.dataset.frames - before) / (performance.now() - begin), Particles: stage.contentWindow.onestepStage.numbers[4] };
	})()`, &got)
	require.NotEmpty(t, got.Millis)
	slices.Sort(got.Millis)
	n := len(got.Millis)
	return frameRun{Task: task, Sampler: sampler, Particles: got.Particles, Reports: n, Median: got.Millis[n/2], High: got.Millis[n*95/100], Frames: got.Frames}
}

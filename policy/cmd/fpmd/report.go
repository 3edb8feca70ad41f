package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"onestep/policy/train"
)

// reporter tells how trainings proceed. It is safe for concurrent use.
type reporter struct {
	json           bool
	several        bool // seeds side by side: lines that name the seed instead of one progress bar
	stdout, stderr io.Writer
	interrupted    <-chan struct{} // from then on nobody waits for a reader that does not read

	mutex sync.Mutex
	drawn time.Time
}

// event reports as a JSON line, or as text on standard error where there is one.
func (r *reporter) event(seed uint64, name string, fields any, text string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	switch {
	case r.json:
		b, err := json.Marshal(struct {
			Event string `json:"event"`
			Seed  uint64 `json:"seed"`
			Data  any    `json:"data"`
		}{name, seed, fields})
		if err != nil {
			b, _ = json.Marshal(map[string]any{"event": "error", "seed": seed, "data": map[string]any{"of": name, "error": err.Error()}})
		}
		r.write(r.stdout, "%s\n", b)
	case text != "" && r.several:
		r.write(r.stderr, "seed %d: %s\n", seed, text)
	case text != "":
		r.write(r.stderr, "\n%s\n", text)
	}
}

// write writes to w, which may be a pipe that nobody reads for now.
func (r *reporter) write(w io.Writer, format string, args ...any) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		fmt.Fprintf(w, format, args...)
	}()
	select {
	case <-done:
	case <-r.interrupted:
		select { // it had its time, unless it has just begun
		case <-done:
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// bar draws the progress of a run with its updates per second, at most ten times a second.
func (r *reporter) bar(run *train.Run, rate float64) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.json || r.several || time.Since(r.drawn) < 100*time.Millisecond {
		return
	}
	r.drawn = time.Now()
	const width = 30
	filled := width * run.EnvSteps / run.Options.Steps
	text := ""
	if n := len(run.Curve); n > 0 {
		e := run.Curve[n-1]
		text = fmt.Sprintf("return %7.1f one-step, %7.1f %d-step", e.OneStep.Mean, e.Many.Mean, e.ManySteps)
	}
	r.write(r.stderr, "\r[%s%s] %d/%d  %.0f updates/s  temperature %.2f  %s ", strings.Repeat("=", filled), strings.Repeat(" ", width-filled),
		run.EnvSteps, run.Options.Steps, rate, run.Agent.Temperature(), text)
}

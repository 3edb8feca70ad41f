package agents_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
	"onestep/policy/agents"
	"onestep/policy/fpmd"
	"onestep/policy/kernel"
	"onestep/policy/learner"
	"onestep/policy/replay"
)

// sizes of the published update benchmarks: U64 is a pendulum's, U a walker's.
var sizes = []struct {
	name           string
	obs, act       int
	hidden         []int
	batch, actions int
}{
	{"U64", 3, 1, []int{64, 64}, 64, 8},
	{"U", 17, 6, []int{128, 128}, 128, 8},
}

func newAgent(tb testing.TB, alg string, obs, act int, settings map[string]any) (learner.Learner, *replay.Batch) {
	tb.Helper()
	cfg, _, err := agents.Settings(agents.Browser, "pendulum", alg, settings)
	require.NoError(tb, err)
	a := build(tb, cfg, alg, obs, act, 1_000_000, 1)
	r, rows := rng.New(2), cfg.Shared().Batch
	b := replay.New(obs, act, rows).NewBatch(rows)
	for _, x := range [][]float32{b.Obs, b.Act, b.Reward, b.NextObs} {
		r.FillNormal(x)
	}
	return a, b
}

// BenchmarkUpdate is one update of an agent, the policy step included.
func BenchmarkUpdate(b *testing.B) {
	for _, s := range sizes {
		for _, alg := range []struct {
			name  string
			steps int
		}{{"fpmd-m", 1}, {"fpmd-r", 1}, {"fpmd-r", 4}} {
			a, batch := newAgent(b, alg.name, s.obs, s.act, map[string]any{"hidden": s.hidden, "batch": s.batch, "particles": s.actions, "trainSteps": alg.steps})
			b.Run(fmt.Sprintf("%s/%s/K=%d", s.name, alg.name, alg.steps), func(b *testing.B) {
				fastest(b, func() { require.NoError(b, a.Update(batch)) })
			})
		}
	}
}

// BenchmarkShards is an update of FPMD-M whose batch has shards, on so many goroutines.
func BenchmarkShards(b *testing.B) {
	for _, s := range sizes {
		for _, c := range []struct{ shards, threads int }{{1, 1}, {2, 1}, {2, 2}, {4, 1}, {4, 2}, {4, 4}} {
			a, batch := newAgent(b, "fpmd-m", s.obs, s.act, map[string]any{"hidden": s.hidden, "batch": s.batch, "particles": s.actions, "shards": c.shards})
			if c.threads > 1 {
				l := a.(*fpmd.Learner)
				crew := fpmd.NewThreads(l, c.threads)
				defer crew.Close()
				l.Crew = crew
			}
			b.Run(fmt.Sprintf("%s/shards=%d/threads=%d", s.name, c.shards, c.threads), func(b *testing.B) {
				fastest(b, func() { require.NoError(b, a.Update(batch)) })
			})
		}
	}
}

// BenchmarkApply is what each replica of an agent does in an update, whoever computed the gradients.
func BenchmarkApply(b *testing.B) {
	for _, s := range sizes {
		l, batch := newAgent(b, "fpmd-m", s.obs, s.act, map[string]any{"hidden": s.hidden, "batch": s.batch, "shards": 2})
		a := l.(*fpmd.Learner)
		require.NoError(b, a.Update(batch))
		sum := fpmd.Gradient{Grad: make([]float32, a.NumGrad())}
		a.Sum(&sum)
		b.Run(s.name+"/sum", func(b *testing.B) { fastest(b, func() { a.Sum(&sum) }) })
		b.Run(s.name+"/apply", func(b *testing.B) { fastest(b, func() { require.NoError(b, a.Apply(&sum)) }) })
	}
}

// BenchmarkExplore is one action for the training environment.
func BenchmarkExplore(b *testing.B) {
	for _, s := range sizes {
		for _, alg := range agents.Names() {
			a, batch := newAgent(b, alg, s.obs, s.act, map[string]any{"hidden": s.hidden, "particles": s.actions})
			dst := make([]float32, s.act)
			b.Run(fmt.Sprintf("%s/%s", s.name, alg), func(b *testing.B) {
				fastest(b, func() { a.Explore(dst, batch.Obs[:s.obs]) })
			})
		}
	}
}

// fastest reports the shortest mean time of a slice of runs of f, which a busy neighbour disturbs least. A slice is
// long against a browser's clock of 0.1 ms.
func fastest(b *testing.B, f func()) {
	b.Helper()
	runs := 1
	seconds := func() float64 {
		start := time.Now()
		for range runs {
			f()
		}
		return time.Since(start).Seconds()
	}
	for seconds() < 1e-2 {
		runs *= 2
	}
	best := math.Inf(1)
	for b.Loop() {
		best = min(best, seconds()/float64(runs))
	}
	b.ReportMetric(0, "ns/op") // of a slice: says nothing
	b.ReportMetric(best*1e6, "µs-min")
	b.ReportMetric(float64(kernel.Lanes()), "lanes")
}

// TestUpdateAllocatesNothing: neither learning nor exploring.
func TestUpdateAllocatesNothing(t *testing.T) {
	for _, alg := range agents.Names() {
		a, batch := newAgent(t, alg, 3, 1, map[string]any{"hidden": []int{8, 8}, "batch": 8})
		dst := make([]float32, 1)
		require.Zero(t, testing.AllocsPerRun(10, func() {
			if err := a.Update(batch); err != nil {
				panic(err)
			}
			a.Explore(dst, batch.Obs[:3])
		}), alg)
	}
}

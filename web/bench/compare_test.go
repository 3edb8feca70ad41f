//go:build !js

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// measured is a run in which a peer took so many times as long as this program, by the best and by the median slice; the
// program's median differs from its own by a factor.
func measured(best, median, itself float64) *record {
	timings := func(peer string) []Timing {
		return []Timing{{Contender: "onestep", Min: 1, Median: 2}, {Contender: peer, Min: best, Median: 2 * median}, {Contender: again, Min: 1, Median: 2 * itself}, {Contender: "native", Min: 1, Median: 1}}
	}
	return &record{
		Machine: "AMD EPYC, 2 cores, linux/amd64", Commit: "c0ffee", Time: "2026-01-01T00:00:00Z",
		Physics: []BodyResult{{Task: "hopper", Timings: timings("mujoco")}}, Learning: []ItemResult{{Item: "U", Unit: "update", Timings: timings("ort")}},
	}
}

func TestStandings(t *testing.T) {
	assert.Equal(t, []standing{{Work: "hopper", Contender: "mujoco", Best: 6, Median: 5}, {Work: "U", Contender: "ort", Best: 6, Median: 5}}, measured(6, 5, 1).standings())
}

// A tenth may be lost, and what the program differs by from itself besides; what one noisy median says alone is no loss.
func TestALossBeyondTheSpreadFails(t *testing.T) {
	recorded := measured(5, 5, 1)
	for _, test := range []struct {
		best, median, itself float64
		lost                 int
	}{
		{5, 5, 1, 0}, {8, 8, 1, 0}, {4.51, 4.51, 1, 0}, {4.49, 4.49, 1, 2}, {4.49, 4.49, 1.05, 0}, {4.49, 4.49, 1 / 1.05, 0}, {4.2, 4.2, 1.05, 2},
		{4.9, 3, 1, 0}, {3, 4.9, 1, 0},
	} {
		table, lost := measured(test.best, test.median, test.itself).against(recorded)
		assert.Len(t, lost, test.lost, "%+v", test)
		assert.Contains(t, table, "| hopper | MuJoCo wasm | 5.00 / 5.00 |")
	}
}

func TestARecordedResultIsReadAgain(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "web", "bench"), 0o755))
	first := measured(5, 5, 1)
	none, err := first.recorded(root)
	require.NoError(t, err)
	assert.Nil(t, none)
	first.Physics[0].Timings[0].Slices = []float64{1, 2}
	require.NoError(t, first.keep(root))
	assert.NotEmpty(t, first.Physics[0].Timings[0].Slices, "the run itself keeps its slices")
	other := measured(7, 7, 1)
	other.Machine = "Intel(R) Xeon(R), 4 cores, linux/amd64"
	require.NoError(t, other.keep(root))
	kept, err := first.recorded(root)
	require.NoError(t, err)
	assert.Equal(t, first.standings(), kept.standings())
	assert.Empty(t, kept.Physics[0].Timings[0].Slices)
	text, err := os.ReadFile(filepath.Join(root, "web", "bench", "RESULTS.md"))
	require.NoError(t, err)
	for _, want := range []string{"## AMD EPYC, 2 cores", "## Intel(R) Xeon(R), 4 cores", "### Physics", "5.00", "7.00"} {
		assert.Contains(t, string(text), want)
	}
	assert.NotContains(t, string(text), again)
}

func TestOnlyWholeRunsAreRecorded(t *testing.T) {
	for _, o := range []options{{quick: true}, {items: "U"}, {only: "learning"}, {only: "physics,transfer", policy: "p"}} {
		o.record, o.rounds, o.slice, o.episodes, o.steps = true, 10, 1e7, 2, 1
		if o.only == "" {
			o.only = "physics,learning"
		}
		_, err := o.check()
		assert.ErrorContains(t, err, "-record keeps whole runs", "%+v", o)
	}
}

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/tabular"
)

func mirrored(t *testing.T, args ...string) (r mirrorResult) {
	t.Helper()
	text := done(t, append([]string{"mirror", "-json"}, args...)...)
	require.NoError(t, json.Unmarshal([]byte(text), &r), text)
	return r
}

func TestMirrorPrintsRows(t *testing.T) {
	text := done(t, "mirror", "-problem", "cliff", "-method", "hpmd", "-map", "entropy", "-step", "adaptive", "-h", "4", "-json")
	for _, key := range []string{"k", "gapRho", "gapSup", "bound", "entropy", "variance", "move", "eta", "backups", "evaluations", "updates"} {
		require.Contains(t, text, `"`+key+`":`)
	}
	r := mirrored(t, "-problem", "cliff", "-method", "hpmd", "-step", "adaptive", "-h", "4", "-k", "9")
	require.Len(t, r.Rows, 10)
	require.Equal(t, "gapSup", r.BoundOn)
	require.Contains(t, r.Note, "capped at 1e+09")
	require.Less(t, float64(r.Rows[9].GapRho), 0.01*float64(r.Rows[0].GapRho), "9 iterations to 1 %")
	require.Equal(t, 9*32*4*4, r.Rows[9].Backups)
	require.Equal(t, 9, r.Rows[9].Evaluations)
	require.Equal(t, 9*32, r.Rows[9].Updates)
	require.Contains(t, done(t, "mirror", "-k", "3"), "gapRho")
}

func TestMirrorRepeatsRunsOfAFile(t *testing.T) {
	m := tabular.Trap()
	b, err := json.Marshal(m)
	require.NoError(t, err)
	run := `{"method":"h-pmd","map":{"kind":"entropy"},"h":2,"step":{"kind":"constant","eta":0.25},"start":[[0.5,0.5],[0.98,0.02],[0.5,0.5]],"columns":["k"],"rows":[[0],[6]]}`
	file := filepath.Join(t.TempDir(), "trap.json")
	require.NoError(t, os.WriteFile(file, []byte(strings.TrimSuffix(string(b), "}")+`,"runs":[`+run+`]}`), 0o666))
	r := mirrored(t, "-problem", file, "-run", "0")
	require.Len(t, r.Rows, 7)
	require.InDelta(t, 0.2590, float64(r.Rows[0].Value), 5e-5)
	require.InDelta(t, 0.2259, float64(r.Rows[6].Value), 5e-5, "two steps of lookahead make it worse first")
	same := mirrored(t, "-problem", "trap", "-settings", run)
	require.Equal(t, r.Rows[6].Value, same.Rows[6].Value)
	flags := mirrored(t, "-problem", "trap", "-method", "hpmd", "-h", "2", "-eta", "0.25", "-start", "[[0.5,0.5],[0.98,0.02],[0.5,0.5]]", "-k", "6")
	require.Equal(t, r.Rows[6].Value, flags.Rows[6].Value)
}

func TestMirrorRefusesWithTheReason(t *testing.T) {
	for _, c := range []struct {
		want string
		args []string
	}{
		{"the log barrier has no adaptive step", []string{"-map", "barrier", "-step", "adaptive"}},
		{"an ergodic problem is needed", []string{"-problem", "cliff", "-method", "bpmd", "-tau", "0.05"}},
		{"the problem must be a file, one of twoarm", []string{"-problem", "pendulum"}},
		{"no such file", []string{"-problem", "nowhere.json"}},
		{"garnet wants the parameters", []string{"-problem", "garnet:3"}},
		{"-w is a list of numbers", []string{"-map", "mixed", "-w", "1,x"}},
		{"leave out -eta", []string{"-settings", "{}", "-eta", "2"}},
		{"is no file", []string{"-run", "2"}},
		{"-start is uniform or", []string{"-start", "left"}},
		{"no setting is named", []string{"-settings", `{"methods":"pmd"}`}},
		{"-eta must be positive, not 0", []string{"-eta", "0"}},
		{"q belongs to the map tsallis", []string{"-q", "0.5"}},
		{"has no lookahead", []string{"-method", "pmd", "-h", "3"}},
	} {
		status, _, stderr := invoke(t.Context(), append([]string{"mirror"}, c.args...)...)
		require.Equal(t, 1, status, c.args)
		require.Contains(t, stderr, c.want)
	}
	done(t, "mirror", "-problem", "cliff", "-method", "bpmd", "-tau", "0.05", "-law", "rho", "-k", "5")
}

// What is learned is what package tabular learns, a generation after another, and bars stand beside it whose step was tuned
// and whose was not.
func TestMirrorLearnsAMap(t *testing.T) {
	var r learnResult
	require.NoError(t, json.Unmarshal([]byte(done(t, "mirror", "-method", "learn", "-seed", "5", "-k", "1", "-json")), &r))
	l := tabular.NewLearner(5)
	require.NoError(t, l.Advance(t.Context()))
	require.Equal(t, []learnGeneration{{1, l.Shortfall, l.Map().W}}, r.Generations)
	require.Equal(t, l.Map(), r.Map)
	var names []string
	for _, c := range r.Comparison {
		names = append(names, c.Name)
		require.InDelta(t, 0.3, c.Shortfall, 0.3, c.Name)
	}
	require.Equal(t, []string{"learned", "entropy, step 1", "entropy, step tuned", "tsallis, step 1", "tsallis, step tuned"}, names)
	require.Contains(t, done(t, "mirror", "-method", "learn", "-k", "0"), "on 48 other grids")
	for want, args := range map[string][]string{
		"leave out -map": {"mirror", "-method", "learn", "-map", "euclid"}, "0..1000": {"mirror", "-method", "learn", "-k", "-1"},
		"a figure is of a path": {"plot", "mirror", "-method", "learn", "-out", filepath.Join(t.TempDir(), "x.svg")},
	} {
		status, _, stderr := invoke(t.Context(), args...)
		require.NotZero(t, status)
		require.Contains(t, stderr, want)
	}
}

func TestPlotMirror(t *testing.T) {
	file := filepath.Join(t.TempDir(), "gap.svg")
	done(t, "plot", "mirror", "-problem", "cliff", "-method", "hpmd", "-step", "adaptive", "-h", "4", "-x", "backups", "-out", file)
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(b), "bound on gapSup")
	require.Contains(t, string(b), "policy iteration, h = 4")
	status, _, stderr := invoke(t.Context(), "plot", "mirror", "-x", "hours", "-out", file)
	require.Equal(t, 2, status)
	require.Contains(t, stderr, "-x must be one of iterations, updates, backups, evaluations, not")
	status, _, stderr = invoke(t.Context(), "mirror", "-law", "up")
	require.Equal(t, 2, status)
	require.Contains(t, stderr, "-law must be one of nu, rho, not")
	status, _, stderr = invoke(t.Context(), "mirror", "-method", "h-pmd", "-law", "rho", "-k", "3")
	require.NotZero(t, status)
	require.Contains(t, stderr, "-law chooses what reg-pmd and bpmd measure in; h-pmd has no such measure")
	require.Contains(t, done(t, "plot", "mirror", "-k", "3", "-csv", "-"), "gap in rho,1,")
}

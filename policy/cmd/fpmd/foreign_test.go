package main

import (
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/policy/tensorio/forge"
	"onestep/policy/train"
)

// foreignPolicy is a shipped policy with other metadata and weights (little-endian float32), sealed as what wrote them would have.
func foreignPolicy(t *testing.T, alter func(metadata map[string]string, weights []byte)) (path string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(policies, "pendulum-fpmd-m.safetensors"))
	require.NoError(t, err)
	n := binary.LittleEndian.Uint64(b)
	var header map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(b[8:8+n], &header))
	var metadata map[string]string
	require.NoError(t, json.Unmarshal(header["__metadata__"], &metadata))
	data, first := b[8+n:], len(b)
	for name, raw := range header {
		var tensor struct {
			DType string `json:"dtype"`
			At    [2]int `json:"data_offsets"`
		}
		if name != "__metadata__" {
			require.NoError(t, json.Unmarshal(raw, &tensor))
			if tensor.DType == "F32" {
				first = min(first, tensor.At[0])
			}
		}
	}
	alter(metadata, data[first:]) // the evaluations' float64 come first
	header["__metadata__"], err = json.Marshal(metadata)
	require.NoError(t, err)
	text, err := json.Marshal(header)
	require.NoError(t, err)
	path = filepath.Join(t.TempDir(), "foreign.safetensors")
	altered := append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...), data...)
	require.NoError(t, os.WriteFile(path, forge.Seal(altered), 0o600))
	return path
}

const escape = "\x1b[2J\x1b]0;owned\a\u202e"

// harmless: nothing that moves a terminal's cursor, and not more than somebody reads.
func harmless(t *testing.T, said string) {
	t.Helper()
	assert.Less(t, len(said), 5000)
	for _, r := range said {
		require.True(t, r == '\n' || r == '\t' || unicode.IsPrint(r), "%q", said)
	}
}

// Text of a file is quoted and cut wherever it is told, and shows what would move a terminal's cursor.
func TestForeignTextIsQuotedAndCut(t *testing.T) {
	long := strings.Repeat("7", 600_000)
	for name, alter := range map[string]func(m map[string]string){
		"seed":      func(m map[string]string) { m["onestep.seed"] = escape + long },
		"format":    func(m map[string]string) { m["onestep.format"] = escape + long },
		"kind":      func(m map[string]string) { m["onestep.kind"] = escape + long },
		"task":      func(m map[string]string) { m["onestep.task"] = escape + long },
		"algorithm": func(m map[string]string) { m["onestep.algorithm"] = escape + long },
		"config":    func(m map[string]string) { m["onestep.config"] = `{"` + long + `":1}` },
		"record":    func(m map[string]string) { m["onestep.record"] = `{"` + long + `":1}` },
		"broken":    func(m map[string]string) { m["onestep.record"] = escape + long },
	} {
		path := foreignPolicy(t, func(m map[string]string, _ []byte) { alter(m) })
		for _, args := range [][]string{{"eval", "-policy", path}, {"inspect", path}, {"hash", path}, {"export", "-policy", path}, {"plot", "paths", "-out", "x.svg", "-policy", path}} {
			status, stdout, stderr := invoke(t.Context(), args...)
			require.Equal(t, 1, status, name)
			require.Empty(t, stdout)
			harmless(t, stderr)
		}
	}
	path := foreignPolicy(t, func(m map[string]string, _ []byte) {
		var r checkpoint.Record
		require.NoError(t, json.Unmarshal([]byte(m["onestep.record"]), &r))
		r.Program, r.Go, r.Platform = escape+long[:100_000], escape, "=linux"+escape
		b, err := json.Marshal(r)
		require.NoError(t, err)
		m["onestep.record"] = string(b)
	})
	said := done(t, "inspect", path)
	harmless(t, said)
	require.Contains(t, said, `"\x1b[2J\x1b]0;owned\a\u202e"`)

	record := filepath.Join(t.TempDir(), recordFile)
	for _, text := range []string{escape + long, `{"options":{"algorithm":"` + long + `"}}`, `{"options":{"algorithm":"fpmd-m","task":"` + long + `","config":{}},"record":{"curve":[{}]}}`} {
		require.NoError(t, os.WriteFile(record, []byte(text), 0o600))
		for _, args := range [][]string{{"table", record}, {"plot", "curves", "-out", "x.svg", record}, {"sweep", "status", record}, {"mirror", "-problem", record}, {"rollout", "-model", record, "-in", record}} {
			status, _, stderr := invoke(t.Context(), args...)
			require.NotZero(t, status, args)
			harmless(t, stderr)
		}
	}
}

// Texts that a spreadsheet would take for formulas are no formulas in what is written for one; numbers stay numbers.
func TestCellsAreNoFormulas(t *testing.T) {
	out := filepath.Join(t.TempDir(), "x.csv")
	q := plotOutput{CSV: out}
	require.NoError(t, q.write(nil, [][]string{{"=1+1", "@x", "+a", "-b in -1..1"}, {"-1.5", "+2", "NaN", "1e-9"}}, nil))
	b, err := os.ReadFile(out)
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
	require.NoError(t, err)
	require.Equal(t, [][]string{{"'=1+1", "'@x", "'+a", "'-b in -1..1"}, {"-1.5", "+2", "NaN", "1e-9"}}, rows)
}

// Weights that are finite and too large are told by the episode and the step at which an action is not finite.
func TestWeightsThatAreTooLarge(t *testing.T) {
	path := foreignPolicy(t, func(_ map[string]string, weights []byte) {
		for i := 0; i < len(weights); i += 4 {
			binary.LittleEndian.PutUint32(weights[i:], math.Float32bits(3e38*float32(1-i/4%2*2)))
		}
	})
	for _, c := range []struct {
		want string
		args []string
	}{
		{"with K = 1, episode 1 diverged at step 1: action 0 is NaN", []string{"eval", "-policy", path}},
		{"with K = 5, episode 1 diverged at step 1: action 0 is NaN", []string{"eval", "-policy", path, "-k", "5", "-json"}},
		{"component 0 of the action is NaN", []string{"act", "-policy", path, "-obs", "[1,0,0]", "-x0", "[0.3]"}},
		{"sample 1 diverged at step 1 of 20", []string{"plot", "paths", "-out", "x.svg", "-policy", path}},
		{"episode 1 diverged at step 1: the samples' variance, W2 and shift are NaN", []string{"plot", "variance", "-csv", "-", "-policy", path}},
	} {
		refusedTo(t, c.want, c.args...)
	}
	status, _, stderr := invoke(t.Context(), "export", "-policy", path, "-format", "json")
	require.Zero(t, status)
	require.Contains(t, stderr, "note: episode 1 diverges at step 1: action 0 is NaN")

	dir := t.TempDir()
	done(t, trainArgs(dir)...)
	r, err := readRecord(dir)
	require.NoError(t, err)
	r.Record.Curve[1].OneStep = train.Summarise([]float64{1, math.NaN()})
	r.Scores = []score{{K: 1, BestOf: 1, Returns: train.Summarise([]float64{math.Inf(1), 2})}}
	require.NoError(t, r.write(dir))
	again, err := readRecord(dir)
	require.NoError(t, err)
	require.True(t, math.IsNaN(again.Record.Curve[1].OneStep.Mean) && math.IsInf(again.Scores[0].Returns.Mean, 1))
	refusedTo(t, "its score with K = 1 and 1 candidates has the mean +Inf: an episode diverged", "table", dir)
	refusedTo(t, "its evaluation at step 13 has the mean NaN: an episode diverged", "plot", "curves", "-out", "x.svg", dir)
	done(t, "inspect", "-json", filepath.Join(dir, runFile))
}

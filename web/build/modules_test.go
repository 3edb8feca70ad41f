package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/catalog"
	"onestep/wasm/protocol"
	"onestep/web/build/words"
)

// The page's catalog is the value of policy/catalog, and its types name every field.
func TestCatalogModule(t *testing.T) {
	b, err := dataModule("catalog", catalog.Get(), words.CatalogTexts)
	require.NoError(t, err)
	text := string(b)
	_, rest, ok := strings.Cut(text, "const catalog = ")
	require.True(t, ok)
	value, _, ok := strings.Cut(rest, ";\n\nexport default catalog;")
	require.True(t, ok)
	want, err := json.Marshal(catalog.Get())
	require.NoError(t, err)
	assert.JSONEq(t, strings.ReplaceAll(string(want), ":null", ":[]"), value, "a list of nothing is a list")
	for _, line := range []string{"@type {Catalog}", "@typedef {object} Task", "@property {Quantity[]} actions", "@property {string} does",
		"@property {Record<string, any>} [patch]"} {
		assert.Contains(t, text, line)
	}
	assert.Less(t, strings.Index(text, "@typedef {object} Quantity"), strings.Index(text, "@typedef {object} Task"))
	assert.Less(t, len(b), 64<<10, "it is read before anything is shown")
}

// The page's numbers are the protocol's.
func TestProtocolModule(t *testing.T) {
	b, err := protocolModule("../../wasm/protocol/protocol.go")
	require.NoError(t, err)
	for want, value := range map[string]int{
		"Version = ": protocol.Version, "Train: ": int(protocol.Train), "WorkerError: ": int(protocol.WorkerError), "NumMetrics = ": protocol.NumMetrics,
		"Workers: ": protocol.MetricWorkers, "NumStats = ": protocol.NumStats, "ManySteps: ": protocol.EvalManySteps, "Descent: ": protocol.LabLawDescent,
	} {
		assert.Regexp(t, regexp.QuoteMeta(want)+jsonOf(t, value)+`\b`, string(b))
	}
	assert.NotContains(t, string(b), "Metric = 0")
	_, err = protocolModule("modules.go")
	require.ErrorContains(t, err, "no constants for the table Type")
}

// Every column of a training's numbers is explained, and what is explained is a column.
func TestEveryMetricIsExplained(t *testing.T) {
	entries, err := protocolNumbers("../../wasm/protocol/protocol.go")
	require.NoError(t, err)
	named := map[string]bool{}
	for table, list := range catalog.Metrics() {
		for _, m := range list {
			assert.Contains(t, entries[table], m.Name)
			assert.NotEmpty(t, m.Label, m.Name)
			assert.NotEmpty(t, m.Formula, m.Name)
			assert.Regexp(t, `^\p{Lu}|^λ`, m.Help)
			assert.Regexp(t, `\.\)?$`, m.Help)
			assert.False(t, named[table+m.Name], "%s stands twice", m.Name)
			named[table+m.Name] = true
		}
	}
	for name := range entries["Metric"] {
		assert.True(t, named["Metric"+name], "nothing says what %s is", name)
	}
}

// The bodies of messages are typed from the protocol: what may be left out, what is null, what is inside.
func TestBodiesOfMessages(t *testing.T) {
	text := string(bodiesModule())
	for _, want := range []string{"interface RunInfo {\n  task: string;", "  hash?: string;", "  value: number | null;", "  interval: [number, number] | null;", "  actions: SentQuantity[];",
		"  model?: SentModel;", "  files: Record<string, string>;", "  config?: Values;"} {
		assert.Contains(t, text, want)
	}
}

func jsonOf(t *testing.T, v any) string {
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

// A constant that is no number is refused by its name.
func TestProtocolNumbers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "protocol.go")
	for text, want := range map[string]string{`"onnx"`: `Format is "onnx"`, "true": "Format is true", "1.5": "Format is 1.5", "4.0": ""} {
		require.NoError(t, os.WriteFile(path, []byte("package protocol\n\nconst Format = "+text+"\n"), 0o644))
		_, err := protocolNumbers(path)
		if want == "" {
			require.NoError(t, err, text)
			continue
		}
		require.ErrorContains(t, err, want)
	}
}

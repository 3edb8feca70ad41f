package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/catalog"
	"onestep/wasm/protocol"
)

// The page's catalog is the value of policy/catalog, and its types name every field.
func TestCatalogModule(t *testing.T) {
	b, err := catalogModule()
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

func jsonOf(t *testing.T, v any) string {
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

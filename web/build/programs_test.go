package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"

	"onestep/wasm/protocol"
	"onestep/web/build/program"
)

// TestProgramsDoTheSameRewritten validates both programs as they are linked and as they are shipped, and runs them in a host
// whose every answer is the same: whatever they call, and hand over, must be too.
func TestProgramsDoTheSameRewritten(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds; make test runs it")
	}
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	tools, err := program.Find(root, false)
	require.NoError(t, err)
	modfile, err := lean(tools, root, filepath.Join(t.TempDir(), "ebitengine"))
	require.NoError(t, err)
	for _, c := range []struct {
		shipped
		config wazero.RuntimeConfig // what runs long is compiled
		run    func(t *testing.T, h *host) string
	}{{worker, wazero.NewRuntimeConfigCompiler(), trains}, {stage, wazero.NewRuntimeConfigInterpreter(), asksForADocument}} {
		t.Run(c.name, func(t *testing.T) {
			built, err := tools.Build(c.main, c.floor, c.flags(modfile)...)
			require.NoError(t, err)
			require.Empty(t, built.Warning)
			t.Logf("%d bytes instead of %d", len(built.Code), len(built.Linked))
			linked, shipped := inHost(t, c.config, built.Linked, c.run), inHost(t, c.config, built.Code, c.run)
			assert.Equal(t, linked, shipped)
			t.Log(shipped)
		})
	}
}

// inHost validates a module, runs it and tells what it did.
func inHost(t *testing.T, config wazero.RuntimeConfig, code []byte, run func(t *testing.T, h *host) string) string {
	ctx := context.Background()
	runtime := wazero.NewRuntimeWithConfig(ctx, config)
	defer runtime.Close(ctx)
	compiled, err := runtime.CompileModule(ctx, code)
	require.NoError(t, err)
	h := start(t, ctx, runtime, compiled)
	did := run(t, h)
	return fmt.Sprintf("%s\n%d calls, %x", did, h.calls, h.digest)
}

// trains lets the worker train and evaluate a little, to the end.
func trains(t *testing.T, h *host) string {
	h.deliver(with("v", float64(protocol.Version), "type", float64(protocol.Train), "id", 1.0, "body",
		`{"task":"half_cheetah","algorithm":"fpmd-m","seed":7,"steps":260,"config":{"hidden":[16,16],"batch":16,"particles":4,"warmUp":100}}`))
	last := func() *object { return h.posted[len(h.posted)-1] }
	for last().get("type") != float64(protocol.Finished) {
		require.NotEqual(t, float64(protocol.WorkerError), last().get("type"), last().get("body"))
		require.True(t, h.turn(), "the worker does not finish; it says %s", h.stderr)
	}
	done := last().get("body").(string)
	require.NotContains(t, done, `"updates":0,`)
	return fmt.Sprintf("%d messages; the training ends in %.200s", len(h.posted), done)
}

// asksForADocument lets the stage come as far as it comes without a page.
func asksForADocument(t *testing.T, h *host) string {
	for range 100 {
		if !h.turn() {
			break
		}
	}
	require.True(t, h.exited)
	said := string(h.stderr)
	require.Contains(t, said, "panic")
	said, _, _ = strings.Cut(said, "\n\n")
	return said
}

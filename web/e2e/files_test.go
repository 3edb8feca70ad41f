//go:build e2e

package e2e

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/policy/checkpoint"
	"onestep/policy/export"
	"onestep/policy/flow"
	"onestep/policy/tensorio/forge"
)

// shipped reads a trained policy of the site.
func shipped(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dist, "policies", name))
	require.NoError(t, err)
	return b
}

// safetensors builds a file from a header and data.
func safetensors(header string, data []byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

// graph is the shipped FPMD-R policy of a task as an ONNX graph.
func graph(t *testing.T, task string) []byte {
	t.Helper()
	p, err := checkpoint.ReadPolicy(shipped(t, task+"-fpmd-r.safetensors"))
	require.NoError(t, err)
	e, err := env.Make(task, nil)
	require.NoError(t, err)
	b, err := export.ONNX(&export.Policy{Actor: p.Actor, Spec: e.Spec()}, export.Sampler{Method: flow.Euler, Steps: 1})
	require.NoError(t, err)
	return b
}

func TestBrokenFilesAreRefusedWithTheCause(t *testing.T) {
	t.Parallel()
	good := shipped(t, "pendulum-fpmd-r.safetensors")
	damaged := append([]byte{}, good...)
	copy(damaged[len(damaged)-4:], []byte{0, 0, 0xc0, 0x7f})
	nan := forge.Seal(damaged)
	dir := t.TempDir()
	p := open(t, address+pendulum, width, height)
	p.drawn()
	hash := p.data("acting", "hash")
	for _, c := range []struct {
		name  string
		bytes []byte
		size  int64 // the file is made longer with a hole
		cause string
	}{
		{name: "empty", cause: "it is empty"},
		{name: "text", bytes: []byte("{\"weights\": [1, 2, 3]}"), cause: "not a safetensors file"},
		{name: "picture", bytes: []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), cause: "not a safetensors file"},
		{name: "cut in the header", bytes: good[:200], cause: "cut off"},
		{name: "cut in the data", bytes: good[:len(good)-1000], cause: ""},
		{name: "foreign", bytes: safetensors(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, make([]byte, 4)), cause: "without metadata"},
		{name: "another program", bytes: safetensors(`{"__metadata__":{"format":"pt"}}`, nil), cause: "no onestep.kind"},
		{name: "unknown kind", bytes: safetensors(`{"__metadata__":{"onestep.kind":"photo"}}`, nil), cause: "“photo”"},
		{name: "nothing but a kind", bytes: safetensors(`{"__metadata__":{"onestep.kind":"policy"}}`, nil), cause: ""},
		{name: "a run of nothing", bytes: safetensors(`{"__metadata__":{"onestep.kind":"run"}}`, nil), cause: ""},
		{name: "damaged", bytes: damaged, cause: "the file is damaged"},
		{name: "not a number", bytes: nan, cause: "NaN"},
		{name: "oversized", bytes: good, size: 65 << 20, cause: "files above 64 MiB are refused"},
		{name: "a graph of another task.onnx", bytes: graph(t, "hopper"), cause: "takes 11 numbers, and the task's observation has 3"},
		{name: "no graph.onnx", bytes: good, cause: "the ONNX graph cannot act here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if filepath.Ext(c.name) == "" {
				c.name += ".safetensors"
			}
			file := filepath.Join(dir, c.name)
			require.NoError(t, os.WriteFile(file, c.bytes, 0o644))
			if c.size > 0 {
				require.NoError(t, os.Truncate(file, c.size))
			}
			p.eval("errors.replaceChildren()", nil)
			p.choose(file)
			p.wait("a message", "errors.textContent !== ''", 20*time.Second)
			message := p.text("errors")
			t.Log(message)
			assert.Contains(t, message, c.name, "the message names the file")
			assert.Contains(t, message, c.cause)
			assert.Contains(t, message, "Nothing was changed")
			assert.Equal(t, hash, p.data("acting", "hash"))
			assert.Equal(t, "asset", p.data("acting", "source"))
		})
	}
	p.eval("errors.replaceChildren()", nil)
	file := filepath.Join(dir, "good.safetensors")
	require.NoError(t, os.WriteFile(file, good, 0o644))
	p.choose(file)
	p.wait("a good file after all", "acting.dataset.source === 'file'", 10*time.Second)
	assert.Contains(t, p.text("acting"), "FPMD-R")
	var variant bool
	p.eval("document.getElementById('algorithm-fpmd-r').checked", &variant)
	assert.True(t, variant, "the variant follows the file")

	file = filepath.Join(dir, "theirs.onnx")
	require.NoError(t, os.WriteFile(file, graph(t, "pendulum"), 0o644))
	p.choose(file)
	p.wait("the graph of another program", "acting.dataset.algorithm === 'onnx' && acting.dataset.source === 'file'", 10*time.Second)
	assert.Contains(t, p.text("acting"), "ONNX graph “theirs.onnx”")
	p.wait("what it costs", "document.getElementById('nfe-how').textContent === 'one evaluation of another program’s graph'", 10*time.Second)
	var export string
	p.eval("document.getElementById('export-onnx-one').ariaDisabled", &export)
	assert.Equal(t, "true", export)
}

// TestDropping drops a policy on the page and another on the stage, whose document is its own.
func TestDropping(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum, width, height)
	p.drawn()
	// News go after some seconds, which a slow machine may take to look at them.
	p.eval("(() => { window.heard = ''; new MutationObserver(() => { heard += news.textContent }).observe(news, {childList: true}) })()", nil)
	drop := func(window, target, name string, b []byte) {
		t.Helper()
		p.eval(fmt.Sprintf(`(async () => {
			const bytes = Uint8Array.from(atob(%q), (c) => c.charCodeAt(0));
			const w = %s;
			const transfer = new w.DataTransfer();
			transfer.items.add(new w.File([bytes], %q));
			const target = w.document.querySelector(%q);
			for (const type of ['dragenter', 'dragover', 'drop']) {
				target.dispatchEvent(new w.DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: transfer}));
			}
		})()`, base64.StdEncoding.EncodeToString(b), window, name, target), nil)
	}
	drop("window", "main", "on-the-page.safetensors", shipped(t, "pendulum-fpmd-r.safetensors"))
	p.wait("the page's file", "acting.dataset.source === 'file' && acting.textContent.includes('FPMD-R')", 10*time.Second)
	p.wait("the news", "heard.includes('on-the-page.safetensors')", 10*time.Second)
	drop("stage.contentWindow", "canvas", "on-the-stage.safetensors", shipped(t, "pendulum-fpmd-m.safetensors"))
	p.wait("the stage's file", "acting.dataset.source === 'file' && acting.textContent.includes('FPMD-M')", 10*time.Second)
	p.wait("the news", "heard.includes('on-the-stage.safetensors')", 10*time.Second)
	drop("stage.contentWindow", "canvas", "broken.safetensors", []byte("no weights"))
	p.wait("a refusal", "errors.textContent.includes('broken.safetensors')", 10*time.Second)
	assert.Contains(t, p.text("acting"), "FPMD-M")
}

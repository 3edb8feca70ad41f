//go:build e2e

package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// trainInWorker runs the site's training program to the end of a run and resolves with its last policy file.
const trainInWorker = `(async (request) => {
	const { manifest, compile } = await import('./js/loader.js');
	const { Type, message, read } = await import('./js/protocol.js');
	const names = await manifest();
	const worker = new Worker('js/worker.js');
	const policy = await new Promise((resolve, reject) => {
		let newest;
		worker.onmessage = (event) => {
			const m = read(event.data);
			if (m.type === Type.WorkerReady) worker.postMessage(message(Type.Train, 1, request));
			if (m.type === Type.Snapshot) newest = m.data[0];
			if (m.type === Type.WorkerError) reject(new Error(m.body.message));
			if (m.type === Type.Finished) resolve(newest);
		};
		compile(names.worker.url).then((module) =>
			worker.postMessage({ boot: { module, wasmExec: new URL(names.wasmExec.url, document.baseURI).href } }));
	});
	worker.terminate();
	const reader = new FileReader();
	await new Promise((done) => { reader.onload = done; reader.readAsDataURL(new Blob([policy])) });
	return reader.result.split(',')[1];
})`

// TestSameSeedSameBits trains with one seed in the tab, natively with SIMD and natively without, and
// compares the SHA-256 of the weights.
func TestSameSeedSameBits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	programs := map[string]string{"scalar": "", "simd": "simd"}
	for name, experiment := range programs {
		build := exec.Command("go", "build", "-o", filepath.Join(dir, name), "onestep/policy/cmd/fpmd")
		build.Env = append(os.Environ(), "GOEXPERIMENT="+experiment)
		out, err := build.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	hash := func(file string) string {
		t.Helper()
		out, err := exec.Command(filepath.Join(dir, "scalar"), "hash", file).Output()
		require.NoError(t, err)
		fields := strings.Fields(string(out))
		require.NotEmpty(t, fields)
		require.Len(t, fields[0], 64, "a SHA-256 in %q", out)
		return fields[0]
	}
	p := open(t, address+"#v=1&play=0&auto=0", width, height)
	for _, c := range []struct {
		algorithm string
		steps     int // environment steps; the first 500 are before learning starts, then one update each
		shards    int
	}{
		{"fpmd-m", 2500, 1},
		{"fpmd-r", 800, 1},
		{"fpmd-m", 900, 2},
	} {
		name := fmt.Sprintf("%s-%d", c.algorithm, c.shards)
		t.Run(name, func(t *testing.T) {
			var text string
			p.evalWithin(5*time.Minute, fmt.Sprintf("%s({task: 'pendulum', algorithm: %q, seed: 7, steps: %d, config: {shards: %d}})", trainInWorker, c.algorithm, c.steps, c.shards), &text)
			b, err := base64.StdEncoding.DecodeString(text)
			require.NoError(t, err)
			file := filepath.Join(dir, name+"-tab.safetensors")
			require.NoError(t, os.WriteFile(file, b, 0o644))
			tab := hash(file)
			for program := range programs {
				out := filepath.Join(dir, name+"-"+program)
				run := exec.Command(filepath.Join(dir, program), "train", "-task", "pendulum", "-alg", c.algorithm, "-seed", "7", "-workers", fmt.Sprint(c.shards),
					"-steps", fmt.Sprint(c.steps), "-episodes", "1", "-eval-every", fmt.Sprint(c.steps), "-out", out, "-json")
				message, err := run.CombinedOutput()
				require.NoError(t, err, "%s", message)
				assert.Equal(t, hash(filepath.Join(out, "policy.safetensors")), tab, "%s against the tab", program)
			}
		})
	}
}

// A tab's run file that lies alone in a folder goes on headless, as Learn says, to the bits of a run that nothing interrupted.
func TestATabsRunGoesOnHeadless(t *testing.T) {
	t.Parallel()
	p := begin(t)
	p.click("export")
	p.click("export-run")
	b, err := os.ReadFile(p.downloaded(".run.safetensors"))
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "onestep-pendulum-fpmd-m-seed5.run.safetensors"), b, 0o644))
	message, err := exec.Command("go", "run", "onestep/policy/cmd/fpmd", "train", "-resume", "-out", dir, "-episodes", "1").CombinedOutput()
	require.NoError(t, err, "%s", message)
	assert.Equal(t, smallHash(t), weightsHash(t, filepath.Join(dir, "policy.safetensors")))
}

// The stage tells the hash that the record has, by the browser's SHA-256 and where there is none: not every page comes by https.
func TestTheHashOfTheWeights(t *testing.T) {
	t.Parallel()
	record, err := os.ReadFile("../../assets/policies/records/pendulum-fpmd-m-1.json")
	require.NoError(t, err)
	var want struct{ Hash string }
	require.NoError(t, json.Unmarshal(record, &want))
	for _, script := range []string{"", "Object.defineProperty(Crypto.prototype, 'subtle', {value: undefined})"} {
		p := blank(t, width, height)
		p.onEveryDocument(script)
		p.navigate(address + pendulum)
		p.drawn()
		require.Equal(t, script != "", p.holds("stage.contentWindow.crypto.subtle === undefined"))
		assert.Equal(t, want.Hash, p.data("acting", "hash"), script)
	}
}

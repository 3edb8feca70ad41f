//go:build e2e

package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFirefox does the main job in Firefox: the stage draws, a training reaches the bits of the terminal, the toggle toggles,
// the weights are exported, a training that a reload cuts off is offered and goes on, a lab computes.
func TestFirefox(t *testing.T) {
	t.Parallel()
	f := openFirefox(t)
	native := filepath.Join(t.TempDir(), "native")
	train := exec.Command("go", "run", "onestep/policy/cmd/fpmd", "train", "-task", "pendulum", "-alg", "fpmd-m", "-seed", "7", "-preset", "browser", "-steps", "1500", "-episodes", "1", "-eval-every", "1500", "-out", native, "-json")
	out, err := train.CombinedOutput()
	require.NoError(t, err, "%s", out)

	f.navigate(address + pendulum + "&seed=7&set=steps_1500")
	f.wait("a policy on the stage", "document.getElementById('acting').dataset.hash", time.Minute)
	f.wait("frames", "+document.getElementById('stage').dataset.frames > 3 && +document.getElementById('stage').dataset.simSeconds > 0", time.Minute)
	f.wait("the worker", "!document.getElementById('train').matches('[aria-disabled=true]')", time.Minute)
	f.press("train")
	f.wait("the end of the training", "document.getElementById('train').dataset.phase === 'finished'", 5*time.Minute)
	f.wait("its policy on the stage", "document.getElementById('acting').dataset.source === 'training' && document.getElementById('acting').dataset.steps === '1500'", time.Minute)
	var hash string
	f.eval("document.getElementById('acting').dataset.hash", &hash)
	t.Logf("hash of the weights: %s", hash)
	assert.Equal(t, weightsHash(t, filepath.Join(native, "policy.safetensors")), hash, "Firefox against the terminal")

	f.press("export")
	f.press("export-policy")
	assert.Equal(t, hash, weightsHash(t, f.downloaded(".safetensors")), "the exported file")

	f.press("reset-training")
	f.eval("location.hash = '"+pendulum+"&seed=8&set=steps_30000'", nil)
	f.wait("another run", "document.getElementById('train').dataset.phase === 'idle'", time.Minute)
	f.press("train")
	f.wait("a save", "+document.getElementById('training').dataset.saved > 0", 2*time.Minute)
	f.eval("location.hash = '"+pendulum+"&place=lab'", nil)
	f.wait("the lab", "document.getElementById('lab').dataset.rows", time.Minute)
	f.eval("location.hash = '"+pendulum+"&seed=8&set=steps_30000'", nil)
	f.command("WebDriver:Refresh", map[string]any{})
	f.wait("the offer", "!document.getElementById('saved').hidden", time.Minute)
	f.press("saved-continue")
	f.wait("more updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 600", time.Minute)
	assert.Empty(t, f.console(), "the console")
}

// weightsHash is the SHA-256 of a file's weights, as `fpmd hash` prints it.
func weightsHash(t *testing.T, file string) string {
	t.Helper()
	out, err := exec.Command("go", "run", "onestep/policy/cmd/fpmd", "hash", file).Output()
	require.NoError(t, err)
	return strings.Fields(string(out))[0]
}

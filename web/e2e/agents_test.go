//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/policy/tensorio"
)

// enter writes into a field as a person types.
func (p *tab) enter(id, text string) {
	p.Helper()
	p.eval(fmt.Sprintf("(() => { const e = document.getElementById(%q); e.focus(); e.value = %q; e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true})) })()", id, text), nil)
}

// export clicks on an entry of the menu and reads the file that is saved.
func (p *tab) export(id, name string) []byte {
	p.Helper()
	p.click("export")
	p.click(id)
	b, err := os.ReadFile(p.downloaded(name))
	require.NoError(p, err)
	return b
}

// TestAgentsAndFiles is the way of a visitor who compares: another agent, its settings, a short training, files
// for other programs, and back again.
func TestAgentsAndFiles(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum, width, height)
	p.drawn()
	p.phase("idle", 30*time.Second)

	for _, c := range []struct{ algorithm, title, one, many, how, trained, word string }{
		{"dpmd", "DPMD", "1", "20", "20 denoising steps, one particle", "6,000 steps", "Trained"},
		{"mdpo", "MDPO", "1", "1", "the Gaussian’s mean; MDPO has no steps", "untrained", "Untrained"},
		{"sac", "SAC", "1", "1", "the Gaussian’s mean; SAC has no steps", "6,000 steps", "Trained"},
	} {
		p.click("algorithm-" + c.algorithm)
		p.wait("the agent to act", fmt.Sprintf("acting.dataset.algorithm === %q", c.algorithm), 20*time.Second)
		assert.Contains(t, p.text("acting"), c.title+", seed 1, "+c.trained)
		assert.Equal(t, c.word, p.text("weights-asset-word"))
		p.click("sampler-many")
		p.wait("its NFE", fmt.Sprintf("document.getElementById('num-nfe').textContent === %q && document.getElementById('nfe-how').textContent === %q", c.many, c.how), 10*time.Second)
		var words string // of the sentence above the stage
		p.eval("[...document.querySelectorAll('.lede > span')].find((x) => x.checkVisibility()).className", &words)
		assert.Equal(t, map[bool]string{true: "of-gaussian", false: "of-flow"}[c.many == "1"], words)
		p.click("sampler-one")
		p.wait("NFE 1", fmt.Sprintf("document.getElementById('num-nfe').textContent === %q", c.one), 10*time.Second)
	}

	t.Run("settings are checked where they are typed", func(t *testing.T) {
		p.T = t
		p.click("open-settings")
		p.wait("the dialog", "document.getElementById('settings').open && document.getElementById('set-gamma')", 5*time.Second)
		assert.Contains(t, p.text("settings-title"), "SAC")
		var absent bool
		p.eval("document.getElementById('set-weighting') === null", &absent)
		assert.True(t, absent, "SAC has no weights to normalise")
		p.enter("set-gamma", "1.5")
		assert.Equal(t, "Not used: it must be a number from 0 to 0.9999.", p.text("problem-gamma"))
		p.enter("set-gamma", "0.95")
		assert.Empty(t, p.text("problem-gamma"))
		assert.Equal(t, "yes", p.data("row-gamma", "changed"))
		p.enter("set-hidden", "16, 5000")
		assert.Contains(t, p.text("problem-hidden"), "1 to 1024")
		p.enter("set-hidden", "16, 16")
		p.enter("set-steps", "400")
		p.enter("set-warmUp", "100")
		p.enter("set-batch", "4096.5")
		assert.Contains(t, p.text("problem-batch"), "a whole number from 1 to 4096")
		p.wait("the link to hold what was taken", "location.hash.includes('alg=sac') && location.hash.includes('&set=gamma_0.95*hidden_16.16*steps_400*warmUp_100&')", 5*time.Second)
		p.enter("set-batch", "64")
		p.click("close-settings")
		assert.Equal(t, "Browser, 4 changed: 400 steps", p.text("settings-summary"))
	})
	p.T = t

	p.click("train")
	p.phase("finished", 60*time.Second)
	p.wait("the trained policy", "acting.dataset.source === 'training' && acting.dataset.steps === '400'", 10*time.Second)
	hash := p.data("acting", "hash")

	model, err := tensorio.ParseONNX(p.export("export-onnx-one", "onestep-pendulum-sac-seed1-1step.onnx"))
	require.NoError(t, err)
	assert.Equal(t, "pendulum", model.Metadata["onestep.task"])
	assert.Equal(t, "sac", model.Metadata["onestep.algorithm"])
	assert.Contains(t, model.Metadata["onestep.config"], `"gamma":0.95`)
	var document map[string]any
	require.NoError(t, json.Unmarshal(p.export("export-json", "onestep-pendulum-sac-seed1.json"), &document))
	assert.Equal(t, "onestep-json", document["format"])
	assert.Contains(t, string(p.export("export-python", "onestep-pendulum-sac-seed1.py")), "gymnasium.make")
	file := p.export("export-policy", "onestep-pendulum-sac-seed1.safetensors")
	policy, err := checkpoint.ReadPolicy(file)
	require.NoError(t, err)
	assert.Equal(t, hash, policy.Hash())

	t.Run("the file comes back, and another program's does not", func(t *testing.T) {
		p.T = t
		p.click("reset-training")
		p.phase("idle", 5*time.Second)
		p.click("algorithm-fpmd-m")
		p.wait("another agent", "acting.dataset.algorithm === 'fpmd-m'", 10*time.Second)
		p.choose(p.downloads + "/onestep-pendulum-sac-seed1.safetensors")
		p.wait("SAC again", fmt.Sprintf("acting.dataset.source === 'file' && acting.dataset.hash === %q", hash), 10*time.Second)
		var chosen bool
		p.eval("document.getElementById('algorithm-sac').checked", &chosen)
		assert.True(t, chosen)
		p.choose(p.downloads + "/onestep-pendulum-sac-seed1.py")
		p.wait("a refusal", "errors.textContent.includes('for other programs')", 10*time.Second)
		p.eval("errors.replaceChildren()", nil)
	})
	p.T = t

	t.Run("the link brings the settings back", func(t *testing.T) {
		p.T = t
		p.do(chromedp.Reload())
		p.drawn()
		p.phase("idle", 30*time.Second)
		assert.Equal(t, "Browser, 4 changed: 400 steps", p.text("settings-summary"))
		p.click("open-settings")
		var gamma string
		p.eval("document.getElementById('set-gamma').value", &gamma)
		assert.Equal(t, "0.95", gamma)
		p.click("reset-settings")
		assert.Equal(t, "Browser: 6,000 steps", p.text("settings-summary"))
		p.wait("a short link", "!location.hash.includes('&set=')", 5*time.Second)
	})
	p.T = t
	assert.Empty(t, p.text("errors"))
}

func TestPresets(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum+"&alg=fpmd-r&preset=browser-global&set=gamma_0.9", width, height)
	p.drawn()
	p.phase("idle", 30*time.Second)
	assert.Equal(t, "Browser, global weights, 1 changed: 6,000 steps", p.text("settings-summary"))
	p.click("open-settings")
	for _, c := range []struct{ id, weighting, hidden string }{
		{"browser-global", "global", "64, 64"}, {"browser-constant", "constant", "64, 64"}, {"browser-released", "as-released", "64, 64"},
		{"as-released", "as-released", "256, 256, 256"}, {"browser", "per-state", "64, 64"},
	} {
		p.enter("preset", c.id)
		var seen []string
		p.eval("[document.getElementById('preset').value, document.getElementById('set-weighting').value, document.getElementById('set-hidden').value, document.getElementById('set-gamma').value]", &seen)
		assert.Equal(t, []string{c.id, c.weighting, c.hidden, "0.9"}, seen, "what was changed stays changed")
		assert.Greater(t, len(p.text("preset-says")), 30)
	}
	p.enter("set-batch", "4096")
	p.enter("set-particles", "256")
	p.wait("what the settings are together", "document.getElementById('settings-problem').textContent.includes('batch times particles')", 10*time.Second)
	assert.Empty(t, p.text("errors"))
}

func TestHostileSettingsAreRefused(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum+"&set=gamma_7*batch_64*__proto___1", width, height)
	p.drawn()
	assert.Contains(t, p.text("errors"), "which is no setting as name_value")
	q := open(t, address+pendulum+"&preset=best&set=gamma_7*batch_32*constructor_1", width, height)
	q.drawn()
	q.phase("idle", 30*time.Second)
	for _, cause := range []string{"preset=best; it wants one of browser", "sets gamma to 7; it wants a number from 0 to 0.9999", "sets “constructor”, which is no setting"} {
		assert.Contains(t, q.text("errors"), cause)
	}
	assert.Equal(t, "Browser, 1 changed: 6,000 steps", q.text("settings-summary"))
	q.wait("the link to be cleaned", "location.hash.includes('set=batch_32')", 5*time.Second)
}

// TestAnotherTasksPolicyIsRefusedAndOffered: both tasks are named, nothing changes, and the offer takes the file after all.
func TestAnotherTasksPolicyIsRefusedAndOffered(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&task=reacher&alg=sac&set=hidden_16", width, height)
	p.wait("an untrained policy", "acting.dataset.algorithm === 'sac' && acting.dataset.hash", 40*time.Second)
	hash := p.data("acting", "hash")
	p.export("export-policy", "onestep-reacher-sac-seed1.safetensors")
	q := open(t, address+pendulum, width, height)
	q.drawn()
	shipped := q.data("acting", "hash")
	q.choose(p.downloads + "/onestep-reacher-sac-seed1.safetensors")
	q.wait("a refusal", "errors.textContent.includes('Nothing was changed')", 10*time.Second)
	assert.Contains(t, q.text("errors"), "it is for the task Reacher, and the page shows Pendulum")
	assert.Equal(t, shipped, q.data("acting", "hash"))
	q.eval("document.querySelector('#errors .offer').click()", nil)
	q.wait("the file on its own task", fmt.Sprintf("acting.dataset.source === 'file' && acting.dataset.hash === %q", hash), 20*time.Second)
	assert.Equal(t, "reacher", q.data("stage", "task"))
	assert.Empty(t, q.text("errors"))
}

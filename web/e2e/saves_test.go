//go:build e2e

package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/policy/fpmd"
	"onestep/policy/train"
)

// small is a training that ends within seconds.
const small = "#v=1&task=pendulum&seed=5&play=0&auto=0&set=hidden_8.8*batch_8*particles_2*steps_12000"

// smallHash is the hash of its weights when nothing interrupts it.
func smallHash(t *testing.T) string {
	o, err := train.NewOptions("pendulum", fpmd.FPMDM, 5, 12000, map[string]any{"hidden": []int{8, 8}, "batch": 8, "particles": 2})
	require.NoError(t, err)
	r, err := train.NewRun(o)
	require.NoError(t, err)
	for !r.Done() {
		require.NoError(t, r.Step())
	}
	return checkpoint.PolicyOf(r, checkpoint.Record{}).Hash()
}

// workersKnown lists the page's workers as window.workers.
func (p *tab) workersKnown() {
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: "window.workers = []; window.Worker = class extends Worker { constructor(...a) { super(...a); window.workers.push(this) } }",
	})
}

// A training whose page is reloaded, and then reloaded again while it runs, is offered each time and ends in the bits of
// an uninterrupted one; then nothing is offered any more.
func TestATrainingGoesOnAfterAReload(t *testing.T) {
	p := open(t, address+small, width, height)
	p.drawn()
	p.phase("idle", 30*time.Second)
	p.click("train")
	p.wait("some steps", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 100", 30*time.Second)
	p.click("train")
	p.phase("paused", 10*time.Second)
	p.wait("the pause to be saved", "+training.dataset.saved > 500", 10*time.Second)
	for range 2 {
		p.navigate("about:blank") // as a closed tab does, and another opens
		p.navigate(address)
		p.drawn()
		p.wait("the offer", "!saved.hidden", 30*time.Second)
		assert.Regexp(t, `Training of FPMD-M on Pendulum, [\d,]+ of 12,000 steps, saved`, p.text("saved-says"))
		p.click("saved-continue")
		p.wait("the training to go on", "['running', 'finished'].includes(train.dataset.phase)", 20*time.Second)
		p.wait("the offer to go", "saved.hidden", 5*time.Second)
	}
	p.phase("finished", 60*time.Second)
	want := smallHash(t)
	p.wait("the weights of the end", fmt.Sprintf("acting.dataset.hash === %q", want), 20*time.Second)
	p.navigate("about:blank")
	p.navigate(address)
	p.phase("idle", 30*time.Second)
	p.drawn()
	var hidden bool
	p.eval("document.getElementById('saved').hidden", &hidden)
	assert.True(t, hidden, "a finished run is offered no more")
}

// Lost workers are replaced, and the training goes on from its save to the same bits.
func TestALostWorkerIsReplaced(t *testing.T) {
	p := blank(t, width, height)
	p.workersKnown()
	p.navigate(address + small)
	p.drawn()
	p.phase("idle", 30*time.Second)
	p.click("train")
	p.wait("some updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 100", 30*time.Second)
	p.eval("workers.at(-1).terminate()", nil)
	p.wait("the page to notice", "errors.textContent.includes('The training worker was lost at')", 10*time.Second)
	p.wait("what it cost", "/from the save at .* lost\\./.test(errors.textContent)", 20*time.Second)
	p.phase("finished", 60*time.Second)
	p.wait("the weights of the end", fmt.Sprintf("acting.dataset.hash === %q", smallHash(t)), 20*time.Second)
}

// begin opens the page, with its workers known, and trains until there is a save.
func begin(t *testing.T) *tab {
	p := blank(t, width, height)
	p.workersKnown()
	p.navigate(address + small)
	p.drawn()
	p.phase("idle", 30*time.Second)
	p.click("train")
	p.wait("some updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 100", 30*time.Second)
	p.click("train")
	p.phase("paused", 10*time.Second)
	return p
}

// A worker that is lost three times without getting further is not replaced again; its save is offered.
func TestAWorkerIsNotReplacedForEver(t *testing.T) {
	p := begin(t)
	p.wait("a save", "+training.dataset.saved > 500", 10*time.Second)
	for i := range 3 { // a paused worker is asked nothing, so Continue finds it gone
		p.phase("paused", 20*time.Second)
		p.eval(fmt.Sprintf("(errors.replaceChildren(), workers[%d].dispatchEvent(new ErrorEvent('error', {message: 'out of memory', cancelable: true})))", i), nil)
		p.wait("the loss to be reported", "errors.textContent.includes('out of memory')", 20*time.Second)
	}
	p.phase("idle", 10*time.Second)
	assert.Contains(t, p.text("errors"), "not started again")
	p.wait("its save as an offer", "!saved.hidden", 10*time.Second)
	p.click("saved-discard")
	p.wait("the offer to go", "saved.hidden", 10*time.Second)
}

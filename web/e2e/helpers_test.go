//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/policy/train"
)

// withCores opens a page on a machine that claims to have so many cores; its workers are known.
func withCores(t *testing.T, cores int, link string, before ...func(*tab)) *tab {
	p := blank(t, width, height)
	for _, f := range before {
		f(p)
	}
	p.workersKnown()
	p.onEveryDocument(fmt.Sprintf("Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', { get: () => %d })", cores))
	p.navigate(address + link)
	p.drawn()
	p.phase("idle", 30*time.Second)
	p.eval(`(() => {
		const at = document.getElementById('num-workers');
		window.mostWorkers = 0;
		new MutationObserver(() => { window.mostWorkers = Math.max(window.mostWorkers, +at.textContent || 0) }).observe(at, { childList: true, characterData: true, subtree: true });
	})()`, nil)
	return p
}

// inShards is the small training with its batches divided, of so many steps, and the hash of its weights. Its networks are
// so small that helpers do not pay: they rest, and come back now and then.
func inShards(t *testing.T, shards, steps int) (link, hash string) {
	o, err := train.NewOptions("pendulum", "fpmd-m", 5, steps, map[string]any{"hidden": []int{8, 8}, "batch": 8, "particles": 2, "shards": shards})
	require.NoError(t, err)
	r, err := train.NewRun(o)
	require.NoError(t, err)
	for !r.Done() {
		require.NoError(t, r.Step())
	}
	return fmt.Sprintf("%s%d*shards_%d", smallButSteps, steps, shards), checkpoint.PolicyOf(r, checkpoint.Record{}).Hash()
}

func (p *tab) count(expression string) (n int) {
	p.Helper()
	p.eval(expression, &n)
	return n
}

// The weights of a training in shards are those of the headless program, whether helpers compute it or none do; one that
// is lost in the middle is reported once, and changes no bit either.
func TestHelpersEndInTheBitsOfOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cores, shards, workers, steps int
		lose                          bool
	}{{2, 2, 1, 4000, false}, {3, 2, 2, 4000, false}, {8, 4, 4, 4000, false}, {3, 2, 2, 16000, true}} {
		t.Run(fmt.Sprintf("%d cores, %d shards, lost %v", c.cores, c.shards, c.lose), func(t *testing.T) {
			t.Parallel()
			link, want := inShards(t, c.shards, c.steps)
			p := withCores(t, c.cores, link)
			before := p.count("workers.length")
			p.click("train")
			p.wait("the helpers at work", fmt.Sprintf("mostWorkers === %d", c.workers), 30*time.Second)
			assert.Equal(t, c.workers-1, p.count("workers.length")-before)
			if c.lose {
				p.eval("workers.at(-1).terminate()", nil)
				p.wait("the loss to be told", "errors.textContent.includes('a helper of the training did not answer')", 20*time.Second)
				p.wait("one worker", "document.getElementById('num-workers').textContent === '1'", 20*time.Second)
				p.eval("errors.replaceChildren()", nil)
			}
			p.phase("finished", 60*time.Second)
			p.wait("the weights of the end", fmt.Sprintf("acting.dataset.hash === %q", want), 20*time.Second)
			assert.Empty(t, p.text("errors"))
		})
	}
}

// A training in shards goes on after a reload, with another number of workers, to the same bits; Pause and Stop are as
// quick with helpers.
func TestHelpersComeBackAfterAReload(t *testing.T) {
	link, want := inShards(t, 2, 30000) // long enough for ten presses
	p := withCores(t, 3, link, (*tab).atItsOwnPace)
	p.click("train")
	p.wait("a helper at work", "mostWorkers === 2", 30*time.Second)
	p.pressPauseAndContinue()
	p.click("train")
	p.phase("paused", 10*time.Second)
	p.wait("the pause to be saved", "+training.dataset.saved > 500", 10*time.Second)
	p.navigate("about:blank")
	p.navigate(address)
	p.drawn()
	p.wait("the offer", "!saved.hidden", 30*time.Second)
	p.click("saved-continue")
	p.phase("finished", 60*time.Second)
	p.wait("the weights of the end", fmt.Sprintf("acting.dataset.hash === %q", want), 20*time.Second)
	assert.Empty(t, p.text("errors"))
}

// Where it pays, a training is divided among the cores that there are, the link says so from the press on, and another
// task's settings are not touched by it.
func TestTheLinkTellsTheShards(t *testing.T) {
	t.Parallel()
	p := withCores(t, 4, "#v=1&task=half_cheetah&play=0&auto=0&set=warmUp_200")
	assert.NotContains(t, p.data("stage", "link"), "shards")
	p.click("train")
	p.phase("running", 20*time.Second)
	p.wait("the link", "location.hash.includes('&set=shards_3*warmUp_200&')", 10*time.Second)
	p.wait("all workers", "mostWorkers === 3", 60*time.Second)
	p.click("reset-training")
	p.phase("idle", 10*time.Second)
	p.eval("(() => { task.value = 'pendulum'; task.dispatchEvent(new Event('change', {bubbles: true})) })()", nil)
	p.wait("the link without", "location.hash.includes('task=pendulum') && location.hash.includes('&set=warmUp_200&')", 10*time.Second)
	p.click("open-settings")
	var shards string
	p.eval("document.getElementById('set-shards').value", &shards)
	assert.Equal(t, "1", shards, "small networks lose by an exchange")
	p.enter("set-shards", "2")
	p.enter("set-weighting", "global")
	p.wait("a refusal where it is typed", "document.getElementById('settings-problem').textContent.includes('shards must be 1, not 2')", 10*time.Second)
	assert.True(t, strings.HasPrefix(p.text("help-shards"), "Shards of a batch"))
	assert.Empty(t, p.text("errors"))
}

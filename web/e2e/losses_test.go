//go:build e2e

package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
)

// The stage is loaded again where its WebGL context is lost. After the fourth loss in a minute it says so, and a button that
// can be pressed loads it; the training worker has never noticed.
func TestALostContextReloadsTheStage(t *testing.T) {
	t.Parallel()
	p := open(t, address+small, width, height)
	p.drawn()
	const canvas = "stage.contentDocument.querySelector('canvas')"
	for loss := range 4 {
		p.wait("a stage that draws", "stage.contentWindow.onestepStage?.frames > 0", 60*time.Second)
		// The losses lie 15 s apart by the frame's clock, however long the machine takes for each.
		p.eval(fmt.Sprintf("stage.contentWindow.Date.now = () => %d, null", 1_000_000_000_000+15_000*loss), nil)
		p.eval(fmt.Sprintf("stage.contentWindow.lost = true, %s.getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()", canvas), nil)
		p.wait("the loss to be noticed", "!stage.contentWindow.lost || stage.contentDocument.querySelector('#loading.failed button')", 30*time.Second)
	}
	p.wait("what has happened", "errors.textContent.includes('The graphics context was lost four times within a minute.')", 10*time.Second)
	p.eval("errors.replaceChildren()", nil)
	// Nothing of the stage lies over the button: it is what is found where it is seen.
	var at struct{ X, Y float64 }
	p.eval(`(() => {
		const inner = stage.contentDocument.querySelector('#loading.failed button').getBoundingClientRect(), outer = stage.getBoundingClientRect();
		return {X: outer.x + inner.x + inner.width / 2, Y: outer.y + inner.y + inner.height / 2};
	})()`, &at)
	assert.True(t, p.holds(fmt.Sprintf("((f) => stage.contentDocument.elementFromPoint(%v - f.x, %v - f.y)?.textContent === 'Load it again')(stage.getBoundingClientRect())", at.X, at.Y)))
	p.do(chromedp.MouseClickXY(at.X, at.Y))
	p.wait("a stage that draws", "stage.contentWindow.onestepStage?.frames > 0 && stage.contentDocument.getElementById('loading').hidden", 60*time.Second)
	p.click("train")
	p.ends()
	assert.Empty(t, p.text("errors"))
}

// endedByALoss is what a Go program and its glue say where a lost context has ended it.
var endedByALoss = regexp.MustCompile(`panic: gl: unexpected return type|Go program has already exited`)

// A context that is lost while the program is asking it something ends the program: the stage is loaded anew, and nothing is said.
func TestAContextLostWhileTheStageStarts(t *testing.T) {
	t.Parallel()
	p := blank(t, width, height)
	p.expects(endedByALoss)
	p.onEveryDocument(`(() => {
		const { linkProgram } = WebGL2RenderingContext.prototype;
		WebGL2RenderingContext.prototype.linkProgram = function (...a) {
			linkProgram.apply(this, a);
			if (sessionStorage.getItem('lost')) return;
			sessionStorage.setItem('lost', '1');
			this.getExtension('WEBGL_lose_context').loseContext();
		};
	})()`)
	p.navigate(address + small)
	p.wait("a stage that draws", "sessionStorage.getItem('lost') && document.documentElement.dataset.stage === 'drawn'", 60*time.Second)
	assert.Empty(t, p.text("errors"))
	assert.True(t, p.holds("stage.contentDocument.getElementById('loading').hidden"))
}

// Where the browser's storage is cleared during a training, the next save notices it, says so and saves the run anew, whole:
// after a reload it goes on to the same bits.
func TestClearedStorageIsNoticedByTheNextSave(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		clear func(p *tab)
	}{
		{"by the person", func(p *tab) {
			call(p, storage.ClearDataForOrigin, storage.ClearDataForOriginParams{Origin: strings.TrimSuffix(address, "/"), StorageTypes: "all"})
		}},
		{"by another tab", func(p *tab) {
			p.eval("new Promise((done, fail) => Object.assign(indexedDB.deleteDatabase('onestep'), {onsuccess: done, onerror: fail}))", nil)
		}},
		{"in part", func(p *tab) {
			p.eval(`new Promise((done) => indexedDB.open('onestep').onsuccess = ({target: {result}}) => {
				const all = result.transaction(['runs', 'states', 'blocks'], 'readwrite');
				for (const name of ['runs', 'states', 'blocks']) all.objectStore(name).clear();
				all.oncomplete = () => { result.close(); done() };
			})`, nil)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := begin(t)
			p.wait("a save", "+training.dataset.saved > 500", 10*time.Second)
			c.clear(p)
			steps := p.count("+training.dataset.saved")
			p.click("train")
			p.pausesBeyond(steps)
			p.wait("the loss to be said", "errors.textContent.includes('The browser’s storage was cleared, and the save of this training with it. It is saved again now.')", 10*time.Second)
			p.navigate("about:blank")
			p.navigate(address)
			p.offered()
			p.click("saved-continue")
			p.ends()
			assert.Empty(t, p.text("errors"))
		})
	}
}

// Storage that is cleared again and again while a training runs costs it nothing: it ends in its own bits, and its end is kept.
func TestClearedStorageWhileATrainingRuns(t *testing.T) {
	t.Parallel()
	p := blank(t, width, height)
	p.navigate(address + small)
	p.drawn()
	p.phase("idle", 30*time.Second)
	p.click("train")
	for !p.holds("train.dataset.phase === 'finished'") {
		call(p, storage.ClearDataForOrigin, storage.ClearDataForOriginParams{Origin: strings.TrimSuffix(address, "/"), StorageTypes: "all"})
		p.wait("the next save, or the end", "train.dataset.phase === 'finished' || new Promise((done) => setTimeout(done, 700, true))", 30*time.Second)
	}
	p.ends()
	p.wait("the end to be saved", "+training.dataset.saved === 12000", 20*time.Second)
	assert.NotContains(t, p.text("errors"), "does not keep")
	p.navigate("about:blank")
	p.navigate(address)
	p.offered()
	assert.Contains(t, p.text("saved-says"), "finished after 12,000 steps")
}

// What a finished training leaves is kept until a person has exported it, begun another or thrown it away.
func TestAFinishedTrainingIsKept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		act  func(p *tab)
		says string // of what is offered after it; empty: nothing
	}{
		{"nothing", func(p *tab) {}, "finished after 12,000 steps"},
		{"exported", func(p *tab) {
			p.click("export")
			p.click("export-run")
			p.downloaded(".run.safetensors")
		}, ""},
		{"another begun", func(p *tab) {
			p.click("train")
			p.wait("some updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 100", 30*time.Second)
			p.click("train")
			p.phase("paused", 10*time.Second)
		}, "of 12,000 steps, saved"},
		{"thrown away", func(p *tab) { p.click("reset-training"); p.putAway() }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := open(t, address+small, width, height)
			p.drawn()
			p.phase("idle", 30*time.Second)
			p.click("train")
			p.ends()
			p.wait("the end to be saved", "+training.dataset.saved === 12000", 20*time.Second)
			c.act(p)
			p.navigate("about:blank")
			p.navigate(address)
			p.drawn()
			p.phase("idle", 30*time.Second)
			if c.says == "" {
				p.still("nothing to be offered", "document.getElementById('saved').hidden")
				assert.True(t, p.holds("document.getElementById('saved').hidden"))
				return
			}
			p.offered()
			assert.Contains(t, p.text("saved-says"), c.says)
		})
	}
}

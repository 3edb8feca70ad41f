//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/policy/checkpoint"
	"onestep/policy/train"
)

// small is a training that ends within seconds.
const small = smallButSteps + "12000"

const smallButSteps = "#v=1&task=pendulum&seed=5&play=0&auto=0&set=hidden_8.8*batch_8*particles_2*steps_"

// smallHash is the hash of its weights when nothing interrupts it.
func smallHash(t *testing.T) string {
	t.Helper()
	hash, err := smallestHash()
	require.NoError(t, err)
	return hash
}

var smallestHash = sync.OnceValues(func() (string, error) { return hashOf("pendulum", 12000, nil) })

func hashOf(task string, steps int, model *env.Model) (string, error) {
	o, err := train.NewOptions(task, "fpmd-m", 5, steps, map[string]any{"hidden": []int{8, 8}, "batch": 8, "particles": 2})
	if err != nil {
		return "", err
	}
	o.Model = model
	r, err := train.NewRun(o)
	if err != nil {
		return "", err
	}
	for !r.Done() {
		if err := r.Step(); err != nil {
			return "", err
		}
	}
	return checkpoint.PolicyOf(r, checkpoint.Record{}).Hash(), nil
}

// workersKnown lists the page's workers as window.workers.
func (p *tab) workersKnown() {
	p.onEveryDocument("window.workers = []; window.Worker = class extends Worker { constructor(...a) { super(...a); window.workers.push(this) } }")
}

// A training whose page is reloaded, and then reloaded again while it runs, is offered each time and ends in the bits of
// an uninterrupted one. The finished run is kept too, until it is discarded.
func TestATrainingGoesOnAfterAReload(t *testing.T) {
	t.Parallel()
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
	p.wait("the offer of the finished run", "!saved.hidden", 30*time.Second)
	assert.Regexp(t, `Training of FPMD-M on Pendulum, finished after 12,000 steps, saved`, p.text("saved-says"))
	p.click("saved-continue")
	p.phase("finished", 20*time.Second)
	p.wait("its weights", fmt.Sprintf("acting.dataset.hash === %q", want), 20*time.Second)
	p.click("reset-training")
	p.putAway()
	p.navigate("about:blank")
	p.navigate(address)
	p.phase("idle", 30*time.Second)
	p.drawn()
	var hidden bool
	p.eval("document.getElementById('saved').hidden", &hidden)
	assert.True(t, hidden, "a discarded run is offered no more")
}

// putAway waits until it is said where a run that was reset is.
func (p *tab) putAway() {
	p.Helper()
	p.wait("what became of it", "document.getElementById('news').textContent.includes('is kept under Experiments')", 20*time.Second)
}

// Lost workers are replaced, and the training goes on from its save to the same bits.
func TestALostWorkerIsReplaced(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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

// Train goes on with no run of another body: it begins one of the body that is shown, and the other's save is kept.
func TestTrainGoesOnWithNoOtherBodysRun(t *testing.T) {
	t.Parallel()
	p := begin(t)
	p.wait("a save", "+training.dataset.saved > 0", 10*time.Second)
	assert.Equal(t, "Continue", p.text("train-word"))
	p.pick("task", "reacher")
	p.wait("the other body", "stage.dataset.task === 'reacher'", 20*time.Second)
	p.wait("the button to say what it does now", "document.getElementById('train-word').textContent === 'Train'", 10*time.Second)
	assert.Contains(t, p.text("training-status"), "Train begins another run and keeps the save of this one.")
	assert.Empty(t, p.text("train-far"), "how far the other one is")
	p.click("train")
	p.phase("running", 20*time.Second)
	p.wait("a policy for this body", "acting.dataset.source === 'training'", 60*time.Second)
	assert.Contains(t, p.text("training-status"), "FPMD-M trains: ")
	p.click("reset-training")
	p.putAway()
	p.offered()
	assert.Contains(t, p.text("saved-says"), "on Pendulum")
	assert.Empty(t, p.text("errors"))
}

// offered waits until a reopened page offers a save.
func (p *tab) offered() {
	p.Helper()
	p.drawn()
	p.phase("idle", 30*time.Second)
	p.wait("the offer", "!saved.hidden", 30*time.Second)
}

// ends waits for the end of the small training, in the bits of one that was never interrupted.
func (p *tab) ends() {
	p.Helper()
	p.phase("finished", 120*time.Second)
	p.wait("the weights of the end", fmt.Sprintf("acting.dataset.hash === %q", smallHash(p.T)), 20*time.Second)
}

// A second tab offers no run that the first one holds. It offers it once the first is closed, by itself and to screen
// readers and the keyboard too, and no longer once a third has taken it up.
func TestTwoTabsHoldOneRunOnce(t *testing.T) {
	t.Parallel()
	first := begin(t)
	first.wait("a save", "+training.dataset.saved > 500", 10*time.Second)
	tabs := []*tab{beside(first, width, height), beside(first, width, height)}
	for _, p := range tabs {
		p.navigate(address + pendulum + "&play=0&auto=0")
		p.drawn()
		p.phase("idle", 30*time.Second)
		p.wait("it to know of the run and to wait for it", "navigator.locks.query().then(({pending}) => pending.some(({name}) => name.startsWith('onestep run')))", 30*time.Second)
		assert.True(t, p.holds("saved.hidden"), "the first tab has it")
		p.eval("(() => { window.told = ''; new MutationObserver(() => { told += document.getElementById('saved-says').textContent }).observe(document.getElementById('saved-says'), {childList: true}) })()", nil)
		assert.True(t, p.holds("document.getElementById('saved-says').role === 'status' && document.getElementById('saved-says').checkVisibility()"), "a live region is there before it speaks")
	}
	first.navigate("about:blank") // as a closed tab does
	for _, p := range tabs {
		p.wait("the offer", "!saved.hidden && told.startsWith('Training of FPMD-M on Pendulum')", 30*time.Second)
	}
	p := tabs[0]
	p.eval("document.getElementById('more-summary').focus()", nil)
	for range 40 {
		p.do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
		if p.holds("document.activeElement.id === 'saved-continue'") {
			break
		}
	}
	p.do(chromedp.KeyEvent(kb.Enter))
	p.wait("the training to go on", "['running', 'finished'].includes(train.dataset.phase)", 20*time.Second)
	assert.Equal(t, "train", p.focused(), "who went on by keyboard is at the training's button")
	tabs[1].wait("the offer to go", "saved.hidden", 20*time.Second)
	p.ends()
	assert.True(t, tabs[1].holds("saved.hidden"))
	assert.Empty(t, tabs[1].text("errors"))
}

func (p *tab) focused() (id string) {
	p.Helper()
	p.eval("document.activeElement.id", &id)
	return id
}

// A save that is broken is refused with the cause and gives way to another, which goes on to the same bits; it is thrown
// away by nobody but a person.
func TestABrokenSaveHarmsNothing(t *testing.T) {
	t.Parallel()
	p := begin(t)
	p.wait("a save", "+training.dataset.saved > 500", 10*time.Second)
	leave := func() {
		p.navigate("about:blank")
		p.navigate(address + pendulum + "&play=0&auto=0&seed=6&set=hidden_8.8*batch_8*particles_2*steps_13000")
		p.offered()
	}
	leave()
	p.click("train") // another run, beside the first one's save
	p.wait("some updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 100", 30*time.Second)
	p.click("train")
	p.phase("paused", 10*time.Second)
	p.wait("a save", "+training.dataset.saved > 500", 10*time.Second)
	p.savedAgain() // the run's first save has no transitions to be damaged
	leave()
	for _, c := range []struct{ damage, repair, cause string }{
		{"each('blocks', flip)", "each('blocks', flip)", "its transitions from number 0 on are damaged (their checksum differs)."},
		{"each('states', flip)", "each('states', flip)", "its state is damaged (its checksum differs)."},
		{"each('states', (cursor) => { cursor.delete(); states.put(cursor.value, ['away', ...cursor.key]) })", `
			states.openCursor(IDBKeyRange.bound(['away'], ['away', []])).onsuccess = ({target: {result: cursor}}) => {
				if (!cursor) return;
				states.put(cursor.value, cursor.key.slice(1));
				cursor.delete();
				cursor.continue();
			}`, "its state is missing."},
		{"each('states', (cursor) => cursor.update({bytes: cursor.value.bytes.slice(0, 999)}))", "", "safetensors"},
		{"runs.put({id, at: meta.at})", "", ""},
	} {
		p.eval(fmt.Sprintf(alterNewest, c.damage), nil)
		leave()
		if c.cause != "" {
			assert.Contains(t, p.text("saved-says"), "13,000", "whether it is whole is found out by Continue")
			p.click("saved-continue")
			p.wait("the cause", fmt.Sprintf("errors.textContent.includes('The saved training does not go on: ') && errors.textContent.includes(%q)", c.cause), 20*time.Second)
			t.Log(p.text("errors"))
			p.wait("the other save", "!saved.hidden && document.getElementById('saved-says').textContent.includes(' 12,000')", 20*time.Second)
			assert.Equal(t, "idle", p.data("train", "phase"))
			leave()
		}
		if c.cause != "" && c.repair == "" {
			assert.Contains(t, p.text("saved-says"), "13,000", "another version of the page may read what nothing has damaged since")
			continue
		}
		assert.Contains(t, p.text("saved-says"), " 12,000", "the broken one stays out of the way")
		assert.Empty(t, p.text("errors"))
		if c.repair != "" {
			p.eval(fmt.Sprintf(alterNewest, c.repair+"; runs.put({...meta, aside: undefined})"), nil)
			leave()
		}
	}
	p.click("saved-continue")
	p.ends()
	leave()
	assert.Contains(t, p.text("saved-says"), " 12,000", "what has ended is kept until somebody discards it")
	p.click("saved-discard")
	p.wait("the broken one, which nobody has thrown away", "!saved.hidden && document.getElementById('saved-says').textContent.includes('another version')", 20*time.Second)
	assert.True(t, p.holds("document.getElementById('saved-continue').hidden"))
	p.click("saved-discard")
	p.wait("nothing to be left", "saved.hidden", 10*time.Second)
	assert.Empty(t, p.text("errors"))
}

// savedAgain trains on and pauses, so that there is another save.
func (p *tab) savedAgain() {
	p.Helper()
	steps := p.count("+training.dataset.saved")
	p.click("train")
	p.pausesBeyond(steps)
}

// pausesBeyond lets a training go on from that many steps, pauses it and waits for the save. The page presses: a run that
// takes seconds could end before a press from here arrives.
func (p *tab) pausesBeyond(steps int) {
	p.Helper()
	p.eval(fmt.Sprintf(`new Promise((done) => {
		const timer = setInterval(() => {
			if (train.dataset.phase !== 'running' || +document.getElementById('num-updates').textContent.replaceAll(',', '') <= %d) return;
			clearInterval(timer);
			train.click();
			done();
		}, 20);
	})`, steps+300), nil)
	p.phase("paused", 10*time.Second)
	p.wait("another save", fmt.Sprintf("+training.dataset.saved > %d", steps), 10*time.Second)
}

// Where the newest save of a run is damaged, or cannot be read, the run goes on from the one before it, to the same bits:
// after a reload and after a lost worker.
func TestTheSaveBeforeADamagedOneGoesOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, damage, cause string
		lost                bool
	}{
		{"its state", "each('states', newest(flip))", "its state is damaged (its checksum differs).", false},
		{"its last transitions", "each('blocks', last(flip))", "on are damaged (their checksum differs).", false},
		{"after a lost worker", "each('states', newest(flip))", "its state is damaged (its checksum differs).", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := begin(t)
			p.wait("a save", "+training.dataset.saved > 500", 10*time.Second)
			p.savedAgain()
			p.eval(fmt.Sprintf(alterNewest, c.damage), nil)
			if c.lost {
				p.eval("workers.at(-1).terminate()", nil)
				p.click("train")
				p.wait("the page to notice", "errors.textContent.includes('The training worker was lost at')", 20*time.Second)
			} else {
				p.navigate("about:blank")
				p.navigate(address)
				p.offered()
				p.click("saved-continue")
			}
			p.wait("the cause", fmt.Sprintf("/The save at .* is passed over: .* The training goes on from the one before it, at .* steps\\./.test(errors.textContent) && errors.textContent.includes(%q)", c.cause), 20*time.Second)
			p.eval("errors.replaceChildren()", nil)
			p.ends()
			p.wait("no offer", "saved.hidden", 10*time.Second)
			assert.Empty(t, p.text("errors"))
		})
	}
}

// A lost worker whose run has no whole save is replaced without it; the save stays until a person throws it away.
func TestALostWorkerWithoutAWholeSave(t *testing.T) {
	t.Parallel()
	p := begin(t)
	p.wait("a save", "+training.dataset.saved > 500", 10*time.Second)
	p.eval(fmt.Sprintf(alterNewest, "each('states', flip)"), nil)
	p.eval("workers.at(-1).dispatchEvent(new ErrorEvent('error', {message: 'out of memory', cancelable: true}))", nil)
	p.wait("the cause", "errors.textContent.includes('out of memory. The save cannot be read: its state is damaged (its checksum differs).')", 20*time.Second)
	p.phase("idle", 20*time.Second)
	p.wait("the save", "document.getElementById('saved-says').textContent.endsWith('It does not go on: its state is damaged (its checksum differs).')", 20*time.Second)
	assert.True(t, p.holds("document.getElementById('saved-continue').hidden"))
	p.click("saved-discard")
	p.wait("nothing to be left", "saved.hidden", 10*time.Second)
}

// A save of the form before checksums goes on to the same bits.
func TestASaveWithoutAChecksumGoesOn(t *testing.T) {
	t.Parallel()
	p := begin(t)
	p.wait("a save", "+training.dataset.saved > 500", 10*time.Second)
	p.eval(fmt.Sprintf(alterNewest, `
		each('blocks', (cursor) => cursor.update(cursor.value.bytes));
		each('states', (cursor) => { cursor.delete(); if (cursor.key[1] === meta.slot) states.put(cursor.value.bytes, id) });
		runs.put({id, at: meta.at, format: 1, info: meta.info, page: meta.page})`), nil)
	p.navigate("about:blank")
	p.navigate(address)
	p.offered()
	p.click("saved-continue")
	p.ends()
	assert.Empty(t, p.text("errors"))
}

// A browser whose SHA-256 fails costs the saves their checksum and nothing else: they go on, and policies have their hash.
func TestNothingNeedsTheBrowsersDigest(t *testing.T) {
	t.Parallel()
	p := blank(t, width, height)
	p.onEveryDocument("if (window.isSecureContext) SubtleCrypto.prototype.digest = () => Promise.reject(new DOMException('no', 'OperationError'))")
	p.navigate(address + small)
	p.drawn()
	p.phase("idle", 30*time.Second)
	p.click("train")
	p.wait("some updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 100", 30*time.Second)
	p.click("train")
	p.phase("paused", 10*time.Second)
	p.wait("a save", "+training.dataset.saved > 500", 10*time.Second)
	p.navigate("about:blank")
	p.navigate(address)
	p.offered()
	p.click("saved-continue")
	p.ends()
	assert.Empty(t, p.text("errors"))
}

// alterNewest changes what is stored of the run that was saved last. Edits get a cursor on each of its records in a store;
// flip changes one bit of its bytes.
const alterNewest = `new Promise((done, fail) => {
	const open = indexedDB.open('onestep');
	open.onsuccess = () => {
		const change = open.result.transaction(['runs', 'states', 'blocks'], 'readwrite');
		change.oncomplete = () => { open.result.close(); done() };
		change.onabort = () => fail(change.error);
		const [runs, states] = ['runs', 'states'].map((name) => change.objectStore(name));
		runs.getAll().onsuccess = ({target: {result}}) => {
			const meta = result.sort((a, b) => b.at - a.at)[0], {id} = meta;
			const each = (store, edit) => {
				const range = IDBKeyRange.bound([id], [id, Infinity]);
				const count = change.objectStore(store).count(range);
				let left = 0;
				count.onsuccess = () => { left = count.result };
				change.objectStore(store).openCursor(range).onsuccess = ({target: {result: cursor}}) => {
					if (!cursor) return;
					edit(cursor, --left);
					cursor.continue();
				};
			};
			const flip = (cursor) => {
				const {value} = cursor, bytes = new Uint8Array(value.bytes ?? value);
				bytes[bytes.length >> 1] ^= 1;
				cursor.update(value);
			};
			const newest = (edit) => (cursor) => cursor.key[1] === meta.slot && edit(cursor);
			const last = (edit) => (cursor, left) => left === 0 && edit(cursor);
			%s;
		};
	};
})`

// Where the storage is full, or unavailable, that is said once and the training goes on to its end; a lost worker
// still finds the save.
func TestATrainingGoesOnWithoutStorage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, script, cause string }{
		{"full", "", "its storage is full"},
		{"a private window", "IDBFactory.prototype.open = () => { throw new DOMException('The operation is insecure.', 'SecurityError') }", "its storage fails: The operation is insecure"},
		{"an open that fails", "IDBFactory.prototype.open = () => { const r = {error: new DOMException('no disk', 'UnknownError')}; setTimeout(() => r.onerror()); return r }", "its storage fails: no disk"},
		{"no IndexedDB", "Object.defineProperty(window, 'indexedDB', {value: undefined})", "this browser offers no storage with locks"},
		{"no locks", "Object.defineProperty(Navigator.prototype, 'locks', {value: undefined})", "this browser offers no storage with locks"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := blank(t, width, height)
			p.workersKnown()
			if c.script != "" {
				p.onEveryDocument(c.script)
			} else {
				quota := float64(1000)
				call(p, storage.OverrideQuotaForOrigin, storage.OverrideQuotaForOriginParams{Origin: address, QuotaSize: &quota})
			}
			p.navigate(address + small)
			p.drawn()
			p.phase("idle", 30*time.Second)
			p.click("train")
			p.wait("the cause", fmt.Sprintf("errors.textContent.includes(%q)", "does not keep this training over a reload: "+c.cause), 30*time.Second)
			p.wait("some updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 100", 30*time.Second)
			p.wait("a save in memory", "+training.dataset.saved > 0", 20*time.Second)
			p.eval("(errors.replaceChildren(), workers.at(-1).dispatchEvent(new ErrorEvent('error', {message: 'out of memory', cancelable: true})))", nil)
			p.wait("another worker to go on", "/from the save at .* lost\\./.test(errors.textContent)", 20*time.Second)
			p.ends()
			assert.NotContains(t, p.text("errors"), c.cause, "it is said once")
		})
	}
}

// A worker that hangs is noticed, replaced, and the training goes on from its save to the same bits.
func TestAHangingWorkerIsReplaced(t *testing.T) {
	t.Parallel()
	p := blank(t, width, height)
	p.navigate(address + small)
	p.drawn()
	p.phase("idle", 30*time.Second)
	p.click("train")
	p.wait("some updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 100", 30*time.Second)
	p.eval(`(() => { window.noticed = new Promise((done) => new MutationObserver(() => errors.textContent.includes('The training worker was lost at') || train.dataset.phase === 'recovering' ? done(performance.now()) : 0)
		.observe(document.body, {subtree: true, childList: true, attributeFilter: ['data-phase']})) })()`, nil)
	var began, ended float64
	worker := p.inWorker()
	p.eval("performance.now()", &began)
	go chromedp.Run(worker, chromedp.Evaluate[[]byte]("for (;;);")) // is never answered
	p.eval("window.noticed", &ended)
	t.Logf("noticed after %.1f s", (ended-began)/1000)
	p.wait("what it cost", "/silent for 4 seconds.*from the save at .* lost\\./.test(errors.textContent)", 20*time.Second)
	p.ends()
}

// A training of a person's own body goes on after a reload, with the body.
func TestATrainingOfAPersonsOwnBodyGoesOnAfterAReload(t *testing.T) {
	t.Parallel()
	model := &env.Model{Files: map[string]string{"crawler.xml": fmt.Sprintf(crawler, "motors.xml"),
		"motors.xml": `<mujoco><actuator><motor name="drive" joint="knee" gear="60" ctrlrange="-1 1"/></actuator></mujoco>`}, Reward: "up"}
	dir := t.TempDir()
	var files []string
	for name, text := range model.Files {
		files = append(files, filepath.Join(dir, name))
		require.NoError(t, os.WriteFile(files[len(files)-1], []byte(text), 0o644))
	}
	p := open(t, address+small+"&reward=up", width, height)
	p.drawn()
	p.phase("idle", 30*time.Second)
	p.choose(files...)
	p.wait("the body", "stage.dataset.task === 'custom'", 20*time.Second)
	p.click("train")
	p.wait("some updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 100", 60*time.Second)
	p.click("train")
	p.phase("paused", 10*time.Second)
	p.wait("a save", "+training.dataset.saved > 500", 10*time.Second)
	p.navigate("about:blank")
	p.navigate(address + pendulum)
	p.offered()
	p.click("saved-continue")
	p.wait("the body", "stage.dataset.task === 'custom' && stage.dataset.title === 'crawler'", 20*time.Second)
	p.phase("finished", 240*time.Second)
	want, err := hashOf("custom", 12000, model)
	require.NoError(t, err)
	p.wait("the weights of the end", fmt.Sprintf("acting.dataset.hash === %q", want), 20*time.Second)
	assert.Empty(t, p.text("errors"))
}

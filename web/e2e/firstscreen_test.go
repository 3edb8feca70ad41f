//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Body and action flow take at least half of a laptop's first screen, and all of what a training says is in it.
func TestTheBodyComesFirst(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int64{{1280, 800}, {1366, 768}, {1280, 720}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			p := open(t, address+small, size[0], size[1])
			p.drawn()
			var part float64
			p.eval(`['body', 'flow'].reduce((sum, name) => {
				const r = document.querySelector('.cell[data-pane=' + name + ']').getBoundingClientRect();
				return sum + r.width * Math.max(0, Math.min(r.bottom, innerHeight) - Math.max(r.top, 0));
			}, 0) / (innerWidth * innerHeight)`, &part)
			t.Logf("%.1f %% of the screen", 100*part)
			assert.GreaterOrEqual(t, part, 0.5)
			p.phase("idle", 30*time.Second)
			p.click("train")
			p.wait("some updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 100", 30*time.Second)
			p.click("train")
			p.phase("paused", 10*time.Second)
			assert.Empty(t, p.unseen("train", "reset-training", "progress", "training-status", "num-eval-one", "num-eval-many", "num-variance", "num-error", "num-steps-rate"), "not in the first screen")
			p.do(chromedp.Reload())
			p.offered()
			assert.Empty(t, p.unseen("train", "saved-says", "saved-continue", "saved-discard"), "not in the first screen after a reload")
		})
	}
}

// unseen lists the elements that are not wholly in the window, nor in what scrolls within it and with them, or that something covers.
func (p *tab) unseen(ids ...string) (names []string) {
	p.Helper()
	p.eval(fmt.Sprintf(`%q.split(' ').filter((id) => {
		const e = document.getElementById(id), r = e.getBoundingClientRect(), fixed = getComputedStyle(e).position === 'fixed' || getComputedStyle(e.parentElement).position === 'fixed';
		const box = !fixed && e.closest('.scroll')?.getBoundingClientRect() || {top: 0, bottom: innerHeight};
		const hit = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
		return !e.checkVisibility() || r.top < Math.max(0, box.top - 1) || r.bottom > Math.min(innerHeight, box.bottom + 1) || !(e.contains(hit) || hit?.contains(e));
	})`, strings.Join(ids, " ")), &names)
	return names
}

// On a telephone the body is the first thing, upright and on its side, also while an example says what is seen; the bar tells
// how far a training is.
func TestABodyOnATelephone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, link string
		w, h       int64
	}{
		{"upright", small, 390, 844}, {"on its side", small, 844, 390},
		{"upright, an example", "#v=1&task=half_cheetah&sampler=one&example=price&play=0", 390, 844},
		{"upright, a lesson", "#v=1&task=half_cheetah&lesson=what-you-see&at=2&play=0", 390, 844},
		{"on its side, an example", "#v=1&task=half_cheetah&sampler=one&example=price&play=0", 844, 390},
		{"on its side, a lesson", "#v=1&task=half_cheetah&lesson=what-you-see&at=2&play=0", 844, 390},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := open(t, address+c.link, c.w, c.h)
			p.drawn()
			if strings.Contains(c.link, "lesson") {
				p.wait("the lesson", "document.getElementById('lesson').checkVisibility()", 20*time.Second)
			}
			var edges struct{ Said, BodyTop, BodyBottom, FlowTop, Bar float64 }
			p.eval(`(() => {
				const of = (name) => document.querySelector('.cell[data-pane=' + name + '] .pane').getBoundingClientRect();
				return {Said: Math.max(lesson.getBoundingClientRect().bottom, example.getBoundingClientRect().bottom), BodyTop: of('body').top, BodyBottom: of('body').bottom, FlowTop: of('flow').top, Bar: document.getElementById('play').getBoundingClientRect().top};
			})()`, &edges)
			t.Logf("%+v", edges)
			assert.Less(t, edges.BodyTop, 0.4*float64(c.h))
			assert.LessOrEqual(t, edges.Said, edges.BodyTop, "what is said covers nothing of it")
			p.wait("a body that can be seen", "Math.max(stage.contentWindow.onestepStage.body.width, stage.contentWindow.onestepStage.body.height) > 30", 20*time.Second)
			assert.Less(t, edges.BodyBottom, edges.Bar, "the whole body")
			assert.True(t, p.holds("document.getElementById('scrub').getBoundingClientRect().width > 120"), "t has a way to go")
			assert.Less(t, edges.FlowTop, edges.Bar-60, "the flow begins")
			if c.link == small {
				p.phase("idle", 30*time.Second)
				p.click("train")
				p.wait("some updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 100", 30*time.Second)
				p.click("train")
				p.phase("paused", 10*time.Second)
				assert.Regexp(t, `^\d+ %`, p.text("train-far"))
				assert.Empty(t, p.unseen("train", "train-far"))
				assert.True(t, p.holds(`['Train again', 'Neu trainieren', 'Recovering…'].every((text) => {
					document.getElementById('train-word').textContent = text;
					const word = document.getElementById('train-word').getBoundingClientRect(), train = document.getElementById('train').getBoundingClientRect();
					return word.left > train.left && word.right < train.right - 2;
				})`), "what Train is called stands within it")
			}
		})
	}
}

// A press on a panel's title enlarges it, by keyboard too; Escape, or another press, puts it back and does nothing else.
func TestAPanelIsEnlarged(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum+"&play=0", 1280, 800)
	p.drawn()
	wide := func(name string) (w float64) {
		p.eval(fmt.Sprintf("stage.contentWindow.onestepStage.panels[%q].width", name), &w)
		return w
	}
	before := wide("scatter")
	p.press(".cell[data-pane=scatter] .enlarge")
	p.wait("the panel to be large", fmt.Sprintf("stage.contentWindow.onestepStage.panels.scatter.width > %v", 2*before), 20*time.Second)
	assert.Zero(t, wide("body"), "the others are away")
	assert.True(t, p.holds("document.querySelector('.cell[data-pane=scatter] .enlarge').ariaPressed === 'true'"))
	p.do(chromedp.KeyEvent(kb.Escape))
	p.wait("the panel to be back", fmt.Sprintf("Math.abs(stage.contentWindow.onestepStage.panels.scatter.width - %v) < 2 && stage.contentWindow.onestepStage.panels.body.width > 0", before), 20*time.Second)
	p.eval("document.querySelector('.cell[data-pane=curve] .enlarge').focus()", nil)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.wait("the panel to be large", fmt.Sprintf("stage.contentWindow.onestepStage.panels.curve.width > %v", 2*before), 20*time.Second)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.wait("the panel to be back", "stage.contentWindow.onestepStage.panels.body.width > 0", 20*time.Second)
}

// Escape closes an open menu and does nothing else; the next one lets the body go on from a visited state.
func TestEscapeClosesMenusFirst(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum, 1280, 800)
	p.drawn()
	p.wait("a visited state", "stage.contentWindow.onestepStage.numbers[1] > 2", 60*time.Second)
	p.do(chromedp.KeyEvent("["))
	p.wait("the state to be chosen", "!document.getElementById('selection').hidden", 20*time.Second)
	for _, c := range []struct{ button, menu string }{{"examples", "examples-menu"}, {"layers", "layers-menu"}, {"export", "export-menu"}} {
		p.click(c.button)
		p.wait("the menu "+c.menu, fmt.Sprintf("document.getElementById(%q).matches(':popover-open')", c.menu), 10*time.Second)
		p.do(chromedp.KeyEvent(kb.Escape))
		p.wait("the menu to be closed", fmt.Sprintf("!document.getElementById(%q).matches(':popover-open')", c.menu), 10*time.Second)
		p.still("the chosen state", "document.getElementById('selection').hidden")
		require.False(t, p.holds("document.getElementById('selection').hidden"), "%s: Escape did more than close", c.menu)
	}
	p.do(chromedp.KeyEvent(kb.Escape))
	p.wait("the body to go on", "document.getElementById('selection').hidden", 20*time.Second)
}

// Numbers that change are not read out: in a whole training the live regions say a few sentences.
func TestLiveRegionsAreQuiet(t *testing.T) {
	t.Parallel()
	p := open(t, address+small+"&play=1", width, height)
	p.drawn()
	p.phase("idle", 30*time.Second)
	assert.True(t, p.holds("!document.querySelector('output')"), "an output is a live region by itself")
	p.eval(`(() => {
		window.said = [];
		for (const e of document.querySelectorAll('[aria-live], [role=status], [role=alert]')) {
			new MutationObserver(() => e.textContent.trim() && window.said.push(e.id + ': ' + e.textContent.trim())).observe(e, {subtree: true, childList: true, characterData: true});
		}
	})()`, nil)
	p.click("train")
	p.phase("finished", 120*time.Second)
	var said []string
	var rows int
	p.eval("window.said", &said)
	p.eval("+training.dataset.evaluations", &rows)
	assert.LessOrEqual(t, len(said), rows+2, "%q", said)
}

// Messages cover neither Train nor what plays the body, however many there are.
func TestMessagesCoverNoControl(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int64{{1280, 800}, {390, 844}} {
		t.Run(fmt.Sprint(size[0]), func(t *testing.T) {
			p := open(t, address+small, size[0], size[1])
			p.drawn()
			p.phase("idle", 30*time.Second)
			for i := range 4 {
				file := filepath.Join(t.TempDir(), fmt.Sprintf("broken-%d.safetensors", i))
				require.NoError(t, os.WriteFile(file, []byte("{}"), 0o644))
				p.choose(file)
				p.wait("the message", fmt.Sprintf("errors.textContent.includes('broken-%d')", i), 20*time.Second)
			}
			controls := []string{"train", "play"}
			if size[0] > 1000 {
				controls = append(controls, "progress") // on a telephone the bar tells it
			}
			assert.Empty(t, p.unseen(controls...), "covered")
			assert.LessOrEqual(t, p.count("errors.children.length"), 3)
		})
	}
}

// A glance must do: a card shows at most five numbers until More is pressed.
func TestACardHasFiveNumbers(t *testing.T) {
	t.Parallel()
	p := open(t, address, 1280, 800)
	p.drawn()
	for _, card := range []string{"training", "acting-card"} {
		n := p.count(fmt.Sprintf("[...document.getElementById(%q).querySelectorAll('.number')].filter((e) => e.checkVisibility()).length", card))
		assert.True(t, n > 0 && n <= 5, "%s shows %d", card, n)
	}
	p.eval("document.getElementById('num-error').textContent = '0.0350 to 0.0366'", nil)
	assert.True(t, p.holds("new Set(['eval-one', 'eval-many'].map((id) => document.getElementById(`num-${id}`).getBoundingClientRect().bottom)).size === 1"), "the returns stand beside each other")
	assert.True(t, p.holds("new Set(['variance', 'error', 'steps-rate'].map((id) => document.getElementById(`num-${id}`).getBoundingClientRect().bottom)).size === 1"), "both ends of an error stand beside their name")
}

// Train is few stops of the keyboard away.
func TestTrainIsReachedEarly(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum, 1280, 800)
	p.drawn()
	p.phase("idle", 30*time.Second)
	stops := 0
	for p.focused() != "train" {
		p.do(chromedp.KeyEvent(kb.Tab))
		stops++
		require.LessOrEqual(t, stops, 12)
	}
	t.Logf("%d stops", stops)
}

// While the keyboard is in the stage, the page shows it.
func TestTheStageShowsItsFocus(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum, 1280, 800)
	p.drawn()
	const ring = "getComputedStyle(document.querySelector('.cell')).outlineStyle"
	assert.True(t, p.holds(ring+" === 'none'"))
	for range 14 {
		p.do(chromedp.KeyEvent(kb.Tab))
		if p.focused() == "stage" {
			break
		}
	}
	p.wait("a ring", ring+" === 'solid'", 10*time.Second)
	p.do(chromedp.KeyEvent(kb.Tab))
	p.wait("no ring", ring+" === 'none'", 10*time.Second)
}

// No number of a card is cut or leaves it, "Train again" leaves the dice in its line, and between the panels there is no more
// than a gap, at 200 % zoom (640x400) too.
func TestNothingIsCut(t *testing.T) {
	t.Parallel()
	p := open(t, address+small, 1280, 800)
	p.drawn()
	p.phase("idle", 30*time.Second)
	p.click("train")
	p.phase("finished", 120*time.Second)
	p.eval("more.open = document.getElementById('more-acting').open = true", nil)
	for _, size := range [][2]int64{{1280, 800}, {1366, 768}, {1100, 700}, {640, 400}} {
		p.do(chromedp.EmulateViewport(size[0], size[1]))
		p.eval("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))", nil)
		var wrong []string
		p.eval(`(() => {
			const box = (e) => e.getBoundingClientRect();
			const wrong = [...document.querySelectorAll('.card .number :is(dt, dd), #training .inline > *')].filter((e) => {
				const of = box(e.closest('.card'));
				return e.checkVisibility() && (box(e).left < of.left || box(e).right > of.right || e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline');
			}).map((e) => (e.id || e.textContent) + ' is cut');
			if (innerWidth >= 1280 && Math.abs(box(train).top + box(train).bottom - box(document.getElementById('new-seed')).top - box(document.getElementById('new-seed')).bottom) > 8) wrong.push('the dice are pushed down');
			if (innerWidth >= 1280) wrong.push(...[...document.querySelectorAll('#training-numbers .number')].filter((e) => Math.abs(box(e.children[0]).top - box(e.children[1]).top) > 6).map((e) => e.textContent + ' takes two lines'));
			const rows = [...document.querySelectorAll('.work > .strip, .work .cell, .work > .side')].filter((e) => e.checkVisibility()).map(box).sort((a, b) => a.top - b.top);
			let bottom = rows[0].top;
			for (const r of rows) {
				if (r.top - bottom > 24) wrong.push('a gap of ' + (r.top - bottom) + ' px above ' + r.top);
				bottom = Math.max(bottom, r.bottom);
			}
			if (document.documentElement.scrollWidth > innerWidth) wrong.push('it scrolls sideways');
			return wrong;
		})()`, &wrong)
		assert.Empty(t, wrong, "%d px", size[0])
	}
	p.do(chromedp.EmulateViewport(1366, 768))
	p.click("late")
	p.wait("the menu of late actions to leave the body in sight", "document.getElementById('late-menu').getBoundingClientRect().top > document.getElementById('late').getBoundingClientRect().bottom", 10*time.Second)
}

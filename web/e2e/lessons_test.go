//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ofATeacher is a lesson of somebody's own, whose words would be markup if anything took them for it.
const ofATeacher = `{"onestep": "lesson 1", "title": "<img src=x onerror=alert(1)>", "about": "Mine.", "minutes": 1, "steps": [
	{"says": "A pendulum.", "link": "#v=1&task=pendulum&sampler=one", "points": "sampler", "asks": "Press “20 steps”.", "done": "sampler=many"},
	{"says": "It stays as you left it.", "points": "push", "asks": "Push it.", "event": "pull"},
	{"says": "The end.", "link": "#v=1&task=pendulum&sampler=one"}]}`

// TestALesson is offered a tour once, refuses broken lessons, takes a teacher's, walks it by keyboard, back and forward, and
// resumes it after a reload.
func TestALesson(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum+"&play=0", 1280, 800)
	p.drawn()
	assert.True(t, p.holds("document.getElementById('tour').checkVisibility()"), "the first visit offers the tour")
	p.wait("both returns", "sampler.dataset.episodes === '20'", 60*time.Second)
	assert.Regexp(t, `^−145 ± \d+$`, p.text("return-one"), "the record of the shipped policy has −144.7 for the same episodes")
	assert.Regexp(t, `^−145 ± \d+$`, p.text("return-many"), "and −144.6")
	lesson := func(text string) string {
		file := filepath.Join(t.TempDir(), "mine.lesson.json")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		return file
	}
	for _, c := range []struct{ text, cause string }{
		{`{"onestep": "lesson 1"`, "it is not JSON"},
		{`{"onestep": "lesson 1", "title": "A", "steps": [{"says": "B", "link": "https://example.org/"}]}`, "links are of this page"},
	} {
		p.choose(lesson(c.text))
		p.wait(c.cause, fmt.Sprintf("errors.textContent.includes('“mine.lesson.json” was not taken') && errors.textContent.includes(%q)", c.cause), 20*time.Second)
	}
	assert.True(t, p.holds("lesson.hidden"), "nothing was changed")
	p.eval("errors.replaceChildren()", nil)

	at := func(step, of string) {
		t.Helper()
		p.wait("step "+step, fmt.Sprintf("!lesson.hidden && document.getElementById('lesson-at').textContent === %q", step+" of "+of), 20*time.Second)
	}
	p.choose(lesson(ofATeacher))
	at("1", "3")
	assert.Equal(t, "<img src=x onerror=alert(1)>", p.text("lesson-title"))
	assert.True(t, p.holds("document.getElementById('sampler').classList.contains('pointed') && document.querySelectorAll('#lesson img').length === 0"))
	p.eval("document.getElementById('lesson-show').focus()", nil)
	p.do(chromedp.KeyEvent(kb.Enter))
	assert.Equal(t, "sampler-one", p.focused(), "the keyboard is taken to what is pointed at")
	p.do(chromedp.KeyEvent(kb.ArrowRight))
	p.wait("the step to be done", "document.getElementById('lesson-asks').textContent.startsWith('Done: ')", 20*time.Second)
	p.eval("document.getElementById('lesson-next').focus()", nil)
	p.do(chromedp.KeyEvent(kb.Enter))
	at("2", "3")
	assert.True(t, p.holds("document.getElementById('sampler-many').checked"), "a step without a link leaves the page as it is")
	assert.Equal(t, "lesson-next", p.focused())
	p.eval("history.back()", nil)
	at("1", "3")
	p.eval("history.forward()", nil)
	at("2", "3")
	p.click("push-right")
	p.wait("the push to be seen", "document.getElementById('lesson-asks').textContent.startsWith('Done: ')", 20*time.Second)

	p.navigate("about:blank")
	p.navigate(address) // another visit
	p.drawn()
	assert.False(t, p.holds("document.getElementById('tour').checkVisibility()"), "the tour is offered once")
	p.press("#places [data-to=learn]")
	p.wait("the lessons", "lessons.children.length >= 7", 20*time.Second)
	assert.Contains(t, p.text("lessons"), "go on at step 2")
	p.press("#lessons li:last-child a")
	at("2", "3")
	assert.True(t, p.holds("document.getElementById('lesson-asks').textContent.startsWith('Done: ') && document.documentElement.dataset.at === 'playground'"))
	p.click("lesson-next")
	at("3", "3")
	p.click("lesson-next")
	p.wait("the end", "lesson.hidden && document.documentElement.dataset.at === 'learn' && lessons.lastElementChild.textContent.includes('done')", 20*time.Second)
	assert.Equal(t, "learn", p.focused())

	p.eval("location.hash = '#v=1&lesson=nothing'", nil)
	p.wait("a refusal", "errors.textContent.includes('The lesson “nothing” is not shown: this page has no such lesson.')", 20*time.Second)
}

// TestEveryLesson goes through the page's own lessons: each step is shown, and what it points at is seen beside it.
func TestEveryLesson(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum+"&play=0", 1366, 768)
	p.drawn()
	for _, size := range [][2]int64{{1366, 768}, {390, 844}} {
		p.do(chromedp.EmulateViewport(size[0], size[1]))
		var wrong []string
		p.evalWithin(patience*2*time.Minute, `(async () => {
			const [{linkOfStep}, {lessonIn, TARGETS}] = await Promise.all([import('./js/lesson.js'), import('./js/lessonfile.js')]);
			const until = async (what, ok) => {
				for (let i = 0; i < 400 && !ok(); i++) await new Promise((r) => setTimeout(r, 25));
				if (!ok()) throw new Error(what);
			};
			const wrong = [];
			for (const {name, url} of (await (await fetch('manifest.json')).json()).lessons) {
				const read = lessonIn(await (await fetch(url)).text());
				for (const [i, {says, points}] of read.steps.entries()) {
					const what = name + ' ' + (i + 1);
					location.hash = linkOfStep(name, read, i + 1);
					await until(what, () => lesson.dataset.name === name && lesson.dataset.at === String(i + 1) && document.getElementById('lesson-says').textContent === says);
					await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
					const seen = document.querySelector('.pointed'), box = seen?.getBoundingClientRect(), band = lesson.getBoundingClientRect();
					if (points && seen !== document.querySelector(TARGETS[points])) wrong.push(what + ' points elsewhere');
					if (seen && !(seen.checkVisibility() && box.width > 0 && box.bottom > 0 && box.top < innerHeight - 20)) wrong.push(what + ': ' + points + ' is not seen: ' + JSON.stringify(box));
					if (seen && box.top < band.bottom - 1 && box.bottom > band.top + 1) wrong.push(what + ': ' + points + ' is under the lesson: ' + JSON.stringify([box, band]));
					if (band.height > innerHeight / 3) wrong.push(what + ' takes ' + band.height + ' px');
					if (document.documentElement.scrollWidth > innerWidth) wrong.push(what + ' scrolls sideways');
				}
			}
			return wrong;
		})()`, &wrong)
		assert.Empty(t, wrong, "%d px", size[0])
	}
	assert.Empty(t, p.text("errors"))
}

//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestShare copies the link where the browser allows it, shows it to be selected where not, and the link restores.
func TestShare(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&task=pendulum&alg=fpmd-r&sampler=many&k=5&seed=77&set=gamma_0.9", width, height)
	p.drawn()
	p.phase("idle", 60*time.Second)
	// Without the permission: the link is selected.
	p.eval("navigator.clipboard.writeText = () => Promise.reject(new Error('no permission'))", nil)
	p.click("share")
	p.wait("the dialog", "document.getElementById('share-dialog').open && document.getElementById('share-status').textContent.includes('copy it with')", 5*time.Second)
	var link, selected, lines string
	p.eval("document.getElementById('share-link').value", &link)
	p.eval("document.activeElement.id + ' ' + document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)", &selected)
	assert.Equal(t, "share-link "+link, selected)
	for _, part := range []string{address, "task=pendulum", "alg=fpmd-r", "sampler=many", "k=5", "seed=77", "set=gamma_0.9", "place=playground"} {
		assert.Contains(t, link, part)
	}
	p.eval("document.getElementById('share-embed').value", &lines)
	assert.Contains(t, lines, `<iframe src="`+address)
	assert.Contains(t, lines, "embed=1")
	p.do(chromedp.KeyEvent(kb.Escape))
	p.wait("Escape to close it", "!document.getElementById('share-dialog').open", 5*time.Second)

	// With it: the clipboard holds the link.
	p.eval("navigator.clipboard.writeText = async (text) => { window.copied = text }", nil)
	p.click("share")
	p.wait("the copy", "document.getElementById('share-status').textContent === 'The link is copied.'", 5*time.Second)
	var held string
	p.eval("window.copied", &held)
	assert.Equal(t, link, held)

	// For a class: a short link, the same as a QR code of black modules on white, and panels for a projector.
	var short string
	p.eval("document.getElementById('share-short').value", &short)
	assert.Less(t, len(short), len(link)/2)
	p.wait("the code", "document.getElementById('share-code').naturalWidth > 0", 10*time.Second)
	p.click("present")
	p.wait("two panels alone", "document.documentElement.matches('[data-present]') && location.hash.includes('present=body*flow') && !controls.checkVisibility()", 10*time.Second)
	// The sizes of all texts that are seen, of the stage's too, which are scaled together.
	const sizes = `[[document, 1], [stage.contentDocument, stage.contentWindow.onestepStage.scale]].flatMap(([of, scale]) =>
		[...of.body.querySelectorAll('*')].filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && e.checkVisibility({opacityProperty: true, visibilityProperty: true}) && e.getBoundingClientRect().width > 1)
			.map((e) => [parseFloat(getComputedStyle(e).fontSize) * scale, e.textContent.trim()]))`
	p.do(chromedp.EmulateViewport(1280, 720))
	p.wait("large letters", sizes+".every(([size]) => size >= 18)", 20*time.Second)
	p.wait("titles, axes and legends among them", sizes+".length >= 8", 20*time.Second)
	var panels []string
	p.eval("[...document.querySelectorAll('.cell')].filter((e) => e.checkVisibility()).map((e) => e.dataset.pane)", &panels)
	assert.Equal(t, []string{"body", "flow"}, panels)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.wait("the whole page", "controls.checkVisibility() && !location.hash.includes('present=')", 10*time.Second)
	p.do(chromedp.EmulateViewport(width, height))

	q := open(t, short, width, height)
	q.drawn()
	q.phase("idle", 60*time.Second)
	assert.Equal(t, "Browser, 1 changed: 6,000 steps", q.text("settings-summary"))
	var seen []string
	q.eval("[task.value, document.querySelector('[name=algorithm]:checked').value, document.querySelector('[name=sampler]:checked').value, document.getElementById('many-steps').value, seed.value]", &seen)
	assert.Equal(t, []string{"pendulum", "fpmd-r", "many", "5", "77"}, seen)
	assert.Empty(t, q.text("errors"))
}

// TestEmbed shows the page in a frame of another page, as the copied lines do.
func TestEmbed(t *testing.T) {
	t.Parallel()
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/outer/" {
			fmt.Fprint(w, `<!doctype html><html lang="en"><title>outer</title><link rel="icon" href="data:,"><iframe id="inner" width="720" height="480" src="/#v=1&amp;task=pendulum&amp;embed=1"></iframe>`)
			return
		}
		http.FileServer(http.Dir(dist)).ServeHTTP(w, r)
	}))
	t.Cleanup(host.Close) // after the tab, which may still ask for something
	p := blank(t, width, height)
	p.navigate(host.URL + "/outer/")
	const inside = "document.getElementById('inner').contentDocument"
	p.wait2("the first frame", inside+"?.documentElement.dataset.stage === 'drawn'")
	var shown []string
	p.eval(`[...`+inside+`.querySelectorAll('button, input, select, a, iframe')].filter((e) => e.checkVisibility()).map((e) => e.id)`, &shown)
	assert.Equal(t, []string{"stage", "play", "sampler-one", "sampler-many", "whole"}, shown)
	p.eval(inside+".getElementById('sampler-many').click()", nil)
	p.wait2("20 evaluations", inside+".getElementById('num-nfe').textContent === '20'")
	var whole string
	p.eval(inside+".getElementById('whole').href", &whole)
	assert.True(t, strings.Contains(whole, "embed=0") && strings.Contains(whole, "sampler=many"), whole)
}

// wait2 waits on a page that is not Onestep's own.
func (p *tab) wait2(what, condition string) {
	p.Helper()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		var ok bool
		if p.eval("!!("+condition+")", &ok); ok {
			return
		}
	}
	p.Fatalf("still not: %s", what)
}

// TestExamples opens each example from the menu: its state is taken whole, its sentence is said, and nothing is refused.
func TestExamples(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&task=pendulum", width, height)
	p.drawn()
	p.phase("idle", 60*time.Second)
	var ids []string
	p.eval("import('./js/catalog.js').then((m) => m.default.examples.map(({id}) => id))", &ids)
	require.Greater(t, len(ids), 8)
	for _, id := range ids {
		// By keyboard: the button opens the menu, Enter follows the link.
		p.do(chromedp.Focus(chromedp.ID("examples")), chromedp.KeyEvent(kb.Enter))
		p.wait("the menu", "document.getElementById('examples-menu').matches(':popover-open')", 5*time.Second)
		p.do(chromedp.Focus(chromedp.CSS("[data-example="+id+"]")), chromedp.KeyEvent(kb.Enter))
		p.wait("the sentence of "+id, fmt.Sprintf("!document.getElementById('examples-menu').matches(':popover-open') && location.hash.includes('example=%s') && document.getElementById('example').checkVisibility() && document.getElementById('example-says').textContent.length > 60", id), 10*time.Second)
		var same bool
		p.eval(fmt.Sprintf(`Promise.all([import('./js/catalog.js'), import('./js/state.js')]).then(([e, s]) => {
			const { state, refused } = s.fromFragment(location.hash);
			const wanted = { ...s.initial(), ...e.default.examples.find(({ id }) => id === %q).state, example: %q };
			return refused.length === 0 && Object.keys(wanted).every((name) => ['axisX', 'axisY'].includes(name) || wanted[name] === state[name]);
		})`, id, id), &same)
		assert.True(t, same, "%s: %s", id, p.stageSays())
		p.wait("a policy at work in "+id, "acting.dataset.hash && stage.dataset.task === task.value", 60*time.Second)
		assert.Empty(t, p.text("errors"), id)
	}
	p.click("close-example")
	p.wait("the sentence to go", "!document.getElementById('example').checkVisibility() && !location.hash.includes('example=')", 5*time.Second)
}

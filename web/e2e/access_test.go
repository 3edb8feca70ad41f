//go:build e2e

package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
)

// TestStructure checks what a screen reader goes by, in each place: ids, headings, landmarks, names, descriptions.
// `make axe` judges more; this needs nothing but the browser.
func TestStructure(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&task=pendulum", width, height)
	p.drawn()
	p.phase("idle", 60*time.Second)
	list := func(expression string) (found []string) {
		t.Helper()
		p.eval(expression, &found)
		return found
	}
	assert.Empty(t, list(`Object.entries(Object.groupBy(document.querySelectorAll('[id]'), (e) => e.id)).filter(([, e]) => e.length > 1).map(([id]) => id)`), "ids that stand twice")
	assert.Empty(t, list(`[...document.querySelectorAll('[aria-describedby], [aria-labelledby], [aria-controls]')].flatMap((e) =>
		['aria-describedby', 'aria-labelledby', 'aria-controls'].flatMap((a) => (e.getAttribute(a) ?? '').split(' ').filter((id) => id && !document.getElementById(id))))`), "references to nothing")
	assert.Empty(t, list(`[...document.querySelectorAll('[tabindex]')].filter((e) => e.tabIndex > 0).map((e) => e.id)`), "an order of focus of its own")
	assert.Empty(t, list(`[...document.images].filter((img) => img.getAttribute('alt') === null).map((img) => img.src)`), "pictures without words")
	for _, place := range []string{"playground", "lab", "mirror", "learn"} {
		p.eval(fmt.Sprintf("document.querySelector('nav [data-to=%s]').click()", place), nil)
		p.wait(place, fmt.Sprintf("document.documentElement.dataset.at === %q", place), 5*time.Second)
		var levels []int
		p.eval("[...document.querySelectorAll('h1, h2, h3, h4')].filter((h) => h.checkVisibility()).map((h) => +h.tagName[1])", &levels)
		ones := 0
		for i, level := range levels {
			if level == 1 {
				ones++
			}
			if i > 0 {
				assert.LessOrEqual(t, level, levels[i-1]+1, "%s: headings %v", place, levels)
			}
		}
		assert.Equal(t, 1, ones, "%s: headings %v", place, levels)
		assert.Equal(t, []string{"MAIN", "NAV", "HEADER"}, list(`['main', '#places', 'body > header'].map((s) => document.querySelectorAll(s)).filter((e) => e.length === 1 && e[0].checkVisibility()).map((e) => e[0].tagName)`))
		// A control explains itself, but for links, fields of a dialog (they have their help beside them) and the
		// crosses that put a message away.
		if place == "playground" {
			assert.Empty(t, list(`[...document.querySelectorAll('header button, header input, #playground button, #playground input, #playground select, #playground summary')].filter((e) =>
				e.checkVisibility() && !e.closest('.menu') && !e.matches('.close') && !((document.getElementById(e.getAttribute('aria-describedby'))?.textContent.length ?? 0) > 20)).map((e) => e.id || e.outerHTML)`), "controls that do not explain themselves")
		}
	}
	assert.Empty(t, p.text("errors"))
}

// TestFocus goes through each place by Tab: the order is that of the page, every stop is seen and marked, and the way
// leads out again.
func TestFocus(t *testing.T) {
	t.Parallel()
	for _, place := range []string{"playground", "lab", "mirror", "learn"} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			p := open(t, address+"#v=1&task=pendulum&play=0&auto=0&place="+place, width, height)
			p.wait("the worker", "document.documentElement.dataset.worker === 'ready'", 60*time.Second)
			p.eval(`(() => { window.stops = []; document.addEventListener('focusin', (event) => {
				const e = event.target, mark = e.matches('.pick input, .switch input') ? e.nextElementSibling : e;
				const follows = !window.last || window.last.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING;
				window.last = e;
				window.stops.push({id: e.id || e.dataset.tip || e.textContent.trim(), follows: !!follows, marked: e.matches('iframe') || getComputedStyle(mark).outlineStyle !== 'none', seen: e.checkVisibility()});
			}) })()`, nil)
			around := false
			for range 150 {
				p.do(chromedp.KeyEvent(kb.Tab))
				p.eval("window.stops.length > 3 && window.stops.at(-1).id === window.stops[0].id", &around)
				if around {
					break
				}
			}
			assert.True(t, around, "Tab comes around")
			var wrong []map[string]any
			p.eval("window.stops.slice(0, -1).filter((s) => !s.follows || !s.marked || !s.seen)", &wrong)
			assert.Empty(t, wrong)
		})
	}
}

// TestTouch: where a finger points, whatever can be pressed is at least 44 px high.
func TestTouch(t *testing.T) {
	t.Parallel()
	p := blank(t, 390, 844)
	call(p, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 390, Height: 844, DeviceScaleFactor: 1, Mobile: true})
	p.navigate(address + "#v=1&task=pendulum&play=0&auto=0&example=rate")
	p.wait("the worker", "document.documentElement.dataset.worker === 'ready'", 60*time.Second)
	var coarse bool
	p.eval("matchMedia('(pointer: coarse)').matches", &coarse)
	assert.True(t, coarse)
	var small []string
	p.eval(`[...document.querySelectorAll('header :is(a, button), main :is(button, input, select, summary)')].filter((e) => e.checkVisibility()).map((e) => {
		const box = (e.matches('.pick input, .check input, .switch input') ? e.closest('label') : e).getBoundingClientRect();
		return [e.id || e.dataset.tip || e.textContent, Math.round(box.width), Math.round(box.height)];
	}).filter(([, w, h]) => h < 44 || w < 24).map((row) => row.join(' '))`, &small)
	assert.Empty(t, small)
	var wide float64
	p.eval("document.documentElement.scrollWidth - innerWidth", &wide)
	assert.LessOrEqual(t, wide, 0.0, "px of sideways scrolling")
}

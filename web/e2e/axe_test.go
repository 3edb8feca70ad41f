//go:build axe

package e2e

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// axeCore is where make axe puts it.
const axeCore = "../axe/node_modules/axe-core/axe.min.js"

// TestAxe has axe-core judge each place, light and dark, on desktop and phone, idle and training, with every dialog and
// menu open, a lesson's step, what a projector shows, and the stage's own document.
func TestAxe(t *testing.T) {
	source, err := os.ReadFile(axeCore)
	require.NoError(t, err, "make axe fetches axe-core")
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"desktop", 1280, 800}, {"phone", 390, 844}} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(size.name+"-"+scheme, func(t *testing.T) {
				dark := &emulation.MediaFeature{Name: "prefers-color-scheme", Value: scheme}
				p := open(t, address+"#v=1&task=pendulum", size.width, size.height, dark)
				p.drawn()
				p.phase("idle", 60*time.Second)
				p.judge(source, "playground")
				for _, menu := range []string{"examples", "export"} {
					p.eval(fmt.Sprintf("document.getElementById('%s-menu').showPopover()", menu), nil)
					p.judge(source, menu)
					p.eval(fmt.Sprintf("document.getElementById('%s-menu').hidePopover()", menu), nil)
				}
				for _, c := range []struct{ opens, dialog string }{{"share", "share-dialog"}, {"open-settings", "settings"}} {
					p.eval(fmt.Sprintf("document.getElementById(%q).click()", c.opens), nil)
					p.wait("the dialog", fmt.Sprintf("document.getElementById(%q).open", c.dialog), 5*time.Second)
					p.judge(source, c.dialog)
					p.eval(fmt.Sprintf("document.getElementById(%q).close()", c.dialog), nil)
				}
				p.eval("location.hash = '#v=1&task=pendulum&example=rate'", nil)
				p.wait("the example", "document.getElementById('example-title').textContent", 5*time.Second)
				for _, place := range []string{"experiments", "lab", "mirror", "learn", "playground"} {
					p.eval(fmt.Sprintf("document.querySelector('nav [data-to=%s]').click()", place), nil)
					p.wait(place, fmt.Sprintf("document.documentElement.dataset.at === %q", place), 5*time.Second)
					p.judge(source, place)
				}
				p.eval("location.hash = '#v=1&task=pendulum&lesson=what-you-see&at=2'", nil)
				p.wait("the lesson", "lesson.checkVisibility() && document.querySelector('.pointed')", 20*time.Second)
				p.judge(source, "a lesson's step")
				p.eval("location.hash = '#v=1&task=pendulum&present=body*flow'", nil)
				p.wait("two panels alone", "document.documentElement.matches('[data-present]') && !controls.checkVisibility() && !lesson.checkVisibility()", 20*time.Second)
				p.judge(source, "presenting")
				p.eval("location.hash = '#v=1&task=pendulum'", nil)
				p.wait("the whole page", "controls.checkVisibility()", 20*time.Second)
				p.eval("train.click()", nil)
				p.wait("an evaluation", "+document.getElementById('training').dataset.evaluations >= 2", 60*time.Second)
				p.judge(source, "training")
			})
		}
	}
	t.Run("stage", func(t *testing.T) {
		p := open(t, address+"stage.html", 640, 480)
		// Panels stand where the page says; this one tells itself.
		p.wait("the program", "onestepStage.names.length > 0", 60*time.Second)
		p.eval("import('./js/protocol.js').then(({Type, message}) => postMessage(message(Type.Arrange, 0, {body: {x: 0, y: 0, w: 1, h: 0.5}, flow: {x: 0, y: 0.5, w: 1, h: 0.5}}), location.origin))", nil)
		p.wait("the first frame", "document.querySelector('canvas')?.tabIndex === 0", 60*time.Second)
		// A frame's document needs no landmarks and no heading of its own.
		p.eval("window.rules = Object.fromEntries(['landmark-one-main', 'page-has-heading-one', 'region'].map((id) => [id, {enabled: false}]))", nil)
		p.judge(source, "the stage by itself")
	})
}

// judge runs axe-core over the page as it is. The frame of the stage is judged by itself.
func (p *tab) judge(source []byte, what string) {
	p.Helper()
	var loaded bool
	if p.eval("typeof axe === 'object'", &loaded); !loaded {
		p.eval("(() => {"+string(source)+"})()", nil)
	}
	var violations []string
	p.eval(`axe.run(document, {iframes: false, rules: window.rules ?? {}}).then(({violations}) => violations.map((v) =>
		v.id + ': ' + v.help + ' ' + v.nodes.map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? n.all[0]?.message ?? '')).join('; ')))`, &violations)
	assert.Empty(p, violations, what)
}

//go:build e2e

package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestPlaces goes through the places: the stage lives on and rests meanwhile, and history and links lead back.
func TestPlaces(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&k=7", width, height)
	p.drawn()
	p.phase("idle", 30*time.Second)
	p.eval("window.theStage = stage.contentWindow.onestepStage", nil)

	at := func(place, title string) {
		t.Helper()
		p.wait(place, "document.documentElement.dataset.at === '"+place+"'", 5*time.Second)
		var seen []string
		p.eval("[...document.querySelectorAll('[data-place]')].filter((s) => s.checkVisibility()).map((s) => s.dataset.place)", &seen)
		assert.Equal(t, []string{place}, seen)
		p.eval("[...document.querySelectorAll('#places [aria-current=page]')].map((a) => a.dataset.to)", &seen)
		assert.Equal(t, []string{place}, seen)
		p.eval("[document.title]", &seen)
		assert.Contains(t, seen[0], title)
	}
	at("playground", "one-step flow policies")
	p.press("#places [data-to=learn]")
	at("learn", "Learn")
	// What was on its way is drawn yet; then nothing moves while a training, were there one, has the time to itself.
	p.wait("the stage to rest", `(() => { const now = [theStage.frames, stage.dataset.simSeconds].join(); window.stills = now === window.before ? stills + 1 : 0; window.before = now; return stills > 20 })()`, 20*time.Second)

	p.press("#places [data-to=lab]")
	at("lab", "Variance lab")
	p.press("#lab .labs [data-to=mirror]")
	p.wait("the mirror lab", "document.documentElement.dataset.at === 'mirror' && document.title.startsWith('Mirror lab') && document.querySelector('#places [aria-current]').dataset.to === 'lab'", 5*time.Second)
	p.eval("history.back()", nil)
	at("lab", "Variance lab")
	p.eval("history.back()", nil)
	at("learn", "Learn")
	p.eval("history.back()", nil)
	at("playground", "one-step flow policies")
	p.eval("window.before = theStage.frames", nil)
	p.wait("the same stage to draw again", "stage.contentWindow.onestepStage === theStage && theStage.frames > before + 3", 20*time.Second)
	var k string
	p.eval("document.getElementById('many-steps').value", &k)
	assert.Equal(t, "7", k)
	assert.Empty(t, p.text("errors"))

	q := open(t, address+"#v=1&place=about", width, height)
	q.wait("the place that holds what an old link names", "document.documentElement.dataset.at === 'learn'", 10*time.Second)
	q.press("#places [data-to=playground]")
	q.drawn()
	assert.Empty(t, q.text("errors"))
}

// TestSkipLink moves the focus and leaves the state alone, which stands in the fragment of the address.
func TestSkipLink(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&k=7&play=0", width, height)
	p.drawn()
	p.eval("document.querySelector('.skip').click()", nil)
	var seen []string
	p.eval("[document.activeElement.id, document.getElementById('many-steps').value]", &seen)
	assert.Equal(t, []string{"controls", "7"}, seen)
	assert.Empty(t, p.text("errors"))
}

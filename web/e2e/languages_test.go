//go:build e2e

package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Who prefers German gets German: page, lesson and stage, without a network too. The switch leads to English, and is remembered.
func TestThePageSpeaksGerman(t *testing.T) {
	t.Parallel()
	const still = pendulum + "&play=0&auto=0"
	h := newHost(t, dist)
	p := blank(t, width, height)
	p.onEveryDocument("Object.defineProperty(navigator, 'languages', { get: () => ['fr', 'de-AT', 'en'] })")
	p.navigate(h.address() + still)
	p.drawn()
	german := func() {
		t.Helper()
		assert.True(t, p.holds("document.documentElement.lang === 'de'"))
		assert.Equal(t, []string{"Trainieren", "Schritte vom Rauschen zur Aktion", "English"}, []string{p.text("train-word"), p.text("sampler-term"), p.text("language")})
		p.wait("what the stage says", "document.getElementById('stage-says').textContent.includes('Pendulum-v1 pausiert bei Schritt ')", 30*time.Second)
	}
	german()
	p.wait("the site to be kept", keptOffline, 60*time.Second)
	h.gone.Store(true)
	p.navigate("about:blank")
	p.navigate(h.address() + still)
	p.drawn()
	german()
	p.eval("location.hash = '#v=1&task=pendulum&lesson=what-you-see&at=2'", nil)
	p.wait("the lesson's step", "document.getElementById('lesson-asks').textContent.includes('„20 Schritte“ drücken.')", 20*time.Second)
	assert.True(t, p.holds("document.documentElement.scrollWidth <= innerWidth"))
	assert.Empty(t, p.text("errors"))

	p.eval("setTimeout(() => document.getElementById('language').click())", nil) // which leaves the page
	p.reloaded("English", "document.documentElement?.lang === 'en' && location.hash.includes('lang=en') && location.hash.includes('lesson=what-you-see')", 30*time.Second)
	p.drawn()
	assert.Equal(t, []string{"Train", "Deutsch"}, []string{p.text("train-word"), p.text("language")})
	p.navigate("about:blank")
	p.navigate(h.address() + still)
	p.drawn()
	assert.True(t, p.holds("document.documentElement.lang === 'en'"), "the choice is kept")
	p.navigate("about:blank")
	p.navigate(h.address() + still + "&lang=de")
	p.drawn()
	assert.Equal(t, "Trainieren", p.text("train-word"), "a link in German")
}

//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/tensorio/forge"
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
	p.eval("location.hash = '#v=1&task=pendulum&place=learn&lesson=what-you-see&at=2'", nil)
	p.eval("document.querySelectorAll('#learn img').forEach((img) => { img.loading = 'eager' })", nil)
	p.wait("the figures in German", "[...document.querySelectorAll('#learn img')].every((img) => img.complete && img.currentSrc.startsWith('blob:'))", 30*time.Second)
	p.eval("location.hash = '#v=1&task=pendulum&lesson=what-you-see&at=2'", nil)
	p.wait("the playground", "document.documentElement.dataset.at === 'playground'", 10*time.Second)

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

// What a program reports as the cause of a refusal is German too, with its values; what is not known stays as it is.
func TestCausesAreGerman(t *testing.T) {
	t.Parallel()
	damaged := shipped(t, "pendulum-fpmd-r.safetensors")
	copy(damaged[len(damaged)-4:], []byte{0, 0, 0xc0, 0x7f})
	file := filepath.Join(t.TempDir(), "kaputt.safetensors")
	require.NoError(t, os.WriteFile(file, forge.Seal(damaged), 0o644))
	p := open(t, address+pendulum+"&play=0&auto=0&lang=de", width, height)
	p.drawn()
	p.choose(file)
	p.wait("the message", "errors.textContent.includes('kaputt')", 20*time.Second)
	assert.Regexp(t, `hat den Wert NaN an der Stelle \d+`, p.text("errors"))
	assert.NotRegexp(t, ` has the value | cannot be |nicht brauchbar`, p.text("errors"))
	assert.True(t, p.holds("import('./js/language.js').then(({cause}) => cause('training stopped at environment step 12: the critic’s loss is 5') === 'das Training endete bei Umgebungsschritt 12: the critic’s loss is 5' && cause('of no program') === 'of no program')"))
	assert.True(t, p.holds(`import('./js/language.js').then(({cause}) => cause('policy file: the file\'s configuration cannot be read: number 1 of "hidden" is null') === 'Strategiedatei: die Konfiguration der Datei ist nicht lesbar: Eintrag 1 von "hidden" ist null')`))
}

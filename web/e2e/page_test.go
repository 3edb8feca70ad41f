//go:build e2e

package e2e

import (
	"fmt"
	"image"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The viewport of the tests: the desktop layout, with a stage small enough for software rendering.
const width, height = 1000, 640

// number reads the first number of an element's text.
func (p *tab) number(id string) float64 {
	p.Helper()
	text := strings.NewReplacer(",", "", "−", "-").Replace(p.text(id))
	field := strings.FieldsFunc(text, func(r rune) bool { return !strings.ContainsRune("-.0123456789e", r) })
	require.NotEmpty(p, field, "%s says %q", id, text)
	x, err := strconv.ParseFloat(field[0], 64)
	require.NoError(p, err)
	return x
}

// TestFirstFrame opens the page as a visitor does: HalfCheetah runs, under the policy that is shipped.
func TestFirstFrame(t *testing.T) {
	t.Parallel()
	began := time.Now()
	p := blank(t, width, height)
	p.atItsOwnPace()
	p.navigate(address)
	p.drawn()
	t.Logf("navigation to first drawn frame: %v", time.Since(began).Round(10*time.Millisecond))
	assert.Equal(t, []string{"half_cheetah", "asset"}, []string{p.data("stage", "task"), p.data("acting", "source")})
	p.wait("the first action", "document.getElementById('num-nfe').textContent === '1'", 10*time.Second)

	first := p.picture()
	const counters = "[+stage.dataset.frames, +stage.dataset.simSeconds]"
	var before []float64
	p.eval(counters, &before)
	p.wait("frames and simulated time to pass",
		fmt.Sprintf("+stage.dataset.frames > %g && +stage.dataset.simSeconds !== %g", before[0]+10, before[1]), 20*time.Second)
	area := first.Bounds().Dx() * first.Bounds().Dy()
	assert.Greater(t, differing(first, p.picture()), area/1000, "the body moves")
	assert.Equal(t, float64(50), parseMillis(p.text("num-time")), "the control period in %q", p.text("num-time"))
	assert.Empty(t, p.text("errors"))
}

// parseMillis reads the control period from "14 µs of 50 ms (0.03 %)".
func parseMillis(text string) float64 {
	_, rest, _ := strings.Cut(text, " of ")
	x, err := strconv.ParseFloat(strings.Fields(rest + " ?")[0], 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

func TestSamplerAndVariant(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum+"&k=20", width, height)
	p.drawn()
	says := func(nfe string) {
		t.Helper()
		p.wait("NFE "+nfe, fmt.Sprintf("document.getElementById('num-nfe').textContent === %q", nfe), 10*time.Second)
	}
	says("1")
	p.click("play")
	p.standing()

	for _, c := range []struct {
		id, nfe, how string
	}{
		{"sampler-many", "20", "20 steps, one particle"},
		{"sampler-one", "1", "one step, one particle, no noise"},
	} {
		before := p.picture()
		p.click(c.id)
		says(c.nfe)
		assert.Equal(t, c.how, p.text("nfe-how"))
		p.changes(before, c.id)
	}
	p.do(chromedp.Focus(chromedp.ID("many-steps")), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	says("22")
	p.do(chromedp.Focus(chromedp.ID("many-steps")), chromedp.KeyEvent(kb.Home))
	says("1")
	p.click("best")
	says("32")
	p.wait("the critics", "document.getElementById('nfe-how').textContent.includes('64 of the critics')", 10*time.Second)
	p.click("best")
	says("1")

	hash, before := p.data("acting", "hash"), p.picture()
	p.click("algorithm-fpmd-r")
	p.wait("the other policy", fmt.Sprintf("acting.dataset.hash !== %q", hash), 10*time.Second)
	assert.Contains(t, p.text("acting"), "FPMD-R")
	p.changes(before, "the variant")
	p.click("algorithm-fpmd-m")
	p.wait("the first policy again", fmt.Sprintf("acting.dataset.hash === %q", hash), 10*time.Second)
	assert.Empty(t, p.text("errors"))
}

// changes waits until the stage looks different from before.
func (p *tab) changes(before image.Image, why string) {
	p.Helper()
	for deadline := time.Now().Add(patience * 10 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if n := differing(before, p.picture()); n > 30 {
			return
		}
		require.True(p, time.Now().Before(deadline), "the picture does not change with %s", why)
	}
}

func TestURLRestoresSettings(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum, width, height)
	p.drawn()
	p.click("algorithm-fpmd-r")
	p.do(chromedp.Focus(chromedp.ID("many-steps")), chromedp.KeyEvent(kb.PageUp))
	p.click("best")
	p.click("slow")
	p.eval("(() => { seed.value = '1234567'; seed.dispatchEvent(new Event('change')); speed.value = '0.5'; speed.dispatchEvent(new Event('change')); candidates.value = '8'; candidates.dispatchEvent(new Event('change')) })()", nil)
	const settings = "JSON.stringify([algorithmR(), document.getElementById('many-steps').value, best.checked, candidates.value, slow.checked, seed.value, speed.value, document.getElementById('sampler-many').checked])"
	const read = "((algorithmR) => " + settings + ")(() => document.getElementById('algorithm-fpmd-r').checked)"
	var before, after string
	p.eval(read, &before)
	p.wait("the link to follow", "['seed=1234567', 'n=8', 'speed=0.5', 'slow=1'].every((part) => location.hash.includes(part))", 5*time.Second)
	p.do(chromedp.Reload())
	p.drawn()
	p.eval(read, &after)
	assert.Equal(t, before, after)
	assert.Contains(t, after, `"1234567"`)
	p.wait("the restored policy", "acting.textContent.startsWith('FPMD-R')", 10*time.Second)
	p.wait("the restored sampler", "document.getElementById('num-nfe').textContent === String(8 * document.getElementById('many-steps').value)", 10*time.Second)
	assert.Empty(t, p.text("errors"))
}

func TestBadLinksAreRefusedWithTheCause(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&k=99&alg=ppo&seed=-1&colour=red", width, height)
	p.drawn()
	errors := p.text("errors")
	for _, cause := range []string{"k=99; it wants a whole number from 1 to 32", "alg=ppo; it wants one of fpmd-m, fpmd-r, dpmd, sac", "seed=-1", "“colour”, which this page does not know"} {
		assert.Contains(t, errors, cause)
	}
	var link string
	p.eval("location.hash", &link)
	assert.Contains(t, link, "k=20")
	q := open(t, address+"#v=7&k=9", width, height)
	q.drawn()
	assert.Contains(t, q.text("errors"), "version “7”")
}

// TestKeyboard reaches everything by keyboard and reads the explanations.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum, width, height)
	p.drawn()
	seen := map[string]bool{}
	for range 130 {
		p.do(chromedp.KeyEvent(kb.Tab))
		var id string
		p.eval("document.activeElement.id || document.activeElement.dataset.tip || document.activeElement.name || ''", &id)
		if id == "import" && len(seen) > 10 {
			break
		}
		seen[id] = true
	}
	for _, id := range []string{"import", "export", "reset-body", "play", "step", "speed", "sampler-one", "many-steps", "algorithm-fpmd-m", "best", "candidates",
		"stage", "scrub-play", "scrub", "slow", "tip-time", "train", "reset-training", "seed", "new-seed", "open-settings"} {
		assert.True(t, seen[id], "Tab does not reach %s", id)
	}
	assert.False(t, seen["tip-return"], "the terms of a list are one stop of Tab")
	p.eval("document.getElementById('more').open = true", nil)
	p.do(chromedp.Focus(chromedp.CSS("[data-tip=tip-updates-rate]")), chromedp.KeyEvent(kb.ArrowDown)) // to its neighbour
	p.wait("the arrow to reach the next term", "document.activeElement.dataset.tip === 'tip-temperature'", 5*time.Second)
	p.do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
	p.wait("the explanation of the temperature", "getComputedStyle(document.getElementById('tip-temperature')).visibility === 'visible'", 5*time.Second)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.wait("Escape to close it", "getComputedStyle(document.getElementById('tip-temperature')).visibility === 'hidden'", 5*time.Second)

	p.do(chromedp.Blur(chromedp.CSS("[data-tip=tip-temperature]")), chromedp.KeyEvent("k"))
	p.wait("K for many steps", "document.getElementById('sampler-many').checked", 5*time.Second)
	p.do(chromedp.KeyEvent("1"))
	p.wait("1 for one step", "document.getElementById('sampler-one').checked", 5*time.Second)
	p.do(chromedp.Focus(chromedp.ID("seed")), chromedp.KeyEvent("k"))
	p.eval("seed.blur()", nil)
	var many bool
	p.eval("document.getElementById('sampler-many').checked", &many)
	assert.False(t, many, "a key typed into a field is no shortcut")
	assert.Contains(t, p.text("errors"), "A seed is a whole number")
}

// TestEveryTermExplainsItself: each label of a number has a description for eyes and for screen readers,
// and every control has a name.
func TestEveryTermExplainsItself(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum, width, height)
	p.drawn()
	var missing []string
	p.eval(`[...document.querySelectorAll('.term')].filter((term) => {
		const tip = document.getElementById(term.getAttribute('aria-describedby'));
		return !tip || tip.textContent.trim().length < 20 || tip.id !== term.dataset.tip || tip.getAttribute('role') !== 'tooltip';
	}).map((term) => term.textContent)`, &missing)
	assert.Empty(t, missing)
	p.eval(`[...document.querySelectorAll('output[id^=num-]')].filter((o) => !o.closest('.number, .nfe').querySelector('.term')).map((o) => o.id)`, &missing)
	assert.Empty(t, missing)
	p.eval(`[...document.querySelectorAll('button, input, select, iframe')].filter((e) => {
		const label = e.getAttribute('aria-label') || e.title || e.textContent.trim() || [...(e.labels ?? [])].map((l) => l.textContent.trim()).join('');
		return !label;
	}).map((e) => e.id || e.outerHTML)`, &missing)
	assert.Empty(t, missing, "controls without a name")
}

// TestLayouts looks for sideways scrolling from phone to 4K, and for what must be above the fold.
func TestLayouts(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int64{{320, 640}, {390, 844}, {768, 1024}, {1280, 800}, {3840, 2160}} {
		t.Run(fmt.Sprint(size[0]), func(t *testing.T) {
			t.Parallel()
			p := open(t, address+"#v=1&play=0&auto=0", size[0], size[1])
			p.wait("the trained policy", "acting.dataset.hash", 30*time.Second)
			var wide float64
			p.eval("document.documentElement.scrollWidth - innerWidth", &wide)
			assert.LessOrEqual(t, wide, 0.0, "px of sideways scrolling")
			if size[0] >= 1000 {
				// The stage's texts grow with the page's.
				p.wait("its titles", "stage.contentDocument.querySelector('.title')", 30*time.Second)
				var ratio float64
				p.eval("stage.contentDocument.querySelector('.title').getBoundingClientRect().height / parseFloat(getComputedStyle(document.documentElement).fontSize)", &ratio)
				assert.InDelta(t, 16.25/15, ratio, 0.1, "13 px of text in lines of 1.25, where the page's text has 15 px; scales are eighths")
			}
			if size[0] < 704 {
				var low []string
				p.eval("['play', 'sampler', 'train'].filter((id) => { const r = document.getElementById(id).getBoundingClientRect(); return r.bottom > innerHeight || r.top < innerHeight - 80 || r.left < 0 || r.right > innerWidth })", &low)
				assert.Empty(t, low, "not in the bar at the bottom")
			}
			if size[0] >= 1280 {
				var low []string
				p.eval("['play', 'sampler', 'best', 'stage', 'scrub', 'num-nfe', 'train', 'progress'].filter((id) => document.getElementById(id).getBoundingClientRect().bottom > innerHeight)", &low)
				assert.Empty(t, low, "below the fold")
			}
		})
	}
}

// TestReducedMotion: who asks for less motion gets a page that stands still until Play is pressed.
func TestReducedMotion(t *testing.T) {
	t.Parallel()
	p := open(t, address, width, height, &emulation.MediaFeature{Name: "prefers-reduced-motion", Value: "reduce"})
	p.drawn()
	var label string
	p.eval("play.ariaLabel", &label)
	assert.Equal(t, "Play", label)
}

// TestAnyStaticHost serves the same folder from a sub-path, without headers, and with a host that undoes
// the compression of .gz files.
func TestAnyStaticHost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		handler func(http.Handler) http.Handler
	}{
		{"plain", func(h http.Handler) http.Handler { return h }},
		{"content-encoding", func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, ".gz") {
					w.Header().Set("Content-Encoding", "gzip")
				}
				h.ServeHTTP(w, r)
			})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			host := httptest.NewServer(http.StripPrefix("/some/where/", c.handler(http.FileServer(http.Dir(dist)))))
			t.Cleanup(host.Close) // after the tab, which may still ask for something
			p := open(t, host.URL+"/some/where/", width, height)
			p.drawn()
			p.wait("the worker", "document.documentElement.dataset.worker === 'ready'", 30*time.Second)
			assert.Empty(t, p.text("errors"))
		})
	}
}

// TestPageModules checks what the page's scripts compute without a stage or a worker.
func TestPageModules(t *testing.T) {
	t.Parallel()
	p := open(t, address, width, height)
	for _, c := range []struct{ expression, want string }{
		{"import('./js/format.js').then((f) => [f.count(-1234567), f.short(0.012345), f.short(1.5e-7), f.short(NaN), f.duration(14.2), f.duration(50000), f.percent(14.2, 50000), f.plural(1, 'step'), f.spread(-124.4, 30.2)])",
			`["−1,234,567","0.0123","1.5e−7","–","14.2 µs","50 ms","0.03 %","1 step","−124 ± 30"]`},
		{"import('./js/state.js').then((s) => s.fromFragment(s.toFragment({...s.initial(), seed: 9007199254740991, t: 0.25, slow: true})))",
			`{"state":{"place":"playground","task":"half_cheetah","algorithm":"fpmd-m","sampler":"one","manySteps":20,"best":false,"candidates":32,"latency":0,"seed":9007199254740991,"speed":1,"playing":true,"auto":true,"t":0.25,"slow":true,"preset":"browser","settings":"","drive":"policy","contacts":false,"torques":false,"ghost":true,"lane":"none","laneSteps":20,"laneBest":1,"value":true,"field":true,"lambda":true,"asActing":false,"panels":"","present":"","particles":256,"axisX":"auto","axisY":"auto","reward":"move","pays":"","ends":"","example":"","lab":"","mirror":"","view":"","embed":false,"lang":"","lesson":"","at":1},"refused":[]}`},
		{"import('./js/state.js').then((s) => [s.valid('manySteps', 0), s.valid('manySteps', 32), s.valid('speed', 0.05), s.valid('seed', 1.5), s.valid('algorithm', 'ppo'), s.valid('algorithm', 'dpmd'), s.valid('speed', 'max'), s.valid('axisX', 3), s.valid('axisX', 'auto'), s.valid('axisX', 48)])",
			`[false,true,true,false,false,true,true,true,true,false]`},
		{"import('./js/files.js').then((f) => [...['safetensors', 'onnx', 'json', 'python'].map((format) => f.exportName({task: 'pendulum', algorithm: 'fpmd-m', seed: 3}, format, 20)), f.runName({task: 'pendulum', algorithm: 'fpmd-r', seed: 3})])",
			`["onestep-pendulum-fpmd-m-seed3.safetensors","onestep-pendulum-fpmd-m-seed3-20step.onnx","onestep-pendulum-fpmd-m-seed3.json","onestep-pendulum-fpmd-m-seed3.py","onestep-pendulum-fpmd-r-seed3.run.safetensors"]`},
		// What is read in a field, and what is not.
		{"import('./js/settings.js').then((s) => [['int', '12'], ['int', '1e2'], ['int', '1.5'], ['int', '101'], ['int', ''], ['float', '1e-3'], ['float', '-1'], ['float', 'NaN'], ['float', '0x10'], ['enum', 'a'], ['enum', 'c'], ['bool', '1'], ['bool', 'yes'], ['ints', '8, 16'], ['ints', '8.16'], ['ints', '8,16,32,64'], ['ints', '8,'], ['ints', '500']].map(([kind, text]) => s.read({ kind, min: 0, max: 100, values: ['a', 'b'], items: [1, 3] }, text) ?? null))",
			`[12,100,null,null,null,0.001,null,null,null,"a",null,true,null,[8,16],[8,16],null,null,null]`},
		{"import('./js/settings.js').then((s) => ['gamma_0.9*hidden_64.64', '', 'gamma', 'gamma_', 'gamma_1*gamma_2', 'gamma_<b>', '__proto__', 'constructor_1', 'a_1*'.repeat(400)].map((text) => s.parseText(text).map.size))",
			`[2,0,0,0,1,0,0,1,0]`},
		// What waits for a frame: the newest of each name, once; nothing where nobody is patient.
		{"import('./js/pace.js').then(({ Pace }) => { let patient = true; const said = [], p = new Pace(() => patient); p.write('a', () => said.push(1)); p.write('b', () => said.push(2)); p.write('a', () => said.push(3)); said.push('frame'); p.frame(); p.frame(); patient = false; p.write('a', () => said.push(4)); said.push('end'); return said })",
			`["frame",3,2,4,"end"]`},
		{"import('./js/pace.js').then(({ Pace }) => new Promise((done) => { const begin = performance.now(); new Pace(() => true).write('a', () => done(performance.now() - begin >= 400)) }))", "true"},
		{"import('./js/protocol.js').then((m) => { try { m.read({v: 2, type: 30}) } catch (e) { return e.message } })",
			`"a message of protocol version 2; this page speaks version 1"`},
	} {
		var text string
		p.eval("("+c.expression+").then((value) => JSON.stringify(value))", &text)
		assert.Equal(t, c.want, text)
	}
}

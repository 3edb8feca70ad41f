//go:build shots

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/stretchr/testify/require"
)

// screens are what the pictures are taken on.
var screens = []struct {
	name          string
	width, height int64
}{{"desktop", 1280, 800}, {"phone", 390, 844}}

// shotsFolder is out/shots, or what ONESTEP_SHOTS names.
func shotsFolder(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("ONESTEP_SHOTS")
	if dir == "" {
		dir = "../../out/shots"
	}
	require.NoError(t, os.MkdirAll(dir, 0o755))
	return dir
}

// TestShots takes pictures for a person to look at: each place, light and dark, desktop and phone, idle and training,
// once in 4K, and what opens above the page. index.html beside them is the contact sheet.
func TestShots(t *testing.T) {
	dir := shotsFolder(t)
	t.Cleanup(func() { contactSheet(t, dir) })
	for _, screen := range screens {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(screen.name+"-"+scheme, func(t *testing.T) {
				p := onScreen(t, "", screen.width, screen.height, scheme)
				name := func(what string) string { return filepath.Join(dir, screen.name+"-"+scheme+"-"+what+".png") }
				p.shoot(name("playground"))
				if screen.name == "phone" {
					p.shootAll(name("playground-whole"))
				}
				for _, place := range []string{"lab", "mirror", "learn"} {
					p.goTo(place)
					p.shootAll(name(place))
				}
				p.goTo("playground")
				p.sheets(name)
				p.eval("location.hash = '#v=1&task=pendulum'", nil)
				p.wait("the pendulum", "stage.dataset.task === 'pendulum' && acting.dataset.hash", 30*time.Second)
				p.click("train")
				p.wait("evaluations", "+document.getElementById('training').dataset.evaluations >= 9", 120*time.Second)
				p.eval("scrollTo(0, 0)", nil)
				p.shoot(name("training"))
				if screen.name == "phone" {
					p.shootAll(name("training-whole"))
				}
				p.goTo("lab")
				p.shoot(name("lab-training"))
			})
		}
	}
	for _, c := range []struct {
		name, link    string
		width, height int64
		scheme        string
	}{
		{"4k-light-playground", "", 3840, 2160, "light"},
		{"4k-dark-learn", "place=learn", 3840, 2160, "dark"},
		{"1440p-dark-playground", "", 2560, 1440, "dark"},
		{"small-light-playground", "", 320, 640, "light"},
		{"tablet-light-playground", "", 820, 1180, "light"},
		{"embed-light", "embed=1&task=pendulum", 720, 480, "light"},
		{"sac-dark", "task=pendulum&alg=sac", 1280, 800, "dark"},
		{"cheetah-light-k", "task=half_cheetah&sampler=many&best=1", 1280, 800, "light"},
	} {
		t.Run(c.name, func(t *testing.T) {
			onScreen(t, c.link, c.width, c.height, c.scheme).shoot(filepath.Join(dir, c.name+".png"))
		})
	}
}

// onScreen opens a link and waits until there is something to see: a trained policy at work, or another place.
func onScreen(t *testing.T, link string, width, height int64, scheme string) *tab {
	t.Helper()
	if link != "" {
		link = "#v=1&" + link
	}
	p := open(t, address+link, width, height, &emulation.MediaFeature{Name: "prefers-color-scheme", Value: scheme})
	p.wait("the worker", "document.documentElement.dataset.worker === 'ready'", 60*time.Second)
	p.wait("a second of acting, or another place", "+document.getElementById('stage').dataset.simSeconds > 1 || document.documentElement.dataset.at !== 'playground'", 60*time.Second)
	return p
}

// goTo changes the place and lets its pictures load and its stage draw.
func (p *tab) goTo(place string) {
	p.Helper()
	p.eval(fmt.Sprintf("document.querySelector('nav [data-to=%s]').click()", place), nil)
	p.wait(place, fmt.Sprintf("document.documentElement.dataset.at === %q", place), 5*time.Second)
	p.eval("document.querySelectorAll('img[loading=lazy]').forEach((img) => { img.loading = 'eager' })", nil)
	p.wait("its pictures", "[...document.images].every((img) => img.complete)", 10*time.Second)
	p.eval("new Promise((done) => setTimeout(done, 400))", nil)
}

// sheets takes pictures of the examples, of the export menu, of the settings with a refused value, of sharing and of a tip.
func (p *tab) sheets(name func(string) string) {
	p.Helper()
	for _, menu := range []string{"examples", "export"} {
		p.eval(fmt.Sprintf("document.getElementById(%q).click()", menu), nil)
		p.shoot(name(menu))
		p.eval(fmt.Sprintf("document.getElementById('%s-menu').hidePopover()", menu), nil)
	}
	p.eval("document.getElementById('open-settings').click()", nil)
	p.eval("(() => { const e = document.getElementById('set-tau'); e.value = '7'; e.dispatchEvent(new Event('input')) })()", nil)
	p.shoot(name("settings"))
	p.eval("settings.close()", nil)
	p.eval("document.getElementById('share').click()", nil)
	p.wait("the dialog", "document.getElementById('share-status').textContent", 5*time.Second)
	p.shoot(name("share"))
	p.eval("document.getElementById('share-dialog').close()", nil)
	p.eval("document.getElementById('examples').click()", nil)
	p.eval("document.querySelector('[data-example=rate]').click()", nil)
	p.wait("the example", "stage.dataset.task === 'pendulum'", 20*time.Second)
	p.eval("document.querySelector('[data-tip=tip-sampler]').click()", nil)
	p.shoot(name("example"))
	p.eval("dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))", nil)
}

// shoot takes a picture of the window.
func (p *tab) shoot(file string) {
	p.Helper()
	shot := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	require.NoError(p, os.WriteFile(file, shot.Data, 0o644))
}

// shootAll takes a picture of the whole page, what must be scrolled to included.
func (p *tab) shootAll(file string) {
	p.Helper()
	beyond := true
	shot := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &beyond})
	require.NoError(p, os.WriteFile(file, shot.Data, 0o644))
}

// contactSheet writes a page that shows every picture of the folder.
func contactSheet(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.png"))
	require.NoError(t, err)
	var b strings.Builder
	b.WriteString("<!doctype html><meta charset=\"utf-8\"><title>Onestep: pictures</title><style>body{font:14px sans-serif;margin:1rem;display:flex;flex-wrap:wrap;gap:1rem}figure{margin:0}img{height:420px;border:1px solid #999}</style>\n")
	for _, file := range files {
		name := filepath.Base(file)
		fmt.Fprintf(&b, "<figure><a href=%q><img src=%q alt=\"\" loading=\"lazy\"></a><figcaption>%s</figcaption></figure>\n", name, name, name)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "index.html"), []byte(b.String()), 0o644))
}

// TestBodyShots takes a picture of each body, with its forces, and of the flow of several actions.
func TestBodyShots(t *testing.T) {
	dir := shotsFolder(t)
	p := open(t, address+"#v=1&contacts=1&torques=1", 1280, 800, &emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"})
	p.drawn()
	for i, task := range []string{"inverted_pendulum", "inverted_double_pendulum", "swimmer", "walker2d", "half_cheetah", "hopper"} {
		p.eval(fmt.Sprintf("(() => { const e = document.getElementById('task'); e.value = %q; e.dispatchEvent(new Event('change')) })()", task), nil)
		p.wait(task, fmt.Sprintf("stage.dataset.task === %q", task), 20*time.Second)
		p.eval("window.then = +stage.dataset.frames", nil)
		p.wait("frames", "+stage.dataset.frames > then + 12", 30*time.Second)
		p.shoot(filepath.Join(dir, fmt.Sprintf("body-%d-%s.png", i, task)))
	}
	own := filepath.Join(t.TempDir(), "own.xml")
	body, err := os.ReadFile("../../assets/bodies/half_cheetah.xml")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(own, body, 0o644))
	for _, view := range []struct {
		name, scheme  string
		width, height int64
	}{{"desktop", "light", 1280, 800}, {"phone", "light", 390, 844}} {
		q := open(t, address+"#v=1&contacts=1&torques=1", view.width, view.height, &emulation.MediaFeature{Name: "prefers-color-scheme", Value: view.scheme})
		q.drawn()
		q.choose(own)
		q.wait("the body", "stage.dataset.task === 'custom'", 20*time.Second)
		q.click("drive-hand")
		q.eval("(() => { const e = document.getElementById('hand-1'); e.value = -0.7; e.dispatchEvent(new Event('input')) })()", nil)
		q.eval(`(() => { const w = stage.contentWindow, b = w.onestepStage.body, c = w.document.querySelector('canvas');
			const send = (type, dx, dy) => c.dispatchEvent(new w.PointerEvent(type, {bubbles: true, isPrimary: true, button: 0, pointerId: 1, clientX: b.hold.x + dx, clientY: b.hold.y + dy}));
			c.setPointerCapture = () => {};
			send('pointerdown', 0, 0); send('pointermove', 70, -60); })()`, nil)
		q.eval("window.then = +stage.dataset.frames", nil)
		q.wait("frames", "+stage.dataset.frames > then + 20", 30*time.Second)
		q.eval("scrollTo(0, 0)", nil)
		q.shoot(filepath.Join(dir, "body-own-"+view.name+".png"))
	}
	p.wait("the worker", "document.documentElement.dataset.worker === 'ready'", 30*time.Second)
	p.click("train")
	p.wait("a policy", "+acting.dataset.steps > 6500", 120*time.Second)
	p.shoot(filepath.Join(dir, "body-training.png"))
}

//go:build e2e

package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Scripts that take an ability away run in the page and in its workers, before their own. absent is a global that a browser
// does not have, forbidden one whose every use throws, as Firefox does it where all storage is blocked.
func absent(name string) string {
	return fmt.Sprintf("for (let o = globalThis; o; o = Object.getPrototypeOf(o)) delete o[%q];", name)
}

func forbidden(name string) string {
	return fmt.Sprintf("if (%q in globalThis) Object.defineProperty(globalThis, %[1]q, {get() { throw new DOMException('The operation is insecure.', 'SecurityError') }});", name)
}

const forbiddenChannel = "globalThis.BroadcastChannel = class { constructor() { throw new DOMException('The operation is insecure.', 'SecurityError') } };"

func without(object, names string) string {
	return fmt.Sprintf("if (globalThis.%s) for (const name of %q.split(' ')) delete globalThis.%[1]s.prototype[name];", object, names)
}

const (
	noWebGL = `if (globalThis.HTMLCanvasElement) {
		const {getContext} = HTMLCanvasElement.prototype;
		HTMLCanvasElement.prototype.getContext = function (kind, ...more) { return /^webgl/.test(kind) ? null : getContext.call(this, kind, ...more) };
	};`
	noVectors = `{
		const {validate} = WebAssembly, failed = async () => { throw new WebAssembly.CompileError('invalid value type') };
		WebAssembly.validate = (bytes) => bytes.length > 100 && validate(bytes);
		WebAssembly.compile = WebAssembly.compileStreaming = failed;
	}`
	noModules = `if (globalThis.Worker) globalThis.Worker = class extends Worker {
		constructor(url, options) { if (options?.type === 'module') throw new TypeError('module scripts are not supported'); super(url, options) }
	};`
)

// What the page says where something is missing.
const (
	notKept  = `^The browser does not keep this training over a reload: [^.]*\. Training goes on; export the run to keep it\.`
	noUnpack = `this browser cannot unpack the program \(it has no DecompressionStream\); a newer one can`
	noSIMD   = `this browser does not run WebAssembly with SIMD, in which the program is written; a newer one does`
)

// Whatever a browser lacks, or forbids, either the page works, a training ending in its own bits, or it says in a sentence
// what is missing.
func TestABrowserWithLess(t *testing.T) {
	t.Parallel()
	want, err := hashOf("pendulum", 3000, nil)
	require.NoError(t, err)
	for _, c := range []struct {
		name, take string
		says       string // in the message area; empty: nothing at all
		dead       bool   // the programs cannot run
		also       func(p *tab)
	}{
		{name: "WebGL2", take: noWebGL, also: (*tab).drawnPlainly},
		{name: "BroadcastChannel", take: absent("BroadcastChannel")},
		{name: "BroadcastChannel forbidden", take: forbiddenChannel},
		{name: "IndexedDB", take: absent("indexedDB"), says: notKept},
		{name: "IndexedDB forbidden", take: forbidden("indexedDB"), says: notKept},
		{name: "localStorage forbidden", take: forbidden("localStorage") + forbidden("sessionStorage")},
		{name: "all storage forbidden", take: forbidden("indexedDB") + forbidden("localStorage") + forbidden("sessionStorage") + forbidden("caches") + forbiddenChannel, says: notKept},
		{name: "locks", take: without("Navigator", "locks"), says: notKept},
		{name: "locks refused", take: "if (globalThis.LockManager) LockManager.prototype.request = LockManager.prototype.query = () => Promise.reject(new DOMException('The operation is insecure.', 'SecurityError'));", says: notKept},
		{name: "crypto.subtle", take: without("Crypto", "subtle")},
		{name: "DecompressionStream", take: absent("DecompressionStream"), says: noUnpack, dead: true},
		{name: "module workers", take: noModules},
		{name: "clipboard", take: without("Navigator", "clipboard"), also: (*tab).copiesByHand},
		{name: "clipboard refused", take: "if (globalThis.Clipboard) Clipboard.prototype.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));", also: (*tab).copiesByHand},
		{name: "popover", take: without("HTMLElement", "popover showPopover hidePopover togglePopover"), also: (*tab).opensAMenu},
		{name: "dialog", take: without("HTMLDialogElement", "show showModal close") + absent("HTMLDialogElement"), also: (*tab).opensADialog},
		{name: "matchMedia", take: absent("matchMedia")},
		{name: "matchMedia forbidden", take: "globalThis.matchMedia = () => { throw new TypeError('no') };"},
		{name: "ResizeObserver", take: absent("ResizeObserver")},
		{name: "OffscreenCanvas", take: absent("OffscreenCanvas")},
		{name: "structuredClone", take: absent("structuredClone")},
		{name: "fetch streams", take: without("Response", "body") + without("Body", "body")},
		{name: "full screen", take: without("Element", "requestFullscreen") + without("Document", "fullscreenEnabled exitFullscreen"), also: (*tab).presents},
		{name: "wasm SIMD", take: noVectors, says: noSIMD, dead: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			host := httptest.NewServer(prepending("js/worker.js", c.take))
			t.Cleanup(host.Close)
			p := blank(t, width, height)
			p.onEveryDocument(c.take)
			p.navigate(host.URL + "/" + smallButSteps + "3000")
			assert.False(t, p.holds("document.getElementById('scripts')"), "the sentence that no script runs")
			if c.dead {
				p.wait("what is missing", fmt.Sprintf("/%s/.test(errors.textContent)", c.says), 30*time.Second)
				p.wait("the stage to say it too", fmt.Sprintf("/%s/.test(stage.contentDocument.getElementById('loading').textContent)", c.says), 30*time.Second)
				return
			}
			p.drawn()
			p.phase("idle", 60*time.Second)
			if c.also != nil {
				c.also(p)
			}
			p.click("train")
			p.phase("finished", 60*time.Second)
			p.wait("the weights of the end", fmt.Sprintf("acting.dataset.hash === %q", want), 20*time.Second)
			var errors []string
			p.eval("[...errors.children].map((e) => e.firstElementChild.textContent)", &errors)
			if c.says == "" {
				assert.Empty(t, errors)
				return
			}
			if assert.Len(t, errors, 1, "it is said once") {
				assert.Regexp(t, c.says, errors[0])
			}
		})
	}
}

// prepending serves the built site; one of its scripts begins with another.
func prepending(name, script string) http.Handler {
	files := http.FileServer(http.Dir(dist))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.TrimPrefix(r.URL.Path, "/") != name {
			files.ServeHTTP(w, r)
			return
		}
		b, err := os.ReadFile(filepath.Join(dist, filepath.FromSlash(name)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/javascript")
		io.WriteString(w, script+"\n"+string(b))
	})
}

// presents: panels fill the window where they cannot fill the screen.
func (p *tab) presents() {
	p.Helper()
	p.click("share")
	p.click("present")
	p.wait("two panels alone", "document.documentElement.matches('[data-present]') && !controls.checkVisibility()", 10*time.Second)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.wait("the whole page", "controls.checkVisibility()", 10*time.Second)
}

// copiesByHand: the text to share is selected, and a sentence says how to copy it.
func (p *tab) copiesByHand() {
	p.Helper()
	p.click("share")
	p.wait("how to copy", "document.getElementById('share-status').textContent.includes('copy it with Ctrl+C')", 10*time.Second)
	assert.True(p, p.holds("document.activeElement.id === 'share-link' && document.activeElement.selectionEnd > 20"))
	p.click("close-share")
}

// opensAMenu: menus open, close by Escape, and are not open otherwise.
func (p *tab) opensAMenu() {
	p.Helper()
	seen := "document.getElementById('export-policy').checkVisibility()"
	assert.False(p, p.holds(seen))
	p.click("export")
	p.wait("the menu", seen, 10*time.Second)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.wait("no menu", "!"+seen, 10*time.Second)
}

// opensADialog: dialogs open and close.
func (p *tab) opensADialog() {
	p.Helper()
	seen := "document.getElementById('preset').checkVisibility()"
	assert.False(p, p.holds(seen))
	p.click("open-settings")
	p.wait("the dialog", seen, 10*time.Second)
	p.click("close-settings")
	p.wait("no dialog", "!"+seen, 10*time.Second)
}

// drawnPlainly: without WebGL 2 the stage is drawn all the same, moves, follows the pointer, and the page says why it is slower.
func (p *tab) drawnPlainly() {
	p.Helper()
	p.wait("why it is slower", "document.getElementById('stage-lacks').checkVisibility() && document.getElementById('stage-lacks').textContent.includes('WebGL 2')", 10*time.Second)
	before := p.picture()
	colours := map[[3]uint32]bool{}
	for x := range before.Bounds().Dx() {
		for y := range before.Bounds().Dy() {
			r, g, b, _ := before.At(x, y).RGBA()
			colours[[3]uint32{r >> 8, g >> 8, b >> 8}] = true
		}
	}
	assert.Greater(p, len(colours), 200, "colours of the stage")
	p.click("play")
	p.wait("the body to move", "+stage.dataset.simSeconds > 0.5", 30*time.Second)
	p.click("play")
	assert.Greater(p, differing(before, p.picture()), 500, "pixels that have moved")
}

// Where no script runs, be it that the host sends .js as text, that the page is opened as a file, or that it stands in a frame
// without scripts, the page itself says so and what to do, in its first screen, after some seconds.
func TestNoScriptRuns(t *testing.T) {
	t.Parallel()
	page, err := filepath.Abs(filepath.Join(dist, "index.html"))
	require.NoError(t, err)
	plain := http.FileServer(http.Dir(dist))
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/frame":
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, `<!doctype html><link rel="icon" href="icon.svg"><iframe sandbox src="/" width="1000" height="600" style="border: 0"></iframe>`)
			return
		case strings.HasSuffix(r.URL.Path, ".js"):
			w.Header().Set("Content-Type", "text/plain")
			w.Header().Set("X-Content-Type-Options", "nosniff")
		}
		plain.ServeHTTP(w, r)
	}))
	t.Cleanup(host.Close)
	for _, c := range []struct{ name, url string }{
		{".js as text", host.URL + "/"}, {"a file", "file://" + page}, {"a sandboxed frame", host.URL + "/frame"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := blank(t, 1100, 700)
			p.expects(regexp.MustCompile(`MIME type|sandboxed|CORS policy|origin 'null'|from origin|Blocked script|ERR_FAILED|preload`))
			p.navigate(c.url)
			seen := func() int {
				img, n := p.shot(nil), 0
				for x := range img.Bounds().Dx() {
					for y := range min(140, img.Bounds().Dy()) {
						if r, g, b, _ := img.At(x, y).RGBA(); r>>8 > 140 && g>>8 < 60 && b>>8 < 60 || r>>8 > 240 && g>>8 > 130 && g>>8 < 145 && b>>8 > 120 && b>>8 < 135 {
							n++ // --danger, light or dark
						}
					}
				}
				return n
			}
			deadline := time.Now().Add(patience * 12 * time.Second)
			for seen() < 20000 {
				require.True(t, time.Now().Before(deadline), "the sentence is not seen")
				time.Sleep(200 * time.Millisecond)
			}
			if c.name != "a sandboxed frame" {
				assert.True(t, p.holds("document.getElementById('scripts').textContent.includes('make run')"))
			}
		})
	}
}

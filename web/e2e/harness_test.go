//go:build e2e || shots || record || axe

// Package e2e drives the built and served site in headless Chromium, through the controls that a person
// uses. A test fails on any console error and on any line in which a Go program panics.
//
//	make e2e
//
// It waits for counters and never for time, because software rendering draws 5 to 40 frames a second. An element is pressed
// once it can be, a file read once the browser has written it.
package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	chrome  context.Context // one browser for all tests
	address string          // of the served site, with the final slash
	dist    = "../../dist"
	calm    string // a script for every tab, which lets frames come slower; where the frames are measured there is none
)

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	if d := os.Getenv("ONESTEP_DIST"); d != "" {
		dist = d
	}
	stop, err := serve()
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	defer stop()
	binary, err := findChromium()
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	// Headless Chromium with WebGL 2 in software.
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.ExecPath(binary),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		// The bars of a window are pages of their own: a renderer for each tab, which draws what nobody sees.
		chromedp.Flag("disable-features", "Translate,InitialWebUI,PreloadTopChromeWebUI,WebUILocationBar,WebUIReloadButton,WebUITabStrip,WebUIToolbar"),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("use-gl", "angle"),
		chromedp.Flag("use-angle", "swiftshader"),
		chromedp.Flag("enable-unsafe-swiftshader", true),
		chromedp.Flag("ignore-gpu-blocklist", true),
		// Debian's wrapper asks for the opposite. Where the processor is the graphics card, drawing HTML by WebGL costs an eighth of a visit.
		chromedp.Flag("disable-gpu-rasterization", true),
		chromedp.WindowSize(1280, 800),
	)
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	defer cancel()
	var closeBrowser context.CancelFunc
	chrome, closeBrowser = chromedp.NewContext(allocator)
	defer closeBrowser()
	if err := chromedp.Do(chrome); err != nil {
		fmt.Fprintln(os.Stderr, "e2e: Chromium does not start:", err)
		return 1
	}
	return m.Run()
}

func findChromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no Chromium in PATH: install your system's package 'chromium'")
}

// serve builds the real server and runs it on a free port.
func serve() (stop func(), err error) {
	dir, err := os.MkdirTemp("", "onestep-e2e-")
	if err != nil {
		return nil, err
	}
	binary := filepath.Join(dir, "onestep")
	if out, err := exec.Command("go", "build", "-o", binary, "onestep").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("the server does not build: %w\n%s", err, out)
	}
	server := exec.Command(binary, "-addr", "127.0.0.1:0", "-dir", dist)
	server.Stderr = os.Stderr
	out, err := server.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := server.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	address = regexp.MustCompile(`http://\S+/`).FindString(line)
	if address == "" {
		server.Wait()
		return nil, fmt.Errorf("the server says %q (%v)", line, err)
	}
	return func() {
		server.Process.Signal(os.Interrupt)
		server.Wait()
		os.RemoveAll(dir)
	}, nil
}

// pendulum is the link of the task that draws and learns fastest, for tests that do not mind which task it is. Without a
// link the page opens with another.
const pendulum = "#v=1&task=pendulum"

// tab is one page in a browser profile of its own.
type tab struct {
	*testing.T
	ctx       context.Context
	downloads string
	calmed    page.ScriptIdentifier // of the script that slows the frames

	mu      sync.Mutex
	console []string    // what must not be there
	saved   []string    // files that the browser has written whole and downloaded has not returned yet
	workers []target.ID // of the page, the newest last

	expected *regexp.Regexp // what the console may say
}

// open opens url in a fresh profile; what the console must not say fails the test at its end.
func open(t *testing.T, url string, width, height int64, features ...*emulation.MediaFeature) *tab {
	t.Helper()
	p := blank(t, width, height, features...)
	p.navigate(url)
	return p
}

func (p *tab) navigate(url string) {
	p.Helper()
	p.do(chromedp.Navigate(url))
}

// blank is a tab before its first navigation.
func blank(t *testing.T, width, height int64, features ...*emulation.MediaFeature) *tab {
	t.Helper()
	return newTab(t, chromedp.WithNewBrowserContext(), width, height, features...)
}

// beside is another tab of p's profile, before its first navigation.
func beside(p *tab, width, height int64) *tab {
	p.Helper()
	return newTab(p.T, chromedp.WithExistingBrowserContext(chromedp.FromContext(p.ctx).BrowserContextID), width, height)
}

func newTab(t *testing.T, profile chromedp.ContextOption, width, height int64, features ...*emulation.MediaFeature) *tab {
	t.Helper()
	p := &tab{T: t, downloads: t.TempDir()}
	ctx, cancel := chromedp.NewContext(chrome, profile, chromedp.WithListener(p.listen))
	p.ctx = ctx
	t.Cleanup(func() {
		cancel()
		p.mu.Lock()
		defer p.mu.Unlock()
		assert.Empty(t, p.console, "the console")
	})
	require.NoError(t, chromedp.Do(ctx)) // the tab lives as long as the context of its first run
	p.do(chromedp.EmulateViewport(width, height))
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}) // tests run beside each other
	if calm != "" {
		p.calmed = p.onEveryDocument(calm)
	}
	require.NoError(t, chromedp.ListenBrowser(ctx, p.listenDownloads))
	told := true
	_, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: p.downloads, BrowserContextID: chromedp.FromContext(ctx).BrowserContextID, EventsEnabled: &told,
	})
	require.NoError(t, err)
	return p
}

// onEveryDocument runs a script in every document from now on, before its own.
func (p *tab) onEveryDocument(script string) page.ScriptIdentifier {
	p.Helper()
	return call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}).Identifier
}

// listen keeps what the console says and must not, and the page's workers.
func (p *tab) listen(event any) {
	var text string
	switch e := event.(type) {
	case *target.EventAttachedToTarget:
		if e.TargetInfo.Type == "worker" {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.workers = append(p.workers, e.TargetInfo.TargetID)
		}
		return
	case *runtime.EventConsoleAPICalled:
		for _, a := range e.Args {
			text += strings.Trim(string(a.Value), `"`) + " " + a.Description
		}
		wrong := e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert
		if !wrong && !strings.Contains(text, "panic:") && !strings.Contains(text, "fatal error:") {
			return
		}
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
	case *inspector.EventTargetCrashed:
		text = "the tab's process has ended"
	case *log.EventEntryAdded:
		if e.Entry.Level != log.EntryLevelError {
			return
		}
		text = e.Entry.Text + " " + e.Entry.URL
	default:
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.expected == nil || !p.expected.MatchString(text) {
		p.console = append(p.console, text)
	}
}

// expects lets the console say what a browser says of a fault that is tested.
func (p *tab) expects(said *regexp.Regexp) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = said
}

// listenDownloads keeps the files that the browser has written whole, of all tabs those of this one: each has a folder of its own.
func (p *tab) listenDownloads(event any) {
	e, ok := event.(*browser.EventDownloadProgress)
	if !ok || e.State != browser.DownloadProgressStateCompleted || filepath.Dir(e.FilePath) != p.downloads {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.saved = append(p.saved, e.FilePath)
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience*time.Minute)
	defer cancel()
	require.NoError(p, chromedp.Do(ctx, steps...))
}

// call runs one command of the DevTools protocol.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience*time.Minute)
	defer cancel()
	r, err := chromedp.Call(ctx, command, params)
	require.NoError(p, err)
	return r
}

// eval runs an expression in the page, awaits it and reads its value into dst (nil: dropped).
func (p *tab) eval(expression string, dst any) {
	p.Helper()
	p.evalWithin(patience*time.Minute, expression, dst)
}

func (p *tab) evalWithin(limit time.Duration, expression string, dst any) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, limit)
	defer cancel()
	wrapped := "(async () => { const value = await (" + expression + "); return value === undefined ? null : value })()"
	raw, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](wrapped, chromedp.EvalAwaitPromise))
	require.NoError(p, err, expression)
	if dst != nil {
		require.NoError(p, json.Unmarshal(raw, dst), "%s gives %s", expression, raw)
	}
}

// inWorker is a context whose commands go to the worker that the page has started last.
func (p *tab) inWorker() context.Context {
	p.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	require.NotEmpty(p, p.workers)
	ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(p.workers[len(p.workers)-1]), chromedp.WithDetachOnCancel())
	p.Cleanup(cancel)
	return ctx
}

func (p *tab) text(id string) string {
	p.Helper()
	var s string
	p.eval(fmt.Sprintf("document.getElementById(%q).textContent.trim()", id), &s)
	return s
}

// data reads a data attribute of an element.
func (p *tab) data(id, name string) string {
	p.Helper()
	var s string
	p.eval(fmt.Sprintf("document.getElementById(%q).dataset[%q] ?? ''", id, name), &s)
	return s
}

// patience is how many times longer than on an idle machine a test waits before it gives up: other work may share the
// cores. It costs time only where a test fails, and no bound on speed is tested by waiting.
const patience = 4

// holds tells whether a JavaScript condition holds now.
func (p *tab) holds(condition string) (ok bool) {
	p.Helper()
	p.eval("!!("+condition+")", &ok)
	return ok
}

// wait polls a JavaScript condition; what says in words what was waited for.
func (p *tab) wait(what, condition string, limit time.Duration) {
	p.Helper()
	limit *= patience
	deadline := time.Now().Add(limit)
	for {
		if p.holds(condition) {
			return
		}
		if time.Now().After(deadline) {
			p.Fatalf("after %v still not: %s\nerrors: %s\nstatus: %s\nstage: %s", limit, what, p.text("errors"), p.text("training-status"), p.stageSays())
		}
		time.Sleep(40 * time.Millisecond)
	}
}

// reloaded polls a condition while the page is loaded again, when an evaluation can be cut off.
func (p *tab) reloaded(what, condition string, limit time.Duration) {
	p.Helper()
	held := func() bool {
		ctx, cancel := context.WithTimeout(p.ctx, patience*limit)
		defer cancel()
		raw, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte]("!!("+condition+")"))
		return err == nil && string(raw) == "true"
	}
	require.Eventually(p, held, patience*limit, 40*time.Millisecond, what)
}

// stageSays is what the stage tells of itself, for a failure's message.
func (p *tab) stageSays() string {
	p.Helper()
	var s string
	p.eval("JSON.stringify({...document.getElementById('stage').dataset, drawn: document.getElementById('stage').contentWindow?.onestepStage?.frames, hidden: document.hidden, link: location.hash})", &s)
	return s
}

// click clicks on an element as a pointer does; a hidden radio lies over its label.
func (p *tab) click(id string) {
	p.Helper()
	p.press("#" + id)
}

// pressable resolves with the place of an element once it can be pressed there, or with why it cannot: it must be seen,
// enabled, free of what could cover it, and stand still, for what loads meanwhile moves it.
const pressable = `(async (selector, limit) => {
	const begin = performance.now();
	for (let last = '', why; ; await new Promise((done) => setTimeout(done, 50))) {
		if (performance.now() - begin > limit) return {Why: why};
		const e = document.querySelector(selector);
		why = !e ? 'is not there' : !e.checkVisibility() ? 'is not seen' : e.matches(':disabled') || e.ariaDisabled === 'true' ? 'is disabled' : '';
		if (why) continue;
		e.scrollIntoViewIfNeeded();
		const r = e.getBoundingClientRect(), at = {X: r.x + r.width / 2, Y: r.y + r.height / 2};
		const hit = document.elementFromPoint(at.X, at.Y), now = JSON.stringify(r);
		if (!e.contains(hit) && hit?.closest('label')?.control !== e) {
			why = 'is covered by ' + hit?.outerHTML.slice(0, 100);
			e.scrollIntoView({block: 'center', behavior: 'instant'});
		} else if (now === last) {
			const met = [], hear = (event) => met.push({type: event.type, hit: e.contains(event.target) || event.target.closest?.('label')?.control === e, at: event.target.outerHTML?.slice(0, 60)});
			const types = ['pointerdown', 'pointerup', 'click'];
			for (const type of types) addEventListener(type, hear, {capture: true});
			window.pressed = () => {
				for (const type of types) removeEventListener(type, hear, {capture: true});
				return met.some(({type, hit}) => type === 'click' && hit) ? '' : JSON.stringify(met);
			};
			return at;
		}
		else why = 'does not stand still';
		last = now;
	}
})(%q, %d)`

// press clicks on the element that a selector names. A press that the browser drops, or that what moves under the pointer
// takes, is told in the log and made again, as a person would.
func (p *tab) press(selector string) {
	p.Helper()
	limit := patience * 10 * time.Second
	var at struct {
		X, Y float64
		Why  string
	}
	for deadline := time.Now().Add(limit); ; {
		p.evalWithin(2*limit, fmt.Sprintf(pressable, selector, limit.Milliseconds()), &at)
		require.Empty(p, at.Why, "%s cannot be pressed\nerrors: %s\nstatus: %s", selector, p.text("errors"), p.text("training-status"))
		p.do(chromedp.MouseClickXY(at.X, at.Y))
		var met string // empty: as it should be, or another document is there already
		if p.eval("window.pressed?.() ?? ''", &met); met == "" {
			return
		}
		require.True(p, time.Now().Before(deadline), "a press on %s at %v %v met %s", selector, at.X, at.Y, met)
		p.Logf("a press on %s at %v %v met %s", selector, at.X, at.Y, met)
	}
}

// drawn waits for a trained policy to act and a frame to be drawn.
func (p *tab) drawn() {
	p.Helper()
	p.wait("the first frame under a trained policy",
		"document.documentElement.dataset.stage === 'drawn' && document.getElementById('acting').dataset.hash", 30*time.Second)
}

// still waits until an expression has kept its value over six reports of the stage, of which there is one in a fifth of a
// second and at most one a frame: the stage has had its say, however few frames it draws.
func (p *tab) still(what, expression string) {
	p.Helper()
	var still bool
	limit := patience * 20 * time.Second
	p.evalWithin(2*limit, fmt.Sprintf(`new Promise((done) => {
		let last, kept = 0;
		const seen = new MutationObserver(() => {
			const now = JSON.stringify(%s);
			kept = now === last ? kept + 1 : 0;
			last = now;
			if (kept >= 5) end(true);
		});
		const timer = setTimeout(() => end(false), %d);
		const end = (still) => { seen.disconnect(); clearTimeout(timer); done(still) };
		seen.observe(stage, { attributeFilter: ['data-draw-millis'] });
	})`, expression, limit.Milliseconds()), &still)
	require.True(p, still, "%s does not stand still; stage: %s", what, p.stageSays())
}

// picture is the stage as it is seen.
func (p *tab) picture() image.Image {
	p.Helper()
	var box struct{ X, Y, Width, Height float64 }
	p.eval("(() => { const r = document.getElementById('stage').getBoundingClientRect(); return {X: r.x + scrollX, Y: r.y + scrollY, Width: r.width, Height: r.height} })()", &box)
	return p.shot(&page.Viewport{X: box.X, Y: box.Y, Width: box.Width, Height: box.Height, Scale: 1})
}

// shot is a part of the page as it is seen; nil: the window.
func (p *tab) shot(clip *page.Viewport) image.Image {
	p.Helper()
	shot := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{Clip: clip})
	img, err := png.Decode(bytes.NewReader(shot.Data))
	require.NoError(p, err)
	return img
}

// differing counts the pixels in which two pictures differ visibly.
func differing(a, b image.Image) int {
	if a.Bounds() != b.Bounds() {
		return a.Bounds().Dx() * a.Bounds().Dy()
	}
	n := 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			if apart(r1, r2) || apart(g1, g2) || apart(b1, b2) {
				n++
			}
		}
	}
	return n
}

// apart is a difference of more than 8 of 255 levels, above the noise of resampling.
func apart(a, b uint32) bool { return max(a, b)-min(a, b) > 8*257 }

// choose hands files to the import button's input.
func (p *tab) choose(files ...string) {
	p.Helper()
	p.do(chromedp.SetUploadFiles(chromedp.ID("file"), files))
}

// downloaded waits until the browser has written a file whose name ends so, each file once, and returns its path. What lies in
// the folder says too little: there a file may be half written, or of an earlier export.
func (p *tab) downloaded(ending string) string {
	p.Helper()
	for deadline := time.Now().Add(patience * 20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if path, ok := p.takeSaved(ending); ok {
			return path
		}
	}
	p.Fatalf("no file …%s was saved; errors: %s", ending, p.text("errors"))
	return ""
}

func (p *tab) takeSaved(ending string) (path string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.saved, func(path string) bool { return strings.HasSuffix(path, ending) })
	if i < 0 {
		return "", false
	}
	path = p.saved[i]
	p.saved = slices.Delete(p.saved, i, i+1)
	return path, true
}

// phase waits for the training to reach a phase.
func (p *tab) phase(name string, limit time.Duration) {
	p.Helper()
	p.wait("the training to be "+name, fmt.Sprintf("train.dataset.phase === %q", name), limit)
}

//go:build !js

package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"onestep/web/build/program"
)

//go:embed page
var pageFiles embed.FS

// browser is a page with one worker in headless Chromium, and the server behind it.
type browser struct {
	ctx     context.Context
	version string // of Chromium
	npm     string // folder of the installed packages
	folder  string // of the built program
	server  *http.Server
	stops   []context.CancelFunc

	mu      sync.Mutex
	console []string // errors that the page reported
}

// moduleRoot is the repository's root.
func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	file := strings.TrimSpace(string(out))
	if filepath.Base(file) != "go.mod" {
		return "", errors.New("run this inside the repository")
	}
	return filepath.Dir(file), nil
}

// startBrowser builds the program for the browser, serves it beside the page and the packages, and opens the page.
func startBrowser(ctx context.Context, root string) (*browser, error) {
	b := &browser{npm: filepath.Join(root, "web", "bench", "node_modules")}
	if _, err := os.Stat(b.npm); err != nil {
		return nil, errors.New("the contenders are not installed; first: npm ci --ignore-scripts --prefix web/bench")
	}
	var err error
	if b.folder, err = os.MkdirTemp("", "onestep-bench-"); err != nil {
		return nil, err
	}
	if err = build(root, b.folder); err == nil {
		err = b.open(ctx)
	}
	if err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// build compiles the items for the browser as the site's programs are, and copies the toolchain's loader.
func build(root, folder string) error {
	tools, err := program.Find(root, false)
	if err != nil {
		return err
	}
	built, err := tools.Build("./web/bench/wasm", program.Floor{})
	if err != nil {
		return err
	}
	if built.Warning != "" {
		return fmt.Errorf("the benchmarks: %s", built.Warning)
	}
	if err := os.WriteFile(filepath.Join(folder, "bench.wasm"), built.Code, 0o644); err != nil {
		return err
	}
	loader, err := tools.Loader()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "wasm_exec.js"), loader, 0o644)
}

// handler serves the page at /, the packages at /npm/ and the built program at /built/. It does not isolate the page,
// so that no contender finds shared memory and starts threads.
func (b *browser) handler() (http.Handler, error) {
	page, err := fs.Sub(pageFiles, "page")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServerFS(page))
	mux.Handle("/npm/", http.StripPrefix("/npm/", http.FileServer(http.Dir(b.npm))))
	mux.Handle("/built/", http.StripPrefix("/built/", http.FileServer(http.Dir(b.folder))))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		switch filepath.Ext(r.URL.Path) { // whatever the system's table of types says
		case ".js", ".mjs":
			w.Header().Set("Content-Type", "text/javascript")
		case ".wasm":
			w.Header().Set("Content-Type", "application/wasm")
		}
		mux.ServeHTTP(w, r)
	}), nil
}

func (b *browser) open(ctx context.Context) error {
	handler, err := b.handler()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	b.server = &http.Server{Handler: handler}
	go b.server.Serve(listener)
	binary, err := findChromium()
	if err != nil {
		return err
	}
	if out, err := exec.Command(binary, "--version").Output(); err == nil {
		b.version = strings.TrimSpace(string(out))
	}
	settings := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.ExecPath(binary),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, stop := chromedp.NewExecAllocator(ctx, settings...)
	b.stops = append(b.stops, stop)
	b.ctx, stop = chromedp.NewContext(ctx, chromedp.WithListener(b.listen))
	b.stops = append(b.stops, stop)
	if err := chromedp.Do(b.ctx, chromedp.Navigate("http://"+listener.Addr().String()+"/")); err != nil {
		return fmt.Errorf("the page does not open in Chromium: %w", err)
	}
	return nil
}

func findChromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no Chromium in PATH: install your system's package 'chromium'")
}

func (b *browser) close() {
	for i := len(b.stops) - 1; i >= 0; i-- {
		b.stops[i]()
	}
	if b.server != nil {
		b.server.Close()
	}
	os.RemoveAll(b.folder)
}

// listen keeps the errors that the page reports.
func (b *browser) listen(event any) {
	var text string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		for _, a := range e.Args {
			text += strings.Trim(string(a.Value), `"`) + " " + a.Description
		}
		if e.Type != runtime.ConsoleAPICalledTypeError && !strings.Contains(text, "panic:") {
			return
		}
	case *log.EventEntryAdded:
		if e.Entry.Level != log.EntryLevelError {
			return
		}
		text = e.Entry.Text + " " + e.Entry.URL
	default:
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.console = append(b.console, text)
}

// complaints returns what the page reported as errors.
func (b *browser) complaints() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.console) == 0 {
		return nil
	}
	return errors.New("the page reports:\n" + strings.Join(b.console, "\n"))
}

// ask sends a request to the worker and decodes its answer.
func ask[T any](b *browser, request map[string]any) (T, error) {
	var answer T
	text, err := json.Marshal(request)
	if err != nil {
		return answer, err
	}
	expression := fmt.Sprintf("ask(%s).then((answer) => JSON.stringify(answer ?? null))", text)
	out, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		return answer, errors.Join(fmt.Errorf("the worker on %v %v: %w", request["op"], request["who"], err), b.complaints())
	}
	return answer, json.Unmarshal([]byte(out), &answer)
}

// call asks a contender for one of its functions.
func call[T any](b *browser, who, name string, args ...any) (T, error) {
	return ask[T](b, map[string]any{"op": "call", "who": who, "name": name, "args": args})
}

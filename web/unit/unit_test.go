//go:build unit

// Package unit runs the unit tests of the page's modules (*.test.js) in headless Chromium and reports each as a subtest.
//
//	make test-js
//
// The modules are served as they stand in web/js, without a build of the site: a run takes seconds. What needs the whole
// page is tested by web/e2e.
package unit

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// result is one test as unit.js reports it; Error is empty where it passes.
type result struct{ Name, Error string }

func TestModules(t *testing.T) {
	modules, err := filepath.Glob("*.test.js")
	require.NoError(t, err)
	require.NotEmpty(t, modules)
	generated := t.TempDir()
	build := exec.Command("go", "run", "./web/build", "-modules", generated)
	build.Dir = "../.."
	message, err := build.CombinedOutput()
	require.NoError(t, err, "%s", message)
	server := httptest.NewServer(site(generated))
	defer server.Close()

	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox)...)
	defer stop()
	ctx, cancel := chromedp.NewContext(allocator)
	defer cancel()
	fuzz, _ := strconv.Atoi(os.Getenv("ONESTEP_FUZZ")) // seconds for the tests by chance; 0 is their short form
	ctx, end := context.WithTimeout(ctx, 2*time.Minute+time.Duration(fuzz)*time.Second)
	defer end()
	tests := map[string][]result{}
	for _, module := range modules {
		// A page of its own each: what a test leaves alive, such as a queue that waits for runs, ends with its page.
		require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+"/")))
		raw, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](fmt.Sprintf("globalThis.fuzzSeconds = %d; import('/unit/unit.js').then((u) => u.run(%q))", fuzz, module), chromedp.EvalAwaitPromise))
		require.NoError(t, err)
		var results []result
		require.NoError(t, json.Unmarshal(raw, &results))
		tests[module] = results
	}
	for _, module := range modules {
		t.Run(strings.TrimSuffix(module, ".test.js"), func(t *testing.T) {
			require.NotEmpty(t, tests[module], "%s has no test", module)
			for _, r := range tests[module] {
				t.Run(r.Name, func(t *testing.T) { assert.Empty(t, strings.ReplaceAll(r.Error, server.URL, "")) })
			}
		})
	}
}

// site serves the page's modules, those that the build writes into a folder, their tests and an empty page to run in.
func site(generated string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/js/", http.StripPrefix("/js", http.FileServer(http.Dir("../js"))))
	written, _ := filepath.Glob(filepath.Join(generated, "*.js")) // the pattern is right
	for _, path := range written {
		mux.HandleFunc("/js/"+filepath.Base(path), func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) })
	}
	mux.Handle("/unit/", http.StripPrefix("/unit", http.FileServer(http.Dir("."))))
	mux.HandleFunc("/index.html", func(w http.ResponseWriter, r *http.Request) {
		text, err := os.ReadFile("../index.html")
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Write(text)
	})
	mux.Handle("/policies/", http.StripPrefix("/policies", http.FileServer(http.Dir("../../assets/policies"))))
	for path, said := range map[string]bool{"/long/said.onnx": true, "/long/unsaid.onnx": false} { // 65 MiB
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			if said {
				w.Header().Set("Content-Length", strconv.Itoa(65<<20))
			}
			for part, i := make([]byte, 1<<20), 0; i < 65; i++ {
				if _, err := w.Write(part); err != nil {
					return // the page has read enough
				}
			}
		})
	}
	mux.Handle("/lessons/", http.StripPrefix("/lessons", http.FileServer(http.Dir("../../assets/lessons"))))
	mux.HandleFunc("/lessons/{$}", func(w http.ResponseWriter, _ *http.Request) {
		names, err := filepath.Glob("../../assets/lessons/*.json")
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		for i, name := range names {
			names[i] = filepath.Base(name)
		}
		json.NewEncoder(w).Encode(names)
	})
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>Unit tests</title><link rel="icon" href="data:,">`)
	})
	return mux
}

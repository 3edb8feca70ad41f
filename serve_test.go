package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var longText = strings.Repeat("the page says the same thing again and again. ", 40)

// builtSite writes a small site and a secret beside it that no request may reach.
func builtSite(t *testing.T) string {
	t.Helper()
	parent := t.TempDir()
	dir := filepath.Join(parent, "dist")
	for name, text := range map[string]string{
		"dist/index.html":                                longText,
		"dist/manifest.json":                             `{"a":"` + longText + `"}`,
		"dist/css/page.css":                              "/* " + longText + " */",
		"dist/js/main.js":                                "// " + longText,
		"dist/js/wasm_exec.0123456789abcdef.js":          "// " + longText,
		"dist/wasm/stage.0123456789abcdef.wasm.gz":       longText,
		"dist/icon.svg":                                  "<svg/>",
		"dist/policies/pendulum-fpmd-m.safetensors":      longText,
		"dist/sub/index.html":                            "sub",
		"dist/plain.unknown":                             "?",
		"secret.txt":                                     "secret",
		"dist/.hidden":                                   "secret",
		"dist/.git/config":                               "secret",
		"dist/js/.env":                                   "secret",
		"dist/sub/.hidden/index.html":                    "secret",
		"dist/js/plain.0123456789abcdeg.not-a-hash.json": "{}",
	} {
		file := filepath.Join(parent, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	require.NoError(t, os.Symlink(filepath.Join(parent, "secret.txt"), filepath.Join(dir, "link.txt")))
	return dir
}

func openTestSite(t *testing.T) http.Handler {
	t.Helper()
	s, closed, err := openSite(builtSite(t))
	require.NoError(t, err)
	t.Cleanup(func() { closed() })
	return s
}

// get asks s for a raw path, which http.NewRequest would clean.
func get(s http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/", nil)
	r.URL.Path = path
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestSiteTypesAndCaching(t *testing.T) {
	s := openTestSite(t)
	const forever, never, ask = "public, max-age=31536000, immutable", "no-store", "no-cache"
	for _, c := range []struct{ path, contentType, cache string }{
		{"/", "text/html; charset=utf-8", never},
		{"/index.html", "text/html; charset=utf-8", never},
		{"/sub/", "text/html; charset=utf-8", never},
		{"/manifest.json", "application/json", never},
		{"/css/page.css", "text/css; charset=utf-8", ask},
		{"/js/main.js", "text/javascript; charset=utf-8", ask},
		{"/js/wasm_exec.0123456789abcdef.js", "text/javascript; charset=utf-8", forever},
		{"/js/plain.0123456789abcdeg.not-a-hash.json", "application/json", ask},
		{"/wasm/stage.0123456789abcdef.wasm.gz", "application/gzip", forever},
		{"/icon.svg", "image/svg+xml", ask},
		{"/policies/pendulum-fpmd-m.safetensors", "application/octet-stream", ask},
		{"/plain.unknown", "application/octet-stream", ask},
	} {
		t.Run(c.path, func(t *testing.T) {
			w := get(s, http.MethodGet, c.path)
			require.Equal(t, http.StatusOK, w.Code)
			assert.Equal(t, c.contentType, w.Header().Get("Content-Type"))
			assert.Equal(t, c.cache, w.Header().Get("Cache-Control"))
			assert.NotEmpty(t, w.Header().Get("ETag"))
		})
	}
}

func TestSiteCompression(t *testing.T) {
	s := openTestSite(t)
	w := get(s, http.MethodGet, "/js/main.js", "Accept-Encoding", "br;q=1.0, gzip;q=0.8")
	require.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
	assert.Equal(t, "Accept-Encoding", w.Header().Get("Vary"))
	assert.Less(t, w.Body.Len(), len(longText)/2)
	z, err := gzip.NewReader(w.Body)
	require.NoError(t, err)
	text, err := io.ReadAll(z)
	require.NoError(t, err)
	assert.Equal(t, "// "+longText, string(text))

	for _, c := range []struct{ name, path, accept string }{
		{"not asked for", "/js/main.js", ""},
		{"refused", "/js/main.js", "gzip;q=0, identity"},
		{"already compressed", "/wasm/stage.0123456789abcdef.wasm.gz", "gzip"},
		{"weights", "/policies/pendulum-fpmd-m.safetensors", "gzip"},
		{"no gain", "/icon.svg", "gzip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := get(s, http.MethodGet, c.path, "Accept-Encoding", c.accept)
			assert.Equal(t, http.StatusOK, w.Code)
			assert.Empty(t, w.Header().Get("Content-Encoding"))
		})
	}
	for accept, want := range map[string]string{"*": "gzip", "gzip;q=0, *": "", "gzip;q=much": ""} { // a named coding wins over the star
		w := get(s, http.MethodGet, "/js/main.js", "Accept-Encoding", accept)
		assert.Equal(t, want, w.Header().Get("Content-Encoding"), accept)
	}
}

func TestSiteSecurityHeaders(t *testing.T) {
	s := openTestSite(t)
	for _, path := range []string{"/", "/js/main.js", "/nothing", "/../secret.txt"} {
		h := get(s, http.MethodGet, path).Header()
		csp := h.Get("Content-Security-Policy")
		assert.NotContains(t, csp, "unsafe-inline")
		assert.NotRegexp(t, regexp.MustCompile(`[^-]unsafe-eval`), csp)
		assert.Contains(t, csp, "script-src 'self' 'wasm-unsafe-eval';")
		assert.Contains(t, csp, "frame-ancestors 'self'")
		assert.Contains(t, csp, "default-src 'none'")
		assert.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
		assert.Equal(t, "same-origin", h.Get("Cross-Origin-Resource-Policy"))
		assert.Contains(t, h.Get("Permissions-Policy"), "camera=()")
	}
}

// The pages carry the policy for hosts that send none, before anything that it is about.
func TestPagesCarryThePolicy(t *testing.T) {
	for _, name := range []string{"web/index.html", "web/stage.html"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		said := regexp.MustCompile(`<head>\s*<meta charset="utf-8">\s*<meta http-equiv="Content-Security-Policy" content="([^"]*)">`).FindSubmatch(text)
		require.NotNil(t, said, name)
		assert.Equal(t, metaPolicy, string(said[1]), name)
	}
}

// slowReaders serves a site whose largest file a thousand readers ask for and do not read. It returns how many of them the server
// still holds, and the address. Like every large file of a site that one has its hash in its name, so that none is computed.
func slowReaders(t *testing.T, writeTimeout time.Duration) (holds func() int64, address string) {
	const readers = 1000
	dir := builtSite(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "large.0123456789abcdef.bin"), make([]byte, 16<<20), 0o644))
	s, closed, err := openSite(dir)
	require.NoError(t, err)
	t.Cleanup(func() { closed() })
	server := newServer(s)
	require.Positive(t, server.ReadTimeout)
	require.Positive(t, server.WriteTimeout)
	if writeTimeout > 0 {
		server.WriteTimeout = writeTimeout
	}
	var gone atomic.Int64
	server.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			gone.Add(1)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	for range readers {
		c, err := net.Dial("tcp", listener.Addr().String())
		require.NoError(t, err)
		t.Cleanup(func() { c.Close() })
		require.NoError(t, c.(*net.TCPConn).SetReadBuffer(4096))
		_, err = io.WriteString(c, "GET /large.0123456789abcdef.bin HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
	}
	return func() int64 { return readers - gone.Load() }, listener.Addr().String()
}

// A thousand readers who do not read keep nobody else waiting.
func TestSlowReadersKeepNobodyWaiting(t *testing.T) {
	holds, address := slowReaders(t, 0)
	response, err := http.Get("http://" + address + "/")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Equal(t, http.StatusOK, response.StatusCode)
	assert.EqualValues(t, 1000, holds(), "readers who are held meanwhile")
}

// They are sent away when their time is over, however long the machine takes for it: the test's own limit ends the waiting.
func TestSlowReadersAreSentAway(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds; make test runs it")
	}
	holds, _ := slowReaders(t, time.Second)
	for holds() > 0 {
		time.Sleep(20 * time.Millisecond)
	}
}

func TestRunWarnsWhereOthersCanReachIt(t *testing.T) {
	for addr, warns := range map[string]bool{"127.0.0.1:0": false, "[::1]:0": false, "0.0.0.0:0": true} {
		ctx, stop := context.WithCancel(t.Context())
		line, warning, done := make(firstLine, 1), &bytes.Buffer{}, make(chan error, 1)
		go func() { done <- run(ctx, []string{"-dir", builtSite(t), "-addr", addr}, line, warning) }()
		select {
		case <-line:
		case err := <-done:
			require.ErrorContains(t, err, "[::1]", "a machine without IPv6")
			stop()
			continue
		}
		stop()
		require.NoError(t, <-done)
		assert.Equal(t, warns, strings.Contains(warning.String(), "no loopback address"), addr)
	}
}

func TestSiteRefuses(t *testing.T) {
	s := openTestSite(t)
	for _, path := range []string{
		"/nothing", "/../secret.txt", "/js/../../secret.txt", "/./index.html", "//index.html", "/js//main.js", "index.html",
		"/.hidden", "/.git/config", "/js/.env", "/sub/.hidden/", `/..\secret.txt`, "/index.html\x00", "/link.txt", "/css/", "",
	} {
		w := get(s, http.MethodGet, path)
		assert.Equal(t, http.StatusNotFound, w.Code, "%q", path)
		assert.NotContains(t, w.Body.String(), "secret")
		assert.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	}
	w := get(s, http.MethodPost, "/")
	assert.Equal(t, http.StatusMethodNotAllowed, w.Code)
	assert.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
	w = get(s, http.MethodGet, "/sub")
	assert.Equal(t, http.StatusMovedPermanently, w.Code)
	assert.Equal(t, "/sub/", w.Header().Get("Location"))
}

func TestSiteRevalidates(t *testing.T) {
	dir := builtSite(t)
	s, closed, err := openSite(dir)
	require.NoError(t, err)
	defer closed()
	first := get(s, http.MethodGet, "/js/main.js")
	tag := first.Header().Get("ETag")
	again := get(s, http.MethodGet, "/js/main.js", "If-None-Match", tag)
	assert.Equal(t, http.StatusNotModified, again.Code)
	assert.Zero(t, again.Body.Len())
	zipped := get(s, http.MethodGet, "/js/main.js", "Accept-Encoding", "gzip")
	assert.NotEqual(t, tag, zipped.Header().Get("ETag"), "another representation has another tag")
	again = get(s, http.MethodGet, "/js/main.js", "Accept-Encoding", "gzip", "If-None-Match", zipped.Header().Get("ETag"))
	assert.Equal(t, http.StatusNotModified, again.Code)

	// The tag follows the content, not its time: what is built again, and is the same, is not sent again.
	name := filepath.Join(dir, "js", "main.js")
	require.NoError(t, os.Chtimes(name, time.Time{}, time.Unix(1e9, 0)))
	assert.Equal(t, http.StatusNotModified, get(s, http.MethodGet, "/js/main.js", "If-None-Match", tag).Code)
	before, err := os.Stat(name)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(name, bytes.Repeat([]byte("x"), int(before.Size())), 0o644))
	require.NoError(t, os.Chtimes(name, time.Time{}, time.Unix(1e9, 0)))
	assert.Equal(t, http.StatusOK, get(s, http.MethodGet, "/js/main.js", "If-None-Match", tag).Code, "other content of the same size and time")

	require.NoError(t, os.WriteFile(name, []byte("rebuilt"), 0o644))
	rebuilt := get(s, http.MethodGet, "/js/main.js", "If-None-Match", tag)
	assert.Equal(t, "rebuilt", rebuilt.Body.String())

	head := get(s, http.MethodHead, "/css/page.css")
	assert.Equal(t, http.StatusOK, head.Code)
	assert.Zero(t, head.Body.Len())
	assert.Equal(t, fmt.Sprint(len(longText)+6), head.Header().Get("Content-Length"))
}

func TestRunSaysWhatIsWrong(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	dir := builtSite(t)
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"nothing built", []string{"-dir", t.TempDir()}, "make dist"},
		{"port taken", []string{"-dir", dir, "-addr", taken.Addr().String()}, "is taken by another program"},
		{"no such address", []string{"-dir", dir, "-addr", "127.0.0.1:port"}, "cannot listen on 127.0.0.1:port"},
		{"stray argument", []string{"-dir", dir, "dist"}, `unexpected argument "dist"`},
		{"unknown flag", []string{"-port", "1"}, "-port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := run(t.Context(), c.args, io.Discard, io.Discard)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// firstLine hands its first write to a channel.
type firstLine chan string

func (f firstLine) Write(b []byte) (int, error) {
	f <- string(b)
	return len(b), nil
}

func TestRunServesAndShutsDownGracefully(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	line, done := make(firstLine, 1), make(chan error, 1)
	go func() {
		done <- run(ctx, []string{"-dir", builtSite(t), "-addr", "127.0.0.1:0"}, line, io.Discard)
	}()
	var address string
	select {
	case text := <-line:
		address = regexp.MustCompile(`http://\S+/`).FindString(text)
	case err := <-done:
		require.NoError(t, err, "run ended before it printed its address")
	}
	require.NotEmpty(t, address)
	response, err := http.Get(address)
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	response.Body.Close()
	assert.True(t, bytes.Equal([]byte(longText), body))
	stop()
	select {
	case err := <-done:
		assert.NoError(t, err)
	case <-time.After(10 * time.Second):
		t.Fatal("run did not end after its context did")
	}
}

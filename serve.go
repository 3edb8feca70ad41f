// Command onestep serves the built site on a loopback address.
//
//	go run . [-addr 127.0.0.1:8080] [-dir dist]
//
// It adds what a plain file server leaves out: compression, a strict Content-Security-Policy, and caching
// that is for ever where a name carries a content hash and never for what names those files. The site needs
// none of it; any static host will do.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// contentSecurityPolicy allows what the site is made of and nothing else: its own files, WebAssembly, and
// its own stage in a frame. No inline script, no inline style, no eval; blob: is for a figure on its way to PNG.
const contentSecurityPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"img-src 'self' blob:; connect-src 'self'; worker-src 'self'; frame-src 'self'; manifest-src 'self'; " +
	"frame-ancestors 'self'; base-uri 'none'; form-action 'none'"

// contentTypes does not ask the system's table, which differs between machines.
var contentTypes = map[string]string{
	".html":        "text/html; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".svg":         "image/svg+xml",
	".png":         "image/png",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".gz":          "application/gzip", // the page decompresses it; no Content-Encoding
	".safetensors": "application/octet-stream",
}

// compressible are the types worth compressing; weights and .gz files are not.
var compressible = map[string]bool{".html": true, ".css": true, ".js": true, ".json": true, ".svg": true, ".txt": true, ".wasm": true}

// hashed matches a base name that carries a content hash: name.0123456789abcdef.ext.
var hashed = regexp.MustCompile(`\.[0-9a-f]{16}\.`)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "onestep:", err)
		}
		os.Exit(1)
	}
}

// run serves until ctx ends, then lets requests in flight finish for at most five seconds.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("onestep", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:8080", "address to listen on; port 0 takes a free one")
	dir := flags.String("dir", "dist", "folder of the built site")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q; see -help", flags.Arg(0))
	}
	site, err := openSite(*dir)
	if err != nil {
		return err
	}
	defer site.Close()
	listener, err := listen(*addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: site, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	fmt.Fprintf(stdout, "Onestep is at http://%s/ (Ctrl-C stops it)\n", listener.Addr())

	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case err := <-done:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return fmt.Errorf("requests were cut off: %w", err)
	}
	return nil
}

// listen opens addr and says in words what stands in the way.
func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is taken by another program; choose another address with -addr, or -addr 127.0.0.1:0 for a free port", addr)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s needs more rights than this program has; choose a port above 1023 with -addr", addr)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %s: %w", addr, err)
	}
	return l, nil
}

// site is the http.Handler of one built folder. Files are read once and again only when they change.
type site struct {
	root  *os.Root // refuses paths and links that leave the folder
	mu    sync.Mutex
	cache map[string]*file
}

// file is one file as it is sent.
type file struct {
	modTime time.Time
	size    int64
	raw, gz []byte // gz is nil where compression gains nothing
	hash    string // of raw, for the ETag
}

// openSite opens a folder that holds a built site.
func openSite(dir string) (*site, error) {
	if _, err := os.Stat(filepath.Join(dir, "index.html")); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("nothing is built in %q: run `make dist` first, or name the folder with -dir", dir)
	} else if err != nil {
		return nil, fmt.Errorf("cannot read the site: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot read the site: %w", err)
	}
	return &site{root: root, cache: make(map[string]*file)}, nil
}

// Close gives the folder back.
func (s *site) Close() error { return s.root.Close() }

// ServeHTTP implements http.Handler for GET and HEAD.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		s.fail(w, http.StatusMethodNotAllowed, "only GET and HEAD")
		return
	}
	name, ok := fileName(r.URL.Path)
	if !ok {
		s.fail(w, http.StatusNotFound, "no such file")
		return
	}
	f, err := s.load(name)
	switch {
	case errors.Is(err, errDirectory):
		h.Set("Cache-Control", "no-store")
		http.Redirect(w, r, path.Base(r.URL.Path)+"/", http.StatusMovedPermanently)
		return
	case err != nil:
		s.fail(w, http.StatusNotFound, "no such file")
		return
	}
	s.send(w, r, name, f)
}

// send writes f with the headers that belong to its name.
func (s *site) send(w http.ResponseWriter, r *http.Request, name string, f *file) {
	h := w.Header()
	ext := strings.ToLower(path.Ext(name))
	if t, ok := contentTypes[ext]; ok {
		h.Set("Content-Type", t)
	} else {
		h.Set("Content-Type", "application/octet-stream")
	}
	h.Set("Cache-Control", cacheControl(name))
	body, tag := f.raw, f.hash
	if f.gz != nil {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body, tag = f.gz, f.hash+"-gzip"
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body)) // validation is by ETag alone
}

// fail answers with a plain sentence that nothing keeps.
func (s *site) fail(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, text, code)
}

// fileName turns a URL path into a slash path inside the site; false for one that no file can have.
func fileName(urlPath string) (string, bool) {
	if !strings.HasPrefix(urlPath, "/") || strings.ContainsAny(urlPath, "\\\x00") {
		return "", false
	}
	name := strings.TrimPrefix(urlPath, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	return name, fs.ValidPath(name) // refuses "..", "." and empty elements
}

// cacheControl is for ever for hashed names and never for pages and the manifest, which name the hashed
// ones; everything else is asked for again each time and answered by its ETag.
func cacheControl(name string) string {
	switch base := path.Base(name); {
	case hashed.MatchString(base):
		return "public, max-age=31536000, immutable"
	case path.Ext(base) == ".html" || base == "manifest.json":
		return "no-store"
	}
	return "no-cache"
}

// acceptsGzip reads an Accept-Encoding header: gzip or * with a quality above zero.
func acceptsGzip(header string) bool {
	any := false
	for _, part := range strings.Split(header, ",") {
		coding, parameters, _ := strings.Cut(part, ";")
		quality := 1.0
		if _, value, ok := strings.Cut(parameters, "="); ok {
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				continue
			}
			quality = q
		}
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip", "x-gzip":
			return quality > 0
		case "*":
			any = quality > 0
		}
	}
	return any
}

var errDirectory = errors.New("a folder")

// load returns the file, from memory where it has not changed on disk.
func (s *site) load(name string) (*file, error) {
	opened, err := s.root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	info, err := opened.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, errDirectory
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.cache[name]; f != nil && f.modTime.Equal(info.ModTime()) && f.size == info.Size() {
		return f, nil
	}
	raw, err := io.ReadAll(opened)
	if err != nil {
		return nil, err
	}
	f := &file{modTime: info.ModTime(), size: info.Size(), raw: raw}
	sum := sha256.Sum256(raw)
	f.hash = hex.EncodeToString(sum[:8])
	if compressible[strings.ToLower(path.Ext(name))] {
		f.gz = compress(raw)
	}
	s.cache[name] = f
	return f, nil
}

// compress returns raw as gzip, or nil where that is no shorter.
func compress(raw []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(raw)
	if err == nil {
		err = z.Close()
	}
	if err != nil || b.Len() >= len(raw) {
		return nil // a bytes.Buffer does not fail; if it ever did, the plain file is right
	}
	return b.Bytes()
}

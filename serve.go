// Command onestep serves the built site on a loopback address.
//
//	go run . [-addr 127.0.0.1:8080] [-dir dist]
//
// It adds what a plain file server leaves out: compression, a strict Content-Security-Policy, and caching
// that is for ever where a name carries a content hash and never for what names those files. The site needs
// none of it; any static host will do.
package main

import (
	"context"
	"crypto/sha256"
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
	"strings"
	"syscall"
	"time"

	"github.com/klauspost/compress/gzhttp"
)

// contentSecurityPolicy allows what the site is made of and nothing else: its own files, WebAssembly, and
// its own stage in a frame. No inline script, no inline style, no eval; blob: is for a figure on its way to PNG. The pages say the
// same to hosts that send no headers, in a meta element, which cannot say who may frame them.
const contentSecurityPolicy = metaPolicy + "; frame-ancestors 'self'"

const metaPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"img-src 'self' blob:; connect-src 'self'; worker-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'"

// contentTypes does not ask the system's table, which differs between machines.
var contentTypes = map[string]string{
	".html":        "text/html; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".webmanifest": "application/manifest+json",
	".svg":         "image/svg+xml",
	".png":         "image/png",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".gz":          "application/gzip", // the page decompresses it; no Content-Encoding
	".safetensors": "application/octet-stream",
}

// compressible are the types worth compressing; weights and .gz files are not.
var compressible = []string{"text/html", "text/css", "text/javascript", "text/plain", "application/json", "application/wasm", "image/svg+xml"}

// zipped marks the ETag of what is sent compressed.
const zipped = "-gzip"

// everywhere are the headers of every answer.
var everywhere = map[string]string{
	"Content-Security-Policy":      contentSecurityPolicy,
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
}

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
	site, closed, err := openSite(*dir)
	if err != nil {
		return err
	}
	defer closed()
	listener, err := listen(*addr)
	if err != nil {
		return err
	}
	server := newServer(site)
	if at, ok := listener.Addr().(*net.TCPAddr); ok && !at.IP.IsLoopback() {
		fmt.Fprintf(stderr, "onestep: %s is no loopback address: everyone who reaches this machine can open the page, without encryption. "+
			"Browsers give a page that comes so no hashes, clipboard or locks, so that a training is not kept.\n", listener.Addr())
	}
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

// newServer bounds how long a request may take to come, which has no body, and an answer to be read: the largest file is
// 3 MB, for which five minutes are enough at 10 kB a second.
func newServer(site http.Handler) *http.Server {
	return &http.Server{Handler: site, ReadTimeout: 10 * time.Second, WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 1 << 16}
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

// openSite is the handler of a folder that holds a built site; closed gives the folder back.
func openSite(dir string) (handler http.Handler, closed func() error, err error) {
	if _, err := os.Stat(filepath.Join(dir, "index.html")); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("nothing is built in %q: run `make dist` first, or name the folder with -dir", dir)
	} else if err != nil {
		return nil, nil, fmt.Errorf("cannot read the site: %w", err)
	}
	root, err := os.OpenRoot(dir) // refuses paths and links that leave the folder
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the site: %w", err)
	}
	compressed, err := gzhttp.NewWrapper(gzhttp.ContentTypes(compressible), gzhttp.SuffixETag(zipped), gzhttp.EnableZstd(false), gzhttp.AcceptWildcards(true))
	if err != nil {
		return nil, nil, fmt.Errorf("compression: %w", err)
	}
	return compressed(site{root.FS()}), root.Close, nil
}

// site answers GET and HEAD with the files of a folder.
type site struct{ files fs.FS }

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for name, value := range everywhere {
		h.Set(name, value)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		fail(w, http.StatusMethodNotAllowed, "only GET and HEAD")
		return
	}
	name, ok := fileName(r.URL.Path)
	if !ok {
		fail(w, http.StatusNotFound, "no such file")
		return
	}
	file, err := s.files.Open(name)
	if err != nil {
		fail(w, http.StatusNotFound, "no such file")
		return
	}
	defer file.Close()
	info, err := file.Stat()
	content, seeks := file.(io.ReadSeeker)
	switch {
	case err == nil && info.IsDir():
		h.Set("Cache-Control", "no-store")
		http.Redirect(w, r, path.Base(r.URL.Path)+"/", http.StatusMovedPermanently)
		return
	case err != nil || !info.Mode().IsRegular() || !seeks:
		fail(w, http.StatusNotFound, "no such file")
		return
	}
	h.Set("Content-Type", "application/octet-stream")
	if t, ok := contentTypes[strings.ToLower(path.Ext(name))]; ok {
		h.Set("Content-Type", t)
	}
	h.Set("Cache-Control", cacheControl(name))
	tag, err := tagOf(name, content)
	if err != nil {
		fail(w, http.StatusInternalServerError, "the file cannot be read")
		return
	}
	h.Set("ETag", tag)
	if known := r.Header.Get("If-None-Match"); known != "" { // what was compressed is of the same file
		r.Header.Set("If-None-Match", strings.ReplaceAll(known, zipped+`"`, `"`))
	}
	http.ServeContent(w, r, "", time.Time{}, content) // validation is by ETag alone
}

// tagOf is the ETag of a file: the hash of its content, which a name may carry already. What does not carry one is small.
func tagOf(name string, content io.ReadSeeker) (string, error) {
	if known := hashed.FindString(path.Base(name)); known != "" {
		return `"` + strings.Trim(known, ".") + `"`, nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, content); err != nil {
		return "", err
	}
	_, err := content.Seek(0, io.SeekStart)
	return fmt.Sprintf(`"%x"`, sum.Sum(nil)[:8]), err
}

// fail answers with a plain sentence that nothing keeps.
func fail(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, text, code)
}

// fileName turns a URL path into a slash path inside the site; false for one that no file can have, and for a hidden file.
func fileName(urlPath string) (string, bool) {
	if !strings.HasPrefix(urlPath, "/") || strings.ContainsAny(urlPath, "\\\x00") || strings.Contains(urlPath, "/.") {
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

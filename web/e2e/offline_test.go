//go:build e2e

package e2e

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
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

// host serves folders under a path; which one, and whether it answers at all, changes while a test runs.
type host struct {
	*httptest.Server
	dir  atomic.Pointer[string]
	gone atomic.Bool
}

func newHost(t *testing.T, dir string) *host {
	h := &host{}
	h.dir.Store(&dir)
	h.Server = httptest.NewServer(http.StripPrefix("/some/where/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.gone.Load() {
			panic(http.ErrAbortHandler) // as where there is no network
		}
		http.FileServer(http.Dir(*h.dir.Load())).ServeHTTP(w, r)
	})))
	t.Cleanup(h.Close)
	return h
}

func (h *host) address() string { return h.URL + "/some/where/" }

const keptOffline = "document.documentElement.dataset.offline === 'ready' && navigator.serviceWorker.controller"

// After one visit the page works with the server gone, from a sub-path, training included, and a policy that was never looked at.
func TestTheSecondLoadNeedsNoServer(t *testing.T) {
	t.Parallel()
	h := newHost(t, dist)
	p := open(t, h.address()+small, width, height)
	p.drawn()
	p.wait("the site to be kept", keptOffline, 60*time.Second)
	h.gone.Store(true)
	p.navigate("about:blank")
	p.navigate(h.address() + small)
	p.drawn()
	p.phase("idle", 60*time.Second)
	p.click("train")
	p.ends()
	p.navigate("about:blank")
	p.navigate(h.address() + "#v=1&task=walker2d&alg=fpmd-r&play=0")
	p.drawn()
	assert.Equal(t, "asset", p.data("acting", "source"))
	assert.Empty(t, p.text("errors"))
}

// another copies the built site with one file changed as a build would change it: every file of its own version.
func another(t *testing.T) string {
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(dist)))
	for name, change := range map[string][2]string{
		"index.html": {"<title>Onestep", "<title>Newstep"},
		"js/bar.js":  {"// The bar", "document.documentElement.dataset.build = 'new';\n// The bar"},
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Contains(t, string(b), change[0])
		require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(b), change[0], change[1], 1)), 0o644))
	}
	return dir
}

// A version comes whole. While a host is updated, a keeper whose list does not fit is not taken; once it fits, the pages that
// are open go on with the old files, all of them, and the next start has the new ones, all of them.
func TestVersionsAreNotMixed(t *testing.T) {
	t.Parallel()
	h := newHost(t, dist)
	p := open(t, h.address()+pendulum, width, height)
	p.drawn()
	p.wait("the site to be kept", keptOffline, 60*time.Second)
	version := func() (v [2]string) {
		p.eval("[document.documentElement.dataset.build ?? 'old', document.title]", &v)
		return v
	}
	old, fresh := [2]string{"old", "Onestep: one-step flow policies"}, [2]string{"new", "Onestep: one-step flow policies"}

	half := another(t) // new files, and an old list
	h.dir.Store(&half)
	p.navigate("about:blank")
	p.navigate(h.address() + pendulum)
	p.drawn()
	assert.Equal(t, old, version(), "what is kept is served")

	b, err := os.ReadFile(filepath.Join(half, "sw.js"))
	require.NoError(t, err)
	wrong := strings.Replace(string(b), "'use strict';", "'use strict'; // another", 1)
	wrong = strings.Replace(wrong, "const VERSION = '", "const VERSION = 'x", 1)
	require.NoError(t, os.WriteFile(filepath.Join(half, "sw.js"), []byte(wrong), 0o644))
	p.navigate("about:blank")
	p.navigate(h.address() + pendulum)
	p.drawn()
	p.wait("the new keeper to be refused", "navigator.serviceWorker.getRegistration().then((r) => r.update().then(() => false, () => true)).then(() => navigator.serviceWorker.getRegistration()).then((r) => !r.installing && !r.waiting)", 60*time.Second)
	assert.Equal(t, old, version())

	whole := another(t)
	require.NoError(t, relist(whole))
	h.dir.Store(&whole)
	p.navigate("about:blank")
	p.navigate(h.address() + pendulum)
	p.drawn()
	p.wait("the news", "document.getElementById('news').textContent.includes('Another version of Onestep is there')", 60*time.Second)
	assert.Equal(t, old, version(), "the open page goes on with its own")
	p.press("#news .offer")
	p.wait("the new page", "document.documentElement?.dataset.build === 'new'", 60*time.Second)
	p.drawn()
	assert.Equal(t, fresh, version())
	h.gone.Store(true)
	p.navigate("about:blank")
	p.navigate(h.address() + pendulum)
	p.drawn()
	assert.Equal(t, fresh, version(), "without a network too")
	assert.Empty(t, p.text("errors"))
}

// relist writes the files of a copied site, and a version, into its keeper, as the build does.
func relist(dir string) error {
	var files [][2]string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "sw.js" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		sum := sha256.Sum256(b)
		files = append(files, [2]string{filepath.ToSlash(name), base64.StdEncoding.EncodeToString(sum[:])})
		return err
	})
	if err != nil {
		return err
	}
	list, err := json.Marshal(files)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "sw.js")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text = regexp.MustCompile(`const FILES = .*;`).ReplaceAll(text, fmt.Appendf(nil, "const FILES = %s;", list))
	text = regexp.MustCompile(`const VERSION = '.*';`).ReplaceAll(text, []byte("const VERSION = 'another';"))
	return os.WriteFile(path, text, 0o644)
}

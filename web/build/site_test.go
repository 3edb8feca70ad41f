package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
)

func writeTree(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
}

func TestPagesTakesOnlyWhatABrowserSees(t *testing.T) {
	web, dst := t.TempDir(), t.TempDir()
	writeTree(t, web, map[string]string{
		"index.html": "h", "css/page.css": "c", "js/main.js": "j", "icon.svg": "s",
		"build/main.go": "x", "build/page.html": "x", "e2e/broken.js": "x", "bench/node_modules/a.js": "x", "js/protocol_test.go": "x",
	})
	require.NoError(t, pages(web, dst))
	var got []string
	require.NoError(t, filepath.WalkDir(dst, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			relative, _ := filepath.Rel(dst, path)
			got = append(got, filepath.ToSlash(relative))
		}
		return err
	}))
	assert.ElementsMatch(t, []string{"index.html", "css/page.css", "js/main.js", "icon.svg"}, got)
}

// TestEveryFileThatThePagesNameIsThere: no figure, style or page that the HTML names is missing from the site.
func TestEveryFileThatThePagesNameIsThere(t *testing.T) {
	dst := t.TempDir()
	require.NoError(t, pages("..", dst))
	names := regexp.MustCompile(`(?:src|srcset|href)="([^"#:]+)"`)
	count := 0
	for _, page := range []string{"index.html", "stage.html"} {
		text, err := os.ReadFile(filepath.Join(dst, page))
		require.NoError(t, err)
		for _, m := range names.FindAllStringSubmatch(string(text), -1) {
			switch filepath.Ext(m[1]) {
			case ".svg", ".css", ".html", ".md": // icons in pixels and the licences are made by the build
				count++
				assert.FileExists(t, filepath.Join(dst, filepath.FromSlash(m[1])), "named by %s", page)
			}
		}
	}
	assert.Greater(t, count, 10)
}

func TestPoliciesAreNamedByTaskAndAlgorithm(t *testing.T) {
	root, dst := t.TempDir(), t.TempDir()
	file := func(name string) string {
		b, err := os.ReadFile(filepath.Join("..", "..", "assets", "policies", name))
		require.NoError(t, err)
		return string(b)
	}
	m, r := file("pendulum-fpmd-m.safetensors"), file("pendulum-fpmd-r.safetensors")
	writeTree(t, root, map[string]string{
		"assets/policies/pendulum-fpmd-m.safetensors": m, "assets/policies/pendulum-fpmd-r.safetensors": r, "assets/policies/README.md": "x",
	})
	list, err := policies(root, dst)
	require.NoError(t, err)
	hashOf := func(name string) string {
		var record checkpoint.RunRecord
		require.NoError(t, json.Unmarshal([]byte(file("records/"+name+".json")), &record))
		return record.Hash
	}
	assert.Equal(t, []policy{
		{asset{"policies/pendulum-fpmd-m.safetensors", int64(len(m))}, "pendulum", "fpmd-m", hashOf("pendulum-fpmd-m-1"), nil},
		{asset{"policies/pendulum-fpmd-r.safetensors", int64(len(r))}, "pendulum", "fpmd-r", hashOf("pendulum-fpmd-r-1"), nil},
	}, list)

	writeTree(t, root, map[string]string{"assets/policies/pendulum-sac.safetensors": "x"})
	_, err = policies(root, t.TempDir())
	assert.ErrorContains(t, err, "pendulum-sac.safetensors: ")
	require.NoError(t, os.Remove(filepath.Join(root, "assets", "policies", "pendulum-sac.safetensors")))

	writeTree(t, root, map[string]string{"assets/policies/nameless.safetensors": "x"})
	_, err = policies(root, t.TempDir())
	assert.ErrorContains(t, err, "<task>-<algorithm>")

	none, err := policies(t.TempDir(), dst)
	require.NoError(t, err)
	assert.NotNil(t, none, "an empty list is [] in the manifest, not null")
}

// A film comes with its policy, moment by moment, and only where it ends in that.
func TestAFilmEndsInItsPolicy(t *testing.T) {
	root, dst := t.TempDir(), t.TempDir()
	at := func(envSteps int) string {
		b, err := os.ReadFile(filepath.Join("..", "..", "assets", "films", "pendulum-fpmd-m", fmt.Sprintf("%09d.safetensors", envSteps)))
		require.NoError(t, err)
		return string(b)
	}
	writeTree(t, root, map[string]string{
		"assets/policies/pendulum-fpmd-m.safetensors": at(6000), "assets/films/pendulum-fpmd-m/000000000.safetensors": at(0), "assets/films/pendulum-fpmd-m/000006000.safetensors": at(6000),
	})
	list, err := policies(root, dst)
	require.NoError(t, err)
	require.NotNil(t, list[0].Film)
	for i, m := range list[0].Film.Moments {
		assert.Equal(t, 6000*i, m.EnvSteps)
		got, err := os.ReadFile(filepath.Join(dst, filepath.FromSlash(m.URL)))
		require.NoError(t, err)
		assert.Equal(t, at(6000*i), string(got))
	}
	writeTree(t, root, map[string]string{"assets/films/pendulum-fpmd-m/000006000.safetensors": at(5455)})
	_, err = policies(root, t.TempDir())
	assert.ErrorContains(t, err, "the film of pendulum-fpmd-m ends in the weights")
}

func TestLessonsComeInTheirOrder(t *testing.T) {
	root, dst := t.TempDir(), t.TempDir()
	writeTree(t, root, map[string]string{"assets/lessons/2-noise.json": "{}", "assets/lessons/1-what-you-see.json": "{ }"})
	list, err := lessons(root, dst)
	require.NoError(t, err)
	assert.Equal(t, []lesson{{asset{"lessons/what-you-see.json", 3}, "what-you-see"}, {asset{"lessons/noise.json", 2}, "noise"}}, list)
	writeTree(t, root, map[string]string{"assets/lessons/nameless.json": "{}"})
	_, err = lessons(root, t.TempDir())
	assert.ErrorContains(t, err, "<position>-<name>")
}

func TestHashedNamesFollowTheContent(t *testing.T) {
	dst := t.TempDir()
	a, err := writeHashed(dst, "wasm/stage", ".wasm.gz", []byte("one"))
	require.NoError(t, err)
	assert.Regexp(t, regexp.MustCompile(`^wasm/stage\.[0-9a-f]{16}\.wasm\.gz$`), a.URL)
	b, err := writeHashed(dst, "wasm/stage", ".wasm.gz", []byte("two"))
	require.NoError(t, err)
	assert.NotEqual(t, a.URL, b.URL)
	_, err = writeHashed(dst, "wasm/stage", ".wasm.gz", []byte("two"))
	assert.ErrorContains(t, err, "two files want the name")
}

func TestGzippedIsDeterministicAndComesBack(t *testing.T) {
	text := bytes.Repeat([]byte("wasm "), 1000)
	first, err := gzipped(text)
	require.NoError(t, err)
	second, err := gzipped(text)
	require.NoError(t, err)
	assert.Equal(t, first, second)
	z, err := gzip.NewReader(bytes.NewReader(first))
	require.NoError(t, err)
	back, err := io.ReadAll(z)
	require.NoError(t, err)
	assert.Equal(t, text, back)
}

func TestBuildLeavesForeignFoldersAlone(t *testing.T) {
	parent := t.TempDir()
	writeTree(t, parent, map[string]string{"mine/letter.txt": "dear"})
	foreign := filepath.Join(parent, "mine")
	assert.ErrorContains(t, build(t.TempDir(), foreign, false), "is left alone")
	assert.FileExists(t, filepath.Join(foreign, "letter.txt"))

	writeTree(t, parent, map[string]string{"dist/manifest.json": "{}", "dist/index.html": "good"})
	dist := filepath.Join(parent, "dist")
	require.Error(t, build(t.TempDir(), dist, false), "a repository without programs does not build")
	assert.FileExists(t, filepath.Join(dist, "index.html"), "a failed build keeps the last good site")
	left, err := filepath.Glob(filepath.Join(parent, ".site-*"))
	require.NoError(t, err)
	assert.Empty(t, left, "a failed build cleans up")
}

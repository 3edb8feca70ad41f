package main

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/web/build/program"
)

// copySources copies what the site is built from into dir.
func copySources(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"LICENSE", "go.mod", "go.sum", "assets", "engine", "policy", "wasm", "web"} {
		require.NoError(t, filepath.WalkDir(filepath.Join("../..", name), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				if d.Name() == "node_modules" {
					return filepath.SkipDir
				}
				return nil
			}
			relative, err := filepath.Rel("../..", path)
			if err != nil {
				return err
			}
			return copyFile(path, filepath.Join(dir, relative))
		}))
	}
}

// hashes are the SHA-256 of the files of a folder, by name.
func hashes(t *testing.T, dir string) map[string]string {
	t.Helper()
	list := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		sum := sha256.Sum256(text)
		relative, _ := filepath.Rel(dir, path)
		list[filepath.ToSlash(relative)] = hex.EncodeToString(sum[:])
		return err
	}))
	return list
}

// TestTheSiteIsReproducible builds the whole site twice, from two folders: every file is the same, and the licences are those of
// the modules that the programs themselves name.
func TestTheSiteIsReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds; make test runs it")
	}
	var sites []string
	var lists []map[string]string
	for range 2 {
		root, site := t.TempDir(), t.TempDir()
		copySources(t, root)
		tools, err := program.Find(root, false)
		require.NoError(t, err)
		_, err = fill(tools, root, site)
		require.NoError(t, err)
		sites, lists = append(sites, site), append(lists, hashes(t, site))
	}
	require.Greater(t, len(lists[0]), 50)
	require.Equal(t, lists[0], lists[1])

	want := map[string]bool{"Onestep": true}
	programs, err := filepath.Glob(filepath.Join(sites[0], "wasm", "*.wasm.gz"))
	require.NoError(t, err)
	require.Len(t, programs, 2)
	for _, name := range programs {
		text := unzipped(t, name)
		assert.NotContains(t, text, filepath.Dir(sites[0]), "no folder of the machine")
		for _, m := range regexp.MustCompile(`\ndep\t([^\t\n]+)\t([^\t\n]+)\t`).FindAllStringSubmatch(text, -1) {
			want[m[1]+" "+m[2]] = true
		}
	}
	require.Greater(t, len(want), 3, "Ebitengine and gonum at least")
	terms, err := os.ReadFile(filepath.Join(sites[0], licencesName))
	require.NoError(t, err)
	got := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^(.+)\n={4,}\n\n(.+)$`).FindAllStringSubmatch(string(terms), -1) {
		got[m[1]] = true
	}
	for title := range got {
		if strings.HasPrefix(title, "Go ") {
			delete(got, title)
		}
	}
	for title := range want {
		assert.Contains(t, got, title)
	}
	for _, part := range []string{"Redistributions in binary form", "Apache License", "wasm_exec.js", "THE SOFTWARE IS PROVIDED", "GLFW"} {
		assert.Contains(t, string(terms), part)
	}
	page, err := os.ReadFile(filepath.Join(sites[0], "index.html"))
	require.NoError(t, err)
	assert.Contains(t, string(page), `href="`+licencesName+`"`)
}

func unzipped(t *testing.T, name string) string {
	t.Helper()
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	z, err := gzip.NewReader(file)
	require.NoError(t, err)
	text, err := io.ReadAll(z)
	require.NoError(t, err)
	return string(text)
}

package main

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/web/build/program"
)

const heavy = `// A licence.

//go:build js

// Package p has a comment.
package p

import (
	"go/build"
	"strings"
)

type Kind int

var cache, other = build.Default, 1

// Find is heavy.
func Find(name string) (string, error) { return build.Default.GOROOT + name, nil }

func (k *Kind) Dump() string { return build.Default.GOOS }

func Upper(s string) string { return strings.ToUpper(s) }
`

func TestThinnedDropsWhatOnlyTheDroppedUsed(t *testing.T) {
	got, err := thinned([]byte(heavy), thinning{
		drop: []string{"cache"},
		stub: map[string]string{"Find": `return "", nil`, "Kind.Dump": `return "none"`},
	}, "var sources = 1\n")
	require.NoError(t, err)
	words := func(s string) string { return strings.Join(strings.Fields(s), " ") } // where lines break does not matter
	assert.Equal(t, words(`//go:build js

package p

import (
	"strings"
)

type Kind int

func Find(name string) (string, error) { return "", nil }

func (k *Kind) Dump() string { return "none" }

func Upper(s string) string { return strings.ToUpper(s) }

var sources = 1
`), words(string(got)))
}

// Each rewritten file has its sum, and so has what its rewriting reads; a file that differs in a byte is named.
func TestAnotherVersionOfTheEngineIsRefused(t *testing.T) {
	for name, rules := range thinnings {
		assert.Contains(t, sums, name)
		if rules.extra != nil {
			assert.Contains(t, sums, path.Join(path.Dir(name), "defs.go"))
		}
	}
	tools, err := program.Find("../..", false)
	require.NoError(t, err)
	dirs, err := tools.Lines("list", "-m", "-f", "{{.Dir}}", engine)
	require.NoError(t, err)
	dir := t.TempDir()
	for name := range sums {
		require.NoError(t, copyFile(filepath.Join(dirs[0], name), filepath.Join(dir, name)))
	}
	require.NoError(t, unchanged(dir))
	for name := range sums {
		file := filepath.Join(dir, name)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, append(text, ' '), 0o644))
		assert.ErrorContains(t, unchanged(dir), name+" has changed")
		require.NoError(t, os.Remove(file))
		assert.ErrorContains(t, unchanged(dir), "another version of Ebitengine")
		require.NoError(t, os.WriteFile(file, text, 0o644))
	}
}

func TestThinnedRefusesAnotherVersion(t *testing.T) {
	_, err := thinned([]byte(heavy), thinning{drop: []string{"gone"}}, "")
	assert.ErrorContains(t, err, "it declares no gone")
	_, err = thinned([]byte(heavy), thinning{stub: map[string]string{"Kind.Gone": "return"}}, "")
	assert.ErrorContains(t, err, "it declares no function Kind.Gone")
}

func TestSources(t *testing.T) {
	dir := t.TempDir()
	writeTree(t, dir, map[string]string{"defs.go": "package p\n\nconst Other = 1\n\nconst _ = \"a\\n\"\n\nconst _ = `b`\n"})
	table, err := sources(dir)
	require.NoError(t, err)
	assert.Contains(t, table, "\"a\\n\",\n`b`,\n")
	writeTree(t, dir, map[string]string{"defs.go": "package p\n"})
	_, err = sources(dir)
	assert.ErrorContains(t, err, "no shader")
}

// TestLeanEngine makes the copy of the very version that go.mod asks for. What would make the linker keep every exported
// method, and what is heavy, must be gone from what the stage holds.
func TestLeanEngine(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	tools, err := program.Find(root, false)
	require.NoError(t, err)
	modfile, err := lean(tools, root, filepath.Join(t.TempDir(), "ebitengine"))
	require.NoError(t, err)
	packages, err := tools.Lines("list", "-modfile", modfile, "-deps", "./wasm/app")
	require.NoError(t, err)
	for _, p := range []string{"text/template", "go/build", "go/printer", "encoding/gob", "archive/zip", "os/exec"} {
		assert.NotContains(t, packages, p)
	}
}

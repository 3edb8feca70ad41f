package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
	modfile, err := lean(root, filepath.Join(t.TempDir(), "ebitengine"))
	require.NoError(t, err)
	cmd := exec.Command("go", "list", "-modfile", modfile, "-deps", "./wasm/app")
	cmd.Dir, cmd.Env, cmd.Stderr = root, browserEnv(), os.Stderr
	packages, err := cmd.Output()
	require.NoError(t, err)
	for _, p := range []string{"text/template", "go/build", "go/printer", "encoding/gob", "archive/zip", "os/exec"} {
		assert.NotContains(t, "\n"+string(packages), "\n"+p+"\n")
	}
}

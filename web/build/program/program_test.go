package program

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/web/build/relink"
)

// What the shell asks for does not reach the programs.
func TestFindSetsItsOwnEnvironment(t *testing.T) {
	for name, value := range map[string]string{"GOEXPERIMENT": "", "GOFLAGS": "-mod=readonly -tags=other", "GOTOOLCHAIN": "local", "GOOS": "linux", "GOWASM": "none"} {
		t.Setenv(name, value)
	}
	found, err := Find("../../..", false)
	require.NoError(t, err)
	want, err := named("../../..")
	require.NoError(t, err)
	assert.Equal(t, want, found.Version)
	lines, err := found.Lines("env", "GOEXPERIMENT", "GOFLAGS", "GOOS", "GOWASM")
	require.NoError(t, err)
	assert.Equal(t, []string{experiments, "-trimpath -buildvcs=false", "js"}, lines)
}

func TestFindSaysWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o644))
	}
	_, err := Find(dir, false)
	assert.ErrorContains(t, err, "the root of the repository")
	write("module m\n\ngo 1.26\n")
	_, err = Find(dir, false)
	assert.ErrorContains(t, err, "names no toolchain")
	write("module m\n\ngo 1.26\n\ntoolchain go1.27.99\n")
	t.Setenv("GOPROXY", "off")
	_, err = Find(dir, false)
	require.ErrorContains(t, err, "the site is built by go1.27.99, which is not on this machine and cannot be fetched")
	assert.ErrorContains(t, err, "-scalar")
}

// A module that another release linked goes as it is, with a warning; it must have its vector instructions nevertheless.
func TestAnotherReleaseShipsUnrewritten(t *testing.T) {
	other := []byte("\x00asm\x01\x00\x00\x00" + "\x00\x21\x09producers\x01\x08language\x01\x02Go\x08go1.99.0")
	p, err := rewritten(other)
	require.NoError(t, err)
	assert.Equal(t, other, p.Code)
	assert.Contains(t, p.Warning, "go1.99.0")
	assert.Contains(t, p.String(), "it is not rewritten")
	assert.Equal(t, []string{"0 vector instructions, not 1"}, p.below(Floor{Counts: relink.Counts{Jumps: 5}}))
}

func TestFloors(t *testing.T) {
	p := &Program{Vectors: 10, Counts: relink.Counts{Jumps: 5, Copies: 7, Unread: 1}}
	assert.Empty(t, (&Program{Vectors: 10}).below(Floor{Vectors: 10}))
	assert.Equal(t, []string{"10 vector instructions, not 11", "5 rewritten jumps, not 6", "1 functions that cannot be read"},
		p.below(Floor{Vectors: 11, Counts: relink.Counts{Jumps: 6, Copies: 7}}))
}

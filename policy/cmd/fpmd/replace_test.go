package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What cannot be replaced stays as it is, and no temporary file is left.
func TestReplaceLeavesTheOldOrTheNewFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "run")
	require.NoError(t, replace(path, []byte("old")))
	require.NoError(t, replace(path, []byte("new")))
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "new", string(b))
	folder := filepath.Join(dir, "folder")
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "inside"), 0o755))
	require.Error(t, replace(folder, []byte("new")))
	require.Error(t, replace(filepath.Join(dir, "missing", "run"), []byte("new")))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2)
}

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is checked in is what the generator writes.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	want, err := generate()
	require.NoError(t, err)
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join("..", name))
		require.NoError(t, err)
		require.Equal(t, string(text), string(got), "%s: go generate ./policy/kernel", name)
	}
	require.Len(t, want, len(files))
}

package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is checked in is what the generator writes.
func TestGeneratedFileIsCurrent(t *testing.T) {
	want, err := generate()
	require.NoError(t, err)
	got, err := os.ReadFile("../tree_gen.go")
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "go generate ./engine/physics")
}

package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/engine/physics"
)

// What is checked in is what the generator writes.
func TestGeneratedFileIsCurrent(t *testing.T) {
	want, err := generate()
	require.NoError(t, err)
	got, err := os.ReadFile("../tree_gen.go")
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "go generate ./engine/physics")
}

// The words of the keys tell every body of Gymnasium's tasks: none of them runs by the loops.
func TestEveryGymnasiumBodyIsWrittenOut(t *testing.T) {
	trees, sweeps := unrolled()
	for _, task := range env.Tasks() {
		if body, ok := task.New().(interface{ Physics() *physics.Data }); ok && task.Family == env.Gymnasium {
			tree, sweep := body.Physics().Model.WrittenOut()
			require.Contains(t, trees, tree, task.Name)
			require.Contains(t, sweeps, sweep, "%s: its body has joints that sweep.go has no word for", task.Name)
		}
	}
}

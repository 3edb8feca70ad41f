//go:build bench

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"onestep/policy/agents"
	"onestep/policy/checkpoint"
	"onestep/policy/fpmd"
	"onestep/web/bench/work"
)

// TestEverySectionRuns runs each section as briefly as it goes: with it come the checks that MuJoCo and this engine agree
// on models and trajectories, and that the libraries do the same update.
//
//	npm ci --ignore-scripts --prefix web/bench
//	go test -tags bench ./web/bench
func TestEverySectionRuns(t *testing.T) {
	folder := t.TempDir()
	policy := filepath.Join(folder, "hopper.safetensors")
	require.NoError(t, os.WriteFile(policy, untrained(t), 0o600))
	root, err := moduleRoot()
	require.NoError(t, err)
	out, err := filepath.Rel(root, folder)
	require.NoError(t, err)
	require.NoError(t, run(t.Context(), options{
		only: "physics,learning,transfer", rounds: 1, slice: time.Millisecond, out: out, policy: policy, episodes: 4, steps: 1, seed: 3,
	}))
	records, err := filepath.Glob(filepath.Join(folder, "bench-*.json"))
	require.NoError(t, err)
	require.Len(t, records, 1)
	text, err := os.ReadFile(records[0])
	require.NoError(t, err)
	var r record
	require.NoError(t, json.Unmarshal(text, &r))
	require.Len(t, r.Physics, len(work.Bodies()))
	require.Equal(t, 4, r.Lanes["wasm"], "the browser's vectors have four float32")
	require.Len(t, r.Transfer.Ours, 4)
	require.InDeltaSlice(t, r.Transfer.Ours, r.Transfer.MuJoCo, 1e-3, "an untrained Hopper falls before rounding has grown")
}

// untrained is a policy file for Hopper whose weights are those of an agent before its first update.
func untrained(t *testing.T) []byte {
	cfg, _, err := agents.Settings(agents.Browser, "pendulum", "fpmd-m", nil)
	require.NoError(t, err)
	l, err := fpmd.M.New(cfg, 11, 3, 1, 1)
	require.NoError(t, err)
	a := l.Learned()
	var b bytes.Buffer
	require.NoError(t, checkpoint.WritePolicy(&b, &checkpoint.Policy{
		Task: "hopper", Algorithm: "fpmd-m", Seed: 1, Config: cfg, Actor: a.EMA, CriticNet: a.Critics.Net, Critics: a.Critics.Online,
	}))
	return b.Bytes()
}

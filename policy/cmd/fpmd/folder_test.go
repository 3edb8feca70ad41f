package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"onestep/policy/train"
)

// refusedTo runs the program, which must fail with such words.
func refusedTo(t *testing.T, want string, args ...string) {
	t.Helper()
	status, stdout, stderr := invoke(t.Context(), args...)
	require.Equal(t, 1, status, stderr)
	require.Contains(t, stderr, want)
	require.Empty(t, stdout)
}

// cutAt trains into dir and stops after so many lines of JSON.
func cutAt(t *testing.T, dir string, lines int, more ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	require.Equal(t, 1, dispatch(ctx, trainArgs(dir, append([]string{"-json"}, more...)...), &interrupter{after: lines, cancel: cancel}, io.Discard))
}

func hashOf(t *testing.T, dir string) string { return done(t, "hash", filepath.Join(dir, runFile)) }

func copied(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to, b, 0o644))
}

// The time between two saves counts from the end of one: where a save takes longer, a run learns nevertheless.
func TestASlowDiskLeavesTimeToLearn(t *testing.T) {
	dir := t.TempDir()
	o, err := train.NewOptions("pendulum", "fpmd-m", 1, 320, map[string]any{"hidden": []int{8}})
	require.NoError(t, err)
	r, err := train.NewRun(o)
	require.NoError(t, err)
	f, err := claim(dir)
	require.NoError(t, err)
	defer f.release()
	tr := &trainer{reporter: &reporter{json: true, stdout: io.Discard, stderr: io.Discard}, run: r, dir: dir, folder: f, saveEvery: time.Hour}
	tr.saveOnTime(true)
	written, err := os.Stat(filepath.Join(dir, recordFile))
	require.NoError(t, err)
	require.False(t, tr.saved.Before(written.ModTime()), "%v before %v", tr.saved, written.ModTime())
}

// A run goes on with its own settings: others that are asked for would be dropped, so that they are refused. Its own are not.
func TestAnotherSettingDoesNotGoOn(t *testing.T) {
	dir := t.TempDir()
	cutAt(t, dir, 8)
	before := hashOf(t, dir)
	for want, args := range map[string][]string{
		"-task is hopper, and the run has pendulum":         {"-task", "hopper"},
		"-alg is sac, and the run has fpmd-m":               {"-alg", "sac"},
		"-seed is 2, and the run has 1":                     {"-seed", "2"},
		"-steps is 500, and the run has 320":                {"-steps", "500"},
		"gamma is 0.5, and the run has 0.98":                {"-gamma", "0.5"},
		"batch is 12, and the run has ":                     {"-config", `{"batch":12}`},
		"hidden is [4 4], and the run has ":                 {"-hidden", "4,4"},
		"shards is 2, and the run has ":                     {"-workers", "2"},
		"trainSteps":                                        {"-config", `{"trainSteps":3}`},
		"does not have the settings of -preset as-released": {"-preset", "as-released"},
	} {
		status, stdout, stderr := invoke(t.Context(), append([]string{"train", "-resume", "-out", dir}, args...)...)
		require.Equal(t, 2, status, stderr)
		require.Contains(t, stderr, want)
		require.Contains(t, stderr, "-resume keeps the run's own")
		require.Empty(t, stdout)
		require.Equal(t, before, hashOf(t, dir))
	}
	done(t, trainArgs(dir, "-resume", "-alg", "fpmd-m", "-seed", "1", "-gamma", "0.98")...)
	require.NotEqual(t, before, hashOf(t, dir))
}

// A folder that holds a run is trained in again only where it is asked for.
func TestAFolderWithARunIsNotReplaced(t *testing.T) {
	dir, cut := t.TempDir(), t.TempDir()
	done(t, trainArgs(dir)...)
	want := hashOf(t, dir)
	refusedTo(t, "holds the finished run of fpmd-m on pendulum, seed 1: name another -out, or -overwrite replaces it", trainArgs(dir, "-seed", "2")...)
	require.Equal(t, want, hashOf(t, dir))
	done(t, "train", "-resume", "-out", dir, "-episodes", "2") // nothing is left to do
	require.Equal(t, want, hashOf(t, dir))

	cutAt(t, cut, 8)
	refusedTo(t, "-resume goes on with it, -overwrite replaces it", trainArgs(cut)...)
	done(t, trainArgs(cut, "-overwrite", "-seed", "2")...)
	other := t.TempDir()
	done(t, trainArgs(other, "-seed", "2")...)
	require.Equal(t, hashOf(t, other), hashOf(t, cut))

	require.NoError(t, os.Remove(filepath.Join(other, recordFile)))
	refusedTo(t, "holds files of a run", trainArgs(other)...)
	status, _, stderr := invoke(t.Context(), trainArgs(dir, "-overwrite", "-resume")...)
	require.Equal(t, 2, status)
	require.Contains(t, stderr, "exclude each other")
}

// While one process works in a folder another is refused, whatever it wants there.
func TestAFolderIsClaimedOnce(t *testing.T) {
	dir := t.TempDir()
	done(t, trainArgs(dir)...)
	f, err := claim(dir)
	require.NoError(t, err)
	for _, args := range [][]string{trainArgs(dir), trainArgs(dir, "-overwrite"), {"train", "-resume", "-out", dir}, {"score", dir}} {
		refusedTo(t, "another process works in "+dir, args...)
	}
	f.release()
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".run.safetensors-123"), nil, 0o600)) // what a killed process leaves
	done(t, "score", "-episodes", "1", dir)
	require.NoFileExists(t, filepath.Join(dir, ".run.safetensors-123"))
}

// Of a damaged or missing run file the one before it goes on to the same bits, and stays until there is another whole one.
func TestADamagedRunGivesWayToTheOneBefore(t *testing.T) {
	whole := t.TempDir()
	done(t, trainArgs(whole)...)
	for name, spoil := range map[string]func(path string, b []byte) error{
		"data":    func(path string, b []byte) error { b[len(b)-9] ^= 4; return os.WriteFile(path, b, 0o644) },
		"header":  func(path string, b []byte) error { b[100] ^= 1; return os.WriteFile(path, b, 0o644) },
		"empty":   func(path string, b []byte) error { return os.WriteFile(path, nil, 0o644) },
		"missing": func(path string, b []byte) error { return os.Remove(path) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			cutAt(t, dir, 8)
			b, err := os.ReadFile(filepath.Join(dir, runFile))
			require.NoError(t, err)
			before, err := os.ReadFile(filepath.Join(dir, previousFile))
			require.NoError(t, err)
			require.NoError(t, spoil(filepath.Join(dir, runFile), b))
			status, _, stderr := invoke(t.Context(), "train", "-resume", "-out", dir, "-episodes", "2")
			require.Zero(t, status, stderr)
			require.Contains(t, stderr, "cannot be used")
			require.Contains(t, stderr, "the save before it goes on, from step 0")
			require.Equal(t, hashOf(t, whole), hashOf(t, dir))
			kept, err := os.ReadFile(filepath.Join(dir, previousFile))
			require.NoError(t, err)
			require.Equal(t, before, kept, "the damaged one has not taken its place")
		})
	}
}

// Two saves in a row that are cut off behind their run files leave what goes on: the first of them has its record written
// before there is another.
func TestARecordThatIsBehindIsWrittenFirst(t *testing.T) {
	whole, dir, kept := t.TempDir(), t.TempDir(), t.TempDir()
	done(t, trainArgs(whole)...)
	cutAt(t, dir, 8)
	copied(t, filepath.Join(dir, recordFile), filepath.Join(kept, recordFile))
	ctx, cancel := context.WithCancel(t.Context())
	require.Equal(t, 1, dispatch(ctx, []string{"train", "-json", "-resume", "-out", dir, "-episodes", "2"}, &interrupter{after: 4, cancel: cancel}, io.Discard))
	newest := strings.TrimSpace(hashOf(t, dir))
	copied(t, filepath.Join(kept, recordFile), filepath.Join(dir, recordFile)) // the first cut
	again := &trainer{reporter: &reporter{json: true, stdout: io.Discard, stderr: io.Discard}, dir: dir, saveEvery: time.Hour}
	var err error
	again.folder, err = claim(dir)
	require.NoError(t, err)
	require.NoError(t, again.reopen())
	require.NoError(t, again.first())
	again.folder.release()
	r, err := readRecord(dir)
	require.NoError(t, err)
	require.Equal(t, newest, r.Hash)
	done(t, "train", "-resume", "-out", dir, "-episodes", "2")
	require.Equal(t, hashOf(t, whole), hashOf(t, dir))
}

// Of a run that was saved once, before its first step, a damaged file costs nothing.
func TestADamagedFirstSaveBeginsAnew(t *testing.T) {
	whole, dir := t.TempDir(), t.TempDir()
	done(t, trainArgs(whole)...)
	cutAt(t, dir, 8)
	for _, name := range []string{policyFile, runFile} {
		require.NoError(t, os.Remove(filepath.Join(dir, name)))
	}
	require.NoError(t, os.Rename(filepath.Join(dir, previousFile), filepath.Join(dir, runFile)))
	r, err := readRecord(dir)
	require.NoError(t, err)
	r.Record.EnvSteps, r.Hash, r.Record.Curve = 0, strings.TrimSpace(hashOf(t, dir)), nil
	require.NoError(t, r.write(dir))
	b, err := os.ReadFile(filepath.Join(dir, runFile))
	require.NoError(t, err)
	b[len(b)/2] ^= 1
	require.NoError(t, os.WriteFile(filepath.Join(dir, runFile), b, 0o644))
	status, _, stderr := invoke(t.Context(), "train", "-resume", "-out", dir, "-episodes", "2")
	require.Zero(t, status, stderr)
	require.Contains(t, stderr, "the file is damaged")
	require.Contains(t, stderr, "the run begins anew, as its record says")
	require.Equal(t, hashOf(t, whole), hashOf(t, dir))
}

// A run goes on without its record, and is refused with that of another training or of another save.
func TestRunAndRecordAgree(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	done(t, trainArgs(other, "-seed", "2")...)
	cutAt(t, dir, 8)
	resume := []string{"train", "-resume", "-out", dir, "-episodes", "2"}
	first := filepath.Join(t.TempDir(), "first")
	copied(t, filepath.Join(dir, previousFile), first)
	record := filepath.Join(dir, recordFile)

	copied(t, record, filepath.Join(other, "record"))
	copied(t, filepath.Join(other, recordFile), record)
	refusedTo(t, record+" is of another training than "+filepath.Join(dir, runFile)+": fpmd-m on pendulum, seed 2", resume...)
	copied(t, filepath.Join(other, "record"), record)

	newest := filepath.Join(dir, runFile)
	copied(t, newest, filepath.Join(other, "newest"))
	copied(t, first, newest)
	refusedTo(t, newest+" is of step 0 with the weights ", resume...)
	copied(t, filepath.Join(other, "newest"), newest)

	require.NoError(t, os.WriteFile(record, []byte("{"), 0o644))
	status, _, stderr := invoke(t.Context(), resume...)
	require.Zero(t, status, stderr)
	require.Contains(t, stderr, "the record is written anew from the run")
	whole := t.TempDir()
	done(t, trainArgs(whole)...)
	require.Equal(t, hashOf(t, whole), hashOf(t, dir))

	r, err := readRecord(dir)
	require.NoError(t, err)
	again := t.TempDir()
	require.Contains(t, r.Command, "fpmd train -task pendulum -alg fpmd-m -seed 1 -steps 320 -config ")
	config, err := os.ReadFile(record)
	require.NoError(t, err)
	require.Contains(t, string(config), r.Hash)
	done(t, "train", "-task", "pendulum", "-steps", "320", "-config", tiny, "-episodes", "2", "-out", again)
	require.Equal(t, hashOf(t, whole), hashOf(t, again))
}

// What could not be evaluated and saved in bounds is refused before it begins.
func TestEvaluationsAreBounded(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	status, _, stderr := invoke(t.Context(), "train", "-steps", "1000000", "-eval-every", "1", "-out", dir)
	require.Equal(t, 2, status)
	require.Contains(t, stderr, "-eval-every 1 makes 1,000,000 evaluations over 1,000,000 steps, more than 100,000: take 10 or more")
	require.NoDirExists(t, dir)
}

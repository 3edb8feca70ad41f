package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A list of records in one file, as the page exports them, opens as their single files do.
func TestAListOfRecordsOpensAsItsRecords(t *testing.T) {
	var files []string
	var texts [][]byte
	for _, name := range []string{"pendulum-fpmd-m-1", "pendulum-fpmd-m-2", "pendulum-sac-1"} {
		files = append(files, filepath.Join(policies, "records", name+".json"))
		b, err := os.ReadFile(files[len(files)-1])
		require.NoError(t, err)
		texts = append(texts, b)
	}
	dir := t.TempDir()
	list := filepath.Join(dir, "onestep-runs.json")
	require.NoError(t, os.WriteFile(list, append(append([]byte("[\n"), bytes.Join(texts, []byte(",\n"))...), ']'), 0o644))
	require.Equal(t, done(t, append([]string{"table"}, files...)...), done(t, "table", list))
	require.Equal(t, done(t, append([]string{"plot", "curves", "-csv", "-"}, files...)...), done(t, "plot", "curves", "-csv", "-", list))

	for name, text := range map[string]string{"empty.json": "[{}]", "null.json": "[null]"} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		_, err := readRecords(path)
		require.ErrorContains(t, err, "no record of a run", name)
	}
	_, err := readRecord(list)
	require.ErrorContains(t, err, "holds 3 records where one is expected")
}

// No run is left out of a table in silence, and no record that a run cannot have written is read.
func TestRecordsAreJudged(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(policies, "records", "pendulum-fpmd-m-1.json"))
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "record.json")
	changed := func(t *testing.T, before, after string) string {
		require.Contains(t, string(b), before)
		require.NoError(t, os.WriteFile(path, bytes.Replace(b, []byte(before), []byte(after), 1), 0o644))
		return path
	}
	for _, c := range []struct{ before, after, cause string }{
		{`"task": "pendulum"`, `"task": "gone"`, `no task is named "gone"`},
		{`"steps": `, `"steps": -`, "one of its counts is too small by"},
		{`"envSteps": 0`, `"envSteps": -5`, "one of its counts is too small by 5"},
		{`"episodes": 20`, `"episodes": -1`, "one of its counts is too small by 1"},
		{`"scores": [`, `"scores": [null, `, `number 0 of "scores" is null`},
	} {
		_, err := readRecords(changed(t, c.before, c.after))
		require.ErrorContains(t, err, c.cause)
	}
	require.NoError(t, os.WriteFile(path, []byte("[]"), 0o644))
	_, err = readRecords(path)
	require.ErrorContains(t, err, "holds no record of a run")

	for task, title := range map[string]string{"hopper_v5": "Hopper", "custom": ""} {
		table := done(t, "table", changed(t, `"task": "pendulum"`, `"task": "`+task+`"`))
		require.Equal(t, 3, strings.Count(table, "\n"), "%s has its row: %s", task, table)
		require.Contains(t, table, title)
		require.Equal(t, 3, strings.Count(done(t, "table", "-short", path), "\n"), task)
	}

	// A sampler that is made for several steps, and was scored in one alone.
	b, err = os.ReadFile(filepath.Join(policies, "records", "pendulum-dpmd-1.json"))
	require.NoError(t, err)
	var record map[string]any
	require.NoError(t, json.Unmarshal(b, &record))
	record["scores"] = record["scores"].([]any)[:1]
	b, err = json.Marshal(record)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, b, 0o644))
	require.Contains(t, done(t, "table", "-short", path), "DPMD")

	// Two scores for one column: the second took the first one's place.
	record["scores"] = append(record["scores"].([]any), record["scores"].([]any)[0])
	b, err = json.Marshal(record)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, b, 0o644))
	status, _, stderr := invoke(t.Context(), "table", path)
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "it holds two scores in one step, for which there is one column")
}

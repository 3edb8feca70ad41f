package main

import (
	"bytes"
	"os"
	"path/filepath"
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

package main

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/policy/sweep"
	"onestep/policy/tensorio"
	"onestep/policy/train"
)

const policies = "../../../assets/policies"

func records(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(policies, "records", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	return paths
}

// The tables of the README and of the page of results are what `fpmd table` makes of the records, word for word.
func TestTheResultsAreThoseOfTheRecords(t *testing.T) {
	for _, page := range []struct {
		file  string
		flags []string
	}{{"README.md", []string{"-short"}}, {"web/docs/RESULTS.md", nil}} {
		b, err := os.ReadFile("../../../" + page.file)
		require.NoError(t, err)
		args := slices.Concat([]string{"table"}, page.flags)
		_, rest, ok := strings.Cut(string(b), "<!-- fpmd "+strings.Join(args, " ")+" assets/policies/records/*.json -->\n")
		require.True(t, ok, "the mark before the table of %s", page.file)
		table, _, ok := strings.Cut(rest, "<!-- end of table -->")
		require.True(t, ok, "the mark behind it")
		require.Equal(t, done(t, append(args, records(t)...)...), table, page.file)
	}
}

// A shipped policy is the one of seed 1, fixed before the runs, and its record tells its hash. Damage to it is noticed.
func TestShippedPoliciesAreThoseOfTheirRecords(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(policies, "*.safetensors"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		p, err := readPolicyFile(file)
		require.NoError(t, err)
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		f, err := tensorio.ReadSafetensors(b)
		require.NoError(t, err)
		require.True(t, f.Whole, "%s names the SHA-256 of the whole file", file)
		name := strings.TrimSuffix(filepath.Base(file), ".safetensors")
		r, err := readRecord(filepath.Join(policies, "records", name+"-1.json"))
		require.NoError(t, err)
		require.Equal(t, name, r.Options.Task+"-"+string(r.Options.Algorithm))
		require.Equal(t, r.Hash, p.Hash(), name)
		require.Equal(t, uint64(1), r.Options.Seed)
		require.Equal(t, r.Options.Steps, r.Record.EnvSteps, "%s is of a whole run", name)
	}
}

// A film is the course of the run behind a shipped policy: twelve moments, evenly from the untrained policy to the shipped one.
// The first moments with updates between them are made again here; `fpmd train -film 12` of the record's command makes all.
func TestFilmsEndInTheShippedPolicies(t *testing.T) {
	films, err := filepath.Glob(filepath.Join(policies, "..", "films", "*"))
	require.NoError(t, err)
	require.NotEmpty(t, films)
	for _, dir := range films {
		name := filepath.Base(dir)
		r, err := readRecord(filepath.Join(policies, "records", name+"-1.json"))
		require.NoError(t, err)
		film := filmIn(t, dir)
		steps := slices.Sorted(maps.Keys(film))
		require.Len(t, steps, 12, name)
		for i, step := range steps {
			require.Equal(t, int(math.Round(float64(i*r.Options.Steps)/11)), step, name)
		}
		require.Equal(t, r.Hash, film[r.Options.Steps], name)
		if r.Options.Steps > 10_000 { // its first moments take too long
			continue
		}
		run, err := train.NewRun(r.Options)
		require.NoError(t, err)
		for run.EnvSteps <= steps[1] {
			if want, kept := film[run.EnvSteps]; kept {
				require.Equal(t, want, checkpoint.PolicyOf(run, checkpoint.Record{}).Hash(), "%s at step %d", name, run.EnvSteps)
			}
			require.NoError(t, run.Step())
		}
	}
}

// A record makes its run again: its settings are the task's present defaults, and its command asks for nothing else.
func TestRecordsAreOfThePresentSettings(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(policies, "plan.json"))
	require.NoError(t, err)
	plan, err := sweep.Read(b)
	require.NoError(t, err)
	var planned []string
	for _, r := range plan.Runs() {
		planned = append(planned, "fpmd train "+shellWords(r.Args("out/policies/"+r.Folder())))
	}
	require.Len(t, records(t), len(planned))
	for _, path := range records(t) {
		r, err := readRecord(path)
		require.NoError(t, err)
		require.Contains(t, planned, r.Command, "make policies makes it")
		o := r.Options
		name := fmt.Sprintf("%s-%s-%d", o.Task, o.Algorithm, o.Seed)
		require.Equal(t, name+".json", filepath.Base(path))
		require.Equal(t, fmt.Sprintf("fpmd train -task %s -alg %s -seed %d -k 20 -json -out out/policies/%s", o.Task, o.Algorithm, o.Seed, name), r.Command)
		want, err := train.NewOptions(o.Task, o.Algorithm, o.Seed, 0, nil)
		require.NoError(t, err)
		require.Equal(t, want, o, name)
	}
}

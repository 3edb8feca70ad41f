package sweep_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/sweep"
)

const plan = `{"name": "trial", "blocks": [
	{"tasks": ["hopper", "walker2d"], "agents": ["fpmd-m", "sac"], "seeds": [11, 12],
	 "settings": [{"name": "base"}, {"name": "held", "preset": "default", "config": {"gamma": 0.98, "hidden": [64, 64]}}], "steps": 1000, "k": 20, "trial": true},
	{"tasks": ["pendulum"], "agents": ["fpmd-r"], "seeds": [1]}
]}`

func TestRunsAreNumberedSeedsFastest(t *testing.T) {
	p, err := sweep.Read([]byte(plan))
	require.NoError(t, err)
	runs := p.Runs()
	require.Len(t, runs, 2*2*2*2+1)
	var folders []string
	for i, r := range runs {
		assert.Equal(t, i, r.Index)
		folders = append(folders, r.Folder())
	}
	assert.Equal(t, []string{"hopper-fpmd-m-base-11", "hopper-fpmd-m-base-12", "hopper-sac-base-11", "hopper-sac-base-12", "hopper-fpmd-m-held-11"}, folders[:5])
	assert.Equal(t, "pendulum-fpmd-r-1", folders[16])
	assert.Equal(t, "hopper-fpmd-m-held", runs[4].Group())
}

func TestArgs(t *testing.T) {
	p, err := sweep.Read([]byte(plan))
	require.NoError(t, err)
	runs := p.Runs()
	assert.Equal(t, "-task hopper -alg fpmd-m -seed 11 -preset default -config {\"gamma\":0.98,\"hidden\":[64,64]} -steps 1000 -k 20 -trial -json -out x/y",
		strings.Join(runs[4].Args("x/y"), " "))
	assert.Equal(t, "-task pendulum -alg fpmd-r -seed 1 -json -out o", strings.Join(runs[16].Args("o"), " "))
}

func TestWrongPlansAreRefused(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat("1,", sweep.MaxRuns+1), ",")
	for _, c := range []struct{ name, plan, cause string }{
		{"no JSON", `{`, "this is no plan: unexpected EOF"},
		{"more than a plan", `{"blocks": [{"tasks": ["a"], "agents": ["b"], "seeds": [1]}]} {}`, "more text follows"},
		{"an unknown field", `{"block": []}`, `unknown field "block"`},
		{"nothing", `{}`, "the plan has no blocks"},
		{"no seeds", `{"blocks": [{"tasks": ["a"], "agents": ["b"]}]}`, "block 0: it names no seeds"},
		{"a name that leaves the folder", `{"blocks": [{"tasks": ["../a"], "agents": ["b"], "seeds": [1]}]}`, `"../a" cannot name a run`},
		{"a setting without a name", `{"blocks": [{"tasks": ["a"], "agents": ["b"], "seeds": [1], "settings": [{}]}]}`, `"" cannot name a run`},
		{"the same run twice", `{"blocks": [{"tasks": ["a"], "agents": ["b"], "seeds": [1, 1]}]}`, "runs 0 and 1 are both a-b-1"},
		{"a negative budget", `{"blocks": [{"tasks": ["a"], "agents": ["b"], "seeds": [1], "steps": -1}]}`, "at least 0"},
		{"too many", `{"blocks": [{"tasks": ["a"], "agents": ["b"], "seeds": [` + many + `]}]}`, "more than 10000 runs"},
	} {
		_, err := sweep.Read([]byte(c.plan))
		assert.ErrorContains(t, err, c.cause, c.name)
	}
}

func TestIndexOfAnArrayJob(t *testing.T) {
	from := func(set map[string]string) (int, error) {
		return sweep.Index(func(name string) (string, bool) { v, ok := set[name]; return v, ok })
	}
	for _, name := range []string{"SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX", "PBS_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX"} {
		n, err := from(map[string]string{name: "7"})
		require.NoError(t, err)
		assert.Equal(t, 7, n, name)
		for _, bad := range []string{"", "x", "-1", "1e3", fmt.Sprint(uint64(1 << 63))} {
			_, err = from(map[string]string{name: bad})
			assert.ErrorContains(t, err, name, "%q", bad)
		}
	}
	_, err := from(nil)
	assert.ErrorContains(t, err, "no number of a run")
	_, err = from(map[string]string{"SLURM_ARRAY_TASK_ID": "1", "PBS_ARRAY_INDEX": "2"})
	assert.ErrorContains(t, err, "SLURM_ARRAY_TASK_ID says run 1 and PBS_ARRAY_INDEX run 2")
}

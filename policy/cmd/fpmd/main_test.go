package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/agents"
	"onestep/policy/checkpoint"
	"onestep/policy/fpmd"
)

// tiny makes a training last a moment.
const tiny = `{"hidden":[8],"batch":8,"particles":2,"warmUp":50}`

// invoke runs the program as a shell would and returns what it wrote.
func invoke(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	status = dispatch(ctx, args, &out, &err)
	return status, out.String(), err.String()
}

// done runs the program, which must succeed.
func done(t *testing.T, args ...string) (stdout string) {
	t.Helper()
	status, stdout, stderr := invoke(t.Context(), args...)
	require.Zero(t, status, stderr)
	return stdout
}

// trainArgs are the arguments of a short training into dir.
func trainArgs(dir string, more ...string) []string {
	return append([]string{"train", "-task", "pendulum", "-steps", "320", "-episodes", "2", "-config", tiny, "-out", dir}, more...)
}

func trained(t *testing.T) (policy string) {
	dir := t.TempDir()
	done(t, trainArgs(dir, "-best-of", "2")...)
	return filepath.Join(dir, policyFile)
}

func TestATrainingLeavesPolicyRunAndRecord(t *testing.T) {
	dir := t.TempDir()
	done(t, trainArgs(dir, "-seed", "5", "-best-of", "3")...)
	r, err := readRecord(dir)
	require.NoError(t, err)
	require.Equal(t, "fpmd train -task pendulum -steps 320 -episodes 2 -config '"+tiny+"' -out "+dir+" -seed 5 -best-of 3", r.Command)
	require.Equal(t, uint64(5), r.Options.Seed)
	require.Equal(t, 320, r.Record.EnvSteps)
	require.Positive(t, r.Record.Seconds)
	require.NotEmpty(t, r.Record.Go)
	last := r.Record.Curve[len(r.Record.Curve)-1]
	require.Equal(t, 320, last.EnvSteps)
	require.Equal(t, []int{2, 8, 2, 3, 2}, []int{last.OneStep.Episodes, last.ManySteps, last.Many.Episodes, last.BestOf, last.Best.Episodes})
	for _, file := range []string{policyFile, runFile} {
		require.Equal(t, r.Hash+"\n", done(t, "hash", filepath.Join(dir, file)))
	}
}

// interrupter cancels a context when the training has told so many things.
type interrupter struct {
	bytes.Buffer
	after  int
	cancel func()
}

func (w *interrupter) Write(b []byte) (int, error) {
	if w.after--; w.after == 0 {
		w.cancel()
	}
	return w.Buffer.Write(b)
}

func TestAKilledTrainingResumesToTheSameHash(t *testing.T) {
	whole, cut := t.TempDir(), t.TempDir()
	done(t, trainArgs(whole, "-film", "4")...)
	want := done(t, "hash", filepath.Join(whole, policyFile))

	ctx, cancel := context.WithCancel(t.Context())
	out, stderr := &interrupter{after: 8, cancel: cancel}, &bytes.Buffer{}
	require.Equal(t, 1, dispatch(ctx, trainArgs(cut, "-json", "-film", "4"), out, stderr))
	require.Contains(t, stderr.String(), "-resume goes on")
	r, err := readRecord(cut)
	require.NoError(t, err)
	require.Less(t, r.Record.EnvSteps, 320)
	require.NotEqual(t, want, done(t, "hash", filepath.Join(cut, policyFile)))

	done(t, "train", "-resume", "-out", cut, "-episodes", "2", "-film", "4")
	resumed, err := readRecord(cut)
	require.NoError(t, err)
	require.Equal(t, r.Command, resumed.Command, "the command that makes the whole run")
	require.Equal(t, want, done(t, "hash", filepath.Join(cut, policyFile)))
	require.Equal(t, want, done(t, "hash", filepath.Join(cut, runFile)))
	film := filmIn(t, filepath.Join(whole, filmFolder))
	require.Equal(t, []int{0, 107, 213, 320}, slices.Sorted(maps.Keys(film)))
	require.Equal(t, want, film[320]+"\n", "the last moment is the policy")
	require.Equal(t, film, filmIn(t, filepath.Join(cut, filmFolder)))

	done(t, trainArgs(cut, "-overwrite")...)
	require.Empty(t, filmIn(t, filepath.Join(cut, filmFolder)), "the film of the run that is replaced goes with it")
}

// filmIn holds the weights' hash at each environment step of a film.
func filmIn(t *testing.T, dir string) map[int]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.safetensors"))
	require.NoError(t, err)
	film := map[int]string{}
	for _, file := range files {
		p, err := readPolicyFile(file)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("%09d.safetensors", p.Record.EnvSteps), filepath.Base(file))
		film[p.Record.EnvSteps] = p.Hash()
	}
	return film
}

// The run file that a tab exports goes on where it was: by itself in a folder, under the name that the tab gave it, with no
// record beside it.
func TestARunFileOfATabGoesOn(t *testing.T) {
	whole, cut := t.TempDir(), t.TempDir()
	done(t, trainArgs(whole)...)
	want := done(t, "hash", filepath.Join(whole, policyFile))
	ctx, cancel := context.WithCancel(t.Context())
	require.Equal(t, 1, dispatch(ctx, trainArgs(cut, "-json"), &interrupter{after: 8, cancel: cancel}, &bytes.Buffer{}))
	b, err := os.ReadFile(filepath.Join(cut, runFile))
	require.NoError(t, err)

	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "onestep-pendulum-fpmd-m-seed1.run.safetensors"), b, 0o644))
	done(t, "train", "-resume", "-out", folder, "-episodes", "2")
	require.Equal(t, want, done(t, "hash", filepath.Join(folder, policyFile)))
	r, err := readRecord(folder)
	require.NoError(t, err)
	require.Contains(t, r.Command, "train -task pendulum -alg fpmd-m -seed 1 -steps 320", "the command that makes the whole run")

	two := t.TempDir()
	for _, name := range []string{"a.run.safetensors", "b.run.safetensors"} {
		require.NoError(t, os.WriteFile(filepath.Join(two, name), b, 0o644))
	}
	status, _, stderr := invoke(t.Context(), "train", "-resume", "-out", two)
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "2 run files", "which one is to go on")
}

// A training in two shards goes on after a kill on however many cores, and is another one than a training of whole batches.
func TestATrainingInShardsResumesToTheSameHash(t *testing.T) {
	whole, cut := t.TempDir(), t.TempDir()
	done(t, trainArgs(whole, "-workers", "2")...)
	want := done(t, "hash", filepath.Join(whole, policyFile))
	r, err := readRecord(whole)
	require.NoError(t, err)
	require.Equal(t, 2, r.Options.Config.(*fpmd.MeanFlowConfig).Shards)

	ctx, cancel := context.WithCancel(t.Context())
	require.Equal(t, 1, dispatch(ctx, trainArgs(cut, "-json", "-workers", "2", "-seeds", "1,2", "-parallel", "2"), &interrupter{after: 16, cancel: cancel}, &bytes.Buffer{}))
	done(t, "train", "-resume", "-out", filepath.Join(cut, "seed-1"), "-episodes", "2")
	require.Equal(t, want, done(t, "hash", filepath.Join(cut, "seed-1", runFile)))
	one := t.TempDir()
	done(t, trainArgs(one)...)
	require.NotEqual(t, want, done(t, "hash", filepath.Join(one, policyFile)))
}

// Seeds that train side by side end where each ends alone, wherever they are cut.
func TestSeedsSideBySideAreThoseAlone(t *testing.T) {
	together := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	out := &interrupter{after: 20, cancel: cancel}
	require.Equal(t, 1, dispatch(ctx, trainArgs(together, "-seeds", "1, 2,7", "-parallel", "2", "-json"), out, &bytes.Buffer{}))
	_, _, stderr := invoke(t.Context(), "train", "-resume", "-seeds", "1,2,7", "-episodes", "2", "-out", together)
	require.Contains(t, stderr, "seed 7: done")
	for _, seed := range []string{"1", "2", "7"} {
		alone := t.TempDir()
		done(t, trainArgs(alone, "-seed", seed)...)
		require.Equal(t, done(t, "hash", filepath.Join(alone, runFile)), done(t, "hash", filepath.Join(together, "seed-"+seed, runFile)), "seed %s", seed)
	}
}

func TestEventsAreJSONLines(t *testing.T) {
	counts := map[string]int{}
	for line := range strings.Lines(done(t, trainArgs(t.TempDir(), "-json", "-eval-every", "100")...)) {
		var e struct {
			Event string
			Seed  uint64
			Data  map[string]any
		}
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		require.Equal(t, uint64(1), e.Seed)
		require.NotEmpty(t, e.Data)
		counts[e.Event]++
	}
	require.Equal(t, map[string]int{"start": 1, "evaluation": 5, "done": 1}, counts)
}

// A reward that leaves the finite numbers ends an episode with what was paid before: the training and every evaluation go on and
// say so.
func TestABurstIsTold(t *testing.T) {
	dir := t.TempDir()
	status, _, stderr := invoke(t.Context(), trainArgs(dir, "-reward", "1e308*1e308")...)
	require.Zero(t, status, stderr)
	const what = "episode 1 diverged at step 1: the reward 1e308*1e308 became +Inf; it ended there"
	require.Contains(t, stderr, "in the evaluation at step 0 with K = 1, "+what)
	require.Contains(t, stderr, "at environment step 1 (the reward 1e308*1e308 became +Inf); training goes on with a new episode")
	status, _, stderr = invoke(t.Context(), "eval", "-policy", filepath.Join(dir, policyFile))
	require.Zero(t, status, stderr)
	require.Equal(t, "note: with K = 1, "+what+"\n", stderr)
	require.Contains(t, done(t, trainArgs(t.TempDir(), "-json", "-reward", "1e308*1e308")...), `"event":"burst"`)
}

func TestEval(t *testing.T) {
	policy := trained(t)
	for _, c := range []struct {
		k, bestOf      string
		nfe, criticNFE int
	}{{"1", "1", 1, 0}, {"4", "1", 4, 0}, {"2", "3", 6, 6}} {
		var r evalResult
		out := done(t, "eval", "-policy", policy, "-k", c.k, "-best-of", c.bestOf, "-episodes", "3", "-json")
		require.NoError(t, json.Unmarshal([]byte(out), &r))
		require.Equal(t, []int{c.nfe, c.criticNFE}, []int{r.NFE, r.CriticNFE})
		require.Len(t, r.Returns, 3)
		require.InDelta(t, (r.Returns[0]+r.Returns[1]+r.Returns[2])/3, r.Summary.Mean, 1e-9)
		require.Equal(t, out, done(t, "eval", "-policy", policy, "-k", c.k, "-best-of", c.bestOf, "-episodes", "3", "-json"))
	}
	require.Contains(t, done(t, "eval", "-policy", policy, "-episodes", "1"), "K = 1 (NFE 1 per action)")
	require.Contains(t, done(t, "eval", "-policy", policy, "-episodes", "1", "-best-of", "2"), "best of 2 (NFE 2 and 4 evaluations of critics per action)")
}

// The evaluation of a file is the last one of its training.
func TestEvalAgreesWithTheRecord(t *testing.T) {
	policy := trained(t)
	r, err := readRecord(filepath.Dir(policy))
	require.NoError(t, err)
	last := r.Record.Curve[len(r.Record.Curve)-1]
	for _, c := range []struct {
		flags []string
		want  float64
	}{{nil, last.OneStep.Mean}, {[]string{"-k", "8"}, last.Many.Mean}, {[]string{"-k", "8", "-best-of", "2"}, last.Best.Mean}} {
		var e evalResult
		require.NoError(t, json.Unmarshal([]byte(done(t, append([]string{"eval", "-policy", policy, "-episodes", "2", "-json"}, c.flags...)...)), &e))
		require.Equal(t, c.want, e.Summary.Mean, "%v", c.flags)
	}
}

func TestAct(t *testing.T) {
	policy := trained(t)
	var a, b []float64
	require.NoError(t, json.Unmarshal([]byte(done(t, "act", "-policy", policy, "-obs", "[1,0,0.5]", "-x0", "[0.25]")), &a))
	require.NoError(t, json.Unmarshal([]byte(done(t, "act", "-policy", policy, "-obs", "[1,0,0.5]", "-x0", "[0.25]", "-k", "5")), &b))
	require.Len(t, a, 1)
	require.LessOrEqual(t, math.Abs(a[0]), 1.0)
	require.NotEqual(t, a, b)
}

func TestInspect(t *testing.T) {
	policy := trained(t)
	text := done(t, "inspect", policy)
	for _, want := range []string{"policy file", "fpmd-m on pendulum, seed 1", "320 of 320 steps, 270 updates", "particles=2", "policy.layer0.weight", "critic2.layer1.bias", "best of 2", "F32"} {
		require.Contains(t, text, want)
	}
	require.Contains(t, done(t, "inspect", filepath.Join(filepath.Dir(policy), runFile)), "env.state")
	var d description
	require.NoError(t, json.Unmarshal([]byte(done(t, "inspect", "-json", policy)), &d))
	require.Equal(t, done(t, "hash", policy), d.Hash+"\n")
	require.NotEmpty(t, d.Tensors)
}

func TestExport(t *testing.T) {
	policy := trained(t)
	original, err := os.ReadFile(policy)
	require.NoError(t, err)
	for _, c := range []struct{ format, want string }{{"onnx", "onestep.action_scale"}, {"json", `"onestep-json"`}, {"python", `GYMNASIUM = "Pendulum-v1"`}, {"safetensors", "critic1.layer0.weight"}} {
		file := filepath.Join(t.TempDir(), "export")
		done(t, "export", "-policy", policy, "-format", c.format, "-k", "3", "-out", file)
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Contains(t, string(b), c.want)
		require.Equal(t, string(b), done(t, "export", "-policy", policy, "-format", c.format, "-k", "3"), "standard output gets the same bytes")
		if c.format == "safetensors" {
			require.Equal(t, original, b)
			_, err := checkpoint.ReadPolicy(b)
			require.NoError(t, err)
		}
	}
}

func TestPlot(t *testing.T) {
	dir := t.TempDir()
	done(t, trainArgs(dir, "-seeds", "1,2", "-best-of", "2")...)
	one, two := filepath.Join(dir, "seed-1"), filepath.Join(dir, "seed-2")
	policy := filepath.Join(one, policyFile)
	for _, c := range []struct {
		want string
		args []string
	}{
		{"fpmd-m, 2 seeds", []string{"curves", one, two}},
		{"best-of", []string{"curves", "-of", "best-of", one, filepath.Join(two, recordFile)}},
		{"#12171F", []string{"paths", "-theme", "dark", "-policy", policy}},
		{"NFE 6", []string{"paths", "-policy", policy, "-k", "6", "-samples", "5"}},
		{"torque", []string{"paths", "-policy", policy, "-obs", "[1,0,0]", "-samples", "5"}},
		{"40 states", []string{"variance", "-policy", policy, "-states", "40", "-samples", "8", "-k", "4"}},
	} {
		for _, format := range []string{"svg", "png"} {
			file := filepath.Join(t.TempDir(), "figure."+format)
			said := done(t, append([]string{"plot", c.args[0], "-out", file}, c.args[1:]...)...)
			require.Equal(t, c.args[0] == "variance", strings.HasPrefix(said, "40 states: variance 0."), "the means behind the dots")
			b, err := os.ReadFile(file)
			require.NoError(t, err)
			if format == "png" {
				require.True(t, bytes.HasPrefix(b, []byte("\x89PNG")))
				continue
			}
			require.Contains(t, string(b), c.want)
		}
	}
}

// The scores are those that eval finds, they stay out of the record's other entries, and the table is made from them.
func TestScoreAndTable(t *testing.T) {
	dir := t.TempDir()
	done(t, trainArgs(dir, "-seeds", "1,2")...)
	one, two := filepath.Join(dir, "seed-1"), filepath.Join(dir, "seed-2")
	unscored, err := readRecord(one)
	require.NoError(t, err)
	done(t, "score", "-episodes", "2", "-k", "3", "-best-of", "4", one, two)
	var means [2][]float64
	for i, folder := range []string{one, two} {
		r, err := readRecord(folder)
		require.NoError(t, err)
		require.Len(t, r.Scores, 3)
		for j, c := range []struct {
			flags          []string
			nfe, criticNFE int
		}{{nil, 1, 0}, {[]string{"-k", "3"}, 3, 0}, {[]string{"-k", "3", "-best-of", "4"}, 12, 8}} {
			var e evalResult
			args := append([]string{"eval", "-policy", filepath.Join(folder, policyFile), "-episodes", "2", "-json"}, c.flags...)
			require.NoError(t, json.Unmarshal([]byte(done(t, args...)), &e))
			require.Equal(t, e.Summary, r.Scores[j].Returns)
			require.Equal(t, []int{c.nfe, c.criticNFE}, []int{r.Scores[j].NFE, r.Scores[j].CriticNFE})
			require.Positive(t, r.Scores[j].Microseconds)
			means[i] = append(means[i], e.Summary.Mean)
		}
		r.Scores = nil
		if i == 0 {
			require.Equal(t, unscored, r)
		}
	}
	table := done(t, "table", one, filepath.Join(two, recordFile))
	lines := strings.Split(table, "\n")
	require.Len(t, lines, 4, "two of head, one row, and the end")
	require.Contains(t, lines[2], "| Pendulum-v1 (−160) | FPMD-M | 320, 270 | 2 | **"+significant((means[0][0]+means[1][0])/2)+"** [")
	for _, want := range []string{"NFE 1, ", "NFE 3, ", "best of 4, NFE 12 + 8 of critics, ", "worst " + significant(min(means[0][2], means[1][2])) + ";"} {
		require.Contains(t, lines[2], want)
	}
}

// SAC acts in one step whatever K, so it is scored so.
func TestScoresOfSAC(t *testing.T) {
	dir := t.TempDir()
	done(t, trainArgs(dir, "-alg", "sac")...)
	done(t, "score", "-episodes", "1", dir)
	r, err := readRecord(dir)
	require.NoError(t, err)
	require.Len(t, r.Scores, 2)
	require.Equal(t, []int{1, 1, 1, 8}, []int{r.Scores[0].NFE, r.Scores[0].BestOf, r.Scores[1].K, r.Scores[1].BestOf})
	require.Contains(t, done(t, "table", dir), " |  | ", "no column of many steps")
}

func TestTablesRefuse(t *testing.T) {
	dir := t.TempDir()
	done(t, trainArgs(dir, "-seeds", "1,2")...)
	one, two, other := filepath.Join(dir, "seed-1"), filepath.Join(dir, "seed-2"), t.TempDir()
	done(t, trainArgs(other, "-seed", "3", "-eval-every", "300", "-config", `{"hidden":[8],"batch":9,"particles":2,"warmUp":50}`)...)
	refused := func(want string, args ...string) {
		t.Helper()
		status, stdout, stderr := invoke(t.Context(), args...)
		require.Equal(t, 1, status)
		require.Empty(t, stdout)
		require.Contains(t, stderr, want)
	}
	refused("it holds no scores", "table", one)
	done(t, "score", "-episodes", "1", one, other)
	done(t, "score", "-episodes", "2", two)
	refused("two records of fpmd-m on pendulum with seed 1", "table", one, one)
	refused("its policy was not scored as that of seed 1", "table", one, two)
	refused("its settings are not those of the other records", "table", one, other)
	b, err := os.ReadFile(filepath.Join(other, policyFile))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(one, policyFile), b, 0o600))
	refused("the record is of weights", "score", one)
}

func TestNumbersOfTheTable(t *testing.T) {
	for _, c := range []struct {
		value float64
		want  string
	}{{-4.512, "−4.51"}, {-144.66, "−144.7"}, {9358.4, "9358"}, {1000, "1000"}, {0, "0.00"}} {
		require.Equal(t, c.want, significant(c.value))
	}
	require.Equal(t, "320", thousands(320))
	require.Equal(t, "95k", thousands(94_999))
	require.Equal(t, `a '{"b":1}' 'it'\''s' ''`, shellWords([]string{"a", `{"b":1}`, "it's", ""}))
}

func TestWrongUse(t *testing.T) {
	policy := trained(t)
	foreign := filepath.Join(t.TempDir(), "foreign")
	require.NoError(t, os.WriteFile(foreign, []byte("nothing of ours, but long enough"), 0o600))
	dir := t.TempDir()
	for _, c := range []struct {
		status int
		want   string
		args   []string
	}{
		{2, `no command is named "fly"; there are train, eval, `, []string{"fly"}},
		{2, "-out names the folder", []string{"train"}},
		{2, "exclude each other", []string{"train", "-out", dir, "-seed", "1", "-seeds", "1,2"}},
		{2, "whole numbers", []string{"train", "-out", dir, "-seeds", "1,two"}},
		{2, "seed 3 twice", []string{"train", "-out", dir, "-seeds", "3,3"}},
		{2, "-best-of must lie in 1..1024", []string{"train", "-out", dir, "-best-of", "0"}},
		{2, "train: unexpected argument more", []string{"train", "-out", dir, "more"}},
		{2, "there is no flag -speed", []string{"train", "-speed", "1"}},
		{2, `"unicycle"`, []string{"train", "-out", dir, "-task", "unicycle"}},
		{2, `-alg must be one of fpmd-m, fpmd-r, dpmd, sac, mdpo, gpmd, not "ppo"`, []string{"train", "-out", dir, "-alg", "ppo"}},
		{2, `-preset must be one of browser, `, []string{"train", "-out", dir, "-preset", "best"}},
		{2, "folders of finished trainings", []string{"score"}},
		{2, "-k must lie in 2..1000, not 1", []string{"score", "-k", "1", dir}},
		{2, "-best-of must lie in 2..1024, not 1", []string{"score", "-best-of", "1", dir}},
		{2, "-episodes must lie in 1..10000, not 0", []string{"score", "-episodes", "0", dir}},
		{1, "holds no run", []string{"score", dir}},
		{2, "records of trainings", []string{"table"}},
		{1, "no such file", []string{"table", filepath.Join(dir, "none")}},
		{2, "-model and -in", []string{"rollout", "-model", policy}},
		{2, "-workers must lie in 1..8, not 9", []string{"train", "-out", dir, "-workers", "9"}},
		{2, "sac has no setting shards", []string{"train", "-out", dir, "-workers", "2", "-alg", "sac"}},
		{2, "shards must be 1, not 2, with the weights global", []string{"train", "-out", dir, "-workers", "2", "-preset", "global"}},
		{2, "batch must lie in 1..4096, not 0", []string{"train", "-out", dir, "-config", `{"batch":0}`}},
		{2, "-config is not a JSON object", []string{"train", "-out", dir, "-config", `{"batch"`}},
		{1, "nothing to go on from", []string{"train", "-out", dir, "-resume"}},
		{2, "-policy names the file", []string{"eval"}},
		{2, "-k must lie in 1..1000, not 0", []string{"eval", "-policy", policy, "-k", "0"}},
		{2, "-episodes must lie in", []string{"eval", "-policy", policy, "-episodes", "0"}},
		{2, "-best-of must lie in", []string{"eval", "-policy", policy, "-best-of", "-1"}},
		{1, "no such file", []string{"eval", "-policy", filepath.Join(dir, "none")}},
		{1, foreign, []string{"eval", "-policy", foreign}},
		{1, "-obs has 2 numbers where the policy takes 3", []string{"act", "-policy", policy, "-obs", "[1,0]", "-x0", "[0]"}},
		{1, "-x0", []string{"act", "-policy", policy, "-obs", "[1,0,0]", "-x0", "zero"}},
		{2, "hash: expected \"<file>\"", []string{"hash"}},
		{1, foreign, []string{"hash", foreign}},
		{1, foreign, []string{"inspect", foreign}},
		{2, "-format must be one of onnx, json, python, safetensors", []string{"export", "-policy", policy, "-format", "hdf5"}},
		{2, "-k must lie in 1..64", []string{"export", "-policy", policy, "-k", "65"}},
		{2, "plot: expected one of \"curves\"", []string{"plot"}},
		{2, `no command is named "plot zzz"; there are plot curves, plot paths, plot variance`, []string{"plot", "zzz"}},
		{2, "ends in .svg or .png", []string{"plot", "curves", "-out", "x.gif", dir}},
		{2, "name the folders", []string{"plot", "curves", "-out", "x.svg"}},
		{2, "-of must be one of one-step, k-step, best-of, not", []string{"plot", "curves", "-out", "x.svg", "-of", "two-step", dir}},
		{1, "record.json", []string{"plot", "curves", "-out", "x.svg", dir}},
		{1, "no record of a run", []string{"plot", "curves", "-out", "x.svg", foreign}},
		{1, "-component must lie in 0..0", []string{"plot", "paths", "-out", "x.svg", "-policy", policy, "-component", "1"}},
	} {
		status, stdout, stderr := invoke(t.Context(), c.args...)
		require.Equal(t, c.status, status, "%v: %s", c.args, stderr)
		require.Contains(t, stderr, c.want, "%v", c.args)
		require.Empty(t, stdout, "%v", c.args)
	}
	require.NoFileExists(t, "x.svg")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left, "a refused command leaves nothing")
}

// A pendulum-like body that falls from rest: the file says where it was after each control.
func TestRollout(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.json"), filepath.Join(dir, "out.json")
	model := filepath.Join("..", "..", "..", "assets", "bodies", "inverted_pendulum.xml")
	require.NoError(t, os.WriteFile(in, []byte(`{"qpos0":[0,0.1],"qvel0":[0,0],"ctrl":[[0],[1],[-1]],"frame_skip":2}`), 0o600))
	done(t, "rollout", "-model", model, "-in", in, "-out", out)
	b, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, string(b), done(t, "rollout", "-model", model, "-in", in))
	var r struct {
		QPos, QVel [][]float64
		NCon       []int
	}
	require.NoError(t, json.Unmarshal(b, &r))
	require.Len(t, r.QPos, 3)
	require.Len(t, r.NCon, 3)
	require.Greater(t, r.QPos[0][1], 0.1, "it falls further")
	for text, want := range map[string]string{
		`{"ctrl":[[0]],"frame_skip":1000000000}`: "at most 10000000 timesteps", `{"qpos0":[0]}`: "the model 2", `{"speed":1}`: "unknown field", `{} {}`: "more text follows", `{"qpos0":[0,0],"qvel0":[0,0],"frame_skip":0}`: "frame_skip",
	} {
		require.NoError(t, os.WriteFile(in, []byte(text), 0o600))
		status, stdout, stderr := invoke(t.Context(), "rollout", "-model", model, "-in", in)
		require.Equal(t, 1, status)
		require.Empty(t, stdout)
		require.Contains(t, stderr, want)
	}
}

// Every algorithm trains, is evaluated, acts, is inspected and drawn; SAC's action for zero noise is what eval plays.
func TestEveryAlgorithm(t *testing.T) {
	for _, alg := range agents.Names() {
		dir := t.TempDir()
		done(t, trainArgs(dir, "-alg", alg, "-steps", "120", "-config", `{"hidden":[8],"batch":8,"particles":2,"warmUp":50}`)...)
		policy := filepath.Join(dir, policyFile)
		r, err := readRecord(dir)
		require.NoError(t, err)
		last := r.Record.Curve[len(r.Record.Curve)-1]
		require.Equal(t, map[bool]int{true: 20, false: 8}[alg == "dpmd"], last.ManySteps)
		var e evalResult
		require.NoError(t, json.Unmarshal([]byte(done(t, "eval", "-policy", policy, "-k", "8", "-episodes", "2", "-json")), &e))
		require.Equal(t, map[bool]int{true: 1, false: 8}[slices.Contains([]string{"sac", "mdpo", "gpmd"}, alg)], e.NFE, "%s", alg)
		var action []float64
		require.NoError(t, json.Unmarshal([]byte(done(t, "act", "-policy", policy, "-obs", "[1,0,0]", "-x0", "[0.3]", "-k", "3")), &action))
		require.LessOrEqual(t, math.Abs(action[0]), 1.0)
		require.Contains(t, done(t, "inspect", policy), alg+" on pendulum")
		done(t, "plot", "paths", "-policy", policy, "-out", filepath.Join(dir, "paths.svg"))
		done(t, "plot", "variance", "-policy", policy, "-states", "20", "-out", filepath.Join(dir, "variance.svg"))
	}
}

func TestPresetsAreStartingPoints(t *testing.T) {
	dir := t.TempDir()
	done(t, trainArgs(dir, "-preset", "as-released", "-steps", "60")...)
	r, err := readRecord(dir)
	require.NoError(t, err)
	require.True(t, r.Options.Config.(*fpmd.MeanFlowConfig).Released)
	require.Equal(t, []int{8}, r.Options.Config.Shared().Hidden, "-config comes last")
}

func TestAnInterruptedEvaluationFails(t *testing.T) {
	policy := trained(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	status, stdout, stderr := invoke(ctx, "eval", "-policy", policy)
	require.Equal(t, 1, status)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "interrupted")
}

// The reporter is shared by all seeds.
func TestReporterIsSafeForConcurrentUse(t *testing.T) {
	var out bytes.Buffer
	r := &reporter{json: true, stdout: &out}
	var wait sync.WaitGroup
	for seed := range uint64(8) {
		wait.Go(func() {
			for range 50 {
				r.event(seed, "evaluation", map[string]int{"step": 1}, "")
			}
		})
	}
	wait.Wait()
	require.Equal(t, 400, strings.Count(out.String(), "\n"))
	for line := range strings.Lines(out.String()) {
		require.True(t, json.Valid([]byte(line)))
	}
}

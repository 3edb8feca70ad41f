package checkpoint_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/agents"
	"onestep/policy/checkpoint"
	"onestep/policy/flow"
	"onestep/policy/fpmd"
	"onestep/policy/tensorio/forge"
	"onestep/policy/train"
)

func newRun(t *testing.T, alg string, steps int) *train.Run {
	o, err := train.NewOptions("pendulum", alg, 7, 400, map[string]any{"hidden": []int{8, 6}, "batch": 8, "particles": 2, "warmUp": 50, "replayCapacity": 120})
	require.NoError(t, err)
	r, err := train.NewRun(o)
	require.NoError(t, err)
	advance(t, r, steps)
	return r
}

func advance(t *testing.T, r *train.Run, steps int) {
	for range steps {
		require.NoError(t, r.Step())
	}
}

func policyBytes(t *testing.T, r *train.Run) []byte {
	b, err := checkpoint.PolicyBytes(checkpoint.PolicyOf(r, checkpoint.NewRecord(1.5)))
	require.NoError(t, err)
	return b
}

func runBytes(t *testing.T, r *train.Run) []byte {
	b, err := checkpoint.RunBytes(r, checkpoint.NewRecord(1.5))
	require.NoError(t, err)
	return b
}

func TestAReadPolicyActsBitForBit(t *testing.T) {
	for _, alg := range agents.Names() {
		r := newRun(t, alg, 100)
		file := policyBytes(t, r)
		p, err := checkpoint.ReadPolicy(file)
		require.NoError(t, err)
		require.Equal(t, alg, p.Algorithm)
		require.Equal(t, uint64(7), p.Seed)
		require.Equal(t, r.Options.Config, p.Config)
		require.Equal(t, 100, p.Record.EnvSteps)
		for _, k := range []int{1, 3} {
			want, got := []float32{0.3}, []float32{0.3}
			obs := []float32{0.5, -0.8, 1.2}
			flow.NewSampler(&r.Agent.EMA, 1).Sample(want, &r.Agent.EMA, obs, 1, want, k)
			flow.NewSampler(&p.Actor, 1).Sample(got, &p.Actor, obs, 1, got, k)
			require.Equal(t, want, got)
		}
		require.Equal(t, r.Agent.Critics.Online, p.Critics)
		again, err := checkpoint.PolicyBytes(p)
		require.NoError(t, err)
		require.Equal(t, file, again, "written again it is the same file")
	}
}

// A run that went through a file ends where the uninterrupted one ends, wherever it was cut: in the warm-up,
// in the middle of an episode, after the replay has wrapped round.
func TestAResumedRunEndsInTheSameBits(t *testing.T) {
	for _, alg := range agents.Names() {
		whole := newRun(t, alg, 400)
		want := checkpoint.PolicyOf(whole, checkpoint.Record{}).Hash()
		for _, cut := range []int{0, 20, 50, 51, 120, 199, 200, 333} {
			t.Run(fmt.Sprintf("%s cut at %d", alg, cut), func(t *testing.T) {
				r, record, err := checkpoint.ReadRun(runBytes(t, newRun(t, alg, cut)))
				require.NoError(t, err)
				require.Equal(t, 1.5, record.Seconds)
				advance(t, r, 400-cut)
				require.Equal(t, want, checkpoint.PolicyOf(r, checkpoint.Record{}).Hash())
				require.Equal(t, whole.Replay.Obs, r.Replay.Obs)
				require.Equal(t, whole.LastReturn, r.LastReturn)
				require.Equal(t, whole.CriticLoss, r.CriticLoss)
			})
		}
	}
}

// So does a run whose batches have shards, on however many goroutines it goes on.
func TestAResumedRunInShardsEndsInTheSameBits(t *testing.T) {
	fresh := func() *train.Run {
		o, err := train.NewOptions("pendulum", "fpmd-m", 7, 400, map[string]any{"hidden": []int{8, 6}, "batch": 8, "particles": 2, "warmUp": 50, "shards": 2})
		require.NoError(t, err)
		r, err := train.NewRun(o)
		require.NoError(t, err)
		return r
	}
	whole := fresh()
	advance(t, whole, 400)
	for _, cut := range []int{20, 51, 52, 333} {
		for _, threads := range []int{1, 2} {
			before := fresh()
			advance(t, before, cut)
			file := runBytes(t, before)
			r, _, err := checkpoint.ReadRun(file)
			require.NoError(t, err)
			l := r.Learner.(*fpmd.Learner)
			require.Len(t, l.Shards, 2)
			require.Equal(t, file, runBytes(t, r))
			crew := fpmd.NewThreads(l, threads)
			l.Crew = crew
			advance(t, r, 400-cut)
			crew.Close()
			require.Equal(t, checkpoint.PolicyOf(whole, checkpoint.Record{}).Hash(), checkpoint.PolicyOf(r, checkpoint.Record{}).Hash())
		}
	}
}

func TestAPolicyCanBeReadFromARunFile(t *testing.T) {
	r := newRun(t, "fpmd-m", 80)
	fromRun, err := checkpoint.ReadPolicy(runBytes(t, r))
	require.NoError(t, err)
	fromPolicy, err := checkpoint.ReadPolicy(policyBytes(t, r))
	require.NoError(t, err)
	require.Equal(t, fromPolicy.Hash(), fromRun.Hash())
	_, _, err = checkpoint.ReadRun(policyBytes(t, r))
	require.ErrorContains(t, err, "policy file")
}

func TestTheHashChangesWithOneBit(t *testing.T) {
	r := newRun(t, "fpmd-m", 60)
	before := checkpoint.PolicyOf(r, checkpoint.Record{}).Hash()
	require.Len(t, before, 64)
	p := &r.Agent.EMA.Params[5]
	*p = math.Float32frombits(math.Float32bits(*p) ^ 1)
	require.NotEqual(t, before, checkpoint.PolicyOf(r, checkpoint.Record{}).Hash())
}

// edit changes the JSON header of a file without moving its data, and corrects the checksum.
func edit(t *testing.T, file []byte, old, new string) []byte {
	n := binary.LittleEndian.Uint64(file)
	header := string(file[8 : 8+n])
	require.Contains(t, header, old)
	header = strings.TrimRight(strings.Replace(header, old, new, 1), " ")
	for len(header)%8 != 0 {
		header += " "
	}
	var b bytes.Buffer
	require.NoError(t, binary.Write(&b, binary.LittleEndian, uint64(len(header))))
	b.WriteString(header)
	b.Write(file[8+n:])
	return forge.Seal(b.Bytes())
}

func TestBadFilesAreRefusedWithTheCause(t *testing.T) {
	r := newRun(t, "fpmd-m", 80)
	policy, run := policyBytes(t, r), runBytes(t, r)
	nan := append([]byte(nil), policy...)
	binary.LittleEndian.PutUint32(nan[len(nan)-4:], math.Float32bits(float32(math.NaN())))
	nan = forge.Seal(nan)
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"empty", "", nil},
		{"a picture", "PNG", []byte("\x89PNG\r\n\x1a\n0000000000000000000")},
		{"cut short", "", policy[:len(policy)-3]},
		{"cut in the header", "", policy[:40]},
		{"not a number", "critic2", nan},
		{"another format", "format version", edit(t, policy, `"onestep.format":"2"`, `"onestep.format":"9"`)},
		{"another program", "not one of Onestep's", edit(t, policy, `"onestep.format":"2"`, `"someone.format":"2"`)},
		{"another kind", "unknown kind", edit(t, policy, `"onestep.kind":"policy"`, `"onestep.kind":"poetry"`)},
		{"another task", `"unicycle"`, edit(t, policy, `"onestep.task":"pendulum"`, `"onestep.task":"unicycle"`)},
		{"another algorithm", `"ppo"`, edit(t, policy, `"onestep.algorithm":"fpmd-m"`, `"onestep.algorithm":"ppo"`)},
		{"a seed of words", "seed", edit(t, policy, `"onestep.seed":"7"`, `"onestep.seed":"seven"`)},
		{"a setting out of range", "batch must lie in", edit(t, policy, `\"batch\":8`, `\"batch\":0`)},
		{"a foreign setting", "unknown field", edit(t, policy, `\"batch\":8`, `\"botch\":8`)},
		{"wider than its tensors", "shape", edit(t, policy, `\"hidden\":[8,6]`, `\"hidden\":[8,7]`)},
		{"a network too large for its file", "shape", edit(t, policy, `\"hidden\":[8,6]`, `\"hidden\":[1024,1024]`)},
		{"the other algorithm's networks", "shape", edit(t, policy, `"onestep.algorithm":"fpmd-m"`, `"onestep.algorithm":"fpmd-r"`)},
		{"a run's tensors in a policy", "tensors", edit(t, run, `"onestep.kind":"run"`, `"onestep.kind":"policy"`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := checkpoint.ReadPolicy(c.file)
			require.Error(t, err)
			require.ErrorContains(t, err, c.want)
			_, _, err = checkpoint.ReadRun(c.file)
			require.Error(t, err)
		})
	}
}

func TestBadRunsAreRefusedWithTheCause(t *testing.T) {
	run := runBytes(t, newRun(t, "fpmd-m", 80))
	for _, c := range []struct{ name, want, old, new string }{
		{"more steps than the run has", "of its", `\"envSteps\":80,\"owed\"`, `\"envSteps\":9999,\"owed\"`},
		{"a negative counter", "updates", `\"updates\":30,\"logTemperature\"`, `\"updates\":-30,\"logTemperature\"`},
		{"a debt of updates", "owes", `\"owed\":0`, `\"owed\":1e9`},
		{"a replay that does not fit", "write position", `\"replayNext\":80`, `\"replayNext\":79`},
		{"a stream cut short", "stream", `\"act\":\"`, `\"act\":\"AAAA`},
		{"a foreign field", "unknown field", `\"owed\":0`, `\"owned\":0`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := checkpoint.ReadRun(edit(t, run, c.old, c.new))
			require.ErrorContains(t, err, c.want)
		})
	}
}

// A run file whose settings and state have the names of before goes on as one with those of today.
func TestARunWithTheNamesOfBeforeGoesOn(t *testing.T) {
	run := runBytes(t, newRun(t, "fpmd-m", 80))
	before := run
	for _, name := range []string{"temperatureInit", "temperatureLR", "temperatureDelay", "temperatureM", "temperatureV", "temperatureStep"} {
		before = edit(t, before, `\"`+name+`\"`, `\"`+strings.Replace(name, "temperature", "alpha", 1)+`\"`)
	}
	before = edit(t, before, `\"logTemperature\"`, `\"logAlpha\"`)
	r, record, err := checkpoint.ReadRun(before)
	require.NoError(t, err)
	var again bytes.Buffer
	require.NoError(t, checkpoint.WriteRun(&again, r, record))
	require.Equal(t, run, again.Bytes(), "it is written under today's names")
	_, _, err = checkpoint.ReadRun(edit(t, run, `\"temperatureM\"`, `\"alphaM\":0,\"temperatureM\"`))
	require.ErrorContains(t, err, "unknown field", "one number under two names")
}

// A run file that ends within its header, or right behind it, is refused wherever it ends.
func TestATruncatedRunIsRefusedAtEachHeaderByte(t *testing.T) {
	run := runBytes(t, newRun(t, "fpmd-m", 60))
	for n := range 8 + int(binary.LittleEndian.Uint64(run)) + 1 {
		_, _, err := checkpoint.ReadRun(run[:n])
		require.Error(t, err, "%d bytes", n)
	}
}

// A small run file that claims a large batch is refused, or costs what the largest permitted passes of its networks
// need: 130 MB here.
func TestASmallFileCannotAskForMuchMemory(t *testing.T) {
	run := runBytes(t, newRun(t, "fpmd-m", 60))
	var before, after runtime.MemStats
	for _, c := range []struct{ batch, particles int }{{4096, 256}, {4096, 10}} {
		file := edit(t, run, `\"batch\":8`, fmt.Sprintf(`\"batch\":%d`, c.batch))
		file = edit(t, file, `\"particles\":2`, fmt.Sprintf(`\"particles\":%d`, c.particles))
		runtime.ReadMemStats(&before)
		_, _, err := checkpoint.ReadRun(file)
		runtime.ReadMemStats(&after)
		require.Equal(t, c.particles == 256, err != nil, "%v", err)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(200<<20))
		t.Logf("%v: %d MB", c, (after.TotalAlloc-before.TotalAlloc)>>20)
	}
}

// JSON inside the metadata is bounded like the header around it.
func TestDeepJSONIsRefused(t *testing.T) {
	policy := policyBytes(t, newRun(t, "fpmd-m", 60))
	deep := strings.Repeat("[", 20_000)
	_, err := checkpoint.ReadPolicy(edit(t, policy, `\"hidden\":[8,6]`, `\"hidden\":`+deep))
	require.Error(t, err)
}

func FuzzReadPolicy(f *testing.F) {
	for _, alg := range agents.Names() {
		settings := map[string]any{"hidden": []int{4}, "batch": 4, "particles": 2, "warmUp": 50}
		if agents.Uses(alg, "trainSteps") {
			settings["trainSteps"] = 2
		}
		o, err := train.NewOptions("pendulum", alg, 7, 60, settings)
		require.NoError(f, err)
		r, err := train.NewRun(o)
		require.NoError(f, err)
		for !r.Done() {
			require.NoError(f, r.Step())
		}
		policy, err := checkpoint.PolicyBytes(checkpoint.PolicyOf(r, checkpoint.NewRecord(0)))
		require.NoError(f, err)
		run, err := checkpoint.RunBytes(r, checkpoint.NewRecord(0))
		require.NoError(f, err)
		f.Add(policy)
		f.Add(run)
		f.Add(policy[:100])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := checkpoint.ReadPolicy(b); err == nil {
			_ = p.Hash()
		}
		if r, _, err := checkpoint.ReadRun(b); err == nil && !r.Done() {
			_ = r.Step()
		}
	})
}

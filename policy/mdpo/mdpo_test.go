package mdpo_test

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/engine/rng"
	"onestep/policy/agents"
	"onestep/policy/checkpoint"
	"onestep/policy/gaussian"
	"onestep/policy/learner"
	"onestep/policy/mdpo"
	"onestep/policy/replay"
	"onestep/policy/sac"
	"onestep/policy/tensorio"
	"onestep/policy/train"
)

var small = map[string]any{"hidden": []int{12}, "batch": 16, "warmUp": 30}

// run is a small training on Pendulum, not yet begun.
func run(t *testing.T, alg, preset string, overrides map[string]any) *train.Run {
	values := map[string]any{}
	for _, m := range []map[string]any{small, overrides} {
		for name, v := range m {
			values[name] = v
		}
	}
	o, err := train.NewPresetOptions(preset, "pendulum", alg, 3, 400, values)
	require.NoError(t, err)
	r, err := train.NewRun(o)
	require.NoError(t, err)
	return r
}

func steps(t *testing.T, r *train.Run, n int) {
	for range n {
		require.NoError(t, r.Step())
	}
}

// With Prox 0 it is SAC, bit for bit; with any other it is not, from the second step after a copy on.
func TestWithoutTheTermItIsSAC(t *testing.T) {
	plain, without, with := run(t, "sac", agents.Browser, nil), run(t, "mdpo", agents.Browser, map[string]any{"prox": 0}), run(t, "mdpo", agents.Browser, nil)
	for range 31 {
		for _, r := range []*train.Run{plain, without, with} {
			steps(t, r, 1)
		}
	}
	require.Equal(t, 1, plain.Agent.Adam.Step)
	require.Equal(t, plain.Agent.Policy.Params, with.Agent.Policy.Params, "the copy is the policy itself, from which the divergence has no gradient")
	for _, r := range []*train.Run{plain, without, with} {
		steps(t, r, 90)
	}
	require.Equal(t, plain.Agent.Policy.Params, without.Agent.Policy.Params)
	require.NotEqual(t, plain.Agent.Policy.Params, with.Agent.Policy.Params)
}

// On every task of the program some hundred updates move all that is learned and leave it finite.
func TestItTrainsOnEveryTask(t *testing.T) {
	for _, task := range env.Listed() {
		t.Run(task.Name, func(t *testing.T) {
			o, err := train.NewPresetOptions(agents.Browser, task.Name, "mdpo", 3, 400, map[string]any{"hidden": []int{12}, "batch": 16, "warmUp": 30, "updatesPerStep": 1})
			require.NoError(t, err)
			r, err := train.NewRun(o)
			require.NoError(t, err)
			a := r.Agent
			before := [][]float32{slices.Clone(a.Policy.Params), slices.Clone(a.Critics.Online[0]), slices.Clone(a.Critics.Online[1])}
			steps(t, r, 330)
			require.GreaterOrEqual(t, a.Adam.Step, 300)
			for i, now := range [][]float32{a.Policy.Params, a.Critics.Online[0], a.Critics.Online[1]} {
				require.NotEqual(t, before[i], now)
				for _, w := range now {
					require.False(t, math.IsNaN(float64(w)) || math.IsInf(float64(w), 0))
				}
			}
		})
	}
}

// The copy is the policy as it was before the last step whose number is a multiple of M.
func TestTheCopyIsTakenEveryMSteps(t *testing.T) {
	r := run(t, "mdpo", agents.Browser, map[string]any{"m": 7, "policyDelay": 2})
	var at []float32 // the weights at the last multiple
	for r.EnvSteps < 150 {
		if r.Agent.Adam.Step%7 == 0 {
			at = append(at[:0], r.Agent.Policy.Params...)
		}
		steps(t, r, 1)
		if r.Agent.Updates > 0 {
			require.Equal(t, at, r.Agent.Old, "after %d policy steps", r.Agent.Adam.Step)
		}
	}
	require.Greater(t, r.Agent.Adam.Step, 50)
}

// A stronger term holds the policy nearer to its copy: the mean divergence over the replay's states after M steps falls.
func TestTheTermHoldsThePolicyNear(t *testing.T) {
	distance := func(prox float64) float64 {
		r := run(t, "mdpo", agents.Browser, map[string]any{"prox": prox, "m": 100_000})
		steps(t, r, 230)
		// the term of an otherwise constant loss
		a := r.Agent
		n := r.Replay.Len
		l := gaussian.NewLoss(a.Policy.Net, a.Critics.Net, n)
		l.Draw(rng.New(1), n)
		without := l.Gradient(make([]float32, len(a.Policy.Params)), a.Policy.Params, r.Replay.Obs[:n*a.ObsDim], &a.Critics.Online, 0, n)
		l.Proximal = gaussian.Proximal[float32]{Params: a.Old, Weight: 1, Floor: gaussian.MinLogStd}
		return float64(l.Gradient(make([]float32, len(a.Policy.Params)), a.Policy.Params, r.Replay.Obs[:n*a.ObsDim], &a.Critics.Online, 0, n) - without)
	}
	near, far := distance(10), distance(0.01)
	t.Logf("divergence %.4f with 10, %.4f with 0.01", near, far)
	require.Less(t, near, far/3)
	require.Positive(t, near)
}

// A run that is saved between two copies goes on with the same bits, from its file and from a state and its block; the file
// holds the copy.
func TestARunGoesOnFromItsFile(t *testing.T) {
	for _, preset := range []string{agents.Browser, "browser-released"} {
		r := run(t, "mdpo", preset, map[string]any{"m": 40})
		steps(t, r, 133)
		require.NotEqual(t, r.Agent.Old, r.Agent.Policy.Params)
		file, err := checkpoint.RunBytes(r, checkpoint.NewRecord(0))
		require.NoError(t, err)
		state, err := checkpoint.StateBytes(r, checkpoint.NewRecord(0))
		require.NoError(t, err)
		fromFile, _, err := checkpoint.ReadRun(file)
		require.NoError(t, err)
		fromState, _, err := checkpoint.ReadState(state, [][]byte{checkpoint.Block(r, 0, r.EnvSteps)}, nil)
		require.NoError(t, err)
		require.Equal(t, r.Agent.Old, fromFile.Agent.Old)
		for _, x := range []*train.Run{r, fromFile, fromState} {
			steps(t, x, 101)
		}
		want, err := checkpoint.RunBytes(r, checkpoint.NewRecord(0))
		require.NoError(t, err)
		for _, x := range []*train.Run{fromFile, fromState} {
			got, err := checkpoint.RunBytes(x, checkpoint.NewRecord(0))
			require.NoError(t, err)
			require.True(t, bytes.Equal(want, got), preset)
		}
		f, err := tensorio.ReadSafetensors(file)
		require.NoError(t, err)
		_, holds := f.Lookup("old.layer0.weight")
		require.True(t, holds)
	}
}

// Every format of an export is made of it, and what the file holds is what acts.
func TestItIsExported(t *testing.T) {
	r := run(t, "mdpo", agents.Browser, nil)
	steps(t, r, 60)
	b, err := checkpoint.RunBytes(r, checkpoint.NewRecord(0))
	require.NoError(t, err)
	p, err := checkpoint.ReadPolicy(b)
	require.NoError(t, err)
	require.Equal(t, r.Agent.Policy.Params, p.Actor.Params)
	for _, format := range checkpoint.ExportFormats {
		file, err := p.Export(format, 1)
		require.NoError(t, err)
		require.NotEmpty(t, file, format)
	}
}

// The released constants as the authors' code has them: kappa 1, lambda 0.2, a copy every 1,000 updates.
func TestTheReleasedPresetIsTheReleasedCode(t *testing.T) {
	got, total, err := agents.Settings("as-released", "half_cheetah", "mdpo", nil)
	require.NoError(t, err)
	require.Equal(t, 1_000_000, total)
	require.Equal(t, &mdpo.Config{
		Config: sac.Config{Common: learner.Common{
			Hidden: []int{256, 256}, Batch: 256, Particles: 1, Gamma: 0.99, Tau: 0.005, RewardScale: 1, CriticLR: 3e-4, PolicyLR: 3e-4,
			PolicyLRHold: 25_000, PolicyLRDone: 75_000, PolicyLREnd: 1, PolicyDelay: 1, TemperatureInit: 0.2, TemperatureDelay: 1, EntropyPerDim: -1,
			SourceStd: 1, WarmUp: 10_000, UpdatesPerStep: 1, ReplayCapacity: 1_000_000,
		}},
		Prox: 0.8, M: 1000, Released: true,
	}, got)
}

// The quirks of the released code: it acts by the mean, Q1 alone improves the policy, whose step comes before the critics'.
func TestTheQuirks(t *testing.T) {
	cfg, _, err := agents.Settings("browser-released", "pendulum", "mdpo", small)
	require.NoError(t, err)
	l := mdpo.New(cfg.(*mdpo.Config), 2, 1, 100, 1)
	a, b, obs := []float32{0}, []float32{0}, []float32{0.3, -0.4}
	l.Explore(a, obs)
	l.Explore(b, obs)
	require.Equal(t, a, b)
	require.Equal(t, float32(1), l.EMA.SourceStd, "what is drawn of it is the whole Gaussian")

	// Neither Q2 nor the batch's rewards reach the first policy step: critics that differ there leave the same policy.
	step := func(change func(*mdpo.Learner, *replay.Batch)) []float32 {
		l, src := mdpo.New(cfg.(*mdpo.Config), 2, 1, 100, 1), rng.New(5)
		buffer := replay.New(2, 1, 50)
		for range 50 {
			buffer.Add([]float32{float32(src.Normal()), 1}, []float32{float32(src.Normal())}, float32(src.Normal()), []float32{0, 1}, false)
		}
		batch := buffer.NewBatch(16)
		buffer.Sample(batch, src)
		change(l, batch)
		require.NoError(t, l.Update(batch))
		return l.Policy.Params
	}
	want := step(func(*mdpo.Learner, *replay.Batch) {})
	require.Equal(t, want, step(func(l *mdpo.Learner, b *replay.Batch) {
		for i := range l.Critics.Online[1] {
			l.Critics.Online[1][i] -= 1
		}
		for i := range b.Reward {
			b.Reward[i] += 10
		}
	}))
	require.NotEqual(t, want, step(func(l *mdpo.Learner, _ *replay.Batch) {
		for i := range l.Critics.Online[0] {
			l.Critics.Online[0][i] -= 1
		}
	}))
}

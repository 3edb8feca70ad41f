package train_test

import (
	"maps"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/policy/agents"
	"onestep/policy/flow"
	"onestep/policy/train"
)

// small is a run that takes a moment; extra settings are merged over it.
func small(t *testing.T, steps int, extra map[string]any) train.Options {
	settings := map[string]any{"hidden": []int{8}, "batch": 8, "particles": 2, "warmUp": 50}
	for k, v := range extra {
		settings[k] = v
	}
	o, err := train.NewOptions("pendulum", "fpmd-m", 3, steps, settings)
	require.NoError(t, err)
	return o
}

// Every agent trains on every task, with the sizes of a moment: the first updates stay finite and move the weights.
func TestEveryAgentTrainsOnEveryTask(t *testing.T) {
	settings := map[string]any{"hidden": []int{8}, "batch": 8, "particles": 2, "warmUp": 40, "trainSteps": 3, "updatesPerStep": 1}
	for _, task := range env.Names() {
		for _, alg := range agents.Names() {
			t.Run(task+" "+alg, func(t *testing.T) {
				own := maps.Clone(settings)
				maps.DeleteFunc(own, func(name string, _ any) bool { return !agents.Uses(alg, name) })
				o, err := train.NewOptions(task, alg, 1, 60, own)
				require.NoError(t, err)
				r, err := train.NewRun(o)
				require.NoError(t, err)
				start := append([]float32(nil), r.Agent.EMA.Params...)
				for !r.Done() {
					require.NoError(t, r.Step())
				}
				require.Equal(t, 20, r.Agent.Updates)
				require.NotEqual(t, start, r.Agent.EMA.Params)
				_, finite := flow.Finite(r.Agent.EMA.Params)
				require.True(t, finite)
				require.LessOrEqual(t, r.Agent.Last.ESS, 1+1e-12)
			})
		}
	}
}

// Best of one candidate is no choice, and none is an error.
func TestBestOfNNeedsCandidates(t *testing.T) {
	r, err := train.NewRun(small(t, 60, nil))
	require.NoError(t, err)
	a := r.Agent
	_, err = train.NewBestOfEvaluator("pendulum", nil, 2, &a.EMA, 0, a.Critics.Net, &a.Critics.Online)
	require.ErrorContains(t, err, "2 and 0")
	one, err := train.NewBestOfEvaluator("pendulum", nil, 2, &a.EMA, 1, a.Critics.Net, &a.Critics.Online)
	require.NoError(t, err)
	plain, err := train.NewEvaluator("pendulum", nil, 2, &a.EMA)
	require.NoError(t, err)
	require.Equal(t, plain.Evaluate(&a.EMA, 3, nil), one.Evaluate(&a.EMA, 3, nil))
}

// SAC is evaluated at its mean: K changes nothing.
func TestSACIsEvaluatedAtItsMean(t *testing.T) {
	o, err := train.NewOptions("pendulum", "sac", 3, 60, map[string]any{"hidden": []int{8}, "warmUp": 50})
	require.NoError(t, err)
	r, err := train.NewRun(o)
	require.NoError(t, err)
	e, err := train.NewEvaluator("pendulum", nil, 3, &r.Agent.EMA)
	require.NoError(t, err)
	first := append([]float64(nil), e.Evaluate(&r.Agent.EMA, 1, nil)...)
	require.Equal(t, first, e.Evaluate(&r.Agent.EMA, 8, nil))
}

func TestUpdatesFollowTheSteps(t *testing.T) {
	for _, c := range []struct {
		perStep float64
		want    int
	}{{1, 150}, {0.5, 75}, {0.3, 45}, {2, 300}} {
		o := small(t, 200, map[string]any{"updatesPerStep": c.perStep})
		r, err := train.NewRun(o)
		require.NoError(t, err)
		for !r.Done() {
			require.NoError(t, r.Step())
		}
		require.Equal(t, 200, r.Replay.Len)
		require.Equal(t, 1, r.Episodes, "an episode of Pendulum takes 200 steps")
		require.InDelta(t, c.want, r.Agent.Updates, 1, "%g updates a step", c.perStep)
		require.InDelta(t, o.Updates(), r.Agent.Updates, 1)
		require.ErrorIs(t, r.Step(), train.ErrDone)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, c := range []struct {
		task, alg string
		steps     int
		want      string
	}{
		{"unicycle", "fpmd-m", 0, `"unicycle"`},
		{"pendulum", "ppo", 0, `"ppo"`},
		{"pendulum", "fpmd-m", -1, "steps must lie in"},
		{"pendulum", "fpmd-m", 1 << 40, "steps must lie in"},
	} {
		_, err := train.NewOptions(c.task, c.alg, 1, c.steps, nil)
		require.ErrorContains(t, err, c.want)
	}
	o, err := train.NewOptions("pendulum", "fpmd-m", 1, 0, nil)
	require.NoError(t, err)
	require.Equal(t, 6000, o.Steps)
}

// Truncation is no end of the world: the replay must not mark it as terminal.
func TestTruncationIsNotTermination(t *testing.T) {
	r, err := train.NewRun(small(t, 250, nil))
	require.NoError(t, err)
	for !r.Done() {
		require.NoError(t, r.Step())
	}
	for _, done := range r.Replay.Done {
		require.Zero(t, done)
	}
}

// Evaluations are paired: the same weights give the same returns again, K = 1 and K = 5 start from the same
// states, and nothing of the run changes.
func TestEvaluationIsRepeatableAndLeavesTheRunAlone(t *testing.T) {
	a, err := train.NewRun(small(t, 120, nil))
	require.NoError(t, err)
	b, err := train.NewRun(small(t, 120, nil))
	require.NoError(t, err)
	e, err := train.NewEvaluator("pendulum", nil, 4, &a.Agent.EMA)
	require.NoError(t, err)
	for !a.Done() {
		require.NoError(t, a.Step())
		require.NoError(t, b.Step())
		if a.EnvSteps%40 == 0 {
			first := append([]float64(nil), e.Evaluate(&a.Agent.EMA, 1, nil)...)
			e.Evaluate(&a.Agent.EMA, 5, nil)
			require.Equal(t, first, e.Evaluate(&a.Agent.EMA, 1, nil))
		}
	}
	require.Equal(t, b.Agent.EMA.Params, a.Agent.EMA.Params)
}

// Settings are chosen by other episodes than those of results.
func TestTrialsStartElsewhere(t *testing.T) {
	r, err := train.NewRun(small(t, 60, nil))
	require.NoError(t, err)
	e, err := train.NewEvaluator("pendulum", nil, 3, &r.Agent.EMA)
	require.NoError(t, err)
	results := append([]float64(nil), e.Evaluate(&r.Agent.EMA, 1, nil)...)
	e.First = train.TrialSeed
	trials := append([]float64(nil), e.Evaluate(&r.Agent.EMA, 1, nil)...)
	for _, result := range results {
		require.NotContains(t, trials, result)
	}
	e.First = train.EvaluationSeed
	require.Equal(t, results, e.Evaluate(&r.Agent.EMA, 1, nil))
}

// Episodes that are divided among goroutines are those of one evaluator, with a choice among candidates and without.
func TestDividedEvaluationsAreTheSame(t *testing.T) {
	r, err := train.NewRun(small(t, 120, map[string]any{"shards": 2}))
	require.NoError(t, err)
	for !r.Done() {
		require.NoError(t, r.Step())
	}
	a := r.Agent
	for _, candidates := range []int{1, 3} {
		build := func(episodes int) (*train.Evaluator, error) {
			return train.NewBestOfEvaluator("pendulum", nil, episodes, &a.EMA, candidates, a.Critics.Net, &a.Critics.Online)
		}
		one, err := build(5)
		require.NoError(t, err)
		one.First = train.TrialSeed
		want := one.Evaluate(&a.EMA, 2, nil)
		for _, parts := range []int{1, 2, 3, 9} {
			list, err := train.NewEvaluators(5, parts, build)
			require.NoError(t, err)
			require.Len(t, list, min(parts, 5))
			list.Start(train.TrialSeed)
			require.Equal(t, want, list.Evaluate(&a.EMA, 2, nil))
			require.Nil(t, list.Evaluate(&a.EMA, 2, func() bool { return false }))
		}
	}
}

func TestEvaluationCanBeAbandoned(t *testing.T) {
	r, err := train.NewRun(small(t, 60, nil))
	require.NoError(t, err)
	e, err := train.NewEvaluator("pendulum", nil, 2, &r.Agent.EMA)
	require.NoError(t, err)
	calls := 0
	require.Nil(t, e.Evaluate(&r.Agent.EMA, 1, func() bool { calls++; return calls < 10 }))
	require.Equal(t, 10, calls)
}

// The figures of 1, 2, 3, 6 by hand: mean 3, squared deviations 4+1+0+9 over 3.
func TestSummarise(t *testing.T) {
	s := train.Summarise([]float64{1, 2, 3, 6})
	require.Equal(t, train.Returns{Episodes: 4, Mean: 3, Std: math.Sqrt(14.0 / 3), Min: 1, Max: 6}, s)
	require.Equal(t, train.Returns{}, train.Summarise(nil))
}

// A blow-up is an event with a step and a cause, and the weights stay finite.
func TestDivergenceIsReported(t *testing.T) {
	o := small(t, 400, map[string]any{"rewardScale": 1000})
	r, err := train.Reopen(o)
	require.NoError(t, err)
	r.Env.Reset(1)
	r.Observe()
	r.Agent.Settings.CriticLR = 1e30 // beyond what a configuration may ask for, to force it
	for err == nil && !r.Done() {
		err = r.Step()
	}
	var diverged *train.Diverged
	require.ErrorAs(t, err, &diverged)
	require.Positive(t, diverged.Step)
	require.ErrorContains(t, err, "not finite")
}

package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/policy/grid"
	"onestep/policy/train"
	"onestep/wasm/protocol"
)

// Episodes that are asked for one by one are those of an evaluation, and the run in memory is not touched.
func TestAPolicyIsScoredEpisodeByEpisode(t *testing.T) {
	p := newPage(t)
	p.send(protocol.Draft, 1, request(1000))
	policy := p.one(protocol.Drafted).Data[0]
	read, err := checkpoint.ReadPolicy(policy)
	require.NoError(t, err)
	var got protocol.ScoredInfo
	for range 3 {
		p.send(protocol.Score, 2, protocol.ScoreRequest{Of: "this one", ManySteps: 4, One: got.One, Many: got.Many}, policy)
		require.NoError(t, json.Unmarshal(p.one(protocol.Scored).Body, &got))
		assert.Equal(t, "this one", got.Of)
	}
	e, err := train.NewEvaluator(read.Task, read.Model, 3, &read.Actor)
	require.NoError(t, err)
	e.First = train.EvaluationSeed
	assert.Equal(t, e.Evaluate(&read.Actor, 1, nil), got.One)
	assert.Equal(t, e.Evaluate(&read.Actor, 4, nil), got.Many)
	assert.InDelta(t, (got.One[0]+got.One[1]+got.One[2])/3, *got.OneMean.Value, 1e-9)
	assert.InDelta(t, *got.ManyMean.Value-*got.OneMean.Value, *got.Difference.Value, 1e-9)
	assert.LessOrEqual(t, got.Difference.Interval[0], *got.Difference.Value)
	assert.False(t, p.s.busy())

	problem := func(q protocol.ScoreRequest, data ...[]byte) string {
		var got protocol.ScoredInfo
		q.Of = "a refused one"
		p.send(protocol.Score, 3, q, data...)
		require.NoError(t, json.Unmarshal(p.one(protocol.Scored).Body, &got))
		assert.Equal(t, q.Of, got.Of)
		return got.Problem
	}
	for _, q := range []protocol.ScoreRequest{{ManySteps: 1}, {ManySteps: 33}, {ManySteps: 4, One: []float64{1}}, {ManySteps: 4, Latency: -1}} {
		assert.Contains(t, problem(q, policy), "is none")
	}
	assert.Equal(t, errNoPolicy.Error(), problem(protocol.ScoreRequest{ManySteps: 4}))
	assert.NotEmpty(t, problem(protocol.ScoreRequest{ManySteps: 4}, policy[:100]))
}

// The effort is charged as the policy's configuration says, as every evaluation of it does.
func TestAPolicyIsScoredByItsOwnCost(t *testing.T) {
	p := newPage(t)
	q := request(1000)
	q.Task, q.Config["unclippedCost"] = "half_cheetah", true
	p.send(protocol.Draft, 1, q)
	file := p.one(protocol.Drafted).Data[0]
	read, err := checkpoint.ReadPolicy(file)
	require.NoError(t, err)
	var got protocol.ScoredInfo
	p.send(protocol.Score, 2, protocol.ScoreRequest{ManySteps: 4}, file)
	require.NoError(t, json.Unmarshal(p.one(protocol.Scored).Body, &got))
	e, err := train.NewEvaluator(read.Task, read.Model, 1, &read.Actor)
	require.NoError(t, err)
	e.ChargeUnclipped(true)
	want := e.Evaluate(&read.Actor, 1, nil)
	assert.Equal(t, want, got.One)
	e, err = train.NewEvaluator(read.Task, read.Model, 1, &read.Actor)
	require.NoError(t, err)
	require.NotEqual(t, e.Evaluate(&read.Actor, 1, nil), want, "it makes a difference here")
}

// An episode that ended since its reward left the finite numbers is told with what was played: its return is finite.
func TestABurstIsTold(t *testing.T) {
	p := newPage(t)
	q := request(1000)
	q.Model = &protocol.Model{Reward: "1e308*1e308"}
	p.send(protocol.Draft, 1, q)
	file := p.one(protocol.Drafted).Data[0]
	const what = "episode 3 diverged at step 1: the reward 1e308*1e308 became +Inf"
	var score protocol.ScoredInfo
	p.send(protocol.Score, 2, protocol.ScoreRequest{ManySteps: 4, One: make([]float64, 2), Many: make([]float64, 2)}, file)
	require.NoError(t, json.Unmarshal(p.one(protocol.Scored).Body, &score))
	assert.Equal(t, what, score.Burst)
	var g grid.Grid
	p.send(protocol.Grid, 2, protocol.GridRequest{K: 1, BestOf: 1, Episodes: 2, Returns: make([]float64, 2)}, file)
	require.NoError(t, json.Unmarshal(p.one(protocol.Gridded).Body, &g))
	assert.Equal(t, what, g.Cells[0].Burst)

	p.send(protocol.Train, 3, q)
	p.s.report(p.s.generation)
	assert.Contains(t, p.failures()[0].Message, "in the evaluation at step 0 with K = 1, episode 1 diverged at step 1: the reward 1e308*1e308 became +Inf; it ended there")
}

// A run that begins while a policy is scored has the worker to itself, and the score no answer.
func TestARunEndsTheScoring(t *testing.T) {
	p := newPage(t)
	p.send(protocol.Draft, 1, request(1000))
	policy := p.one(protocol.Drafted).Data[0]
	p.s.yield = func() {
		p.s.yield = func() {}
		p.send(protocol.Train, 2, request(1000))
	}
	p.s.looked = -1e9
	p.send(protocol.Score, 3, protocol.ScoreRequest{ManySteps: 4}, policy)
	assert.True(t, p.s.busy())
	assert.Empty(t, p.take(protocol.Scored))
}

package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/grid"
	"onestep/policy/train"
	"onestep/wasm/protocol"
)

// Cells are filled in by and by: five episodes and three more are the eight of an evaluation.
func TestAGridIsFilledIn(t *testing.T) {
	p := newPage(t)
	p.send(protocol.Draft, 1, request(1000))
	file := p.one(protocol.Drafted).Data[0]
	ask := func(q protocol.GridRequest) (g grid.Grid) {
		p.send(protocol.Grid, 2, q, file)
		require.NoError(t, json.Unmarshal(p.one(protocol.Gridded).Body, &g))
		return g
	}
	g := ask(protocol.GridRequest{})
	require.Len(t, g.Cells, len(grid.Steps)*len(grid.Candidates)+1)
	assert.Equal(t, []int{20, 32, 640, 64}, []int{g.Cells[19].K, g.Cells[19].BestOf, g.Cells[19].NFE, g.Cells[19].CriticNFE})
	assert.Contains(t, g.Cells[20].Protocol, "2 x 10")

	c := ask(protocol.GridRequest{K: 4, BestOf: 8, Episodes: 5, Timed: true}).Cells[0]
	assert.Positive(t, c.Microseconds)
	c = ask(protocol.GridRequest{K: 4, BestOf: 8, Episodes: 3, Returns: c.Returns}).Cells[0]
	read := policy(t, protocol.Message{Data: [][]byte{file}})
	e, err := train.NewBestOfEvaluator(read.Task, read.Model, 8, &read.Actor, 8, read.CriticNet, &read.Critics)
	require.NoError(t, err)
	assert.Equal(t, e.Evaluate(&read.Actor, 4, nil), c.Returns)
	assert.Less(t, c.Interval.Low, c.Mean)
	assert.Greater(t, c.Interval.High, c.Mean)

	// Of a network that takes its time the actions are late.
	late := ask(protocol.GridRequest{K: 20, BestOf: 1, Episodes: 4, Latency: 0.01})
	assert.Equal(t, 0.01, late.Latency)
	e, err = train.NewEvaluator(read.Task, read.Model, 4, &read.Actor)
	require.NoError(t, err)
	assert.NotEqual(t, e.Evaluate(&read.Actor, 20, nil), late.Cells[0].Returns)
	e.Latency = 0.01
	assert.Equal(t, e.Evaluate(&read.Actor, 20, nil), late.Cells[0].Returns)
	p.send(protocol.Grid, 3, protocol.GridRequest{K: 1, BestOf: 1, Episodes: 1, Latency: -1}, file)
	assert.Contains(t, p.failure().Message, "a latency of -1 s")

	for _, q := range []protocol.GridRequest{{K: 3, BestOf: 1, Episodes: 1}, {K: 1, BestOf: 1, Episodes: 101}, {K: 1, BestOf: 1, Episodes: -1}, {K: 1, BestOf: 1, Episodes: 1, Returns: make([]float64, 901)}} {
		p.send(protocol.Grid, 3, q, file)
		assert.Contains(t, p.failure().Message, "none of a grid")
	}
	p.send(protocol.Grid, 3, protocol.GridRequest{})
	assert.Equal(t, "there is no policy", p.failure().Message)
	p.send(protocol.Grid, 3, protocol.GridRequest{}, file[:100])
	assert.NotEmpty(t, p.failure().Message)
}

// A cell that takes long tells how far it is.
func TestACellTellsHowFarItIs(t *testing.T) {
	p := newPage(t)
	p.send(protocol.Draft, 1, request(1000))
	file := p.one(protocol.Drafted).Data[0]
	clock := 0.0
	p.s.now = func() float64 { clock += 0.01; return clock }
	p.send(protocol.Grid, 2, protocol.GridRequest{K: 1, BestOf: 1, Episodes: 1}, file)
	list := p.take(protocol.Gridding)
	require.Greater(t, len(list), 5)
	var far protocol.GridProgress
	require.NoError(t, json.Unmarshal(list[len(list)-1].Body, &far))
	assert.InDelta(t, 1, far.Done, 0.15)
	assert.Zero(t, list[0].ID, "it is no answer")
}

package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/policy/stats"
	"onestep/wasm/protocol"
)

// ended runs a training to its end.
func ended(t *testing.T, q protocol.TrainRequest, data ...[]byte) *page {
	p := newPage(t)
	p.send(protocol.Train, 1, q, data...)
	for range 100000 {
		if !p.s.busy() {
			return p
		}
		p.s.work()
	}
	t.Fatal("the training does not end")
	return nil
}

func policy(t *testing.T, m protocol.Message) *checkpoint.Policy {
	require.Len(t, m.Data, 1)
	p, err := checkpoint.ReadPolicy(m.Data[0])
	require.NoError(t, err)
	return p
}

func TestARunKeepsItsCourse(t *testing.T) {
	p := ended(t, request(390))
	finished := p.info(p.one(protocol.Finished))
	frames := p.take(protocol.Keyframe)
	require.Len(t, frames, protocol.KeyframesPerRun)
	for i, m := range frames {
		assert.Equal(t, 10*i, p.info(m).EnvSteps)
		assert.Equal(t, 10*i, policy(t, m).Record.EnvSteps)
	}
	assert.Equal(t, finished.Hash, policy(t, frames[39]).Hash())
	assert.NotEqual(t, finished.Hash, policy(t, frames[20]).Hash())

	records := p.take(protocol.Recorded)
	require.Len(t, records, len(p.take(protocol.Evaluation)))
	var r checkpoint.RunRecord
	require.NoError(t, json.Unmarshal(records[len(records)-1].Body, &r))
	assert.Equal(t, finished.Hash, r.Hash)
	assert.Equal(t, 390, r.Record.EnvSteps)
	require.Len(t, r.Scores, 2)
	assert.Equal(t, r.Record.Curve[len(r.Record.Curve)-1].OneStep, r.Scores[0].Returns)
	assert.Equal(t, []int{1, 8}, []int{r.Scores[0].NFE, r.Scores[1].NFE})
	assert.Positive(t, r.Scores[0].Microseconds)
	assert.Contains(t, r.Command, "fpmd train -task pendulum -alg fpmd-m -seed 4 -steps 390 ")
}

func TestAShortRunKeepsEachMomentOnce(t *testing.T) {
	p := ended(t, request(7))
	var at []int
	for _, m := range p.take(protocol.Keyframe) {
		at = append(at, p.info(m).EnvSteps)
	}
	assert.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 7}, at)
}

func TestATrainingBeginsFromAPolicy(t *testing.T) {
	first := ended(t, request(390))
	frames := first.take(protocol.Keyframe)
	from := policy(t, frames[30])
	q := request(100)
	q.Seed = 9
	p := ended(t, q, frames[30].Data[0])
	own := p.take(protocol.Keyframe)
	begun := policy(t, own[0])
	assert.Equal(t, from.Hash(), begun.Hash(), "actor and critics are those of the moment")
	assert.NotEqual(t, from.Hash(), policy(t, own[39]).Hash())

	for _, c := range []struct {
		change func(q *protocol.TrainRequest)
		cause  string
	}{
		{func(q *protocol.TrainRequest) { q.Algorithm = "fpmd-r" }, "the policy is of fpmd-m on pendulum, the run of fpmd-r on pendulum"},
		{func(q *protocol.TrainRequest) { q.Config = map[string]any{"hidden": []int{16}} }, "the policy's networks have hidden layers [8], the run's [16]"},
	} {
		p := newPage(t)
		q := request(100)
		c.change(&q)
		p.send(protocol.Train, 1, q, frames[30].Data[0])
		assert.Equal(t, c.cause, p.failure().Message)
		assert.False(t, p.s.busy())
	}
}

func TestRunsAreComparedByPackageStats(t *testing.T) {
	p := newPage(t)
	x, y := []float64{1, 2, 3, 4, 10}, []float64{2.5}
	p.send(protocol.Compare, 3, protocol.Comparison{Groups: [][]float64{x, y}, Tau: []float64{2}, Curves: [][][]float64{{x, {}}, {y, y}}})
	m := p.one(protocol.Compared)
	var a protocol.ComparedInfo
	require.NoError(t, json.Unmarshal(m.Body, &a))
	assert.Equal(t, 3, m.ID)
	assert.Equal(t, 3.0, *a.IQM[0].Value)
	i := stats.AggregateInterval([][]float64{x}, resampleSeed)
	assert.Equal(t, [2]float64{i.Low, i.High}, *a.IQM[0].Interval)
	assert.Nil(t, a.IQM[1].Interval, "one run has no interval")
	assert.Equal(t, 0.6, *a.Profile[0][0].Value)
	want, _ := stats.Improvement([][]float64{x}, [][]float64{y}, resampleSeed)
	assert.Equal(t, want, *a.Improvement[0][1].Value)
	assert.Equal(t, 4.0, *a.Curves[0][0].Value)
	assert.Nil(t, a.Curves[0][1].Value)
	assert.Equal(t, 2.5, *a.Curves[1][0].Value)

	p.send(protocol.Compare, 4, protocol.Comparison{Groups: [][]float64{{}}})
	assert.Equal(t, "group 0 has no runs", p.failure().Message)
}

func TestATrainingIsGauged(t *testing.T) {
	p := newPage(t)
	p.send(protocol.Gauge, 5, request(1000))
	var g protocol.GaugeInfo
	require.NoError(t, json.Unmarshal(p.one(protocol.Gauged).Body, &g))
	assert.Positive(t, g.StepSeconds)
	assert.Positive(t, g.EvaluationSeconds)
	assert.InDelta(t, 950*g.StepSeconds+24*g.EvaluationSeconds, g.Seconds, 1e-9)
	assert.False(t, p.s.busy())
	p.send(protocol.Gauge, 6, protocol.TrainRequest{Task: "nothing"})
	assert.Equal(t, "bad-config", p.failure().Code)
}

package show

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/policy/checkpoint"
	"onestep/policy/export"
	"onestep/policy/flow"
	"onestep/policy/foreign"
	"onestep/wasm/protocol"
)

// graphFile is an agent's policy of Pendulum as an ONNX graph.
func graphFile(t *testing.T, algorithm string) []byte {
	t.Helper()
	p, err := checkpoint.ReadPolicy(policyFile(t, algorithm, nil))
	require.NoError(t, err)
	e, err := env.Make(p.Task, nil)
	require.NoError(t, err)
	b, err := export.ONNX(&export.Policy{Actor: p.Actor, Spec: e.Spec()}, export.Sampler{Method: flow.Euler, Steps: 1})
	require.NoError(t, err)
	return b
}

func (b *bench) loadGraph(file []byte) {
	b.send(protocol.LoadPolicy, protocol.PolicySource{Source: "file", Name: "theirs.onnx", Format: protocol.FormatONNX}, file)
}

// A graph acts as the headless program has it act, its pictures say that it has no flow, and a policy of this program takes
// its place again.
func TestAGraphOfAnotherProgramActs(t *testing.T) {
	b, file := newBench(t), graphFile(t, "fpmd-m")
	b.loadGraph(file)
	require.Nil(t, b.last(protocol.StageError))
	var info protocol.PolicyInfo
	require.NoError(t, json.Unmarshal(b.last(protocol.PolicyLoaded).Body, &info))
	assert.Equal(t, []any{"pendulum", protocol.FormatONNX, "theirs.onnx", "file", false, 3, 1}, []any{info.Task, info.Algorithm, info.Name, info.Source, info.HasCritics, info.ObsDim, info.ActDim})
	assert.Len(t, info.Hash, 64)
	assert.Greater(t, info.Parameters, 16*16)

	g, err := foreign.Read(file)
	require.NoError(t, err)
	same, err := g.Policy(b.world.Spec, foreign.AutoUnits)
	require.NoError(t, err)
	action := make([]float32, 1)
	for _, s := range []protocol.Sampler{{Steps: 1, ManySteps: 20, BestOf: 1}, {Steps: 20, ManySteps: 20, BestOf: 8, Latency: 1e-3}} {
		b.send(protocol.SetSampler, s)
		b.frames(40)
		d := &b.world.Decision
		same.Act(action, d.Obs, d.X0)
		assert.InDelta(t, float64(action[0]), d.Action[0], 1e-6)
		assert.Equal(t, 1.0, b.stat(protocol.StatPolicyNFE))
		assert.Zero(t, b.stat(protocol.StatCriticNFE))
		assert.True(t, math.IsNaN(b.stat(protocol.StatOneStepError)) && math.IsNaN(b.stat(protocol.StatVariance)))
		assert.Contains(t, strings.Join(b.texts(Body), "\n"), "ONNX: one evaluation")
		assert.Contains(t, strings.Join(b.texts(Flow), "\n"), "No flow: this graph maps an observation to one action")
		assert.NotContains(t, strings.Join(b.texts(Flow), "\n"), "particles")
		assert.False(t, b.probe.Shown().Ready)
		assert.False(t, b.world.Ghost.On)
		assert.Zero(t, b.visited.Dots.Len())
	}
	assert.Greater(t, b.world.Episode.Steps, 10)
	b.send(protocol.ExportPanel, protocol.PanelRequest{Panel: "flow", Format: "svg"})
	b.send(protocol.ExportPanel, protocol.PanelRequest{Panel: "flow", Format: "csv"})
	assert.Nil(t, b.last(protocol.StageError))

	b.send(protocol.SetLane, protocol.Lane{On: true, Steps: 20, BestOf: 2}, policyFile(t, "sac", nil))
	b.frames(20)
	b.send(protocol.SetLane, protocol.Lane{On: true, Steps: 20, BestOf: 2})
	b.frames(20)
	assert.True(t, b.world.Ghost.On, "it has a lane of its own")
	assert.Zero(t, b.world.Ghost.Apart, "and there a graph acts as it does beside it")
	b.send(protocol.SetLane, protocol.Lane{})

	b.load(policyFile(t, "fpmd-m", nil))
	b.frames(80)
	assert.True(t, b.probe.Shown().Ready)
	assert.Contains(t, strings.Join(b.texts(Flow), "\n"), "Action flow")
	assert.Nil(t, b.last(protocol.StageError))
}

// What cannot act is refused with its reason, and the policy before goes on.
func TestAGraphThatCannotActIsRefused(t *testing.T) {
	file := graphFile(t, "sac")
	for name, c := range map[string]struct {
		file []byte
		task string
		says string
	}{
		"another task":    {file, "hopper", "theirs.onnx cannot be used: the ONNX graph cannot act here: "},
		"other sizes":     {file, "hopper", "3 numbers, and the task's observation has 11"},
		"cut off":         {file[:len(file)/2], "pendulum", "theirs.onnx cannot be used: the ONNX graph cannot act here: "},
		"not a graph":     {[]byte("some text that is no graph"), "pendulum", "theirs.onnx cannot be used: the ONNX graph cannot act here: "},
		"a file of ours":  {policyFile(t, "sac", nil), "pendulum", "theirs.onnx cannot be used: the ONNX graph cannot act here: "},
		"other operators": {bytes.Replace(file, []byte("\x22\x04Tanh"), []byte("\x22\x04Tanz"), 1), "pendulum", "Tanz"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.send(protocol.SetTask, protocol.TaskSeed{Task: c.task, Seed: 1})
			before := b.world.Policy
			b.loadGraph(c.file)
			assert.Equal(t, "bad-file", b.failure().Code)
			assert.Contains(t, b.failure().Message, c.says)
			assert.Same(t, before, b.world.Policy)
			b.frames(5)
		})
	}
}

// Another body drops it, as it does every policy; the same body under another reward keeps it.
func TestAGraphBelongsToItsBody(t *testing.T) {
	b := newBench(t)
	b.loadGraph(graphFile(t, "sac"))
	require.NotNil(t, b.world.Policy)
	b.send(protocol.SetTask, protocol.TaskSeed{Task: "pendulum", Seed: 1, Model: &protocol.Model{Reward: "-time"}})
	require.Nil(t, b.last(protocol.StageError))
	assert.NotNil(t, b.world.Policy)
	b.send(protocol.SetTask, protocol.TaskSeed{Task: "hopper", Seed: 1})
	assert.Nil(t, b.world.Policy)
	b.frames(5)
}

func TestFramesOfAGraphAllocateNothing(t *testing.T) {
	b := newBench(t)
	b.loadGraph(graphFile(t, "sac"))
	b.frames(100)
	assert.Zero(t, testing.AllocsPerRun(50, func() {
		b.now += 0.02
		b.Update(b.now)
	}))
}

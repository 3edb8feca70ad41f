package export

import (
	"crypto/sha256"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/diffusion"
	"onestep/policy/flow"
	"onestep/policy/nn"
	"onestep/policy/tensorio"
)

// tolerance is what export promises: actions in [-1, 1] computed in float32 by two programs agree to
// 1e-5, about 80 units in the last place of 1 for sums of hundreds of products.
const tolerance = 1e-5

// tolerance is larger for a diffusion, whose first step divides by sqrt(abar(20)) = 1/406: float32's rounding of the
// network's input and output, a few times 6e-8 each, leaves it as a few times 2.4e-5 in each of them.
func (e exported) tolerance() float64 {
	if e.policy.Actor.Family == (diffusion.Family[float32]{}) {
		return 5e-4
	}
	return tolerance
}

func toMatrix(data []float32, cols int) matrix {
	m := matrix{rows: len(data) / cols, cols: cols}
	for _, x := range data {
		m.data = append(m.data, float64(x))
	}
	return m
}

// largestDifference also demands that part of the actions, and not all of them, are clipped.
func largestDifference(t *testing.T, want []float32, got []float64) float64 {
	t.Helper()
	require.Len(t, got, len(want))
	worst, clipped := 0.0, 0
	for i, w := range want {
		worst = max(worst, math.Abs(float64(w)-got[i]))
		require.False(t, math.IsNaN(got[i]))
		if w == 1 || w == -1 {
			clipped++
		}
	}
	require.Positive(t, clipped)
	require.Less(t, clipped, len(want))
	return worst
}

func TestGraphsComputeTheSampler(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds; make test runs it")
	}
	for _, e := range cases() {
		t.Run(e.name, func(t *testing.T) {
			model, err := ONNX(e.policy, e.sampler)
			require.NoError(t, err)
			obs, x0 := e.inputs()
			out := interpret(t, model, map[string]matrix{"obs": toMatrix(obs, e.policy.Spec.ObsDim), "x0": toMatrix(x0, e.policy.Spec.ActDim)})
			worst := largestDifference(t, e.action(t, obs, x0), out["action"].data)
			t.Logf("largest difference %.2g, %d bytes", worst, len(model))
			assert.LessOrEqual(t, worst, e.tolerance())
		})
	}
}

func TestGraphIsWhatItSays(t *testing.T) {
	p := randomPolicy(flow.MeanFlow[float32]{}, 3, 1, []int{8, 8}, nn.Mish, 1)
	b, err := ONNX(p, Sampler{flow.Euler, 5})
	require.NoError(t, err)
	again, err := ONNX(p, Sampler{flow.Euler, 5})
	require.NoError(t, err)
	assert.Equal(t, b, again, "the same bytes")

	m, err := tensorio.ParseONNX(b)
	require.NoError(t, err)
	assert.Equal(t, "task_meanflow_euler_5", m.Graph.Name)
	batch := tensorio.Dim{Free: "B"}
	assert.Equal(t, []tensorio.Dim{batch, {Size: 3}}, m.Graph.Inputs[0].Dims)
	assert.Equal(t, []tensorio.Dim{batch, {Size: 1}}, m.Graph.Inputs[1].Dims)
	assert.Equal(t, []tensorio.Dim{batch, {Size: 1}}, m.Graph.Outputs[0].Dims)
	assert.Equal(t, map[string]string{
		"onestep.task": "task", "onestep.title": "Task-v1", "onestep.gymnasium": "Task-v1", "onestep.flow": "meanflow",
		"onestep.sampler": "euler", "onestep.steps": "5", "onestep.nfe": "5", "onestep.source_std": "0.5",
		"onestep.observation": `["s0 (m/s)","s1 (m/s)","s2 (m/s)"]`, "onestep.action": `["a0 (N m)"]`,
		"onestep.action_range": "[-1,1]", "onestep.action_scale": "[2]",
		"observation_names": "s0,s1,s2", "action_scale": "2", "command_names": "",
		"onestep.seed": "7", "onestep.config": `{"hidden":[64,64]}`,
	}, m.Metadata)

	ops := map[string]int{}
	for _, n := range m.Graph.Nodes {
		ops[n.Op]++
	}
	assert.Equal(t, 5*2, ops["Tanh"], "one for each step and hidden layer")
	assert.Equal(t, 1+5*3, ops["MatMul"], "obs once, and three layers for each step")
	assert.Equal(t, 1, ops["Clip"])
	for _, c := range m.Graph.Initializers {
		assert.False(t, strings.HasPrefix(c.Name, "time"), "embeddings are constants")
	}
}

// The weights stand once in the file however many steps there are: a step costs its bias and its nodes.
func TestStepsShareTheWeights(t *testing.T) {
	p := randomPolicy(flow.Rectified[float32]{}, 3, 1, []int{64, 64}, nn.Mish, 1)
	one, err := ONNX(p, Sampler{flow.Euler, 1})
	require.NoError(t, err)
	many, err := ONNX(p, Sampler{flow.Euler, MaxSteps})
	require.NoError(t, err)
	assert.Less(t, (len(many)-len(one))/(MaxSteps-1), 4*64+1500)
}

func TestExportRefuses(t *testing.T) {
	good := func() *Policy { return randomPolicy(flow.MeanFlow[float32]{}, 3, 1, []int{8}, nn.Mish, 1) }
	one := Sampler{flow.Euler, 1}
	for name, c := range map[string]struct {
		spoil   func(p *Policy)
		sampler Sampler
		want    string
	}{
		"no steps":         {func(*Policy) {}, Sampler{flow.Euler, 0}, "0 steps are outside 1..64"},
		"many steps":       {func(*Policy) {}, Sampler{flow.Euler, 65}, "65 steps are outside 1..64"},
		"method":           {func(*Policy) {}, Sampler{flow.Method(9), 1}, "unknown method 9"},
		"midpoint":         {func(*Policy) {}, Sampler{flow.Midpoint, 1}, "needs a velocity network"},
		"kind":             {func(p *Policy) { p.Actor.Family = nil }, one, "the policy has no family"},
		"kind of network":  {func(p *Policy) { p.Actor.Family = flow.Rectified[float32]{} }, one, "takes 1 times, not 2"},
		"another task":     {func(p *Policy) { p.Spec.ObsDim = 4 }, one, "the task task has 4 observations"},
		"names":            {func(p *Policy) { p.Spec.Actions = nil }, one, "does not name"},
		"parameters":       {func(p *Policy) { p.Actor.Params = p.Actor.Params[1:] }, one, "do not fit"},
		"NaN":              {func(p *Policy) { p.Actor.Params[5] = float32(math.NaN()) }, one, "parameter 5 is NaN"},
		"source std":       {func(p *Policy) { p.Actor.SourceStd = -1 }, one, "standard deviation -1"},
		"metadata invalid": {func(p *Policy) { p.Metadata["a"] = "\xff" }, one, "not UTF-8"},
	} {
		p := good()
		c.spoil(p)
		_, err := ONNX(p, c.sampler)
		assert.ErrorContains(t, err, c.want, name)
	}
}

// The float64 embedding agrees with the network's own to float32's rounding: with all other weights at zero, the
// first layer's pre-activation is the bias alone, and a linear output sees its mish.
func TestStepBiasIsTheNetworksOwn(t *testing.T) {
	p := randomPolicy(flow.MeanFlow[float32]{}, 2, 2, []int{2}, nn.Mish, 3)
	w, _ := p.tensor("layer1.weight")
	b, _ := p.tensor("layer1.bias")
	copy(w, []float32{1, 0, 0, 1})
	copy(b, []float32{0, 0})
	times := [][]float32{{0.25}, {0.75}}
	got := make([]float32, 2)
	p.Actor.Net.Forward(got, p.Actor.Params, nn.Input[float32]{Batch: 1, Cond: []float32{0, 0}, X: []float32{0, 0}, Times: times}, p.Actor.Net.NewWorkspace(1))
	for i, z := range p.stepBias([]float32{0.25, 0.75}) {
		assert.InDelta(t, mish(float64(z)), got[i], 1e-6, "four sums of at most 32 products below 1, each to 6e-8")
	}
}

// The bytes are the same on every platform: this is the hash on amd64, and the test runs under js/wasm too.
func TestBytesAreTheSameEverywhere(t *testing.T) {
	b, err := ONNX(randomPolicy(flow.MeanFlow[float32]{}, 3, 1, []int{64, 64}, nn.Mish, 1), Sampler{flow.Euler, 3})
	require.NoError(t, err)
	assert.Equal(t, "3fff0969fa2a25cb6d9296c551037703b67accf1bbf208bc17c972a10d73fa06", fmt.Sprintf("%x", sha256.Sum256(b)))
}

package export

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/engine/rng"
	"onestep/policy/diffusion"
	"onestep/policy/flow"
	"onestep/policy/gaussian"
	"onestep/policy/nn"
)

// rows is the number of random inputs on which outputs are compared.
const rows = 1000

// exported is one policy under one sampler.
type exported struct {
	name    string
	policy  *Policy
	sampler Sampler
}

// cases are networks of both families, from one small action to HalfCheetah's size, under each kind of sampler.
// Their weights are random and their biases not zero, so that a part of the actions is clipped.
func cases() []exported {
	var list []exported
	for i, c := range []struct {
		kind       flow.Family[float32]
		obs, act   int
		hidden     []int
		activation nn.Activation
		samplers   []Sampler
	}{
		{flow.Rectified[float32]{}, 3, 1, []int{64, 64}, nn.Mish, []Sampler{{flow.Euler, 1}, {flow.Euler, 4}, {flow.Euler, 20}, {flow.Midpoint, 3}}},
		{flow.MeanFlow[float32]{}, 3, 1, []int{64, 64}, nn.Mish, []Sampler{{flow.Euler, 1}, {flow.Euler, 4}, {flow.Euler, 32}}},
		{flow.Rectified[float32]{}, 17, 6, []int{128, 128}, nn.Mish, []Sampler{{flow.Euler, 1}, {flow.Euler, 20}}},
		{flow.MeanFlow[float32]{}, 17, 6, []int{256, 256, 256}, nn.Mish, []Sampler{{flow.Euler, 1}, {flow.Euler, 7}}},
		{flow.MeanFlow[float32]{}, 11, 2, []int{48}, nn.SiLU, []Sampler{{flow.Euler, 2}}},
		{gaussian.Family[float32]{}, 3, 1, []int{64, 64}, nn.Mish, []Sampler{{flow.Euler, 1}}},
		{gaussian.Family[float32]{}, 17, 6, []int{128, 128}, nn.Mish, []Sampler{{flow.Euler, 5}}},
		{diffusion.Family[float32]{}, 3, 1, []int{64, 64}, nn.Mish, []Sampler{{flow.Euler, 1}, {flow.Euler, 5}, {flow.Euler, 20}}},
		{diffusion.Family[float32]{}, 17, 6, []int{128, 128}, nn.Mish, []Sampler{{flow.Euler, 20}, {flow.Euler, 32}}},
	} {
		p := randomPolicy(c.kind, c.obs, c.act, c.hidden, c.activation, uint64(i))
		for _, s := range c.samplers {
			list = append(list, exported{fmt.Sprintf("%s_%dto%d_%s_%s_%d", c.kind, c.obs, c.act, c.activation, method(s), s.Steps), p, s})
		}
	}
	return list
}

func method(s Sampler) string {
	if s.Method == flow.Midpoint {
		return "midpoint"
	}
	return "euler"
}

func randomPolicy(kind flow.Family[float32], obs, act int, hidden []int, activation nn.Activation, seed uint64) *Policy {
	net := kind.Net(obs, act, hidden, activation)
	params := make([]float32, net.NumParams())
	r := rng.New(seed)
	net.Init(params, r)
	for _, t := range net.Tensors() {
		if len(t.Shape) == 1 {
			for i := range params[t.Offset:][:t.Size()] {
				params[t.Offset+i] = float32(0.3 * r.Normal())
			}
		}
	}
	spec := &env.Task{Name: "task", Title: "Task-v1", Family: env.Gymnasium, ObsDim: obs, ActDim: act}
	for i := range obs {
		spec.Observations = append(spec.Observations, env.Quantity{Name: fmt.Sprint("s", i), Unit: "m/s", Scale: 1})
	}
	for i := range act {
		spec.Actions = append(spec.Actions, env.Quantity{Name: fmt.Sprint("a", i), Unit: "N m", Scale: 1})
		spec.ActionScale = append(spec.ActionScale, 2+float64(i)/2)
	}
	return &Policy{
		Actor: flow.Policy[float32]{Family: kind, Net: net, Params: params, SourceStd: 0.5}, Spec: spec,
		Metadata: map[string]string{"onestep.seed": "7", "onestep.config": `{"hidden":[64,64]}`},
	}
}

// inputs draws observations, a tenth of them ten times as large, and noise.
func (e exported) inputs() (obs, x0 []float32) {
	r := rng.New(99)
	obs, x0 = make([]float32, rows*e.policy.Spec.ObsDim), make([]float32, rows*e.policy.Spec.ActDim)
	for i := range obs {
		obs[i] = float32(r.Normal())
		if (i/e.policy.Spec.ObsDim)%10 == 0 {
			obs[i] *= 10
		}
	}
	for i := range x0 {
		x0[i] = float32(r.Normal()) * e.policy.Actor.SourceStd
	}
	return obs, x0
}

// action is what the program itself does: the sampler of package flow, clipped.
func (e exported) action(t testing.TB, obs, x0 []float32) []float32 {
	t.Helper()
	s := flow.NewSampler(&e.policy.Actor, rows)
	s.Method = e.sampler.Method
	out := make([]float32, len(x0))
	_, nfe, _ := e.policy.Actor.Family.Sampler(e.sampler.Method, e.sampler.Steps)
	require.Equal(t, nfe, s.Sample(out, &e.policy.Actor, obs, 1, x0, e.sampler.Steps))
	for i, x := range out {
		out[i] = min(max(x, -1), 1)
	}
	return out
}

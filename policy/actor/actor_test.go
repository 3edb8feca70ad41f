package actor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
	"onestep/policy/actor"
	"onestep/policy/critic"
	"onestep/policy/diffusion"
	"onestep/policy/flow"
	"onestep/policy/gaussian"
	"onestep/policy/nn"
)

func families() []flow.Family[float32] {
	return []flow.Family[float32]{flow.Rectified[float32]{}, flow.MeanFlow[float32]{}, diffusion.Family[float32]{}, gaussian.Family[float32]{}}
}

func policy(f flow.Family[float32]) *flow.Policy[float32] {
	p := flow.NewPolicy(f, 3, 2, []int{9, 8}, nn.Mish, 0.5)
	p.Net.Init(p.Params, rng.New(5))
	return &p
}

// One candidate is the sampler's action from noise of the policy's SingleStd: a Gaussian's mean, whatever K.
func TestOneCandidateIsNoChoice(t *testing.T) {
	obs := []float32{1, -1, 0.5}
	for _, f := range families() {
		p := policy(f)
		a := actor.New(p, nil, 1)
		rng.New(2).FillNormal(a.Noise)
		for _, k := range []int{1, 4} {
			a.Act(p, nil, obs, k, 1)
			want := make([]float32, 2)
			for i, z := range a.Noise {
				want[i] = float32(p.SingleStd() * z)
			}
			nfe := flow.NewSampler(p, 1).Sample(want, p, obs, 1, want, k)
			require.Equal(t, want, a.Action(0), "%s, K = %d", f, k)
			require.Equal(t, [2]int{nfe, 0}, [2]int{a.NFE, a.CriticNFE})
		}
	}
}

// Among several the one with the largest min(Q1,Q2) is chosen, in each state apart from the others: many states give the
// bits of one after the other.
func TestTheBestOfNIsTheCritics(t *testing.T) {
	const n, states = 5, 3
	critics := critic.NewTwin([]int{6}, 3, 2, rng.New(7))
	obs := make([]float32, 3*states)
	rng.New(3).FillNormal(obs)
	for _, f := range families() {
		p := policy(f)
		many, one := actor.New(p, critics.Net, n*states), actor.New(p, critics.Net, n)
		rng.New(4).FillNormal(many.Noise)
		many.Act(p, &critics.Online, obs, 2, n)
		q := make([]float32, n)
		for s := range states {
			state := obs[3*s : 3*s+3]
			critic.NewValues(critics.Net, n).Min(q, &critics.Online, state, n, many.X1[s*n*2:(s+1)*n*2])
			best := 0
			for i := range q {
				if q[i] > q[best] {
					best = i
				}
			}
			require.Equal(t, s*n+best, many.Chosen[s], f)
			copy(one.Noise, many.Noise[s*n*2:])
			one.Act(p, &critics.Online, state, 2, n)
			require.Equal(t, one.Action(0), many.Action(s), f)
			require.Equal(t, one.Mean[0], many.Mean[s])
		}
		require.Equal(t, [2]int{n * p.NFE(2), 2 * n}, [2]int{many.NFE, many.CriticNFE})
	}
}

func TestActingAllocatesNothing(t *testing.T) {
	critics := critic.NewTwin([]int{6}, 3, 2, rng.New(7))
	obs := []float32{1, 2, 3}
	for _, f := range families() {
		p := policy(f)
		a := actor.New(p, critics.Net, 8)
		require.Zero(t, testing.AllocsPerRun(5, func() {
			a.Act(p, &critics.Online, obs, 3, 8)
			a.Act(p, &critics.Online, obs, 1, 1)
		}), f)
	}
}

func TestMisusePanics(t *testing.T) {
	p := policy(flow.Rectified[float32]{})
	obs := []float32{1, 2, 3}
	require.PanicsWithValue(t, "actor: 2 candidates in each of 1 states, with room for 2 rows, critics: false", func() {
		actor.New(p, nil, 2).Act(p, nil, obs, 1, 2)
	})
	require.Panics(t, func() { actor.New(p, nil, 1).Act(p, nil, append(obs, obs...), 1, 1) })
	require.Panics(t, func() { actor.New(p, nil, 1).Act(p, nil, obs, 1, 0) })
}

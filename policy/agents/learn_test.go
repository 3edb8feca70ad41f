package agents_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
	"onestep/policy/agents"
	"onestep/policy/flow"
	"onestep/policy/fpmd"
	"onestep/policy/learner"
	"onestep/policy/replay"
)

// learn trains an agent on a fixed replay.
func learn(t *testing.T, alg string, buffer *replay.Buffer, updates int, overrides map[string]any) learner.Learner {
	agent := build(t, smallConfig(t, alg, overrides), alg, buffer.ObsDim, buffer.ActDim, updates, 5)
	batch, src := buffer.NewBatch(32), rng.New(2)
	for range updates {
		buffer.Sample(batch, src)
		require.NoError(t, agent.Update(batch))
	}
	return agent
}

// meanAction is the mean of 512 actions of what the agent acts with: in one step, but for DPMD in the 20 that it
// needs; for SAC the deterministic action.
func meanAction(t *testing.T, alg string, l learner.Learner, obs ...float32) float64 {
	const n = 512
	row, err := agents.Find(alg)
	require.NoError(t, err)
	p, steps := &l.Learned().EMA, row.Steps
	x := make([]float32, n)
	rng.New(8).FillNormal(x)
	for i := range x {
		x[i] *= p.SingleStd()
	}
	flow.NewSampler(p, n).Sample(x, p, obs, n, x, steps)
	var sum float64
	for _, v := range x {
		sum += float64(v)
	}
	return sum / n
}

// banditReplay holds one-step episodes: state s in {-1, +1}, reward -(a - 0.4 s)^2.
func banditReplay() *replay.Buffer {
	b, r := replay.New(1, 1, 2000), rng.New(11)
	for range 2000 {
		s, a := float32(1), float32(2*r.Float64()-1)
		if r.Uint64()&1 == 0 {
			s = -1
		}
		e := a - 0.4*s
		b.Add([]float32{s}, []float32{a}, -e*e, []float32{s}, true)
	}
	return b
}

// The optimum of the bandit is known: a = 0.4 s. An agent that has learned acts there within a tenth of the
// actions' half range.
func TestAgentsFindTheBestActionOfABandit(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds; make test runs it")
	}
	buffer := banditReplay()
	for _, c := range []struct {
		alg       string
		weighting fpmd.Weighting
		updates   int
		shards    int
	}{
		{"fpmd-m", fpmd.PerState, 1500, 1}, {"fpmd-m", fpmd.Global, 2500, 1}, {"fpmd-r", fpmd.PerState, 1500, 1},
		{"dpmd", fpmd.PerState, 1000, 1}, {"sac", fpmd.PerState, 1000, 1}, {"fpmd-m", fpmd.PerState, 1500, 2}, {"fpmd-r", fpmd.PerState, 1500, 3},
		{"gpmd", fpmd.PerState, 1500, 1}, {"mdpo", fpmd.PerState, 1000, 1},
	} {
		t.Run(fmt.Sprint(c.alg, " ", c.weighting, " ", c.shards), func(t *testing.T) {
			agent := learn(t, c.alg, buffer, c.updates, map[string]any{"weighting": c.weighting, "rewardScale": 1, "shards": c.shards})
			for _, s := range []float32{-1, 1} {
				require.InDelta(t, 0.4*float64(s), meanAction(t, c.alg, agent, s), 0.1, "state %g", s)
			}
		})
	}
}

// regulator is a linear-quadratic problem, a body with position and velocity that a force pushes:
//
//	x' = A x + B a,   r = -(x' Q x + R a^2),   discount gamma
type regulator struct {
	A     [2][2]float64
	B, Q  [2]float64 // Q is diagonal
	R     float64
	Gamma float64
}

var body = regulator{A: [2][2]float64{{1, 0.3}, {0, 0.9}}, B: [2]float64{0, 0.5}, Q: [2]float64{1, 0.1}, R: 1.2, Gamma: 0.8}

// gain solves the discounted Riccati recursion for a = -K x (D. P. Bertsekas, Dynamic Programming and Optimal
// Control, volume 1, section 4.1, with A and B scaled by sqrt(gamma)):
//
//	K = gamma B'PA / (R + gamma B'PB),   P <- Q + gamma A'PA - gamma A'PB K
func (r regulator) gain() (k [2]float64) {
	var p [2][2]float64
	for range 1000 {
		var pa [2][2]float64 // P A
		var pb [2]float64    // P B
		for i := range 2 {
			for l := range 2 {
				pb[i] += p[i][l] * r.B[l]
				for j := range 2 {
					pa[i][j] += p[i][l] * r.A[l][j]
				}
			}
		}
		bpb := r.B[0]*pb[0] + r.B[1]*pb[1]
		var next [2][2]float64
		for j := range 2 {
			k[j] = r.Gamma * (r.B[0]*pa[0][j] + r.B[1]*pa[1][j]) / (r.R + r.Gamma*bpb)
		}
		for i := range 2 {
			next[i][i] = r.Q[i]
			for j := range 2 {
				apa := r.A[0][i]*pa[0][j] + r.A[1][i]*pa[1][j]
				apb := r.A[0][i]*pb[0] + r.A[1][i]*pb[1]
				next[i][j] += r.Gamma*apa - r.Gamma*apb*k[j]
			}
		}
		p = next
	}
	return k
}

// replay draws states in [-1, 1]^2 and actions in [-1, 1] uniformly, so that any policy can be learned from it.
func (r regulator) replay() *replay.Buffer {
	b, src := replay.New(2, 1, 4000), rng.New(12)
	for range 4000 {
		x, a := [2]float64{2*src.Float64() - 1, 2*src.Float64() - 1}, 2*src.Float64()-1
		reward := -(r.Q[0]*x[0]*x[0] + r.Q[1]*x[1]*x[1] + r.R*a*a)
		var next [2]float32
		for i := range 2 {
			next[i] = float32(r.A[i][0]*x[0] + r.A[i][1]*x[1] + r.B[i]*a)
		}
		b.Add([]float32{float32(x[0]), float32(x[1])}, []float32{float32(a)}, float32(reward), next[:], false)
	}
	return b
}

// The gain of the recursion is a fixed point: no other linear policy does better from a state, by the closed form of
// its discounted cost over 200 steps.
func TestTheRiccatiGainIsTheBestOfItsNeighbours(t *testing.T) {
	cost := func(k [2]float64) float64 {
		x, sum, discount := [2]float64{1, -0.5}, 0.0, 1.0
		for range 200 {
			a := -(k[0]*x[0] + k[1]*x[1])
			sum += discount * (body.Q[0]*x[0]*x[0] + body.Q[1]*x[1]*x[1] + body.R*a*a)
			x = [2]float64{body.A[0][0]*x[0] + body.A[0][1]*x[1] + body.B[0]*a, body.A[1][0]*x[0] + body.A[1][1]*x[1] + body.B[1]*a}
			discount *= body.Gamma
		}
		return sum
	}
	k := body.gain()
	for _, d := range [][2]float64{{0.01, 0}, {-0.01, 0}, {0, 0.01}, {0, -0.01}} {
		require.Less(t, cost(k), cost([2]float64{k[0] + d[0], k[1] + d[1]}))
	}
	require.Less(t, math.Abs(k[0])+math.Abs(k[1]), 1.0, "the best action never reaches its bounds")
}

// Each agent acts like the optimal regulator: over a grid of states the root mean square difference of their actions is
// below 0.1, where the best actions themselves have one of 0.3 and more.
func TestAgentsLearnALinearQuadraticRegulator(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds; make test runs it")
	}
	buffer, k := body.replay(), body.gain()
	for alg, updates := range map[string]int{"fpmd-m": 2000, "fpmd-r": 2000, "dpmd": 1200, "sac": 1500, "mdpo": 1500, "gpmd": 1500} {
		t.Run(string(alg), func(t *testing.T) {
			agent := learn(t, alg, buffer, updates, map[string]any{"gamma": body.Gamma, "rewardScale": 1})
			var square, optimal float64
			grid := []float64{-0.8, -0.4, 0, 0.4, 0.8}
			for _, x := range grid {
				for _, v := range grid {
					want := -(k[0]*x + k[1]*v)
					e := meanAction(t, alg, agent, float32(x), float32(v)) - want
					square += e * e / 25
					optimal += want * want / 25
				}
			}
			t.Logf("K = %.3f, difference %.3f of %.3f", k, math.Sqrt(square), math.Sqrt(optimal))
			require.Less(t, math.Sqrt(square), 0.1)
			require.Greater(t, math.Sqrt(optimal), 0.3)
		})
	}
}

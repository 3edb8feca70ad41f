package show

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/wasm/protocol"
)

// Each agent acts with each sampler; NFE counts what is evaluated, which for SAC is once whatever is asked for.
func TestEveryAgentActs(t *testing.T) {
	for _, c := range []struct {
		algorithm     string
		title         string
		one, many     float64 // NFE with 1 and with 20 steps
		best          float64 // with 20 steps and best of 8
		oneStep, chip string
	}{
		{"fpmd-m", "Action flow", 1, 20, 160, "FPMD-M: one step", "FPMD-M: 20 steps"},
		{"fpmd-r", "Action flow", 1, 20, 160, "FPMD-R: one step", "FPMD-R: 20 steps"},
		{"dpmd", "Denoising path", 1, 20, 160, "DPMD: one step", "DPMD: 20 steps"},
		{"sac", "Gaussian of actions", 1, 1, 8, "SAC: its mean", "SAC: its mean"},
		{"mdpo", "Gaussian of actions", 1, 1, 8, "MDPO: its mean", "MDPO: its mean"},
	} {
		t.Run(string(c.algorithm), func(t *testing.T) {
			b := newBench(t)
			b.load(policyFile(t, string(c.algorithm), nil))
			var info protocol.PolicyInfo
			require.NoError(t, json.Unmarshal(b.last(protocol.PolicyLoaded).Body, &info))
			assert.Equal(t, []any{string(c.algorithm), 3, 1}, []any{info.Algorithm, info.ObsDim, info.ActDim})
			for _, s := range []struct {
				steps, best int
				nfe         float64
				chip        string
			}{{1, 1, c.one, c.oneStep}, {20, 1, c.many, c.chip}, {20, 8, c.best, ", best of 8"}} {
				b.send(protocol.SetSampler, protocol.Sampler{Steps: s.steps, ManySteps: 20, BestOf: s.best})
				b.frames(80)
				assert.Equal(t, s.nfe, b.stat(protocol.StatPolicyNFE))
				assert.Contains(t, strings.Join(b.texts(Body), "\n"), s.chip)
				assert.Contains(t, strings.Join(b.texts(Flow), "\n"), c.title)
				assert.True(t, b.probe.Shown().Ready)
			}
			assert.Greater(t, b.world.Episode.Steps, 10)
			assert.Nil(t, b.last(protocol.StageError))
		})
	}
}

// A Gaussian acts by its mean, its picture is the law of its actions, and there is no field to draw.
func TestAGaussianActsByItsMean(t *testing.T) {
	b := newBench(t)
	b.load(policyFile(t, "sac", nil))
	b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1})
	b.frames(60)
	d, pic := &b.world.Decision, b.probe.Shown()
	mean, sq := make([]float32, 1), 0.0
	b.world.Policy.Sample(mean, d.Obs, 1, make([]float32, 1), 1)
	assert.Equal(t, float64(mean[0]), d.Action[0])
	assert.Zero(t, b.world.Gap())
	require.True(t, pic.Ready)
	assert.Zero(t, pic.Field.NT)
	assert.Zero(t, pic.Upper, "one step and many are the same evaluation")
	assert.Greater(t, pic.Variance, 0.0)
	for _, a := range pic.Paths.Ends() {
		sq += float64(a-mean[0]) * float64(a-mean[0])
	}
	assert.Greater(t, sq, 0.0)
	assert.Contains(t, strings.Join(b.texts(Flow), "\n"), "taken: the mean")
	assert.NotContains(t, strings.Join(b.texts(Flow), "\n"), "with 20 steps")

	b.send(protocol.SetSampler, protocol.Sampler{Steps: 1, ManySteps: 20, BestOf: 4})
	b.frames(60)
	assert.NotEqual(t, d.X1[0], d.X1[1], "with a choice there are samples to choose from")
}

// A diffusion's picture holds every level of its denoising; with one step it is a straight line to where the network
// believes the action to be.
func TestADiffusionsPathIsItsDenoising(t *testing.T) {
	b := newBench(t)
	b.load(policyFile(t, "dpmd", nil))
	b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1})
	b.send(protocol.SetSampler, protocol.Sampler{Steps: 20, ManySteps: 20, BestOf: 1})
	b.frames(120)
	pic := b.probe.Shown()
	require.True(t, pic.Ready)
	assert.Equal(t, 20, pic.Paths.Steps)
	assert.Equal(t, float32(b.world.Decision.Action[0]), pic.Paths.Ends()[pic.Chosen])
	assert.Positive(t, pic.Field.NT)
}

// What nobody trained is called so.
func TestUntrainedIsSaid(t *testing.T) {
	b := newBench(t)
	b.load(untrained(t, "sac"))
	b.frames(10)
	assert.Contains(t, strings.Join(b.texts(Body), "\n"), "untrained SAC")
	b.load(policyFile(t, "sac", nil))
	assert.NotContains(t, strings.Join(b.texts(Body), "\n"), "untrained")
}

// untrained is the policy file that a run of an algorithm begins with.
func untrained(t *testing.T, algorithm string) []byte {
	return policyFile(t, algorithm, func(p *checkpoint.Policy) { p.Record.EnvSteps, p.Record.Updates = 0, 0 })
}

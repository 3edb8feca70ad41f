package show

import (
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/wasm/app/panel"
	"onestep/wasm/app/sim"
	"onestep/wasm/protocol"
)

// everything is the view with every layer on.
var everything = protocol.View{Ghost: true, Value: true, Field: true, Weights: true, AxisX: -1, AxisY: -1}

// trained is a stage on which the shipped policy of a task acts.
func trained(t *testing.T, task string) *bench {
	t.Helper()
	file, err := os.ReadFile("../../../assets/policies/" + task + "-fpmd-m.safetensors")
	require.NoError(t, err)
	b := newSlowBench(t, 1e-4)
	b.send(protocol.SetTask, protocol.TaskSeed{Task: task, Seed: 3})
	b.send(protocol.SetView, everything)
	b.load(file)
	require.Nil(t, b.last(protocol.StageError))
	return b
}

// replay plays an episode of the ghost apart from the stage: the noise is the body's, the sampler another.
func TestTheGhostIsTheSamePolicyUnderTheOtherSampler(t *testing.T) {
	for _, task := range withPolicy {
		t.Run(task, func(t *testing.T) {
			b := trained(t, task)
			require.True(t, b.world.Ghost.On)
			assert.Equal(t, b.world.State(nil), b.world.Ghost.State(nil), "both begin in one state")
			alone, err := b.out.Env(task, nil)
			require.NoError(t, err)
			require.NoError(t, alone.Restore(b.world.State(nil)))
			d := b.world.Spec.ActDim
			for range 40 {
				obs, action := make([]float64, b.world.Spec.ObsDim), make([]float64, d)
				alone.Observe(obs)
				narrow, x := make([]float32, len(obs)), make([]float32, d)
				for i, v := range obs {
					narrow[i] = float32(v)
				}
				b.world.Policy.Sample(x, narrow, 1, b.world.Decision.X0[:d], 20)
				for i, v := range x {
					action[i] = float64(v)
				}
				episode := b.world.Episode.Done
				b.world.Step()
				if b.world.Episode.Done != episode {
					assert.Zero(t, b.world.Ghost.Time, "a new episode, a new ghost")
					return
				}
				require.Equal(t, 20, b.world.Ghost.Steps)
				if b.world.Ghost.Still {
					return
				}
				r := alone.Step(action)
				require.Equal(t, alone.State(nil), b.world.Ghost.State(nil))
				if r.Terminated {
					return
				}
			}
			assert.Greater(t, b.world.Ghost.Apart, 0.0)
		})
	}
}

func TestWhereBodyAndGhostPartIsKept(t *testing.T) {
	b := trained(t, "half_cheetah")
	b.frames(300)
	g := &b.world.Ghost
	require.False(t, math.IsNaN(g.Parted), "a runner's ghost parts within seconds")
	parted := g.Parted
	assert.Greater(t, parted, 0.0)
	assert.Less(t, parted, g.Time)
	assert.Equal(t, parted, b.stat(protocol.StatGhostParted))
	assert.Greater(t, b.stat(protocol.StatGhostApart), 0.0)
	assert.Contains(t, b.texts(b.valuesOf(Body))[0], "parted after")
	told := everything
	told.Verdict = "20 steps return 2 % more"
	b.send(protocol.SetView, told)
	b.frames(5)
	assert.Regexp(t, `parted after \d+\.\d s: 20 steps return 2 % more$`, b.texts(b.valuesOf(Body))[0])
	// The other way round: K steps act, the ghost takes one.
	b.send(protocol.SetSampler, protocol.Sampler{Steps: 8, ManySteps: 8, BestOf: 1})
	assert.Equal(t, 1, g.Steps)
	assert.Zero(t, g.Time)
	assert.True(t, math.IsNaN(g.Parted))
	b.frames(20)
	assert.Contains(t, b.texts(b.valuesOf(Body))[0], "ghost: one step")
	b.send(protocol.SetView, protocol.View{AxisX: -1, AxisY: -1})
	b.frames(20)
	assert.False(t, g.On)
	assert.Empty(t, b.texts(b.valuesOf(Body)))
	assert.True(t, math.IsNaN(b.stat(protocol.StatGhostApart)))
}

func TestAPersonsHandBringsTheGhostBack(t *testing.T) {
	b := trained(t, "walker2d")
	b.frames(30)
	require.Greater(t, b.world.Ghost.Time, 0.1)
	b.send(protocol.Push, protocol.Blow{Direction: 1})
	b.world.Step()
	assert.Zero(t, b.world.Ghost.Time, "after a push both stand in one state")
	assert.Zero(t, b.world.Ghost.Apart)
	b.world.Step()
	assert.Greater(t, b.world.Ghost.Time, 0.0)

	_, hold, _ := b.body().Outline()
	b.Pointer(panel.PointerDown, hold[0], hold[1])
	require.True(t, b.world.Hand.Holds)
	b.frames(5)
	assert.False(t, b.world.Ghost.On, "nothing is compared while a hand pulls")
	b.Pointer(panel.PointerUp, hold[0], hold[1])
	b.frames(5)
	assert.True(t, b.world.Ghost.On)
	b.send(protocol.SetDrive, protocol.Drive{Mode: sim.DriveZero})
	assert.False(t, b.world.Ghost.On, "no policy acts")
}

// A ghost that falls first waits where it fell; the body goes on.
func TestAFallenGhostWaits(t *testing.T) {
	b := trained(t, "hopper")
	b.world.Ghost.Still = true
	at, steps := b.world.Ghost.Time, b.world.Episode.Steps
	b.world.Step()
	assert.Equal(t, at, b.world.Ghost.Time)
	assert.Equal(t, steps+1, b.world.Episode.Steps)
	b.WriteValues()
	assert.Contains(t, b.texts(b.valuesOf(Body))[0], "over after")
	b.send(protocol.SetPlay, protocol.Play{Playing: true, Speed: 1, Reset: true})
	assert.False(t, b.world.Ghost.Still)
}

// A training sends its weights four times a second: the ghost must be able to part in spite of that.
func TestTheNextWeightsOfATrainingKeepTheGhost(t *testing.T) {
	b := newBench(t)
	b.send(protocol.SetView, everything)
	from := protocol.PolicySource{Source: "training", Name: "this training"}
	b.send(protocol.LoadPolicy, from, policyFile(t, "fpmd-m", nil))
	b.frames(30)
	before := b.world.Ghost.Time
	require.Greater(t, before, 0.0)
	b.send(protocol.LoadPolicy, from, policyFile(t, "fpmd-m", nil))
	assert.Equal(t, before, b.world.Ghost.Time)
	b.load(policyFile(t, "fpmd-m", nil))
	assert.Zero(t, b.world.Ghost.Time, "another policy, another ghost")
}

func TestNoGhostOfAGaussian(t *testing.T) {
	b := newBench(t)
	b.send(protocol.SetView, everything)
	b.load(policyFile(t, "sac", nil))
	b.frames(10)
	assert.False(t, b.world.Ghost.On, "SAC has no other sampler")
}

func TestFramesWithAGhostAllocateNothing(t *testing.T) {
	b := trained(t, "half_cheetah")
	b.frames(300)
	require.True(t, b.world.Ghost.On)
	assert.Zero(t, testing.AllocsPerRun(50, func() {
		b.now += 0.02
		b.Update(b.now)
	}))
}

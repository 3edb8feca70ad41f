package show

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/wasm/protocol"
)

// shipped is the bytes of a shipped policy.
func shipped(t *testing.T, task, agent string) []byte {
	t.Helper()
	file, err := os.ReadFile("../../../assets/policies/" + task + "-" + agent + ".safetensors")
	require.NoError(t, err)
	return file
}

// acting is a stage on which the shipped policy of a task and agent acts by a sampler.
func acting(t *testing.T, task, agent string, s protocol.Sampler) *bench {
	t.Helper()
	b := newSlowBench(t, 1e-4)
	b.send(protocol.SetTask, protocol.TaskSeed{Task: task, Seed: 3})
	b.send(protocol.SetView, everything)
	b.send(protocol.SetSampler, s)
	b.load(shipped(t, task, agent))
	require.Nil(t, b.last(protocol.StageError))
	return b
}

// pair lets the two lanes run until both have ended, and returns their returns.
func (b *bench) pair() (body, ghost float64) {
	pairs := b.world.Lane.Pairs
	for range 1100 {
		b.world.Step()
		if b.world.Lane.Pairs > pairs {
			break
		}
	}
	require.Equal(b.t, pairs+1, b.world.Lane.Pairs, "both end")
	body, ghost, _ = b.world.Lane.Means()
	return body, ghost
}

// The first example: a diffusion policy in one step beside the same weights in twenty.
func TestTwoLanesOfADiffusionPolicy(t *testing.T) {
	b := acting(t, "half_cheetah", "dpmd", protocol.Sampler{Steps: 1, ManySteps: 20, BestOf: 1})
	b.send(protocol.SetLane, protocol.Lane{On: true, Steps: 20, BestOf: 1})
	require.Nil(t, b.last(protocol.StageError))
	require.Equal(t, b.world.State(nil), b.world.Ghost.State(nil), "one start")
	b.frames(20)
	b.WriteValues()
	assert.Contains(t, b.texts(Body), "DPMD: one step")
	assert.Contains(t, b.texts(Body), "DPMD: 20 steps")
	assert.Len(t, b.texts(b.valuesOf(Body)), 2)
	assert.Contains(t, b.Describe(), "Second lane, from the same start, DPMD: 20 steps: return")
	one, many := b.pair()
	assert.Less(t, one, 1000.0)
	assert.Greater(t, many, 6000.0)
	b.WriteValues()
	assert.Contains(t, strings.Join(b.texts(b.valuesOf(Body)), "\n"), "mean")
	// Without it there is one lane and the ghost again.
	b.send(protocol.SetLane, protocol.Lane{})
	b.frames(20)
	assert.Contains(t, b.texts(b.valuesOf(Body))[0], "ghost: 20 steps")
}

// A second lane is what acting with its sampler alone gives: the same task, start and noise in the first lane return the same.
func TestALaneReturnsWhatItsSamplerReturnsAlone(t *testing.T) {
	lanes := acting(t, "pendulum", "fpmd-m", protocol.Sampler{Steps: 1, ManySteps: 20, BestOf: 1})
	lanes.send(protocol.SetLane, protocol.Lane{On: true, Steps: 4, BestOf: 8})
	start := lanes.world.State(nil)
	alone := acting(t, "pendulum", "fpmd-m", protocol.Sampler{Steps: 4, ManySteps: 4, BestOf: 8})
	alone.send(protocol.SetLane, protocol.Lane{On: true, Steps: 1, BestOf: 1})
	require.Equal(t, start, alone.world.State(nil))
	one, best := lanes.pair()
	best2, one2 := alone.pair()
	assert.Equal(t, one, one2)
	assert.Equal(t, best, best2)
}

// Who ends first waits: twenty steps come too late for the hopper, and its body lies until the other lane ends.
func TestWhoEndsFirstWaits(t *testing.T) {
	b := acting(t, "hopper", "fpmd-m", protocol.Sampler{Steps: 20, ManySteps: 20, BestOf: 1, Latency: 1e-3})
	b.send(protocol.SetLane, protocol.Lane{On: true, Steps: 1, BestOf: 1})
	for range 200 {
		b.world.Step()
	}
	require.True(t, b.world.Episode.Over)
	assert.False(t, b.world.Ghost.Still)
	steps, lies := b.world.Episode.Steps, b.world.State(nil)
	assert.Less(t, steps, 60)
	b.frames(2)
	assert.Equal(t, lies, b.world.State(nil))
	assert.Equal(t, steps, b.world.Episode.Steps)
	b.WriteValues()
	assert.Contains(t, b.texts(b.valuesOf(Body))[0], ", fell after 0.")
	late, inTime := b.pair()
	assert.Less(t, late, 100.0)
	assert.Greater(t, inTime, 1000.0)
	assert.Equal(t, b.world.State(nil), b.world.Ghost.State(nil), "the next pair has one start")

	// The other way round.
	b.send(protocol.SetSampler, protocol.Sampler{Steps: 1, ManySteps: 20, BestOf: 1, Latency: 1e-3})
	b.send(protocol.SetLane, protocol.Lane{On: true, Steps: 20, BestOf: 1})
	assert.Zero(t, b.world.Lane.Pairs, "means are those of the present settings")
	for range 200 {
		b.world.Step()
	}
	assert.True(t, b.world.Ghost.Still)
	assert.False(t, b.world.Episode.Over)
}

// A lane may have another agent, also one without steps; a push hits both bodies, and a hand or a state that was chosen ends no
// program.
func TestALaneOfAnotherAgent(t *testing.T) {
	b := acting(t, "hopper", "fpmd-m", protocol.Sampler{Steps: 1, ManySteps: 20, BestOf: 1})
	b.send(protocol.SetLane, protocol.Lane{On: true, Steps: 20, BestOf: 1, Name: "the trained SAC"}, shipped(t, "hopper", "sac"))
	require.Nil(t, b.last(protocol.StageError))
	assert.Contains(t, strings.Join(b.texts(Body), "\n"), "SAC: ")
	b.world.Step()
	before := b.world.Ghost.Time
	b.send(protocol.Push, protocol.Blow{Direction: 1})
	b.world.Step()
	assert.Greater(t, b.world.Ghost.Time, before, "the lanes go on")
	b.world.Episode.Over = true
	require.NoError(t, b.world.Hold(b.world.Ghost.State(nil), 0, nil))
	b.world.Release()
	b.world.Step()
	b.send(protocol.SetTask, protocol.TaskSeed{Task: "hopper", Seed: 4})
	assert.True(t, b.world.Lane.On, "another seed has two lanes too")
	b.frames(3)
	b.send(protocol.SetTask, protocol.TaskSeed{Task: "pendulum", Seed: 4})
	assert.False(t, b.world.Lane.On, "another body has one")
	b.frames(3)
	assert.Nil(t, b.last(protocol.StageError))
}

func TestLanesAreRefused(t *testing.T) {
	b := acting(t, "pendulum", "fpmd-m", protocol.Sampler{Steps: 1, ManySteps: 20, BestOf: 1})
	file := shipped(t, "pendulum", "sac")
	for _, c := range []struct {
		lane       protocol.Lane
		data       [][]byte
		code, says string
	}{
		{protocol.Lane{On: true, BestOf: 1}, nil, "bad-config", "steps is 0, not in 1..32"},
		{protocol.Lane{On: true, Steps: 33, BestOf: 1}, nil, "bad-config", "steps is 33"},
		{protocol.Lane{On: true, Steps: 1, BestOf: 65}, nil, "bad-config", "bestOf is 65, not in 1..64"},
		{protocol.Lane{On: true, Steps: 1, BestOf: 1, Name: "hers"}, [][]byte{file[:500]}, "bad-file", "hers cannot be used"},
		{protocol.Lane{On: true, Steps: 1, BestOf: 1, Name: "hers"}, [][]byte{shipped(t, "hopper", "sac")}, "bad-file", `hers was trained for the task "hopper"`},
		{protocol.Lane{On: true, Steps: 1, BestOf: 1}, [][]byte{file, file}, "protocol", "at most one policy"},
	} {
		b.send(protocol.SetLane, c.lane, c.data...)
		assert.Equal(t, c.code, b.failure().Code)
		assert.Contains(t, b.failure().Message, c.says)
		assert.False(t, b.world.Lane.On)
	}
}

// Two lanes lie beside each other where there is room, and one above the other on a telephone; neither body's picture reaches
// into the other's texts, and the exported picture has both.
func TestLanesAreLaidOutAndExported(t *testing.T) {
	for _, c := range []struct {
		name          string
		width, height float64
	}{{"abreast", 1400, 900}, {"one above the other", 390, 800}} {
		t.Run(c.name, func(t *testing.T) {
			b := acting(t, "half_cheetah", "dpmd", protocol.Sampler{Steps: 1, ManySteps: 20, BestOf: 1})
			b.Resize(c.width, c.height, 1)
			b.send(protocol.SetLane, protocol.Lane{On: true, Steps: 1, BestOf: 1, Name: "the trained FPMD-M"}, shipped(t, "half_cheetah", "fpmd-m"))
			b.frames(40)
			b.WriteValues()
			var at [2][2]float64
			for _, l := range b.Labels()[Body].List {
				for i, text := range []string{"DPMD: one step", "FPMD-M: one step"} {
					if strings.Contains(l.Text, text) {
						at[i] = [2]float64{l.X, l.Y}
					}
				}
			}
			if c.name == "abreast" {
				assert.Equal(t, at[0][1], at[1][1])
				assert.Greater(t, at[1][0], at[0][0]+200)
			} else {
				assert.Equal(t, at[0][0], at[1][0])
				assert.Greater(t, at[1][1], at[0][1]+50)
			}
			before := b.body().Camera
			b.send(protocol.ExportPanel, protocol.PanelRequest{Panel: "body", Format: "svg"})
			svg := string(b.last(protocol.PanelExported).Data[0])
			for _, text := range []string{"DPMD: one step", "FPMD-M: one step", "HalfCheetah-v4"} {
				assert.Contains(t, svg, text)
			}
			assert.Equal(t, 2, strings.Count(svg, ">return "))
			assert.Equal(t, before, b.body().Camera, "the stage stays as it was")
			assert.False(t, math.IsNaN(b.world.Ghost.Return))
		})
	}
}

// What stands fixed is shown in the two lanes in which it is larger: the track of the posts, three times as long as wide, abreast
// in the low panels of a laptop and of a telephone, and one below the other in a high one.
func TestLanesLieWhereTheTrackIsLarger(t *testing.T) {
	b := acting(t, "posts", "fpmd-r", protocol.Sampler{Steps: 1, ManySteps: 20, BestOf: 1})
	b.send(protocol.SetLane, protocol.Lane{On: true, Steps: 20, BestOf: 1})
	for _, c := range []struct {
		width, height float64
		abreast       bool
	}{{1400, 900, true}, {1200, 1600, false}, {366, 820, true}} {
		b.Resize(c.width, c.height, 1)
		b.frames(40)
		at := map[string]float64{}
		for _, l := range b.Labels()[Body].List {
			at[l.Text] = l.Y
		}
		require.Contains(t, at, "FPMD-R: one step")
		require.Contains(t, at, "FPMD-R: 20 steps")
		assert.Equal(t, c.abreast, at["FPMD-R: one step"] == at["FPMD-R: 20 steps"], "%v in a panel of %v", at, b.Panels()[Body].Rect)
	}
}

func TestFramesWithTwoLanesAllocateLittle(t *testing.T) {
	b := acting(t, "half_cheetah", "fpmd-m", protocol.Sampler{Steps: 1, ManySteps: 20, BestOf: 1})
	b.send(protocol.SetLane, protocol.Lane{On: true, Steps: 20, BestOf: 1})
	b.frames(300)
	assert.Zero(t, testing.AllocsPerRun(50, func() {
		b.now += 0.02
		b.Update(b.now)
	}))
}

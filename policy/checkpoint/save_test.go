package checkpoint_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/agents"
	"onestep/policy/checkpoint"
	"onestep/policy/train"
)

func stateBytes(t *testing.T, r *train.Run) []byte {
	b, err := checkpoint.StateBytes(r, checkpoint.NewRecord(1.5))
	require.NoError(t, err)
	return b
}

// A run that is saved again and again, each time with the transitions that are new, goes on from every save to the
// bits of the uninterrupted run: before the replay is full, when it has just filled and after it has wrapped round
// more than once (its capacity is 120).
func TestARunGoesOnFromItsStateAndBlocks(t *testing.T) {
	for _, alg := range agents.Names() {
		whole := newRun(t, alg, 400)
		want := checkpoint.PolicyOf(whole, checkpoint.Record{}).Hash()
		saved := newRun(t, alg, 0)
		var blocks [][]byte
		for _, cut := range []int{0, 20, 51, 119, 120, 121, 200, 333, 399} {
			first := saved.EnvSteps
			advance(t, saved, cut-first)
			blocks = append(blocks, checkpoint.Block(saved, max(first, checkpoint.Oldest(saved)), cut))
			t.Run(fmt.Sprintf("%s cut at %d", alg, cut), func(t *testing.T) {
				r, record, err := checkpoint.ReadState(stateBytes(t, saved), blocks, nil)
				require.NoError(t, err)
				require.Equal(t, 1.5, record.Seconds)
				require.Equal(t, fmt.Sprint(*saved.Replay), fmt.Sprint(*r.Replay))
				advance(t, r, 400-cut)
				require.Equal(t, want, checkpoint.PolicyOf(r, checkpoint.Record{}).Hash())
				require.Equal(t, whole.Replay, r.Replay)
			})
		}
	}
}

// Blocks may overlap, reach beyond the state and begin before what the replay still holds.
func TestBlocksOfAnotherSaveDoNoHarm(t *testing.T) {
	r := newRun(t, "fpmd-m", 100)
	early := checkpoint.Block(r, 0, 100)
	advance(t, r, 100)
	state, want := stateBytes(t, r), *r.Replay
	middle := checkpoint.Block(r, 90, 150)
	advance(t, r, 30)
	late := checkpoint.Block(r, 150, 230)
	got, _, err := checkpoint.ReadState(state, [][]byte{early, middle, late}, nil)
	require.NoError(t, err)
	require.Equal(t, want.Next, got.Replay.Next)
	require.Equal(t, 200, got.EnvSteps)
	advance(t, got, 30)
	require.Equal(t, r.Replay, got.Replay)
}

func TestBrokenSavesAreRefusedWithTheCause(t *testing.T) {
	r := newRun(t, "fpmd-m", 80)
	state, run := stateBytes(t, r), runBytes(t, r)
	first, second := checkpoint.Block(r, 0, 30), checkpoint.Block(r, 30, 80)
	nan := append([]byte(nil), second...)
	binary.LittleEndian.PutUint32(nan[len(nan)-4:], math.Float32bits(float32(math.NaN())))
	far := append([]byte(nil), second...)
	binary.LittleEndian.PutUint64(far, math.MaxUint64)
	for _, c := range []struct {
		name, want string
		state      []byte
		blocks     [][]byte
	}{
		{"no blocks", "number 0 on are missing", state, nil},
		{"the first is missing", "number 0 on are missing", state, [][]byte{second}},
		{"the last is missing", "number 30 on are missing", state, [][]byte{first}},
		{"one that is cut", "39 bytes", state, [][]byte{first[:39], second}},
		{"one without a head", "3 bytes", state, [][]byte{first, second, second[:3]}},
		{"one of a far future", "number 30 on are missing", state, [][]byte{first, far}},
		{"not a number", "transition 79: a number is not finite", state, [][]byte{first, nan}},
		{"a state that is cut", "ends inside", state[:len(state)-5], [][]byte{first, second}},
		{"a run file", `of the kind "run"`, run, [][]byte{first, second}},
		{"a run file that calls itself a state", "tensors", edit(t, run, `"onestep.kind":"run"`, `"onestep.kind":"state"`), [][]byte{first, second}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := checkpoint.ReadState(c.state, c.blocks, nil)
			require.ErrorContains(t, err, c.want)
		})
	}
	_, _, err := checkpoint.ReadRun(state)
	require.Error(t, err, "a state is no run file")
}

// A run whose learning rates made it diverge goes on from its save with others.
func TestARunGoesOnWithOtherSettings(t *testing.T) {
	r := newRun(t, "fpmd-m", 80)
	state, block := stateBytes(t, r), checkpoint.Block(r, 0, 80)
	got, _, err := checkpoint.ReadState(state, [][]byte{block}, &checkpoint.Change{Steps: 500, Config: map[string]any{"criticLR": 1e-5, "batch": 4}})
	require.NoError(t, err)
	require.Equal(t, 500, got.Options.Steps)
	require.Equal(t, 1e-5, got.Agent.Settings.CriticLR)
	require.Equal(t, checkpoint.PolicyOf(r, checkpoint.Record{}).Hash(), checkpoint.PolicyOf(got, checkpoint.Record{}).Hash())
	advance(t, got, 420)
	for want, change := range map[string]checkpoint.Change{
		"hidden cannot change from [8 6] to [9]": {Config: map[string]any{"hidden": []int{9}}},
		"replayCapacity cannot change":           {Config: map[string]any{"replayCapacity": 300}},
		"has taken 80 of its 79 steps":           {Steps: 79},
		"gamma must lie in":                      {Config: map[string]any{"gamma": 2}},
		"did you mean gamma?":                    {Config: map[string]any{"gama": 0.5}},
	} {
		_, _, err := checkpoint.ReadState(state, [][]byte{block}, &change)
		require.ErrorContains(t, err, want)
	}
}

func TestABlockOfForgottenTransitionsPanics(t *testing.T) {
	r := newRun(t, "fpmd-m", 130)
	require.Equal(t, 10, checkpoint.Oldest(r))
	require.Panics(t, func() { checkpoint.Block(r, 9, 20) })
	require.Panics(t, func() { checkpoint.Block(r, 20, 131) })
}

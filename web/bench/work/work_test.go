package work_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/web/bench/work"
)

// The sizes are those that the published numbers were taken at.
func TestSizesHaveThePublishedFlops(t *testing.T) {
	assert.InDelta(t, 179e6, work.Sizes[0].Flops(), 0.5e6, "U, to the digits given")
	assert.InDelta(t, 21e6, work.Sizes[1].Flops(), 0.5e6, "U64")
}

func TestItemsRunAndDoNotAllocate(t *testing.T) {
	seen := map[string]bool{}
	for _, item := range work.All(work.Bodies()) {
		require.False(t, seen[item.Name], "%s is there twice", item.Name)
		seen[item.Name] = true
		item.Run(1)
		assert.Zero(t, testing.AllocsPerRun(2, func() { item.Run(1) }), item.Name)
	}
	assert.Greater(t, len(seen), 14)
}

// A body is measured once, by a task that leaves it as its file has it: finger_spin changes the damping of a joint.
func TestOneTaskForEachModelFile(t *testing.T) {
	seen := map[string]string{}
	for _, b := range work.Bodies() {
		require.Empty(t, seen[b.Model], b.Model)
		seen[b.Model] = b.Task
	}
	assert.Equal(t, "half_cheetah", seen["half_cheetah.xml"])
	assert.Contains(t, seen["control_finger.xml"], "finger_turn")
}

// A rollout is a function of its start: the same bits again, whatever ran in between.
func TestRolloutsRepeat(t *testing.T) {
	for _, b := range work.Bodies() {
		first := append([]float64(nil), b.Rollout(50)...)
		b.Step(17)
		b.Play(30)
		assert.Equal(t, first, b.Rollout(50), b.Task)
		assert.NotEqual(t, first, b.Rollout(51), b.Task)
		assert.Equal(t, first, b.LoopRollout(50), "%s by loops", b.Task)
	}
}

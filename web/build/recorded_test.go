package main

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the page shows first is a body that runs, whole, and the same from every build.
func TestTheRecordedBodyRuns(t *testing.T) {
	path := "../../assets/policies/" + firstTask + "-" + firstAlgorithm + ".safetensors"
	r, err := record(path)
	require.NoError(t, err)
	again, err := record(path)
	require.NoError(t, err)
	assert.Equal(t, r, again)
	require.Len(t, r.Frames, 100)
	assert.InDelta(t, recordedSeconds, float64(len(r.Frames))*r.Period, 1e-9)
	run := r.Frames[99][0] - r.Frames[0][0]
	assert.Greater(t, run, 15_000, "mm in %d s", recordedSeconds)
	require.NotEmpty(t, r.Limbs)
	for k, frame := range r.Frames {
		require.Len(t, frame, 1+4*len(r.Limbs))
		for i := range r.Limbs {
			at := func(frame []int) float64 {
				e := frame[1+4*i : 5+4*i]
				return math.Hypot(float64(e[2]-e[0]), float64(e[3]-e[1]))
			}
			assert.InDelta(t, at(r.Frames[0]), at(frame), 2, "mm: the length of limb %d in frame %d", i, k)
			for j := 1 + 4*i; j < 5+4*i; j += 2 {
				assert.Less(t, math.Abs(float64(frame[j])), float64(r.Width)/2, "it stays in sight")
				assert.Greater(t, frame[j+1], r.Top)
			}
		}
	}
}

// The module is read before anything is shown.
func TestTheRecordedModuleIsSmall(t *testing.T) {
	b, err := recordedModule("../..")
	require.NoError(t, err)
	z, err := gzipped(b)
	require.NoError(t, err)
	assert.Less(t, len(z), 8<<10)
}

package physics_test

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/physics"
)

// The same bits on amd64 and wasm: hashes of qpos and qvel over 300 periods under a fixed pattern of controls, through
// contacts and limits. Run it with GOOS=js GOARCH=wasm too. A deliberate change of the arithmetic changes them.
func TestBits(t *testing.T) {
	want := map[string]string{
		"inverted_pendulum":        "60c3af940749288a",
		"inverted_double_pendulum": "ac9a2e4e4f473918",
		"reacher":                  "8842d089f89faf14",
		"swimmer":                  "6bca5fc9795a43c6",
		"hopper":                   "69c97ad0a85eb0c0",
		"half_cheetah":             "e1691949dfdefd7a",
		"walker2d":                 "899923f34eb4266a",
		"walker2d_v5":              "1171b5f703cfdf9c",
	}
	for _, name := range bodies {
		d := physics.NewData(compile(t, name, ""))
		h := fnv.New64a()
		for i := range 300 {
			for k := range d.Ctrl { // Sin has the same bits on both
				d.Ctrl[k] = math.Sin(float64(0.37*float64(i)) + 2*float64(k))
			}
			for range 4 {
				require.True(t, d.Step())
			}
			for k := range d.QPos {
				var b [16]byte
				binary.LittleEndian.PutUint64(b[:], math.Float64bits(d.QPos[k]))
				binary.LittleEndian.PutUint64(b[8:], math.Float64bits(d.QVel[k]))
				h.Write(b[:])
			}
		}
		assert.Equal(t, want[name], fmt.Sprintf("%016x", h.Sum64()), name)
	}
}

// Every body of the suite is one that gen writes out; a joint more or elsewhere would make it slow without another sign.
func TestBodiesAreWrittenOut(t *testing.T) {
	for _, name := range bodies {
		assert.True(t, compile(t, name, "").Written(), name)
	}
}

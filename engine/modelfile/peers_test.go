package modelfile_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/modelfile"
	"onestep/engine/physics"
)

// Models beyond the project's own, written to use the rest of the format, against MuJoCo 3.3.8 (its WebAssembly build
// mujoco-js 0.0.7, tolerance 0): inverse weights, and 100 periods of 4 steps under random controls. None is chaotic within that
// time, so rounding stays far below the bar that the tasks have for 50 periods, 1e-9.
func TestPeers(t *testing.T) {
	names, err := filepath.Glob("testdata/*.xml")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			var want struct {
				QPos0, QVel0 []float64
				Ctrl, QPos   [][]float64
				NCon         []int
				FrameSkip    int       `json:"frame_skip"`
				DofWeight    []float64 `json:"dof_invweight0"`
				BodyWeight   []float64 `json:"body_invweight0_tran"`
				Mass         []float64 `json:"body_mass"`
			}
			text, err := os.ReadFile(strings.TrimSuffix(name, ".xml") + ".json")
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(text, &want))
			f, err := modelfile.Load(os.DirFS("testdata"), filepath.Base(name), modelfile.Options{})
			require.NoError(t, err)
			nears(t, want.DofWeight, f.Model.DofInvWeight, 0, "weight of a dof")
			nears(t, want.BodyWeight, f.Model.BodyInvWeight, 0, "weight of a body")
			for i, m := range want.Mass {
				near(t, m, f.Model.Bodies[i].Mass, 0, "mass of body %d", i)
			}
			got, err := physics.Rollout(f.Model, want.QPos0, want.QVel0, want.Ctrl, want.FrameSkip)
			require.NoError(t, err)
			worst := 0.0
			for i, q := range want.QPos {
				for k := range q {
					worst = math.Max(worst, math.Abs(got.QPos[i][k]-q[k]))
				}
			}
			t.Logf("largest error of qpos %.1e", worst)
			assert.Less(t, worst, 1e-9)
			assert.Equal(t, want.NCon, got.NCon)
			d := physics.NewData(f.Model)
			d.SetState(want.QPos0, want.QVel0)
			assert.Zero(t, testing.AllocsPerRun(20, func() { d.Step() }), "a step allocates")
		})
	}
}

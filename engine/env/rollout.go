package env

import (
	"fmt"
	"io/fs"

	"onestep/engine/modelfile"
	"onestep/engine/physics"
	"onestep/engine/strict"
)

// RolloutInput is what a rollout of a bare body starts from, in MuJoCo's coordinates.
type RolloutInput struct {
	QPos0     []float64   `json:"qpos0"`      // [NQ]
	QVel0     []float64   `json:"qvel0"`      // [NV]
	Ctrl      [][]float64 `json:"ctrl"`       // [steps][NU], each held for FrameSkip timesteps
	FrameSkip int         `json:"frame_skip"` // timesteps per control
}

// ReadRolloutInput reads an input from JSON; unknown fields are refused.
func ReadRolloutInput(text []byte) (*RolloutInput, error) {
	in := &RolloutInput{}
	if err := strict.Known(text, in); err != nil {
		return nil, fmt.Errorf("env: a rollout's input: %w", err)
	}
	if n := len(in.Ctrl); in.FrameSkip < 0 || in.FrameSkip > maxRollout || n > maxRollout || n*in.FrameSkip > maxRollout {
		return nil, fmt.Errorf("env: a rollout's input: ctrl times frame_skip must be at most %d timesteps, not %d times %d", maxRollout, n, in.FrameSkip)
	}
	return in, nil
}

// maxRollout bounds the timesteps of a rollout.
const maxRollout = 10_000_000

// Disk are the files of the machine, by any path; see modelfile.Disk.
type Disk = modelfile.Disk

// Rollout moves the body of a model file, with no task around it. notes say what the file's reader left out.
// Where the body diverges, the result is what came before and the error says where.
func Rollout(files fs.FS, model string, in *RolloutInput) (out *physics.RolloutResult, notes []string, err error) {
	f, err := modelfile.Load(files, model, modelfile.Options{})
	if err != nil {
		return nil, nil, err
	}
	out, err = physics.Rollout(f.Model, in.QPos0, in.QVel0, in.Ctrl, in.FrameSkip)
	return out, f.Notes, err
}

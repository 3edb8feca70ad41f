//go:build onnx

package export

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// checker is where the npm package of onnxruntime lies, installed by
//
//	npm ci --ignore-scripts --prefix web/onnxcheck
const checker = "../../web/onnxcheck"

// TestOnnxruntimeAgrees lets onnxruntime run every case on 1,000 inputs.
func TestOnnxruntimeAgrees(t *testing.T) {
	require.DirExists(t, filepath.Join(checker, "node_modules"), "first: npm ci --ignore-scripts --prefix web/onnxcheck")
	dir := t.TempDir()
	for _, e := range cases() {
		writeCase(t, dir, e)
	}
	var stderr bytes.Buffer
	cmd := exec.Command("node", filepath.Join(checker, "run.mjs"), dir)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	require.Empty(t, stderr.String(), "onnxruntime warns of nothing")
	var report struct {
		Version string
		Graphs  map[string]struct{ Inputs, Outputs map[string][]any }
	}
	require.NoError(t, json.Unmarshal(out, &report), "%s", out)
	t.Logf("onnxruntime-web %s", report.Version)

	for _, e := range cases() {
		g := report.Graphs[e.name]
		obsDim, actDim := float64(e.policy.Spec.ObsDim), float64(e.policy.Spec.ActDim)
		assert.Equal(t, map[string][]any{"obs": {"B", obsDim}, "x0": {"B", actDim}}, g.Inputs)
		assert.Equal(t, map[string][]any{"action": {"B", actDim}}, g.Outputs)
		obs, x0 := e.inputs()
		got := readFloats(t, filepath.Join(dir, e.name+".action.f32"))
		worst := largestDifference(t, e.action(t, obs, x0), got)
		t.Logf("%-40s largest difference %.2g", e.name, worst)
		assert.LessOrEqual(t, worst, tolerance, e.name)
	}
}

// TestONNXChecker lets the checker of the Python package onnx look at every model, strict shape inference
// included, where that package is installed (python3-onnx in Debian).
func TestONNXChecker(t *testing.T) {
	python := "/usr/bin/python3"
	if exec.Command(python, "-c", "import onnx").Run() != nil {
		t.Log("python3-onnx is not installed: onnxruntime alone has judged the models")
		return
	}
	dir := t.TempDir()
	for _, e := range cases() {
		writeCase(t, dir, e)
	}
	const program = `
import glob, onnx, sys
for name in sorted(glob.glob(sys.argv[1] + "/*.onnx")):
    data = open(name, "rb").read()
    model = onnx.load_from_string(data)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    assert model.SerializeToString() == data, "onnx would write other bytes"
    print("ok", end=" ")
print(onnx.__version__)
`
	out, err := exec.Command(python, "-c", program, dir).CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Logf("%s", out)
}

func writeCase(t *testing.T, dir string, e exported) {
	t.Helper()
	model, err := ONNX(e.policy, e.sampler)
	require.NoError(t, err)
	obs, x0 := e.inputs()
	for suffix, b := range map[string][]byte{".onnx": model, ".obs.f32": floats(obs), ".x0.f32": floats(x0)} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, e.name+suffix), b, 0o600))
	}
}

func floats(x []float32) []byte {
	b := make([]byte, 0, 4*len(x))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

func readFloats(t *testing.T, name string) []float64 {
	t.Helper()
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	out := make([]float64, len(b)/4)
	for i := range out {
		out[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return out
}

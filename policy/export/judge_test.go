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
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/flow"
	"onestep/policy/tensorio"
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
		obs, _ := e.inputs()
		for i := range obs {
			obs[i] *= 1e4
		}
		writeInputs(t, dir, e, e.name+"_huge", obs)
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
		assert.LessOrEqual(t, worst, e.tolerance(), e.name)
		for _, a := range readFloats(t, filepath.Join(dir, e.name+"_huge.action.f32")) {
			require.True(t, a >= -1 && a <= 1, "%s: observations of 1e4 overflow nothing", e.name)
		}
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

// TestPythonActs lets Python and NumPy, where they are installed, load a safetensors file by the exported
// program and act. The loop over Gymnasium's episodes is not run here.
func TestPythonActs(t *testing.T) {
	python := "/usr/bin/python3"
	if exec.Command(python, "-c", "import numpy").Run() != nil {
		t.Log("python3-numpy is not installed: the program was not run")
		return
	}
	const program = `
import importlib.util, sys
import numpy as np
folder, name, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
spec = importlib.util.spec_from_file_location("policy", f"{folder}/{name}.py")
policy = importlib.util.module_from_spec(spec)
spec.loader.exec_module(policy)
read = lambda x, columns: np.fromfile(f"{folder}/{name}.{x}.f32", "<f4").reshape(-1, columns)
x0 = read("x0", len(policy.ACTION_SCALE))
obs = np.fromfile(f"{folder}/{name}.obs.f32", "<f4").reshape(len(x0), -1)
policy.load_safetensors(f"{folder}/{name}.safetensors", steps)(obs, x0).tofile(f"{folder}/{name}.action.f32")
`
	dir := t.TempDir()
	for _, e := range cases() {
		if e.sampler.Method != flow.Euler {
			continue // the program has Euler's rule only
		}
		writeCase(t, dir, e)
		code, err := Python(e.policy, e.sampler.Steps)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, e.name+".py"), code, 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, e.name+".safetensors"), policyFile(t, e.policy), 0o600))
		out, err := exec.Command(python, "-W", "error", "-c", program, dir, e.name, strconv.Itoa(e.sampler.Steps)).CombinedOutput()
		require.NoError(t, err, "%s", out)
		obs, x0 := e.inputs()
		worst := largestDifference(t, e.action(t, obs, x0), readFloats(t, filepath.Join(dir, e.name+".action.f32")))
		t.Logf("%-40s largest difference %.2g", e.name, worst)
		assert.LessOrEqual(t, worst, e.tolerance(), e.name)
	}
}

// policyFile writes what the program reads of a policy file: the tensors "policy.…" and the task.
func policyFile(t *testing.T, p *Policy) []byte {
	t.Helper()
	var list []tensorio.Tensor
	for _, x := range p.Actor.Net.Tensors() {
		list = append(list, tensorio.Float32s("policy."+x.Name, x.Shape, p.Actor.Params[x.Offset:][:x.Size()]))
	}
	list = append(list, tensorio.Float32s("critic1.layer0.bias", []int{1}, []float32{1}))
	var w bytes.Buffer
	require.NoError(t, tensorio.WriteSafetensors(&w, list, map[string]string{"onestep.task": p.Spec.Name}))
	return w.Bytes()
}

func writeCase(t *testing.T, dir string, e exported) {
	t.Helper()
	obs, _ := e.inputs()
	writeInputs(t, dir, e, e.name, obs)
}

// writeInputs writes a case's model with inputs beside it, under a name.
func writeInputs(t *testing.T, dir string, e exported, name string, obs []float32) {
	t.Helper()
	model, err := ONNX(e.policy, e.sampler)
	require.NoError(t, err)
	_, x0 := e.inputs()
	for suffix, b := range map[string][]byte{".onnx": model, ".obs.f32": floats(obs), ".x0.f32": floats(x0)} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+suffix), b, 0o600))
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

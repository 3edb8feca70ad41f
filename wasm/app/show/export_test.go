package show

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/agents"
	"onestep/policy/tensorio"
	"onestep/wasm/protocol"
)

// Every agent's policy leaves in every format, whatever the stage shows, and what it shows stays.
func TestExports(t *testing.T) {
	b := started(t)
	shown := b.world.Policy
	for _, algorithm := range agents.Names() {
		file := policyFile(t, string(algorithm), nil)
		for _, steps := range []int{1, 20} {
			b.send(protocol.Export, protocol.ExportRequest{Format: "onnx", Steps: steps}, file)
			answer := b.last(protocol.Exported)
			require.Equal(t, 7, answer.ID)
			model, err := tensorio.ParseONNX(answer.Data[0])
			require.NoError(t, err)
			assert.Equal(t, "pendulum", model.Metadata["onestep.task"])
			assert.Equal(t, string(algorithm), model.Metadata["onestep.algorithm"])
		}
		b.send(protocol.Export, protocol.ExportRequest{Format: "json"}, file)
		assert.Equal(t, "{", string(b.last(protocol.Exported).Data[0][:1]))
		b.send(protocol.Export, protocol.ExportRequest{Format: "python", Steps: 1}, file)
		assert.Contains(t, string(b.last(protocol.Exported).Data[0]), "gymnasium.make")
		b.send(protocol.Export, protocol.ExportRequest{Format: "safetensors"}, file)
		assert.Equal(t, file, b.last(protocol.Exported).Data[0], "the same file again")
	}
	assert.Same(t, shown, b.world.Policy)
	assert.Nil(t, b.last(protocol.StageError))
}

func TestExportRefuses(t *testing.T) {
	b := started(t)
	file := policyFile(t, "sac", nil)
	for _, c := range []struct {
		body       protocol.ExportRequest
		data       [][]byte
		code, says string
	}{
		{protocol.ExportRequest{Format: "pickle", Steps: 1}, [][]byte{file}, "bad-config", "pickle"},
		{protocol.ExportRequest{Format: "onnx", Steps: 65}, [][]byte{policyFile(t, "fpmd-m", nil)}, "bad-config", "1..64"},
		{protocol.ExportRequest{Format: "onnx", Steps: 1}, [][]byte{file[:900]}, "bad-file", "cannot be exported"},
		{protocol.ExportRequest{Format: "onnx", Steps: 1}, nil, "protocol", "one array"},
	} {
		b.send(protocol.Export, c.body, c.data...)
		assert.Equal(t, c.code, b.failure().Code)
		assert.Contains(t, b.failure().Message, c.says)
		assert.Nil(t, b.last(protocol.Exported))
	}
}

package checkpoint_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/policy/tensorio"
)

// A graph names the joints that its actions drive and the numbers of its observation, under the keys of mjlab's exporter.
func TestAGraphNamesWhatItDrives(t *testing.T) {
	b, err := os.ReadFile("../../assets/policies/hopper-fpmd-m.safetensors")
	require.NoError(t, err)
	p, err := checkpoint.ReadPolicy(b)
	require.NoError(t, err)
	b, err = p.Export("onnx", 1)
	require.NoError(t, err)
	m, err := tensorio.ParseONNX(b)
	require.NoError(t, err)
	for key, want := range map[string]string{
		"joint_names": "thigh_joint,leg_joint,foot_joint", "action_scale": "1,1,1", "default_joint_pos": "0,0,0",
		"joint_stiffness": "0,0,0", "joint_damping": "0,0,0", "command_names": "",
	} {
		assert.Equal(t, want, m.Metadata[key], key)
	}
	assert.Contains(t, m.Metadata, "command_names")
	assert.Len(t, strings.Split(m.Metadata["observation_names"], ","), 11)
}

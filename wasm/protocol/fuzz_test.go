package protocol_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/wasm/protocol"
)

// Whatever arrives in a body is decoded or refused, and what was decoded can be sent again.
func FuzzDecode(f *testing.F) {
	for _, body := range []any{
		protocol.TrainRequest{Task: "pendulum", Algorithm: "fpmd-m", Seed: 1 << 60, Steps: 3, Config: map[string]any{"hidden": []int{8}, "gamma": 0.9}},
		protocol.ExportRequest{Format: "onnx", Steps: 20}, protocol.Live{ManySteps: 8}, protocol.Sampler{Steps: 1, ManySteps: 8, BestOf: 1}, protocol.Play{Playing: true, Speed: 1},
		protocol.Scrub{T: 0.5}, protocol.TaskSeed{Task: "pendulum"},
		protocol.TaskSeed{Task: "custom", Model: &protocol.Model{Name: "a.xml", Files: map[string]string{"a.xml": "<mujoco/>"}, Reward: "up"}},
		protocol.Drive{Mode: "hand", Values: []float64{1, -0.5}}, protocol.View{AxisX: -1, AxisY: 2}, protocol.Blow{Direction: -1}, protocol.CurveInfo{Solved: -200}, protocol.PolicySource{Source: "file", Name: "a\x00b"},
		protocol.DotStep{Step: -1}, protocol.PanelRequest{Panel: "flow", Format: "svg"}, protocol.Layer{Layer: "ghost"},
	} {
		b, err := json.Marshal(body)
		require.NoError(f, err)
		f.Add(b)
	}
	for _, text := range []string{"", "null", "{", `{"steps":1e999}`, `{"seed":-1}`, `{"steps":1}{}`, `{"config":{"a":{"a":{"a":[[[[[]]]]]}}}}`, `{"Task":"x","task":"y"}`, "[1,2]", "\xff"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m := protocol.Message{Type: protocol.Train, ID: 1, Body: b}
		for _, dst := range []any{
			&protocol.TrainRequest{}, &protocol.ExportRequest{}, &protocol.Live{}, &protocol.Sampler{}, &protocol.Play{}, &protocol.Scrub{}, &protocol.CurveInfo{},
			&protocol.TaskSeed{}, &protocol.PolicySource{}, &protocol.Appearance{}, &protocol.DotsInfo{}, &protocol.Failure{},
			&protocol.LabRequest{}, &protocol.LabTraining{}, &protocol.LabLawInfo{}, &protocol.LabFitInfo{}, &protocol.Drive{}, &protocol.View{}, &protocol.Blow{}, &protocol.BodyInfo{}, &protocol.DotStep{}, &protocol.PanelRequest{}, &protocol.Places{}, &protocol.Layer{}, &protocol.QRText{},
		} {
			if m.Decode(dst) == nil {
				again := protocol.New(protocol.Train, 1, dst)
				require.NoError(t, again.Decode(dst))
			}
		}
	})
}

package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/policy/fpmd"
	"onestep/policy/tensorio"
	"onestep/policy/train"
	"onestep/wasm/protocol"
)

// A draft is the very policy that a training of the same request starts from, for each agent.
func TestADraftIsWhereATrainingBegins(t *testing.T) {
	for _, algorithm := range fpmd.Algorithms {
		p := newPage(t)
		q := request(240)
		q.Algorithm = string(algorithm)
		p.send(protocol.Draft, 3, q)
		answer := p.one(protocol.Drafted)
		require.Equal(t, 3, answer.ID)
		draft, err := checkpoint.ReadPolicy(answer.Data[0])
		require.NoError(t, err)
		require.Zero(t, draft.Record.EnvSteps)
		require.Zero(t, draft.Record.Updates)
		p.send(protocol.Train, 4, q)
		require.Equal(t, checkpoint.PolicyOf(p.s.run, checkpoint.Record{}).Hash(), draft.Hash(), algorithm)
		require.Equal(t, p.s.run.Options.Config, draft.Config)
	}
}

// drafted is the policy file of an untrained agent.
func drafted(p *page, algorithm fpmd.Algorithm) []byte {
	q := request(240)
	q.Algorithm = string(algorithm)
	p.send(protocol.Draft, 1, q)
	return p.one(protocol.Drafted).Data[0]
}

func TestExports(t *testing.T) {
	p := newPage(t)
	for _, algorithm := range fpmd.Algorithms {
		file := drafted(p, algorithm)
		for _, steps := range []int{1, 20} {
			p.send(protocol.Export, 5, protocol.ExportRequest{Format: "onnx", Steps: steps}, file)
			answer := p.one(protocol.Exported)
			require.Equal(t, 5, answer.ID)
			model, err := tensorio.ParseONNX(answer.Data[0])
			require.NoError(t, err)
			require.Equal(t, "pendulum", model.Metadata["onestep.task"])
			require.Equal(t, string(algorithm), model.Metadata["onestep.algorithm"])
		}
		p.send(protocol.Export, 6, protocol.ExportRequest{Format: "json"}, file)
		require.True(t, strings.HasPrefix(string(p.one(protocol.Exported).Data[0]), "{"))
		p.send(protocol.Export, 7, protocol.ExportRequest{Format: "python", Steps: 1}, file)
		require.Contains(t, string(p.one(protocol.Exported).Data[0]), "gymnasium.make")
		p.send(protocol.Export, 8, protocol.ExportRequest{Format: "safetensors"}, file)
		require.Equal(t, file, p.one(protocol.Exported).Data[0], "the same file again")
	}
	p.send(protocol.Export, 9, protocol.ExportRequest{Format: "pickle"}, drafted(p, fpmd.SAC))
	require.Contains(t, p.failure().Message, "pickle")
	p.send(protocol.Export, 9, protocol.ExportRequest{Format: "onnx", Steps: 65}, drafted(p, fpmd.FPMDM))
	require.Contains(t, p.failure().Message, "1..64")
}

// Asking for files leaves a running training alone: its weights are those of an undisturbed run.
func TestFilesDoNotDisturbATraining(t *testing.T) {
	p := newPage(t)
	p.send(protocol.Train, 1, request(200))
	file := drafted(p, fpmd.DPMD)
	for p.s.busy() {
		p.send(protocol.Export, 2, protocol.ExportRequest{Format: "onnx", Steps: 4}, file)
		p.s.work()
	}
	o, err := train.NewOptions("pendulum", fpmd.FPMDM, 4, 200, request(200).Config)
	require.NoError(t, err)
	r, err := train.NewRun(o)
	require.NoError(t, err)
	for !r.Done() {
		require.NoError(t, r.Step())
	}
	require.Equal(t, checkpoint.PolicyOf(r, checkpoint.Record{}).Hash(), checkpoint.PolicyOf(p.s.run, checkpoint.Record{}).Hash())
}

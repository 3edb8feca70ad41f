package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/agents"
	"onestep/policy/checkpoint"
	"onestep/policy/train"
	"onestep/wasm/protocol"
)

// A draft is the very policy that a training of the same request starts from, for each agent.
func TestADraftIsWhereATrainingBegins(t *testing.T) {
	for _, algorithm := range agents.Names() {
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

// Asking for a draft leaves a running training alone: its weights are those of an undisturbed run.
func TestADraftDoesNotDisturbATraining(t *testing.T) {
	p := newPage(t)
	p.send(protocol.Train, 1, request(200))
	other := request(240)
	other.Algorithm = string("dpmd")
	for p.s.busy() {
		p.send(protocol.Draft, 2, other)
		p.s.work()
	}
	o, err := train.NewOptions("pendulum", "fpmd-m", 4, 200, request(200).Config)
	require.NoError(t, err)
	r, err := train.NewRun(o)
	require.NoError(t, err)
	for !r.Done() {
		require.NoError(t, r.Step())
	}
	require.Equal(t, checkpoint.PolicyOf(r, checkpoint.Record{}).Hash(), checkpoint.PolicyOf(p.s.run, checkpoint.Record{}).Hash())
}

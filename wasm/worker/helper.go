package main

import (
	"errors"
	"fmt"

	"onestep/policy/checkpoint"
	"onestep/policy/fpmd"
	"onestep/policy/replay"
	"onestep/wasm/protocol"
)

// helper is a worker that computes shards for another one. It keeps a replica of that one's agent by taking the same
// steps; without one it does nothing.
type helper struct {
	link
	agent *fpmd.Learner
	sum   fpmd.Gradient
	rows  []float32
	head  [protocol.NumShards]float64
}

func newHelper(l link) *helper {
	l.Post(protocol.New(protocol.HelperReady, 0, nil))
	return &helper{link: l}
}

// handle does what the worker says. An error ends the helper: its replica is no longer one.
func (h *helper) handle(m protocol.Message) (err error) {
	switch m.Type {
	case protocol.Replica:
		err = h.replicate(m)
	case protocol.Shards:
		err = h.compute(m)
	case protocol.Summed:
		err = h.step(m)
	default:
		err = fmt.Errorf("a helper knows no message of type %d", m.Type)
	}
	if m.Type != protocol.Replica {
		h.Recycle(m)
	}
	return err
}

func (h *helper) replicate(m protocol.Message) (err error) {
	if len(m.Data) != 1 {
		return errNoState
	}
	l, err := checkpoint.ReadLearner(m.Data[0])
	if err != nil {
		return err
	}
	if h.agent = fpmd.Parallel(l); h.agent == nil {
		return errShards
	}
	h.sum.Grad = make([]float32, h.agent.NumGrad())
	return nil
}

var errShards = errors.New("the shards do not fit the replica")

func (h *helper) compute(m protocol.Message) error {
	a := h.agent
	if a == nil || len(m.Data) != 2 || len(m.Data[0]) != 8*len(h.head) {
		return errShards
	}
	copy(bytesOf(h.head[:]), m.Data[0])
	from, end := int(h.head[protocol.ShardsFrom]), int(h.head[protocol.ShardsEnd])
	if from < 0 || from >= end || end > len(a.Shards) {
		return errShards
	}
	seed := uint64(h.head[protocol.ShardsSeedHigh])<<32 | uint64(h.head[protocol.ShardsSeedLow])
	first := a.Shards[from].From
	batch, ok := h.batch(m.Data[1], a.Shards[end-1].End-first)
	if !ok {
		return errShards
	}
	answer := protocol.Message{Type: protocol.Gradients, ID: m.ID}
	for _, s := range a.Shards[from:end] {
		a.Gradient(s, batch.Rows(s.From-first, s.End-first), seed)
		answer.Data = append(answer.Data, bytesOf(s.Grad), bytesOf(s.Sums[:]))
	}
	h.Post(answer)
	return nil
}

// batch views n rows as they were sent.
func (h *helper) batch(data []byte, n int) (b replay.Batch, ok bool) {
	obs, act := n*h.agent.ObsDim, n*h.agent.ActDim
	if len(data) != 4*(2*obs+act+2*n) {
		return b, false
	}
	if h.rows == nil {
		h.rows = make([]float32, h.agent.Config.Batch*(2*h.agent.ObsDim+h.agent.ActDim+2))
	}
	copy(bytesOf(h.rows), data)
	rest := h.rows
	for _, part := range []struct {
		dst *[]float32
		n   int
	}{{&b.Obs, obs}, {&b.Act, act}, {&b.Reward, n}, {&b.NextObs, obs}, {&b.Done, n}} {
		*part.dst, rest = rest[:part.n], rest[part.n:]
	}
	return b, true
}

// step takes the worker's step. Where that one is not finite, and the worker reports it, this one changes nothing either.
func (h *helper) step(m protocol.Message) error {
	if h.agent == nil || len(m.Data) != 2 || len(m.Data[0]) != 4*len(h.sum.Grad) || len(m.Data[1]) != 8*len(h.sum.Sums) {
		return errShards
	}
	copy(bytesOf(h.sum.Grad), m.Data[0])
	copy(bytesOf(h.sum.Sums[:]), m.Data[1])
	_ = h.agent.Apply(&h.sum)
	return nil
}

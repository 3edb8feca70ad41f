package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/wasm/protocol"
)

// mirrorBench is a mirror session with its answers.
type mirrorBench struct {
	*mirrorSession
	posted []protocol.Message
}

func newMirrorBench() *mirrorBench {
	b := &mirrorBench{}
	clock := 0.0
	b.mirrorSession = newMirrorSession(func(m protocol.Message) { b.posted = append(b.posted, m) }, func() float64 { clock += 0.001; return clock }, func() {})
	return b
}

func (b *mirrorBench) ask(id, column int, problem, settings string) {
	b.handle(protocol.New(protocol.MirrorFollow, id, protocol.MirrorRequest{Column: column, Problem: problem, Settings: json.RawMessage(settings)}))
}

func (b *mirrorBench) last() protocol.Message { return b.posted[len(b.posted)-1] }

func TestMirrorFollowsAPath(t *testing.T) {
	b := newMirrorBench()
	b.ask(7, 1, "cliff", `{"method":"h-pmd","h":4,"step":{"kind":"adaptive"},"iterations":9}`)
	b.work()
	m := b.last()
	require.Equal(t, protocol.MirrorPath, m.Type)
	require.Equal(t, 7, m.ID)
	var info protocol.MirrorPathInfo
	require.NoError(t, m.Decode(&info))
	require.Equal(t, 9, info.Iterations)
	require.Len(t, info.Frames, 10)
	require.Len(t, m.Data[protocol.MirrorDataRows], 8*10*protocol.NumMirrorRow)
	require.Len(t, m.Data[protocol.MirrorDataPi], 4*10*32*4)
	require.Len(t, m.Data[protocol.MirrorDataBest], 4*32*5)
	require.False(t, b.busy())
}

func TestMirrorRefusesAndReplaces(t *testing.T) {
	b := newMirrorBench()
	b.ask(1, 0, "cliff", `{"method":"pmd","map":{"kind":"barrier"},"step":{"kind":"adaptive"},"iterations":3}`)
	b.work()
	require.Equal(t, protocol.WorkerError, b.last().Type)
	var why protocol.Failure
	require.NoError(t, b.last().Decode(&why))
	require.Contains(t, why.Message, "the log barrier has no adaptive step")
	b.ask(2, 0, "trap", `{"method":"pmd","iterations":3}`)
	b.ask(3, 1, "trap", `{"method":"pmd","iterations":3}`)
	b.ask(4, 0, "trap", `{"method":"h-pi","iterations":3}`)
	require.Equal(t, 2, b.last().ID, "the older request of the column is refused at once")
	b.work()
	require.Equal(t, 3, b.last().ID)
	b.work()
	require.Equal(t, 4, b.last().ID)
	b.handle(protocol.New(protocol.MirrorFollow, 5, protocol.MirrorRequest{
		Grid: json.RawMessage(`{"layout":["S.","#G"],"gamma":0.9}`), Settings: json.RawMessage(`{"method":"pmd","iterations":2}`),
	}))
	b.work()
	require.Equal(t, protocol.MirrorPath, b.last().Type)
}

func TestMirrorKeepsFewerFramesOfLongPaths(t *testing.T) {
	b := newMirrorBench()
	b.ask(1, 0, "deepsea:30,0.95", `{"method":"pmd","step":{"kind":"constant","eta":0.5},"iterations":4000}`)
	b.work()
	var info protocol.MirrorPathInfo
	require.NoError(t, b.last().Decode(&info))
	require.Less(t, len(info.Frames), 4001)
	require.Equal(t, 0, info.Frames[0])
	require.Equal(t, 4000, info.Frames[len(info.Frames)-1])
}

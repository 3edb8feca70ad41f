package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/wasm/protocol"
)

// store keeps saves as the page does.
type store struct {
	state  []byte
	blocks [][]byte
	info   protocol.AutosaveInfo
}

func (st *store) put(p *page) (states int) {
	for _, m := range p.take(protocol.Autosave) {
		require.NoError(p.t, json.Unmarshal(m.Body, &st.info))
		st.blocks = append(st.blocks, m.Data[0])
		if len(m.Data) > 1 {
			st.state = m.Data[1]
			states++
		}
	}
	return states
}

func (st *store) message(id int, body any) protocol.Message {
	return protocol.New(protocol.LoadState, id, body, append([][]byte{st.state}, st.blocks...)...)
}

func finish(p *page) string {
	for p.s.busy() {
		p.s.work()
	}
	return checkpoint.PolicyOf(p.s.run, checkpoint.Record{}).Hash()
}

// A training saves itself at its start and about every savePeriod; another worker goes on from the last save to the
// same bits, and saves from there on only what is new.
func TestATrainingSavesItselfAndGoesOnElsewhere(t *testing.T) {
	whole := newPage(t)
	whole.send(protocol.Train, 1, request(240))
	want := finish(whole)

	p, kept := newPage(t), store{}
	p.send(protocol.Train, 1, request(240))
	p.s.work()
	require.Equal(t, 1, kept.put(p), "the very start is saved")
	at, saves := p.clock, 0
	for p.s.run.EnvSteps < 120 {
		p.s.work()
		p.clock += 0.5 // a slow machine
		if n := kept.put(p); n > 0 {
			at, saves = p.clock, saves+n
		}
		require.Less(t, p.clock-at, 10.0, "what a crash may cost")
	}
	require.Greater(t, saves, 2)
	require.Positive(t, kept.info.Run.EnvSteps)

	q := newPage(t)
	q.s.handle(kept.message(7, nil))
	started := q.one(protocol.Started)
	require.Equal(t, 7, started.ID)
	require.Equal(t, kept.info.Run.EnvSteps, q.info(started).EnvSteps)
	require.False(t, q.s.busy(), "it waits")
	require.NotEmpty(t, q.take(protocol.Evaluation), "the curve comes back")
	require.Empty(t, q.take(protocol.Autosave), "it is saved already")
	q.send(protocol.Continue, 8, nil)
	q.s.work()
	q.send(protocol.Pause, 9, nil)
	more := store{blocks: kept.blocks}
	require.Equal(t, 1, more.put(q), "a pause saves")
	require.Equal(t, kept.info.Run.EnvSteps, more.info.First, "only what is new")
	q.send(protocol.Pause, 10, nil)
	require.Zero(t, more.put(q), "nothing has changed")
	q.send(protocol.Continue, 11, nil)
	require.Equal(t, want, finish(q))

	r := newPage(t)
	r.s.handle(more.message(12, nil))
	r.send(protocol.Continue, 13, nil)
	require.Equal(t, want, finish(r))
}

// The page may ask for a save at once, and for all of it where it has lost what it held.
func TestASaveCanBeAskedFor(t *testing.T) {
	p, kept := newPage(t), store{}
	p.send(protocol.SaveNow, 1, protocol.SaveOrder{})
	require.Equal(t, "no-run", p.failure().Code)
	p.send(protocol.Train, 2, request(240))
	for p.s.run.EnvSteps < 100 {
		p.s.work()
	}
	p.take(protocol.Autosave)
	p.send(protocol.SaveNow, 3, protocol.SaveOrder{All: true})
	require.Equal(t, 1, kept.put(p))
	require.Zero(t, kept.info.First)
	q := newPage(t)
	q.s.handle(kept.message(4, nil))
	require.Equal(t, p.s.run.EnvSteps, q.info(q.one(protocol.Started)).EnvSteps)
}

// A run file that is loaded is saved too, its replay in blocks of bounded size.
func TestALoadedRunIsSavedInBlocks(t *testing.T) {
	p, kept := newPage(t), store{}
	long := request(20_000)
	long.Config["warmUp"] = 19_000
	p.send(protocol.Train, 1, long)
	for p.s.run.EnvSteps < blockRows+100 {
		require.NoError(t, p.s.run.Step())
	}
	p.send(protocol.SaveRun, 2, nil)
	file := p.one(protocol.RunFile).Data[0]
	q := newPage(t)
	q.send(protocol.LoadRun, 3, nil, file)
	q.one(protocol.Started)
	require.Equal(t, 1, kept.put(q))
	require.Len(t, kept.blocks, 2)
	other := newPage(t)
	other.s.handle(kept.message(4, nil))
	require.Equal(t, blockRows+100, other.info(other.one(protocol.Started)).EnvSteps)
}

// A training that diverges leaves a save of its last good state, from which it goes on with other settings.
func TestADivergedTrainingGoesOnWithOtherSettings(t *testing.T) {
	p, kept := newPage(t), store{}
	q := request(2000)
	q.Config["rewardScale"] = 1000.0
	p.send(protocol.Train, 1, q)
	for p.s.run.EnvSteps < 100 {
		p.s.work()
	}
	for i := range p.s.run.Replay.Reward {
		p.s.run.Replay.Reward[i] = 1e20 // whose square, scaled, float32 cannot hold
	}
	p.send(protocol.SaveNow, 9, protocol.SaveOrder{All: true})
	for p.s.busy() {
		p.s.work()
	}
	f := p.failure()
	require.Equal(t, "diverged", f.Code)
	require.Positive(t, f.Step)
	require.Equal(t, "critic1 loss", f.Tensor)
	require.Contains(t, f.Message, "the critic1's loss is not finite")
	kept.put(p)
	require.Equal(t, p.s.run.EnvSteps, kept.info.Run.EnvSteps, "its last good state is saved")
	p.send(protocol.SaveRun, 2, nil)
	p.one(protocol.RunFile)

	other := newPage(t)
	other.s.handle(kept.message(3, protocol.StateChange{Config: map[string]any{"rewardScale": 1e-4}}))
	other.one(protocol.Started)
	other.send(protocol.Continue, 4, nil)
	other.s.work()
	require.Empty(t, other.take(protocol.WorkerError))
	require.Greater(t, other.s.run.EnvSteps, kept.info.Run.EnvSteps)
	other.s.handle(kept.message(5, protocol.StateChange{Config: map[string]any{"hidden": []int{9}}}))
	require.Contains(t, other.failure().Message, "hidden cannot change")
	other.send(protocol.LoadState, 6, nil)
	require.Contains(t, other.failure().Message, "begins with its state")
}

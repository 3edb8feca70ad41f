package fpmd

import (
	"sync"

	"onestep/policy/replay"
)

// Threads is a Crew of goroutines in this program, for one agent. It allocates nothing after NewThreads.
type Threads struct {
	jobs  chan *Shard
	done  sync.WaitGroup
	agent *Agent
	batch *replay.Batch // of the update at hand
	seed  uint64
}

// NewThreads starts so many goroutines less one, because whoever asks for gradients computes too.
func NewThreads(a *Agent, threads int) *Threads {
	t := &Threads{jobs: make(chan *Shard, len(a.Shards)), agent: a}
	for range threads - 1 {
		go func() {
			for s := range t.jobs {
				t.compute(s)
			}
		}()
	}
	return t
}

// Gradients implements Crew.
func (t *Threads) Gradients(_ *Agent, batch *replay.Batch, seed uint64) {
	t.batch, t.seed = batch, seed
	t.done.Add(len(t.agent.Shards))
	for _, s := range t.agent.Shards {
		t.jobs <- s
	}
	for {
		select {
		case s := <-t.jobs:
			t.compute(s)
		default:
			t.done.Wait()
			return
		}
	}
}

func (t *Threads) compute(s *Shard) {
	t.agent.Gradient(s, t.batch.Rows(s.From, s.End), t.seed)
	t.done.Done()
}

// Summed implements Crew: every goroutine sees the agent itself.
func (t *Threads) Summed(*Gradient) {}

// Close ends the goroutines.
func (t *Threads) Close() { close(t.jobs) }

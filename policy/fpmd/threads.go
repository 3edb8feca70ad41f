package fpmd

import (
	"sync"

	"onestep/policy/learner"
	"onestep/policy/replay"
)

// Parallel returns the learner of a rule whose shards may be computed elsewhere, or nil: there is one shard, or none.
func Parallel(rule learner.Learner) *Learner {
	if l, ok := rule.(*Learner); ok && len(l.Shards) > 1 {
		return l
	}
	return nil
}

// Threads is a Crew of goroutines in this program, for one learner. It allocates nothing after NewThreads.
type Threads struct {
	jobs    chan *Shard
	done    sync.WaitGroup
	learner *Learner
	batch   *replay.Batch // of the update at hand
	seed    uint64
}

// NewThreads starts so many goroutines less one, because whoever asks for gradients computes too.
func NewThreads(l *Learner, threads int) *Threads {
	t := &Threads{jobs: make(chan *Shard, len(l.Shards)), learner: l}
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
func (t *Threads) Gradients(_ *Learner, batch *replay.Batch, seed uint64) {
	t.batch, t.seed = batch, seed
	t.done.Add(len(t.learner.Shards))
	for _, s := range t.learner.Shards {
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
	t.learner.Gradient(s, t.batch.Rows(s.From, s.End), t.seed)
	t.done.Done()
}

// Summed implements Crew: every goroutine sees the learner itself.
func (t *Threads) Summed(*Gradient) {}

// Close ends the goroutines.
func (t *Threads) Close() { close(t.jobs) }

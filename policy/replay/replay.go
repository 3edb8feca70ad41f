// Package replay is the transition ring buffer of off-policy learning.
package replay

import (
	"errors"
	"fmt"

	"onestep/engine/rng"
)

// Buffer keeps the last Capacity transitions (s, a, r, s', terminated) in float32, row-major.
type Buffer struct {
	ObsDim, ActDim, Capacity int

	Obs     []float32 // [Capacity*ObsDim] s
	Act     []float32 // [Capacity*ActDim] a, noisy and unclipped as it was chosen
	Reward  []float32 // [Capacity] r, unscaled
	NextObs []float32 // [Capacity*ObsDim] s'
	Done    []float32 // [Capacity] 1 where s' is terminal, 0 elsewhere (a truncated episode goes on)

	Len  int // transitions held
	Next int // where the next one is written
}

// New returns an empty buffer. Its memory is taken as it fills.
func New(obsDim, actDim, capacity int) *Buffer {
	if obsDim < 1 || actDim < 1 || capacity < 1 {
		panic(fmt.Sprintf("replay: a buffer of %d transitions with %d observations and %d actions", capacity, obsDim, actDim))
	}
	return &Buffer{ObsDim: obsDim, ActDim: actDim, Capacity: capacity}
}

// Add writes one transition over the oldest.
func (b *Buffer) Add(obs, act []float32, reward float32, nextObs []float32, terminated bool) {
	if b.Len < b.Capacity && b.Next == b.Len {
		b.Obs = append(b.Obs, obs[:b.ObsDim]...)
		b.Act = append(b.Act, act[:b.ActDim]...)
		b.Reward = append(b.Reward, 0)
		b.NextObs = append(b.NextObs, nextObs[:b.ObsDim]...)
		b.Done = append(b.Done, 0)
		b.Len++
	}
	i := b.Next
	copy(b.Obs[i*b.ObsDim:(i+1)*b.ObsDim], obs)
	copy(b.Act[i*b.ActDim:(i+1)*b.ActDim], act)
	b.Reward[i] = reward
	copy(b.NextObs[i*b.ObsDim:(i+1)*b.ObsDim], nextObs)
	b.Done[i] = 0
	if terminated {
		b.Done[i] = 1
	}
	b.Next = (i + 1) % b.Capacity
}

// Batch is a sample of transitions, [n] rows of each.
type Batch struct {
	Obs, Act, Reward, NextObs, Done []float32
}

// NewBatch allocates a batch of n transitions of b's shape.
func (b *Buffer) NewBatch(n int) *Batch {
	return &Batch{
		Obs: make([]float32, n*b.ObsDim), Act: make([]float32, n*b.ActDim), Reward: make([]float32, n),
		NextObs: make([]float32, n*b.ObsDim), Done: make([]float32, n),
	}
}

// Rows views the transitions from..end-1 of a batch.
func (b *Batch) Rows(from, end int) Batch {
	obs, act := len(b.Obs)/len(b.Reward), len(b.Act)/len(b.Reward)
	return Batch{
		Obs: b.Obs[from*obs : end*obs], Act: b.Act[from*act : end*act], Reward: b.Reward[from:end],
		NextObs: b.NextObs[from*obs : end*obs], Done: b.Done[from:end],
	}
}

// Sample fills dst with transitions drawn uniformly with replacement. It panics on an empty buffer.
func (b *Buffer) Sample(dst *Batch, src *rng.Stream) {
	if b.Len == 0 {
		panic("replay: Sample of an empty buffer")
	}
	for j := range dst.Reward {
		i := src.IntN(b.Len)
		copy(dst.Obs[j*b.ObsDim:(j+1)*b.ObsDim], b.Obs[i*b.ObsDim:])
		copy(dst.Act[j*b.ActDim:(j+1)*b.ActDim], b.Act[i*b.ActDim:])
		dst.Reward[j] = b.Reward[i]
		copy(dst.NextObs[j*b.ObsDim:(j+1)*b.ObsDim], b.NextObs[i*b.ObsDim:])
		dst.Done[j] = b.Done[i]
	}
}

// Load replaces the contents, oldest first where the buffer is full; an error leaves b as it was. The
// slices are kept.
func (b *Buffer) Load(obs, act, reward, nextObs, done []float32, next int) error {
	n := len(reward)
	switch {
	case n > b.Capacity:
		return fmt.Errorf("%d transitions do not fit a replay of %d", n, b.Capacity)
	case len(obs) != n*b.ObsDim || len(nextObs) != n*b.ObsDim || len(act) != n*b.ActDim || len(done) != n:
		return errors.New("the replay's tensors are not equally long")
	case n < b.Capacity && next != n%b.Capacity, next < 0, next >= b.Capacity:
		return fmt.Errorf("the replay's write position %d does not fit its %d of %d transitions", next, n, b.Capacity)
	}
	b.Obs, b.Act, b.Reward, b.NextObs, b.Done, b.Len, b.Next = obs, act, reward, nextObs, done, n, next
	return nil
}

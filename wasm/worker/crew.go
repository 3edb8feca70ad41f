package main

import (
	"fmt"
	"slices"
	"unsafe"

	"onestep/policy/fpmd"
	"onestep/policy/replay"
	"onestep/wasm/protocol"
)

// How long a helper may take beyond the worker's own shards, s, and how often in a row it may take longer. Then it
// counts as lost. Its shards are computed here each time, so that a stop waits no longer than that.
const (
	patience   = 0.1
	mostMissed = 10
)

// Whether helpers pay, nothing but a trial tells: workers that wait for each other in every update lose much where
// other work shares their cores, the drawing of the page above all. A trial alternates between updates with and without
// them until each kind took so long, s; its verdict holds for a term, s, which doubles up to a bound while it stays the same.
const (
	trialTime  = 1
	trialBlock = 5 // updates of a kind in a row
	firstTerm  = 5
	lastTerm   = 160
)

// link is one end of the way between a worker and a helper.
type link interface {
	Post(m protocol.Message)
	Next() (protocol.Message, bool)                       // what has arrived, without waiting
	Within(seconds float64) (m protocol.Message, ok bool) // what arrives within a time
	Recycle(m protocol.Message)                           // gives the memory of m back, for later messages
}

// crew computes the shards of the session's run here and in its helpers. It is a fpmd.Crew.
type crew struct {
	now     func() float64         // s
	state   func() ([]byte, error) // of the run, for a replica
	lost    func(id int, err error)
	helpers []*helperLink
	batch   []float32 // rows of one helper, as in a message of Shards
	head    [protocol.NumShards]float64
	working int // workers that computed the last update
	most    int // and the most of them since it was asked last

	trialTime float64
	trial     [2]trial // of updates without helpers and with them
	pays      bool     // the verdict of the last trial
	term      float64  // of that, s
	until     float64  // when it ends
}

// trial is what updates of one kind took.
type trial struct {
	seconds float64
	updates int
}

func (t trial) mean() float64 { return t.seconds / float64(t.updates) }

// helperLink is a helper as its worker sees it.
type helperLink struct {
	link
	id      int
	ready   bool // it is there
	replica bool // it has one, of this very update
	missed  int  // updates in a row
	from    int  // its shards in the present update
	end     int
}

// add takes a helper that the page has started. It is given work once it says that it is ready.
func (c *crew) add(id int, l link) {
	c.helpers = append(c.helpers, &helperLink{link: l, id: id})
}

// Gradients implements fpmd.Crew. Each worker has equally many shards, one more or less.
func (c *crew) Gradients(a *fpmd.Learner, batch *replay.Batch, seed uint64) {
	start := c.now()
	judging := start >= c.until
	if judging || c.pays {
		c.join()
	}
	at := len(a.Shards)
	together := !judging || (c.trial[0].updates+c.trial[1].updates)/trialBlock%2 == 0
	if together {
		at = c.assign(a, batch, seed)
	}
	for _, s := range a.Shards[:at] {
		a.Gradient(s, batch.Rows(s.From, s.End), seed)
	}
	c.working = 1
	if at < len(a.Shards) {
		c.collect(a, batch, seed)
	}
	if judging && c.replicas() {
		c.judge(together, c.now()-start)
	}
	c.most = max(c.most, c.working)
	c.dismiss()
}

// collect waits for the helpers' shards of an update, and computes here what does not come.
func (c *crew) collect(a *fpmd.Learner, batch *replay.Batch, seed uint64) {
	for _, h := range c.helpers {
		if h.end == h.from {
			continue
		}
		if h.gradients(a) {
			h.missed = 0
			c.working++
			continue
		}
		h.missed++
		for _, s := range a.Shards[h.from:h.end] {
			a.Gradient(s, batch.Rows(s.From, s.End), seed)
		}
	}
}

// replicas tells whether a helper has one.
func (c *crew) replicas() bool {
	return slices.ContainsFunc(c.helpers, func(h *helperLink) bool { return h.replica })
}

// judge enters an update of a trial, and at its end the verdict. Where helpers do not pay they rest, and come to the next
// trial with a new replica.
func (c *crew) judge(together bool, took float64) {
	t := &c.trial[0]
	if together {
		t = &c.trial[1]
	}
	t.seconds += took
	t.updates++
	if c.trial[0].seconds < c.trialTime || c.trial[1].seconds < c.trialTime {
		return
	}
	pays := c.trial[1].mean() < c.trial[0].mean()
	if pays != c.pays {
		c.term = 0
	}
	c.pays, c.term = pays, min(max(2*c.term, firstTerm), lastTerm)
	c.until = c.now() + c.term
	c.trial = [2]trial{}
	if !pays {
		for _, h := range c.helpers {
			h.replica = false
		}
	}
}

// join gives a replica to every helper that has become ready.
func (c *crew) join() {
	for _, h := range c.helpers {
		if h.replica {
			continue
		}
		if m, ok := h.Next(); ok && m.Type == protocol.HelperReady {
			h.ready = true
		}
		if !h.ready {
			continue
		}
		state, err := c.state()
		if err != nil {
			c.lost(h.id, err)
			return
		}
		h.Post(protocol.New(protocol.Replica, 0, nil, state))
		h.replica = true
	}
}

// assign sends the helpers their shards and returns how many are left for this worker, the first ones.
func (c *crew) assign(a *fpmd.Learner, batch *replay.Batch, seed uint64) (own int) {
	workers := 1
	for _, h := range c.helpers {
		h.from, h.end = 0, 0
		if h.replica && workers < len(a.Shards) {
			workers++
		}
	}
	own = len(a.Shards) / workers
	at, k := own, 1
	for _, h := range c.helpers {
		if !h.replica || k == workers {
			continue
		}
		k++
		h.from, h.end = at, k*len(a.Shards)/workers
		at = h.end
		c.send(h, a, batch, seed)
	}
	return own
}

func (c *crew) send(h *helperLink, a *fpmd.Learner, batch *replay.Batch, seed uint64) {
	rows := batch.Rows(a.Shards[h.from].From, a.Shards[h.end-1].End)
	c.batch = c.batch[:0]
	for _, part := range [][]float32{rows.Obs, rows.Act, rows.Reward, rows.NextObs, rows.Done} {
		c.batch = append(c.batch, part...)
	}
	c.head = [protocol.NumShards]float64{
		protocol.ShardsFrom: float64(h.from), protocol.ShardsEnd: float64(h.end),
		protocol.ShardsSeedHigh: float64(seed >> 32), protocol.ShardsSeedLow: float64(uint32(seed)),
	}
	h.Post(protocol.Message{Type: protocol.Shards, ID: a.Updates, Data: [][]byte{bytesOf(c.head[:]), bytesOf(c.batch)}})
}

// gradients waits for the shards of the present update; what comes late of an earlier one is passed over.
func (h *helperLink) gradients(a *fpmd.Learner) bool {
	for {
		m, ok := h.Within(patience)
		if !ok {
			return false
		}
		if m.Type == protocol.Gradients && m.ID == a.Updates {
			ok = readGradients(a.Shards[h.from:h.end], m.Data)
			h.Recycle(m)
			return ok
		}
		h.Recycle(m)
	}
}

func readGradients(shards []*fpmd.Shard, data [][]byte) bool {
	if len(data) != 2*len(shards) {
		return false
	}
	for i, s := range shards {
		if len(data[2*i]) != 4*len(s.Grad) || len(data[2*i+1]) != 8*len(s.Sums) {
			return false
		}
		copy(bytesOf(s.Grad), data[2*i])
		copy(bytesOf(s.Sums[:]), data[2*i+1])
	}
	return true
}

// dismiss lets go of helpers that do not answer.
func (c *crew) dismiss() {
	kept := c.helpers[:0]
	for _, h := range c.helpers {
		if h.missed < mostMissed {
			kept = append(kept, h)
			continue
		}
		c.lost(h.id, fmt.Errorf("a helper of the training did not answer for %g s; its part is computed here from now on, to the same weights", patience*mostMissed))
	}
	clear(c.helpers[len(kept):])
	c.helpers = kept
}

// Summed implements fpmd.Crew: every replica takes the step too.
func (c *crew) Summed(sum *fpmd.Gradient) {
	for _, h := range c.helpers {
		if h.replica {
			h.Post(protocol.Message{Type: protocol.Summed, Data: [][]byte{bytesOf(sum.Grad), bytesOf(sum.Sums[:])}})
		}
	}
}

// bytesOf views numbers as their bytes: little-endian on wasm and on every machine that tests run on.
func bytesOf[T float32 | float64](x []T) []byte {
	if len(x) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&x[0])), len(x)*int(unsafe.Sizeof(x[0])))
}

package main

import (
	"fmt"
	"unsafe"

	"onestep/policy/fpmd"
	"onestep/policy/replay"
	"onestep/wasm/protocol"
)

// How long a helper may take beyond the worker's own shares, s, and how often in a row it may take longer. Then it
// counts as lost. Its shares are computed here each time, so that a stop waits no longer than that.
const (
	patience   = 0.1
	mostMissed = 10
)

// Helpers that make the worker wait for longer than it would compute rest for a while, s, twice as long each time up to a
// bound: workers that wait for each other in every update suffer most where other work shares the cores.
const (
	judged    = 40 // updates before a verdict
	firstRest = 2
	mostRest  = 64
	margin    = 1.1 // by which waiting must exceed computing
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
	batch   []float32 // rows of one helper, as in a message of Shares
	head    [protocol.NumShares]float64
	working int // workers that computed the last update
	most    int // and the most of them since it was asked last

	updates        int     // with helpers, since they came or rested
	waited, spared float64 // moving averages over them: s behind the worker's own shares, and s that those of the helpers would take here
	rest, restsTo  float64
}

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
func (c *crew) Gradients(a *fpmd.Agent, batch *replay.Batch, seed uint64) {
	if c.now() >= c.restsTo {
		c.join()
	}
	at := c.share(a, batch, seed)
	start := c.now()
	for _, s := range a.Shards[:at] {
		a.Gradient(s, batch.Rows(s.From, s.End), seed)
	}
	own := c.now()
	c.collect(a, batch, seed)
	if others := len(a.Shards) - at; others > 0 {
		c.judge(c.now()-own, (own-start)*float64(others)/float64(at))
	}
	c.dismiss()
}

// collect waits for the helpers' shards of an update, and computes here what does not come.
func (c *crew) collect(a *fpmd.Agent, batch *replay.Batch, seed uint64) {
	c.working = 1
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
	c.most = max(c.most, c.working)
}

// judge sends the helpers to rest where they cost more time than they spare. They come back with a new replica.
func (c *crew) judge(waited, spared float64) {
	c.updates++
	rate := max(1/float64(c.updates), 1.0/judged)
	c.waited += rate * (waited - c.waited)
	c.spared += rate * (spared - c.spared)
	switch {
	case c.updates < judged:
	case c.waited > margin*c.spared:
		c.rest = min(max(2*c.rest, firstRest), mostRest)
		c.restsTo, c.updates = c.now()+c.rest, 0
		for _, h := range c.helpers {
			h.replica = false
		}
	case c.updates > 20*judged:
		c.rest = 0 // they have proved themselves
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

// share sends the helpers their shards and returns how many are left for this worker, the first ones.
func (c *crew) share(a *fpmd.Agent, batch *replay.Batch, seed uint64) (own int) {
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

func (c *crew) send(h *helperLink, a *fpmd.Agent, batch *replay.Batch, seed uint64) {
	rows := batch.Rows(a.Shards[h.from].From, a.Shards[h.end-1].End)
	c.batch = c.batch[:0]
	for _, part := range [][]float32{rows.Obs, rows.Act, rows.Reward, rows.NextObs, rows.Done} {
		c.batch = append(c.batch, part...)
	}
	c.head = [protocol.NumShares]float64{
		protocol.SharesFrom: float64(h.from), protocol.SharesEnd: float64(h.end),
		protocol.SharesSeedHigh: float64(seed >> 32), protocol.SharesSeedLow: float64(uint32(seed)),
	}
	h.Post(protocol.Message{Type: protocol.Shares, ID: a.Updates, Data: [][]byte{bytesOf(c.head[:]), bytesOf(c.batch)}})
}

// gradients waits for the shards of the present update; what comes late of an earlier one is passed over.
func (h *helperLink) gradients(a *fpmd.Agent) bool {
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

package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/policy/train"
	"onestep/wasm/protocol"
)

// hands are the helpers that a page has for the run in its worker.
type hands struct {
	most    int                           // cores for them
	spoil   func(m protocol.Message) fate // what becomes of a helper's messages; nil: they arrive
	slow    func() float64                // s that each of its answers takes; nil: none
	links   []*wire                       // to each
	ordered int                           // of the last order
}

// fate is what becomes of a helper's message.
type fate int

const (
	arrives fate = iota
	lost
	late // it comes with the next one
)

// hire starts helpers as they were ordered; they arrive with the next look at the messages.
func (p *page) hire(m protocol.Message) {
	var q protocol.HelpOrder
	require.NoError(p.t, m.Decode(&q))
	p.hands.ordered = q.Count
	for id := range min(q.Count, p.hands.most) {
		w := &wire{page: p}
		w.helper = newHelper((*farEnd)(w))
		p.hands.links = append(p.hands.links, w)
		q.Helper = id + 1
		help := protocol.New(protocol.Help, 0, q)
		help.Port = w
		p.pending = append(p.pending, help)
	}
}

// wire is the worker's end of a channel whose other end does at once what it is told.
type wire struct {
	page    *page
	helper  *helper
	arrived []protocol.Message
	held    []protocol.Message // what is late
	given   int                // replicas
}

// copied is a message as it crosses a port.
func copied(m protocol.Message) protocol.Message {
	data := make([][]byte, len(m.Data))
	for i, b := range m.Data {
		data[i] = append([]byte(nil), b...)
	}
	m.Data = data
	return m
}

func (w *wire) Post(m protocol.Message) {
	if m.Type == protocol.Replica {
		w.given++
	}
	require.NoError(w.page.t, w.helper.handle(copied(m)))
}

func (w *wire) Next() (m protocol.Message, ok bool) {
	if len(w.arrived) == 0 {
		return m, false
	}
	m, w.arrived = w.arrived[0], w.arrived[1:]
	return m, true
}

func (w *wire) Within(float64) (protocol.Message, bool) {
	if w.page.hands.slow != nil {
		w.page.clock += w.page.hands.slow()
	}
	return w.Next()
}

func (w *wire) Recycle(protocol.Message) {}

// farEnd is the helper's end.
type farEnd wire

func (w *farEnd) Post(m protocol.Message) {
	m = copied(m)
	f := arrives
	if w.page.hands.spoil != nil {
		f = w.page.hands.spoil(m)
	}
	switch f {
	case arrives:
		w.arrived = append(append(w.arrived, w.held...), m)
		w.held = nil
	case late:
		w.held = append(w.held, m)
	}
}

func (w *farEnd) Next() (m protocol.Message, ok bool)          { return m, false }
func (w *farEnd) Within(float64) (m protocol.Message, ok bool) { return m, false }
func (w *farEnd) Recycle(protocol.Message)                     {}

func inShards(shards int) protocol.TrainRequest {
	q := request(160)
	q.Config["shards"] = shards
	return q
}

// briefPage is a page whose trainings are evaluated with 2 steps in place of 8: no weight depends on it, and it is most of
// their time.
func briefPage(t *testing.T) *page {
	p := newPage(t)
	p.send(protocol.SetLive, 0, protocol.Live{ManySteps: 2})
	return p
}

// alone is the hash of such a run's weights without any session.
func alone(t *testing.T, q protocol.TrainRequest) string {
	o, err := train.NewOptions(q.Task, q.Algorithm, q.Seed, q.Steps, q.Config)
	require.NoError(t, err)
	r, err := train.NewRun(o)
	require.NoError(t, err)
	for !r.Done() {
		require.NoError(t, r.Step())
	}
	return checkpoint.PolicyOf(r, checkpoint.Record{}).Hash()
}

func (p *page) finish() string {
	for p.s.busy() {
		p.s.work()
	}
	return checkpoint.PolicyOf(p.s.run, checkpoint.Record{}).Hash()
}

// Whoever computes the shards, the weights at the end are the same, and each replica's too.
func TestHelpersChangeNoBit(t *testing.T) {
	for shards, helpers := range map[int][]int{1: {3}, 2: {0, 1, 3}, 4: {0, 1, 2, 3}} {
		want := alone(t, inShards(shards))
		for _, most := range helpers {
			t.Run(fmt.Sprintf("%d shards, %d helpers", shards, most), func(t *testing.T) {
				p := briefPage(t)
				p.hands.most = most
				p.send(protocol.Train, 1, inShards(shards))
				require.Equal(t, shards-1, p.hands.ordered)
				p.s.look()
				require.Equal(t, want, p.finish())
				require.Zero(t, p.hands.ordered, "a finished run needs none")
				for _, w := range p.hands.links {
					require.Equal(t, p.s.run.Agent.EMA.Params, w.helper.agent.EMA.Params)
					require.Equal(t, p.s.run.Agent.Critics.Target, w.helper.agent.Critics.Target)
				}
				require.Empty(t, p.take(protocol.WorkerError))
				var workers float64
				for _, m := range p.take(protocol.Metrics) {
					workers = max(workers, row(t, m, protocol.NumMetrics)[protocol.MetricWorkers])
				}
				require.Equal(t, float64(1+min(most, shards-1)), workers)
			})
		}
	}
}

// A helper that falls silent is waited for a few times, then reported once and left alone. One that is late now and then
// is kept. Neither changes a bit.
func TestAHelperThatDoesNotAnswer(t *testing.T) {
	want := alone(t, inShards(4))
	when := func(f fate, at func(update int) bool) func(protocol.Message) fate {
		return func(m protocol.Message) fate {
			if m.Type == protocol.Gradients && at(m.ID) {
				return f
			}
			return arrives
		}
	}
	for name, c := range map[string]struct {
		spoil func(m protocol.Message) fate
		lost  int
	}{
		"silent after 20 updates": {when(lost, func(update int) bool { return update > 20 }), 2},
		"late every third time":   {when(late, func(update int) bool { return update%3 == 1 }), 0},
		"never ready":             {func(protocol.Message) fate { return lost }, 0},
		"nonsense": {func(m protocol.Message) fate {
			if m.Type == protocol.Gradients {
				m.Data[1] = m.Data[1][:8]
			}
			return arrives
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			p := briefPage(t)
			p.hands.most, p.hands.spoil = 2, c.spoil
			p.send(protocol.Train, 1, inShards(4))
			require.Equal(t, want, p.finish())
			require.Len(t, p.take(protocol.HelperDismissed), c.lost)
			failures := p.take(protocol.WorkerError)
			require.Len(t, failures, c.lost)
			for _, m := range failures {
				require.Contains(t, string(m.Body), "helper-lost")
				require.Contains(t, string(m.Body), "did not answer for 1 s; its part is computed here")
			}
		})
	}
}

// Helpers with whom updates take longer rest for a term and then come back with a new replica, for another trial; the
// others stay. No bit changes.
func TestATrialTellsWhetherHelpersPay(t *testing.T) {
	want := alone(t, inShards(4))
	for name, c := range map[string]struct {
		slow     float64
		replicas int
	}{"slow": {0.05, 2}, "quick": {-0.0005, 1}} { // a look at the clock takes 1 ms, a wait as much more
		t.Run(name, func(t *testing.T) {
			p := briefPage(t)
			p.hands.most, p.hands.slow = 1, func() float64 { return c.slow }
			p.send(protocol.Train, 1, inShards(4))
			p.s.look()
			crew := p.s.crew
			crew.trialTime = 0.01
			for crew.term == 0 {
				p.s.work()
			}
			require.Equal(t, c.replicas == 1, crew.pays)
			require.Equal(t, crew.pays, crew.replicas())
			at := p.s.run.Agent.Updates
			require.Less(t, at, 60)
			for p.s.run.Agent.Updates < at+8 {
				p.s.work()
			}
			require.Equal(t, crew.pays, crew.working == 2)
			p.clock = crew.until
			require.Equal(t, want, p.finish())
			require.Equal(t, c.replicas, p.hands.links[0].given)
			require.Equal(t, 2.0*firstTerm, crew.term, "the same verdict for twice as long")
			require.Empty(t, p.take(protocol.WorkerError))
		})
	}
}

// A run in shards is saved with helpers and goes on without, and the other way round.
func TestARunInShardsGoesOnElsewhere(t *testing.T) {
	want := alone(t, inShards(2))
	for _, most := range []int{0, 1} {
		p := briefPage(t)
		p.hands.most = most
		p.send(protocol.Train, 1, inShards(2))
		for p.s.run.EnvSteps < 100 {
			p.s.work()
		}
		p.send(protocol.SaveRun, 2, nil)
		q := briefPage(t)
		q.hands.most = 1 - most
		q.send(protocol.LoadRun, 3, nil, p.one(protocol.RunFile).Data[0])
		q.send(protocol.Continue, 4, nil)
		require.Equal(t, want, q.finish())
		p.send(protocol.Stop, 5, nil)
		require.Zero(t, p.hands.ordered)
	}
}

// A helper of an earlier order comes too late: it is dismissed already.
func TestAHelperOfAnotherRunIsNotTaken(t *testing.T) {
	p := newPage(t)
	p.hands.most = 1
	p.send(protocol.Train, 1, inShards(2))
	p.send(protocol.Train, 2, inShards(2))
	p.s.look()
	require.Len(t, p.s.crew.helpers, 1)
	p.send(protocol.Train, 3, inShards(1))
	p.send(protocol.Help, 9, protocol.HelpOrder{Count: 1, Round: 1, Helper: 1})
	require.Nil(t, p.s.crew)
	require.Empty(t, p.take(protocol.WorkerError))
}

func TestAHelperRefusesWhatDoesNotFit(t *testing.T) {
	w := &wire{page: newPage(t)}
	h := newHelper((*farEnd)(w))
	head := func(from, end float64) []byte {
		x := [protocol.NumShards]float64{protocol.ShardsFrom: from, protocol.ShardsEnd: end}
		return append([]byte(nil), bytesOf(x[:])...)
	}
	p := newPage(t)
	p.send(protocol.Train, 1, inShards(2))
	state, err := checkpoint.StateBytes(p.s.run, checkpoint.NewRecord(0))
	require.NoError(t, err)
	rows := make([]byte, 4*(2*3+1+2)*4)
	require.Error(t, h.handle(protocol.Message{Type: protocol.Shards, Data: [][]byte{head(1, 2), rows}}), "no replica yet")
	require.Error(t, h.handle(protocol.Message{Type: protocol.Summed}))
	require.Error(t, h.handle(protocol.Message{Type: protocol.Replica}))
	require.Error(t, h.handle(protocol.Message{Type: protocol.Replica, Data: [][]byte{state[:900]}}))
	require.NoError(t, h.handle(protocol.Message{Type: protocol.Replica, Data: [][]byte{state}}))
	require.NoError(t, h.handle(protocol.Message{Type: protocol.Shards, Data: [][]byte{head(1, 2), rows}}))
	for _, m := range []protocol.Message{
		{Type: protocol.Shards, Data: [][]byte{head(1, 3), rows}},
		{Type: protocol.Shards, Data: [][]byte{head(1, 1), rows}},
		{Type: protocol.Shards, Data: [][]byte{head(-1, 1), rows}},
		{Type: protocol.Shards, Data: [][]byte{head(1, 2), rows[4:]}},
		{Type: protocol.Shards, Data: [][]byte{head(1, 2)[8:], rows}},
		{Type: protocol.Summed, Data: [][]byte{rows, rows}},
		{Type: protocol.Train},
	} {
		require.Error(t, h.handle(m))
	}
}

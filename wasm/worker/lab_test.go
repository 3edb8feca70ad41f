package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/wasm/protocol"
)

// labPage drives a lab as the browser would.
type labPage struct {
	*page
	l *labSession
}

func newLabPage(t *testing.T) *labPage {
	p := &labPage{page: &page{t: t}}
	p.l = newLabSession(
		func(m protocol.Message) { p.sent = append(p.sent, m) },
		func() float64 { p.clock += 0.001; return p.clock },
		func() {
			pending := p.pending
			p.pending = nil
			for _, m := range pending {
				p.l.handle(m)
			}
		})
	return p
}

func (p *labPage) run() {
	for range 1_000_000 {
		if !p.l.busy() {
			return
		}
		p.l.work()
	}
	p.t.Fatal("the lab does not come to rest")
}

func twoModes(steps int) protocol.LabRequest {
	return protocol.LabRequest{Target: "mixture", Modes: [][]float64{{1, -0.5, 0.1}, {1, 0.5, 0.1}}, SourceStd: 1, Steps: steps}
}

func (p *labPage) law(m protocol.Message) (info protocol.LabLawInfo) {
	require.NoError(p.t, json.Unmarshal(m.Body, &info))
	require.Len(p.t, m.Data, protocol.NumLabLaw)
	return info
}

func TestTheLabTellsTheExactLaw(t *testing.T) {
	p := newLabPage(t)
	p.l.handle(protocol.New(protocol.LabExact, 3, twoModes(20)))
	require.True(t, p.l.busy())
	p.run()
	m := p.one(protocol.LabLaw)
	require.Equal(t, 3, m.ID)
	info := p.law(m)
	require.Equal(t, 1, info.Dim)
	require.InDelta(t, 0.26, info.Variance, 1e-12)
	rows := row(t, protocol.Message{Data: m.Data[:1]}, 11*protocol.NumLabRow)
	want := map[float64]float64{1: .510, 2: .322, 4: .135, 8: .050, 20: .019}
	for i := range 11 {
		r := rows[i*protocol.NumLabRow:]
		if w, ok := want[r[protocol.LabRowK]]; ok {
			require.InDelta(t, w, r[protocol.LabRowW2], 5.2e-4)
			delete(want, r[protocol.LabRowK])
		}
	}
	require.Empty(t, want, "the chosen K stands among the others")
	require.Len(t, m.Data[protocol.LabLawTarget], 4*lineDensity)
	require.Len(t, m.Data[protocol.LabLawPaths], 4*21*labParticles)
	require.Len(t, m.Data[protocol.LabLawField], 4*labTimes*linePoints)
	require.Len(t, m.Data[protocol.LabLawSteps], 4*2*20)
	require.Empty(t, m.Data[protocol.LabLawDescent])
}

func TestTheLabDrawsThePlaneAndThePathOfMirrorDescent(t *testing.T) {
	p := newLabPage(t)
	p.l.handle(protocol.New(protocol.LabExact, 1, protocol.LabRequest{Target: "moons", Std: 0.1, SourceStd: 0.5, Steps: 4}))
	p.run()
	m := p.one(protocol.LabLaw)
	info := p.law(m)
	require.Equal(t, 2, info.Dim)
	require.Positive(t, info.Floor)
	require.Len(t, m.Data[protocol.LabLawTarget], 4*2*labParticles)
	require.Len(t, m.Data[protocol.LabLawPaths], 4*5*2*labParticles)
	require.Len(t, m.Data[protocol.LabLawField], 4*labTimes*planePoints*planePoints*2)
	require.Empty(t, m.Data[protocol.LabLawSteps])

	p.l.handle(protocol.New(protocol.LabExact, 2, protocol.LabRequest{Target: "mirror", Lambda: 1, Step: 8, Wells: 1.5, Difference: 0.3, SourceStd: 1, Steps: 2}))
	p.run()
	require.Len(t, p.one(protocol.LabLaw).Data[protocol.LabLawDescent], 4*(labDescent+1))
}

// What was asked for last is answered; what it overtook is told so, at once.
func TestANewerTargetOvertakes(t *testing.T) {
	p := newLabPage(t)
	p.l.handle(protocol.New(protocol.LabExact, 1, twoModes(8)))
	p.pending = []protocol.Message{protocol.New(protocol.LabExact, 2, twoModes(4))}
	p.run()
	require.Equal(t, "outdated", p.failure().Code)
	m := p.one(protocol.LabLaw)
	require.Equal(t, 2, m.ID)
	require.Equal(t, 4, p.law(m).Steps)
}

func TestAFitReportsAndStops(t *testing.T) {
	p := newLabPage(t)
	train := protocol.LabTraining{LabRequest: twoModes(4), Variant: "meanflow", Seed: 1, Updates: 40}
	p.l.handle(protocol.New(protocol.LabTrain, 1, train))
	require.Equal(t, 1, p.one(protocol.LabStarted).ID)
	p.run()
	fits := p.take(protocol.LabFit)
	last := fits[len(fits)-1]
	var info protocol.LabFitInfo
	require.NoError(t, json.Unmarshal(last.Body, &info))
	require.Equal(t, 40, info.Updates)
	require.True(t, info.Done)
	require.Len(t, last.Data[0], 8*5*protocol.NumLabRow)
	require.Len(t, last.Data[1], 4*5*labShown)
	again := newLabPage(t)
	again.l.handle(protocol.New(protocol.LabTrain, 1, train))
	again.run()
	fits = again.take(protocol.LabFit)
	require.Equal(t, last.Data, fits[len(fits)-1].Data, "same seed, same bits")

	train.Updates = 100_000
	p.l.handle(protocol.New(protocol.LabTrain, 2, train))
	p.l.work()
	asked := p.clock
	p.pending = []protocol.Message{protocol.New(protocol.LabStop, 3, nil)}
	for p.l.busy() {
		p.l.work()
	}
	require.Equal(t, 3, p.one(protocol.LabStopped).ID)
	require.Less(t, p.clock-asked, 0.02, "a few slices of 5 ms")
	require.Less(t, p.l.learner.Updates, 100)
}

// An exact law is told while a fit runs, and the fit goes on.
func TestTheFitGoesOnAfterAnExactLaw(t *testing.T) {
	p := newLabPage(t)
	p.l.handle(protocol.New(protocol.LabTrain, 1, protocol.LabTraining{LabRequest: twoModes(2), Variant: "rectified", Seed: 1, Updates: 30}))
	p.l.work()
	p.l.handle(protocol.New(protocol.LabExact, 2, twoModes(2)))
	p.run()
	require.Len(t, p.take(protocol.LabLaw), 1)
	require.Equal(t, 30, p.l.learner.Updates)
}

func TestTheLabRefusesWithTheRange(t *testing.T) {
	for want, change := range map[string]func(q *protocol.LabTraining){
		"std must lie in 0.01..10, not 0":    func(q *protocol.LabTraining) { q.SourceStd = 0 },
		"steps must lie in 1..32, not 33":    func(q *protocol.LabTraining) { q.Steps = 33 },
		"weight, mean and std are wanted":    func(q *protocol.LabTraining) { q.Modes = [][]float64{{1, 2}} },
		"a mixture has 1 to 16 modes, not 0": func(q *protocol.LabTraining) { q.Modes = nil },
		`not "diffusion"`:                    func(q *protocol.LabTraining) { q.Variant = "diffusion" },
		"updates must lie in":                func(q *protocol.LabTraining) { q.Updates = 0 },
	} {
		p := newLabPage(t)
		q := protocol.LabTraining{LabRequest: twoModes(2), Variant: "rectified", Updates: 1}
		change(&q)
		p.l.handle(protocol.New(protocol.LabTrain, 7, q))
		f := p.failure()
		require.Equal(t, "bad-config", f.Code)
		require.Contains(t, f.Message, want)
		require.False(t, p.l.busy())
	}
	p := newLabPage(t)
	p.l.handle(protocol.New(protocol.LabExact, 1, protocol.LabRequest{Target: "gaussian", Std: 99, SourceStd: 1, Steps: 1}))
	p.run()
	require.Contains(t, p.failure().Message, "s must lie in 0.01..10, not 99")
	require.True(t, p.l.takes(protocol.LabStop) && !p.l.takes(protocol.Train))
}

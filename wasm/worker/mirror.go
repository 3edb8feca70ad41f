package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"onestep/engine/strict"
	"onestep/policy/tabular"
	"onestep/wasm/protocol"
)

const (
	mirrorPeriod = 0.1     // between two reports of progress, s
	mirrorFloats = 3 << 20 // of all frames of policies; longer paths keep fewer frames
	mirrorMost   = 20_000  // iterations
	halfWell     = 2.0     // doublewell's actions lie in [-2, 2]
)

// mirrorSession is the mirror lab without the browser: messages in, messages out. A path comes before what is learned.
type mirrorSession struct {
	post  func(protocol.Message)
	now   func() float64 // s
	yield func()         // lets messages arrive and be handled

	asked  []protocol.Message // MirrorFollow that wait, at most one a column
	looked float64

	learner *tabular.Learner
	learn   protocol.Message // the request that it answers
}

func newMirrorSession(post func(protocol.Message), now func() float64, yield func()) *mirrorSession {
	return &mirrorSession{post: post, now: now, yield: yield}
}

// takes reports whether a message is the mirror lab's.
func (s *mirrorSession) takes(t protocol.Type) bool {
	return t == protocol.MirrorFollow || t == protocol.MirrorLearn || t == protocol.MirrorMap
}

// busy reports whether work has something to do.
func (s *mirrorSession) busy() bool { return len(s.asked) > 0 || s.learner != nil }

// handle takes one message; the work is work's to do.
func (s *mirrorSession) handle(m protocol.Message) {
	if m.Type == protocol.MirrorLearn {
		var q protocol.MirrorLearning
		if err := m.Decode(&q); err != nil {
			s.fail(m.ID, err)
			return
		}
		if s.learner != nil {
			s.post(protocol.New(protocol.WorkerError, s.learn.ID, protocol.Failure{Code: "outdated", Message: "another map is learned"}))
		}
		s.learner, s.learn = tabular.NewLearner(q.Seed), m
		return
	}
	if m.Type == protocol.MirrorMap {
		if answer, err := curves(m); err != nil {
			s.fail(m.ID, err)
		} else {
			s.post(answer)
		}
		return
	}
	column := columnOf(m)
	s.asked = slices.DeleteFunc(s.asked, func(old protocol.Message) bool {
		if columnOf(old) != column {
			return false
		}
		s.post(protocol.New(protocol.WorkerError, old.ID, protocol.Failure{Code: "outdated", Message: "newer settings were asked for"}))
		return true
	})
	s.asked = append(s.asked, m)
}

func columnOf(m protocol.Message) int {
	var q protocol.MirrorRequest
	if m.Decode(&q) != nil {
		return -1
	}
	return q.Column
}

func (s *mirrorSession) fail(id int, err error) {
	s.post(protocol.New(protocol.WorkerError, id, protocol.Failure{Code: "bad-config", Message: err.Error()}))
}

// look lets messages arrive where it was long ago.
func (s *mirrorSession) look() {
	if s.now()-s.looked > slicePeriod {
		s.yield()
		s.looked = s.now()
	}
}

// work follows one path, or makes one generation.
func (s *mirrorSession) work() {
	if len(s.asked) == 0 {
		s.generation()
		return
	}
	m := s.asked[0]
	s.asked = s.asked[1:]
	answer, err := s.follow(m)
	switch {
	case errors.Is(err, errNewer):
		s.post(protocol.New(protocol.WorkerError, m.ID, protocol.Failure{Code: "outdated", Message: err.Error()}))
	case err != nil:
		s.fail(m.ID, err)
	default:
		s.post(answer)
	}
	s.yield()
	s.looked = s.now()
}

var errNewer = errors.New("newer settings were asked for")

// problemOf makes the problem of a request.
func problemOf(q protocol.MirrorRequest) (*tabular.MDP, error) {
	if len(q.Grid) == 0 {
		return tabular.Problem(q.Problem)
	}
	var g tabular.Grid
	if err := strict.Unmarshal(q.Grid, &g); err != nil {
		return nil, fmt.Errorf("the grid cannot be read: %w", err)
	}
	return g.MDP("grid")
}

// follow runs the path of a request to its end, unless a newer one of its column arrives.
func (s *mirrorSession) follow(m protocol.Message) (answer protocol.Message, err error) {
	var q protocol.MirrorRequest
	if err := m.Decode(&q); err != nil {
		return answer, err
	}
	problem, err := problemOf(q)
	if err != nil {
		return answer, err
	}
	var settings tabular.Settings
	if err := strict.Unmarshal(q.Settings, &settings); err != nil {
		return answer, fmt.Errorf("the settings cannot be read: %w", err)
	}
	if settings.K > mirrorMost {
		return answer, fmt.Errorf("the lab follows at most %d iterations", mirrorMost)
	}
	p, err := tabular.NewPath(problem, settings)
	if err != nil {
		return answer, err
	}
	begun, reported := s.now(), s.now()
	f := newFrames(p)
	for p.K < settings.K {
		f.record(p)
		p.Advance()
		f.complete(p)
		s.look()
		if slices.ContainsFunc(s.asked, func(m protocol.Message) bool { return columnOf(m) == q.Column }) {
			return answer, errNewer
		}
		if s.now()-reported > mirrorPeriod {
			reported = s.now()
			s.post(protocol.New(protocol.MirrorProgress, 0, protocol.MirrorProgressInfo{Column: q.Column, K: p.K, Of: settings.K}))
		}
	}
	f.record(p)
	info, err := pathInfo(p, q)
	if err != nil {
		return answer, err
	}
	info.Frames, info.Seconds = f.at, s.now()-begun
	return protocol.New(protocol.MirrorPath, m.ID, info, f.blocks(p)...), nil
}

func pathInfo(p *tabular.Path, q protocol.MirrorRequest) (info protocol.MirrorPathInfo, err error) {
	info = protocol.MirrorPathInfo{
		Column: q.Column, Problem: p.MDP.Name, About: tabular.About(p.MDP.Name), States: p.MDP.States, Actions: p.MDP.Actions, Gamma: p.MDP.Gamma,
		Terminal: []int{}, Layout: p.MDP.Layout, Cells: p.MDP.Cells, Optimum: p.Optimum.Value, BoundOn: p.BoundOn(), Iterations: p.K,
	}
	for s, end := range p.MDP.Terminal {
		if end {
			info.Terminal = append(info.Terminal, s)
		}
	}
	if reason := p.BoundReason(); reason != nil {
		info.Note = reason.Error()
	}
	info.Settings, err = json.Marshal(p.Settings)
	return info, err
}

// frames are what is kept of a path.
type frames struct {
	every            int
	at               []int
	rows             []float64
	v, pi, q, visits []float32
	scratch          []float64
}

func newFrames(p *tabular.Path) *frames {
	size := (p.Settings.K + 1) * p.MDP.States * p.MDP.Actions
	return &frames{every: (size + mirrorFloats - 1) / mirrorFloats}
}

// record takes the row of p's k, and a frame where it is due; the first and the last always are.
func (f *frames) record(p *tabular.Path) {
	r := p.Row()
	row := make([]float64, protocol.NumMirrorRow)
	variance := float64(r.Variance)
	if strings.HasPrefix(p.MDP.Name, "doublewell") {
		_, variance = tabular.Place(p.Pi, halfWell)
	}
	potential := math.NaN()
	if r.NuRow != nil {
		potential = float64(r.Potential)
	}
	for i, v := range map[int]float64{
		protocol.MirrorRowK: float64(r.K), protocol.MirrorRowGapRho: float64(r.GapRho), protocol.MirrorRowGapSup: float64(r.GapSup),
		protocol.MirrorRowBound: float64(r.Bound), protocol.MirrorRowEntropy: float64(r.Entropy), protocol.MirrorRowVariance: variance,
		protocol.MirrorRowMove: math.NaN(), protocol.MirrorRowEta: math.NaN(), protocol.MirrorRowValue: float64(r.Value),
		protocol.MirrorRowPotential: potential, protocol.MirrorRowBackups: float64(r.Backups),
		protocol.MirrorRowEvaluations: float64(r.Evaluations), protocol.MirrorRowUpdates: float64(r.Updates),
	} {
		row[i] = v
	}
	f.rows = append(f.rows, row...)
	if p.K%f.every != 0 && p.K != p.Settings.K {
		return
	}
	f.at = append(f.at, p.K)
	f.scratch = p.MDP.QTo(f.scratch, p.V)
	f.v = append(f.v, rounded(p.V)...)
	f.pi = append(f.pi, rounded(p.Pi)...)
	f.q = append(f.q, rounded(f.scratch)...)
	f.visits = append(f.visits, rounded(p.VisitLaw())...)
}

// complete adds what the step from the last row has shown.
func (f *frames) complete(p *tabular.Path) {
	row := f.rows[len(f.rows)-protocol.NumMirrorRow:]
	row[protocol.MirrorRowMove], row[protocol.MirrorRowEta] = p.Move, p.Eta
}

func (f *frames) blocks(p *tabular.Path) [][]byte {
	var data [protocol.NumMirrorData][]byte
	data[protocol.MirrorDataRows] = bytesOf(f.rows)
	data[protocol.MirrorDataV] = bytesOf(f.v)
	data[protocol.MirrorDataPi] = bytesOf(f.pi)
	data[protocol.MirrorDataQ] = bytesOf(f.q)
	data[protocol.MirrorDataVisits] = bytesOf(f.visits)
	data[protocol.MirrorDataBest] = bytesOf(append(rounded(p.Optimum.V), rounded(p.Optimum.Pi)...))
	return data[:]
}

// curves are inv along (0, 1] and the level of D_h over the simplex of three actions.
func curves(m protocol.Message) (answer protocol.Message, err error) {
	const points, lattice = 100, 48
	var q protocol.MirrorMapRequest
	if err := m.Decode(&q); err != nil {
		return answer, err
	}
	var kind tabular.Map
	if err := strict.Unmarshal(q.Map, &kind); err != nil {
		return answer, fmt.Errorf("the map cannot be read: %w", err)
	}
	h, err := kind.Potential()
	if err != nil {
		return answer, err
	}
	if len(q.Start) != 3 || !(slices.Min(q.Start) >= 0) || math.Abs(q.Start[0]+q.Start[1]+q.Start[2]-1) > 1e-6 {
		return answer, errors.New("the start must be a law of three actions")
	}
	inv := make([]float64, points)
	for i := range inv {
		inv[i] = h.Inv(float64(i+1) / points)
	}
	yStart := tabular.InvOf(h, q.Start)
	var level []float64
	for i := range lattice + 1 {
		for j := range lattice + 1 - i {
			p := []float64{float64(i) / lattice, float64(j) / lattice, float64(lattice-i-j) / lattice}
			level = append(level, tabular.Divergence(h, tabular.InvOf(h, p), p, yStart, q.Start))
		}
	}
	return protocol.New(protocol.MirrorCurves, m.ID, protocol.MirrorCurvesInfo{Points: points, Lattice: lattice}, bytesOf(inv), bytesOf(level)), nil
}

// waiting is a context whose Err lets messages arrive and ends where a path is asked for.
type waiting struct {
	context.Context
	s *mirrorSession
}

func (p waiting) Err() error {
	p.s.look()
	if len(p.s.asked) > 0 {
		return context.Canceled
	}
	return nil
}

// generation makes one generation of the map that learns; where a path is asked for meanwhile it is made again later.
func (s *mirrorSession) generation() {
	l, learn := s.learner, s.learn
	ctx := waiting{context.Background(), s}
	if l.Generation < tabular.LearnGenerations {
		if l.Advance(ctx) != nil || s.learner != l {
			return
		}
		s.post(protocol.New(protocol.MirrorGeneration, 0, protocol.MirrorGenerationInfo{
			Generation: l.Generation, Of: tabular.LearnGenerations, W: l.Map().W, Shortfall: l.Shortfall,
		}))
		s.look()
		return
	}
	list, err := l.Compare(ctx)
	if err != nil || s.learner != l {
		return
	}
	var info protocol.MirrorComparedInfo
	for _, c := range list {
		info.Bars = append(info.Bars, protocol.MirrorBar{Name: c.Name, Eta: c.Eta, Shortfall: c.Shortfall})
	}
	s.learner = nil
	s.post(protocol.New(protocol.MirrorCompared, learn.ID, info))
}

package show

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/engine/rng"
	"onestep/engine/view"
	"onestep/policy/checkpoint"
	"onestep/policy/train"
	"onestep/wasm/app/panel"
	"onestep/wasm/app/sim"
	"onestep/wasm/app/weights"
	"onestep/wasm/protocol"
)

// policyFile is a policy file of the given algorithm, trained for a moment; edit may spoil it first.
func policyFile(t *testing.T, algorithm string, edit func(*checkpoint.Policy)) []byte {
	t.Helper()
	o, err := train.NewOptions("pendulum", algorithm, 3, 40, map[string]any{"warmUp": 20, "batch": 8, "hidden": []int{16, 16}})
	require.NoError(t, err)
	run, err := train.NewRun(o)
	require.NoError(t, err)
	for run.EnvSteps < o.Steps {
		require.NoError(t, run.Step())
	}
	p := checkpoint.PolicyOf(run, checkpoint.NewRecord(0))
	if edit != nil {
		edit(p)
	}
	b, err := checkpoint.PolicyBytes(p)
	require.NoError(t, err)
	return b
}

// bench is a session with a page that remembers what it was told, and a clock of its own.
type bench struct {
	*Session
	t    *testing.T
	sent []protocol.Message
	now  float64
}

func newBench(t *testing.T) *bench { return newSlowBench(t, 1e-5) }

// Resize is a stage of so many device pixels whose panels lie as the page's sheets have them: one under another where it is
// narrow, in two rows otherwise.
func (b *bench) Resize(width, height, pixel float64) {
	places := protocol.Places{"body": {X: 0, Y: 0, W: 0.494, H: 0.56}, "flow": {X: 0.506, Y: 0, W: 0.494, H: 0.56}, "scatter": {X: 0, Y: 0.58, W: 0.494, H: 0.42}, "curve": {X: 0.506, Y: 0.58, W: 0.494, H: 0.42}}
	if width < 620*pixel {
		places = protocol.Places{"body": {X: 0, Y: 0, W: 1, H: 0.265}, "flow": {X: 0, Y: 0.272, W: 1, H: 0.283}, "scatter": {X: 0, Y: 0.562, W: 1, H: 0.226}, "curve": {X: 0, Y: 0.795, W: 1, H: 0.205}}
	}
	b.Session.Resize(width, height, pixel)
	b.Handle(protocol.New(protocol.Arrange, 0, places))
}

// newSlowBench is a bench on whose clock each look takes so long, s: the longer, the less is probed in a frame.
func newSlowBench(t *testing.T, look float64) *bench {
	t.Helper()
	b := &bench{t: t}
	tick := 0.0
	s, err := New(Outside{
		Post: func(m protocol.Message) { b.sent = append(b.sent, m) },
		// Each look at the clock takes a moment, so that budgets are spent.
		Clock: func() float64 { tick += look; return tick },
		Env:   env.Make,
	}, "pendulum", 1)
	require.NoError(t, err)
	b.Session = s
	b.Resize(900, 700, 1)
	return b
}

func (b *bench) send(typ protocol.Type, body any, data ...[]byte) {
	b.Handle(protocol.New(typ, 7, body, data...))
}

// frames lets n frames of a 50th of a second pass.
func (b *bench) frames(n int) {
	for range n {
		b.now += 0.02
		b.Update(b.now)
		drawn := false
		for _, p := range b.Panels() {
			drawn = drawn || p.Dirty
			p.Dirty = false
		}
		b.FrameDone(view.Frame{Drawn: drawn, Work: 1e-3})
	}
}

// last is the newest message of a type.
func (b *bench) last(typ protocol.Type) *protocol.Message {
	for i := len(b.sent) - 1; i >= 0; i-- {
		if b.sent[i].Type == typ {
			return &b.sent[i]
		}
	}
	return nil
}

func (b *bench) stat(column int) float64 {
	b.t.Helper()
	m := b.last(protocol.StageStats)
	require.NotNil(b.t, m)
	row := protocol.Float64s(m.Data[0])
	require.Len(b.t, row, protocol.NumStats)
	return row[column]
}

func (b *bench) failure() protocol.Failure {
	b.t.Helper()
	m := b.last(protocol.StageError)
	require.NotNil(b.t, m)
	var f protocol.Failure
	require.NoError(b.t, json.Unmarshal(m.Body, &f))
	return f
}

func (b *bench) load(file []byte) {
	b.send(protocol.LoadPolicy, protocol.PolicySource{Source: "asset", Name: "a file"}, file)
}

func started(t *testing.T) *bench {
	b := newBench(t)
	b.load(policyFile(t, "fpmd-m", nil))
	require.NotNil(t, b.last(protocol.PolicyLoaded))
	return b
}

func TestThePolicyIsDescribed(t *testing.T) {
	b := started(t)
	m := b.last(protocol.PolicyLoaded)
	assert.Equal(t, 7, m.ID, "an answer repeats the number of its request")
	var info protocol.PolicyInfo
	require.NoError(t, json.Unmarshal(m.Body, &info))
	assert.Equal(t, "pendulum", info.Task)
	assert.Equal(t, "fpmd-m", info.Algorithm)
	assert.Equal(t, "a file", info.Name)
	assert.Equal(t, 40, info.EnvSteps)
	assert.True(t, info.HasCritics)
	assert.Len(t, info.Hash, 64)
}

// A browser's digest comes later: the policy acts meanwhile, and each answer has the hash of its own file.
func TestThePolicyIsDescribedOnceItsHashIsKnown(t *testing.T) {
	b := newBench(t)
	type digest struct {
		sum  [32]byte
		done func(string)
	}
	var asked []digest
	b.out.Digest = func(bytes []byte, done func(string)) { asked = append(asked, digest{sha256.Sum256(bytes), done}) }
	files := [][]byte{policyFile(t, "fpmd-m", nil), policyFile(t, "fpmd-r", nil)}
	for i, file := range files {
		b.load(file)
		require.Len(t, asked, i+1)
	}
	require.Nil(t, b.last(protocol.PolicyLoaded))
	assert.Equal(t, "fpmd-r", b.world.Info.Algorithm)
	for i, file := range files {
		asked[i].done(hex.EncodeToString(asked[i].sum[:]))
		p, err := checkpoint.ReadPolicy(file)
		require.NoError(t, err)
		var info protocol.PolicyInfo
		require.NoError(t, json.Unmarshal(b.last(protocol.PolicyLoaded).Body, &info))
		assert.Equal(t, p.Hash(), info.Hash)
		assert.Equal(t, string(p.Algorithm), info.Algorithm)
	}
}

func TestWhatIsRefusedChangesNothing(t *testing.T) {
	good := policyFile(t, "fpmd-m", nil)
	type message struct {
		typ  protocol.Type
		body any
		data [][]byte
	}
	for _, c := range []struct {
		name string
		m    message
		code string
		says string
	}{
		{"cut short", message{protocol.LoadPolicy, protocol.PolicySource{Name: "x.safetensors"}, [][]byte{good[:len(good)/2]}}, "bad-file", "x.safetensors"},
		{"no file at all", message{protocol.LoadPolicy, protocol.PolicySource{}, [][]byte{{1, 2, 3}}}, "bad-file", "cannot be used"},
		{"no bytes", message{protocol.LoadPolicy, protocol.PolicySource{}, nil}, "protocol", "one array"},
		{"too many steps", message{protocol.SetSampler, protocol.Sampler{Steps: 33, ManySteps: 20, BestOf: 1}, nil}, "bad-config", "33"},
		{"one many", message{protocol.SetSampler, protocol.Sampler{Steps: 1, ManySteps: 1, BestOf: 1}, nil}, "bad-config", "manySteps"},
		{"best of none", message{protocol.SetSampler, protocol.Sampler{Steps: 1, ManySteps: 20}, nil}, "bad-config", "bestOf"},
		{"speed", message{protocol.SetPlay, protocol.Play{Playing: true, Speed: 100}, nil}, "bad-config", "speed"},
		{"t", message{protocol.SetScrub, protocol.Scrub{T: 1.5}, nil}, "bad-config", "1.5"},
		{"unknown task", message{protocol.SetTask, protocol.TaskSeed{Task: "unicycle"}, nil}, "bad-config", "unicycle"},
		{"curve", message{protocol.Curve, protocol.CurveInfo{}, [][]byte{make([]byte, 12)}}, "protocol", "rows"},
		{"dots", message{protocol.Dots, protocol.DotsInfo{Count: 2, ObsDim: 3}, [][]byte{make([]byte, 12)}}, "protocol", "2 dots"},
		{"dots of another body", message{protocol.Dots, protocol.DotsInfo{ObsDim: 17}, [][]byte{{}}}, "protocol", "17"},
		{"not for the stage", message{protocol.Train, nil, nil}, "protocol", "10"},
		{"unknown field", message{protocol.SetPlay, map[string]any{"playing": true, "sped": 1}, nil}, "protocol", "sped"},
		{"no body", message{protocol.SetPlay, nil, nil}, "protocol", "body"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := started(t)
			before, sampler, play, scrub := b.world.Policy, b.world.Sampler, b.world.Play, b.world.Scrub
			b.send(c.m.typ, c.m.body, c.m.data...)
			f := b.failure()
			assert.Equal(t, c.code, f.Code)
			assert.Contains(t, f.Message, c.says)
			assert.Equal(t, 7, b.last(protocol.StageError).ID)
			assert.Same(t, before, b.world.Policy)
			assert.Equal(t, sampler, b.world.Sampler)
			assert.Equal(t, play, b.world.Play)
			assert.Equal(t, scrub, b.world.Scrub)
			assert.Equal(t, "pendulum", b.world.Task)
		})
	}
}

func TestOtherTasksAreRefusedWithBothNames(t *testing.T) {
	b := started(t)
	before := b.world.Policy
	b.world.Task = "reacher" // as if the stage showed another one
	b.load(policyFile(t, "fpmd-r", nil))
	f := b.failure()
	assert.Contains(t, f.Message, "pendulum")
	assert.Contains(t, f.Message, "reacher")
	assert.Same(t, before, b.world.Policy)
}

func TestTheBodyMovesByRealTimeTimesSpeed(t *testing.T) {
	for _, c := range []struct {
		speed float64
		steps float64
	}{{1, 40}, {0.5, 20}, {4, 160}} {
		b := started(t)
		b.frames(1)
		b.send(protocol.SetPlay, protocol.Play{Playing: true, Speed: c.speed})
		b.frames(100) // 2 s of 20 control steps a second
		assert.InDelta(t, c.steps, float64(b.world.Episode.Steps), 1, "the step under way")
	}
}

func TestALongPauseDoesNotLeap(t *testing.T) {
	b := started(t)
	b.frames(1)
	b.now += 60
	b.frames(1)
	assert.LessOrEqual(t, b.world.Episode.Steps, int(sim.MaxFrame/0.05)+1)
}

func TestSingleStepsWhilePaused(t *testing.T) {
	b := started(t)
	b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1})
	b.frames(20)
	assert.Zero(t, b.world.Episode.Steps)
	b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1, Single: 3})
	b.frames(20)
	assert.Equal(t, 3, b.world.Episode.Steps)
	still, err := env.Make("pendulum", nil)
	require.NoError(t, err)
	require.NoError(t, still.Restore(b.world.State(nil)))
	assert.Equal(t, still.Shapes(nil)[0], b.world.Figure.Shapes[0], "the picture shows the state itself")
	b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1, Reset: true})
	assert.Zero(t, b.world.Episode.Steps)
}

func TestEpisodesEndAndAreCounted(t *testing.T) {
	b := started(t)
	b.send(protocol.SetPlay, protocol.Play{Playing: true, Speed: 8})
	b.frames(90) // 14.4 s, an episode has 10
	assert.Equal(t, 1.0, b.stat(protocol.StatEpisodes))
	assert.Less(t, b.stat(protocol.StatLastReturn), 0.0)
}

func TestTheSamplerShowsAtOnce(t *testing.T) {
	b := started(t)
	b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1})
	b.frames(30)
	assert.Equal(t, 1.0, b.stat(protocol.StatPolicyNFE))
	assert.Equal(t, 0.0, b.stat(protocol.StatCriticNFE))
	one := b.Look()
	assert.Equal(t, 1, one.Steps)
	x0 := b.world.Decision.X0[0]

	b.send(protocol.SetSampler, protocol.Sampler{Steps: 8, ManySteps: 20, BestOf: 1})
	b.frames(60)
	many := b.Look()
	assert.Equal(t, 8, many.Steps)
	assert.NotEqual(t, one.Action, many.Action)
	assert.Equal(t, x0, b.world.Decision.X0[0], "the same noise")
	assert.Equal(t, 8.0, b.stat(protocol.StatPolicyNFE))

	b.send(protocol.SetSampler, protocol.Sampler{Steps: 2, ManySteps: 20, BestOf: 16})
	b.frames(60)
	assert.Equal(t, 32.0, b.stat(protocol.StatPolicyNFE), "best-of-N is counted: 2 steps, 16 particles")
	assert.Equal(t, 32.0, b.stat(protocol.StatCriticNFE), "2N critic evaluations")
	d := &b.world.Decision
	for i, q := range d.Q[:d.N] {
		assert.LessOrEqual(t, q, d.Q[d.Chosen], "candidate %d", i)
	}
	assert.InDelta(t, d.X1[d.Chosen], b.Look().Action, 0)
}

// The picture shows the very particle that acts: its way begins at its noise and ends in the action.
func TestThePictureHoldsTheActingParticle(t *testing.T) {
	b := started(t)
	b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1})
	for _, n := range []int{1, 9} {
		b.send(protocol.SetSampler, protocol.Sampler{Steps: 3, ManySteps: 20, BestOf: n})
		b.frames(60)
		pic, d := b.probe.Shown(), &b.world.Decision
		require.True(t, pic.Ready)
		assert.Equal(t, d.X0[d.Chosen], pic.Paths.Starts()[pic.Chosen])
		// The batch differs, not the arithmetic: every row is computed alike.
		assert.Equal(t, d.X1[d.Chosen], pic.Paths.Ends()[pic.Chosen])
		assert.Equal(t, float32(d.Action[0]), pic.Action[0])
	}
}

// The measured noise is that of the policy's fit, c = 1; as it acts, with 0.5, it is that of the cloud that is drawn.
func TestSpreadAndErrorAreThoseOfTheProbe(t *testing.T) {
	b := started(t)
	b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1})
	b.frames(60)
	pic := b.probe.Shown()
	assert.Equal(t, float32(1), pic.Source)
	assert.Contains(t, strings.Join(b.texts(Scatter), "\n"), "c = 1")
	fit := pic.Variance
	b.send(protocol.SetView, protocol.View{Acting: true})
	b.frames(60)
	pic = b.probe.Shown()
	assert.Equal(t, float32(0.5), pic.Source)
	assert.Contains(t, strings.Join(b.texts(Scatter), "\n"), "c = 0.5")
	assert.Less(t, pic.Variance, fit)
	assert.Greater(t, pic.Variance, 0.0)
	assert.LessOrEqual(t, pic.Shift, pic.Upper, "W2^2 >= Shift^2")
	assert.InDelta(t, pic.Variance, b.stat(protocol.StatVariance), 0)
	b.send(protocol.SetView, protocol.View{})
	b.frames(60)
	pic = b.probe.Shown()
	unit, ends := make([]float32, weights.Compared), make([]float32, weights.Compared)
	rng.New(1).Split(streamParticles).FillNormal(unit)
	b.world.Policy.Sample(ends, b.world.Decision.Obs, weights.Compared, unit, 20)
	mean, sq := 0.0, 0.0
	for _, a := range ends {
		mean += float64(a) / weights.Compared
	}
	for _, a := range ends {
		sq += (float64(a) - mean) * (float64(a) - mean)
	}
	assert.InDelta(t, sq/(weights.Compared-1), pic.Variance, 1e-9, "float32 actions, summed in float64 in another order")
}

func TestDotsComeAndCanBeChosen(t *testing.T) {
	b := started(t)
	b.frames(150)
	require.Greater(t, b.Look().Dots, 3)
	slot := 1
	x, y := b.scatter().Axes.Point(b.visited.Dots.X[slot], b.visited.Dots.Y[slot])
	hit := b.visited.Dots.Nearest(&b.scatter().Axes, x, y, 1)
	obs := append([]float32(nil), b.visited.Obs[hit*3:hit*3+3]...)
	b.Pointer(panel.PointerMove, x, y)
	require.Len(t, b.Labels()[b.labelsHover()].List, 1)
	assert.Contains(t, b.Labels()[b.labelsHover()].List[0].Text, "W₂")
	assert.Equal(t, "pointer", b.Cursor())

	b.Pointer(panel.PointerDown, x, y)
	assert.Equal(t, hit, b.Look().Selected)
	for i := range obs {
		assert.Equal(t, obs[i], float32(b.world.Obs[i]), "the body is where it was")
	}
	var sel protocol.Selected
	require.NoError(t, json.Unmarshal(b.last(protocol.StateSelected).Body, &sel))
	assert.False(t, sel.Live)
	assert.Equal(t, b.visited.Points[hit].Variance, sel.Variance)
	steps := b.world.Episode.Steps
	dots := b.Look().Dots
	b.frames(50)
	assert.Equal(t, steps, b.world.Episode.Steps, "it waits there")
	assert.Equal(t, dots, b.Look().Dots, "and makes no dots")
	for i := range obs {
		assert.Equal(t, obs[i], b.probe.Obs()[i], "flow and cloud are of that state")
	}

	b.Pointer(panel.PointerDown, b.Panels()[Scatter].Rect.X+3, b.Panels()[Scatter].Rect.Y+3)
	require.NoError(t, json.Unmarshal(b.last(protocol.StateSelected).Body, &sel))
	assert.True(t, sel.Live)
	b.frames(50)
	assert.Greater(t, b.world.Episode.Steps, steps, "it goes on")
}

func TestPlayReleasesAChosenState(t *testing.T) {
	b := started(t)
	b.frames(100)
	b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1})
	b.choose(0)
	assert.True(t, b.world.Held)
	b.send(protocol.SetPlay, protocol.Play{Playing: true, Speed: 1})
	assert.False(t, b.world.Held)
}

func workerDots(n int) []byte {
	var row []float32
	for i := range n {
		a := float64(i)
		row = append(row, float32(math.Cos(a)), float32(math.Sin(a)), 0.5, 0.04, 0.1, 0.2, 0.05)
	}
	var b []byte
	for _, v := range row {
		u := math.Float32bits(v)
		b = append(b, byte(u), byte(u>>8), byte(u>>16), byte(u>>24))
	}
	return b
}

func TestDotsOfTheWorkerCanBeChosenToo(t *testing.T) {
	b := started(t)
	b.send(protocol.Dots, protocol.DotsInfo{Count: 5, ObsDim: 3, ManySteps: 20, Samples: 64}, workerDots(5))
	assert.Equal(t, 5, b.Look().Dots)
	b.frames(100)
	assert.Equal(t, 5, b.Look().Dots, "while the worker sends dots the stage adds none")
	b.choose(2)
	assert.InDelta(t, math.Cos(2), b.world.Obs[0], 1e-6, "float32 observations")
	assert.InDelta(t, math.Sin(2), b.world.Obs[1], 1e-6)
}

func TestANaNPolicyIsReportedAndThePageLives(t *testing.T) {
	b := newBench(t)
	// Finite weights whose product overflows.
	b.load(policyFile(t, "fpmd-r", func(p *checkpoint.Policy) {
		for i := range p.Actor.Params {
			p.Actor.Params[i] = 1e30
		}
	}))
	require.NotNil(t, b.last(protocol.PolicyLoaded))
	assert.Equal(t, "diverged", b.failure().Code)
	n := len(b.sent)
	b.frames(100)
	errors := 0
	for _, m := range b.sent[n:] {
		if m.Type == protocol.StageError {
			errors++
		}
	}
	assert.LessOrEqual(t, errors, 2, "no flood")
	assert.Zero(t, b.world.Episode.Steps, "the body rests")
	b.load(policyFile(t, "fpmd-r", nil))
	b.frames(50)
	assert.Greater(t, b.world.Episode.Steps, 0, "a good policy brings it back")
}

func TestSlowMotionLetsTRunBeforeEachAction(t *testing.T) {
	b := started(t)
	b.frames(1)
	b.send(protocol.SetScrub, protocol.Scrub{Auto: true, Slow: true})
	b.frames(350) // 7 s; a run of t takes 2.3 s
	assert.InDelta(t, 3, float64(b.world.Episode.Steps), 1)
}

func TestTIsDraggedInTheFlowPanel(t *testing.T) {
	b := started(t)
	b.frames(30)
	f := b.flow().Axes.Frame
	b.Pointer(panel.PointerDown, f.X+0.3*f.W, f.Y+20)
	assert.InDelta(t, 0.3, b.Look().T, 1e-9)
	b.Pointer(panel.PointerMove, f.X+2*f.W, f.Y+20)
	assert.Equal(t, 1.0, b.Look().T)
	b.Pointer(panel.PointerUp, f.X, f.Y+20)
	b.frames(50)
	assert.Equal(t, 1.0, b.Look().T, "it stays where it was put")
	assert.Equal(t, "ew-resize", b.Cursor())
}

func TestReducedMotionLeavesTAtItsEnd(t *testing.T) {
	b := started(t)
	b.send(protocol.Configure, protocol.Appearance{ReducedMotion: true})
	b.frames(80)
	assert.Equal(t, 1.0, b.Look().T)
	assert.False(t, b.Dark())
}

func TestTheFlowPanelGetsItsAxesWithTheFirstPicture(t *testing.T) {
	b := newBench(t)
	b.frames(5)
	empty := len(b.Panels()[Flow].Back.Indices)
	b.load(policyFile(t, "fpmd-m", nil))
	b.frames(20)
	assert.Greater(t, len(b.Panels()[Flow].Back.Indices), empty)
}

func TestCurveFillsTheLearningPanel(t *testing.T) {
	b := newBench(t)
	b.send(protocol.Curve, protocol.CurveInfo{Reset: true, TotalSteps: 4000, Solved: -200}, protocol.AppendFloat64s(nil, append(evaluation(0, -1400, -1300), evaluation(1000, -300, -250)...)))
	assert.Len(t, b.learning().Run.One.X, 2)
	assert.Equal(t, 4000.0, b.learning().Axes.X.Hi)
	assert.LessOrEqual(t, b.learning().Axes.Y.Lo, -1410.0)
	b.send(protocol.Curve, protocol.CurveInfo{TotalSteps: 4000, Solved: -200}, protocol.AppendFloat64s(nil, evaluation(2000, math.NaN(), -150)))
	assert.Len(t, b.learning().Run.One.X, 2)
	assert.Len(t, b.learning().Run.Many.X, 3)
	b.send(protocol.Curve, protocol.CurveInfo{Reset: true, TotalSteps: 4000, Solved: -200})
	assert.Empty(t, b.learning().Run.One.X)
}

// Before there is a training, the panel shows how the policy that acts was trained; a training takes its place.
func TestTheLearningPanelTellsOfTheActingPolicy(t *testing.T) {
	b := newBench(t)
	b.load(policyFile(t, "fpmd-m", func(p *checkpoint.Policy) {
		p.Record.TotalSteps = 6000
		p.Record.Curve = []train.Evaluation{
			{EnvSteps: 0, OneStep: train.Returns{Episodes: 20, Mean: -1300}, ManySteps: 20, Many: train.Returns{Episodes: 20, Mean: -1250}},
			{EnvSteps: 6000, OneStep: train.Returns{Episodes: 20, Mean: -145}, ManySteps: 20, Many: train.Returns{Episodes: 20, Mean: -146}},
		}
	}))
	assert.Equal(t, []float64{-1300, -145}, b.learning().Shown().One.Y)
	assert.Equal(t, 6000.0, b.learning().Axes.X.Hi)
	b.send(protocol.Curve, protocol.CurveInfo{Reset: true, TotalSteps: 4000, Solved: -200})
	assert.Empty(t, b.learning().Shown().One.X)
	assert.Equal(t, 4000.0, b.learning().Axes.X.Hi)
	b.send(protocol.Curve, protocol.CurveInfo{Reset: true})
	assert.Len(t, b.learning().Shown().One.X, 2)
}

// A moment of a training stands in the whole curve of that, whatever trains in this tab; the policy after it does not.
func TestTheLearningPanelShowsAMomentInItsTraining(t *testing.T) {
	b := newBench(t)
	b.send(protocol.Curve, protocol.CurveInfo{Reset: true, TotalSteps: 4000, Solved: -200}, protocol.AppendFloat64s(nil, evaluation(0, -1400, -1300)))
	file := policyFile(t, "fpmd-m", func(p *checkpoint.Policy) { p.Record.EnvSteps, p.Record.TotalSteps = 3000, 6000 })
	from := protocol.PolicySource{Source: "file", Name: "a moment", Curve: json.RawMessage(`[{"envSteps":0,"oneStep":{"episodes":20,"mean":-1300}},{"envSteps":6000,"oneStep":{"episodes":20,"mean":-145}}]`)}
	b.send(protocol.LoadPolicy, from, file)
	assert.Equal(t, []float64{-1300, -145}, b.learning().Shown().One.Y)
	assert.Equal(t, 6000.0, b.learning().Axes.X.Hi)
	var at []string
	for _, l := range b.learning().Labels(nil) {
		at = append(at, l.Text)
	}
	assert.Contains(t, at, "3,000 steps")

	from.Curve = json.RawMessage(`[{"envSteps":"many"}]`)
	b.send(protocol.LoadPolicy, from, file)
	assert.Contains(t, string(b.last(protocol.StageError).Body), "the evaluations of the training behind a moment cannot be read")
	b.send(protocol.LoadPolicy, protocol.PolicySource{Source: "file", Name: "another"}, file)
	assert.Equal(t, []float64{-1400}, b.learning().Shown().One.Y)
}

func TestNothingIsDrawnWhenNothingChanges(t *testing.T) {
	b := started(t)
	b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1})
	b.send(protocol.SetScrub, protocol.Scrub{T: 0.5})
	b.frames(200)
	before := b.stats.frames
	b.frames(50)
	assert.Equal(t, before, b.stats.frames)
}

// TestAHiddenStageRests: while another place of the page is shown, nothing moves and nothing is drawn, and the page still
// hears that the stage lives.
func TestAHiddenStageRests(t *testing.T) {
	b := started(t)
	b.frames(5)
	b.send(protocol.Configure, protocol.Appearance{Resting: true})
	b.frames(1)
	frames, steps := b.stats.frames, b.world.Episode.Steps
	b.sent = nil
	b.frames(100)
	assert.Equal(t, frames, b.stats.frames)
	assert.Equal(t, steps, b.world.Episode.Steps)
	assert.NotEmpty(t, b.sent)
	b.send(protocol.Configure, protocol.Appearance{})
	b.frames(50)
	assert.Greater(t, b.stats.frames, frames)
	assert.Greater(t, b.world.Episode.Steps, steps)
}

func TestAStageIsRebuiltFromMessagesAlone(t *testing.T) {
	run := func() Look {
		b := newBench(t)
		b.send(protocol.Configure, protocol.Appearance{Dark: true})
		b.send(protocol.SetTask, protocol.TaskSeed{Task: "pendulum", Seed: 11})
		b.load(policyFile(t, "fpmd-m", nil))
		b.send(protocol.SetSampler, protocol.Sampler{Steps: 2, ManySteps: 20, BestOf: 1})
		b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1, Single: 30})
		b.frames(60)
		return b.Look()
	}
	assert.Equal(t, run(), run())
}

// Texts and messages allocate, five times a second (FrameDone); simulating, acting, probing and building the
// lists do not, once the buffers have grown.
func TestFramesAllocateNothing(t *testing.T) {
	b := started(t)
	b.frames(300)
	quiet := testing.AllocsPerRun(50, func() {
		b.now += 0.02
		b.Update(b.now)
	})
	assert.Zero(t, quiet)
}

func TestLabelsChangeOnlyWhenTheirTextsDo(t *testing.T) {
	b := started(t)
	b.frames(100)
	versions := make([]int, len(b.Labels()))
	for i := range versions {
		versions[i] = b.Labels()[i].Version
	}
	ticks := b.probe.Axes.Half
	b.frames(100)
	if b.probe.Axes.Half == ticks {
		assert.Equal(t, versions[Flow], b.Labels()[Flow].Version)
	} else {
		assert.Equal(t, versions[Flow]+1, b.Labels()[Flow].Version, "new ticks")
	}
	for _, i := range []int{Body, Curve, b.labelsHover()} {
		assert.Equal(t, versions[i], b.Labels()[i].Version, "set %d", i)
	}
	for i := range b.Labels() {
		for _, l := range b.Labels()[i].List {
			assert.NotEmpty(t, l.Text)
			assert.True(t, l.X >= 0 && l.X <= 900 && l.Y >= 0 && l.Y <= 700, "%q lies on the stage", l.Text)
		}
	}
}

// BenchmarkFrame is our own work in a frame of a moving stage: acting, a share of the probing, four panels.
func BenchmarkFrame(b *testing.B) {
	for _, steps := range []int{1, 20} {
		b.Run(map[int]string{1: "one step", 20: "20 steps"}[steps], func(b *testing.B) {
			s := &bench{t: &testing.T{}}
			clock := time.Now()
			var err error
			s.Session, err = New(Outside{Post: func(protocol.Message) {}, Clock: func() float64 { return time.Since(clock).Seconds() }, Env: env.Make}, "pendulum", 1)
			require.NoError(b, err)
			s.Resize(900, 700, 1)
			file, err := os.ReadFile("../../../assets/policies/pendulum-fpmd-m.safetensors")
			require.NoError(b, err)
			s.load(file)
			s.send(protocol.SetSampler, protocol.Sampler{Steps: steps, ManySteps: 20, BestOf: 1})
			for b.Loop() {
				s.now += 1.0 / 60
				s.Update(s.now)
			}
		})
	}
}

// A picture takes the time that stepping and drawing leave of a frame, and comes to its end even where they leave none.
func TestProbingTakesWhatTheFrameLeaves(t *testing.T) {
	for _, c := range []struct {
		frame, other float64
		empty        bool
		want         float64
	}{
		{1.0 / 60, 0, false, 0.002}, {0.05, 0.001, false, 0.004}, {0.05, 0.004, false, 0.002}, {0.05, 0.03, false, 0.001},
		{1.0 / 60, 0, true, 1.0 / 240}, {0.1, 0.05, true, 0.025},
	} {
		assert.InDelta(t, c.want, probeBudget(c.frame, c.other, c.empty), 1e-12, "%+v", c)
	}
	b := started(t)
	b.frames(2)
	b.FrameDone(view.Frame{Drawn: true, Work: 1})
	assert.InDelta(t, 1, b.stats.drawing+b.stats.before, 1e-9)
	b.probe.Shown().Ready = false
	for range 2000 {
		b.now += 0.02
		b.Update(b.now)
		b.FrameDone(view.Frame{Drawn: true, Work: 1})
	}
	assert.True(t, b.probe.Shown().Ready)
}

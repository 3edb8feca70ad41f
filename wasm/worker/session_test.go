package main

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/wasm/protocol"
)

// page drives a session as the browser would, with a clock that moves 1 ms with every look at it.
type page struct {
	t       *testing.T
	s       *session
	clock   float64
	sent    []protocol.Message // by the session
	pending []protocol.Message // on their way to it
	hands   hands
}

func newPage(t *testing.T) *page {
	p := &page{t: t}
	p.s = newSession(
		func(m protocol.Message) {
			p.sent = append(p.sent, m)
			if m.Type == protocol.HelpWanted {
				p.hire(m)
			}
		},
		func() float64 { p.clock += 0.001; return p.clock },
		func() {
			pending := p.pending
			p.pending = nil
			for _, m := range pending {
				p.s.handle(m)
			}
		},
		func(m protocol.Message) (link, error) { return m.Port.(link), nil })
	return p
}

func (p *page) send(t protocol.Type, id int, body any, data ...[]byte) {
	p.s.handle(protocol.New(t, id, body, data...))
}

// take removes and returns the messages of a type.
func (p *page) take(t protocol.Type) (found []protocol.Message) {
	var rest []protocol.Message
	for _, m := range p.sent {
		if m.Type == t {
			found = append(found, m)
		} else {
			rest = append(rest, m)
		}
	}
	p.sent = rest
	return found
}

func (p *page) one(t protocol.Type) protocol.Message {
	found := p.take(t)
	require.Len(p.t, found, 1, "messages of type %d", t)
	return found[0]
}

func (p *page) failures() (list []protocol.Failure) {
	for _, m := range p.take(protocol.WorkerError) {
		var f protocol.Failure
		require.NoError(p.t, json.Unmarshal(m.Body, &f))
		list = append(list, f)
	}
	return list
}

func (p *page) failure() protocol.Failure {
	found := p.failures()
	require.Len(p.t, found, 1, "failures")
	return found[0]
}

func (p *page) info(m protocol.Message) protocol.RunInfo {
	var i protocol.RunInfo
	require.NoError(p.t, json.Unmarshal(m.Body, &i))
	return i
}

func row(t *testing.T, m protocol.Message, n int) []float64 {
	require.Len(t, m.Data, 1)
	require.Len(t, m.Data[0], 8*n)
	x := make([]float64, n)
	for i := range x {
		x[i] = math.Float64frombits(binary.LittleEndian.Uint64(m.Data[0][8*i:]))
	}
	return x
}

func request(steps int) protocol.TrainRequest {
	return protocol.TrainRequest{Task: "pendulum", Algorithm: "fpmd-m", Seed: 4, Steps: steps, Config: map[string]any{
		"hidden": []int{8}, "batch": 8, "particles": 2, "warmUp": 50,
	}}
}

func TestATrainingRunsToItsEnd(t *testing.T) {
	p := newPage(t)
	p.send(protocol.Train, 1, request(240))
	started := p.one(protocol.Started)
	require.Equal(t, 1, started.ID)
	require.Equal(t, 240, p.info(started).TotalSteps)
	for range 100000 {
		if !p.s.busy() {
			break
		}
		p.s.work()
	}
	finished := p.info(p.one(protocol.Finished))
	require.Equal(t, 240, finished.EnvSteps)
	evaluations := p.take(protocol.Evaluation)
	require.Len(t, evaluations, 25, "24 over the run, and one before it")
	last := row(t, evaluations[24], protocol.NumEvaluation)
	require.Equal(t, 240.0, last[protocol.EvalEnvSteps])
	require.Equal(t, 20.0, last[protocol.EvalEpisodes])
	require.Equal(t, 8.0, last[protocol.EvalManySteps])
	lower, upper, shift := last[protocol.EvalLower], last[protocol.EvalUpper], last[protocol.EvalShift]
	require.True(t, 0 < shift && shift <= lower && lower <= upper, "mean shift %g, W2 %g..%g", shift, lower, upper)
	require.Greater(t, last[protocol.EvalVariance], 0.0)
	require.True(t, math.IsNaN(row(t, evaluations[0], protocol.NumEvaluation)[protocol.EvalLower]), "none before the first transition")
	for _, m := range p.take(protocol.Metrics) {
		r := row(t, m, protocol.NumMetrics)
		require.LessOrEqual(t, r[protocol.MetricEnvSteps], 240.0)
	}
	dots := p.take(protocol.Dots)
	require.Len(t, dots, 24, "none before the first transition")
	require.Len(t, dots[0].Data[0], 4*probeStates*(3+protocol.NumDot))
	snapshots := p.take(protocol.Snapshot)
	policy, err := checkpoint.ReadPolicy(snapshots[len(snapshots)-1].Data[0])
	require.NoError(t, err)
	require.Equal(t, 240, policy.Record.EnvSteps)
	require.Len(t, policy.Record.Curve, 25)
	p.send(protocol.Continue, 2, nil)
	require.Contains(t, p.failure().Message, "all of its steps")
}

// Pause, save, load into another session and continue: the weights are those of an undisturbed run.
func TestPauseSaveLoadContinueChangesNoBit(t *testing.T) {
	finish := func(p *page) string {
		for p.s.busy() {
			p.s.work()
		}
		return checkpoint.PolicyOf(p.s.run, checkpoint.Record{}).Hash()
	}
	whole := newPage(t)
	whole.send(protocol.Train, 1, request(240))
	want := finish(whole)

	p := newPage(t)
	p.send(protocol.Train, 1, request(240))
	for p.s.run.EnvSteps < 100 {
		p.s.work()
	}
	p.take(protocol.Snapshot)
	p.send(protocol.Pause, 2, nil)
	require.Equal(t, 2, p.one(protocol.Paused).ID)
	snapshot, err := checkpoint.ReadPolicy(p.one(protocol.Snapshot).Data[0])
	require.NoError(t, err)
	require.Equal(t, p.s.run.EnvSteps, snapshot.Record.EnvSteps, "what was paused can be exported")
	require.Equal(t, checkpoint.PolicyOf(p.s.run, checkpoint.Record{}).Hash(), snapshot.Hash())
	require.False(t, p.s.busy())
	p.send(protocol.SaveRun, 3, nil)
	file := p.one(protocol.RunFile)
	require.Equal(t, 3, file.ID)

	q := newPage(t)
	q.send(protocol.LoadRun, 4, nil, file.Data[0])
	require.Equal(t, 4, q.one(protocol.Started).ID)
	curve := q.take(protocol.Evaluation)
	require.NotEmpty(t, curve, "the curve comes back")
	require.Equal(t, p.s.last.Upper, row(t, curve[len(curve)-1], protocol.NumEvaluation)[protocol.EvalUpper], "with what was probed")
	require.Len(t, q.take(protocol.Snapshot), 1, "and the policy")
	require.False(t, q.s.busy(), "a loaded run waits")
	q.send(protocol.Continue, 5, nil)
	require.Equal(t, 5, q.one(protocol.Running).ID)
	require.Equal(t, want, finish(q))
	p.send(protocol.Continue, 6, nil)
	require.Equal(t, want, finish(p))
}

// A request that arrives while an evaluation runs is answered inside it, and the evaluation is given up.
func TestStopDuringAnEvaluation(t *testing.T) {
	for _, request2 := range []protocol.Type{protocol.Stop, protocol.Pause} {
		p := newPage(t)
		p.send(protocol.Train, 1, request(240))
		p.pending = append(p.pending, protocol.New(request2, 2, nil))
		p.s.work() // the evaluation before the first step
		require.False(t, p.s.busy())
		require.Empty(t, p.take(protocol.Evaluation))
		if request2 == protocol.Stop {
			require.Equal(t, 2, p.one(protocol.Stopped).ID)
			p.send(protocol.SaveRun, 3, nil)
			require.Contains(t, p.failure().Message, "no training")
			continue
		}
		require.Equal(t, 2, p.one(protocol.Paused).ID)
		p.send(protocol.Continue, 3, nil)
		p.s.work()
		require.Len(t, p.take(protocol.Evaluation), 1, "it is done again")
	}
}

// A training that is paused in its last evaluation, all of its steps taken, is continued to its end.
func TestPauseDuringTheLastEvaluation(t *testing.T) {
	p := newPage(t)
	p.send(protocol.Train, 1, request(240))
	for !p.s.run.Done() {
		p.s.work()
	}
	require.True(t, p.s.busy())
	p.take(protocol.Evaluation)
	p.pending = append(p.pending, protocol.New(protocol.Pause, 2, nil))
	for p.s.busy() {
		p.s.work()
	}
	require.Equal(t, 2, p.one(protocol.Paused).ID)
	p.send(protocol.Continue, 3, nil)
	require.Equal(t, 3, p.one(protocol.Running).ID)
	for p.s.busy() {
		p.s.work()
	}
	require.Len(t, p.take(protocol.Evaluation), 1)
	require.Equal(t, 240, p.info(p.one(protocol.Finished)).EnvSteps)
	p.send(protocol.Continue, 4, nil)
	require.Contains(t, p.failure().Message, "used all of its steps")
}

// However long a training is, a request is answered once the slice that it arrives in is over: after some milliseconds of
// work, of which each step takes at least one here.
func TestRequestsWaitForOneSlice(t *testing.T) {
	p := newPage(t)
	p.send(protocol.Train, 1, request(100_000))
	const most = int(slicePeriod / 0.001)
	for i := range 300 {
		ask, answer := protocol.Pause, protocol.Paused
		if i%10 == 9 {
			ask, answer = protocol.Stop, protocol.Stopped
		}
		before := p.s.run
		from := before.EnvSteps
		p.pending = append(p.pending, protocol.New(ask, 2, nil))
		p.s.work()
		require.Equal(t, 2, p.one(answer).ID)
		require.LessOrEqual(t, before.EnvSteps-from, most)
		p.sent = nil
		if ask == protocol.Stop {
			p.send(protocol.Train, 3, request(100_000))
			require.Equal(t, 3, p.one(protocol.Started).ID)
			continue
		}
		p.send(protocol.Continue, 3, nil)
		require.Equal(t, 3, p.sent[0].ID, "at once")
		require.Equal(t, protocol.Running, p.sent[0].Type)
	}
}

func TestANewTrainingReplacesTheOldOneInTheMiddleOfAnEvaluation(t *testing.T) {
	p := newPage(t)
	p.send(protocol.Train, 1, request(240))
	p.pending = append(p.pending, protocol.New(protocol.Train, 2, request(120)))
	p.s.work()
	require.Equal(t, 120, p.s.run.Options.Steps)
	for p.s.busy() {
		p.s.work()
	}
	require.Equal(t, 120, p.info(p.one(protocol.Finished)).EnvSteps)
}

func TestBadRequestsAreNamedAndChangeNothing(t *testing.T) {
	p := newPage(t)
	p.send(protocol.Train, 1, request(240))
	p.one(protocol.Started)
	run := p.s.run
	bad := request(240)
	bad.Config["batch"] = -1
	unknown := request(240)
	unknown.Task = "unicycle"
	for _, c := range []struct {
		name, code, want string
		m                protocol.Message
	}{
		{"a setting out of range", "bad-config", "batch must lie in 1..4096", protocol.New(protocol.Train, 9, bad)},
		{"an unknown task", "bad-config", "unicycle", protocol.New(protocol.Train, 9, unknown)},
		{"an unknown field", "bad-config", "speed", protocol.New(protocol.Train, 9, map[string]any{"speed": 1})},
		{"no body", "bad-config", "no body", protocol.New(protocol.Train, 9, nil)},
		{"a broken file", "bad-file", "", protocol.New(protocol.LoadRun, 9, nil, []byte("nonsense"))},
		{"no file", "bad-file", "block of bytes", protocol.New(protocol.LoadRun, 9, nil)},
		{"K out of range", "bad-config", "manySteps must lie in 2..32", protocol.New(protocol.SetLive, 9, protocol.Live{ManySteps: 99})},
		{"a draft of nothing", "bad-config", "unicycle", protocol.New(protocol.Draft, 9, unknown)},
		{"an unknown type", "protocol", "no message of type 77", protocol.Message{Type: 77, ID: 9}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.t = t
			p.s.handle(c.m)
			f := p.failure()
			require.Equal(t, c.code, f.Code)
			require.Contains(t, f.Message, c.want)
			require.Same(t, run, p.s.run)
			require.True(t, p.s.busy())
		})
	}
}

func TestManyStepsCanChangeWhileTraining(t *testing.T) {
	p := newPage(t)
	p.send(protocol.Train, 1, request(240))
	p.s.work()
	p.send(protocol.SetLive, 2, protocol.Live{ManySteps: 3})
	p.take(protocol.Evaluation)
	for len(p.take(protocol.Dots)) == 0 {
		p.s.work()
	}
	require.Empty(t, p.take(protocol.WorkerError))
	require.Equal(t, 3, p.s.probe.Steps)
}

// A person's own body is trained, its files carry it, and a body that diverges ends an episode, not the training.
func TestACustomBodyIsTrainedAndComesBack(t *testing.T) {
	p := newPage(t)
	q := request(300)
	q.Task = "custom"
	q.Model = &protocol.Model{Name: "leg.xml", Reward: "move", Files: map[string]string{
		"leg.xml":   `<mujoco model="leg"><include file="parts.xml"/></mujoco>`,
		"parts.xml": `<mujoco><worldbody><body><joint name="hip" axis="0 1 0"/><geom type="capsule" fromto="0 0 0 0 0 -0.5" size="0.05"/></body></worldbody></mujoco>`,
	}}
	p.send(protocol.Train, 1, q)
	p.one(protocol.Started)
	for p.s.run.EnvSteps < 150 {
		p.s.work()
	}
	p.send(protocol.Pause, 2, nil)
	p.send(protocol.SaveRun, 3, nil)
	file := p.one(protocol.RunFile).Data[0]

	policy, err := checkpoint.ReadPolicy(file)
	require.NoError(t, err)
	require.Equal(t, q.Model.Files, policy.Model.Files)
	require.Equal(t, "move", policy.Model.Reward)
	other := newPage(t)
	other.send(protocol.LoadRun, 4, nil, file)
	require.Equal(t, "custom", other.info(other.one(protocol.Started)).Task)
	other.send(protocol.Continue, 5, nil)
	for other.s.busy() {
		other.s.work()
	}
	require.Equal(t, 300, other.info(other.one(protocol.Finished)).EnvSteps)

	q.Model = nil
	p.send(protocol.Train, 6, q)
	require.Contains(t, p.failure().Message, "needs its model")
	q.Model = &protocol.Model{Name: "a.xml", Reward: "up", Files: map[string]string{"a.xml": "<mujoco>\n<tendon>\n<fixed name=\"rope\"/></tendon></mujoco>"}}
	p.send(protocol.Train, 7, q)
	require.Contains(t, p.failure().Message, `a.xml:3: fixed "rope"`)
}

func TestADivergingBodyEndsAnEpisodeAndNotTheTraining(t *testing.T) {
	p := newPage(t)
	q := request(240)
	q.Task = "custom"
	q.Model = &protocol.Model{Name: "bang.xml", Reward: "up", Files: map[string]string{
		"bang.xml": `<mujoco><option timestep="0.5" integrator="RK4"/><worldbody><body><joint name="spring" type="slide" axis="1 0 0" stiffness="1e6" springref="1"/><geom size="0.1"/></body></worldbody></mujoco>`,
	}}
	p.send(protocol.Train, 1, q)
	p.one(protocol.Started)
	for range 100000 {
		if !p.s.busy() {
			break
		}
		p.s.work()
	}
	require.Equal(t, 240, p.info(p.one(protocol.Finished)).EnvSteps)
	told := p.failures()
	require.GreaterOrEqual(t, len(told), 2)
	require.Contains(t, told[0].Message, "in the evaluation at step 0 with K = 1, episode 1 diverged at step 2")
	require.Positive(t, told[1].Step)
	for _, f := range told {
		require.Equal(t, "body-diverged", f.Code)
		require.Contains(t, f.Message, `joint "spring"`)
	}
}

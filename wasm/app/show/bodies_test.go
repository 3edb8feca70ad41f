package show

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/policy/checkpoint"
	"onestep/policy/train"
	"onestep/wasm/app/panel"
	"onestep/wasm/app/sim"
	"onestep/wasm/protocol"
)

// tasks are those that the page offers.
var tasks = func() (names []string) {
	for _, task := range env.Listed() {
		names = append(names, task.Name)
	}
	return names
}()

// withPolicy are the tasks that a policy is shipped for.
var withPolicy = slices.DeleteFunc(slices.Clone(tasks), func(task string) bool {
	_, err := os.Stat("../../../assets/policies/" + task + "-fpmd-m.safetensors")
	return err != nil
})

// shown is a stage with the task's untrained body under a drive.
func shown(t *testing.T, task, drive string) *bench {
	t.Helper()
	b := newBench(t)
	b.send(protocol.SetTask, protocol.TaskSeed{Task: task, Seed: 2})
	b.send(protocol.SetDrive, protocol.Drive{Mode: drive})
	require.Nil(t, b.last(protocol.StageError))
	return b
}

// texts are the labels of a set.
func (b *bench) texts(set int) (list []string) {
	for _, l := range b.Labels()[set].List {
		list = append(list, l.Text)
	}
	return list
}

func TestEveryBodyMovesWithoutAPolicy(t *testing.T) {
	for _, task := range tasks {
		t.Run(task, func(t *testing.T) {
			b := shown(t, task, sim.DriveNoise)
			b.send(protocol.SetView, protocol.View{Contacts: true, Torques: true, AxisX: -1, AxisY: -1})
			assert.Contains(t, b.texts(Body), "untrained: uniform noise")
			var info protocol.BodyInfo
			require.NoError(t, json.Unmarshal(b.last(protocol.BodyShown).Body, &info))
			assert.Equal(t, task, info.Task)
			assert.Len(t, info.Actions, info.ActDim)
			b.frames(30)
			assert.InDelta(t, 1, b.stat(protocol.StatRealTimeFactor), 0.2) // some frames more or less in the last report
			assert.Zero(t, b.stat(protocol.StatPolicyNFE))
			box, _, _ := b.body().Outline()
			body := b.Panels()[Body].Rect
			assert.True(t, box.X > body.X-1 && box.X+box.W < body.X+body.W+1 && box.Y > body.Y-1 && box.Y+box.H < body.Y+body.H+1, "%v lies within %v", box, body)
			for _, v := range b.Panels()[Body].Inside.Vertices {
				require.False(t, math.IsNaN(float64(v.DstX+v.DstY)))
			}
			b.send(protocol.SetDrive, protocol.Drive{Mode: sim.DriveZero})
			b.frames(5)
			assert.Contains(t, b.texts(Body), "untrained: zero torque")
			assert.Equal(t, make([]float64, info.ActDim), b.world.Decision.Action)
			for _, l := range b.Labels()[Body].List {
				assert.True(t, l.X >= 0 && l.X <= 900 && l.Y >= 0 && l.Y <= 700, "%q lies on the stage", l.Text)
			}
		})
	}
}

func TestSpeedsHoldForEveryTask(t *testing.T) {
	for _, task := range tasks {
		b := shown(t, task, sim.DriveZero)
		for _, speed := range []float64{0.05, 0.5, 4} {
			b.send(protocol.SetPlay, protocol.Play{Playing: true, Speed: speed})
			b.frames(40)
			assert.InDelta(t, speed, b.stat(protocol.StatRealTimeFactor), 0.2*speed, task)
		}
		b.send(protocol.SetPlay, protocol.Play{Playing: true, Speed: 1, Max: true})
		b.frames(12)
		// a look at the bench's clock takes 10 us, and 8 ms of a frame of 20 ms may be spent: some hundred steps
		assert.Greater(t, b.stat(protocol.StatRealTimeFactor), 10.0, task)

		b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1})
		b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1, Reset: true})
		b.frames(3)
		require.Zero(t, b.world.Episode.Steps, task)
		done := b.world.Episode.Done
		b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1, Single: 1})
		b.frames(b.framesOfAStep())
		assert.Equal(t, 1, b.world.Episode.Steps+b.world.Episode.Done-done, "%s: one step, which ends the episode where a ball meets a post", task)
	}
}

// framesOfAStep is how many frames it takes at least until a control period has passed in real time.
func (b *bench) framesOfAStep() int {
	return 10 + int(math.Ceil(b.world.Spec.ControlPeriod/0.02))
}

func TestHandsDriveTheJoints(t *testing.T) {
	b := shown(t, "hopper", sim.DriveHand)
	b.send(protocol.SetDrive, protocol.Drive{Mode: sim.DriveHand, Values: []float64{1, -0.5, 0.25}})
	b.frames(4)
	assert.Equal(t, []float64{1, -0.5, 0.25}, b.world.Decision.Action)
	assert.Contains(t, b.texts(Body), "by hand")
	for _, bad := range []protocol.Drive{{Mode: "fly"}, {Mode: sim.DriveHand, Values: []float64{2}}, {Mode: sim.DriveHand, Values: make([]float64, 4)}} {
		b.sent = nil
		b.send(protocol.SetDrive, bad)
		assert.Equal(t, "bad-config", b.failure().Code)
		assert.Equal(t, []float64{1, -0.5, 0.25}, b.world.Drive.Values)
	}
}

func TestALimbIsGrabbedAndPulled(t *testing.T) {
	for _, task := range tasks {
		t.Run(task, func(t *testing.T) {
			b := shown(t, task, sim.DriveZero)
			b.frames(3)
			_, hold, root := b.body().Outline()
			x, y := hold[0], hold[1]
			b.Pointer(panel.PointerDown, x, y)
			require.True(t, b.Look().Grabbed)
			assert.Equal(t, 1, b.world.Touches)
			b.Pointer(panel.PointerMove, x+60, y-60)
			b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1})
			b.frames(10)
			_, _, still := b.body().Outline()
			assert.InDeltaSlice(t, root[:], still[:], 0.2, "paused, nothing moves") // up to the step that was under way
			steps := b.world.Episode.Steps
			b.send(protocol.SetPlay, protocol.Play{Playing: true, Speed: 1})
			b.frames(b.framesOfAStep())
			assert.True(t, b.world.Episode.Broken, "its return does not count")
			assert.True(t, steps != b.world.Episode.Steps || b.world.Episode.Done > 0, "playing, it moves")
			b.Pointer(panel.PointerUp, x+60, y-60)
			assert.False(t, b.Look().Grabbed)
			assert.Nil(t, b.last(protocol.StageError))
		})
	}
	b := shown(t, "half_cheetah", sim.DriveZero)
	b.frames(3)
	b.Pointer(panel.PointerDown, b.Panels()[Body].Rect.X+3, b.Panels()[Body].Rect.Y+40)
	assert.False(t, b.Look().Grabbed, "the air")
	_, hold, before := b.body().Outline()
	b.Pointer(panel.PointerDown, hold[0], hold[1])
	b.Pointer(panel.PointerMove, hold[0], hold[1]-100)
	b.frames(100)
	_, _, after := b.body().Outline()
	assert.Greater(t, after[1], before[1]+0.2, "it is lifted")
	scale := b.body().Camera.Scale
	b.frames(200)
	_, _, later := b.body().Outline()
	assert.InDelta(t, after[1], later[1], 0.3, "it hangs at the pointer")
	assert.Equal(t, scale, b.body().Camera.Scale, "the view stands still meanwhile")
	b.Pointer(panel.PointerLeave, 0, 0)
	assert.False(t, b.Look().Grabbed)
}

func TestAPushMovesTheBody(t *testing.T) {
	run := func(direction float64) float64 {
		b := shown(t, "half_cheetah", sim.DriveZero)
		b.frames(20)
		if direction != 0 {
			b.send(protocol.Push, protocol.Blow{Direction: direction})
		}
		b.frames(40)
		_, _, root := b.body().Outline()
		return root[0]
	}
	rest := run(0)
	assert.Greater(t, run(1), rest+0.1)
	assert.Less(t, run(-1), rest-0.1)
	b := shown(t, "hopper", sim.DriveZero)
	b.send(protocol.Push, protocol.Blow{Direction: 3})
	assert.Equal(t, "bad-config", b.failure().Code)
}

// exploding is a stiff spring that no step of half a second can follow.
func exploding() *protocol.Model {
	return &protocol.Model{Name: "bang.xml", Reward: "up", Files: map[string]string{"bang.xml": `<mujoco model="bang"><option timestep="0.5" integrator="RK4"/><worldbody>
<body><joint name="spring" type="slide" axis="1 0 0" stiffness="1e6" springref="1"/><geom size="0.1"/></body></worldbody></mujoco>`}}
}

// Files of one drop need no first one named, and lose their folders; what a comment holds is no include.
func TestFilesOfADropMakeOneBody(t *testing.T) {
	b := newBench(t)
	files := map[string]string{"opt.xml": `<mujoco><option gravity="0 0 -3"/></mujoco>`,
		"m.xml": `<mujoco><!-- <include file="sky.xml"/> --><include file="./parts/opt.xml"/><worldbody><body><joint name="hinge" axis="0 1 0"/><geom size="0.1" pos="1 0 0"/></body></worldbody></mujoco>`}
	b.send(protocol.SetTask, protocol.TaskSeed{Task: "custom", Model: &protocol.Model{Reward: "up", Files: files}})
	require.Nil(t, b.last(protocol.StageError))
	var info protocol.BodyInfo
	require.NoError(t, json.Unmarshal(b.last(protocol.BodyShown).Body, &info))
	assert.Equal(t, "m", info.Title)
	files["n.xml"] = files["m.xml"]
	b.send(protocol.SetTask, protocol.TaskSeed{Task: "custom", Model: &protocol.Model{Reward: "up", Files: files}})
	assert.Contains(t, b.failure().Message, "m.xml and n.xml are models of their own")
}

func TestADivergedBodyIsReportedAndStartsAnew(t *testing.T) {
	b := newBench(t)
	b.send(protocol.SetTask, protocol.TaskSeed{Task: "custom", Seed: 1, Model: exploding()})
	b.send(protocol.SetDrive, protocol.Drive{Mode: sim.DriveZero})
	require.Nil(t, b.last(protocol.StageError))
	b.frames(400)
	f := b.failure()
	assert.Equal(t, "diverged", f.Code)
	assert.Positive(t, f.Step)
	assert.Contains(t, f.Message, `joint "spring"`)
	assert.Contains(t, f.Message, fmt.Sprintf("step %d of the episode", f.Step))
	reports := 0
	for _, m := range b.sent {
		if m.Type == protocol.StageError {
			reports++
		}
	}
	assert.LessOrEqual(t, reports, 5, "8 s, and one report in 2 s")
	assert.Greater(t, b.stat(protocol.StatFrames), 100.0, "the stage goes on")
}

func TestAModelThatIsRefusedChangesNothing(t *testing.T) {
	b := shown(t, "half_cheetah", sim.DriveNoise)
	b.frames(15)
	b.send(protocol.SetTask, protocol.TaskSeed{Task: "custom", Model: &protocol.Model{Name: "a.xml", Reward: "up", Files: map[string]string{
		"a.xml": "<mujoco>\n<worldbody>\n<geom name=\"hill\" type=\"hfield\"/></worldbody></mujoco>"}}})
	assert.Contains(t, b.failure().Message, `a.xml:3: geom "hill"`)
	assert.Equal(t, "half_cheetah", b.world.Task)
	b.send(protocol.SetTask, protocol.TaskSeed{Task: "custom"})
	assert.Contains(t, b.failure().Message, "needs its model")
	steps := b.stat(protocol.StatSimSeconds)
	b.frames(20)
	assert.NotEqual(t, steps, b.stat(protocol.StatSimSeconds))
}

// quickPolicy is a policy file for any task, trained for a moment.
func quickPolicy(t *testing.T, task string, model *env.Model) []byte {
	t.Helper()
	o, err := train.NewOptions(task, "fpmd-m", 3, 60, map[string]any{"warmUp": 30, "batch": 8, "hidden": []int{16, 16}})
	require.NoError(t, err)
	o.Model = model
	run, err := train.NewRun(o)
	require.NoError(t, err)
	for !run.Done() {
		require.NoError(t, run.Step())
	}
	b, err := checkpoint.PolicyBytes(checkpoint.PolicyOf(run, checkpoint.NewRecord(0)))
	require.NoError(t, err)
	return b
}

func TestTheFlowOfSeveralActions(t *testing.T) {
	b := newBench(t)
	b.send(protocol.SetTask, protocol.TaskSeed{Task: "hopper", Seed: 2})
	b.load(quickPolicy(t, "hopper", nil))
	require.Nil(t, b.last(protocol.StageError))
	b.frames(120)
	pic := b.probe.Shown()
	require.True(t, pic.Ready)
	assert.Equal(t, 3, pic.Paths.Dim)
	assert.NotEqual(t, b.probe.Axes.DX, b.probe.Axes.DY)
	assert.Equal(t, 6, pic.Plane.NT)
	b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1})
	b.send(protocol.SetView, protocol.View{AxisX: 2, AxisY: 0})
	b.frames(60)
	assert.Equal(t, [4]int{2, 0, 2, 0}, [4]int{b.probe.Axes.DX, b.probe.Axes.DY, b.probe.Shown().DX, b.probe.Shown().DY})
	assert.Contains(t, b.texts(Flow), b.world.Spec.Actions[2].String())

	// The field is the network's at the grid, the third coordinate that of the chosen particle.
	pic = b.probe.Shown()
	k, i, j := 3, 2, 7
	at := (float64(k) + 0.5) / float64(pic.Plane.NT)
	x := []float32{float32(pic.Plane.Place(j)), float32(pic.Paths.At(at, pic.Chosen, 1)), float32(pic.Plane.Place(i))}
	want := make([]float32, 3)
	b.world.Policy.Field(want, b.probe.Obs(), 1, x, float32(at))
	got := pic.Plane.V[((k*pic.Plane.N+j)*pic.Plane.N+i)*2:]
	assert.InDelta(t, want[2], got[0], 1e-6) // float32 sums in another order
	assert.InDelta(t, want[0], got[1], 1e-6)

	b.send(protocol.SetView, protocol.View{AxisX: -1, AxisY: -1})
	b.send(protocol.SetPlay, protocol.Play{Playing: true, Speed: 1})
	changes, last := 0, [2]int{b.probe.Axes.DX, b.probe.Axes.DY}
	for range 200 {
		b.frames(1)
		if now := [2]int{b.probe.Axes.DX, b.probe.Axes.DY}; now != last {
			changes, last = changes+1, now
		}
	}
	assert.LessOrEqual(t, changes, 4, "the axes do not flicker")
}

func TestACustomBodyIsTrainedAndItsFileActsAgain(t *testing.T) {
	own := &protocol.Model{Name: "leg.xml", Reward: "move", Files: map[string]string{"leg.xml": `<mujoco model="leg"><worldbody>
<body><joint name="hip" axis="0 1 0"/><geom type="capsule" fromto="0 0 0 0 0 -0.5" size="0.05"/></body></worldbody></mujoco>`}}
	b := newBench(t)
	b.send(protocol.SetTask, protocol.TaskSeed{Task: "custom", Seed: 1, Model: own})
	require.Nil(t, b.last(protocol.StageError))
	file := quickPolicy(t, "custom", sim.ModelOf(own))
	b.load(file)
	require.NotNil(t, b.last(protocol.PolicyLoaded))
	b.frames(30)
	assert.InDelta(t, 1, b.stat(protocol.StatPolicyNFE), 0)

	other := *own
	other.Files = map[string]string{"leg.xml": own.Files["leg.xml"] + " "}
	b.send(protocol.SetTask, protocol.TaskSeed{Task: "custom", Seed: 1, Model: &other})
	assert.Nil(t, b.world.Policy, "a policy for another body is dropped")
	b.load(file)
	assert.Contains(t, b.failure().Message, "another body")
}

func TestFramesOfABodyAllocateNothing(t *testing.T) {
	b := shown(t, "walker2d", sim.DriveNoise)
	b.send(protocol.SetView, protocol.View{Contacts: true, Torques: true, AxisX: -1, AxisY: -1})
	b.frames(300)
	assert.Zero(t, testing.AllocsPerRun(50, func() {
		b.now += 0.02
		b.Update(b.now)
	}))
}

// BenchmarkBodyFrame is our own work in a frame of a 60th of a second, with every force drawn and nobody trained.
func BenchmarkBodyFrame(b *testing.B) {
	for _, task := range tasks {
		b.Run(task, func(b *testing.B) {
			s := &bench{t: &testing.T{}}
			clock := time.Now()
			var err error
			s.Session, err = New(Outside{Post: func(protocol.Message) {}, Clock: func() float64 { return time.Since(clock).Seconds() }, Env: env.Make}, task, 1)
			require.NoError(b, err)
			s.Resize(900, 700, 1)
			s.send(protocol.SetDrive, protocol.Drive{Mode: sim.DriveNoise})
			s.send(protocol.SetView, protocol.View{Contacts: true, Torques: true, AxisX: -1, AxisY: -1})
			for b.Loop() {
				s.now += 1.0 / 60
				s.Update(s.now)
			}
		})
	}
}

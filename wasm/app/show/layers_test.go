package show

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/wasm/app/panel"
	"onestep/wasm/protocol"
)

// The critics' values, the weights and the heat map are those of their definitions, evaluated here one action at a time.
func TestValuesAndWeightsAreTheirDefinitions(t *testing.T) {
	for _, task := range []string{"pendulum", "reacher", "walker2d"} {
		t.Run(task, func(t *testing.T) {
			b := trained(t, task)
			b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1})
			b.frames(80)
			pic, d := b.probe.Shown(), b.world.Spec.ActDim
			require.True(t, pic.Ready)
			value := func(x []float32) float64 {
				q := make([]float32, 1)
				b.world.Policy.Values(q, b.probe.Obs(), 1, x)
				return float64(q[0])
			}
			ends, mean := pic.Paths.Ends(), 0.0
			for i := range pic.Paths.N {
				// The batch differs, not the arithmetic: every row is computed alike.
				require.Equal(t, value(ends[i*d:(i+1)*d]), float64(pic.Values[i]))
				mean += float64(pic.Values[i]) / float64(pic.Paths.N)
			}
			rms, sum := 0.0, 0.0
			for _, q := range pic.Values {
				rms += (float64(q) - mean) * (float64(q) - mean) / float64(pic.Paths.N)
			}
			rms = math.Sqrt(rms)
			want := make([]float64, pic.Paths.N)
			for i, q := range pic.Values {
				want[i] = math.Exp(math.Max(-3, math.Min(3, (float64(q)-mean)/rms)) / pic.Lambda)
				sum += want[i] / float64(pic.Paths.N)
			}
			floors := map[string]float64{"pendulum": 1, "reacher": 0.5, "walker2d": 1} // policy/fpmd/presets.go
			assert.Equal(t, floors[task], pic.Lambda, "the floor of the policy's settings, where the schedule rests")
			total := 0.0
			for i, w := range pic.Paths.Weights {
				assert.InEpsilon(t, want[i]/sum, w, 1e-5, "float32")
				total += float64(w)
			}
			assert.InEpsilon(t, pic.Paths.N, total, 1e-5, "their mean is 1")
			assert.True(t, pic.ESS > 0 && pic.ESS <= 1)

			h := &pic.Heat
			x := append([]float32(nil), ends[pic.Chosen*d:(pic.Chosen+1)*d]...)
			if d == 1 {
				require.Equal(t, 1, h.NX)
				x[0] = float32(h.Place(7, h.NY))
				assert.Equal(t, value(x), float64(h.V[7]))
			} else {
				x[pic.DX], x[pic.DY] = float32(h.Place(3, h.NX)), float32(h.Place(17, h.NY))
				assert.Equal(t, value(x), float64(h.V[17*h.NX+3]))
			}
			assert.InDelta(t, mean, h.Middle, 1e-9*math.Abs(mean)+1e-9)
		})
	}
}

func TestLayersAreSwitched(t *testing.T) {
	b := trained(t, "half_cheetah")
	b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1})
	b.frames(80)
	size := func(v protocol.View) int {
		b.send(protocol.SetView, v)
		b.frames(2)
		return len(b.Panels()[Flow].Inside.Vertices)
	}
	all := size(everything)
	for _, off := range []func(*protocol.View){func(v *protocol.View) { v.Value = false }, func(v *protocol.View) { v.Field = false }} {
		v := everything
		off(&v)
		assert.Less(t, size(v), all)
	}
	v := everything
	v.Weights = false
	size(v)
	assert.Contains(t, strings.Join(b.texts(Flow), " "), "switch weights off:weights")
}

func TestTwoThousandParticles(t *testing.T) {
	b := trained(t, "reacher")
	v := everything
	v.Particles = 2000
	b.send(protocol.SetView, v)
	b.frames(150)
	assert.Equal(t, 2000, b.Look().Paths)
	b.send(protocol.SetSampler, protocol.Sampler{Steps: 20, ManySteps: 20, BestOf: 1})
	b.frames(150)
	assert.Equal(t, 8000/20, b.Look().Paths, "fewer while the body moves on, so that the picture keeps up")
	b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1})
	b.frames(200)
	assert.Equal(t, 2000, b.Look().Paths, "all of them at rest")
	for _, n := range []int{-1, 15, 4097} {
		v.Particles = n
		b.send(protocol.SetView, v)
		assert.Equal(t, "bad-config", b.failure().Code)
	}
	assert.Zero(t, testing.AllocsPerRun(20, func() {
		b.now += 0.02
		b.Update(b.now)
	}))
}

func TestTheDraggedTIsTold(t *testing.T) {
	b := started(t)
	b.frames(30)
	f := b.flow().Axes.Frame
	b.Pointer(panel.PointerDown, f.X+0.25*f.W, f.Y+20)
	var s protocol.Scrub
	require.NoError(t, json.Unmarshal(b.last(protocol.ScrubMoved).Body, &s))
	assert.False(t, s.Auto)
	assert.InDelta(t, 0.25, s.T, 1e-9)
	n := len(b.sent)
	b.Pointer(panel.PointerMove, f.X+0.25*f.W, f.Y+22)
	assert.Len(t, b.sent, n, "the same t is told once")
	b.Pointer(panel.PointerUp, f.X, f.Y)
	b.frames(20)
	assert.Equal(t, s.T, b.stat(protocol.StatT))
}

func TestOneWalksThroughTheVisitedStates(t *testing.T) {
	for _, task := range []string{"pendulum", "walker2d"} {
		b := trained(t, task)
		b.send(protocol.SelectDot, protocol.DotStep{Step: 1})
		assert.Contains(t, b.failure().Message, "no state was visited")
		b.frames(150)
		dots := b.Look().Dots
		require.Greater(t, dots, 3)
		chosen := func() (sel protocol.Selected) {
			require.NoError(t, json.Unmarshal(b.last(protocol.StateSelected).Body, &sel))
			return sel
		}
		for i := 1; i <= 3; i++ {
			b.send(protocol.SelectDot, protocol.DotStep{Step: 1})
			sel := chosen()
			assert.Equal(t, [2]int{i, dots}, [2]int{sel.Index, sel.Count})
			slot := b.stage.Selected
			assert.Equal(t, b.visited.States[slot], b.world.State(nil), "the body stands where it was")
			assert.Equal(t, b.world.State(nil), b.world.Ghost.State(nil), "and its ghost with it")
			assert.Equal(t, b.visited.Points[slot].Shift, sel.Shift)
		}
		b.send(protocol.SelectDot, protocol.DotStep{Step: -1})
		assert.Equal(t, 2, chosen().Index)
		b.send(protocol.SelectDot, protocol.DotStep{Step: math.MaxInt})
		assert.Equal(t, dots, chosen().Index)
		b.send(protocol.SelectDot, protocol.DotStep{Step: math.MinInt})
		assert.Equal(t, 1, chosen().Index)
		b.send(protocol.SelectDot, protocol.DotStep{})
		assert.True(t, chosen().Live)
	}
}

// The worker's dots carry the environment's state: a body of any task goes back to it.
func TestDotsOfTheWorkerBringTheBodyBack(t *testing.T) {
	b := trained(t, "half_cheetah")
	b.frames(40)
	state, obs := b.world.State(nil), append([]float64(nil), b.world.Obs...)
	row := make([]float32, 0, len(obs)+protocol.NumDot)
	for _, v := range obs {
		row = append(row, float32(v))
	}
	row = append(row, []float32{protocol.DotVariance: 0.04, protocol.DotLower: 0.1, protocol.DotUpper: 0.2, protocol.DotShift: 0.05}...)
	info := protocol.DotsInfo{Count: 1, ObsDim: b.world.Spec.ObsDim, StateDim: len(state)}
	b.send(protocol.Dots, info, protocol.AppendFloat32s(nil, row), protocol.AppendFloat64s(nil, state))
	require.Nil(t, b.last(protocol.StageError))
	b.frames(30)
	require.NotEqual(t, state, b.world.State(nil))
	b.send(protocol.SelectDot, protocol.DotStep{Step: 1})
	assert.Equal(t, state, b.world.State(nil))
	assert.Equal(t, obs, b.world.Obs)
	b.send(protocol.Dots, info, protocol.AppendFloat32s(nil, row), protocol.AppendFloat64s(nil, state[1:]))
	assert.Contains(t, b.failure().Message, "states of 1 dots")
}

func TestPanelsAreExported(t *testing.T) {
	for _, task := range []string{"pendulum", "half_cheetah"} {
		b := trained(t, task)
		rows := append(evaluation(0, -300, -250), evaluation(1000, -300, -250)...)
		b.send(protocol.Curve, protocol.CurveInfo{Reset: true, TotalSteps: 4000, Solved: -200, Run: "FPMD-R on Pendulum, seed 3"}, protocol.AppendFloat64s(nil, rows))
		b.all()
		b.frames(150)
		for panel, info := range b.Infos() {
			name := info.Name
			export := func(asSeen bool) (file protocol.PanelFile, svg []byte, texts []string) {
				b.send(protocol.ExportPanel, protocol.PanelRequest{Panel: name, Format: "svg", AsSeen: asSeen})
				m := b.last(protocol.PanelExported)
				require.NotNil(t, m, name)
				assert.Equal(t, 7, m.ID)
				require.NoError(t, json.Unmarshal(m.Body, &file))
				texts, ids := readSVG(t, m.Data[0])
				assert.NotEmpty(t, texts)
				for id, n := range ids {
					assert.Equal(t, 1, n, "%s is one name", id)
				}
				return file, m.Data[0], texts
			}
			file, seen, texts := export(true)
			assert.Equal(t, b.Panels()[panel].Rect.W, file.Width)
			assert.Equal(t, texts[0], b.Labels()[panel].List[0].Text)
			// A figure has its own size and says of what it is; the panel on the stage stays as it was.
			file, _, texts = export(false)
			assert.Equal(t, []float64{640, 400}, []float64{file.Width, file.Height})
			of := []string{"FPMD-M on " + b.world.Spec.Title, "seed", "steps"}
			if panel == Curve || panel == Training {
				of = []string{"FPMD-R on Pendulum, seed 3"}
			}
			for _, word := range of {
				assert.Contains(t, texts[0], word)
			}
			_, again, _ := export(true)
			assert.Equal(t, string(seen), string(again))
			if !info.Numbers {
				continue
			}
			b.send(protocol.ExportPanel, protocol.PanelRequest{Panel: name, Format: "csv"})
			rows, err := csv.NewReader(strings.NewReader(string(b.last(protocol.PanelExported).Data[0]))).ReadAll()
			require.NoError(t, err, "every row has as many fields as the header")
			require.Greater(t, len(rows), 2)
			if panel == Flow {
				assert.Len(t, rows, 1+b.probe.Shown().Paths.N*(b.probe.Shown().Steps+1))
			}
		}
		for _, q := range []protocol.PanelRequest{{Panel: "attic", Format: "svg"}, {Panel: "flow", Format: "gif"}, {Panel: "body", Format: "csv"}} {
			b.send(protocol.ExportPanel, q)
			assert.Equal(t, "bad-config", b.failure().Code)
		}
	}
}

// readSVG reads a whole file as XML; it returns the texts and how often each id stands there.
func readSVG(t *testing.T, b []byte) (texts []string, ids map[string]int) {
	t.Helper()
	ids = map[string]int{}
	d, inText := xml.NewDecoder(strings.NewReader(string(b))), false
	for {
		token, err := d.Token()
		if err == io.EOF {
			return texts, ids
		}
		require.NoError(t, err)
		switch e := token.(type) {
		case xml.StartElement:
			inText = e.Name.Local == "text"
			for _, a := range e.Attr {
				assert.NotContains(t, a.Value, "NaN")
				if a.Name.Local == "id" {
					ids[a.Value]++
				}
			}
		case xml.CharData:
			if inText && strings.TrimSpace(string(e)) != "" {
				texts = append(texts, string(e))
			}
		case xml.EndElement:
			inText = false
		}
	}
}

func TestTheStageIsDescribedInWords(t *testing.T) {
	b := trained(t, "hopper")
	b.frames(130)
	var d protocol.Description
	require.NoError(t, json.Unmarshal(b.last(protocol.Described).Body, &d))
	for _, part := range []string{"Hopper-v4 moves", "FPMD-M: one step", "return", "Action:", "spread", "W2", "Ghost: 20 steps"} {
		assert.Contains(t, d.Text, part)
	}
	n := 0
	for _, m := range b.sent {
		if m.Type == protocol.Described {
			n++
		}
	}
	assert.LessOrEqual(t, n, 2, "every other second")
	b.send(protocol.SetPlay, protocol.Play{Playing: false, Speed: 1})
	b.frames(130)
	require.NoError(t, json.Unmarshal(b.last(protocol.Described).Body, &d))
	assert.Contains(t, d.Text, "is paused")
	assert.Contains(t, newBench(t).Describe(), "waits for a policy")
}

// While one pulls at the body, picture and values follow it.
func TestThePictureFollowsAPulledBody(t *testing.T) {
	for _, task := range []string{"pendulum", "half_cheetah"} {
		b := trained(t, task)
		b.frames(20)
		_, hold, _ := b.body().Outline()
		b.Pointer(panel.PointerDown, hold[0], hold[1])
		require.True(t, b.world.Hand.Holds)
		b.Pointer(panel.PointerMove, hold[0]+80, hold[1]-40)
		before, mean := append([]float32(nil), b.probe.Shown().Paths.Ends()...), b.probe.Shown().Heat.Middle
		b.frames(40)
		assert.NotEqual(t, before, b.probe.Shown().Paths.Ends())
		assert.NotEqual(t, mean, b.probe.Shown().Heat.Middle)
		behind := 0.0
		for i, v := range b.probe.Obs() {
			behind = math.Max(behind, math.Abs(float64(v)-b.world.Obs[i]))
		}
		assert.Less(t, behind, 20.0, "the picture is of a state just now") // rates reach 10 either way
	}
}

// BenchmarkFullFrame is our own work in a frame of a 60th of a second with every layer on and 2,000 particles.
func BenchmarkFullFrame(b *testing.B) {
	for _, task := range []string{"pendulum", "reacher", "half_cheetah"} {
		b.Run(task, func(b *testing.B) {
			s := &bench{t: &testing.T{}}
			clock := time.Now()
			var err error
			s.Session, err = New(Outside{Post: func(protocol.Message) {}, Clock: func() float64 { return time.Since(clock).Seconds() }, Env: env.Make}, task, 1)
			require.NoError(b, err)
			s.Resize(900, 700, 1)
			file, err := os.ReadFile("../../../assets/policies/" + task + "-fpmd-m.safetensors")
			require.NoError(b, err)
			v := everything
			v.Particles, v.Contacts, v.Torques = 2000, true, true
			s.send(protocol.SetView, v)
			s.load(file)
			for b.Loop() {
				s.now += 1.0 / 60
				s.Update(s.now)
			}
		})
	}
}

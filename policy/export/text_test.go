package export

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/flow"
	"onestep/policy/nn"
)

// layer and document are what a reader of the JSON export would declare.
type layer struct {
	Weight [][]float64
	Bias   []float64
}

type document struct {
	Format                 string
	Version                int
	Task, Title, Gymnasium string
	Observation, Action    []string
	ActionRange            [2]float64
	ActionScale            []float64
	Flow, Activation       string
	NumTimes               int
	SourceStd              float64
	Metadata               map[string]any
	Embeddings             []struct{ In, Out layer }
	Layers                 []layer
}

func (l layer) apply(x []float64) []float64 {
	y := append([]float64(nil), l.Bias...)
	for i, row := range l.Weight {
		for j, w := range row {
			y[j] += x[i] * w
		}
	}
	return y
}

// act follows the export's own description of the sampler, sharing no code with it.
func (d *document) act(obs, x0 []float64, steps int) []float64 {
	mish := func(z float64) float64 { return z * math.Tanh(math.Log1p(math.Exp(z))) }
	silu := func(z float64) float64 { return z / (1 + math.Exp(-z)) }
	hidden := map[string]func(float64) float64{"mish": mish, "silu": silu}[d.Activation]
	x := append([]float64(nil), x0...)
	net := func(times ...float64) []float64 {
		a := append([]float64(nil), obs...)
		if d.Flow != "gaussian" {
			a = append(a, x...)
		}
		for i, t := range times {
			phi := make([]float64, 16)
			for j := range 8 {
				f := math.Pow(10000, -float64(j)/8)
				phi[j], phi[8+j] = math.Sin(t*f)/4, math.Cos(t*f)/4
			}
			h := d.Embeddings[i].In.apply(phi)
			for j := range h {
				h[j] = mish(h[j])
			}
			a = append(a, d.Embeddings[i].Out.apply(h)...)
		}
		for i, l := range d.Layers {
			a = l.apply(a)
			for j := 0; i+1 < len(d.Layers) && j < len(a); j++ {
				a[j] = hidden(a[j])
			}
		}
		return a
	}
	signal := func(l float64) float64 {
		c := func(l float64) float64 { return math.Pow(math.Cos(math.Pi/2*(l/20+0.008)/1.008), 2) }
		return math.Max(c(l), 0.001*c(19)) / c(0)
	}
	for k := range steps {
		from, to := float64(k)/float64(steps), float64(k+1)/float64(steps)
		switch d.Flow {
		case "gaussian":
			head := net()
			for j := range x {
				x[j] = math.Tanh(head[j] + math.Exp(min(max(head[len(x)+j], -20), 2))*x[j])
			}
			return x
		case "diffusion":
			e, a, b := net(20*(1-from)-1), signal(20*(1-from)), signal(20*(1-to))
			for j := range x {
				seen := min(max((x[j]-math.Sqrt(1-a)*e[j])/math.Sqrt(a), -1), 1)
				x[j] = math.Sqrt(b)*seen + math.Sqrt((1-b)/(1-a))*(x[j]-math.Sqrt(a)*seen)
			}
		default:
			for j, v := range net([]float64{from, to}[:d.NumTimes]...) {
				x[j] += v / float64(steps)
			}
		}
	}
	for j := range x {
		x[j] = min(max(x[j], d.ActionRange[0]), d.ActionRange[1])
	}
	return x
}

func toFloat64(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

func TestJSONIsThePolicy(t *testing.T) {
	const few = 50 // rows: the reader above is slow
	for _, e := range cases() {
		if e.sampler.Method != flow.Euler || e.sampler.Steps > 7 {
			continue // the file does not depend on the sampler
		}
		t.Run(e.name, func(t *testing.T) {
			b, err := JSON(e.policy)
			require.NoError(t, err)
			var d document
			require.NoError(t, json.Unmarshal(b, &d))
			obs, x0 := e.inputs()
			want := e.action(t, obs, x0)
			o, a := e.policy.Spec.ObsDim, e.policy.Spec.ActDim
			for i := range few {
				got := d.act(toFloat64(obs[i*o:(i+1)*o]), toFloat64(x0[i*a:(i+1)*a]), e.sampler.Steps)
				assert.InDeltaSlice(t, toFloat64(want[i*a:(i+1)*a]), got, e.tolerance(), "row %d", i)
			}
		})
	}
}

func TestJSONTellsWhatItIs(t *testing.T) {
	p := randomPolicy(flow.MeanFlow[float32]{}, 3, 1, []int{8}, nn.SiLU, 1)
	p.Metadata["onestep.note"] = "{half"
	b, err := JSON(p)
	require.NoError(t, err)
	again, err := JSON(p)
	require.NoError(t, err)
	assert.Equal(t, b, again)
	var d document
	require.NoError(t, json.Unmarshal(b, &d))
	assert.Equal(t, "onestep-json", d.Format)
	assert.Equal(t, []any{"task", "Task-v1", "Task-v1", "meanflow", "silu", 0.5}, []any{d.Task, d.Title, d.Gymnasium, d.Flow, d.Activation, d.SourceStd})
	assert.Equal(t, map[string]any{
		"onestep.seed": "7", "onestep.note": "{half", "onestep.config": map[string]any{"hidden": []any{64.0, 64.0}},
	}, d.Metadata)
	assert.Equal(t, []float64{2}, d.ActionScale)

	p.Actor.Params[3] = float32(math.Inf(1))
	_, err = JSON(p)
	assert.ErrorContains(t, err, "parameter 3 is +Inf")
}

func TestPythonNamesTheTask(t *testing.T) {
	p := randomPolicy(flow.Rectified[float32]{}, 3, 2, []int{8}, nn.Mish, 1)
	b, err := Python(p, 4)
	require.NoError(t, err)
	for _, line := range []string{
		"TASK = \"task\"\n", "GYMNASIUM = \"Task-v1\"  #", "ACTION_SCALE = [2,2.5]  #", "SOURCE_STD = 0.5  #", "NUM_TIMES = 1  #", "ACTIVATION = \"mish\"\n", "STEPS = 4\n",
	} {
		assert.Contains(t, string(b), "\n"+line)
	}
	assert.NotContains(t, string(b), pythonConstants)

	_, err = Python(p, 0)
	assert.ErrorContains(t, err, "0 steps are outside 1..64")
	p.Spec.Family = ""
	_, err = Python(p, 1)
	assert.ErrorContains(t, err, "Gymnasium has no task like Task-v1")
}

package checkpoint_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/policy/checkpoint"
	"onestep/policy/train"
)

// A run is saved however many evaluations it has and however long the text of its body is, and both come back as they were.
func TestWhatGrowsIsSaved(t *testing.T) {
	r := newRun(t, "fpmd-m", 80)
	for i := range 20_000 {
		one := train.Returns{Episodes: 3, Mean: float64(i) / 3, Std: 0.1, Min: -1e300, Max: math.Nextafter(1, 2)}
		r.Curve = append(r.Curve, train.Evaluation{EnvSteps: i, Updates: i / 2, Seconds: 0.1 * float64(i), OneStep: one, ManySteps: 8, Many: one, BestOf: 4, Best: one})
	}
	run, record, err := checkpoint.ReadRun(runBytes(t, r))
	require.NoError(t, err)
	require.Equal(t, r.Curve, run.Curve)
	require.Equal(t, r.Curve, record.Curve)

	body := "<mujoco>" + strings.Repeat(`<!-- "<&> -->`, 35_000) + `<worldbody><body><joint axis="0 1 0"/><geom size="0.1 0.1" fromto="0 0 0 0 0 1" type="capsule"/></body></worldbody></mujoco>`
	o, err := train.NewOptions(env.CustomName, "fpmd-m", 7, 400, map[string]any{"hidden": []int{8}, "batch": 8, "particles": 2, "warmUp": 50})
	require.NoError(t, err)
	o.Model = &env.Model{Name: "pole.xml", Files: map[string]string{"pole.xml": body}, Reward: env.RewardUp}
	r, err = train.NewRun(o)
	require.NoError(t, err)
	advance(t, r, 60)
	run, _, err = checkpoint.ReadRun(runBytes(t, r))
	require.NoError(t, err)
	require.Equal(t, o, run.Options)
}

// Returns that are not finite are kept in files and in JSON.
func TestReturnsThatAreNotFiniteAreKept(t *testing.T) {
	r := newRun(t, "fpmd-m", 80)
	r.Curve = []train.Evaluation{{EnvSteps: 1, OneStep: train.Returns{Episodes: 2, Mean: math.Inf(1), Std: math.Inf(-1), Min: -2, Max: math.Inf(1)}}}
	file := runBytes(t, r)
	run, record, err := checkpoint.ReadRun(file)
	require.NoError(t, err)
	require.Equal(t, r.Curve, run.Curve)
	text, err := json.Marshal(record)
	require.NoError(t, err)
	var again checkpoint.Record
	require.NoError(t, json.Unmarshal(text, &again))
	require.Equal(t, record, again)

	nan := math.NaN()
	r.Curve[0].OneStep = train.Returns{Episodes: 1, Mean: nan, Std: nan, Min: nan, Max: nan}
	run, _, err = checkpoint.ReadRun(runBytes(t, r))
	require.NoError(t, err)
	require.Equal(t, fmt.Sprint(r.Curve), fmt.Sprint(run.Curve))
	p, err := checkpoint.ReadPolicy(policyBytes(t, r))
	require.NoError(t, err)
	for _, format := range checkpoint.ExportFormats {
		_, err := p.Export(format, 1)
		require.NoError(t, err, format)
	}
}

// What cannot be read again is not written, and the cause is named.
func TestWhatIsNotFiniteIsNotWritten(t *testing.T) {
	for want, spoil := range map[string]func(r *train.Run){
		`tensor "policy.time0.in.weight" has the value NaN at index 2`: func(r *train.Run) { r.Agent.EMA.Params[2] = float32(math.NaN()) },
		`tensor "adam.critic2.v" has the value +Inf at index 0`:        func(r *train.Run) { r.Agent.Critics.Adam[1].V[0] = float32(math.Inf(1)) },
		`tensor "replay.reward" has the value -Inf at index 5`:         func(r *train.Run) { r.Replay.Reward[5] = float32(math.Inf(-1)) },
		"logTemperature is NaN":                                        func(r *train.Run) { r.Agent.LogTemperature = math.NaN() },
		"criticLoss is":                                                func(r *train.Run) { r.CriticLoss = math.Inf(1) },
	} {
		r := newRun(t, "fpmd-m", 80)
		spoil(r)
		var b bytes.Buffer
		require.ErrorContains(t, checkpoint.WriteRun(&b, r, checkpoint.NewRecord(0)), want)
		require.Zero(t, b.Len())
	}
}

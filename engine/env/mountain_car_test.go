package env_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
)

// The published equations, stepped by another program in another language: position, velocity, reward of the step and the
// return so far after so many steps. Sums of a few hundred roundings stay within 1e-12.
func TestMountainCarFollowsThePublishedEquations(t *testing.T) {
	for _, c := range []struct {
		name   string
		start  float64
		action func(k int, velocity float64) float64
		want   [][5]float64 // step, position, velocity, reward, return
		end    int          // step that reaches the flag; 0: none of 200
	}{
		{"a wave of throttle", -0.5, func(k int, _ float64) float64 { return 0.8 * math.Sin(0.1*float64(k)) }, [][5]float64{
			{1, -0.5001768430041692, -0.00017684300416925727, 0, 0},
			{10, -0.49093227381045346, 0.0031675307426582847, -0.0392704670301788, -0.1523393445647473},
			{50, -0.5692720092621116, -0.02907987078803945, -0.06177364070735212, -1.6573278950704704},
			{100, 0.050060975515052696, 0.027394408520947825, -0.013397702021938058, -3.044945301918526},
			{150, -1.1003359877077772, 0.008783112122289447, -0.03344367651022437, -4.944025781218503},
			{200, -0.41668185865188323, -0.021759829749492546, -0.048179602264210614, -6.254508544204144},
		}, 0},
		{"with the motion, against the left end, to the flag", -0.45, func(_ int, v float64) float64 { return math.Copysign(1, v) }, [][5]float64{
			{1, -0.44904751671773263, 0.0009524832822673963, -0.1, -0.1},
			{40, -0.15115701825759761, 0.0011911693483963068, -0.1, -4},
			{60, -0.7070553247291401, -0.04848568402436187, -0.1, -6},
			{105, 0.5020867242469916, 0.0640476772616329, 99.9, 89.5},
		}, 105},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := env.New("mountain_car")
			require.NoError(t, err)
			require.NoError(t, e.Restore([]float64{c.start, 0, 0, 0, 0}))
			obs, total, want := []float64{c.start, 0}, 0.0, c.want
			for k := 1; k <= 200; k++ {
				r := e.Step([]float64{c.action(k-1, obs[1])})
				e.Observe(obs)
				total += r.Reward
				if len(want) > 0 && int(want[0][0]) == k {
					assert.InDeltaSlice(t, want[0][1:], []float64{obs[0], obs[1], r.Reward, total}, 1e-12, "step %d", k)
					want = want[1:]
				}
				require.Equal(t, k == c.end, r.Terminated, "step %d", k)
				if r.Terminated {
					break
				}
			}
			require.Empty(t, want)
		})
	}
}

// An episode begins at rest in the valley; the left end stops the car; a push and a hand move it.
func TestMountainCarAtItsEnds(t *testing.T) {
	e, err := env.New("mountain_car")
	require.NoError(t, err)
	obs := make([]float64, 2)
	for seed := range uint64(50) {
		e.Reset(seed)
		e.Observe(obs)
		require.True(t, obs[0] >= -0.6 && obs[0] < -0.4 && obs[1] == 0, "%v", obs)
	}
	require.NoError(t, e.Restore([]float64{-1.19, -0.05, 0, 0, 0}))
	e.Step([]float64{-1})
	e.Observe(obs)
	require.Equal(t, []float64{-1.2, 0}, obs)
	h := e.(env.Handled)
	for _, act := range []func(){func() { h.Push(1) }, func() { h.Grab(1, [2]float64{0, 0}) }} {
		e.Reset(1)
		e.Observe(obs)
		before := obs[0]
		act()
		for range 20 {
			e.Step([]float64{0})
		}
		e.Observe(obs)
		require.Greater(t, obs[0], before+0.01)
	}
	h.Release()
}

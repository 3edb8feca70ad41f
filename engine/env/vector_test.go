package env_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/env"
)

// Row i of a Vector is environment i alone, to the bit, for every task, until its episode ends and after.
func TestAVectorIsItsEnvironments(t *testing.T) {
	for _, name := range env.Names() {
		t.Run(name, func(t *testing.T) {
			const n = 3
			var joined, alone []env.Env
			for range n {
				a, err := env.New(name)
				require.NoError(t, err)
				b, err := env.New(name)
				require.NoError(t, err)
				joined, alone = append(joined, a), append(alone, b)
			}
			v := env.NewVector(joined...)
			d, k := v.Spec().ObsDim, v.Spec().ActDim
			obs, actions, results, one := make([]float64, n*d), make([]float64, n*k), make([]env.Result, n), make([]float64, d)
			for i := range n {
				v.Reset(i, uint64(i))
				alone[i].Reset(uint64(i))
			}
			ended := make([]bool, n)
			for step := range 60 {
				for j := range actions {
					actions[j] = 0.9 * float64((step+j)%3-1)
				}
				running := v.Step(results, actions)
				v.Observe(obs)
				left := 0
				for i := range n {
					if ended[i] {
						require.Zero(t, results[i], "a resting environment")
						continue
					}
					want := alone[i].Step(actions[i*k : (i+1)*k])
					require.Equal(t, want, results[i])
					alone[i].Observe(one)
					require.Equal(t, one, obs[i*d:(i+1)*d])
					ended[i] = want.Terminated || want.Truncated
					require.Equal(t, ended[i], v.Ended(i))
					if !ended[i] {
						left++
					}
				}
				require.Equal(t, left, running)
			}
			v.Reset(1, 77)
			require.False(t, v.Ended(1))
			require.Zero(t, testing.AllocsPerRun(3, func() {
				v.Step(results, actions)
				v.Observe(obs)
			}))
		})
	}
}

func TestAVectorIsOfOneTask(t *testing.T) {
	hopper, err := env.New("hopper")
	require.NoError(t, err)
	require.Panics(t, func() { env.NewVector(env.NewPendulum(), hopper) })
	require.Panics(t, func() { env.NewVector() })
}

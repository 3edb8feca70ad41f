package env_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/assets"
	"onestep/engine/env"
)

// What is published of each task: Gymnasium's id, the largest force or torque of each motor, and the episode's length.
func TestTasksAreGymnasiums(t *testing.T) {
	for name, want := range map[string]struct {
		id      string
		actions []string
		period  float64
		travel  bool
		body    string
	}{
		"pendulum":                 {"Pendulum-v1", []string{"torque (2 N m)"}, 0.05, false, ""},
		"inverted_pendulum":        {"InvertedPendulum-v4", []string{"force on the cart (300 N)"}, 0.04, false, "inverted_pendulum.xml"},
		"inverted_double_pendulum": {"InvertedDoublePendulum-v4", []string{"force on the cart (500 N)"}, 0.05, false, "inverted_double_pendulum.xml"},
		"reacher":                  {"Reacher-v4", []string{"shoulder torque (200 N m)", "elbow torque (200 N m)"}, 0.02, false, "reacher.xml"},
		"swimmer_v5":               {"Swimmer-v5", []string{"torque of joint 1 (150 N m)", "torque of joint 2 (150 N m)"}, 0.04, true, "swimmer.xml"},
		"hopper_v5":                {"Hopper-v5", []string{"thigh torque (200 N m)", "leg torque (200 N m)", "foot torque (200 N m)"}, 0.008, true, "hopper.xml"},
		"half_cheetah": {"HalfCheetah-v4", []string{"back thigh torque (120 N m)", "back shin torque (90 N m)", "back foot torque (60 N m)",
			"front thigh torque (120 N m)", "front shin torque (60 N m)", "front foot torque (30 N m)"}, 0.05, true, "half_cheetah.xml"},
		"walker2d_v5": {"Walker2d-v5", []string{"thigh torque (100 N m)", "leg torque (100 N m)", "foot torque (100 N m)",
			"left thigh torque (100 N m)", "left leg torque (100 N m)", "left foot torque (100 N m)"}, 0.008, true, "walker2d_v5.xml"},
	} {
		task, err := env.Find(name)
		require.NoError(t, err)
		assert.Equal(t, want.id, task.GymnasiumID())
		assert.Equal(t, want.actions, task.ActNames())
		assert.InDelta(t, want.period, task.ControlPeriod, 1e-15, name)
		assert.Equal(t, want.travel, task.Travel, name)
		assert.Equal(t, want.body, task.Body)
	}
}

// Every task is told of in full, and one version of each is offered.
func TestEveryTaskIsDescribed(t *testing.T) {
	var names []string
	for _, task := range env.Tasks() {
		names = append(names, task.Name)
		for _, text := range []string{task.Title, task.Label, task.Family, task.Group, task.Does, task.Text} {
			assert.NotEmpty(t, text, task.Name)
		}
		assert.NotRegexp(t, `[.]$`, task.Does, "it completes a sentence")
		assert.NotZero(t, task.Goal, task.Name)
		assert.NotZero(t, task.Solved, task.Name)
		e := task.New()
		assert.Same(t, task, e.Spec(), "all environments of a task share its descriptor")
		if task.Body != "" {
			_, err := assets.Bodies.ReadFile("bodies/" + task.Body)
			assert.NoError(t, err)
		}
	}
	var listed []string
	for _, task := range env.Listed() {
		listed = append(listed, task.Name)
	}
	assert.Subset(t, names, listed)
	for _, task := range env.Tasks() {
		assert.Contains(t, listed, task.Base)
	}
	slices.Sort(names)
	assert.Equal(t, names, env.Names())
	own, err := env.Find(env.CustomName)
	require.NoError(t, err)
	assert.Empty(t, own.GymnasiumID())
	_, err = env.New(env.CustomName)
	require.ErrorContains(t, err, "needs its model")
}

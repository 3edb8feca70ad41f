package env_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
)

// servo is a body of a servo whose range does not lie around 0, and a motor.
const servo = `<mujoco><worldbody><body><joint name="hip" axis="0 1 0" ref="10"/><geom type="capsule" size="0.1" fromto="0 0 0 0 0 -1"/>
<body pos="0 0 -1"><joint name="knee" axis="0 1 0"/><geom type="capsule" size="0.1" fromto="0 0 0 0 0 -1"/></body></body></worldbody>
<actuator><position joint="hip" kp="50" kv="2" gear="2" ctrllimited="true" ctrlrange="0 1"/><motor joint="knee" gear="60" ctrllimited="true" ctrlrange="-1 1"/></actuator></mujoco>`

func TestDrives(t *testing.T) {
	model := &env.Model{Name: "servo.xml", Files: map[string]string{"servo.xml": servo}, Reward: env.RewardMove}
	for _, reward := range []string{env.RewardMove, "-time"} {
		model.Reward = reward
		e, err := env.Make(env.CustomName, model)
		require.NoError(t, err)
		assert.Equal(t, []float64{0.5, 0}, e.Spec().ActionCenter)
		assert.Equal(t, []float64{0.5, 1}, e.Spec().ActionScale)
		drives := env.Drives(e)
		require.Len(t, drives, 2)
		assert.InDelta(t, 0.17453292519943295, drives[0].Rest, 1e-15)
		drives[0].Rest = 0
		assert.Equal(t, []env.Drive{{Joint: "hip", Stiffness: 200, Damping: 8}, {Joint: "knee"}}, drives)
	}
	for task, joints := range map[string][]string{"hopper": {"thigh_joint", "leg_joint", "foot_joint"}, "pendulum": nil} {
		e, err := env.Make(task, nil)
		require.NoError(t, err)
		var names []string
		for _, d := range env.Drives(e) {
			names = append(names, d.Joint)
		}
		assert.Equal(t, joints, names)
		assert.Nil(t, e.Spec().ActionCenter)
	}
}

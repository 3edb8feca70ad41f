package env_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
)

// legged is a floating body with one leg; %MOTOR% is its actuators.
const legged = `<mujoco model="legged"><option timestep="0.005"/><worldbody><geom type="plane" size="5 5 1"/>
<body name="trunk" pos="0 0 0.6"><joint name="x" type="slide" axis="1 0 0"/><joint name="z" type="slide" axis="0 0 1"/><joint name="turn" axis="0 1 0"/>
<geom type="capsule" fromto="-0.3 0 0 0.3 0 0" size="0.08"/>
<body name="leg" pos="0.3 0 0"><joint name="knee" axis="0 1 0" range="-60 60"/><geom type="capsule" fromto="0 0 0 0.2 0 -0.4" size="0.05"/></body></body></worldbody>%MOTOR%</mujoco>`

func leggedModel(motor, reward string) *env.Model {
	return &env.Model{Name: "legged.xml", Files: map[string]string{"legged.xml": strings.ReplaceAll(legged, "%MOTOR%", motor)}, Reward: reward}
}

const motor = `<actuator><position name="servo" joint="knee" kp="40" ctrlrange="-0.2 1"/></actuator>`

func TestACustomTaskConforms(t *testing.T) {
	for _, m := range []*env.Model{leggedModel("", env.RewardMove), leggedModel(motor, env.RewardUp)} {
		build := func() env.Env {
			e, err := env.NewCustom(m)
			require.NoError(t, err)
			return e
		}
		checkSpec(t, env.CustomName, build())
		checkSeed(t, build)
		checkState(t, build)
		checkClip(t, build)
		checkEnd(t, build())
		checkBadState(t, build())
		checkAllocations(t, build())
		checkShapes(t, build())
	}
}

func TestACustomTaskObservesAndActsAsItsModelSays(t *testing.T) {
	e, err := env.NewCustom(leggedModel(motor, env.RewardUp))
	require.NoError(t, err)
	s := e.Spec()
	assert.Equal(t, []string{"z position (m)", "turn position (rad)", "knee position (rad)", "x rate (m/s)", "z rate (m/s)", "turn rate (rad/s)", "knee rate (rad/s)"}, s.ObsNames(), "the slide in x is left out")
	require.Len(t, s.Actions, 1)
	assert.Equal(t, "servo", s.Actions[0].Name)
	assert.True(t, s.Travel)
	assert.InDelta(t, 0.04, s.ControlPeriod, 1e-15, "8 steps of 5 ms")
	require.NoError(t, e.SetState([]float64{0.5, 0, 0, 0}, []float64{30, 0, 0, 0}))
	obs := make([]float64, s.ObsDim)
	e.Observe(obs)
	assert.Equal(t, []float64{0, 0, 0, 10, 0, 0, 0}, obs, "speeds are clipped")
	for _, c := range []struct{ action, control float64 }{{-1, -0.2}, {0, 0.4}, {1, 1}} {
		e.Reset(1)
		e.Step([]float64{c.action})
		assert.InDelta(t, c.control, e.Physics().Ctrl[0], 1e-15, "[-1,1] covers the range of the control")
	}

	e, err = env.NewCustom(leggedModel("", env.RewardMove))
	require.NoError(t, err)
	require.Len(t, e.Spec().Actions, 1, "without actuators the joints are driven, but for the floating ones")
}

// A tiny timestep shortens the control period, so that a step stays short in computing time.
func TestATinyTimestepDoesNotStopAnything(t *testing.T) {
	m := leggedModel("", env.RewardMove)
	m.Files["legged.xml"] = strings.ReplaceAll(m.Files["legged.xml"], `timestep="0.005"`, `timestep="1e-9"`)
	e, err := env.NewCustom(m)
	require.NoError(t, err)
	assert.Equal(t, 100, e.FrameSkip())
	assert.InDelta(t, 1e-7, e.Spec().ControlPeriod, 1e-20)
}

// The rewards are those of the doc comment, with the centre of mass taken from the poses by hand.
func TestGenericRewards(t *testing.T) {
	center := func(e *env.Articulated) (u, v float64) {
		d := e.Physics()
		d.Forward() // poses of the present state
		mass := 0.0
		for b := 1; b < d.Model.NBody; b++ {
			x, y, a := d.BodyPose(b)
			c, m := d.Model.Bodies[b].COM, d.Model.Bodies[b].Mass
			u += m * (x + math.Cos(a)*c[0] - math.Sin(a)*c[1])
			v += m * (y + math.Sin(a)*c[0] + math.Cos(a)*c[1])
			mass += m
		}
		return u / mass, v / mass
	}
	for _, reward := range env.Rewards {
		e, err := env.NewCustom(leggedModel("", reward))
		require.NoError(t, err)
		require.NoError(t, e.SetState(make([]float64, 4), make([]float64, 4)))
		_, z0 := center(e)
		for i := range 60 {
			x, _ := center(e)
			a := math.Sin(float64(i))
			got := e.Step([]float64{a}).Reward
			u, v := center(e)
			want := (u-x)/e.Spec().ControlPeriod - 0.05*a*a
			if reward == env.RewardUp {
				// the trunk's far end and the leg's end are farthest apart: hypot(0.8, 0.4) and their radii
				want = 1 + math.Min(0, (v-z0)/(math.Hypot(0.8, 0.4)+0.13)) - 0.05*a*a
			}
			require.InDelta(t, want, got, 1e-9, "%s, step %d", reward, i) // rounding of sums of a few terms, divided by 0.04 s
		}
	}
}

func TestWhatCannotBeACustomTaskIsNamed(t *testing.T) {
	for _, c := range []struct{ name, text, reward, cause string }{
		{"a ball joint", "<mujoco>\n<worldbody><body>\n<joint name=\"loose\" type=\"ball\"/><geom size=\"1\"/></body></worldbody></mujoco>", "up", `a.xml:3: joint "loose"`},
		{"nothing moves", "<mujoco><worldbody><geom size=\"1\"/></worldbody></mujoco>", "up", "no joint"},
		{"a missing include", "<mujoco><include file=\"b.xml\"/></mujoco>", "up", "b.xml"},
		{"a timestep of hours", "<mujoco><option timestep=\"9999\"/><worldbody><body><joint/><geom size=\"1\"/></body></worldbody></mujoco>", "up", "timestep"},
		{"an unknown reward", "<mujoco><worldbody><body><joint/><geom size=\"1\"/></body></worldbody></mujoco>", "fly", `"fly"`},
		{"a large file", "<mujoco>" + strings.Repeat(" ", 600<<10) + "</mujoco>", "up", "KiB"},
	} {
		_, err := env.NewCustom(&env.Model{Name: "a.xml", Files: map[string]string{"a.xml": c.text}, Reward: c.reward})
		require.ErrorContains(t, err, c.cause, c.name)
	}
	_, err := env.Make(env.CustomName, nil)
	require.ErrorContains(t, err, "model")
	_, err = env.Make("hopper", leggedModel("", "up"))
	require.ErrorContains(t, err, "hopper")
}

// A held limb comes to rest near the place it is pulled to, whatever the body; let go, it moves as if never touched.
func TestAGrabbedLimbFollows(t *testing.T) {
	for _, name := range []string{"pendulum", "inverted_pendulum", "inverted_double_pendulum", "reacher", "swimmer", "hopper", "half_cheetah", "walker2d"} {
		t.Run(name, func(t *testing.T) {
			e, err := env.New(name)
			require.NoError(t, err)
			e.Reset(3)
			h := e.(env.Handled)
			shapes := e.Shapes(nil)
			k := len(shapes) - 1
			for ; shapes[k].Body == 0 || name == "reacher" && shapes[k].Body == 4; k-- {
			}
			at := shapes[k].B
			to := [2]float64{at[0] + 0.03, at[1] + 0.02}
			if name == "pendulum" { // its end moves on a circle
				to = [2]float64{0.6, 0.8}
			}
			h.Grab(shapes[k].Body, at)
			h.Drag(to)
			action := make([]float64, e.Spec().ActDim)
			for range int(3 / e.Spec().ControlPeriod) {
				r := e.Step(action)
				require.NoError(t, env.Diverged(e))
				if r.Terminated || r.Truncated {
					break
				}
			}
			end := e.Shapes(nil)[k].B
			// A body hangs up to 0.1 m below the pointer; one that fell over has ended its episode within 0.2 m.
			assert.Less(t, math.Hypot(end[0]-to[0], end[1]-to[1]), 0.2)

			h.Release()
			free, err := env.New(name)
			require.NoError(t, err)
			e.Reset(5)
			free.Reset(5)
			e.Step(action)
			free.Step(action)
			assert.Equal(t, free.State(nil), e.State(nil))
		})
	}
}

func TestAPushGoesToItsSide(t *testing.T) {
	for _, name := range []string{"pendulum", "inverted_pendulum", "reacher", "swimmer", "hopper", "half_cheetah", "walker2d"} {
		moved := func(direction float64) float64 {
			e, err := env.New(name)
			require.NoError(t, err)
			e.Reset(3)
			if p, ok := e.(*env.Pendulum); ok {
				require.NoError(t, p.RestoreObservation([]float64{1, 0, 0}))
			}
			if direction != 0 {
				e.(env.Handled).Push(direction)
			}
			e.Step(make([]float64, e.Spec().ActDim))
			e.Step(make([]float64, e.Spec().ActDim))
			sum := 0.0
			for _, s := range e.Shapes(nil) {
				if s.Body > 0 {
					sum += s.A[0] + s.B[0]
				}
			}
			return sum
		}
		if name == "reacher" { // its arm lies along x: a push to the side only stretches it
			continue
		}
		assert.Greater(t, moved(1), moved(0), name)
		assert.Less(t, moved(-1), moved(0), name)
	}
}

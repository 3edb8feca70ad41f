package scene_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/physics"
	"onestep/engine/scene"
)

var view = scene.Rect{X: 20, Y: 10, W: 300, H: 200}

func arm(angle float64) []physics.Shape {
	return []physics.Shape{{Kind: physics.ShapeCapsule, Body: 1, B: [2]float64{math.Sin(angle), math.Cos(angle)}, Radius: 0.1}}
}

func walker(u float64) []physics.Shape {
	return []physics.Shape{
		{Kind: physics.ShapePlane, B: [2]float64{1, 0}},
		{Kind: physics.ShapeCapsule, Body: 1, A: [2]float64{u, 1.2}, B: [2]float64{u, 0.6}, Radius: 0.05},
		{Kind: physics.ShapeCapsule, Body: 2, A: [2]float64{u, 0.6}, B: [2]float64{u + 0.2, 0.05}, Radius: 0.05},
	}
}

func TestPointAndWorldAreInverse(t *testing.T) {
	c := scene.Camera{View: view, U: 1.5, V: -0.3, Scale: 80}
	for _, p := range [][2]float64{{0, 0}, {1.5, -0.3}, {-2, 7}} {
		u, v := c.World(c.Point(p[0], p[1]))
		assert.InDelta(t, p[0], u, 1e-12)
		assert.InDelta(t, p[1], v, 1e-12)
	}
	_, above := c.Point(0, 1)
	_, below := c.Point(0, 0)
	assert.Less(t, above, below, "up in the world is up on the screen")
}

func TestAnArmIsSeenWholeWhereverItPoints(t *testing.T) {
	c := scene.Camera{View: view}
	for a := 0.0; a < 7; a += 0.5 {
		c.Look(arm(a))
	}
	c.Follow(0)
	require.True(t, c.Settled(), "the first look jumps")
	for a := 0.0; a < 7; a += 0.1 {
		x, y := c.Point(math.Sin(a)*1.1, math.Cos(a)*1.1)
		assert.True(t, view.Contains(x, y), "tip at angle %v", a)
	}
}

func TestTheCameraFollowsAWalkerAlongTheGround(t *testing.T) {
	c := scene.Camera{View: view}
	c.Look(walker(0))
	c.Follow(0)
	_, ground := c.Point(0, 0)
	assert.True(t, ground > view.Y+view.H/2 && ground < view.Y+view.H, "the ground lies in the lower half")
	_, head := c.Point(0, 1.25)
	assert.Greater(t, head, view.Y)
	c.Look(walker(3))
	c.Follow(0.02)
	assert.True(t, c.U > 0 && c.U < 3, "it eases and does not jump")
	assert.False(t, c.Settled())
	for range 200 {
		c.Follow(0.02)
	}
	assert.InDelta(t, 3, c.U, 1e-3)
	assert.True(t, c.Settled())
}

// A view without room, as on a telephone that is held sideways, shows nothing, and the next one shows the body at once.
func TestTheCameraComesBackFromAViewWithoutRoom(t *testing.T) {
	for _, shapes := range [][]physics.Shape{walker(2), arm(1)} {
		c := scene.Camera{View: view}
		c.Look(shapes)
		c.Follow(0)
		want := c
		for _, none := range []scene.Rect{{W: 400}, {W: 400, H: -20}, {H: 200}} {
			c.View = none
			for range 3 {
				c.Look(shapes)
				c.Follow(0.02)
				assert.True(t, c.Settled(), "nothing moves")
			}
			c.View = view
			assert.False(t, c.Settled())
			c.Follow(0.02)
			assert.Equal(t, []float64{want.U, want.V, want.Scale}, []float64{c.U, c.V, c.Scale})
		}
	}
}

// Easing by exp(-rate dt) composes: many short frames are one long frame, up to rounding.
func TestEasingDoesNotDependOnTheFrameRate(t *testing.T) {
	run := func(frames int) float64 {
		c := scene.Camera{View: view}
		c.Look(walker(0))
		c.Follow(0)
		c.Look(walker(2))
		for range frames {
			c.Follow(0.3 / float64(frames))
		}
		return c.U
	}
	assert.InDelta(t, run(1), run(60), 1e-12)
}

// Two cameras that share have one scale, and each follows its own body.
func TestTwoCamerasShareTheirScale(t *testing.T) {
	one, two := scene.Camera{View: view}, scene.Camera{View: view}
	one.Look(walker(0))
	two.Look(append(walker(5), physics.Shape{Kind: physics.ShapeCapsule, Body: 3, A: [2]float64{5, 1}, B: [2]float64{5, 3}, Radius: 0.1}))
	one.Share(&two)
	one.Follow(-1)
	two.Follow(-1)
	assert.Equal(t, one.Scale, two.Scale)
	assert.NotEqual(t, one.U, two.U)
	assert.True(t, one.Settled() && two.Settled())
}

func TestGroundMarksStandInTheWorld(t *testing.T) {
	st := scene.BodyStyle{Ground: white, Mark: white, Pixel: 1}
	place := func(u float64) (marks []float32) {
		c := scene.Camera{View: view}
		c.Look(walker(u))
		c.Follow(-1)
		var l scene.List
		scene.Ground(&l, &c, walker(u), &st)
		for _, v := range l.Vertices[8:] {
			marks = append(marks, v.DstX)
		}
		return marks
	}
	assert.NotEmpty(t, place(0))
	assert.NotEqual(t, place(0)[0], place(0.01)[0], "marks scroll")
}

func TestBodiesOfAnyKindDraw(t *testing.T) {
	st := scene.BodyStyle{Limb: white, Edge: white, Joint: white, Hub: white, Pixel: 1}
	for name, shapes := range map[string][]physics.Shape{
		"arm": arm(1), "walker": walker(0), "nothing": nil,
		"sphere and box": {{Kind: physics.ShapeSphere, Body: 1, Radius: 0.2}, {Kind: physics.ShapeBox, Body: 1, B: [2]float64{1, 0}, Radius: 0.1}},
	} {
		t.Run(name, func(t *testing.T) {
			c := scene.Camera{View: view}
			c.Look(shapes)
			c.Follow(0)
			var l scene.List
			scene.Body(&l, &c, &scene.Figure{Shapes: shapes}, &st)
			for _, v := range l.Vertices {
				require.False(t, math.IsNaN(float64(v.DstX)) || math.IsNaN(float64(v.DstY)))
			}
			require.Equal(t, len(shapes) > 0, len(l.Indices) > 0)
		})
	}
}

func TestTorqueTurnsTheWayOfItsSign(t *testing.T) {
	tip := func(action float64) float32 {
		var l scene.List
		scene.Torque(&l, 100, 100, 30, action, 1, white)
		require.NotEmpty(t, l.Vertices)
		return l.Vertices[len(l.Vertices)-1].DstX
	}
	assert.Greater(t, tip(0.5), float32(100), "anticlockwise below the joint is to the right")
	assert.Less(t, tip(-0.5), float32(100))
	var l scene.List
	scene.Torque(&l, 100, 100, 30, 0, 1, white)
	scene.Torque(&l, 100, 100, 30, math.NaN(), 1, white)
	assert.Empty(t, l.Vertices)
}

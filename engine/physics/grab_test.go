package physics_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/physics"
)

// The momentum is the mass times the velocity of the centre of mass.
func TestCenterOfMassMovesWithTheMomentum(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, name := range bodies {
		d := physics.NewData(compile(t, name, ""))
		perturbed(d, r, 0.3, 1)
		d.Forward()
		pu, pv, _ := d.Momentum()
		const h = 1e-5
		q := append([]float64(nil), d.QPos...)
		at := func(s float64) (float64, float64) {
			for k := range q {
				d.QPos[k] = q[k] + s*h*d.QVel[k]
			}
			return d.CenterOfMass()
		}
		u1, v1 := at(1)
		u0, v0 := at(-1)
		m := d.Model.MovingMass()
		// central differences are exact to h^2, and lose 1e-16/h to rounding
		assert.InDelta(t, pu, m*(u1-u0)/(2*h), 1e-7*(1+math.Abs(pu)), name)
		assert.InDelta(t, pv, m*(v1-v0)/(2*h), 1e-7*(1+math.Abs(pv)), name)
	}
}

func TestJointsAreWhereTheLimbsMeet(t *testing.T) {
	d := physics.NewData(compile(t, "reacher", ""))
	d.SetState([]float64{0.5, 0.7, 0.1, -0.1}, make([]float64, 4))
	d.Forward()
	derived := append([]float64(nil), d.QFrcBias...)
	marks := d.Joints(nil)
	require.Len(t, marks, 4)
	assert.InDeltaSlice(t, []float64{0, 0}, marks[0].Pos[:], 1e-15)
	assert.InDeltaSlice(t, []float64{0.1 * math.Cos(0.5), 0.1 * math.Sin(0.5)}, marks[1].Pos[:], 1e-15)
	assert.True(t, marks[1].Hinge && !marks[1].Root)
	assert.True(t, !marks[2].Hinge && marks[2].Root, "the target slides")
	assert.Equal(t, [2]float64{1, 0}, marks[2].Axis)
	assert.Equal(t, derived, d.QFrcBias)
	assert.Zero(t, testing.AllocsPerRun(10, func() { marks = d.Joints(marks[:0]) }))
}

// The grip finds the point of the body again, and at the target and at rest it pulls with no force.
func TestAGripRestsAtItsTarget(t *testing.T) {
	for _, name := range bodies {
		d := physics.NewData(compile(t, name, ""))
		d.Forward()
		free := append([]float64(nil), d.QAcc...)
		b := d.Model.Joints[len(d.Model.Joints)-1].Body
		x, y, _ := d.BodyPose(b)
		g := d.NewGrab(b, x+0.02, y-0.01)
		d.Pull(&g)
		d.Forward()
		assert.Less(t, relative(d.QAcc, free), 1e-9, name) // the force is rounding times the stiffness, at most 1e5
		d.ClearForces()
		assert.Positive(t, g.Stiffness)
		assert.Positive(t, g.Damping)
	}
}

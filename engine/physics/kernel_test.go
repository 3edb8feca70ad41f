package physics

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The loop-free computations give the bits of the loops, on every tree that is written out.
func TestKernelsEqualLoops(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for tree, kern := range kernels {
		s := Spec{Option: Option{Timestep: 0.01, ImpRatio: 1}, Bodies: []Body{{}}}
		for k, p := range tree {
			parent := int(p - '@')
			s.Bodies = append(s.Bodies, Body{Parent: parent, Pos: [2]float64{r.NormFloat64(), r.NormFloat64()},
				Inertial: Inertial{Mass: 1 + r.Float64(), Inertia: r.Float64()}})
			s.Joints = append(s.Joints, Joint{Body: k + 1, Sign: 1, Armature: r.Float64()})
		}
		m, err := NewModel(s)
		require.NoError(t, err)
		require.NotNil(t, m.kernel.solve, tree)
		fast, slow := NewData(m), NewData(m)
		for i := range fast.QPos {
			fast.QPos[i] = r.NormFloat64()
		}
		copy(slow.QPos, fast.QPos)
		fast.kinematics()
		fast.bias()
		fast.inertia()
		x, y := make([]float64, m.NV), make([]float64, m.NV)
		for i := range x {
			x[i] = r.NormFloat64()
			y[i] = x[i]
		}
		fast.solveWith(fast.M, x)
		m.kernel = kernel{}
		slow.kinematics()
		slow.bias()
		slow.inertia()
		require.Equal(t, slow.M, fast.M, tree)
		slow.solveWith(slow.M, y)
		require.Equal(t, y, x, tree)
		// in place
		copy(fast.H, fast.M)
		copy(x, y)
		copy(y, x)
		kern.solve(fast.H, fast.H, x)
		slow.solveWith(slow.M, y)
		require.Equal(t, y, x, tree)
	}
}
